#include "train/trainer.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <utility>

#include "base/check.h"
#include "condense/given_connections.h"
#include "ops/sgd.h"
#include "train/learning_rate.h"

namespace condenser {
namespace {

using Clock = std::chrono::steady_clock;

// The seconds since `start`, which begins anew.
double lap(Clock::time_point& start) {
    const Clock::time_point now = Clock::now();
    return std::chrono::duration<double>(now - std::exchange(start, now)).count();
}

}  // namespace

Result<> checkBatch(const NetworkSpec& spec, int images) {
    const int last = spec.blocks() - 1;
    const int stemH = (spec.height - 1) / spec.stemStride + 1, stemW = (spec.width - 1) / spec.stemStride + 1;
    if (images * (stemH >> last) * (stemW >> last) > 1) return {};
    return fail(ErrorCode::kUsage, "cannot train with this batch size", std::to_string(images),
                "a batch of one picture on a 1x1 map has no statistics to normalise with", "use another batch size");
}

Trainer::Trainer(Network& network, const TrainerOptions& options, ThreadPool& pool)
    : m_network(network), m_options(options), m_pool(pool), m_lasso(network, options.groupLassoLambda, options.rules) {
    CORE_CHECK(network.variant() == Variant::kDense && options.totalSteps > 0);
    CORE_CHECK(options.condensing == Condensing::kGradual || options.rules == CondensingRules::kCorrected);
    if (options.rules == CondensingRules::kCorrected) {  // weights that come from elsewhere may not be 0 there yet
        for (const Network::LearnedLayer& layer : network.learnedLayers()) layer.conv->zeroDropped();
    }
    network.visitTensors([&](const TensorSlot& slot) {
        if (slot.isParameter()) m_velocities.push_back({slot, std::vector<float>(slot.value.size())});
    });
}

int Trainer::stageDue(std::int64_t t) const {
    return std::max(condensingStageOf(m_network),
                    condensingStage(t, m_options.totalSteps, m_network.spec().condenseFactor, m_options.condensing));
}

CondensingReport Trainer::condense(int due) {
    const bool given = m_options.condensing == Condensing::kFixed || m_options.condensing == Condensing::kRandom;
    CondensingReport report = given ? giveConnections(m_network, m_options.condensing, m_options.seed)
                                    : condenseNetwork(m_network, due, m_options.rules);
    if (m_options.rules == CondensingRules::kReference) return report;
    for (Velocity& velocity : m_velocities) {
        for (std::size_t i = 0; i < velocity.slot.mask.size(); ++i) {
            if (velocity.slot.mask[i] == 0.0f) velocity.value[i] = 0.0f;
        }
    }
    return report;
}

StepResult Trainer::step(std::int64_t t, ConstView images, std::span<const std::int32_t> targets,
                         const Interruption& interruption) {
    StepResult result;
    result.learningRate = learningRate(m_options.condensing, m_options.learningRate, t, m_options.totalSteps);
    if (const int due = stageDue(t); due > condensingStageOf(m_network)) result.condensed = condense(due);
    Clock::time_point start = Clock::now();
    const std::span<const float> logits = m_network.forward(images, Mode::kTrain, m_pool, interruption);
    result.givenUp = logits.empty();
    if (result.givenUp) return result;
    m_dLogits.resize(logits.size());
    const LossReport loss = softmaxCrossEntropy(logits, m_network.spec().classes, targets, m_dLogits);
    result.crossEntropy = loss.loss;
    result.correct = loss.top1;
    result.seconds.forward = lap(start);
    m_pool.parallelFor(m_velocities.size(),
                       [&](std::size_t i, int) { std::ranges::fill(m_velocities[i].slot.gradient, 0.0f); });
    result.lasso = m_lasso.add(m_pool);
    result.loss = loss.loss + m_options.groupLassoLambda * result.lasso;
    if (!std::isfinite(result.loss)) return result;
    result.givenUp = !m_network.backward(images, m_dLogits, m_pool, {}, interruption);
    if (result.givenUp) return result;
    // From here on the step is no longer given up: all that it changes changes now.
    m_network.trackStatistics();
    result.seconds.backward = lap(start);
    const SgdSettings sgd{static_cast<float>(result.learningRate), static_cast<float>(m_options.momentum),
                          static_cast<float>(m_options.weightDecay)};
    m_pool.parallelFor(m_velocities.size(), [&](std::size_t i, int) {
        Velocity& velocity = m_velocities[i];
        sgdStep(sgd, velocity.slot.value.data(), velocity.slot.gradient.data(), velocity.value.data(),
                velocity.value.size());
    });
    result.seconds.optimizer = lap(start);
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
