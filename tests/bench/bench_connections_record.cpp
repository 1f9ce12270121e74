// What recording the connections costs a training: bytes of 60 epochs, and the time of a record beside that of an
// epoch.
//     bench_connections_record [THREADS] [SECONDS]
// An epoch is 50 000 pictures, trained at the last condensing stage, where it is shortest; SECONDS of timed training
// steps for each network (default 2). Times are given twice: as they passed, which holds the flush to the disk and the
// neighbours, and as the processor worked. The files are made in a temporary folder.
#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <ctime>
#include <filesystem>

#include "base/rng.h"
#include "bench/protocol.h"
#include "condense/condense_step.h"
#include "run/run_files.h"
#include "support/io_scratch.h"
#include "train/trainer.h"

using namespace condenser;

namespace {

constexpr int kEpochs = 60;
constexpr int kPictures = 50'000;  // an epoch

double seconds(clockid_t clock) {
    timespec now{};
    clock_gettime(clock, &now);
    return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

// The two clocks, and what has passed on them since.
struct Clocks {
    double passed = seconds(CLOCK_MONOTONIC), worked = seconds(CLOCK_PROCESS_CPUTIME_ID);
    Clocks since() const { return {Clocks().passed - passed, Clocks().worked - worked}; }
};

struct Medians {
    std::vector<double> passed, worked;
    void add(const Clocks& taken) {
        passed.push_back(taken.passed);
        worked.push_back(taken.worked);
    }
    double medianPassed() const { return quantile(passed, 0.5); }
    double medianWorked() const { return quantile(worked, 0.5); }
};

// Training steps at the network's stage, a picture's share of them.
Medians timeTraining(Network& network, int batch, ThreadPool& pool, double wanted) {
    const NetworkSpec& spec = network.spec();
    Tensor pictures(batch, 3, spec.height, spec.width);
    Rng rng(1, RandomStream::kTest);
    for (int n = 0; n < batch; ++n) {
        for (int c = 0; c < 3; ++c) {
            std::generate_n(pictures.view().plane(n, c), spec.height * spec.width,
                            [&] { return static_cast<float>(rng.normal()); });
        }
    }
    const std::vector<std::int32_t> labels(static_cast<std::size_t>(batch), 1);
    TrainerOptions options;
    options.totalSteps = 1;
    options.learningRate = 1e-6;
    Trainer trainer(network, options, pool);
    trainer.step(0, pictures.view(), labels);
    Medians medians;
    for (const double begin = seconds(CLOCK_MONOTONIC);
         medians.passed.size() < 5 || seconds(CLOCK_MONOTONIC) - begin < wanted;) {
        const Clocks clocks;
        trainer.step(0, pictures.view(), labels);
        const Clocks taken = clocks.since();
        medians.add({taken.passed / batch, taken.worked / batch});
    }
    return medians;
}

void report(const char* name, int batch, ThreadPool& pool, double wanted) {
    const NetworkSpec spec = parseNetworkSpec(name).value();
    Network network(spec, 1);
    const int last = spec.condenseFactor - 1;
    condenseNetwork(network, last, CondensingRules::kCorrected);
    const Medians training = timeTraining(network, batch, pool, wanted);

    const test::ScratchFolder folder;
    Medians record;
    const auto append = [&](const ConnectionsKey& key) {
        const Clocks clocks;
        const auto done = appendConnections(folder.path(), connectionLayers(network), recordConnections(network, key));
        if (!done) fmt::print("{}\n", done.error().text());
        return clocks.since();
    };
    for (int epoch = 1; epoch <= kEpochs; ++epoch)
        record.add(append({ConnectionsMoment::kEpochEnd, epoch, epoch, last}));
    for (int step = 0; step < last; ++step) {
        append({ConnectionsMoment::kBeforeStep, kEpochs, kEpochs, step});
        append({ConnectionsMoment::kAfterStep, kEpochs, kEpochs, step + 1});
    }
    const auto bytes = static_cast<double>(std::filesystem::file_size(folder / kConnectionsName));
    const auto line = [&](const char* clock, double ofRecord, double ofPicture) {
        const double epoch = ofPicture * kPictures;
        fmt::print("  {:<22} a record {:>8.2f} ms, an epoch {:>8.1f} s ({:.3f} ms a picture): {:.4f} %\n", clock,
                   ofRecord * 1e3, epoch, ofPicture * 1e3, 100 * ofRecord / epoch);
    };
    fmt::print("{}: {} epochs and {} condensing steps: {:.2f} MB, {:.1f} KB a record\n", name, kEpochs, last,
               bytes / 1e6, bytes / 1e3 / (kEpochs + 2 * last));
    line("as it passed", record.medianPassed(), training.medianPassed());
    line("as the processor worked", record.medianWorked(), training.medianWorked());
}

}  // namespace

int main(int argc, char** argv) {
    const int threads = argc > 1 ? std::max(1, std::atoi(argv[1])) : availableCores();
    const double wanted = argc > 2 ? std::max(0.01, std::atof(argv[2])) : 2;
    ThreadPool pool(threads);
    fmt::print("{}, {} threads; medians\n", cpuName(), pool.size());
    report("condensenet-86", 64, pool, wanted);
    report("condensenet-74-g8", 8, pool, wanted);  // of 224 x 224 pixels: a batch of 64 takes gigabytes
    return 0;
}
