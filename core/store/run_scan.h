// What a run's folder holds, for its line in the list.
#pragma once

#include <sys/types.h>

#include <compare>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "store/run_index.h"

namespace condenser {

// The same for two names of one folder.
struct FolderIdentity {
    dev_t device = 0;
    ino_t number = 0;

    auto operator<=>(const FolderIdentity&) const = default;
};

// From the folder's entries alone; no file is opened.
struct RunScan {
    FolderIdentity identity;
    // Of run.json, metrics.csv and note.json: number, size and time of each. Empty while one of them is so young that
    // it may change again without a trace in its time.
    std::string fingerprint;
    std::uint64_t bytes = 0;  // of the regular files
    std::vector<int> stages;  // as in RunSummary
    bool checkpoint = false;
};

// Nothing where the folder is no run's (any more).
std::optional<RunScan> scanRunFolder(const std::filesystem::path& folder);

// What stays the same until the fingerprint changes.
struct ReadRun {
    RunSummary summary;    // without what a scan and the lock tell
    std::string text;      // run.json; empty where it cannot be read
    std::string identity;  // runIdentity(); empty likewise
};

ReadRun readRun(const std::filesystem::path& folder);

// What must be looked at each time: size, stages, and the state, from the lock and the record.
void putPresent(const RunScan& scan, RunSummary& summary);

// The record of run.json's text as a summary keeps it, without the class names.
Result<RunRecord> recordOf(const std::string& text, const std::filesystem::path& folder);

// The folders of `store` that are runs', in no order. None where there is no store yet.
Result<std::vector<std::filesystem::path>> listRunFolders(const std::filesystem::path& store);

}  // namespace condenser
