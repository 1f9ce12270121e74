#include "experiment/plan_difference.h"

#include <fmt/format.h>

#include "data/augmentation.h"

namespace condenser {

std::string differenceFromPlan(const ExperimentPlan& plan, const PlannedRun& run, const RunRecord& record) {
    const Arm& arm = plan.arms[run.arm];
    const auto differs = [](const char* name, const auto& found, const auto& asked) {
        return fmt::format("its {} is {}, and the experiment's is {}", name, found, asked);
    };
    if (record.branch) return "it branched off another run";
    if (record.data != plan.data) return differs("data", record.data, plan.data);
    auto spec = parseNetworkSpec(arm.model);
    if (!spec) return spec.error().text();
    spec->classes = record.spec.classes;  // the data's
    if (record.spec != *spec) return differs("network", record.spec.text(), spec->text());

    const TrainSettings& found = record.settings;
    TrainSettings asked = arm.settings;
    asked.seed = run.seed;
    asked.augmentation = augmentationFor(asked.augmentation, spec->height, spec->width);
    if (found == asked) return {};
    if (found.seed != asked.seed) return differs("seed", found.seed, asked.seed);
    if (found.epochs != asked.epochs) return differs("number of epochs", found.epochs, asked.epochs);
    if (found.batch != asked.batch) return differs("batch", found.batch, asked.batch);
    if (found.learningRate != asked.learningRate) {
        return differs("learning rate", found.learningRate, asked.learningRate);
    }
    if (found.momentum != asked.momentum) return differs("momentum", found.momentum, asked.momentum);
    if (found.weightDecay != asked.weightDecay) return differs("weight decay", found.weightDecay, asked.weightDecay);
    if (found.groupLassoLambda != asked.groupLassoLambda) {
        return differs("weight of the group lasso", found.groupLassoLambda, asked.groupLassoLambda);
    }
    if (found.validation != asked.validation) return differs("validation share", found.validation, asked.validation);
    if (found.augmentation != asked.augmentation) {
        return differs("augmentation", augmentationName(found.augmentation), augmentationName(asked.augmentation));
    }
    if (found.condensing != asked.condensing) {
        return differs("way of condensing", condensingName(found.condensing), condensingName(asked.condensing));
    }
    return differs("--reference-quirks", found.referenceQuirks, asked.referenceQuirks);
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
