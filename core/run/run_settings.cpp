#include "run/run_settings.h"

#include "ops/simd_target.h"

namespace condenser {

RunRecord newRunRecord(const TrainRequest& request, const NetworkSpec& spec) {
    RunRecord record;
    record.data = request.data;
    record.model = request.model;
    record.spec = spec;
    record.settings = request.settings;
    record.settings.augmentation = augmentationFor(request.settings.augmentation, spec.height, spec.width);
    record.threads = request.threads > 0 ? request.threads : availableCores();
    record.isa = activeSimdTarget();
    record.cpu = cpuName();
    record.command = request.command;
    record.program = CONDENSER_VERSION;
    record.created = utcNow();
    return record;
}

TrainerOptions trainerOptions(const RunRecord& record) {
    const TrainSettings& settings = record.settings;
    return {.totalSteps = record.stepsPerEpoch * settings.epochs,
            .learningRate = settings.learningRate,
            .momentum = settings.momentum,
            .weightDecay = settings.weightDecay,
            .groupLassoLambda = settings.groupLassoLambda,
            .rules = settings.referenceQuirks ? CondensingRules::kReference : CondensingRules::kCorrected,
            .condensing = settings.condensing,
            .seed = settings.seed};
}

}  // namespace condenser
