// What an experiment leaves on the disk. DIR/experiment.json says what was asked; DIR/runs/ARM-seedN are ordinary run
// folders, and they are the truth: all results are read from them.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "base/result.h"
#include "experiment/plan.h"

namespace condenser {

inline constexpr const char* kExperimentName = "experiment.json";

struct ExperimentRecord {
    ExperimentPlan plan;
    std::string command;  // exactly as typed, the latest time; may be empty
    std::string created;  // as RunRecord::created

    bool operator==(const ExperimentRecord&) const = default;
};

// "experiment.json" is there.
bool isExperimentFolder(const std::filesystem::path& folder);
// Every field is checked, sizes are bounded, a newer version is refused in words; a missing file is kNotFound.
Result<ExperimentRecord> readExperiment(const std::filesystem::path& folder);
Result<ExperimentRecord> parseExperiment(std::string_view text, const std::string& name);
Result<> writeExperiment(const std::filesystem::path& folder, const ExperimentRecord& record);

// One training of an experiment.
struct PlannedRun {
    std::size_t arm = 0;  // in the plan
    std::uint64_t seed = 1;
    std::filesystem::path folder;  // DIR/runs/ARM-seedN
};
// Seed by seed, in each the arms in their order: a table with all rows stands early.
std::vector<PlannedRun> runsOf(const ExperimentPlan& plan, const std::filesystem::path& folder);
// The command that makes this run alone: "condenser-cli train --data ... --out ...".
std::string trainCommand(const ExperimentPlan& plan, const PlannedRun& run);

}  // namespace condenser
