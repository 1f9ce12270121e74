#include "bench/training_bench.h"

#include <algorithm>
#include <cmath>
#include <memory>

#include "base/check.h"
#include "base/memory_use.h"
#include "base/rng.h"
#include "bench/protocol.h"
#include "condense/condense_step.h"
#include "network/summary.h"
#include "tensor/tensor.h"
#include "train/trainer.h"

namespace condenser {
namespace {

// So small that the network stays as it is, and its loss finite, however long it is timed.
constexpr double kLearningRate = 1e-6;

// A network at one stage, in training.
class Subjected {
  public:
    Subjected(const StateDict& state, const NetworkSpec& spec, int stage, ThreadPool& pool)
        : m_network(copyOf(state, spec, stage)), m_trainer(m_network, trainerOptions(), pool) {}

    void step(const Tensor& images, std::span<const std::int32_t> labels) {
        const StepResult result = m_trainer.step(0, images.view(), labels);
        CORE_CHECK(std::isfinite(result.loss));
        forwardMs.push_back(result.seconds.forward * 1e3);
        backwardMs.push_back(result.seconds.backward * 1e3);
        optimizerMs.push_back(result.seconds.optimizer * 1e3);
    }

    Network& network() { return m_network; }
    std::vector<double> forwardMs, backwardMs, optimizerMs;  // of the steps so far

  private:
    static TrainerOptions trainerOptions() {
        TrainerOptions options;
        options.totalSteps = 1;
        options.learningRate = kLearningRate;
        return options;
    }
    static Network copyOf(const StateDict& state, const NetworkSpec& spec, int stage) {
        Result<Network> network = Network::fromState(spec, state);
        CORE_CHECK(network.has_value());
        if (stage > condensingStageOf(*network)) condenseNetwork(*network, stage, CondensingRules::kCorrected);
        return std::move(*network);
    }

    Network m_network;
    Trainer m_trainer;
};

}  // namespace

std::int64_t liveMacs(Network& network) {
    const NetworkSummary summary = summarize(network.spec(), CountingMode::kDense);
    std::int64_t macs = summary.macs;
    for (const Network::LearnedLayer& layer : network.learnedLayers()) {
        const auto counted = std::find_if(summary.layers.begin(), summary.layers.end(),
                                          [&](const LayerSummary& row) { return row.name == layer.name + ".conv"; });
        CORE_CHECK(counted != summary.layers.end());
        const std::int64_t all = std::int64_t{layer.conv->groups()} * layer.conv->inputs();
        macs -= counted->macs * (all - layer.conv->livePairs()) / all;
    }
    return macs;
}

Result<std::vector<TrainingRow>> benchTraining(const std::string& name, Network& network, ThreadPool& pool,
                                               const TrainingBenchOptions& options) {
    CORE_CHECK(network.variant() == Variant::kDense);
    const NetworkSpec spec = network.spec();
    if (auto fits = checkBatch(spec, options.batch); !fits) return tl::unexpected(fits.error());
    const StateDict state = network.state();
    Tensor images(options.batch, 3, spec.height, spec.width);
    std::vector<std::int32_t> labels;
    Rng rng(options.seed, RandomStream::kTest);
    for (int n = 0; n < options.batch; ++n) {
        for (int c = 0; c < 3; ++c) {
            std::generate_n(images.view().plane(n, c), spec.height * spec.width,
                            [&] { return static_cast<float>(rng.normal()); });
        }
        labels.push_back(static_cast<std::int32_t>(rng.below(static_cast<std::uint32_t>(spec.classes))));
    }

    std::vector<TrainingRow> rows;
    for (int stage = condensingStageOf(network); stage < spec.condenseFactor; ++stage) {
        if (options.stage >= 0 && stage != options.stage) continue;
        if (options.stop.stop_requested()) return fail(ErrorCode::kCancelled, "stopped", "", "timing was asked to end");
        resetPeakMemory();
        Subjected alone(state, spec, stage, pool);
        alone.step(images, labels);
        TrainingRow row;
        row.model = name;
        row.stage = stage;
        row.batch = options.batch;
        row.threads = pool.size();
        row.kept = keptShare(alone.network());
        row.macs = liveMacs(alone.network());
        row.peakMemoryBytes = peakMemoryBytes();
        if (options.flopsPerSecond > 0) {
            row.limitSeconds = 3 * 2.0 * static_cast<double>(row.macs) * options.batch / options.flopsPerSecond;
        }
        rows.push_back(row);
    }

    std::vector<std::unique_ptr<Subjected>> trainings;
    std::vector<Subject> subjects;
    for (const TrainingRow& row : rows) {
        trainings.push_back(std::make_unique<Subjected>(state, spec, row.stage, pool));
        Subjected& training = *trainings.back();
        subjects.push_back({name + ", stage " + std::to_string(row.stage), [&] { training.step(images, labels); }});
    }
    ProtocolOptions protocol;
    protocol.seconds = options.seconds;
    protocol.stop = options.stop;
    protocol.progress = options.progress;
    const Result<std::vector<Timing>> timings = timeInTurn(subjects, protocol);
    if (!timings) return tl::unexpected(timings.error());
    for (std::size_t i = 0; i < rows.size(); ++i) {
        rows[i].runs = (*timings)[i].calls;
        rows[i].medianMs = (*timings)[i].medianMs;
        rows[i].p5Ms = (*timings)[i].p5Ms;
        rows[i].p95Ms = (*timings)[i].p95Ms;
        rows[i].forwardMs = quantile(trainings[i]->forwardMs, 0.5);
        rows[i].backwardMs = quantile(trainings[i]->backwardMs, 0.5);
        rows[i].optimizerMs = quantile(trainings[i]->optimizerMs, 0.5);
    }
    return rows;
}

double scheduleImagesPerSecond(const std::vector<TrainingRow>& rows) {
    CORE_CHECK(!rows.empty());
    if (rows.size() == 1) return rows.back().imagesPerSecond();
    double seconds = 0.5 / rows.back().imagesPerSecond();  // an image, on average
    const double share = 0.5 / static_cast<double>(rows.size() - 1);
    for (std::size_t i = 0; i + 1 < rows.size(); ++i) seconds += share / rows[i].imagesPerSecond();
    return 1 / seconds;
}

}  // namespace condenser
