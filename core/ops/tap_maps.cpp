#include "ops/tap_maps.h"

namespace condenser {
namespace {

// Of shorter rows the three copies waste less than the gaps; no vector spans three rows of this length.
constexpr int kLeastGapped = 20;

std::ptrdiff_t roundUp(std::ptrdiff_t floats) {
    return (floats + 15) / 16 * 16;
}

}  // namespace

TapMaps::TapMaps(int h, int w, int lanes) : height(h), width(w) {
    const bool halves = lanes >= 8 && w % (lanes / 2) == 0 && w > 3 * lanes;
    kind = w % lanes == 0 || halves ? Kind::kFramed : w >= kLeastGapped ? Kind::kGapped : Kind::kTriple;
    if (kind == Kind::kFramed) {
        rowStride = roundUp(w) + 16;
        copyStride = 1;
        origin = rowStride + 15;
        planeFloats = (h + 2) * rowStride + 16;
    } else if (kind == Kind::kGapped) {
        rowStride = w + 1;
        copyStride = 1;
        origin = roundUp(rowStride + 1);
        planeFloats = roundUp(origin + (h + 1) * rowStride + 32);  // a last vector reads on
    } else {
        rowStride = w;
        // Above a copy, and so below the one before it: a row of zeros. What a last vector reads beyond does not
        // matter.
        const std::ptrdiff_t above = roundUp(w);
        copyStride = above + roundUp(static_cast<std::ptrdiff_t>(h) * w);
        origin = above;
        planeFloats = 3 * copyStride + above;
    }
    // Channels a multiple of 4 KiB apart would all meet in one set of the first-level cache.
    if (planeFloats % 1024 == 0) planeFloats += 16;
}

}  // namespace condenser
