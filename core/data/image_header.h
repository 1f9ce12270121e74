// What a picture file says about itself, read without decoding it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include "base/result.h"

namespace condenser {

enum class ImageFormat { kPng, kJpeg, kBmp, kWebp, kTiff, kPnm, kGif };

struct ImageHeader {
    ImageFormat format = ImageFormat::kPng;
    std::int64_t height = 0, width = 0;  // as stored, before `orientation`; at least 1
    int orientation = 1;                 // EXIF's 1 to 8 (of JPEG, PNG and WebP; a TIFF decoder turns pictures itself)
};

// Tells the format by content, never by name, and walks through the parts of the file. An error for other formats
// (with their name where it is a known one), for a header that breaks its format, and for a file that was cut short, as
// far as the parts show it: decoders would answer with a picture that is grey from there on. `name` is for messages.
Result<ImageHeader> readImageHeader(std::span<const std::byte> bytes, const std::string& name);

}  // namespace condenser
