// How far the interval of a ratio can be trusted on this machine: a network timed against itself, and against a copy of
// which every call is followed by 5 % of idle turning. bench_self_trials [MODEL [TRIALS [SECONDS [THREADS]]]]
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <vector>

#include "bench/network_runner.h"
#include "bench/protocol.h"
#include "bench/ratio_interval.h"
#include "run/model_source.h"

using namespace condenser;

namespace {

double now() {
    return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

void turnFor(double seconds) {
    for (const double start = now(); now() - start < seconds;) {
    }
}

}  // namespace

int main(int argc, char** argv) {
    const int trials = argc > 2 ? std::atoi(argv[2]) : 20;
    const double seconds = argc > 3 ? std::atof(argv[3]) : 3;
    ThreadPool pool(argc > 4 ? std::atoi(argv[4]) : 1);
    ModelRequest request;
    request.model = argc > 1 ? argv[1] : "condensenet-86";
    request.variant = Variant::kCondensed;
    const auto model = openModel(request);
    if (!model) return std::fprintf(stderr, "%s\n", model.error().text().c_str()), 1;
    const NetworkSpec& spec = model->info.spec;
    const Graph graph = graphOf(model->network, spec.height, spec.width, DroppedConnections::kSkip);

    for (const double slower : {0.0, 0.05}) {
        int different = 0;
        for (int trial = 0; trial < trials; ++trial) {
            const auto seed = static_cast<std::uint64_t>(trial);
            NetworkRunner first(graph, 1, pool.size(), seed, 0), second(graph, 1, pool.size(), seed, 1);
            std::vector<double> calls;
            for (int i = 0; i < 200; ++i) {
                const double start = now();
                first.run(pool);
                calls.push_back(now() - start);
            }
            const double extra = quantile(calls, 0.5) * slower;
            const auto slowed = [&] {
                first.run(pool);
                turnFor(extra);
            };
            ProtocolOptions options;
            options.seconds = seconds;
            options.minBlocks = 10;
            const auto timings = timeInTurn({{"first", slowed, [&] { first.renew(); }},
                                             {"second", [&] { second.run(pool); }, [&] { second.renew(); }}},
                                            options);
            const Timing &a = timings->at(0), &b = timings->at(1);
            const auto interval = ratioInterval(a.ms, a.blocks, b.ms, b.blocks);
            if (!interval) return std::fprintf(stderr, "no interval\n"), 1;
            different += !interval->noDifference();
            std::printf("%s %2d: %.4f, 99 %% from %.4f to %.4f%s\n", slower > 0 ? "slowed" : "itself", trial + 1,
                        interval->ratio, interval->low, interval->high, interval->noDifference() ? "" : "  different");
            std::fflush(stdout);
        }
        std::printf("%s: different in %d of %d\n", slower > 0 ? "slowed by 5 %" : "against itself", different, trials);
    }
}
