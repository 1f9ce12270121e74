#include "run/stored_run.h"

#include <system_error>
#include <utility>

namespace condenser {
StoredRunState stateOfRun(const std::filesystem::path& folder, const RunRecord& record) {
    if (isRunLocked(folder)) return StoredRunState::kRunning;
    switch (record.state) {
        case RunState::kRunning:
            return StoredRunState::kInterrupted;  // nobody holds the lock: it was killed
        case RunState::kStopped:
            return StoredRunState::kStopped;
        case RunState::kFinished:
            return StoredRunState::kFinished;
        case RunState::kFailed:
            return StoredRunState::kFailed;
    }
    return StoredRunState::kStopped;
}

std::string StoredRun::name() const {
    return folder.filename().string();
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
    run.state = stateOfRun(folder, run.record);
    std::error_code error;
    const bool checkpoint = std::filesystem::exists(folder / kCheckpointName, error) ||
                            std::filesystem::exists(folder / kPreviousCheckpointName, error);
    run.resumable = checkpoint && run.state != StoredRunState::kFinished && run.state != StoredRunState::kRunning;
    return run;
}

bool isRunFolder(const std::filesystem::path& folder) {
    std::error_code error;
    return std::filesystem::is_regular_file(folder / kRunRecordName, error);
}

}  // namespace condenser
