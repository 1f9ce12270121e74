// Do trainings that differ in their seed alone keep the same connections? (Paper, section 4.1 and figure 8.)
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "base/result.h"
#include "connections/overlap.h"
#include "io/connections_file.h"
#include "network/network_spec.h"

namespace condenser {

// How strongly each layer reads each source: [sources, layers], for source s and reading layer t the mean over the
// channels that s made of the sum over t's filters of |w * mask|; NaN where t cannot read s. `normalised` scales each
// column to 0..1 (a flat one to 0), as the drawing code of CondenseNetV2 does. Sources and layers are those of
// layoutOf.
struct LayerMap {
    int sources = 0, layers = 0;
    std::vector<double> value;

    double at(int source, int layer) const {
        return value[static_cast<std::size_t>(source) * static_cast<std::size_t>(layers) +
                     static_cast<std::size_t>(layer)];
    }
};
// `layers` and `record` must be those of a network of this spec.
LayerMap layerMap(const NetworkSpec& spec, const std::vector<ConnectionsLayer>& layers, const ConnectionsRecord& record,
                  bool normalised);

// Pearson's correlation of two maps of one network over the cells that exist. Layers that can read one source only are
// left out: their cell is 0 in every normalised map. NaN where that leaves nothing that varies.
double correlationOf(const LayerMap& a, const LayerMap& b);

// A correlation of two maps, were the cells of every column shuffled: the mean and the highest of all draws, and the
// share of the draws that are as high as the maps' own correlation. NaN where there is none.
struct Shuffled {
    double mean = 0, highest = 0, reaching = 0;
};

// Two runs.
struct PairStability {
    std::uint64_t seedA = 0, seedB = 0;
    double correlation = 0;       // correlationOf the two normalised layer maps
    Shuffled shuffled;            // of Stability::kShuffles draws
    double overlap = 0;           // share of the kept connections that both keep, groups matched (matchGroups)
    double chance = 0;            // the same if each group picked blindly (matchedByChance)
    std::vector<Overlap> layers;  // what `overlap` and `chance` are summed over; byChance is matchedByChance
};

struct Stability {
    NetworkSpec spec;
    std::vector<std::uint64_t> seeds;
    std::vector<LayerMap> maps;  // of the last records, normalised, one a seed
    std::vector<PairStability> pairs;

    static constexpr int kShuffles = 1000;  // for each pair, the same draws at every call

    // Over the pairs, of which there is at least one.
    double meanCorrelation() const;
    Shuffled shuffled() const;
    // Of all pairs together: connections kept by both, of one layer or (-1) of all.
    Overlap overlapOfAll(int layer = -1) const;
};

// Of two or more runs of one network with different seeds, as they were at the end of their last epochs. kBadData
// where they are not, where they stand at different condensing steps, and where all runs keep the same whatever they
// learn (C = 1, nothing dropped yet, fixed groups).
Result<Stability> stabilityOf(const std::vector<std::filesystem::path>& runs);

// "seed_a,seed_b,correlation,shuffled_mean,shuffled_highest,shuffled_reaching,overlap,chance", a number that does not
// exist being empty; and tables for people: the pairs, and the overlap layer by layer.
std::string stabilityCsv(const Stability& stability);
std::string stabilityMarkdown(const Stability& stability);

// What the figures say, in two sentences: of the layers' preferences, of the groups' connections.
std::string layerLevelWords(const Stability& stability);
std::string groupLevelWords(const Stability& stability);

}  // namespace condenser
