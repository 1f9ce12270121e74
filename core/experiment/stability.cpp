#include "experiment/stability.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/check.h"
#include "base/rng.h"
#include "connections/connection_layout.h"
#include "connections/feature_reuse.h"
#include "connections/matched_chance.h"
#include "io/run_record.h"

namespace condenser {
namespace {

constexpr const char* kWhat = "cannot compare the connections of these runs";
constexpr double kNothing = std::numeric_limits<double>::quiet_NaN();

// The places of the cells that exist in a column.
std::vector<std::size_t> cellsOf(const LayerMap& map, int layer) {
    std::vector<std::size_t> cells;
    for (int source = 0; source < map.sources; ++source) {
        if (!std::isnan(map.at(source, layer)))
            cells.push_back(static_cast<std::size_t>(source) * static_cast<std::size_t>(map.layers) +
                            static_cast<std::size_t>(layer));
    }
    return cells;
}

// What has a say in a correlation: the columns of two cells or more, one behind the other.
struct Columns {
    std::vector<double> value;
    std::vector<std::size_t> ends;  // of each, in `value`
};

Columns columnsOf(const LayerMap& map) {
    Columns columns;
    for (int layer = 0; layer < map.layers; ++layer) {
        const std::vector<std::size_t> cells = cellsOf(map, layer);
        if (cells.size() < 2) continue;
        for (const std::size_t cell : cells) columns.value.push_back(map.value[cell]);
        columns.ends.push_back(columns.value.size());
    }
    return columns;
}

void normalise(LayerMap& map) {
    for (int layer = 0; layer < map.layers; ++layer) {
        const std::vector<std::size_t> cells = cellsOf(map, layer);
        if (cells.empty()) continue;
        const auto value = [&](std::size_t cell) { return map.value[cell]; };
        const auto [least, most] = std::ranges::minmax(cells, {}, value);
        const double low = value(least), range = value(most) - low;
        for (const std::size_t cell : cells) map.value[cell] = range > 0 ? (map.value[cell] - low) / range : 0;
    }
}

double pearson(const std::vector<double>& a, const std::vector<double>& b) {
    const auto count = static_cast<double>(a.size());
    double meanA = 0, meanB = 0;
    for (std::size_t i = 0; i < a.size(); ++i) {
        meanA += a[i] / count;
        meanB += b[i] / count;
    }
    double ab = 0, aa = 0, bb = 0;
    for (std::size_t i = 0; i < a.size(); ++i) {
        ab += (a[i] - meanA) * (b[i] - meanB);
        aa += (a[i] - meanA) * (a[i] - meanA);
        bb += (b[i] - meanB) * (b[i] - meanB);
    }
    return aa > 0 && bb > 0 ? ab / std::sqrt(aa * bb) : kNothing;
}

// What one run brings.
struct Seeded {
    std::string name;  // of its folder
    RunRecord run;
    std::vector<ConnectionsLayer> layers;
    ConnectionsRecord record;
};

Result<Seeded> readSeeded(const std::filesystem::path& folder) {
    auto run = readRunRecord(folder);
    if (!run) return tl::unexpected(run.error());
    if (run->spec.condenseFactor == 1)
        return fail(ErrorCode::kBadData, kWhat, folder.string(),
                    "its condense factor is 1: nothing is ever dropped, and all such runs keep the same connections",
                    "train a network with a condense factor of 2 or more");
    if (run->settings.condensing == Condensing::kFixed)
        return fail(ErrorCode::kBadData, kWhat, folder.string(),
                    "its groups are fixed before the training: all such runs keep the same connections",
                    "train with --condensing gradual");
    auto index = readConnectionsIndex(folder);
    if (!index) return tl::unexpected(index.error());
    const auto last = std::find_if(index->records.rbegin(), index->records.rend(),
                                   [](const auto& key) { return key.moment == ConnectionsMoment::kEpochEnd; });
    if (last == index->records.rend())
        return fail(ErrorCode::kBadData, kWhat, (folder / kConnectionsName).string(),
                    "there is no record of connections at the end of an epoch", "let the run train for an epoch");
    if (!layoutOf(run->spec, index->layers))
        return fail(ErrorCode::kBadData, kWhat, (folder / kConnectionsName).string(),
                    fmt::format("its {} layers are not those of the run's network, {}", index->layers.size(),
                                run->spec.text()));
    auto record = readConnections(folder, static_cast<std::size_t>(index->records.rend() - last) - 1);
    if (!record) return tl::unexpected(record.error());
    const bool dropped = std::ranges::any_of(record->layers, [](const LayerConnections& layer) {
        return std::ranges::find(layer.mask, std::uint8_t{0}) != layer.mask.end();
    });
    if (!dropped)
        return fail(ErrorCode::kBadData, kWhat, folder.string(),
                    fmt::format("after {} epoch{} nothing is dropped yet: all such runs keep the same connections",
                                record->key.epoch, record->key.epoch == 1 ? "" : "s"),
                    "let the run train up to its first condensing step");
    return Seeded{folder.filename().empty() ? folder.parent_path().filename().string() : folder.filename().string(),
                  std::move(*run), std::move(index->layers), std::move(*record)};
}

// Why they cannot be compared.
Result<> fit(const Seeded& a, const Seeded& b) {
    const auto refuse = [&](std::string why, std::string remedy) {
        return fail(ErrorCode::kBadData, kWhat, fmt::format("{} and {}", a.name, b.name), std::move(why),
                    std::move(remedy));
    };
    if (a.run.spec != b.run.spec)
        return refuse(fmt::format("their networks are different ones: {} and {}", a.run.spec.text(), b.run.spec.text()),
                      "name runs that differ in their seed alone");
    if (a.run.settings.seed == b.run.settings.seed)
        return refuse(fmt::format("both have the seed {}", a.run.settings.seed), "name runs with different seeds");
    if (a.record.key.stage != b.record.key.stage)
        return refuse(fmt::format("they have done {} and {} condensing steps", a.record.key.stage, b.record.key.stage),
                      "let both train to their ends");
    return {};
}

class Comparer {
  public:
    PairStability compare(const Seeded& a, const LayerMap& mapA, const Seeded& b, const LayerMap& mapB) {
        PairStability pair;
        pair.seedA = a.run.settings.seed;
        pair.seedB = b.run.settings.seed;
        pair.correlation = correlationOf(mapA, mapB);
        shuffle(mapA, mapB, pair);
        Overlap all;
        for (std::size_t l = 0; l < a.layers.size(); ++l) {
            pair.layers.push_back(overlap(a.layers[l], a.record.layers[l], b.record.layers[l]));
            all += pair.layers.back();
        }
        pair.overlap = all.share();
        pair.chance = all.shareByChance();
        return pair;
    }

