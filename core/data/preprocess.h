// From a decoded picture to what a network reads: resize, crop, scale, normalise.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "tensor/view.h"

namespace condenser {

// 8-bit RGB, rows top to bottom, interleaved: pixels[(y * width + x) * 3 + channel].
struct Picture {
    int height = 0, width = 0;
    std::vector<std::uint8_t> pixels;
};

// The evaluation pipeline, kept inside every model file: the shorter side is scaled to `resize` (Pillow's antialiased
// bilinear), the centre height x width is cropped, divided by 255, and normalised per channel.
struct Preprocess {
    int height = 32, width = 32;
    int resize = 32;  // at least max(height, width)
    std::array<float, 3> mean{0.5f, 0.5f, 0.5f};
    std::array<float, 3> std{0.25f, 0.25f, 0.25f};

    bool operator==(const Preprocess&) const = default;
};

// Networks up to this size read whole pictures; above it they read the middle of a larger one, and training varies its
// pictures in another way (augmentation.h).
constexpr int kPaddedUpTo = 64;

// `resize` for pictures of this size: the size itself up to 64 pixels, size * 256 / 224 above, as is usual for CIFAR
// and ImageNet.
int defaultResize(int height, int width);

// Published constants.
struct Normalisation {
    std::array<float, 3> mean, std;
};
constexpr Normalisation kCifar10Normalisation{{0.4914f, 0.4824f, 0.4467f}, {0.2471f, 0.2435f, 0.2616f}};
constexpr Normalisation kCifar100Normalisation{{0.5071f, 0.4867f, 0.4408f}, {0.2675f, 0.2565f, 0.2761f}};
constexpr Normalisation kImageNetNormalisation{{0.485f, 0.456f, 0.406f}, {0.229f, 0.224f, 0.225f}};

// Pillow's BILINEAR: a triangle filter stretched by the scale when shrinking; weights in double, normalised, rounded
// to 22-bit fixed point; horizontal pass first, rounded to 8 bits, then vertical; a pass is skipped when the size
// stays. Bit-exact with Pillow up to 12 (golden image cases); from 13 on Pillow takes the vertical pass first for tall
// pictures, which can differ by one.
Picture resizeBilinear(const Picture& picture, int height, int width);

// Shorter side to `resize`, the longer to int(resize * long / short).
Picture resizeShorterSide(const Picture& picture, int resize);

// Where a centred crop begins: int(round((size - crop) / 2)), halves to even. crop <= size.
std::int64_t centreOffset(std::int64_t size, int crop);

// The centre height x width. The picture must be large enough.
Picture cropCentre(const Picture& picture, int height, int width);

// The crop at (top, left), which may reach over the border into `padding` zero pixels, flipped left-right if asked,
// divided by 255 and normalised into image `n` of `out` [N, 3, height, width]. One channel value is
// (pixel / 255 - mean) / std in float32, the operations in this order (golden image cases, bit for bit).
void normaliseInto(const std::uint8_t* pixels, int height, int width, int top, int left, bool flip,
                   const Preprocess& preprocess, View out, int n);

// resizeShorterSide, cropCentre: the picture "as the network saw it". Only what the crop keeps is computed, so a very
// long and thin picture costs no more than another.
Picture fitPicture(const Picture& picture, const Preprocess& preprocess);

// The picture with its shorter side scaled to `resize`; of a longer side above twice that, its middle. From it training
// takes its crops, and its centre crop has exactly the pixels of fitPicture.
Picture fitWhole(const Picture& picture, const Preprocess& preprocess);

}  // namespace condenser
