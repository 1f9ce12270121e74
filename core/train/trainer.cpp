#include "train/trainer.h"

#include <algorithm>
#include <cmath>

#include "base/check.h"
#include "condense/group_lasso.h"
#include "condense/schedule.h"
#include "ops/sgd.h"
#include "train/learning_rate.h"

namespace condenser {

Trainer::Trainer(Network& network, const TrainerOptions& options, ThreadPool& pool)
    : m_network(network), m_options(options), m_pool(pool) {
    CORE_CHECK(network.variant() == Variant::kDense && options.totalSteps > 0);
    if (options.rules == CondensingRules::kCorrected) {  // weights that come from elsewhere may not be 0 there yet
        for (const Network::LearnedLayer& layer : network.learnedLayers()) layer.conv->zeroDropped();
    }
    network.visitTensors([&](const TensorSlot& slot) {
        if (slot.isParameter()) m_velocities.push_back({slot, std::vector<float>(slot.value.size())});
    });
}

int Trainer::stageDue(std::int64_t t) const {
    return std::max(condensingStageOf(m_network),
                    condensingStage(t, m_options.totalSteps, m_network.spec().condenseFactor));
}

StepResult Trainer::step(std::int64_t t, ConstView images, std::span<const std::int32_t> targets) {
    StepResult result;
    result.learningRate = cosineRate(m_options.learningRate, t, m_options.totalSteps);
    if (const int due = stageDue(t); due > condensingStageOf(m_network)) {
        result.condensed = condenseNetwork(m_network, due, m_options.rules);
        if (m_options.rules == CondensingRules::kCorrected) {  // what is gone neither coasts nor decays
            for (Velocity& velocity : m_velocities) {
                for (std::size_t i = 0; i < velocity.slot.mask.size(); ++i) {
                    if (velocity.slot.mask[i] == 0.0f) velocity.value[i] = 0.0f;
                }
            }
        }
    }
    const std::span<const float> logits = m_network.forward(images, Mode::kTrain, m_pool);
    m_dLogits.resize(logits.size());
    const LossReport loss = softmaxCrossEntropy(logits, m_network.spec().classes, targets, m_dLogits);
    result.crossEntropy = loss.loss;
    result.correct = loss.top1;
    m_network.zeroGradients();
    result.lasso = addGroupLasso(m_network, m_options.groupLassoLambda, m_options.rules);
    result.loss = loss.loss + m_options.groupLassoLambda * result.lasso;
    if (!std::isfinite(result.loss)) return result;
    m_network.backward(images, m_dLogits, m_pool);
    const SgdSettings sgd{static_cast<float>(result.learningRate), static_cast<float>(m_options.momentum),
                          static_cast<float>(m_options.weightDecay)};
    for (Velocity& velocity : m_velocities) {
        sgdStep(sgd, velocity.slot.value.data(), velocity.slot.gradient.data(), velocity.value.data(),
                velocity.value.size());
    }
    return result;
}

StateDict Trainer::momentum() const {
    StateDict state;
    for (const Velocity& velocity : m_velocities)
        state[velocity.slot.name] = StoredTensor::ofFloats(velocity.slot.shape, velocity.value);
    return state;
}

Result<> Trainer::loadMomentum(const StateDict& momentum) {
    for (Velocity& velocity : m_velocities) {
        const auto found = momentum.find(velocity.slot.name);
        if (found == momentum.end() || found->second.dtype != DType::kF32 ||
            found->second.shape != velocity.slot.shape) {
            return fail(ErrorCode::kBadData, "cannot go on from the checkpoint", velocity.slot.name,
                        "its momentum is missing or has another shape than the parameter");
        }
        const std::span<const float> values = found->second.floats();
        velocity.value.assign(values.begin(), values.end());
    }
    return {};
}

}  // namespace condenser
