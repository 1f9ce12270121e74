// The learned group convolution (paper, section 3.2): a 1x1 convolution whose filters are in G groups, each of which
// drops inputs step by step until one in C is left.
#pragma once

#include <string>
#include <vector>

#include "layers/pointwise_conv.h"

namespace condenser {

// Group g owns the filters g, g + G, g + 2G, ... (interleaved), as in the public reference.
class LearnedGroupConv {
  public:
    LearnedGroupConv(int inputs, int outputs, int groups, int condenseFactor);

    PointwiseConv conv;  // weight [outputs, inputs, 1, 1]

    int inputs() const { return m_inputs; }
    int outputs() const { return m_outputs; }
    int groups() const { return m_groups; }
    int condenseFactor() const { return m_condenseFactor; }

    // Condensing steps reached, 0..C-1 (`_stage` of the reference).
    int stage() const { return static_cast<int>(m_stage); }
    void setStage(int stage) { m_stage = static_cast<float>(stage); }
    // Inputs dropped so far by each group, as counted (`_count`); what is live is what the mask says.
    int droppedPerGroup() const { return static_cast<int>(m_count); }
    bool isLive(int group, int input) const {
        return m_mask[static_cast<std::size_t>(group * m_inputs + input)] != 0.0f;
    }
    int liveInputs(int group) const;
    int livePairs() const;  // over all groups

    // Sum over the group's filters of |w * mask|, [groups, inputs] row-major.
    std::vector<double> importance() const;

    // Drops these inputs for all filters of their groups, [groups] lists, and counts `portion` more as dropped.
    void drop(const std::vector<std::vector<int>>& inputsOfGroup, int portion);
    // Sets the weights of all dropped connections to 0.
    void zeroDropped();

    // To be called after the mask was changed from outside (loading): reads anew which connections live.
    void refreshGroups();

    // `prefix` ends in a dot: "features.denseblock_1.denselayer_1.conv_1.".
    void visitTensors(const std::string& prefix, const TensorVisitor& visit);

  private:
    int m_inputs, m_outputs, m_groups, m_condenseFactor;
    float m_count = 0, m_stage = 0;
    // [outputs, inputs], 1 live, 0 dropped. Row g < G is the first filter of group g, so rows 0..G-1 tell it all.
    std::vector<float> m_mask;
};

}  // namespace condenser
