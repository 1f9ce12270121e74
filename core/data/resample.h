// Resampling by Pillow's BILINEAR, pass by pass: what resizing is made of.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace condenser {

// A triangle filter stretched by the scale when shrinking; weights in double, normalised, rounded to 22-bit fixed
// point.
struct TriangleFilter {
    // One output position of a pass: the weighted sum of `count` inputs from `first` on.
    struct Window {
        int first = 0;
        int count = 0;
        std::size_t weights = 0;  // where they begin in TriangleFilter::weights
    };
    std::vector<Window> windows;
    std::vector<std::int32_t> weights;
    std::vector<double> exact;  // scratch of set()

    // Positions begin..begin+count-1 of a line of `inSize` pixels resized to `outSize`.
    void set(int inSize, std::int64_t outSize, std::int64_t begin, int count);
    // Takes the memory that set(inSize, count, 0, count) needs for any inSize up to this one.
    void reserve(int inSize, int count);
};

// Rows of RGB pixels, `stride` bytes apart.
struct PixelRows {
    const std::uint8_t* pixels = nullptr;
    std::size_t stride = 0;
};

// `rows` rows, each filtered along x, into `to` without gaps.
void filterRows(PixelRows in, int rows, const TriangleFilter& filter, std::uint8_t* to);

// Columns of `width` pixels, the first row of `in` being row `firstRow` of those that the filter was made for. `sums`
// is scratch.
void filterColumns(PixelRows in, int firstRow, int width, const TriangleFilter& filter, std::vector<std::int32_t>& sums,
                   std::uint8_t* to);

// A part of a picture.
struct Region {
    int top = 0, left = 0, height = 0, width = 0;
    bool operator==(const Region&) const = default;
};

// Cuts out parts of pictures and resizes them. Keeps its memory.
class RegionResizer {
  public:
    // Takes at once what regions of up to this size need, so that resize() allocates nothing.
    void reserve(int height, int width, int outHeight, int outWidth);

    // What resizeBilinear makes of the region cut out of a picture of `width` pixels a row; valid until the next call.
    const std::uint8_t* resize(const std::uint8_t* pixels, int width, const Region& region, int outHeight,
                               int outWidth);

  private:
    TriangleFilter m_along, m_down;
    std::vector<std::uint8_t> m_narrowed, m_result;
    std::vector<std::int32_t> m_sums;
};

}  // namespace condenser
