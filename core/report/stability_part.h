// What the report says of an experiment that asks whether trainings keep the same connections.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "experiment/experiment_folder.h"
#include "experiment/stability.h"

namespace condenser::report {

// <section>s for what lies between the experiment's title and its commands: the layer maps side by side, correlation,
// overlap against chance. `runs` are the finished runs, in the order of the seeds; what cannot be read of them, or is
// still missing, is told in its place. Well-formed XML in the style sheet's classes, texts escaped; where a class is
// missing it is added to style_sheet.cpp.
std::string stabilityPart(const ExperimentRecord& record, const std::vector<std::filesystem::path>& runs);
std::string stabilityPart(const Stability& stability);

}  // namespace condenser::report
