// The grouped 3x3 convolution of training, stride 1, padding 1, with the BN and ReLU before it: forward, and backward
// through all three. A group's normalised maps are laid out for the kernels (tap_maps.h) in the cache, a few images at
// a time, and made anew for each pass.
#pragma once

#include <cstddef>
#include <vector>

#include "ops/batch_norm.h"
#include "ops/folded_norm.h"
#include "ops/gradient_chunks.h"
#include "ops/tap_maps.h"
#include "tensor/view.h"

namespace condenser {

struct Conv3x3Shape {
    int inputs = 0, outputs = 0, groups = 1;
    int h = 0, w = 0;

    int groupInputs() const { return inputs / groups; }
    int groupOutputs() const { return outputs / groups; }
    std::size_t weights() const {
        return static_cast<std::size_t>(outputs) * static_cast<std::size_t>(groupInputs()) * 9;
    }
};

// Weights and norms in the order in which the kernels read them, for the instruction set in force. Memory is taken when
// it is made.
class PackedConv3x3 {
  public:
    explicit PackedConv3x3(const Conv3x3Shape& shape);
    // w [outputs, inputs / groups, 3, 3], norms [inputs].
    void pack(const float* w, const std::vector<NormAffine>& norms);

    // What the kernels read.
    Conv3x3Shape shape;
    TapMaps taps;
    std::vector<FoldedNorm> norms;           // [inputs]
    std::vector<float> forward;              // a group after the other: tiles of outputs, [inputs][dx][dy][outputs]
    std::vector<float> backward;             // the same with inputs and outputs changed, and the taps turned round
    std::vector<std::ptrdiff_t> sources;     // [inputs or outputs of a group]: floats from one map to another
    std::vector<float> zeros;                // biases
    std::vector<float> leftMask, rightMask;  // all bits where the moved pixel stays in its row, by x
};

// Floats of `scratch` below.
std::size_t conv3x3ForwardFloats(const PackedConv3x3& packed);
// y = W * relu(norm(x)) of these images, x [N, inputs, h, w], y [N, outputs, h, w]. Where `moments` is not nullptr,
// moments[o * momentStride + image] gets the moments of output o.
void conv3x3Forward(const PackedConv3x3& packed, ConstView x, View y, ImageRange images, float* scratch,
                    Moments* moments, std::ptrdiff_t momentStride);

// Floats of `scratch` below, for chunks of `images` images.
std::size_t conv3x3BackwardFloats(const PackedConv3x3& packed, int images);
// The images of one chunk; those of `ahead`, if any, will be next on this thread and are brought nearer. `y` and `dy`
// are values and gradients of the outputs, whose `corrections` [outputs] are still due. Overwritten: dx, with what
// passes ReLU and scale, but for the terms through the batch's statistics; dw [weights()], still to be multiplied with
// the inputs' FoldedNorm::scale; sums [inputs].
void conv3x3Backward(const PackedConv3x3& packed, const GradientCorrection* corrections, ConstView x, View dx,
                     ConstView y, ConstView dy, ImageRange images, ImageRange ahead, float* scratch, float* dw,
                     NormSums* sums);

}  // namespace condenser
