// BN -> ReLU -> grouped 3x3 convolution, stride 1, padding 1: the second half of a dense layer.
#pragma once

#include <string>
#include <vector>

#include "layers/norm_relu.h"
#include "ops/conv3x3.h"
#include "ops/gradient_chunks.h"

namespace condenser {

class GroupedConv3x3 {
  public:
    GroupedConv3x3(int inputs, int outputs, int groups);

    NormRelu input;
    std::vector<float> weight, dWeight;  // [outputs, inputs / groups, 3, 3]

    int inputs() const { return m_inputs; }
    int outputs() const { return m_outputs; }
    int groups() const { return m_groups; }

    // As in PointwiseConv; `out` is a view of the `outputs` channels to write.
    void prepareForward(const Features& in, Mode mode);
    void forwardImage(const Features& in, int image, View out, Scratch& scratch) const;

    // Overwrites in.gradient(): these features have no other reader.
    void prepareBackward(const Features& in, int images);
    void backwardChunk(Features& in, int chunk, ConstView dOut, Scratch& scratch);
    void finishBackward(Features& in, Mode mode);

    // `prefix` ends in a dot: "….conv_2.".
    void visitTensors(const std::string& prefix, const TensorVisitor& visit);

  private:
    Conv3x3Shape shapeFor(const Features& in) const;
    void fillFrames(const Features& in, int image, FrameShape frame, float* frames) const;

    int m_inputs, m_outputs, m_groups;
    std::vector<float> m_packed, m_packedBack;
    ChunkSums m_sums;
    int m_images = 0;
};

}  // namespace condenser
