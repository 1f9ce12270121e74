// The MNIST family: pictures and labels in IDX files.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "base/result.h"
#include "data/data_source.h"

namespace condenser {

// DIR with train-images-idx3-ubyte, train-labels-idx1-ubyte and t10k-..., each also with a dot for the last dash
// ("train-images.idx3-ubyte"), with .gz, or with a prefix ("emnist-balanced-train-images-idx3-ubyte"). Where a folder
// holds several prefixes, DIR/PREFIX names the one that is meant. A folder in which one of the two parts is missing has
// that part empty.
//
// Grey pictures (idx3) become three equal channels; idx4 has the three channels last. The classes are the numbers that
// occur as labels, in the order of the numbers ("2" before "10"), so that in MNIST a label is the index of its class.
Result<DataSource> openIdx(const std::filesystem::path& place, const ScanOptions& options = {});

struct IdxFile {
    std::string name;   // for messages
    std::string bytes;  // unpacked
};
struct IdxPart {
    IdxFile images, labels;
};

// The same from the contents of the files.
Result<DataSource> idxFromFiles(std::optional<IdxPart> train, std::optional<IdxPart> test);

}  // namespace condenser
