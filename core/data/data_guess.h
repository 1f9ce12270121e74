// From a file or folder that somebody points at to the name of a data set.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

namespace condenser {

// What --data would take for this path, by the names of its files: cifar10: and cifar100: (a folder of their binary
// files, or a .tar.gz or .tgz; one that does not say which is taken for CIFAR-10), idx: (a folder of *-ubyte files),
// csv:, and folder: for any other folder. Nothing for any other file, and for what is not there.
std::optional<std::string> dataNameOf(const std::filesystem::path& path);

}  // namespace condenser
