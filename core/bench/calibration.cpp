#include "bench/calibration.h"

#include <algorithm>
#include <cmath>
#include <memory>
#include <numeric>
#include <utility>

#include "base/check.h"
#include "base/rng.h"
#include "bench/protocol.h"
#include "condense/condense_step.h"
#include "infer/plan.h"
#include "tensor/tensor.h"
#include "train/trainer.h"

namespace condenser {
namespace {

constexpr double kQuantile = 0.25;      // of a probe's calls: what other programs take does not count
constexpr double kVisitSeconds = 2e-3;  // short beside what the system gives a thread at a time
constexpr std::size_t kLeastCalls = 3;  // of each probe, however long they take
constexpr double kLearningRate = 1e-6;  // so small that the network stays as it is
constexpr const char* kHeldOut = "condensenet-tiny";

// What is timed: between them they hold each kind of work in different proportions.
struct ProbePlan {
    const char* spec;
    int stage;  // condensing steps done
    int batch;  // of a training step; 0: answers one picture
};

constexpr ProbePlan kProbes[] = {
    // Many layers and little else; small and large maps, weights that stay in the nearest cache and such that do not,
    // dense and condensed; a large classifier.
    {"condensenet:stages=12-12,growth=4-4,size=8", 3, 0},
    {"condensenet:stages=2-2,growth=8-16,size=32", 0, 0},
    {"condensenet:stages=2-2,growth=8-16,size=32", 3, 0},
    {"condensenet:stages=12,growth=24,size=16", 0, 0},
    {"condensenet:stages=12,growth=24,size=16", 3, 0},
    {"condensenet:stages=16,growth=48,size=8,classes=1000", 0, 0},
    {"condensenet:stages=16,growth=48,size=8,classes=1000", 3, 0},
    {"condensenet:stages=4-6,growth=8-16,size=112", 0, 0},
    {"condensenet:stages=4-6,growth=8-16,size=112,groups=8,group3x3=8,condense=8", 7, 0},
    {kHeldOut, 0, 0},
    {kHeldOut, 3, 0},
    {"condensenet:stages=3,growth=8,size=32", 0, 16},
    {"condensenet:stages=3,growth=8,size=32", 3, 16},
    {"condensenet:stages=6,growth=16,size=16", 0, 16},
    {"condensenet:stages=6,growth=16,size=16", 3, 16},
    {"condensenet:stages=5,growth=32,size=8", 0, 16},
    {"condensenet:stages=5,growth=32,size=8", 3, 16},
    {"condensenet:stages=1-1,growth=16-32,size=16,groups=8,group3x3=8,condense=8", 0, 32},
    {"condensenet:stages=2-2-2,growth=8-16-32", 2, 2},
    {"condensenet:stages=1,growth=32,size=8,classes=1000", 0, 16},
    {kHeldOut, 0, 16},
    {kHeldOut, 3, 16},
};

Tensor randomPictures(const NetworkSpec& spec, int count) {
    Tensor pictures(count, 3, spec.height, spec.width);
    Rng rng(1, RandomStream::kTest);
    for (int n = 0; n < count; ++n) {
        for (int c = 0; c < 3; ++c) {
            std::generate_n(pictures.view().plane(n, c), spec.height * spec.width,
                            [&] { return static_cast<float>(rng.normal()); });
        }
    }
    return pictures;
}

template <std::size_t N>
std::vector<double> listOf(const std::array<double, N>& work) {
    return {work.begin(), work.end()};
}

// A network that answers, or trains, when called.
class Probe {
  public:
    Probe(const ProbePlan& plan, ThreadPool& pool)
        : m_plan(plan), m_pool(pool), m_spec(specOf(plan)), m_network(networkOf(plan, m_spec)) {
        m_pictures = randomPictures(m_spec, std::max(1, plan.batch));
        const double kept = 1.0 - static_cast<double>(plan.stage) / m_spec.condenseFactor;
        if (plan.batch > 0) {
            m_labels.resize(static_cast<std::size_t>(plan.batch));
            for (std::size_t n = 0; n < m_labels.size(); ++n)
                m_labels[n] = static_cast<std::int32_t>(n % static_cast<std::size_t>(m_spec.classes));
            TrainerOptions options;
            options.totalSteps = 1;
            options.learningRate = kLearningRate;
            m_trainer = std::make_unique<Trainer>(m_network, options, pool);
            m_work = listOf(trainingWork(m_spec, kept, plan.batch));
        } else {
            const auto dropped = plan.stage > 0 ? DroppedConnections::kSkip : DroppedConnections::kCompute;
            m_answer = std::make_unique<Plan>(graphOf(m_network, m_spec.height, m_spec.width, dropped), 1, pool.size());
            m_memory = std::make_unique<PlanMemory>(m_answer->makeMemory());
            m_logits.resize(static_cast<std::size_t>(m_spec.classes));
            m_work = listOf(inferenceWork(m_spec, kept));
        }
    }

