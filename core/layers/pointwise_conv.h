// BN -> ReLU -> 1x1 convolution in groups, each with its own list of inputs and of outputs. The learned group
// convolution and its condensed form are both this, with other lists: the index layer is a choice of planes to read,
// the channel shuffle a choice of planes to write.
#pragma once

#include <cstddef>
#include <vector>

#include "layers/norm_relu.h"
#include "ops/gradient_chunks.h"
#include "ops/pointwise_training.h"
#include "ops/scratch.h"

namespace condenser {

// weight(output m, input k) = w[rows[m] + columns[k]].
struct PointwiseGroup {
    std::vector<int> inputs;              // positions of the norm that it reads
    std::vector<int> outputs;             // channels that it makes
    std::vector<std::ptrdiff_t> rows;     // [outputs]
    std::vector<std::ptrdiff_t> columns;  // [inputs]
};

class PointwiseConv {
  public:
    // `sources` as in NormRelu; `weights` floats in all. Groups are set by setGroups.
    PointwiseConv(std::vector<int> sources, std::size_t weights);

    NormRelu input;
    std::vector<float> weight, dWeight;

    void setGroups(std::vector<PointwiseGroup> groups);
    const std::vector<PointwiseGroup>& groups() const { return m_groups; }

    // Floats of a Scratch's first slot that either direction takes at most.
    std::size_t scratchFloats() const;

    // Once a batch, then forwardImages for all images, in any order and in parallel: all channels of `out`
    // [N, O, H, W] are overwritten; if it trains, their moments in each image are measured on the way.
    void prepareForward(const Features& in, Mode mode);
    void forwardImages(const Features& in, ImageRange images, Features& out, Scratch& scratch) const;

    // Once a batch, then backwardChunk for each chunk (gradient_chunks.h), in any order and in parallel, then finish.
    // `out` are the features that forward wrote, with their gradient and what was deferred of it. Adds to in.gradient()
    // and to dWeight. `sums` is borrowed from prepare to finish; `next` is the chunk that this thread will probably be
    // given next, or none.
    void prepareBackward(const Features& out, int images, ChunkSums& sums);
    void backwardChunk(Features& in, int chunk, int next, const Features& out, ChunkSums& sums, Scratch& scratch);
    void finishBackward(Features& in, Mode mode, const ChunkSums& sums, ThreadPool& pool);

  private:
    std::vector<PointwiseGroup> m_groups;
    PointwiseTables m_tables;
    std::vector<int> m_planePositions;              // [planes] positions of the norm that some group reads, ascending
    std::vector<std::ptrdiff_t> m_rows, m_columns;  // of all groups, as in PointwiseGroup
    std::vector<NormAffine> m_norms;                // [planes]
    PackedPointwise m_packed;
    std::vector<GradientCorrection> m_corrections;
    std::vector<NormSums> m_normSums;  // [chunks, pairs]
    int m_images = 0;
};

}  // namespace condenser
