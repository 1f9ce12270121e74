// Grouped 3x3 convolution, stride 1, padding 1, one image at a time.
//
// A map lies in a frame of zeros whose rows are W + 1 apart: the zero behind a row is both its right border and the
// left border of the next. A tap is then the frame moved by a fixed distance, and the convolution is planeGemm over
// nine pointers an input, with no code for edges. Results come in the same rows of W + 1; what stands in their last
// column means nothing.
#pragma once

#include <cstddef>

#include "ops/batch_norm.h"
#include "ops/scratch.h"

namespace condenser {

struct FrameShape {
    int h = 0, w = 0;

    std::ptrdiff_t stride() const { return w + 1; }
    // From a frame's start to its pixel (0, 0).
    std::ptrdiff_t origin() const { return (stride() + 1 + 15) / 16 * 16; }
    // Floats that a kernel computes: H rows of W + 1.
    int pixels() const { return h * (w + 1); }
    // From one result plane to the next.
    std::ptrdiff_t resultFloats() const { return (pixels() + 15) / 16 * 16; }
    // From one frame to the next.
    std::ptrdiff_t floats() const { return (origin() + resultFloats() + stride() + 1 + 15) / 16 * 16; }
};

// Writes the zeros around and between the rows of one frame.
void clearFrameBorder(FrameShape shape, float* frame);
// Copies an H x W map (rows `xStride` apart) into a frame, border included.
void fillFrame(FrameShape shape, const float* x, std::ptrdiff_t xStride, float* frame);

struct Conv3x3Shape {
    int inputs = 0, outputs = 0, groups = 1;
    FrameShape frame;

    int groupInputs() const { return inputs / groups; }
    int groupOutputs() const { return outputs / groups; }
    std::size_t weights() const {
        return static_cast<std::size_t>(outputs) * static_cast<std::size_t>(groupInputs()) * 9;
    }
    std::size_t packedForwardFloats() const;
    std::size_t packedBackwardFloats() const;
};

// Weights w [outputs, inputs / groups, 3, 3], arranged for conv3x3Forward and conv3x3BackwardData.
void packConv3x3Forward(const Conv3x3Shape& shape, const float* w, float* packed);
void packConv3x3Backward(const Conv3x3Shape& shape, const float* w, float* packed);

// y [outputs] result planes from x [inputs] frames.
void conv3x3Forward(const Conv3x3Shape& shape, const float* packed, const float* frames, float* y, Scratch& scratch);

// dx [inputs] result planes from dy [outputs] frames.
void conv3x3BackwardData(const Conv3x3Shape& shape, const float* packed, const float* dyFrames, float* dx,
                         Scratch& scratch);

// dw += the weights' gradient; `images` sets of frames, `xImage` and `dyImage` floats apart.
void conv3x3BackwardWeights(const Conv3x3Shape& shape, const float* frames, std::ptrdiff_t xImage,
                            const float* dyFrames, std::ptrdiff_t dyImage, int images, float* dw, Scratch& scratch);

}  // namespace condenser
