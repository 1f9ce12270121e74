#include "data/preprocess.h"

#include <algorithm>
#include <cmath>
#include <cstddef>

#include "base/check.h"
#include "data/resample.h"

namespace condenser {
namespace {

std::size_t pictureBytes(int height, int width) {
    return static_cast<std::size_t>(height) * static_cast<std::size_t>(width) * 3;
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

PixelRows rowsFrom(const Picture& picture, int firstRow) {
    return {picture.pixels.data() + pictureBytes(firstRow, picture.width), pictureBytes(1, picture.width)};
}

// Columns left..left+width-1 of `rows` rows of the picture resized to `fullWidth`.
Picture narrow(const Picture& picture, int firstRow, int rows, std::int64_t fullWidth, std::int64_t left, int width) {
    TriangleFilter filter;
    filter.set(picture.width, fullWidth, left, width);
    Picture out{rows, width, {}};
    out.pixels.resize(pictureBytes(rows, width));
    filterRows(rowsFrom(picture, firstRow), rows, filter, out.pixels.data());
    return out;
}

// The height x width window at (top, left) of the picture resized to `full`.
Picture resizedWindow(const Picture& picture, Size full, std::int64_t top, std::int64_t left, int height, int width) {
    CORE_CHECK(picture.height > 0 && picture.width > 0 && height > 0 && width > 0);
    CORE_CHECK(top >= 0 && left >= 0 && top + height <= full.height && left + width <= full.width);
    const bool sameWidth = full.width == picture.width;
    if (full.height == picture.height) {
        if (sameWidth) return cutOut(picture, static_cast<int>(top), static_cast<int>(left), height, width);
        return narrow(picture, static_cast<int>(top), height, full.width, left, width);
    }
    TriangleFilter vertical;
    vertical.set(picture.height, full.height, top, height);
    const int firstRow = vertical.windows.front().first;
    const int rows = vertical.windows.back().first + vertical.windows.back().count - firstRow;
    const Picture narrowed = sameWidth ? cutOut(picture, firstRow, static_cast<int>(left), rows, width)
                                       : narrow(picture, firstRow, rows, full.width, left, width);
    Picture out{height, width, {}};
    out.pixels.resize(pictureBytes(height, width));
    std::vector<std::int32_t> sums;
    filterColumns(rowsFrom(narrowed, 0), firstRow, width, vertical, sums, out.pixels.data());
    return out;
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

Picture fitWhole(const Picture& picture, const Preprocess& preprocess) {
    const Size full = shorterSideTo(picture, preprocess.resize);
    const auto most = 2 * static_cast<std::int64_t>(preprocess.resize);
    const auto height = static_cast<int>(std::min(full.height, most)),
               width = static_cast<int>(std::min(full.width, most));
    // Rounding halves to even makes the centre of the centre differ from the centre, by one pixel at odd sizes.
    const std::int64_t top = centreOffset(full.height, preprocess.height) - centreOffset(height, preprocess.height);
    const std::int64_t left = centreOffset(full.width, preprocess.width) - centreOffset(width, preprocess.width);
    return resizedWindow(picture, full, top, left, height, width);
}

}  // namespace condenser
