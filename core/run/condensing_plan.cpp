#include "condense/schedule.h"
#include "run/training_run.h"

namespace condenser {

std::vector<CondensingStep> planCondensing(int condenseFactor, std::int64_t stepsPerEpoch, int epochs,
                                           bool referenceQuirks, Condensing condensing) {
    std::vector<CondensingStep> steps;
    const std::int64_t total = stepsPerEpoch * epochs;
    int portions = 0;
    for (int stage = 1; stage < condenseFactor; ++stage) {
        const std::int64_t first = firstStepOfStage(stage, total, condenseFactor, condensing);
        if (first < 0) break;
        // Stages that begin with the same step are one condensing step, the last of them; the reference then drops one
        // portion only.
        const bool merged =
            stage + 1 < condenseFactor && firstStepOfStage(stage + 1, total, condenseFactor, condensing) == first;
        if (merged) continue;
        portions = referenceQuirks ? portions + 1 : stage;
        steps.push_back({stage, first, static_cast<double>(first) / static_cast<double>(stepsPerEpoch),
                         1.0 - static_cast<double>(portions) / condenseFactor});
    }
    return steps;
}

std::vector<CondensingStep> planCondensing(const RunRecord& record) {
    const TrainSettings& settings = record.settings;
    return planCondensing(record.spec.condenseFactor, record.stepsPerEpoch, settings.epochs, settings.referenceQuirks,
                          settings.condensing);
}

}  // namespace condenser