  private:
    static void shuffle(const LayerMap& a, const LayerMap& b, PairStability& pair) {
        const Columns still = columnsOf(a);
        Columns moved = columnsOf(b);  // to move the cells of one of the two is to move those of both
        double sum = 0, highest = -1;
        int reaching = 0;
        for (int draw = 0; draw < Stability::kShuffles; ++draw) {
            Rng rng(0, RandomStream::kShuffle, static_cast<std::uint64_t>(draw));
            std::size_t first = 0;
            for (const std::size_t end : moved.ends) {
                for (std::size_t left = end - first; left > 1; --left)
                    std::swap(moved.value[first + left - 1],
                              moved.value[first + rng.below(static_cast<std::uint32_t>(left))]);
                first = end;
            }
            const double correlation = pearson(still.value, moved.value);
            sum += correlation;
            highest = std::max(highest, correlation);
            // Sums of the same numbers in another order may differ in their last bits.
            reaching += correlation >= pair.correlation - 1e-12 ? 1 : 0;
        }
        if (std::isnan(sum)) {
            pair.shuffled = {kNothing, kNothing, kNothing};
        } else {
            pair.shuffled = {sum / Stability::kShuffles, highest, static_cast<double>(reaching) / Stability::kShuffles};
        }
    }

    Overlap overlap(const ConnectionsLayer& layer, const LayerConnections& a, const LayerConnections& b) {
        const LayerConnections matched = groupsOf(layer, b, matchGroups(layer, a, b));
        Overlap overlap = overlapOf(layer, a, matched);
        overlap.byChance = m_chance.of(layer.inputs, keptPerGroup(layer, a), keptPerGroup(layer, matched));
        return overlap;
    }

