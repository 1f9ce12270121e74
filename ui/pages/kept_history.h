// What each block of a stored run kept after each of its condensing steps, from its connections.bin.
#pragma once

#include <filesystem>
#include <map>
#include <vector>

#include "io/connections_file.h"

namespace condenser {

// By stage. Reads one record a stage, however long the run was. Empty where the file is missing or damaged: the curves
// then show what was planned.
std::map<int, std::vector<double>> keptAfterStages(const std::filesystem::path& folder, int blocks);

// The block, from 0, of a layer "features.denseblock_2.denselayer_1.conv_1" or of the transition behind it,
// "features.transition_2.conv"; -1: none.
int blockOfLayer(const std::string& name);

}  // namespace condenser
