// Whether two runs came to the same bits.
#pragma once

#include <filesystem>
#include <string>

#include "tensor/state_dict.h"

namespace condenser::test {

// Why two state dicts are not the same in names, types, shapes and every bit; empty if they are.
std::string bitDifference(const StateDict& a, const StateDict& b);

// Why two runs that ended are not the same in all that tells neither the time nor where they were computed; empty if
// they are. Models and logs are compared byte for byte, checkpoints with their metadata.
std::string runDifference(const std::filesystem::path& a, const std::filesystem::path& b);

}  // namespace condenser::test
