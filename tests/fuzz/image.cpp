#include <cstdint>
#include <span>

#include "base/check.h"
#include "data/image_header.h"
#include "data/image_io.h"

using namespace condenser;

// A header's numbers are within their bounds, and a picture is as large as its header said.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto bytes = std::as_bytes(std::span(data, size));
    const auto header = readImageHeader(bytes, "fuzz");
    if (!header) {
        CORE_CHECK(!header.error().why.empty());
        return 0;
    }
    CORE_CHECK(header->width >= 1 && header->height >= 1);
    CORE_CHECK(header->orientation >= 1 && header->orientation <= 8);
    // What is decoded is left to small pictures: the libraries are fuzzed elsewhere, and this keeps it quick.
    constexpr std::int64_t kMostPixels = 1 << 16;
    if (header->width > kMostPixels || header->height > kMostPixels || header->width * header->height > kMostPixels) {
        return 0;
    }
    const auto picture = decodePicture(bytes, "fuzz");
    if (!picture) return 0;
    const std::size_t pixels = static_cast<std::size_t>(picture->width) * static_cast<std::size_t>(picture->height);
    CORE_CHECK(pixels > 0 && picture->pixels.size() == pixels * 3);
    CORE_CHECK(pixels == static_cast<std::size_t>(header->width * header->height));
    return 0;
}
