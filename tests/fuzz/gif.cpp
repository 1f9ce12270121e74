#include <cstdint>
#include <span>

#include "base/check.h"
#include "data/gif_decoder.h"
#include "data/image_header.h"

using namespace condenser;

// The picture is as large as its header says.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto bytes = std::as_bytes(std::span(data, size));
    const auto header = readImageHeader(bytes, "fuzz");
    constexpr std::int64_t kMostPixels = 1 << 16;  // to keep it quick
    if (!header || header->format != ImageFormat::kGif || header->width * header->height > kMostPixels) return 0;
    const auto picture = decodeGif(bytes, "fuzz");
    if (!picture) {
        CORE_CHECK(!picture.error().why.empty());
        return 0;
    }
    CORE_CHECK(picture->width == header->width && picture->height == header->height);
    CORE_CHECK(picture->pixels.size() == static_cast<std::size_t>(header->width * header->height) * 3);
    return 0;
}
