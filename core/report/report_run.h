// All that the report says of one run.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "io/connections_file.h"
#include "io/run_note.h"
#include "network/summary.h"
#include "run/condensing_effect.h"
#include "run/stored_run.h"

namespace condenser::report {

struct ReportRun {
    StoredRun stored;
    RunNote note;
    std::string noteProblem;  // why it cannot be read; else empty
    std::string name;
    const MetricsRow* best = nullptr;  // in `stored`
    std::vector<CondensingEffect> effects;
    NetworkSummary dense, condensed;

    std::vector<ConnectionsLayer> layers;
    std::optional<ConnectionsRecord> connections;  // the last ones
    std::string connectionsProblem;                // why there are none; else empty
};

Result<ReportRun> readReportRun(const std::filesystem::path& folder);

const char* stateName(StoredRunState state);

}  // namespace condenser::report
