// Pictures copied into a folder a class, by what a model answered.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <stop_token>
#include <string>
#include <vector>

#include "base/result.h"
#include "data/preprocess.h"

namespace condenser {

struct SortedPicture {
    std::filesystem::path path;              // copied as it is, byte for byte
    std::shared_ptr<const Picture> picture;  // where there is no path: written as PNG
    std::string name;                        // of the new file, without its folder
    std::string answer;                      // the class, which names the folder
};

struct SortedCopies {
    std::int64_t copied = 0;
    std::vector<Error> failed;  // a picture each; the others are copied all the same
};

// `target` is made if it is absent. Nothing is ever overwritten, moved or removed: where a name is taken the copy is
// called "name (2).jpg". Names of classes become names of folders: what a path cannot hold is replaced, and two classes
// never share one. Each copy appears when it is whole.
//
// Pictures that cannot be read are `failed`. Errors, with what was copied until then left there: kUsage where pictures
// lie in the very folders that their copies would go to, kWrite where the target cannot be made or written to (a full
// disk), kCancelled if stopped. `progress` is called before each picture, and at the end.
Result<SortedCopies> copySorted(const std::vector<SortedPicture>& pictures, const std::filesystem::path& target,
                                const std::stop_token& stop = {},
                                const std::function<void(std::int64_t done, std::int64_t total)>& progress = {});

}  // namespace condenser
