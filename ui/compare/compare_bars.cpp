#include "compare/compare_bars.h"

#include <QCoreApplication>
#include <QRegularExpression>
#include <algorithm>
#include <map>
#include <set>

#include "compare/compare_words.h"
#include "compare/gain_waterfall.h"
#include "look/format.h"
#include "plots/time_text.h"

namespace condenser {
namespace {

QString tr(const char* text) {
    return QCoreApplication::translate("compare", text);
}

const QRegularExpression& layerPattern() {
    static const QRegularExpression pattern(QStringLiteral(R"(denseblock_(\d+)\.denselayer_(\d+)\.conv_(\d))"));
    return pattern;
}

int blockOf(const std::string& name) {
    const auto match = layerPattern().match(QString::fromStdString(name));
    return match.hasMatch() ? match.captured(1).toInt() : 0;
}

struct Step {
    QString name, words;
    WaterfallBar::Kind kind;
};

Step stepOf(const GainStep& step) {
    const auto change = step.ms < 0 ? WaterfallBar::Kind::kGain : WaterfallBar::Kind::kLoss;
    switch (step.kind) {
        case GainStep::Kind::kDense:
            return {tr("dense"), tr("The dense network, as measured"), WaterfallBar::Kind::kDense};
        case GainStep::Kind::kPromised:
            return {tr("prom\u00adised"), tr("The dense time, shortened as the multiply-adds are"),
                    WaterfallBar::Kind::kPromised};
        case GainStep::Kind::kUntouched:
            return {
                tr("not con\u00addensed"),
                tr("First layer, 3×3, pooling and classifier stay: they have a larger share of the time than of the "
                   "multiply-adds"),
                change};
        case GainStep::Kind::kPointwise:
            return {tr("slower 1×1"),
                    tr("The condensed 1×1, index layer included, against the speed of the dense 1×1: smaller groups "
                       "use each number less often"),
                    change};
        case GainStep::Kind::kOthers:
            return {tr("other layers"), tr("All other layers against themselves in the dense network"), change};
        case GainStep::Kind::kBetween:
            return {tr("between layers"), tr("What the times of the layers leave of the whole"), change};
        case GainStep::Kind::kCondensed:
            return {tr("con\u00addensed"), tr("The condensed network, as measured"), WaterfallBar::Kind::kCondensed};
    }
    return {};
}

}  // namespace

QString shortLayerName(const std::string& name) {
    const QString text = QString::fromStdString(name);
    if (const auto match = layerPattern().match(text); match.hasMatch()) {
        return QStringLiteral("%1.%2, %3")
            .arg(match.captured(1), match.captured(2), match.captured(3) == u'1' ? tr("1×1") : tr("3×3"));
    }
    QString rest = text;
    rest.remove(QStringLiteral("features."));
    if (rest == u"init_conv") return tr("first layer");
    if (rest.startsWith(u"transition_")) {
        const QString number = rest.mid(11).section(u'.', 0, 0);
        return rest.endsWith(u".conv") ? tr("transition %1, 1×1").arg(number) : tr("pooling %1").arg(number);
    }
    if (rest == u"pool_last") return tr("last pooling");
    return rest;
}

std::vector<LayerBar> layerBars(const Comparison& comparison) {
    if (comparison.bench.rows.size() < 2) return {};
    const auto &dense = comparison.dense().layers, &condensed = comparison.condensed().layers;
    std::map<std::string, const LayerRow*> partners;
    for (const LayerRow& layer : condensed) partners.emplace(layer.name, &layer);
    std::vector<LayerBar> bars;
    for (const LayerRow& layer : dense) {
        LayerBar bar{.name = shortLayerName(layer.name), .block = blockOf(layer.name), .denseUs = layer.medianUs};
        if (const auto at = partners.find(layer.name); at != partners.end()) {
            const LayerRow& partner = *at->second;
            bar.condensedUs = partner.medianUs;
            // Where nothing was promised there is nothing to be marked.
            if (layer.macs > 0 && partner.macs < layer.macs) {
                bar.promisedUs = layer.medianUs * static_cast<double>(partner.macs) / static_cast<double>(layer.macs);
            }
            partners.erase(at);
        }
        bars.push_back(bar);
    }
    // What the condensed form alone has.
    for (const LayerRow& layer : condensed) {
        if (!partners.contains(layer.name)) continue;
        bars.push_back(
            {.name = shortLayerName(layer.name), .block = blockOf(layer.name), .condensedUs = layer.medianUs});
    }
    return bars;
}

std::vector<WaterfallBar> waterfallBars(const Comparison& comparison) {
    if (comparison.bench.rows.size() < 2) return {};
    const auto steps = gainWaterfall(comparison.dense(), comparison.condensed());
    if (!steps) return {};
    std::vector<WaterfallBar> bars;
    double dense = 0;
    for (const GainStep& step : *steps) {
        const Step told = stepOf(step);
        if (step.kind == GainStep::Kind::kDense) dense = step.ms;
        // What the multiply-adds save is seen between the dense bar and the promised one.
        const bool promised = step.kind == GainStep::Kind::kPromised;
        bars.push_back({told.name, told.words, promised ? dense + step.ms : step.ms, told.kind});
    }
    return bars;
}

std::vector<ScalingLine> scalingLines(const BenchReport& report, ScalingBy by) {
    const auto lineOf = [&](const BenchRow& row) { return by == ScalingBy::kBatch ? row.threads : row.batch; };
    const auto placeOf = [&](const BenchRow& row) { return by == ScalingBy::kBatch ? row.batch : row.threads; };
    std::set<int> all;
    for (const BenchRow& row : report.rows) all.insert(lineOf(row));
    if (all.empty()) return {};
    const std::set<int> shown{*all.begin(), *all.rbegin()};
    std::vector<ScalingLine> lines;
    for (const bool condensed : {false, true}) {
        int dash = 0;
        for (const int key : shown) {
            const QString which = by == ScalingBy::kBatch ? threadsWords(key) : tr("batch %1").arg(key);
            ScalingLine line{.name = tr("%1, %2").arg(condensed ? tr("condensed") : tr("dense"), which),
                             .condensed = condensed,
                             .dash = dash++,
                             .x = {},
                             .imagesPerSecond = {}};
            std::vector<const BenchRow*> rows;
            for (const BenchRow& row : report.rows) {
                if ((row.variant == "condensed") == condensed && lineOf(row) == key) rows.push_back(&row);
            }
            std::sort(rows.begin(), rows.end(),
                      [&](const BenchRow* a, const BenchRow* b) { return placeOf(*a) < placeOf(*b); });
            for (const BenchRow* row : rows) {
                line.x.push_back(placeOf(*row));
                line.imagesPerSecond.push_back(row->imagesPerSecond());
            }
            lines.push_back(std::move(line));
        }
    }
    return lines;
}

SpeedupHistory speedupHistory(const std::vector<StoredComparison>& kept, const std::string& name) {
    SpeedupHistory history;
    const StoredComparison* latest = nullptr;
    int others = 0;
    for (const StoredComparison& stored : kept) {
        if (stored.name != name) continue;
        if (latest == nullptr) latest = &stored;
        if (!differencesOf(*latest, stored).isEmpty()) {
            ++others;
            continue;
        }
        const bool interval = stored.high > 0;
        QString words = timesText(stored.ratio);
        if (interval) words += tr(", %1").arg(intervalWords(stored.low, stored.high, 0.99));
        words += tr("\ndense %1, condensed %2\nCondenser %3")
                     .arg(millisecondsText(stored.denseMs), millisecondsText(stored.condensedMs),
                          QString::fromStdString(stored.build));
        history.points.push_back({formatMoment(stored.measured), words, stored.ratio,
                                  interval ? stored.low : stored.ratio, interval ? stored.high : stored.ratio});
    }
    if (latest == nullptr) return history;
    std::reverse(history.points.begin(), history.points.end());
    history.caption = tr("%1, batch %2, %3, %4.")
                          .arg(QString::fromStdString(name))
                          .arg(latest->batch)
                          .arg(threadsWords(latest->threads), QString::fromStdString(latest->isa));
    if (others > 0) {
        history.caption +=
            u' ' + tr("Measured otherwise and left out: %1.").arg(formatPlural(others, tr("result"), tr("results")));
    }
    return history;
}

}  // namespace condenser
