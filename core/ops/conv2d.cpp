#include "ops/conv2d.h"

#include <algorithm>
#include <cstring>

#include "base/check.h"
#include "ops/gradient_chunks.h"
#include "ops/plane_gemm.h"

namespace condenser {
namespace {

// Where the output pixels of one tap find their input: out x reads in x * stride + shift, inside [0, size).
struct TapRange {
    int first = 0, end = 0;  // output positions whose input lies inside the map
};

TapRange tapRange(int size, int outSize, int stride, int shift) {
    TapRange range{0, outSize};
    while (range.first < outSize && range.first * stride + shift < 0) ++range.first;
    while (range.end > range.first && (range.end - 1) * stride + shift >= size) --range.end;
    return range;
}

// The columns of one image: plane c * kernel^2 + tap holds, for each output pixel, the input pixel under that tap.
void gatherColumns(const Conv2dShape& shape, ConstView x, int n, std::ptrdiff_t columnFloats, float* columns) {
    const int outH = shape.outH(), outW = shape.outW();
    for (int c = 0; c < shape.inputs; ++c) {
        for (int tap = 0; tap < shape.kernel * shape.kernel; ++tap, columns += columnFloats) {
            const int shiftY = tap / shape.kernel - shape.padding, shiftX = tap % shape.kernel - shape.padding;
            const TapRange rows = tapRange(shape.h, outH, shape.stride, shiftY);
            const TapRange cols = tapRange(shape.w, outW, shape.stride, shiftX);
            std::memset(columns, 0, static_cast<std::size_t>(columnFloats) * sizeof(float));
            for (int y = rows.first; y < rows.end; ++y) {
                const float* from = x.plane(n, c) + (y * shape.stride + shiftY) * x.strideRow + shiftX;
                float* to = columns + y * outW;
                for (int i = cols.first; i < cols.end; ++i) to[i] = from[i * shape.stride];
            }
        }
    }
}

// The transpose of gatherColumns: each column's pixels are added to where they came from.
void scatterColumns(const Conv2dShape& shape, const float* columns, std::ptrdiff_t columnFloats, View dx, int n) {
    const int outH = shape.outH(), outW = shape.outW();
    for (int c = 0; c < shape.inputs; ++c) {
        std::memset(dx.plane(n, c), 0, static_cast<std::size_t>(shape.h * shape.w) * sizeof(float));
        for (int tap = 0; tap < shape.kernel * shape.kernel; ++tap, columns += columnFloats) {
            const int shiftY = tap / shape.kernel - shape.padding, shiftX = tap % shape.kernel - shape.padding;
            const TapRange rows = tapRange(shape.h, outH, shape.stride, shiftY);
            const TapRange cols = tapRange(shape.w, outW, shape.stride, shiftX);
            for (int y = rows.first; y < rows.end; ++y) {
                float* to = dx.plane(n, c) + (y * shape.stride + shiftY) * dx.strideRow + shiftX;
                const float* from = columns + y * outW;
                for (int i = cols.first; i < cols.end; ++i) to[i * shape.stride] += from[i];
            }
        }
    }
}

enum class Direction { kForward, kBackward };

// Of a Scratch: a worker's columns; the packed weights, in the first worker's.
constexpr int kColumnsSlot = 0, kPackedSlot = 1;

std::size_t packedGroupFloats(const Conv2dShape& shape, Direction direction) {
    const int out = shape.outputs / shape.groups, columns = shape.columns();
    return direction == Direction::kForward ? packedWeightFloats(out, columns) : packedWeightFloats(columns, out);
}

// One packed matrix a group: [outputs, columns] forward, its transpose backward. In memory that the workers share.
const float* packGroups(const Conv2dShape& shape, const float* w, Direction direction, Scratch& scratch) {
    const int out = shape.outputs / shape.groups, columns = shape.columns();
    const std::size_t floats = packedGroupFloats(shape, direction);
    float* packed = scratch.floats(kPackedSlot, floats * static_cast<std::size_t>(shape.groups));
    for (int g = 0; g < shape.groups; ++g) {
        const float* group = w + static_cast<std::ptrdiff_t>(g) * out * columns;
        float* to = packed + floats * static_cast<std::size_t>(g);
        if (direction == Direction::kForward) {
            packMatrix(group, columns, out, 1, columns, to);
        } else {
            packMatrix(group, 1, columns, columns, out, to);
        }
    }
    return packed;
}

// Memory for every worker, whether it will be given work at once or only in some later call.
void reserve(const Conv2dShape& shape, std::ptrdiff_t columnFloats, std::vector<Scratch>& scratch) {
    const auto columns = static_cast<std::size_t>(shape.columns()),
               outputs = static_cast<std::size_t>(shape.outputs / shape.groups);
    for (Scratch& mine : scratch) {
        mine.floats(kColumnsSlot,
                    static_cast<std::size_t>(shape.groups) * columns * static_cast<std::size_t>(columnFloats));
        mine.inputs.reserve(columns);
        mine.outputs.reserve(std::max(columns, outputs));
        mine.gradients.reserve(outputs);
    }
}

void checkShapes(const Conv2dShape& shape, ConstView x, ConstView y) {
    CORE_CHECK(x.c == shape.inputs && x.h == shape.h && x.w == shape.w && x.strideRow == x.w);
    CORE_CHECK(y.c == shape.outputs && y.h == shape.outH() && y.w == shape.outW() && y.strideRow == y.w && x.n == y.n);
}

}  // namespace

void conv2dForward(const Conv2dShape& shape, ConstView x, const float* w, View y, ThreadPool& pool,
                   std::vector<Scratch>& scratch) {
    checkShapes(shape, x, y);
    const float* packed = packGroups(shape, w, Direction::kForward, scratch.front());
    const int out = shape.outputs / shape.groups, columns = shape.columns();
    const std::ptrdiff_t columnFloats = planeStride(shape.outH(), shape.outW());
    const std::size_t packedGroup = packedGroupFloats(shape, Direction::kForward);
    reserve(shape, columnFloats, scratch);
    pool.parallelFor(static_cast<std::size_t>(x.n), [&](std::size_t image, int worker) {
        const int n = static_cast<int>(image);
        Scratch& mine = scratch[static_cast<std::size_t>(worker)];
        float* gathered = mine.floats(kColumnsSlot, static_cast<std::size_t>(columns * shape.groups * columnFloats));
        gatherColumns(shape, x, n, columnFloats, gathered);
        for (int g = 0; g < shape.groups; ++g) {
            mine.inputs.clear();
            for (int k = 0; k < columns; ++k) mine.inputs.push_back(gathered + (g * columns + k) * columnFloats);
            mine.outputs.clear();
            for (int o = 0; o < out; ++o) mine.outputs.push_back(y.plane(n, g * out + o));
            planeGemm(packed + static_cast<std::size_t>(g) * packedGroup, out, mine.inputs.data(), columns,
                      mine.outputs.data(), y.h * y.w, /*accumulate=*/false);
        }
    });
}

void conv2dBackward(const Conv2dShape& shape, ConstView x, const float* w, ConstView dy, float* dw, View dx,
                    ThreadPool& pool, std::vector<Scratch>& scratch) {
    checkShapes(shape, x, dy);
    const int out = shape.outputs / shape.groups, columns = shape.columns();
    const std::ptrdiff_t columnFloats = planeStride(shape.outH(), shape.outW());
    const bool wantsInput = dx.data != nullptr;
    const float* packed = wantsInput ? packGroups(shape, w, Direction::kBackward, scratch.front()) : nullptr;
    const std::size_t packedGroup = packedGroupFloats(shape, Direction::kBackward);
    ChunkSums& sums = scratch.front().sums;
    sums.reserve(chunkCount(x.n), shape.weights());
    reserve(shape, columnFloats, scratch);
    pool.parallelFor(static_cast<std::size_t>(chunkCount(x.n)), [&](std::size_t chunk, int worker) {
        const ImageRange range = chunkImages(x.n, static_cast<int>(chunk));
        std::fill_n(sums.chunk(static_cast<int>(chunk)), shape.weights(), 0.0f);
        Scratch& mine = scratch[static_cast<std::size_t>(worker)];
        float* gathered = mine.floats(kColumnsSlot, static_cast<std::size_t>(columns * shape.groups * columnFloats));
        for (int n = range.first; n < range.first + range.count; ++n) {
            gatherColumns(shape, x, n, columnFloats, gathered);
            for (int g = 0; g < shape.groups; ++g) {
                mine.inputs.clear();
                mine.outputs.clear();
                mine.gradients.clear();
                for (int k = 0; k < columns; ++k) {
                    mine.inputs.push_back(gathered + (g * columns + k) * columnFloats);
                    mine.outputs.push_back(gathered + (g * columns + k) * columnFloats);
                }
                for (int o = 0; o < out; ++o) mine.gradients.push_back(dy.plane(n, g * out + o));
                planeDot(mine.gradients.data(), out, mine.inputs.data(), columns, 1, dy.h * dy.w,
                         sums.chunk(static_cast<int>(chunk)) + static_cast<std::ptrdiff_t>(g) * out * columns, columns);
                if (wantsInput) {  // the columns have served; their gradients take their place
                    planeGemm(packed + static_cast<std::size_t>(g) * packedGroup, columns, mine.gradients.data(), out,
                              mine.outputs.data(), dy.h * dy.w, /*accumulate=*/false);
                }
            }
            if (wantsInput) scatterColumns(shape, gathered, columnFloats, dx, n);
        }
    });
    sums.forEachSum(pool, [&](const float* sum, std::size_t first, std::size_t last) {
        for (std::size_t i = first; i < last; ++i) dw[i] += sum[i - first];
    });
}

}  // namespace condenser
