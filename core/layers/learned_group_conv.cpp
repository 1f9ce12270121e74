#include "layers/learned_group_conv.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace condenser {
namespace {

std::vector<int> allChannels(int count) {
    std::vector<int> channels(static_cast<std::size_t>(count));
    std::iota(channels.begin(), channels.end(), 0);
    return channels;
}

}  // namespace

LearnedGroupConv::LearnedGroupConv(int inputs, int outputs, int groups, int condenseFactor)
    : conv(allChannels(inputs), static_cast<std::size_t>(outputs) * static_cast<std::size_t>(inputs)),
      m_inputs(inputs),
      m_outputs(outputs),
      m_groups(groups),
      m_condenseFactor(condenseFactor),
      m_mask(conv.weight.size(), 1.0f) {
    refreshGroups();
}

int LearnedGroupConv::liveInputs(int group) const {
    int live = 0;
    for (int c = 0; c < m_inputs; ++c) live += isLive(group, c);
    return live;
}

int LearnedGroupConv::livePairs() const {
    int live = 0;
    for (int g = 0; g < m_groups; ++g) live += liveInputs(g);
    return live;
}

std::vector<double> LearnedGroupConv::importance() const {
    std::vector<double> sums(static_cast<std::size_t>(m_groups) * static_cast<std::size_t>(m_inputs));
    for (int o = 0; o < m_outputs; ++o) {
        const std::size_t row = static_cast<std::size_t>(o) * static_cast<std::size_t>(m_inputs);
        const std::size_t group = static_cast<std::size_t>(o % m_groups) * static_cast<std::size_t>(m_inputs);
        for (std::size_t c = 0; c < static_cast<std::size_t>(m_inputs); ++c) {
            sums[group + c] += std::abs(static_cast<double>(conv.weight[row + c] * m_mask[row + c]));
        }
    }
    return sums;
}

void LearnedGroupConv::drop(const std::vector<std::vector<int>>& inputsOfGroup, int portion) {
    for (int o = 0; o < m_outputs; ++o) {
        for (int c : inputsOfGroup[static_cast<std::size_t>(o % m_groups)]) {
            m_mask[static_cast<std::size_t>(o * m_inputs + c)] = 0.0f;
        }
    }
    m_count += static_cast<float>(portion);
    refreshGroups();
}

void LearnedGroupConv::zeroDropped() {
    for (std::size_t i = 0; i < m_mask.size(); ++i) {
        if (m_mask[i] == 0.0f) conv.weight[i] = 0.0f;
    }
}

void LearnedGroupConv::refreshGroups() {
    // Before anything is dropped all groups read the same: one product instead of G.
    const bool whole = std::find(m_mask.begin(), m_mask.end(), 0.0f) == m_mask.end();
    const int groups = whole ? 1 : m_groups;
    std::vector<PointwiseGroup> lists(static_cast<std::size_t>(groups));
    for (int g = 0; g < groups; ++g) {
        PointwiseGroup& list = lists[static_cast<std::size_t>(g)];
        for (int c = 0; c < m_inputs; ++c) {
            if (!isLive(g, c)) continue;
            list.inputs.push_back(c);
            list.columns.push_back(c);
        }
        for (int o = g; o < m_outputs; o += groups) {
            list.outputs.push_back(o);
            list.rows.push_back(static_cast<std::ptrdiff_t>(o) * m_inputs);
        }
    }
    conv.setGroups(std::move(lists));
}

void LearnedGroupConv::visitTensors(const std::string& prefix, const TensorVisitor& visit) {
    const std::vector<std::int64_t> shape{m_outputs, m_inputs, 1, 1};
    visit({prefix + "_count", {1}, {&m_count, 1}, {}, {}, {}});
    visit({prefix + "_stage", {1}, {&m_stage, 1}, {}, {}, {}});
    visit({prefix + "_mask", shape, m_mask, {}, {}, {}});
    conv.input.norm.visitTensors(prefix + "norm.", visit);
    visit({prefix + "conv.weight", shape, conv.weight, conv.dWeight, m_mask, {}});
}

}  // namespace condenser
