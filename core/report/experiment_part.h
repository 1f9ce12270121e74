// All that the report says of an experiment: its table, figure, commands, settings, curves and connections.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

#include "base/result.h"
#include "experiment/results.h"
#include "io/metrics_file.h"
#include "io/run_record.h"

namespace condenser::report {

// A run that has begun.
struct ExperimentRun {
    std::size_t arm = 0;  // in the plan
    std::filesystem::path folder;
    RunRecord record;
    std::vector<MetricsRow> epochs;
    bool finished = false;
};

struct ReportExperiment {
    ExperimentResults results;
    std::filesystem::path folder;
    std::string name;                 // of its folder
    std::vector<ExperimentRun> runs;  // seed by seed, in each the arms in their order
};

Result<ReportExperiment> readReportExperiment(const std::filesystem::path& folder);

// `number` is the one of its part in the page, `alone` that there is no other part. `connectionsLeft` as in
// connection_maps.h.
std::string experimentHtml(const ReportExperiment& experiment, std::size_t number, bool alone,
                           std::size_t& connectionsLeft);

}  // namespace condenser::report
