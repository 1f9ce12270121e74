// A data set before anything of it is decoded: its classes, its pictures' labels, and how one of them is read.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "base/result.h"
#include "data/preprocess.h"

namespace condenser {

struct UnreadableFile {
    std::filesystem::path path;
    std::string why;
};

struct LabelledPicture {
    std::int32_t label = 0;   // an index into the classes
    std::uint32_t index = 0;  // for DataSource::read and ::place
};

// What every kind of --data comes down to; each kind is one file that makes it.
struct DataSource {
    std::vector<std::string> classes;          // two or more, each UTF-8 text without control characters
    std::vector<LabelledPicture> train, test;  // in the data's own order; `train` may be empty
    std::string testName;                      // "test", "val"; empty: the data have no such part
    std::vector<UnreadableFile> unreadable;    // what is known without decoding: folders that cannot be listed
    std::vector<std::string> warnings;
    std::optional<Normalisation> published;  // the normalisation that is usual for these data

    // Picture `index`, decoded. Thread-safe; holds all that it needs, so that it may outlive this object.
    std::function<Result<Picture>(std::uint32_t index)> read;
    // What names it in messages: a file, or "data_batch_1.bin, picture 17".
    std::function<std::filesystem::path(std::uint32_t index)> place;
};

struct ScanOptions {
    // Pictures found so far, a few times a second at most, on the calling thread.
    std::function<void(std::int64_t found)> progress;
    std::stop_token stop;  // the result is then kCancelled
};

// `data` is what --data takes (data_name.h). Nothing is decoded, but archives are unpacked into memory.
Result<DataSource> openDataSource(const std::string& data, const ScanOptions& options = {});

}  // namespace condenser
