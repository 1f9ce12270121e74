// BN -> ReLU -> grouped 3x3 convolution, stride 1, padding 1: the second half of a dense layer.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "layers/norm_relu.h"
#include "ops/conv3x3_training.h"
#include "ops/gradient_chunks.h"
#include "ops/scratch.h"

namespace condenser {

class GroupedConv3x3 {
  public:
    GroupedConv3x3(int inputs, int outputs, int groups);

    NormRelu input;
    std::vector<float> weight, dWeight;  // [outputs, inputs / groups, 3, 3]

    int inputs() const { return m_inputs; }
    int outputs() const { return m_outputs; }
    int groups() const { return m_groups; }

    // As in PointwiseConv; the outputs are the channels of `out` from firstOut on.
    void prepareForward(const Features& in, Mode mode);
    void forwardImages(const Features& in, ImageRange images, Features& out, int firstOut, Scratch& scratch) const;

    // As in PointwiseConv, for chunks of up to `images` images; after prepareForward.
    std::size_t scratchFloats(int images) const;

    // Overwrites in.gradient(): these features have no other reader.
    void prepareBackward(const Features& out, int firstOut, int images, ChunkSums& sums);
    void backwardChunk(Features& in, int chunk, int next, const Features& out, int firstOut, ChunkSums& sums,
                       Scratch& scratch);
    void finishBackward(Features& in, Mode mode, const ChunkSums& sums, ThreadPool& pool);

    // `prefix` ends in a dot: "….conv_2.".
    void visitTensors(const std::string& prefix, const TensorVisitor& visit);

  private:
    int m_inputs, m_outputs, m_groups;
    std::optional<PackedConv3x3> m_packed;  // for the maps and the instruction set of the last forward pass
    int m_lanes = 0;
    std::vector<GradientCorrection> m_corrections;  // [outputs]
    std::vector<NormSums> m_normSums;               // [chunks, inputs]
    int m_images = 0;
};

}  // namespace condenser
