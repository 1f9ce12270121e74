#include "infer/compiled_plan.h"

#include <algorithm>
#include <chrono>
#include <cstring>

#include "ops/linear.h"
#include "ops/pool.h"
#include "ops/vector_lanes.h"

namespace condenser {
namespace {

struct Range {
    int begin = 0, end = 0;
};

// The part's share of `count` items, in whole multiples of `unit`.
Range shareOf(int count, Part part, int unit = 1) {
    const int units = (count + unit - 1) / unit;
    const auto border = [&](int index) { return std::min(count, units * index / part.count * unit); };
    return {border(part.index), border(part.index + 1)};
}

// Adds the time of its life to a layer.
class LayerClock {
  public:
    LayerClock(const StepMemory& memory, int layer)
        : m_seconds(memory.seconds == nullptr ? nullptr : memory.seconds + layer) {
        if (m_seconds != nullptr) m_start = std::chrono::steady_clock::now();
    }
    ~LayerClock() {
        if (m_seconds == nullptr) return;
        *m_seconds += std::chrono::duration<double>(std::chrono::steady_clock::now() - m_start).count();
    }
    LayerClock(const LayerClock&) = delete;
    LayerClock& operator=(const LayerClock&) = delete;

  private:
    double* m_seconds;
    std::chrono::steady_clock::time_point m_start;
};

}  // namespace

void PointwiseStep::run(const StepMemory& memory, Part part) const {
    // Pixels in whole vectors; but groups where so few vectors are left that the tiles would starve.
    const int vectors = pixels / vectorLanes();
    const bool byGroups = vectors < 2 * part.count && kernel.groups() >= part.count;
    const Range groups = byGroups ? shareOf(kernel.groups(), part) : Range{0, kernel.groups()};
    const Range range = byGroups ? Range{0, pixels} : shareOf(pixels, part, 16);
    kernel.run(memory.maps + x, memory.maps + y, residual < 0 ? nullptr : memory.maps + residual, memory.scratch,
               range.begin, range.end, 0, groups.begin, groups.end);
}

void TapConvStep::run(const StepMemory& memory, Part part) const {
    const bool byGroups = kernel.groups() % part.count == 0;
    const Range groups = byGroups ? shareOf(kernel.groups(), part) : Range{0, kernel.groups()};
    const Range rows = byGroups ? Range{0, height} : shareOf(height, part);
    kernel.run(memory.maps + x, memory.maps + y, rows.begin, rows.end, 0, groups.begin, groups.end);
}

void StripStep::run(const StepMemory& memory, Part part) const {
    const TapMaps& taps = second.taps();
    const Range rows = shareOf(height, part);
    float* strip = memory.strips + middle;
    const int copies = taps.kind == TapMaps::Kind::kTriple ? 3 : 1;
    // Rows of the strip, counted from the one above its first.
    const auto eachCopy = [&](const auto& body) {
        for (int c = 0; c < middleChannels; ++c) {
            for (int copy = 0; copy < copies; ++copy) {
                body(strip + c * taps.planeFloats + taps.tap(0, 0, 0, -1) + copy * taps.copyStride);
            }
        }
    };
    const std::size_t rowBytes = static_cast<std::size_t>(width) * sizeof(float);
    const auto clearRow = [&](int row) {
        eachCopy([&](float* first) { std::memset(first + row * taps.rowStride + (copies == 1 ? 1 : 0), 0, rowBytes); });
    };
    for (int y0 = rows.begin; y0 < rows.end; y0 += stripRows) {
        const int y1 = std::min(y0 + stripRows, rows.end), shift = 1 - y0;
        int from = y0 - 1;
        {
            const LayerClock clock(memory, firstLayer);
            if (y0 > rows.begin) {  // the two last rows of the strip before
                eachCopy([&](float* first) {
                    std::memmove(first, first + stripRows * taps.rowStride,
                                 2 * static_cast<std::size_t>(taps.rowStride) * sizeof(float));
                });
                from = y0 + 1;
            } else if (y0 == 0) {
                clearRow(0);
                from = 0;
            }
            const int to = std::min(y1 + 1, height);
            first.run(memory.maps + x, strip, nullptr, memory.scratch, from * width, to * width, shift, 0,
                      first.groups());
            if (y1 == height) clearRow(height + shift);
        }
        const LayerClock clock(memory, secondLayer);
        second.run(strip, memory.maps + y, y0, y1, shift, 0, second.groups());
    }
}

void FrameStep::run(const StepMemory& memory, Part part) const {
    const Range range = shareOf(kernel->positions(), part);
    if (picture) {
        kernel->frame(memory.picture.data, memory.picture.strideC, memory.picture.strideRow, memory.maps + framed,
                      range.begin, range.end);
    } else {
        kernel->frame(memory.maps + x, channelStride, width, memory.maps + framed, range.begin, range.end);
    }
}

void ConvolveStep::run(const StepMemory& memory, Part part) const {
    const Range range = shareOf(kernel->outPixels(), part, 16);
    kernel->run(memory.maps + framed, memory.maps + y, residual < 0 ? nullptr : memory.maps + residual, memory.scratch,
                range.begin, range.end);
}

void DepthwiseStep::run(const StepMemory& memory, Part part) const {
    const Range range = shareOf(static_cast<int>(targets.size()), part);
    for (int c = range.begin; c < range.end; ++c) {
        const auto i = static_cast<std::size_t>(c);
        depthwise3x3(shape, memory.maps + sources[i], weight.data() + 9 * i, bias[i], relu, memory.maps + targets[i]);
    }
}

void PoolStep::run(const StepMemory& memory, Part part) const {
    const Range range = shareOf(x.channels, part);
    const PlaneShape shape{x.height, x.width};
    for (int c = range.begin; c < range.end; ++c) {
        const float* from = memory.maps + x.offset + c * x.channelStride;
        float* to = memory.maps + y.offset + c * y.channelStride;
        if (pool.kind == GraphPool::Kind::kMax) {
            maxPoolForward(shape, pool.kernel, pool.stride, pool.padding, from, to);
        } else {
            averagePool2Forward(shape, from, to);
        }
    }
}

void GlobalAverageStep::run(const StepMemory& memory, Part part) const {
    const Range range = shareOf(x.channels, part);
    for (int c = range.begin; c < range.end; ++c) {
        const float* plane = memory.maps + x.offset + c * x.channelStride;
        float* to = memory.maps + y.offset + c;
        *to = norm.empty() ? planeAverage(plane, x.height * x.width)
                           : normReluAverage(plane, x.height * x.width, norm[static_cast<std::size_t>(c)]);
    }
}

void LinearStep::run(const StepMemory& memory, Part part) const {
    const Range range = shareOf(outputs, part);
    const float* row = memory.maps + x.offset;
    if (!sources.empty()) {
        for (std::size_t i = 0; i < sources.size(); ++i) memory.scratch[i] = row[sources[i]];
        row = memory.scratch;
    } else if (x.channelStride != x.height * x.width) {
        const std::size_t pixels = static_cast<std::size_t>(x.height * x.width);
        for (int c = 0; c < x.channels; ++c) {
            std::memcpy(memory.scratch + static_cast<std::size_t>(c) * pixels, row + c * x.channelStride,
                        pixels * sizeof(float));
        }
        row = memory.scratch;
    }
    linearRows({1, inputs, outputs}, row, weight.data(), bias.data(), relu, logits ? memory.logits : memory.maps + y,
               range.begin, range.end);
}

}  // namespace condenser
