// How far the cost box is off: calibrates as the window does, then times the presets and compares.
//     bench_cost [THREADS] [SECONDS] [cpu]
// SECONDS of timed calls for each network and stage (default 0.5). "cpu": time that the processor worked for us instead
// of time that passed, for a machine that others use; on one thread.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <ctime>
#include <memory>
#include <string_view>
#include <utility>

#include "base/rng.h"
#include "bench/calibration.h"
#include "bench/protocol.h"
#include "condense/condense_step.h"
#include "infer/plan.h"
#include "ops/simd_target.h"
#include "tensor/tensor.h"
#include "train/trainer.h"

using namespace condenser;

namespace {

struct Setting {
    int threads = availableCores();
    double seconds = 0.5;
    std::function<double()> clock;
};

double cpuSeconds() {
    timespec now{};
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

Tensor picturesFor(const NetworkSpec& spec, int count) {
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

// The lower quartile, which is what a calibration takes.
double timeOf(const std::function<void()>& call, const Setting& setting) {
    ProtocolOptions options;
    options.seconds = setting.seconds;
    options.clock = setting.clock;
    const auto timings = timeInTurn({{"", call}}, options);
    return quantile(timings->front().ms, 0.25) * 1e-3;
}

class Errors {
  public:
    explicit Errors(const char* what) : m_what(what) {}
    void add(const std::string& name, double measured, double predicted) {
        const double error = predicted / measured - 1;
        m_errors.push_back(std::abs(error));
        fmt::print("{:<10} {:<36} {:>9.3f} ms  predicted {:>9.3f}  {:+6.1f} %\n", m_what, name, measured * 1e3,
                   predicted * 1e3, error * 1e2);
    }
    void summarise() const {
        if (m_errors.empty()) return;
        fmt::print("{}: {} of them, half within {:.1f} %, nine in ten within {:.1f} %, all within {:.1f} %\n\n", m_what,
                   m_errors.size(), quantile(m_errors, 0.5) * 1e2, quantile(m_errors, 0.9) * 1e2,
                   quantile(m_errors, 1) * 1e2);
    }

  private:
    const char* m_what;
    std::vector<double> m_errors;
};

double timeAnswer(const NetworkSpec& spec, int stage, ThreadPool& pool, const Setting& setting) {
    Network network(spec, 1);
    if (stage > 0) condenseNetwork(network, stage, CondensingRules::kCorrected);
    const auto dropped = stage > 0 ? DroppedConnections::kSkip : DroppedConnections::kCompute;
    const Plan plan(graphOf(network, spec.height, spec.width, dropped), 1, pool.size());
    PlanMemory memory = plan.makeMemory();
    const Tensor picture = picturesFor(spec, 1);
    std::vector<float> logits(static_cast<std::size_t>(spec.classes));
    return timeOf([&] { plan.run(picture.view(), logits, memory, pool); }, setting);
}

double timeStep(const NetworkSpec& spec, int stage, int batch, ThreadPool& pool, const Setting& setting) {
    Network network(spec, 1);
    if (stage > 0) condenseNetwork(network, stage, CondensingRules::kCorrected);
    TrainerOptions options;
    options.totalSteps = 1;
    options.learningRate = 1e-6;
    Trainer trainer(network, options, pool);
    const Tensor pictures = picturesFor(spec, batch);
    const std::vector<std::int32_t> labels(static_cast<std::size_t>(batch), 1);
    return timeOf([&] { trainer.step(0, pictures.view(), labels); }, setting) / batch;
}

}  // namespace

int main(int argc, char** argv) {
    Setting setting;
    if (argc > 1) setting.threads = std::max(1, std::atoi(argv[1]));
    if (argc > 2) setting.seconds = std::max(0.01, std::atof(argv[2]));
    if (argc > 3 && std::string_view(argv[3]) == "cpu") {
        setting.threads = 1;
        setting.clock = cpuSeconds;
    }
    if (const auto forced = forceSimdTargetFromEnvironment(); !forced) {
        fmt::print("{}\n", forced.error().why);
        return 1;
    }
    ThreadPool pool(setting.threads);
    CalibrationOptions options;
    options.clock = setting.clock;
    const auto calibration = calibrate(pool, options);
    const CostRates& rates = calibration->rates;
    fmt::print("{}, {}, {} threads; says latency within {:.0f} %, training within {:.0f} %\n", cpuName(),
               activeSimdTarget(), pool.size(), rates.latencyError * 1e2, rates.trainingError * 1e2);
    for (const CalibrationProbe& probe : calibration->probes) {
        fmt::print("  {} {:>9.1f} us  {:+6.1f} %{}\n", probe.training ? "step  " : "answer", probe.measured * 1e6,
                   (probe.predicted / probe.measured - 1) * 1e2, probe.heldOut ? "  held out" : "");
    }

    Errors latency("latency"), training("training"), schedule("schedule");
    for (const char* name : {"condensenet-tiny", "condensenet-50", "condensenet-86", "condensenet-122",
                             "condensenet-182", "condensenet-74-g4", "condensenet-74-g8"}) {
        const NetworkSpec spec = *parseNetworkSpec(name);
        latency.add(fmt::format("{} dense", name), timeAnswer(spec, 0, pool, setting),
                    latencySeconds(rates, spec, Variant::kDense));
        latency.add(fmt::format("{} condensed", name), timeAnswer(spec, spec.condenseFactor - 1, pool, setting),
                    latencySeconds(rates, spec, Variant::kCondensed));
    }
    latency.summarise();
    for (const auto& [name, batch] :
         {std::pair{"condensenet-tiny", 64}, std::pair{"condensenet-50", 64}, std::pair{"condensenet-86", 64},
          std::pair{"condensenet-122", 64}, std::pair{"condensenet-182", 32}, std::pair{"condensenet-74-g4", 16}}) {
        const NetworkSpec spec = *parseNetworkSpec(name);
        double measured = 0, predicted = 0;
        for (int stage = 0; stage < spec.condenseFactor; ++stage) {
            const double step = timeStep(spec, stage, batch, pool, setting);
            const double told = trainingSecondsPerImage(rates, spec, stage, batch);
            training.add(fmt::format("{} stage {}, batch {}", name, stage, batch), step, told);
            const double share = stage + 1 < spec.condenseFactor ? 0.5 / (spec.condenseFactor - 1) : 0.5;
            measured += share * step;
            predicted += share * told;
        }
        schedule.add(fmt::format("{}, an image on average", name), measured, predicted);
    }
    training.summarise();
    schedule.summarise();
    return 0;
}
