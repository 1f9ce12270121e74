// Borrowed 4-d float arrays in planar layout: N images of C planes of H rows of W floats.
//
// Layout rules, shared by training and inference: a plane starts on 64 bytes and has room for H*W rounded up to 16
// floats (rows are contiguous unless a view says otherwise). The floats behind H*W are padding: kernels may overwrite
// them with anything finite or not, and no result may depend on them.
#pragma once

#include <cstddef>

namespace condenser {

// Floats that the plane of an H x W map has room for: the least that one plane may lie from the next.
constexpr std::ptrdiff_t planeStride(int h, int w) {
    return (static_cast<std::ptrdiff_t>(h) * w + 15) / 16 * 16;
}

// The same for maps of many channels: an odd number of cache lines, or the same pixel of all channels would share a few
// sets of the cache (32x32 maps lie a page apart).
constexpr std::ptrdiff_t spreadPlaneStride(int h, int w) {
    return (planeStride(h, w) / 16 | 1) * 16;
}

template <class Float>
struct BasicView {
    Float* data = nullptr;
    int n = 0, c = 0, h = 0, w = 0;
    std::ptrdiff_t strideN = 0, strideC = 0, strideRow = 0;  // in floats

    Float* plane(int image, int channel) const { return data + image * strideN + channel * strideC; }
    Float& at(int image, int channel, int y, int x) const { return plane(image, channel)[y * strideRow + x]; }
    // Channels first..first+count-1 of every image.
    BasicView channels(int first, int count) const {
        BasicView view = *this;
        view.data = data + first * strideC;
        view.c = count;
        return view;
    }
    // Images first..first+count-1.
    BasicView images(int first, int count) const {
        BasicView view = *this;
        view.data = data + first * strideN;
        view.n = count;
        return view;
    }
    operator BasicView<const Float>() const { return {data, n, c, h, w, strideN, strideC, strideRow}; }
};

using View = BasicView<float>;
using ConstView = BasicView<const float>;

}  // namespace condenser
