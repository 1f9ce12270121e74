#include "bench/training_memory.h"

#include <algorithm>

#include "network/summary.h"
#include "ops/gradient_chunks.h"
#include "tensor/view.h"

namespace condenser {
namespace {

constexpr std::int64_t kFloat = sizeof(float);
constexpr std::int64_t kMoments = 24;      // bytes of one channel's statistics in one image
constexpr std::int64_t kBatchesAhead = 3;  // of the loader
constexpr std::int64_t kLargePage = std::int64_t{2} << 20;

// Of a tensor: large ones take whole large pages (tensor.cpp).
std::int64_t bufferBytes(std::int64_t floats) {
    const std::int64_t bytes = floats * kFloat;
    return bytes < 2 * kLargePage ? bytes : (bytes + kLargePage - 1) / kLargePage * kLargePage;
}

}  // namespace

TrainingMemory trainingMemory(const NetworkSpec& spec, int batch, std::int64_t pictures, std::int64_t pictureLimit,
                              int threads) {
    TrainingMemory memory;
    const std::int64_t images = batch;
    std::int64_t widestMiddle = 0, largestLayer = 0, masks = 0, largestMaps = 0, before = 0;
    for (int b = 0; b < spec.blocks(); ++b) {
        const auto block = static_cast<std::size_t>(b);
        const std::int64_t plane = spreadPlaneStride(spec.mapSize(b, spec.height), spec.mapSize(b, spec.width));
        const std::int64_t channels = spec.blockOutputs(b);
        const std::int64_t middle = std::int64_t{spec.bottleneck} * spec.growth[block];
        const std::int64_t layers = spec.stages[block];
        memory.maps += 2 * bufferBytes(images * channels * plane) + layers * bufferBytes(images * middle * plane);
        memory.maps += images * (channels + layers * middle) * kMoments;
        widestMiddle = std::max(widestMiddle, middle * plane);
        for (int l = 0; l < spec.stages[block]; ++l) masks += spec.layerInputs(b, l) * middle;
        largestLayer = std::max(largestLayer, spec.layerInputs(b, static_cast<int>(layers) - 1) * middle);
        // While an image is answered, a block's maps and those that it was pooled from are alive.
        largestMaps = std::max(largestMaps, before + (channels + middle) * plane);
        before = channels * plane;
        if (!spec.hasTransitions() || b + 1 == spec.blocks()) continue;
        const std::int64_t outputs = spec.blockInputs(b + 1);
        memory.maps += 2 * bufferBytes(images * outputs * plane) + images * outputs * kMoments;
        masks += channels * outputs;
        largestLayer = std::max(largestLayer, channels * outputs);
        largestMaps = std::max(largestMaps, before + outputs * plane);
        before = outputs * plane;
    }
    memory.maps += bufferBytes(images * widestMiddle);
    const std::int64_t parameters = summarize(spec, CountingMode::kDense).params;
    memory.weights = (3 * parameters + masks + chunkCount(batch) * largestLayer) * kFloat;
    const std::int64_t values = std::int64_t{3} * spec.height * spec.width;
    memory.pictures = std::min(pictures * values, pictureLimit) + kBatchesAhead * images * values * kFloat;
    memory.answers = (3 * parameters + threads * largestMaps) * kFloat;
    return memory;
}

}  // namespace condenser