    ChanceOfMatch m_chance;  // runs of one network keep equally many: one answer does for all pairs
};

}  // namespace

LayerMap layerMap(const NetworkSpec& spec, const std::vector<ConnectionsLayer>& layers, const ConnectionsRecord& record,
                  bool normalised) {
    const ConnectionLayout layout = layoutOf(spec);
    CORE_CHECK(layers.size() == static_cast<std::size_t>(layout.layers()) && record.layers.size() == layers.size());
    LayerMap map;
    map.sources = static_cast<int>(layout.sources.size());
    map.layers = layout.layers();
    map.value.assign(layout.sources.size() * layers.size(), kNothing);
    for (std::size_t t = 0; t < layers.size(); ++t) {
        std::vector<double> strength(static_cast<std::size_t>(layers[t].inputs));
        for (int group = 0; group < layers[t].groups; ++group) {
            for (int input = 0; input < layers[t].inputs; ++input)
                strength[static_cast<std::size_t>(input)] +=
                    double{record.layers[t].importance[placeOf(layers[t], group, input)]};
        }
        for (const int s : layout.sourcesOf(static_cast<int>(t))) {
            const InputRange inputs = layout.inputsFrom(static_cast<int>(t), layout.source(s));
            double sum = 0;
            for (int i = 0; i < inputs.count; ++i) sum += strength[static_cast<std::size_t>(inputs.first + i)];
            map.value[static_cast<std::size_t>(s) * layers.size() + t] = sum / inputs.count;
        }
    }
    if (normalised) normalise(map);
    return map;
}

double correlationOf(const LayerMap& a, const LayerMap& b) {
    CORE_CHECK(a.sources == b.sources && a.layers == b.layers);
    return pearson(columnsOf(a).value, columnsOf(b).value);
}

double Stability::meanCorrelation() const {
    double sum = 0;
    for (const PairStability& pair : pairs) sum += pair.correlation;
    return sum / static_cast<double>(pairs.size());
}

Shuffled Stability::shuffled() const {
    Shuffled all{0, -1, 0};
    for (const PairStability& pair : pairs) {
        all.mean += pair.shuffled.mean / static_cast<double>(pairs.size());
        all.reaching += pair.shuffled.reaching / static_cast<double>(pairs.size());
        all.highest = std::isnan(pair.shuffled.highest) ? kNothing : std::max(all.highest, pair.shuffled.highest);
    }
    return all;
}

Overlap Stability::overlapOfAll(int layer) const {
    Overlap all;
    for (const PairStability& pair : pairs) {
        for (std::size_t l = 0; l < pair.layers.size(); ++l) {
            if (layer < 0 || l == static_cast<std::size_t>(layer)) all += pair.layers[l];
        }
    }
    return all;
}

Result<Stability> stabilityOf(const std::vector<std::filesystem::path>& runs) {
    if (runs.size() < 2)
        return fail(ErrorCode::kBadData, kWhat, "",
                    fmt::format("{} of at least 2 runs {} there", runs.size(), runs.size() == 1 ? "is" : "are"),
                    "train the network with two seeds or more");
    std::vector<Seeded> seeded;
    for (const std::filesystem::path& folder : runs) {
        auto one = readSeeded(folder);
        if (!one) return tl::unexpected(one.error());
        for (const Seeded& other : seeded) {
            if (auto fits = fit(other, *one); !fits) return tl::unexpected(fits.error());
        }
        seeded.push_back(std::move(*one));
    }
    Stability stability;
    stability.spec = seeded.front().run.spec;
    for (const Seeded& one : seeded) {
        stability.seeds.push_back(one.run.settings.seed);
        stability.maps.push_back(layerMap(stability.spec, one.layers, one.record, true));
    }
    Comparer comparer;
    for (std::size_t a = 0; a < seeded.size(); ++a) {
        for (std::size_t b = a + 1; b < seeded.size(); ++b) {
            stability.pairs.push_back(comparer.compare(seeded[a], stability.maps[a], seeded[b], stability.maps[b]));
        }
    }
    return stability;
}

}  // namespace condenser
