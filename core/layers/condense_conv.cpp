#include "layers/condense_conv.h"

namespace condenser {

CondenseConv::CondenseConv(std::vector<std::int64_t> index, int outputs, int groups)
    : conv(std::vector<int>(index.begin(), index.end()),
           index.size() / static_cast<std::size_t>(groups) * static_cast<std::size_t>(outputs)),
      m_index(std::move(index)),
      m_outputs(outputs),
      m_groups(groups) {
    const int groupInputs = static_cast<int>(m_index.size()) / groups, groupOutputs = outputs / groups;
    std::vector<PointwiseGroup> lists(static_cast<std::size_t>(groups));
    for (int g = 0; g < groups; ++g) {
        PointwiseGroup& list = lists[static_cast<std::size_t>(g)];
        for (int j = 0; j < groupInputs; ++j) {
            list.inputs.push_back(g * groupInputs + j);
            list.columns.push_back(j);
        }
        for (int k = 0; k < groupOutputs; ++k) {
            list.outputs.push_back(k * groups + g);
            list.rows.push_back(static_cast<std::ptrdiff_t>(g * groupOutputs + k) * groupInputs);
        }
    }
    conv.setGroups(std::move(lists));
}

void CondenseConv::visitTensors(const std::string& prefix, const TensorVisitor& visit) {
    visit({prefix + "index", {static_cast<std::int64_t>(m_index.size())}, {}, {}, {}, m_index});
    conv.input.norm.visitTensors(prefix + "norm.", visit);
    visit({prefix + "conv.weight",
           {m_outputs, static_cast<std::int64_t>(m_index.size()) / m_groups, 1, 1},
           conv.weight,
           conv.dWeight,
           {},
           {}});
}

}  // namespace condenser
