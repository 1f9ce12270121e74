#include "ops/conv3x3.h"

#include <algorithm>
#include <cstring>
#include <vector>

#include "ops/plane_gemm.h"

namespace condenser {
namespace {

constexpr int kTaps = 9;

// How far tap 0..8 (row by row) lies from the pixel it is for.
std::ptrdiff_t tapOffset(const FrameShape& frame, int tap) {
    return (tap / 3 - 1) * frame.stride() + (tap % 3 - 1);
}

// Appends the nine moved pointers of each of `count` frames to `table`.
void appendTaps(const FrameShape& frame, const float* frames, int count, std::vector<const float*>& table) {
    for (int c = 0; c < count; ++c) {
        const float* pixel = frames + c * frame.floats() + frame.origin();
        for (int tap = 0; tap < kTaps; ++tap) table.push_back(pixel + tapOffset(frame, tap));
    }
}

void gemmByGroup(const FrameShape& frame, int groups, int groupIn, int groupOut, const float* packed,
                 const float* frames, float* results, Scratch& scratch) {
    const std::size_t packedGroup = packedWeightFloats(groupOut, groupIn * kTaps);
    for (int g = 0; g < groups; ++g) {
        scratch.inputs.clear();
        appendTaps(frame, frames + g * groupIn * frame.floats(), groupIn, scratch.inputs);
        scratch.outputs.clear();
        for (int o = 0; o < groupOut; ++o) {
            scratch.outputs.push_back(results + (g * groupOut + o) * frame.resultFloats());
        }
        planeGemm(packed + static_cast<std::size_t>(g) * packedGroup, groupOut, scratch.inputs.data(), groupIn * kTaps,
                  scratch.outputs.data(), frame.pixels(), /*accumulate=*/false);
    }
}

}  // namespace

void clearFrameBorder(FrameShape shape, float* frame) {
    float* pixel = frame + shape.origin();
    const std::size_t above = static_cast<std::size_t>(shape.stride()) + 1;
    std::memset(pixel - above, 0, above * sizeof(float));
    for (int y = 0; y < shape.h; ++y) pixel[y * shape.stride() + shape.w] = 0.0f;
    std::memset(pixel + shape.pixels(), 0, above * sizeof(float));
}

void fillFrame(FrameShape shape, const float* x, std::ptrdiff_t xStride, float* frame) {
    clearFrameBorder(shape, frame);
    float* pixel = frame + shape.origin();
    for (int y = 0; y < shape.h; ++y) {
        std::memcpy(pixel + y * shape.stride(), x + y * xStride, static_cast<std::size_t>(shape.w) * sizeof(float));
    }
}

std::size_t Conv3x3Shape::packedForwardFloats() const {
    return static_cast<std::size_t>(groups) * packedWeightFloats(groupOutputs(), groupInputs() * kTaps);
}

std::size_t Conv3x3Shape::packedBackwardFloats() const {
    return static_cast<std::size_t>(groups) * packedWeightFloats(groupInputs(), groupOutputs() * kTaps);
}

void packConv3x3Forward(const Conv3x3Shape& shape, const float* w, float* packed) {
    const int columns = shape.groupInputs() * kTaps;
    std::vector<std::ptrdiff_t> rows(static_cast<std::size_t>(shape.groupOutputs()));
    std::vector<std::ptrdiff_t> offsets(static_cast<std::size_t>(columns));
    for (std::size_t k = 0; k < offsets.size(); ++k) offsets[k] = static_cast<std::ptrdiff_t>(k);
    for (int g = 0; g < shape.groups; ++g) {
        for (std::size_t o = 0; o < rows.size(); ++o) {
            rows[o] = (g * shape.groupOutputs() + static_cast<std::ptrdiff_t>(o)) * columns;
        }
        packWeights(w, rows.data(), shape.groupOutputs(), offsets.data(), columns, packed);
        packed += packedWeightFloats(shape.groupOutputs(), columns);
    }
}

void packConv3x3Backward(const Conv3x3Shape& shape, const float* w, float* packed) {
    // An input pixel is reached by the output pixel on the other side of the tap: the taps are turned round.
    const int columns = shape.groupOutputs() * kTaps;
    std::vector<std::ptrdiff_t> rows(static_cast<std::size_t>(shape.groupInputs()));
    std::vector<std::ptrdiff_t> offsets(static_cast<std::size_t>(columns));
    for (std::size_t i = 0; i < rows.size(); ++i) rows[i] = static_cast<std::ptrdiff_t>(i) * kTaps;
    for (int g = 0; g < shape.groups; ++g) {
        for (int o = 0; o < shape.groupOutputs(); ++o) {
            for (int tap = 0; tap < kTaps; ++tap) {
                offsets[static_cast<std::size_t>(o * kTaps + tap)] =
                    static_cast<std::ptrdiff_t>(g * shape.groupOutputs() + o) * shape.groupInputs() * kTaps +
                    (kTaps - 1 - tap);
            }
        }
        packWeights(w, rows.data(), shape.groupInputs(), offsets.data(), columns, packed);
        packed += packedWeightFloats(shape.groupInputs(), columns);
    }
}

void conv3x3Forward(const Conv3x3Shape& shape, const float* packed, const float* frames, float* y, Scratch& scratch) {
    gemmByGroup(shape.frame, shape.groups, shape.groupInputs(), shape.groupOutputs(), packed, frames, y, scratch);
}

void conv3x3BackwardData(const Conv3x3Shape& shape, const float* packed, const float* dyFrames, float* dx,
                         Scratch& scratch) {
    gemmByGroup(shape.frame, shape.groups, shape.groupOutputs(), shape.groupInputs(), packed, dyFrames, dx, scratch);
}

void conv3x3BackwardWeights(const Conv3x3Shape& shape, const float* frames, std::ptrdiff_t xImage,
                            const float* dyFrames, std::ptrdiff_t dyImage, int images, float* dw, Scratch& scratch) {
    const FrameShape& frame = shape.frame;
    const int in = shape.groupInputs(), out = shape.groupOutputs();
    for (int g = 0; g < shape.groups; ++g) {
        scratch.inputs.clear();
        scratch.gradients.clear();
        for (int image = 0; image < images; ++image) {
            appendTaps(frame, frames + image * xImage + g * in * frame.floats(), in, scratch.inputs);
            for (int o = 0; o < out; ++o) {
                scratch.gradients.push_back(dyFrames + image * dyImage + (g * out + o) * frame.floats() +
                                            frame.origin());
            }
        }
        planeDot(scratch.gradients.data(), out, scratch.inputs.data(), in * kTaps, images, frame.pixels(),
                 dw + static_cast<std::ptrdiff_t>(g) * out * in * kTaps, in * kTaps);
    }
}

}  // namespace condenser
