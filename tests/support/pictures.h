// Pictures for tests: a pattern that can be computed, random pixels, and the CRC-32 that names a picture in a table.
#pragma once

#include <cstdint>
#include <span>

#include "data/preprocess.h"

namespace condenser::test {

// The one that tests/fixtures/image/make_fixtures.py draws: 30 x 20.
inline Picture patternPicture() {
    Picture picture{20, 30, {}};
    const auto a = [](int y, int x) { return static_cast<std::uint8_t>(8 * y + 3 * x); };
    for (int y = 0; y < picture.height; ++y) {
        for (int x = 0; x < picture.width; ++x) {
            for (const int value : {a(y, x) + 0, a(19 - y, x) + 0, 255 - a(y, x)}) {
                picture.pixels.push_back(static_cast<std::uint8_t>(value));
            }
        }
    }
    return picture;
}

// Noise, the same for the same size.
inline Picture noisePicture(int height, int width) {
    Picture picture{height, width, {}};
    std::uint32_t state = static_cast<std::uint32_t>(height * 1000 + width);
    for (int i = 0; i < height * width * 3; ++i) {
        state = state * 1664525u + 1013904223u;
        picture.pixels.push_back(static_cast<std::uint8_t>(state >> 24));
    }
    return picture;
}

inline std::uint32_t crc32(std::span<const std::uint8_t> bytes) {
    std::uint32_t crc = 0xFFFFFFFFu;
    for (const std::uint8_t byte : bytes) {
        crc ^= byte;
        for (int bit = 0; bit < 8; ++bit) crc = crc >> 1 ^ (crc & 1 ? 0xEDB88320u : 0);
    }
    return ~crc;
}

}  // namespace condenser::test
