#include "report/report_run.h"

#include <utility>

#include "run/best_epoch.h"

namespace condenser::report {
namespace {

void readLastConnections(const std::filesystem::path& folder, ReportRun& run) {
    auto index = readConnectionsIndex(folder);
    if (!index) {
        run.connectionsProblem = index.error().text();
        return;
    }
    if (index->records.empty() || index->layers.empty()) {
        run.connectionsProblem = "This run has no record of its connections.";
        return;
    }
    auto record = readConnections(folder, index->records.size() - 1);
    if (!record) {
        run.connectionsProblem = record.error().text();
        return;
    }
    run.layers = std::move(index->layers);
    run.connections = std::move(*record);
}

}  // namespace

Result<ReportRun> readReportRun(const std::filesystem::path& folder) {
    auto stored = readStoredRun(folder);
    if (!stored) return tl::unexpected(stored.error());
    ReportRun run;
    run.stored = std::move(*stored);
    // "run/" and "." are named, too.
    std::error_code ignored;
    const std::filesystem::path whole = std::filesystem::canonical(folder, ignored);
    run.name = (ignored ? folder : whole).filename().string();
    if (auto note = readRunNote(folder)) {
        run.note = std::move(*note);
        if (!run.note.name.empty()) run.name = run.note.name;
    } else {
        run.noteProblem = note.error().text();
    }
    const RunRecord& record = run.stored.record;
    run.best = bestEpoch(record, run.stored.epochs);
    run.effects = condensingEffects(record, run.stored.epochs, run.stored.steps);
    run.dense = summarize(record.spec, CountingMode::kDense);
    run.condensed = summarize(record.spec, CountingMode::kCondensed);
    readLastConnections(folder, run);
    return run;
}

const char* stateName(StoredRunState state) {
    switch (state) {
        case StoredRunState::kRunning:
            return "running";
        case StoredRunState::kInterrupted:
            return "interrupted";
        case StoredRunState::kStopped:
            return "stopped";
        case StoredRunState::kFinished:
            return "finished";
        case StoredRunState::kFailed:
            break;
    }
    return "failed";
}

}  // namespace condenser::report
