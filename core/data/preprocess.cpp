#include "data/preprocess.h"

#include <algorithm>
#include <cmath>
#include <cstddef>

#include "base/check.h"

namespace condenser {
namespace {

constexpr int kWeightBits = 22;

std::size_t pictureBytes(int height, int width) {
    return static_cast<std::size_t>(height) * static_cast<std::size_t>(width) * 3;
}

// One output position of a pass: the weighted sum of `count` inputs from `first` on.
struct Window {
    int first = 0;
    int count = 0;
    std::size_t weights = 0;  // where they begin in Filter::weights
};

struct Filter {
    std::vector<Window> windows;
    std::vector<std::int32_t> weights;  // fixed point, kWeightBits behind the point
};

// Positions begin..begin+count-1 of a line of `inSize` pixels resized to `outSize`.
Filter triangleFilter(int inSize, std::int64_t outSize, std::int64_t begin, int count) {
    const double scale = static_cast<double>(inSize) / static_cast<double>(outSize);
    const double stretch = std::max(scale, 1.0);  // the triangle grows with the step when shrinking, never below 1
    const double invStretch = 1.0 / stretch;
    Filter filter;
    filter.windows.resize(static_cast<std::size_t>(count));
    std::vector<double> exact;
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
        filter.windows[static_cast<std::size_t>(i)] = {first, last - first, filter.weights.size()};
        for (const double weight : exact) {
            filter.weights.push_back(static_cast<std::int32_t>(0.5 + weight / sum * (1 << kWeightBits)));
        }
    }
    return filter;
}

std::uint8_t roundToByte(std::int32_t sum) {
    return static_cast<std::uint8_t>(std::clamp(sum >> kWeightBits, 0, 255));
}

constexpr std::int32_t kHalf = 1 << (kWeightBits - 1);

// Rows rows..rows+count-1 of `in`, each filtered along x.
Picture filterRows(const Picture& in, int firstRow, int rows, const Filter& filter) {
    Picture out{rows, static_cast<int>(filter.windows.size()), {}};
    out.pixels.resize(pictureBytes(out.height, out.width));
    std::uint8_t* to = out.pixels.data();
    for (int y = 0; y < rows; ++y) {
        const std::uint8_t* row = in.pixels.data() + pictureBytes(firstRow + y, in.width);
        for (const Window& window : filter.windows) {
            const std::int32_t* weight = filter.weights.data() + window.weights;
            const std::uint8_t* from = row + static_cast<std::ptrdiff_t>(window.first) * 3;
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
    return out;
}

// The columns of `in`, whose row 0 is row `firstRow` of the picture that the filter was made for.
Picture filterColumns(const Picture& in, int firstRow, const Filter& filter) {
    Picture out{static_cast<int>(filter.windows.size()), in.width, {}};
    out.pixels.resize(pictureBytes(out.height, out.width));
    const std::size_t rowBytes = pictureBytes(1, in.width);
    std::vector<std::int32_t> sums(rowBytes);
    std::uint8_t* to = out.pixels.data();
    for (const Window& window : filter.windows) {
        std::fill(sums.begin(), sums.end(), kHalf);
        const std::uint8_t* from = in.pixels.data() + static_cast<std::size_t>(window.first - firstRow) * rowBytes;
        for (int k = 0; k < window.count; ++k, from += rowBytes) {
            const std::int32_t weight = filter.weights[window.weights + static_cast<std::size_t>(k)];
            for (std::size_t x = 0; x < rowBytes; ++x) sums[x] += from[x] * weight;
        }
        for (std::size_t x = 0; x < rowBytes; ++x) *to++ = roundToByte(sums[x]);
    }
    return out;
}

Picture cutOut(const Picture& picture, int top, int left, int height, int width) {
    Picture out{height, width, {}};
    out.pixels.resize(pictureBytes(height, width));
    const std::size_t rowBytes = pictureBytes(1, width);
    for (int y = 0; y < height; ++y) {
        const auto from = picture.pixels.begin() +
                          static_cast<std::ptrdiff_t>(pictureBytes(top + y, picture.width) + pictureBytes(1, left));
        std::copy_n(from, rowBytes, out.pixels.begin() + static_cast<std::ptrdiff_t>(pictureBytes(y, width)));
    }
    return out;
}

struct Size {
    std::int64_t height = 0, width = 0;
};

// The height x width window at (top, left) of the picture resized to `full`.
Picture resizedWindow(const Picture& picture, Size full, std::int64_t top, std::int64_t left, int height, int width) {
    CORE_CHECK(picture.height > 0 && picture.width > 0 && height > 0 && width > 0);
    CORE_CHECK(top >= 0 && left >= 0 && top + height <= full.height && left + width <= full.width);
    const bool sameWidth = full.width == picture.width;
    if (full.height == picture.height) {
        if (sameWidth) return cutOut(picture, static_cast<int>(top), static_cast<int>(left), height, width);
        return filterRows(picture, static_cast<int>(top), height,
                          triangleFilter(picture.width, full.width, left, width));
    }
    const Filter vertical = triangleFilter(picture.height, full.height, top, height);
    const int firstRow = vertical.windows.front().first;
    const int rows = vertical.windows.back().first + vertical.windows.back().count - firstRow;
    const Picture narrowed =
        sameWidth ? cutOut(picture, firstRow, static_cast<int>(left), rows, width)
                  : filterRows(picture, firstRow, rows, triangleFilter(picture.width, full.width, left, width));
    return filterColumns(narrowed, firstRow, vertical);
}

Size shorterSideTo(const Picture& picture, int resize) {
    CORE_CHECK(picture.height > 0 && picture.width > 0);
    const std::int64_t shortSide = std::min(picture.height, picture.width);
    const std::int64_t longSide =
        std::max(picture.height, picture.width) * static_cast<std::int64_t>(resize) / shortSide;
    return picture.height < picture.width ? Size{resize, longSide} : Size{longSide, resize};
}

}  // namespace

int defaultResize(int height, int width) {
    const int size = std::max(height, width);
    return size <= kPaddedUpTo ? size : static_cast<int>(static_cast<std::int64_t>(size) * 256 / 224);
}

Picture resizeBilinear(const Picture& picture, int height, int width) {
    return resizedWindow(picture, {height, width}, 0, 0, height, width);
}

Picture resizeShorterSide(const Picture& picture, int resize) {
    const Size full = shorterSideTo(picture, resize);
    CORE_CHECK(full.height <= INT32_MAX && full.width <= INT32_MAX);
    return resizeBilinear(picture, static_cast<int>(full.height), static_cast<int>(full.width));
}

std::int64_t centreOffset(std::int64_t size, int crop) {
    CORE_CHECK(crop <= size);
    const std::int64_t room = size - crop;
    const std::int64_t half = room / 2;
    return room % 2 == 0 || half % 2 == 0 ? half : half + 1;
}

Picture cropCentre(const Picture& picture, int height, int width) {
    return cutOut(picture, static_cast<int>(centreOffset(picture.height, height)),
                  static_cast<int>(centreOffset(picture.width, width)), height, width);
}

void normaliseInto(const std::uint8_t* pixels, int height, int width, int top, int left, bool flip,
                   const Preprocess& preprocess, View out, int n) {
    CORE_CHECK(out.c == 3 && n >= 0 && n < out.n);
    for (int channel = 0; channel < 3; ++channel) {
        const float mean = preprocess.mean[static_cast<std::size_t>(channel)];
        const float deviation = preprocess.std[static_cast<std::size_t>(channel)];
        std::array<float, 256> value;
        for (std::size_t pixel = 0; pixel < value.size(); ++pixel) {
            value[pixel] = (static_cast<float>(pixel) / 255.0f - mean) / deviation;
        }
        // Columns x of the output that lie inside the picture: x + left in 0..width-1, or mirrored when flipped.
        const int begin = std::clamp(flip ? out.w - (width - left) : -left, 0, out.w);
        const int end = std::clamp(flip ? out.w + left : width - left, begin, out.w);
        const std::ptrdiff_t step = flip ? -3 : 3;
        for (int y = 0; y < out.h; ++y) {
            float* to = &out.at(n, channel, y, 0);
            const int sourceY = y + top;
            if (sourceY < 0 || sourceY >= height || begin == end) {
                std::fill_n(to, out.w, value[0]);
                continue;
            }
            const int sourceX = left + (flip ? out.w - 1 - begin : begin);
            const std::uint8_t* from = pixels + (static_cast<std::ptrdiff_t>(sourceY) * width + sourceX) * 3 + channel;
            std::fill(to, to + begin, value[0]);
            for (int x = begin; x < end; ++x, from += step) to[x] = value[*from];
            std::fill(to + end, to + out.w, value[0]);
        }
    }
}

Picture fitPicture(const Picture& picture, const Preprocess& preprocess) {
    const Size full = shorterSideTo(picture, preprocess.resize);
    return resizedWindow(picture, full, centreOffset(full.height, preprocess.height),
                         centreOffset(full.width, preprocess.width), preprocess.height, preprocess.width);
}

Picture fitSquare(const Picture& picture, const Preprocess& preprocess) {
    const int side = preprocess.resize;
    const Size full = shorterSideTo(picture, side);
    // Rounding halves to even makes the centre of the centre differ from the centre, by one pixel at odd sizes.
    const std::int64_t top = centreOffset(full.height, preprocess.height) - centreOffset(side, preprocess.height);
    const std::int64_t left = centreOffset(full.width, preprocess.width) - centreOffset(side, preprocess.width);
    return resizedWindow(picture, full, top, left, side, side);
}

}  // namespace condenser
