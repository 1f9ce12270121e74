#include "data/resample.h"

#include <algorithm>
#include <cmath>

#include "base/check.h"

namespace condenser {
namespace {

constexpr int kWeightBits = 22;
constexpr std::int32_t kHalf = 1 << (kWeightBits - 1);

std::uint8_t roundToByte(std::int32_t sum) {
    return static_cast<std::uint8_t>(std::clamp(sum >> kWeightBits, 0, 255));
}

std::size_t rgb(int pixels) {
    return static_cast<std::size_t>(pixels) * 3;
}

}  // namespace

void TriangleFilter::set(int inSize, std::int64_t outSize, std::int64_t begin, int count) {
    const double scale = static_cast<double>(inSize) / static_cast<double>(outSize);
    const double stretch = std::max(scale, 1.0);  // the triangle grows with the step when shrinking, never below 1
    const double invStretch = 1.0 / stretch;
    windows.resize(static_cast<std::size_t>(count));
    weights.clear();
    for (int i = 0; i < count; ++i) {
        const double centre = (static_cast<double>(begin + i) + 0.5) * scale;
        const int first = std::max(0, static_cast<int>(centre - stretch + 0.5));
        const int last = std::min(inSize, static_cast<int>(centre + stretch + 0.5));
        exact.clear();
        double sum = 0;
        for (int x = first; x < last; ++x) {
            const double distance = std::abs((x - centre + 0.5) * invStretch);
            exact.push_back(distance < 1.0 ? 1.0 - distance : 0.0);
            sum += exact.back();
        }
        windows[static_cast<std::size_t>(i)] = {first, last - first, weights.size()};
        for (const double weight : exact) {
            weights.push_back(static_cast<std::int32_t>(0.5 + weight / sum * (1 << kWeightBits)));
        }
    }
}

void TriangleFilter::reserve(int inSize, int count) {
    // A window spans 2 * stretch inputs and at most 2 more, and stretch is below inSize / count + 1.
    const std::size_t inputs = static_cast<std::size_t>(inSize), outputs = static_cast<std::size_t>(count);
    windows.reserve(outputs);
    weights.reserve(2 * inputs + 4 * outputs);
    exact.reserve(2 * (inputs / outputs + 2) + 2);
}

void filterRows(PixelRows in, int rows, const TriangleFilter& filter, std::uint8_t* to) {
    for (int y = 0; y < rows; ++y) {
        const std::uint8_t* row = in.pixels + static_cast<std::size_t>(y) * in.stride;
        for (const TriangleFilter::Window& window : filter.windows) {
            const std::int32_t* weight = filter.weights.data() + window.weights;
            const std::uint8_t* from = row + rgb(window.first);
            std::int32_t red = kHalf, green = kHalf, blue = kHalf;
            for (int k = 0; k < window.count; ++k, from += 3) {
                red += from[0] * weight[k];
                green += from[1] * weight[k];
                blue += from[2] * weight[k];
            }
            *to++ = roundToByte(red);
            *to++ = roundToByte(green);
            *to++ = roundToByte(blue);
        }
    }
}

void filterColumns(PixelRows in, int firstRow, int width, const TriangleFilter& filter, std::vector<std::int32_t>& sums,
                   std::uint8_t* to) {
    const std::size_t rowBytes = rgb(width);
    sums.resize(rowBytes);
    for (const TriangleFilter::Window& window : filter.windows) {
        std::fill(sums.begin(), sums.end(), kHalf);
        const std::uint8_t* from = in.pixels + static_cast<std::size_t>(window.first - firstRow) * in.stride;
        for (int k = 0; k < window.count; ++k, from += in.stride) {
            const std::int32_t weight = filter.weights[window.weights + static_cast<std::size_t>(k)];
            for (std::size_t x = 0; x < rowBytes; ++x) sums[x] += from[x] * weight;
        }
        for (std::size_t x = 0; x < rowBytes; ++x) *to++ = roundToByte(sums[x]);
    }
}

void RegionResizer::reserve(int height, int width, int outHeight, int outWidth) {
    m_along.reserve(width, outWidth);
    m_down.reserve(height, outHeight);
    m_narrowed.reserve(static_cast<std::size_t>(height) * rgb(outWidth));
    m_result.reserve(static_cast<std::size_t>(outHeight) * rgb(outWidth));
    m_sums.reserve(rgb(outWidth));
}

const std::uint8_t* RegionResizer::resize(const std::uint8_t* pixels, int width, const Region& region, int outHeight,
                                          int outWidth) {
    CORE_CHECK(region.height > 0 && region.width > 0 && outHeight > 0 && outWidth > 0);
    CORE_CHECK(region.top >= 0 && region.left >= 0 && region.left + region.width <= width);
    PixelRows rows{pixels + static_cast<std::size_t>(region.top) * rgb(width) + rgb(region.left), rgb(width)};
    const std::size_t outRow = rgb(outWidth);
    if (region.width != outWidth) {
        m_along.set(region.width, outWidth, 0, outWidth);
        m_narrowed.resize(static_cast<std::size_t>(region.height) * outRow);
        filterRows(rows, region.height, m_along, m_narrowed.data());
        rows = {m_narrowed.data(), outRow};
    }
    m_result.resize(static_cast<std::size_t>(outHeight) * outRow);
    if (region.height != outHeight) {
        m_down.set(region.height, outHeight, 0, outHeight);
        filterColumns(rows, 0, outWidth, m_down, m_sums, m_result.data());
    } else {
        for (int y = 0; y < outHeight; ++y) {
            std::copy_n(rows.pixels + static_cast<std::size_t>(y) * rows.stride, outRow,
                        m_result.begin() + static_cast<std::ptrdiff_t>(static_cast<std::size_t>(y) * outRow));
        }
    }
    return m_result.data();
}

}  // namespace condenser
