// CIFAR-10 and CIFAR-100 as they are published: the binary version.
#pragma once

#include <filesystem>
#include <map>
#include <string>

#include "base/result.h"
#include "data/data_source.h"

namespace condenser {

enum class CifarKind { k10, k100 };

// `place` is the folder of the .bin files, one that holds it or the archive under their published names, or the
// archive. All is read into memory; a picture is 32 x 32. The classes are in the order of the labels, as the file of
// names beside them has it, or as it is published where there is none. The Python and Matlab versions are refused in
// words, and so is whatever is missing, of a wrong length, or labelled with a number out of range.
Result<DataSource> openCifar(CifarKind kind, const std::filesystem::path& place, const ScanOptions& options = {});

// The same from the contents of the files, by their names. `where` names the data in errors.
Result<DataSource> cifarFromFiles(CifarKind kind, std::map<std::string, std::string> files, const std::string& where);

}  // namespace condenser
