#include "data/fitted_picture.h"

#include <algorithm>
#include <cstdint>
#include <span>
#include <string>

#include "base/atomic_file.h"
#include "data/image_header.h"
#include "data/image_io.h"

namespace condenser {

FittedPicture fittedOf(const Picture& picture, const Preprocess& preprocess) {
    return {fitPicture(picture, preprocess), picture.height, picture.width};
}

Result<FittedPicture> readFitted(const std::filesystem::path& path, const Preprocess& preprocess, PixelBudget& budget) {
    const Result<std::string> file = readWholeFile(path, kMaxPictureFile);
    if (!file) return tl::unexpected(file.error());
    const std::span bytes = std::as_bytes(std::span(*file));
    const Result<ImageHeader> header = readImageHeader(bytes, path.string());
    if (!header) return tl::unexpected(header.error());
    // What is beyond the limit is refused without being decoded.
    const PixelBudget::Share share(budget,
                                   std::min<std::int64_t>(header->width, kMaxPixels / header->height) * header->height);
    return decodePicture(bytes, path).map([&](const Picture& picture) { return fittedOf(picture, preprocess); });
}

}  // namespace condenser
