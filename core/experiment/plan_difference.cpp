#include "experiment/plan_difference.h"

#include <fmt/format.h>

#include "data/augmentation.h"

namespace condenser {

std::string differenceFromPlan(const ExperimentPlan& plan, const PlannedRun& run, const RunRecord& record) {
    const Arm& arm = plan.arms[run.arm];
    const TrainSettings& settings = arm.settings;
    const auto differs = [](const char* name, const auto& found, const auto& asked) {
        return fmt::format("its {} is {}, and the experiment's is {}", name, found, asked);
    };
    if (record.branch) return "it branched off another run";
    if (record.data != plan.data) return differs("data", record.data, plan.data);
    auto spec = parseNetworkSpec(arm.model);
    if (!spec) return spec.error().text();
    spec->classes = record.spec.classes;  // the data's
    if (record.spec != *spec) return differs("network", record.spec.text(), spec->text());
    const Augmentation augmentation = augmentationFor(settings.augmentation, spec->height, spec->width);
    if (record.seed != run.seed) return differs("seed", record.seed, run.seed);
    if (record.epochs != settings.epochs) return differs("number of epochs", record.epochs, settings.epochs);
    if (record.batch != settings.batch) return differs("batch", record.batch, settings.batch);
    if (record.learningRate != settings.learningRate) {
        return differs("learning rate", record.learningRate, settings.learningRate);
    }
    if (record.momentum != settings.momentum) return differs("momentum", record.momentum, settings.momentum);
    if (record.weightDecay != settings.weightDecay) {
        return differs("weight decay", record.weightDecay, settings.weightDecay);
    }
    if (record.groupLassoLambda != settings.groupLassoLambda) {
        return differs("weight of the group lasso", record.groupLassoLambda, settings.groupLassoLambda);
    }
    if (record.validation != settings.validation) {
        return differs("validation share", record.validation, settings.validation);
    }
    if (record.augmentation != augmentation) {
        return differs("augmentation", augmentationName(record.augmentation), augmentationName(augmentation));
    }
    if (record.condensing != settings.condensing) {
        return differs("way of condensing", condensingName(record.condensing), condensingName(settings.condensing));
    }
    if (record.referenceQuirks != settings.referenceQuirks) {
        return differs("--reference-quirks", record.referenceQuirks, settings.referenceQuirks);
    }
    return {};
}

std::string differenceInData(const RunRecord& first, const RunRecord& other) {
    if (first.trainImages == other.trainImages && first.testImages == other.testImages &&
        first.classes == other.classes) {
        return {};
    }
    const auto words = [](const RunRecord& run) {
        return fmt::format("{} training and {} {} pictures of {} classes", run.trainImages, run.testImages,
                           run.testName, run.classes.size());
    };
    return fmt::format("its data were {}, and those of the runs before it {}{}", words(other), words(first),
                       words(first) == words(other) ? ", which have other names" : "");
}

}  // namespace condenser
