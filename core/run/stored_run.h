// A run that lies on the disk: what it is, how far it came, whether it can go on.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/result.h"
#include "io/run_folder.h"

namespace condenser {

// Derived from the files and from who holds the lock, never from memory.
enum class StoredRunState { kRunning, kInterrupted, kStopped, kFinished, kFailed };

struct StoredRun {
    std::filesystem::path folder;
    RunRecord record;
    StoredRunState state = StoredRunState::kStopped;
    bool resumable = false;          // not finished, nobody trains there, and there is a checkpoint
    std::vector<MetricsRow> epochs;  // those that are done
    std::vector<StepRecord> steps;   // as far as they were written

    std::string name() const;  // of its folder
};

Result<StoredRun> readStoredRun(const std::filesystem::path& folder);

// What `record`, read from `folder`, comes to now: kRunning only while somebody holds the run's lock.
StoredRunState stateOfRun(const std::filesystem::path& folder, const RunRecord& record);

// "run.json" is there.
bool isRunFolder(const std::filesystem::path& folder);

}  // namespace condenser
