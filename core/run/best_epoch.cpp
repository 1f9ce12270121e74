#include "run/best_epoch.h"

#include "run/training_run.h"

namespace condenser {

const MetricsRow* bestEpoch(const RunRecord& record, std::span<const MetricsRow> epochs) {
    const int lastStage = record.spec.condenseFactor - 1;
    std::int64_t lastStep = -1;  // the training step before which the last connections went
    if (lastStage > 0) {
        const auto plan = planCondensing(record);
        if (plan.empty() || plan.back().stage != lastStage) return nullptr;  // too short to condense at all
        lastStep = plan.back().step;
    }
    const MetricsRow* best = nullptr;
    for (const MetricsRow& row : epochs) {
        if (row.step <= lastStep) continue;
        const bool better = best == nullptr || row.testTop1 > best->testTop1 ||
                            (row.testTop1 == best->testTop1 && row.testLoss < best->testLoss);
        if (better) best = &row;
    }
    return best;
}

}  // namespace condenser
