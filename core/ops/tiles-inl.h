// Register tiles of the inference kernels: how many rows (outputs) and vectors (pixels) a target's registers hold.
// Included once a target (Highway).
#if defined(CONDENSER_OPS_TILES_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef CONDENSER_OPS_TILES_INL_H_
#undef CONDENSER_OPS_TILES_INL_H_
#else
#define CONDENSER_OPS_TILES_INL_H_
#endif

#include <cstddef>

#include "hwy/highway.h"

HWY_BEFORE_NAMESPACE();
namespace condenser {
namespace HWY_NAMESPACE {

// Loops over a tile must be unrolled whole, however long they get: only then do the sums stay in registers.
#ifndef CONDENSER_UNROLL
#ifdef __clang__
#define CONDENSER_UNROLL _Pragma("clang loop unroll(full)")
#else
#define CONDENSER_UNROLL _Pragma("GCC unroll 32")
#endif
#endif

// Holds a value that was just loaded, and is used several times, in its register: GCC 12 would rather read it from
// memory for each of its uses, and then runs short of loads.
template <class V>
HWY_INLINE V inRegister(V v) {
#if HWY_COMPILER_GCC_ACTUAL && HWY_ARCH_X86 && HWY_TARGET != HWY_SCALAR
    asm("" : "+v"(v.raw));
#endif
    return v;
}

// AVX-512 and NEON have 32 vector registers, the others 16.
#if HWY_TARGET == HWY_AVX3 || HWY_TARGET == HWY_AVX3_DL || HWY_TARGET == HWY_NEON
constexpr int kTileRows = 8;
#else
constexpr int kTileRows = 4;
#endif
constexpr int kTileVectors = 3;

// The largest tile of 8, 4, 2 or 1 rows that fits into `rows`.
constexpr int tileRows(int rows) {
    int tile = kTileRows;
    while (tile > rows) tile /= 2;
    return tile;
}

// Rows (inputs) of the tiles that carry a 1x1 convolution's gradients back. `left` of them are cut in tiles of nearly
// the same size.
constexpr int kGradientRows = kTileRows == 8 ? 6 : 3;
constexpr int gradientTile(int left) {
    const int tiles = (left + kGradientRows - 1) / kGradientRows;
    return (left + tiles - 1) / tiles;
}

// Up to so many pixels of a last vector are computed with the outputs in the lanes (restTiles).
#if HWY_TARGET == HWY_SCALAR
constexpr int kRestPixels = 0;
#else
constexpr int kRestPixels = 4;
#endif

// How many vectors of `pixels` the next tile takes: 3, but 2 and 2 of 4; 0: a rest of up to kRestPixels is left.
constexpr int tileVectors(int pixels, int lanes) {
    const int whole = pixels / lanes, rest = pixels % lanes;
    if (whole == 0 && rest <= kRestPixels) return 0;
    const int vectors = whole + (rest > kRestPixels ? 1 : 0);
    if (vectors == 4) return 2;
    return vectors < kTileVectors ? vectors : kTileVectors;
}

}  // namespace HWY_NAMESPACE
}  // namespace condenser
HWY_AFTER_NAMESPACE();

#endif  // per-target include guard
