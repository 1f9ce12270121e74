#include "connections/overlap_words.h"

#include <QCoreApplication>
#include <QStringList>
#include <algorithm>
#include <cmath>
#include <numeric>
#include <tuple>

#include "connections/feature_reuse.h"
#include "look/format.h"

namespace condenser {
namespace {

QString tr(const char* text) {
    return QCoreApplication::translate("OverlapWords", text);
}

// Of each group of `earlier` the most important inputs, as many as `later` keeps, against those.
Overlap foreseenOf(const ConnectionsLayer& layer, const LayerConnections& earlier, const LayerConnections& later) {
    const std::vector<int> before = keptPerGroup(layer, earlier), after = keptPerGroup(layer, later);
    LayerConnections strongest;
    strongest.mask.assign(earlier.mask.size(), 0);
    double byChance = 0;
    for (int group = 0; group < layer.groups; ++group) {
        const auto g = static_cast<std::size_t>(group);
        const std::size_t row = g * static_cast<std::size_t>(layer.inputs);
        std::vector<std::size_t> order(static_cast<std::size_t>(layer.inputs));
        std::iota(order.begin(), order.end(), row);
        // What lives comes before what does not, whatever is left of that.
        std::ranges::stable_sort(order, [&](std::size_t x, std::size_t y) {
            return std::tuple(earlier.mask[x], earlier.importance[x]) >
                   std::tuple(earlier.mask[y], earlier.importance[y]);
        });
        for (int i = 0; i < after[g]; ++i) strongest.mask[order[static_cast<std::size_t>(i)]] = 1;
        if (before[g] > 0) byChance += static_cast<double>(after[g]) * after[g] / before[g];
    }
    Overlap overlap = overlapOf(layer, strongest, later);
    overlap.byChance = byChance;
    return overlap;
}

QString sharedWords(const Overlap& overlap) {
    return tr("(%1); by chance %2 (%3).")
        .arg(formatWholeShare(overlap.share()), formatCount(std::llround(overlap.byChance)),
             formatWholeShare(overlap.shareByChance()));
}

QString joined(const std::vector<int>& numbers) {
    QStringList words;
    for (const int number : numbers) words << QString::number(number);
    return words.join(u'-');
}

}  // namespace

QString whyNotComparable(const ConnectionsSource& a, const ConnectionsSource& b) {
    const bool sameShape =
        std::ranges::equal(a.layers, b.layers, [](const ConnectionsLayer& x, const ConnectionsLayer& y) {
            return x.groups == y.groups && x.inputs == y.inputs && x.outputs == y.outputs;
        });
    if (sameShape && a.spec.stages == b.spec.stages) return {};
    QStringList reasons;
    const auto differ = [&](const QString& what, const QString& first, const QString& second) {
        if (first != second) reasons << tr("%1 %2 and %3").arg(what, first, second);
    };
    differ(tr("layers per block"), joined(a.spec.stages), joined(b.spec.stages));
    differ(tr("growth"), joined(a.spec.growth), joined(b.spec.growth));
    differ(tr("groups"), QString::number(a.spec.groups1x1), QString::number(b.spec.groups1x1));
    differ(tr("compression"), QString::number(a.spec.compression), QString::number(b.spec.compression));
    differ(tr("bottleneck"), QString::number(a.spec.bottleneck), QString::number(b.spec.bottleneck));
    const QString why =
        tr("“%1” and “%2” cannot be compared: their networks have different layers").arg(a.name, b.name);
    return reasons.isEmpty() ? why + u'.' : tr("%1 (%2).").arg(why, reasons.join(QStringLiteral(", ")));
}

MapComparison compare(const ConnectionsState& a, const ConnectionsState& b, bool matches, ChanceOfMatch& chance) {
    const ConnectionsRecord &first = *a.record(), &second = *b.record();
    MapComparison result;
    result.place = a.place();
    result.sameRun = a.source()->folder == b.source()->folder;
    result.sameMoment = result.sameRun && first.key == second.key;
    result.firstIsEarlier = std::tuple(first.key.step, first.key.stage) < std::tuple(second.key.step, second.key.stage);
    result.matched = matches && !result.sameRun;
    const bool dropped = result.sameRun && first.key.stage != second.key.stage;
    if (dropped) result.foreseen.emplace();

    const std::vector<ConnectionsLayer>& layers = a.source()->layers;
    for (std::size_t l = 0; l < layers.size(); ++l) {
        if (result.place.level != MapLevel::kNetwork && static_cast<int>(l) != result.place.layer) continue;
        ConnectionsLayer layer = layers[l];
        LayerConnections mine = first.layers[l], other = second.layers[l];
        std::optional<double> matchedChance;
        if (result.matched) {
            const std::vector<int> order = matchGroups(layer, mine, other);
            if (result.place.level != MapLevel::kNetwork) result.order = order;
            other = groupsOf(layer, other, order);
            matchedChance = chance.of(layer.inputs, keptPerGroup(layer, mine), keptPerGroup(layer, other));
        }
        if (result.place.level == MapLevel::kGroup) {
            if (matchedChance) *matchedChance /= layer.groups;
            mine = groupsOf(layer, mine, {result.place.group});
            other = groupsOf(layer, other, {result.place.group});
            layer.groups = 1;
        }
        Overlap overlap = overlapOf(layer, mine, other);
        if (matchedChance) overlap.byChance = *matchedChance;
        result.overlap += overlap;
        if (dropped) {
            *result.foreseen += result.firstIsEarlier ? foreseenOf(layer, mine, other) : foreseenOf(layer, other, mine);
        }
    }
    return result;
}

QString comparisonWords(const MapComparison& comparison) {
    const Overlap& overlap = comparison.overlap;
    const QString keptA = formatCount(overlap.keptA), keptB = formatCount(overlap.keptB);
    if (comparison.sameMoment) return tr("Both maps show the same moment.");
    if (comparison.sameRun) {
        const bool first = comparison.firstIsEarlier;
        const std::int64_t before = first ? overlap.keptA : overlap.keptB,
                           after = first ? overlap.keptB : overlap.keptA;
        if (!comparison.foreseen || before == after) {
            return tr("Nothing was dropped between the two: both keep the same %1 of %2 connections.")
                .arg(keptA, formatCount(overlap.possible));
        }
        return tr("%1 of the earlier map's %2 connections are gone in the later one. Of the %3 most important ones "
                  "then, %4 stayed %5")
            .arg(formatCount(before - after), formatCount(before), formatCount(after),
                 formatCount(comparison.foreseen->keptBoth), sharedWords(*comparison.foreseen));
    }
    const bool denseA = overlap.keptA == overlap.possible, denseB = overlap.keptB == overlap.possible;
    if (denseA || denseB) {
        const QString who = denseA && denseB ? tr("either") : denseA ? tr("the first") : tr("the second");
        return tr("Nothing is dropped yet in %1 map, so that the two cannot disagree.").arg(who);
    }
    const QString both = formatCount(overlap.keptBoth);
    if (overlap.keptA == overlap.keptB) {
        return tr("Both keep %1 of the %2 connections that each keeps %3").arg(both, keptA, sharedWords(overlap));
    }
    const bool firstFewer = overlap.keptA < overlap.keptB;
    return (firstFewer ? tr("%1 of the %2 connections that the first map keeps are among the %3 of the second %4")
                       : tr("%1 of the %2 connections that the second map keeps are among the %3 of the first %4"))
        .arg(both, firstFewer ? keptA : keptB, firstFewer ? keptB : keptA, sharedWords(overlap));
}

QString matchingWords(const MapComparison& comparison) {
    if (comparison.sameRun) return {};
    if (!comparison.matched) return tr("groups by their numbers, which mean nothing between two runs");
    if (comparison.order.empty()) return tr("groups matched layer by layer, those of chance as well");
    QStringList pairs;
    for (std::size_t group = 0; group < comparison.order.size(); ++group) {
        if (comparison.place.level == MapLevel::kGroup && static_cast<int>(group) != comparison.place.group) continue;
        pairs << tr("%1 ~ %2").arg(group + 1).arg(comparison.order[group] + 1);
    }
    return tr("groups matched, those of chance as well: %1").arg(pairs.join(QStringLiteral(", ")));
}

std::optional<Overlap> shownOverlap(const MapComparison& comparison) {
    if (comparison.sameMoment) return std::nullopt;
    const Overlap& overlap = comparison.overlap;
    if (comparison.sameRun) {
        return overlap.keptA != overlap.keptB ? comparison.foreseen : std::nullopt;
    }
    if (overlap.keptA == overlap.possible || overlap.keptB == overlap.possible) return std::nullopt;
    return overlap;
}

int sameMoment(const ConnectionsSource& from, int moment, const ConnectionsSource& to) {
    if (from.folder.empty() || moment < 0) return to.count() - 1;
    const ConnectionsKey& key = from.moments[static_cast<std::size_t>(moment)];
    const auto progress = [](const ConnectionsSource& source, int at) {
        return source.epochOf(at) / std::max(source.epochs, 1e-9);
    };
    const double wanted = progress(from, moment);
    int best = -1;
    std::tuple<bool, bool, double> least;
    for (int i = 0; i < to.count(); ++i) {
        const ConnectionsKey& other = to.moments[static_cast<std::size_t>(i)];
        const std::tuple distance(other.stage != key.stage, other.moment != key.moment,
                                  std::abs(progress(to, i) - wanted));
        if (best >= 0 && distance >= least) continue;
        best = i;
        least = distance;
    }
    return best;
}

}  // namespace condenser
