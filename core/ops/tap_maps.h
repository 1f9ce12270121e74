// Maps laid out so that a 3x3 convolution reads every tap of every pixel with a plain load: no edge has code of its
// own.
//
// kFramed: rows lie more than W apart and zeros stand between them. For maps whose rows are whole vectors, or long
//          and end in a half one.
// kGapped: rows lie W + 1 apart, one zero between them serving two rows. For rows that are long, but no whole vectors:
// the
//          pixels are computed as one run, the gaps with them.
// kTriple: three copies of the map as one run of H * W floats, the first moved right by one pixel, the last moved left,
//          with zeros where a row's neighbour would show. A vector may then span rows, so that small maps (8x8, 7x7)
//          fill their vectors too.
// Rows of zeros stand above and below.
#pragma once

#include <cstddef>

namespace condenser {

struct TapMaps {
    enum class Kind { kFramed, kGapped, kTriple };

    // For `height` rows of `width` floats, and vectors of `lanes`.
    TapMaps(int height, int width, int lanes);

    int height, width;
    Kind kind;
    std::ptrdiff_t rowStride;    // from a pixel to the one below
    std::ptrdiff_t copyStride;   // from a pixel's tap to the one on its right
    std::ptrdiff_t planeFloats;  // from a channel to the next
    std::ptrdiff_t origin;       // of the left tap of pixel (0, 0) in its row, from the beginning of a channel

    // The tap dy, dx (-1..1) of pixel (y, x), from the beginning of its channel. In kTriple x may run on into the next
    // rows.
    std::ptrdiff_t tap(int y, int x, int dy, int dx) const {
        return origin + (y + dy) * rowStride + x + (dx + 1) * copyStride;
    }
};

}  // namespace condenser
