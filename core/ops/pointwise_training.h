// The 1x1 convolution of training: BN, ReLU and product in groups, forward, and backward through all three. A group
// reads the planes that it still has connections to and no others, so that both directions cost what survives.
// Normalised planes exist only as a few rows in the cache: they are made anew for each pass.
#pragma once

#include <cstddef>
#include <vector>

#include "ops/batch_norm.h"
#include "ops/folded_norm.h"
#include "ops/gradient_chunks.h"
#include "tensor/view.h"

namespace condenser {

// Which planes the groups of a pointwise convolution read and write. A pair is an input of a group.
struct PointwiseTables {
    struct Group {
        int inputs = 0, outputs = 0;
        std::size_t pairAt = 0, outputAt = 0;  // its first in `planes` and in `outputs`
        std::size_t weightAt = 0;              // its first weight, inputs * outputs of them
    };
    std::vector<Group> groups;
    std::vector<int> channels;  // [planes] channels of the features that any group reads
    std::vector<int> planes;    // [pairs] group after group: place in `channels`
    std::vector<int> outputs;   // group after group: the channels that it makes; each channel once

    std::size_t weights() const;
};

// weight(g, output m, input k) = w[rows[outputAt + m] + columns[pairAt + k]].
struct PointwiseWeights {
    const float* w;
    const std::ptrdiff_t* rows;
    const std::ptrdiff_t* columns;
};

// Weights and norms of all groups in the order in which the two kernels read them, for the instruction set in force.
// Memory is taken by `reserve` alone.
class PackedPointwise {
  public:
    void reserve(const PointwiseTables& tables);
    // affine [planes]; channels of the features, and of their gradient, lie `stride` floats apart.
    void pack(const PointwiseTables& tables, const PointwiseWeights& weights, const NormAffine* affine,
              std::ptrdiff_t stride);

    // What the kernels read.
    std::vector<FoldedNorm> norms;  // [planes]
    struct Row {
        FoldedNorm norm;
        std::ptrdiff_t source;  // floats from channel 0
    };
    std::vector<Row> rows;        // [pairs], and behind them the first ones once more
    std::vector<float> backward;  // a group after the other: tiles of inputs, [outputs][inputs]
    // Forward, each group's inputs with a positive scale come first.
    std::vector<float> forward;           // a group after the other: tiles of outputs, [inputs][outputs]
    std::vector<std::ptrdiff_t> sources;  // [pairs] floats from channel 0
    std::vector<float> bounds;            // [pairs]
    std::vector<int> positive;            // [groups] how many

  private:
    void packForward(const PointwiseTables& tables, const PointwiseWeights& weights);
    void packBackward(const PointwiseTables& tables, const PointwiseWeights& weights);

    std::vector<std::size_t> m_order;  // [pairs]
};

// Floats of `scratch` below.
std::size_t pointwiseForwardFloats(const PointwiseTables& tables);
// y = W * relu(norm(x)) for all groups, of these images. Where `moments` is not nullptr,
// moments[o * momentStride + image] gets the moments of channel o.
void pointwiseForward(const PointwiseTables& tables, const PackedPointwise& packed, ConstView x, View y,
                      ImageRange images, float* scratch, Moments* moments, std::ptrdiff_t momentStride);

struct PointwiseBackward {
    const PointwiseTables& tables;
    const PackedPointwise& packed;
    const GradientCorrection* corrections;  // [outputs of all groups], in the order of tables.outputs
};
// Floats of `scratch` below.
std::size_t pointwiseBackwardFloats(const PointwiseTables& tables);
// The images of one chunk; those of `ahead`, if any, will be next on this thread and are brought nearer. `y` and `dy`:
// values and gradients of the outputs. `x` and `dx`: of the inputs; dx += what passes ReLU and scale, but for the terms
// through the batch's statistics. Overwritten: dw [weights()] group after group as [input][output], still to be
// multiplied with the inputs' FoldedNorm::scale; sums [pairs].
void pointwiseBackward(const PointwiseBackward& job, ConstView x, View dx, ConstView y, ConstView dy, ImageRange images,
                       ImageRange ahead, float* scratch, float* dw, NormSums* sums);

}  // namespace condenser
