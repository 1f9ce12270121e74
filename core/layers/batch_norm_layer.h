// Parameters and running statistics of a batch norm. The arithmetic is fused into the layers that own one.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "layers/tensor_slot.h"
#include "ops/batch_norm.h"

namespace condenser {

enum class Mode { kEval, kTrain };

struct BatchNorm {
    explicit BatchNorm(int channels = 0);

    std::vector<float> weight, bias, runningMean, runningVar;  // [C]
    std::vector<float> dWeight, dBias;                         // [C]
    std::int64_t batchesTracked = 0;

    int channels() const { return static_cast<int>(weight.size()); }

    // Channel c as it is in force: with the running statistics, or with those of a batch.
    NormAffine evalAffine(int c) const;
    NormAffine trainAffine(int c, const Moments& batch) const;
    // running = 0.9 * running + 0.1 * batch, the variance unbiased.
    void track(int c, const Moments& batch);

    // `prefix` ends in a dot: "features.norm_last.".
    void visitTensors(const std::string& prefix, const TensorVisitor& visit);
};

}  // namespace condenser
