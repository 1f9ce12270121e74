// What a learned group convolution becomes: index layer -> BN -> ReLU -> standard group convolution -> channel shuffle
// (paper, section 3.3). Index and shuffle are tables of planes; nothing is copied.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "layers/pointwise_conv.h"

namespace condenser {

class CondenseConv {
  public:
    // `index` [inputs / C * groups], group-major: which channel each position reads; a channel may stand in several
    // groups or in none. Row g * (outputs / groups) + k of the weight makes channel k * groups + g.
    CondenseConv(std::vector<std::int64_t> index, int outputs, int groups);

    PointwiseConv conv;  // weight [outputs, index.size() / groups, 1, 1]

    int outputs() const { return m_outputs; }
    int groups() const { return m_groups; }
    const std::vector<std::int64_t>& index() const { return m_index; }

    void visitTensors(const std::string& prefix, const TensorVisitor& visit);

  private:
    std::vector<std::int64_t> m_index;
    int m_outputs, m_groups;
};

}  // namespace condenser
