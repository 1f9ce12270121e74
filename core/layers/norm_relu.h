// The batch norm and ReLU before a convolution: which affine map is in force for each input, and how its gradient sums
// come together. Shared by the 1x1, the 3x3 and the network's last norm.
#pragma once

#include <vector>

#include "layers/batch_norm_layer.h"
#include "layers/features.h"

namespace condenser {

class NormRelu {
  public:
    // Position p of the norm reads channel sources[p] of the features; a channel may be read at several positions.
    NormRelu(std::vector<int> sources);

    BatchNorm norm;  // one channel a position

    int positions() const { return static_cast<int>(m_sources.size()); }
    int source(int position) const { return m_sources[static_cast<std::size_t>(position)]; }

    // Chooses the affine maps: in kTrain from the batch's moments, which track() lets enter the running statistics.
    void prepareForward(const Features& in, Mode mode);
    void track(const Features& in);
    const NormAffine& affine(int position) const { return m_affine[static_cast<std::size_t>(position)]; }
    const std::vector<NormAffine>& affines() const { return m_affine; }  // [positions]

    // Backward: sums 0, then what all images give of them, then finish, which adds to the gradients of weight and bias
    // and, after a forward pass in kTrain, defers the terms through the statistics to the features.
    void prepareSums();
    void addSums(int position, const NormSums& sums);
    void finishBackward(Features& in, Mode mode);

  private:
    std::vector<int> m_sources;
    std::vector<NormAffine> m_affine;
    std::vector<NormSums> m_sums;  // [positions]
};

}  // namespace condenser
