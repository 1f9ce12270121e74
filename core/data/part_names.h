// The parts of a data set, by the names that people give them.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace condenser {

enum class NamedPart { kTrain, kVal, kTest };

// "train", "Training"; "val", "valid", "validation", "eval"; "TEST", "testing".
std::optional<NamedPart> partNamed(std::string_view name);

// With A to Z as a to z.
std::string lowerAscii(std::string_view text);

}  // namespace condenser
