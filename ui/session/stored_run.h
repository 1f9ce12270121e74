// A run that lies on the disk: what it is, how far it came, whether it can go on.
#pragma once

#include <QString>
#include <filesystem>
#include <vector>

#include "io/run_folder.h"
#include "run/training_run.h"

namespace condenser {

// Derived from the files and from who holds the lock, never from memory.
struct StoredRun {
    enum class State { kRunningElsewhere, kInterrupted, kStopped, kFinished, kFailed };

    std::filesystem::path folder;
    RunRecord record;
    State state = State::kStopped;
    bool resumable = false;          // not finished, nobody trains there, and there is a checkpoint
    std::vector<MetricsRow> epochs;  // those that are done
    std::vector<StepRecord> steps;   // as far as they were written

    QString name() const;  // of its folder
};

Result<StoredRun> readStoredRun(const std::filesystem::path& folder);

// "run.json" is there.
bool isRunFolder(const std::filesystem::path& folder);

}  // namespace condenser
