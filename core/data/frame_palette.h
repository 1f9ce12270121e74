// Which 256 colours stand for a picture that may have more.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

namespace condenser {

struct FramePalette {
    std::vector<std::array<std::uint8_t, 3>> colours;  // 1..256
    std::vector<std::uint8_t> indices;                 // of each pixel
};

// `rgb`: [pixels, 3], at least one pixel. Up to 256 different colours are kept as they are. More of them are parted
// into 256 boxes, the one with the largest squared error first, across its widest axis at its mean; a box is shown as
// its most frequent colour, so that surfaces and letters keep theirs.
FramePalette paletteOf(std::span<const std::uint8_t> rgb);

}  // namespace condenser