    void call() {
        const ConstView pictures = std::as_const(m_pictures).view();
        if (m_trainer) {
            m_trainer->step(0, pictures, m_labels);
        } else {
            m_answer->run(pictures, m_logits, *m_memory, m_pool);
        }
    }

    bool trains() const { return m_trainer != nullptr; }
    bool heldOut() const { return m_plan.spec == kHeldOut; }
    // Of one picture.
    TimedWork timed() const { return {m_work, quantile(m_seconds, kQuantile) / std::max(1, m_plan.batch)}; }

    // Calls for about kVisitSeconds, at least once; the first call of a visit, with cold caches, is not counted unless
    // it is all there is time for.
    void visit(const std::function<double()>& clock) {
        double last = clock();
        const double start = last;
        call();
        const double cold = clock();
        if (cold - start >= kVisitSeconds) {
            m_seconds.push_back(cold - start);
            return;
        }
        for (last = cold; last - start < kVisitSeconds;) {
            call();
            const double now = clock();
            m_seconds.push_back(now - last);
            if (now <= last) return;  // a clock that stands still
            last = now;
        }
    }
    std::size_t calls() const { return m_seconds.size(); }

  private:
    static NetworkSpec specOf(const ProbePlan& plan) {
        auto spec = parseNetworkSpec(plan.spec);
        CORE_CHECK(spec.has_value());
        return *spec;
    }
    static Network networkOf(const ProbePlan& plan, const NetworkSpec& spec) {
        Network network(spec, 1);
        if (plan.stage > 0) condenseNetwork(network, plan.stage, CondensingRules::kCorrected);
        return network;
    }

    const ProbePlan& m_plan;
    ThreadPool& m_pool;
    NetworkSpec m_spec;
    Network m_network;
    Tensor m_pictures;
    std::vector<std::int32_t> m_labels;
    std::unique_ptr<Trainer> m_trainer;
    std::unique_ptr<Plan> m_answer;
    std::unique_ptr<PlanMemory> m_memory;
    std::vector<float> m_logits;
    std::vector<double> m_work;
    std::vector<double> m_seconds;
};

// Fits one of the two lists of rates, says how well, and returns the largest error of the probes held out.
template <std::size_t N>
double fitKind(const std::vector<std::unique_ptr<Probe>>& probes, bool training, const std::array<double, N>& reference,
               std::array<double, N>& rates, std::vector<CalibrationProbe>& told) {
    const std::size_t layers = training ? kTrainingLayers : kInferenceLayers;
    std::vector<TimedWork> samples;
    for (const auto& probe : probes) {
        if (probe->trains() == training && !probe->heldOut()) samples.push_back(probe->timed());
    }
    std::ranges::copy(fitRates(samples, reference, layers), rates.begin());
    double worst = 0;
    for (const auto& probe : probes) {
        if (probe->trains() != training) continue;
        const TimedWork timed = probe->timed();
        const double predicted = std::inner_product(rates.begin(), rates.end(), timed.work.begin(), 0.0);
        told.push_back({timed.seconds, predicted, training, probe->heldOut()});
        if (probe->heldOut()) worst = std::max(worst, std::abs(predicted / timed.seconds - 1));
    }
    return std::min(worst, 1.0);
}

}  // namespace

Result<Calibration> calibrate(ThreadPool& pool, const CalibrationOptions& options) {
    const std::function<double()> clock = options.clock ? options.clock : steadySeconds;
    const auto stopped = [&] { return options.stop.stop_requested(); };
    const auto cancelled = [] {
        return fail(ErrorCode::kCancelled, "stopped", "", "the calibration was asked to end");
    };

    std::vector<std::unique_ptr<Probe>> probes;
    for (const ProbePlan& plan : kProbes) {
        if (stopped()) return cancelled();
        probes.push_back(std::make_unique<Probe>(plan, pool));
        probes.back()->call();  // takes its memory
    }
    const double start = clock();
    const auto enough = [&] {
        return std::ranges::all_of(probes, [](const auto& probe) { return probe->calls() >= kLeastCalls; });
    };
    while (!enough() || clock() - start < options.seconds) {
        for (const auto& probe : probes) {
            if (stopped()) return cancelled();
            probe->visit(clock);
        }
    }

    Calibration calibration;
    CostRates& rates = calibration.rates;
    rates.latencyError = std::max(
        kPresetLatencyError, fitKind(probes, false, referenceRates().inference, rates.inference, calibration.probes));
    rates.trainingError = std::max(
        kPresetTrainingError, fitKind(probes, true, referenceRates().training, rates.training, calibration.probes));
    return calibration;
}

}  // namespace condenser
