// What a run was started with, as lines of a table.
#pragma once

#include <string>
#include <vector>

#include "io/run_record.h"

namespace condenser::report {

struct Setting {
    std::string name, value;  // plain text
};

// Always the same names in the same order.
std::vector<Setting> settingsOf(const RunRecord& record);
std::vector<Setting> machineOf(const RunRecord& record);

// For each of the names, whether the runs differ in it; all false for a single run.
std::vector<bool> differing(const std::vector<std::vector<Setting>>& runs);

}  // namespace condenser::report
