// Picture files in and out. The only door to OpenCV; GIF goes through gif_decoder.h.
#pragma once

#include <cstddef>
#include <filesystem>
#include <span>
#include <string>

#include "base/result.h"
#include "data/preprocess.h"

namespace condenser {

// Largest picture that is decoded; the size is read from the header before anything is allocated.
constexpr long long kMaxPixels = 100'000'000;
// Largest picture file, in bytes: more than that many pixels need.
constexpr std::size_t kMaxPictureFile = std::size_t{1} << 30;

// 8-bit RGB whatever the file holds: grey becomes three equal channels, alpha is composed over white, 16 bits are
// scaled down, EXIF rotation is applied, an animated GIF gives its first frame. Thread-safe. Errors name the file and
// say what is wrong with it.
Result<Picture> decodePicture(const std::filesystem::path& path);
Result<Picture> decodePicture(std::span<const std::byte> bytes, const std::filesystem::path& name);

// The bytes of a PNG file.
Result<std::string> encodePng(const Picture& picture);

// PNG, atomically.
Result<> writePng(const std::filesystem::path& path, const Picture& picture);

// By its extension: one of PNG, JPEG, WebP, GIF, BMP, TIFF and PNM, which decodePicture reads, or of HEIC and AVIF,
// which it refuses in words.
bool isPictureFile(const std::filesystem::path& path);

}  // namespace condenser
