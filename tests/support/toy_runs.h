// Folders that look like runs, without a training.
#pragma once

#include <fmt/format.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <stdexcept>
#include <string>

#include "io/run_folder.h"
#include "support/io_scratch.h"

namespace condenser::test {

inline void must(const Result<>& result) {
    if (!result) throw std::runtime_error(result.error().text());
}

inline RunRecord toyRecord(int epochs, const std::string& created = "2026-01-31T09:30:00Z") {
    RunRecord run;
    run.data = "folder:/pictures";
    run.model = "condensenet-tiny";
    run.spec = parseNetworkSpec("condensenet:stages=4-4-4,growth=8-16-32,classes=2").value();
    run.classes = {"ant", "bee"};
    run.preprocess = {32, 32, 32, {0.1f, 0.2f, 0.3f}, {0.4f, 0.5f, 0.6f}};
    run.settings.epochs = epochs;
    run.stepsPerEpoch = 10;
    run.threads = 2;
    run.isa = "AVX2";
    run.cpu = "a fast one";
    run.program = "0.1.0";
    run.created = created;
    run.command = "condenser-cli train";
    run.state = RunState::kFinished;
    return run;
}

// Accuracy rises to its best at epoch `best` and falls again.
inline MetricsRow toyRow(int epoch, int best) {
    const double top1 = 0.9 - 0.001 * std::abs(epoch - best);
    return {epoch, epoch * 10LL, 0.1, 2.0 / epoch, top1, 2.5 / epoch, top1, 0.5, 1000, epoch * 2.5};
}

inline void makeRun(const std::filesystem::path& folder, const RunRecord& record, int epochsDone, int best) {
    std::filesystem::create_directories(folder);
    must(writeRunRecord(folder, record));
    std::string text = "epoch,step,lr,train_loss,train_top1,test_loss,test_top1,kept,images_per_s,seconds\n";
    for (int epoch = 1; epoch <= epochsDone; ++epoch) {
        const MetricsRow row = toyRow(epoch, best);
        text += fmt::format("{},{},{},{},{},{},{},{},{},{}\n", row.epoch, row.step, row.lr, row.trainLoss,
                            row.trainTop1, row.testLoss, row.testTop1, row.kept, row.imagesPerSecond, row.seconds);
    }
    writeBytes(folder / kMetricsName, text);
}

// As if nobody had touched the folder for an hour.
inline void age(const std::filesystem::path& folder) {
    const auto then = std::filesystem::file_time_type::clock::now() - std::chrono::hours(1);
    for (const auto& entry : std::filesystem::directory_iterator(folder)) {
        if (entry.is_regular_file()) std::filesystem::last_write_time(entry.path(), then);
    }
}

}  // namespace condenser::test
