// Do trainings that differ in their seed alone keep the same connections? (Paper, section 4.1 and figure 8.)
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "base/result.h"
#include "io/connections_file.h"
#include "network/network_spec.h"

namespace condenser {

// How strongly each layer reads each source: [sources, layers], for source s and reading layer t the mean over the
// channels that s made of the sum over t's filters of |w * mask|; NaN where t cannot read s. `normalised` scales each
// column to 0..1 (a flat one to 0), as the drawing code of CondenseNetV2 does.
struct LayerMap {
    int sources = 0, layers = 0;
    std::vector<double> value;

    double at(int source, int layer) const {
        return value[static_cast<std::size_t>(source) * static_cast<std::size_t>(layers) +
                     static_cast<std::size_t>(layer)];
    }
};
LayerMap layerMap(const NetworkSpec& spec, const std::vector<ConnectionsLayer>& layers, const ConnectionsRecord& record,
                  bool normalised);

// Two runs.
struct PairStability {
    std::uint64_t seedA = 0, seedB = 0;
    double correlation = 0;  // Pearson's, over the cells of the two normalised layer maps that exist
    double overlap = 0;      // share of the kept connections that both keep, groups matched (matchGroups)
    double chance = 0;       // the same if each group picked blindly (matchedByChance)
};

struct Stability {
    NetworkSpec spec;
    std::vector<std::uint64_t> seeds;
    std::vector<LayerMap> maps;  // of the last records, normalised, one a seed
    std::vector<PairStability> pairs;
    // Correlation of each pair, were the cells of every column shuffled: the mean and the largest of some draws.
    double shuffledMean = 0, shuffledHighest = 0;
};

// Of runs of one network, their last records. kBadData where they are not.
Result<Stability> stabilityOf(const std::vector<std::filesystem::path>& runs);

// "seed_a,seed_b,correlation,overlap,chance"; and a table for people.
std::string stabilityCsv(const Stability& stability);
std::string stabilityMarkdown(const Stability& stability);

}  // namespace condenser
