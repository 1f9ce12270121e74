#include "pages/kept_history.h"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <string_view>

namespace condenser {
namespace {

std::vector<double> sharesOf(const std::vector<ConnectionsLayer>& layers, const ConnectionsRecord& record, int blocks) {
    std::vector<std::int64_t> live(static_cast<std::size_t>(blocks)), all(live.size());
    for (std::size_t l = 0; l < layers.size(); ++l) {
        const int block = blockOfLayer(layers[l].name);
        if (block < 0 || block >= blocks) return {};
        const auto& mask = record.layers[l].mask;
        live[static_cast<std::size_t>(block)] += std::count(mask.begin(), mask.end(), 1);
        all[static_cast<std::size_t>(block)] += static_cast<std::int64_t>(mask.size());
    }
    std::vector<double> shares;
    for (std::size_t b = 0; b < live.size(); ++b) {
        if (all[b] == 0) return {};
        shares.push_back(static_cast<double>(live[b]) / static_cast<double>(all[b]));
    }
    return shares;
}

}  // namespace

int blockOfLayer(const std::string& name) {
    for (const std::string_view prefix : {"features.denseblock_", "features.transition_"}) {
        if (!name.starts_with(prefix)) continue;
        int number = 0;
        const char* end = name.data() + name.size();
        const auto [last, error] = std::from_chars(name.data() + prefix.size(), end, number);
        return error == std::errc() && last != end && *last == '.' && number > 0 ? number - 1 : -1;
    }
    return -1;
}

std::map<int, std::vector<double>> keptAfterStages(const std::filesystem::path& folder, int blocks) {
    const auto index = readConnectionsIndex(folder);
    if (!index) return {};
    // Masks change at condensing steps alone, so that any record of a stage tells all of it; the last one is as good as
    // the first.
    std::map<int, std::size_t> recordOfStage;
    for (std::size_t i = 0; i < index->records.size(); ++i) {
        const ConnectionsKey& key = index->records[i];
        if (key.stage > 0 && key.moment != ConnectionsMoment::kBeforeStep) recordOfStage.emplace(key.stage, i);
    }
    std::map<int, std::vector<double>> kept;
    for (const auto& [stage, number] : recordOfStage) {
        const auto record = readConnections(folder, number);
        if (!record) continue;
        auto shares = sharesOf(index->layers, *record, blocks);
        if (!shares.empty()) kept[stage] = std::move(shares);
    }
    return kept;
}

}  // namespace condenser
