#include "ops/linear.h"

#include <algorithm>
#include <cstring>
#include <vector>

#include "ops/plane_gemm.h"

namespace condenser {
namespace {

std::size_t padded(int floats) {
    return (static_cast<std::size_t>(floats) + 15) / 16 * 16;
}

// planeGemm works on whole vectors, so a row of a packed matrix needs room behind it.
void padRows(const float* matrix, int rows, int columns, float* out) {
    for (int r = 0; r < rows; ++r) {
        std::memcpy(out + static_cast<std::size_t>(r) * padded(columns),
                    matrix + static_cast<std::ptrdiff_t>(r) * columns,
                    static_cast<std::size_t>(columns) * sizeof(float));
    }
}

// out [m, columns] = a^T or a ([m, k] read as a[m * rowStep + k * columnStep]) times the k rows of `table`.
void multiplyRows(const float* a, int m, std::ptrdiff_t rowStep, int k, std::ptrdiff_t columnStep,
                  const std::vector<const float*>& table, int columns, float* out, Scratch& scratch) {
    std::vector<std::ptrdiff_t> rows(static_cast<std::size_t>(m)), steps(static_cast<std::size_t>(k));
    for (std::size_t i = 0; i < rows.size(); ++i) rows[i] = static_cast<std::ptrdiff_t>(i) * rowStep;
    for (std::size_t i = 0; i < steps.size(); ++i) steps[i] = static_cast<std::ptrdiff_t>(i) * columnStep;
    std::vector<float> packed(packedWeightFloats(m, k));
    packWeights(a, rows.data(), m, steps.data(), k, packed.data());
    scratch.outputs.clear();
    for (int i = 0; i < m; ++i) scratch.outputs.push_back(out + static_cast<std::size_t>(i) * padded(columns));
    planeGemm(packed.data(), m, table.data(), k, scratch.outputs.data(), columns, /*accumulate=*/false);
}

}  // namespace

void linearForward(const LinearShape& shape, const float* x, const float* w, const float* bias, float* y,
                   Scratch& scratch) {
    for (int r = 0; r < shape.rows; ++r) {
        std::memcpy(y + static_cast<std::ptrdiff_t>(r) * shape.outputs, bias,
                    static_cast<std::size_t>(shape.outputs) * sizeof(float));
    }
    scratch.gradients.clear();
    scratch.inputs.clear();
    for (int r = 0; r < shape.rows; ++r) scratch.gradients.push_back(x + static_cast<std::ptrdiff_t>(r) * shape.inputs);
    for (int o = 0; o < shape.outputs; ++o) scratch.inputs.push_back(w + static_cast<std::ptrdiff_t>(o) * shape.inputs);
    planeDot(scratch.gradients.data(), shape.rows, scratch.inputs.data(), shape.outputs, 1, shape.inputs, y,
             shape.outputs);
}

void linearBackward(const LinearShape& shape, const float* x, const float* w, const float* dy, float* dx, float* dw,
                    float* dbias, Scratch& scratch) {
    const std::size_t row = padded(shape.inputs);
    // dx = dy * w
    float* table = scratch.floats(0, static_cast<std::size_t>(std::max(shape.outputs, shape.rows)) * row);
    float* out = scratch.floats(1, static_cast<std::size_t>(std::max(shape.outputs, shape.rows)) * row);
    padRows(w, shape.outputs, shape.inputs, table);
    std::vector<const float*> rows;
    for (int o = 0; o < shape.outputs; ++o) rows.push_back(table + static_cast<std::size_t>(o) * row);
    multiplyRows(dy, shape.rows, shape.outputs, shape.outputs, 1, rows, shape.inputs, out, scratch);
    for (int r = 0; r < shape.rows; ++r) {
        std::memcpy(dx + static_cast<std::ptrdiff_t>(r) * shape.inputs, out + static_cast<std::size_t>(r) * row,
                    static_cast<std::size_t>(shape.inputs) * sizeof(float));
    }
    // dw += dy^T * x
    padRows(x, shape.rows, shape.inputs, table);
    rows.clear();
    for (int r = 0; r < shape.rows; ++r) rows.push_back(table + static_cast<std::size_t>(r) * row);
    multiplyRows(dy, shape.outputs, 1, shape.rows, shape.outputs, rows, shape.inputs, out, scratch);
    for (int o = 0; o < shape.outputs; ++o) {
        const float* sum = out + static_cast<std::size_t>(o) * row;
        float* to = dw + static_cast<std::ptrdiff_t>(o) * shape.inputs;
        for (int i = 0; i < shape.inputs; ++i) to[i] += sum[i];
        double biasSum = 0;
        for (int r = 0; r < shape.rows; ++r)
            biasSum += static_cast<double>(dy[static_cast<std::ptrdiff_t>(r) * shape.outputs + o]);
        dbias[o] += static_cast<float>(biasSum);
    }
}

}  // namespace condenser
