#include "run/macs_spent.h"

#include <algorithm>

#include "network/summary.h"

namespace condenser {
namespace {

constexpr double kPasses = 3;  // forward, gradients of inputs, gradients of weights

struct Macs {
    double learned = 0, others = 0;  // of one picture, forward, dense
};

Macs countMacs(const NetworkSpec& spec) {
    Macs macs;
    for (const LayerSummary& layer : summarize(spec, CountingMode::kDense).layers) {
        const bool isLearned = layer.op == "conv" && layer.kernel == 1;  // only 1x1 convolutions lose connections
        (isLearned ? macs.learned : macs.others) += static_cast<double>(layer.macs);
    }
    return macs;
}

double atShare(const Macs& macs, double kept) {
    return kPasses * (macs.others + macs.learned * kept);
}

}  // namespace

double trainingMacs(const NetworkSpec& spec, double kept) {
    return atShare(countMacs(spec), kept);
}

std::vector<double> macsSpent(const RunRecord& record, std::span<const MetricsRow> rows) {
    const Macs macs = countMacs(record.spec);
    const double picturesPerStep =
        static_cast<double>(record.trainImages) / static_cast<double>(std::max<std::int64_t>(1, record.stepsPerEpoch));
    std::vector<double> spent;
    spent.reserve(rows.size());
    double sum = 0;
    std::int64_t before = 0;  // steps
    for (const MetricsRow& row : rows) {
        sum += static_cast<double>(row.step - before) * picturesPerStep * atShare(macs, row.kept);
        before = row.step;
        spent.push_back(sum);
    }
    return spent;
}

}  // namespace condenser
