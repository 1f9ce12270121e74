// A golden condensing trajectory ("lgc_trajectory..."): one learned group convolution through all of its steps.
#pragma once

#include <cmath>
#include <stdexcept>

#include "connections/connection_layout.h"
#include "support/golden.h"

namespace condenser::golden {

class Trajectory {
  public:
    explicit Trajectory(const Case& which) : m_check(opened(which)) {
        const auto& params = which.params;
        layer = {"features.denseblock_1.denselayer_1.conv_1", params.at("groups"), params.at("cin"), params.at("cout")};
        stages = params.at("condense");
    }

    ConnectionsLayer layer;
    int stages = 0;  // C: stage 0 is before any step

    // [groups, inputs], after the step that leads to that stage.
    std::vector<std::uint8_t> mask(int stage) const {
        const auto given = m_check.floats(at(stage, "mask"));  // [outputs, inputs]: a group owns every G-th filter
        const auto pairs = static_cast<std::size_t>(layer.groups * layer.inputs);
        std::vector<std::uint8_t> mask;
        for (std::size_t i = 0; i < given.size(); ++i) {
            if (i < pairs) mask.push_back(given[i] != 0);
            if ((given[i] != 0) != (mask[i % pairs] != 0)) throw std::runtime_error("filters of a group differ");
        }
        return mask;
    }

    // As one stage left them, with the weights just before the step to another.
    LayerConnections connections(int masked, int weighed) const {
        LayerConnections connections{mask(masked), {}};
        if (m_check.has(at(weighed, "importance"))) {
            const auto given = m_check.floats(at(weighed, "importance"));
            connections.importance.assign(given.begin(), given.end());
            for (std::size_t i = 0; i < given.size(); ++i) connections.importance[i] *= connections.mask[i];
            return connections;
        }
        const auto weight = m_check.floats(at(weighed, "weight"));
        std::vector<double> sums(connections.mask.size());
        for (std::size_t i = 0; i < weight.size(); ++i) sums[i % sums.size()] += std::abs(double{weight[i]});
        for (std::size_t i = 0; i < sums.size(); ++i)
            connections.importance.push_back(static_cast<float>(sums[i] * connections.mask[i]));
        return connections;
    }

    // [groups, inputs each step takes]; [groups, inputs left].
    std::span<const std::int64_t> dropped(int stage) const { return m_check.int64s(at(stage, "dropped")); }
    std::span<const std::int64_t> index() const { return m_check.int64s("final.index"); }

  private:
    static Check opened(const Case& which) {
        auto check = Check::open(which);
        if (!check) throw std::runtime_error(check.error().text());
        return std::move(*check);
    }
    static std::string at(int stage, const char* what) { return "stage" + std::to_string(stage) + "." + what; }

    Check m_check;
};

}  // namespace condenser::golden
