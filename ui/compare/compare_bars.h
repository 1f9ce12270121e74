// A measurement as the plots of the Compare page draw it.
#pragma once

#include <QString>
#include <vector>

#include "compare/comparison.h"
#include "plots/layer_bars_plot.h"
#include "plots/scaling_plot.h"
#include "plots/speedup_plot.h"
#include "plots/waterfall_plot.h"
#include "store/comparison_store.h"

namespace condenser {

// "features.denseblock_2.denselayer_5.conv_1" -> "2.5, 1×1"
QString shortLayerName(const std::string& name);
// Layers in the order of the network, matched by name. Empty where none was timed.
std::vector<LayerBar> layerBars(const Comparison& comparison);
// Empty where none was timed.
std::vector<WaterfallBar> waterfallBars(const Comparison& comparison);

enum class ScalingBy { kBatch, kThreads };
// By batch: lines for the fewest and the most threads; by threads: for the smallest and the largest batch. All others
// would stand too close to be told apart; they are in the table and in the file.
std::vector<ScalingLine> scalingLines(const BenchReport& report, ScalingBy by);

// The kept results of one model that were measured as its latest was, the oldest first, and below them how that was.
struct SpeedupHistory {
    std::vector<SpeedupPoint> points;
    QString caption;
};
// `kept`: newest first.
SpeedupHistory speedupHistory(const std::vector<StoredComparison>& kept, const std::string& name);

}  // namespace condenser
