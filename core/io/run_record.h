// run.json: what a run is, and all that a resume needs beside the checkpoint.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "data/preprocess.h"
#include "io/train_settings.h"
#include "network/network_spec.h"

namespace condenser {

inline constexpr const char* kRunRecordName = "run.json";

// kRunning in a folder whose lock nobody holds (run_lock.h) is a run that was killed.
enum class RunState { kRunning, kStopped, kFinished, kFailed };
const char* runStateName(RunState state);  // "running", "stopped", "finished", "failed"

// Where a run left another one (run/branch_run.h).
struct RunBranch {
    std::string run;              // name of that run's folder
    int stage = 0;                // just before condensing step `stage`; 0: from a checkpoint
    int epoch = 0;                // whole epochs done there
    std::int64_t step = 0;        // training steps done there
    std::uint64_t splitSeed = 1;  // of the split into training and validation part, which stays as it was

    bool operator==(const RunBranch&) const = default;
};

struct RunRecord {
    std::string data;                  // as --data
    std::string model;                 // as --model: a preset's name or a spec
    NetworkSpec spec;                  // what `model` came to, with the data's classes
    std::vector<std::string> classes;  // spec.classes of them, in the order of the labels
    Preprocess preprocess;             // its size is the spec's

    TrainSettings settings{.augmentation = Augmentation::kPadCrop};  // never kAuto

    std::optional<RunBranch> branch;  // absent in files of version 0.1 and in runs that began at step 0

    int threads = 1;      // of the latest start; another number gives the same bits
    std::string isa;      // "AVX2"; another one gives other last bits
    std::string cpu;      // its name, of the latest start; empty in files of version 0.1
    std::string command;  // exactly as typed; may be empty
    std::string program;  // version of Condenser that made the run, "0.1.0"
    std::string created;  // ISO 8601 in UTC: "2026-01-31T09:30:00Z" (utcNow)

    std::int64_t stepsPerEpoch = 1;                // 1..1'000'000'000
    std::int64_t trainImages = 0, testImages = 0;  // as found at the start: a resume compares them
    std::string testName = "test";                 // the part that chose the best epoch: "test", "val", "validation"

    RunState state = RunState::kRunning;
    std::string message;  // why it failed; else empty

    std::uint64_t splitSeed() const { return branch ? branch->splitSeed : settings.seed; }

    bool operator==(const RunRecord&) const = default;
};

// Every field's type and range is checked, the spec and the number of classes too. Keys that we do not know are
// ignored; a newer version is refused in words; a missing file is kNotFound.
Result<RunRecord> readRunRecord(const std::filesystem::path& folder);
// The same from text; `name` stands for the file in messages.
Result<RunRecord> parseRunRecord(std::string_view text, const std::string& name);

// Atomically. What the reader would refuse (a field out of range, a data name that is not UTF-8) is refused here.
Result<> writeRunRecord(const std::filesystem::path& folder, const RunRecord& record);

// Which run it is, in a few bytes: the same for all of a run's life, and for no other run. From what decides its
// numbers and the time of its start; not from where it trains (threads, isa), nor from how it is going.
std::string runIdentity(const RunRecord& record);

// Now, as RunRecord::created has it.
std::string utcNow();

}  // namespace condenser
