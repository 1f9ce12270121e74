#include "layers/batch_norm_layer.h"

#include "base/check.h"

namespace condenser {

BatchNorm::BatchNorm(int channels) {
    const std::size_t size = static_cast<std::size_t>(channels);
    weight.assign(size, 1.0f);
    bias.assign(size, 0.0f);
    runningMean.assign(size, 0.0f);
    runningVar.assign(size, 1.0f);
    dWeight.assign(size, 0.0f);
    dBias.assign(size, 0.0f);
}

NormAffine BatchNorm::evalAffine(int c) const {
    const std::size_t i = static_cast<std::size_t>(c);
    return normAffine(static_cast<double>(runningMean[i]), static_cast<double>(runningVar[i]), weight[i], bias[i]);
}

NormAffine BatchNorm::trainAffine(int c, const Moments& batch) const {
    const std::size_t i = static_cast<std::size_t>(c);
    return normAffine(batch.mean, batch.variance(), weight[i], bias[i]);
}

void BatchNorm::track(int c, const Moments& batch) {
    CORE_CHECK(batch.count > 1);
    const std::size_t i = static_cast<std::size_t>(c);
    const auto blend = [](float running, double fresh) {
        return static_cast<float>((1.0 - kBatchNormMomentum) * static_cast<double>(running) +
                                  kBatchNormMomentum * fresh);
    };
    runningMean[i] = blend(runningMean[i], batch.mean);
    runningVar[i] = blend(runningVar[i], batch.unbiasedVariance());
}

void BatchNorm::visitTensors(const std::string& prefix, const TensorVisitor& visit) {
    const std::vector<std::int64_t> shape{channels()};
    visit({prefix + "weight", shape, weight, dWeight, {}, {}});
    visit({prefix + "bias", shape, bias, dBias, {}, {}});
    visit({prefix + "running_mean", shape, runningMean, {}, {}, {}});
    visit({prefix + "running_var", shape, runningVar, {}, {}, {}});
    visit({prefix + "num_batches_tracked", {}, {}, {}, {}, {&batchesTracked, 1}});
}

}  // namespace condenser
