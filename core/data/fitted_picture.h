// A picture file as a network reads it: what can be done about many of them ahead of the network, on many threads.
#pragma once

#include <filesystem>

#include "base/result.h"
#include "data/pixel_budget.h"
#include "data/preprocess.h"

namespace condenser {

struct FittedPicture {
    Picture seen;               // fitPicture
    int height = 0, width = 0;  // of the original
};

FittedPicture fittedOf(const Picture& picture, const Preprocess& preprocess);

// decodePicture and fittedOf; waits until `budget` has room for the pixels that the file's header announces.
// Thread-safe; the same errors as decodePicture.
Result<FittedPicture> readFitted(const std::filesystem::path& path, const Preprocess& preprocess, PixelBudget& budget);

}  // namespace condenser
