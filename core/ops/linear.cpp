#include "ops/linear.h"

#include <algorithm>
#include <cstring>
#include <vector>

#include "base/check.h"
#include "ops/plane_gemm.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "linear.cpp"
#include "hwy/foreach_target.h"
#include "hwy/highway.h"
#include "ops/tail-inl.h"

HWY_BEFORE_NAMESPACE();
namespace condenser {
namespace HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;
using D = hn::ScalableTag<float>;
using V = hn::Vec<D>;

// Rows of x in a tile: with four rows of w, as many sums as the instruction set has registers for.
constexpr int kTileRows = HWY_MAX_BYTES == 64 ? 4 : 3;

// kOutputs rows of w times kRows rows of x. Each product has one vector of sums, whatever the tile.
template <int kOutputs, int kRows>
HWY_INLINE void linearTile(const LinearShape shape, const float* x, const float* w, const float* bias, bool relu,
                           float* y) {
    const D d;
    const std::ptrdiff_t lanes = static_cast<std::ptrdiff_t>(hn::Lanes(d)), inputs = shape.inputs;
    const std::ptrdiff_t whole = inputs / lanes * lanes;
    V sum[kOutputs][kRows];
    for (int o = 0; o < kOutputs; ++o) {
        for (int r = 0; r < kRows; ++r) sum[o][r] = hn::Zero(d);
    }
    for (std::ptrdiff_t k = 0; k < whole; k += lanes) {
        V in[kRows];
        for (int r = 0; r < kRows; ++r) in[r] = hn::LoadU(d, x + r * inputs + k);
        for (int o = 0; o < kOutputs; ++o) {
            const V weight = hn::LoadU(d, w + o * inputs + k);
            for (int r = 0; r < kRows; ++r) sum[o][r] = hn::MulAdd(weight, in[r], sum[o][r]);
        }
    }
    if (whole < inputs) {
        const std::size_t rest = static_cast<std::size_t>(inputs - whole);
        V in[kRows];
        for (int r = 0; r < kRows; ++r) in[r] = loadTail(d, x + r * inputs + whole, rest);
        for (int o = 0; o < kOutputs; ++o) {
            const V weight = loadTail(d, w + o * inputs + whole, rest);
            for (int r = 0; r < kRows; ++r) sum[o][r] = hn::MulAdd(weight, in[r], sum[o][r]);
        }
    }
    for (int o = 0; o < kOutputs; ++o) {
        for (int r = 0; r < kRows; ++r) {
            const float value = bias[o] + hn::GetLane(hn::SumOfLanes(d, sum[o][r]));
            y[r * static_cast<std::ptrdiff_t>(shape.outputs) + o] = relu && value < 0.0f ? 0.0f : value;
        }
    }
}

// All rows of x, while kOutputs rows of w are in the cache.
template <int kOutputs>
void linearOutputs(const LinearShape& shape, const float* x, const float* w, const float* bias, bool relu, float* y) {
    int row = 0;
    const auto next = [&](int rows) {
        row += rows;
        x += static_cast<std::ptrdiff_t>(rows) * shape.inputs;
        y += static_cast<std::ptrdiff_t>(rows) * shape.outputs;
    };
    for (; row + kTileRows <= shape.rows; next(kTileRows)) {
        linearTile<kOutputs, kTileRows>(shape, x, w, bias, relu, y);
    }
    for (; row + 2 <= shape.rows; next(2)) linearTile<kOutputs, 2>(shape, x, w, bias, relu, y);
    if (row < shape.rows) linearTile<kOutputs, 1>(shape, x, w, bias, relu, y);
}

void linearRange(const LinearShape& shape, const float* x, const float* w, const float* bias, bool relu, float* y,
                 int first, int last) {
    int o = first;
    const auto weights = [&] { return w + static_cast<std::ptrdiff_t>(o) * shape.inputs; };
    for (; o + 4 <= last; o += 4) linearOutputs<4>(shape, x, weights(), bias + o, relu, y + o);
    for (; o < last; ++o) linearOutputs<1>(shape, x, weights(), bias + o, relu, y + o);
}

}  // namespace HWY_NAMESPACE
}  // namespace condenser
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
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
void multiplyRows(const float* a, int m, std::ptrdiff_t rowStep, int k, std::ptrdiff_t columnStep, const float* table,
                  int columns, float* out, Scratch& scratch) {
    float* packed = scratch.floats(2, packedWeightFloats(m, k));
    packMatrix(a, rowStep, m, columnStep, k, packed);
    const std::size_t row = padded(columns);
    scratch.inputs.clear();
    scratch.outputs.clear();
    for (int i = 0; i < k; ++i) scratch.inputs.push_back(table + static_cast<std::size_t>(i) * row);
    for (int i = 0; i < m; ++i) scratch.outputs.push_back(out + static_cast<std::size_t>(i) * row);
    planeGemm(packed, m, scratch.inputs.data(), k, scratch.outputs.data(), columns, /*accumulate=*/false);
}

}  // namespace

HWY_EXPORT(linearRange);

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

void linearRows(const LinearShape& shape, const float* x, const float* w, const float* bias, bool relu, float* y,
                int first, int last) {
    CORE_CHECK(first >= 0 && last <= shape.outputs);
    HWY_DYNAMIC_DISPATCH(linearRange)(shape, x, w, bias, relu, y, first, last);
}

void linearBackward(const LinearShape& shape, const float* x, const float* w, const float* dy, float* dx, float* dw,
                    float* dbias, Scratch& scratch) {
    const std::size_t row = padded(shape.inputs);
    // dx = dy * w
    float* table = scratch.floats(0, static_cast<std::size_t>(std::max(shape.outputs, shape.rows)) * row);
    float* out = scratch.floats(1, static_cast<std::size_t>(std::max(shape.outputs, shape.rows)) * row);
    padRows(w, shape.outputs, shape.inputs, table);
    multiplyRows(dy, shape.rows, shape.outputs, shape.outputs, 1, table, shape.inputs, out, scratch);
    for (int r = 0; r < shape.rows; ++r) {
        std::memcpy(dx + static_cast<std::ptrdiff_t>(r) * shape.inputs, out + static_cast<std::size_t>(r) * row,
                    static_cast<std::size_t>(shape.inputs) * sizeof(float));
    }
    // dw += dy^T * x
    padRows(x, shape.rows, shape.inputs, table);
    multiplyRows(dy, shape.outputs, 1, shape.rows, shape.outputs, table, shape.inputs, out, scratch);
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
#endif  // HWY_ONCE
