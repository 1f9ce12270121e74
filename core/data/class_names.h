// The names of classes, as people and file systems write them.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace condenser {

// UTF-8 text without control characters, and not empty: names of classes and tensors go into files, where only UTF-8
// may stand, and onto terminals.
bool isPlainText(std::string_view name);

// How two names that differ may be meant for the same class: "they differ in upper and lower case only". Empty: they
// are nothing alike. Both are plain text.
std::string alikeness(std::string_view a, std::string_view b);

// A warning for each two of the names that are alike; nothing where there are too many names to compare.
std::vector<std::string> warnOfAlike(const std::vector<std::string>& names);

}  // namespace condenser
