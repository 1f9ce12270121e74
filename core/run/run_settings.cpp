#include "run/run_settings.h"

#include "ops/simd_target.h"

namespace condenser {

RunRecord newRunRecord(const TrainRequest& request, const NetworkSpec& spec) {
    const TrainSettings& settings = request.settings;
    RunRecord record;
    record.data = request.data;
    record.model = request.model;
    record.spec = spec;
    record.epochs = settings.epochs;
    record.batch = settings.batch;
    record.learningRate = settings.learningRate;
    record.momentum = settings.momentum;
    record.weightDecay = settings.weightDecay;
    record.groupLassoLambda = settings.groupLassoLambda;
    record.validation = settings.validation;
    record.seed = settings.seed;
    record.augmentation = augmentationFor(settings.augmentation, spec.height, spec.width);
    record.referenceQuirks = settings.referenceQuirks;
    record.condensing = settings.condensing;
    record.threads = request.threads > 0 ? request.threads : availableCores();
    record.isa = activeSimdTarget();
    record.cpu = cpuName();
    record.command = request.command;
    record.program = CONDENSER_VERSION;
    record.created = utcNow();
    return record;
}

TrainSettings trainSettings(const RunRecord& record) {
    return {.epochs = record.epochs,
            .batch = record.batch,
            .learningRate = record.learningRate,
            .momentum = record.momentum,
            .weightDecay = record.weightDecay,
            .groupLassoLambda = record.groupLassoLambda,
            .validation = record.validation,
            .seed = record.seed,
            .augmentation = record.augmentation,
            .referenceQuirks = record.referenceQuirks,
            .condensing = record.condensing};
}

TrainerOptions trainerOptions(const RunRecord& record) {
    return {.totalSteps = record.stepsPerEpoch * record.epochs,
            .learningRate = record.learningRate,
            .momentum = record.momentum,
            .weightDecay = record.weightDecay,
            .groupLassoLambda = record.groupLassoLambda,
            .rules = record.referenceQuirks ? CondensingRules::kReference : CondensingRules::kCorrected,
            .condensing = record.condensing,
            .seed = record.seed};
}

}  // namespace condenser
