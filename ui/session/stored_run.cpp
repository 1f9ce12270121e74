#include "session/stored_run.h"

#include <system_error>
#include <utility>

#include "look/format.h"

namespace condenser {
namespace {

StoredRun::State stateOf(const RunRecord& record, bool locked) {
    if (locked) return StoredRun::State::kRunningElsewhere;
    switch (record.state) {
        case RunState::kRunning:
            return StoredRun::State::kInterrupted;  // nobody holds the lock: it was killed
        case RunState::kStopped:
            return StoredRun::State::kStopped;
        case RunState::kFinished:
            return StoredRun::State::kFinished;
        case RunState::kFailed:
            return StoredRun::State::kFailed;
    }
    return StoredRun::State::kStopped;
}

}  // namespace

QString StoredRun::name() const {
    return toQString(folder.filename());
}

Result<StoredRun> readStoredRun(const std::filesystem::path& folder) {
    auto record = readRunRecord(folder);
    if (!record) return tl::unexpected(record.error());
    auto epochs = readMetrics(folder);
    if (!epochs) return tl::unexpected(epochs.error());
    auto steps = readSteps(folder);
    if (!steps) return tl::unexpected(steps.error());

    StoredRun run{
        .folder = folder, .record = std::move(*record), .epochs = std::move(*epochs), .steps = std::move(*steps)};
    run.state = stateOf(run.record, isRunLocked(folder));
    std::error_code error;
    const bool checkpoint = std::filesystem::exists(folder / kCheckpointName, error) ||
                            std::filesystem::exists(folder / kPreviousCheckpointName, error);
    run.resumable =
        checkpoint && run.state != StoredRun::State::kFinished && run.state != StoredRun::State::kRunningElsewhere;
    return run;
}

bool isRunFolder(const std::filesystem::path& folder) {
    std::error_code error;
    return std::filesystem::is_regular_file(folder / kRunRecordName, error);
}

}  // namespace condenser
