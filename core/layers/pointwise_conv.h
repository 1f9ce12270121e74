// BN -> ReLU -> 1x1 convolution in groups, each with its own list of inputs and of outputs. The learned group
// convolution and its condensed form are both this, with other lists: the index layer is a choice of planes to read,
// the channel shuffle a choice of planes to write.
#pragma once

#include <cstddef>
#include <vector>

#include "layers/norm_relu.h"
#include "ops/gradient_chunks.h"
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

    // Once a batch, then forwardImage for each image, in any order and in parallel. `out` [N, O, H, W] overwritten.
    void prepareForward(const Features& in, Mode mode);
    void forwardImage(const Features& in, int image, View out, Scratch& scratch) const;

    // Once a batch, then backwardChunk for each chunk (gradient_chunks.h), in any order and in parallel, then finish.
    // Adds to in.gradient() and to dWeight.
    void prepareBackward(int images);
    void backwardChunk(Features& in, int chunk, ConstView dOut, Scratch& scratch);
    void finishBackward(Features& in, Mode mode);

  private:
    // Normalises the planes that any group reads into `planes`, one behind the other.
    void normalise(const Features& in, int image, float* planes) const;

    std::vector<PointwiseGroup> m_groups;
    std::vector<int> m_used;                              // positions that some group reads, ascending
    std::vector<int> m_slot;                              // [positions]: place in m_used
    bool m_shared = false;                                // some position is read by several groups
    std::vector<std::size_t> m_packedAt, m_packedBackAt;  // per group
    std::vector<float> m_packed, m_packedBack;
    std::vector<std::size_t> m_sumsAt;  // per group: its weights' place in a chunk's sums
    ChunkSums m_sums;
    int m_images = 0;
};

}  // namespace condenser
