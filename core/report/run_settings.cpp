#include "report/run_settings.h"

#include <fmt/format.h>

#include "report/words.h"

namespace condenser::report {
namespace {

std::string dashed(const std::vector<int>& numbers) {
    return fmt::format("{}", fmt::join(numbers, "-"));
}

const char* condensingWords(Condensing condensing) {
    switch (condensing) {
        case Condensing::kGradual:
            break;
        case Condensing::kOnce:
            return "once: at half time, least important first";
        case Condensing::kFixed:
            return "fixed: neighbouring inputs from the start, not learned";
        case Condensing::kRandom:
            return "random: inputs drawn by the seed from the start, not learned";
    }
    return "gradual: step by step in the first half, least important first";
}

}  // namespace

std::vector<Setting> settingsOf(const RunRecord& record) {
    const NetworkSpec& spec = record.spec;
    const TrainSettings& settings = record.settings;
    return {
        {"Data", record.data},
        {"Pictures",
         fmt::format("{} to train, {} in the {} part", record.trainImages, record.testImages, record.testName)},
        {"Classes", fmt::format("{}", spec.classes)},
        {"Network", record.model},
        {"Picture size", fmt::format("{} × {} pixels", spec.height, spec.width)},
        {"Layers per block", dashed(spec.stages)},
        {"Growth", dashed(spec.growth)},
        {"Between blocks", spec.hasTransitions()
                               ? fmt::format("1×1 convolution to {} of the channels, pooling", spec.compression)
                               : std::string("pooling")},
        {"Groups (1×1, 3×3)", fmt::format("{}, {}", spec.groups1x1, spec.groups3x3)},
        {"Condensing factor C", fmt::format("{}", spec.condenseFactor)},
        {"Bottleneck", fmt::format("{}", spec.bottleneck)},
        {"Epochs", fmt::format("{}", settings.epochs)},
        {"Batch", fmt::format("{} pictures", settings.batch)},
        {"Learning rate", plain(settings.learningRate) + (settings.condensing == Condensing::kOnce
                                                              ? " at the start of each half, cosine to 0"
                                                              : " at the start, cosine to 0")},
        {"Momentum", plain(settings.momentum)},
        {"Weight decay", plain(settings.weightDecay)},
        {"Group lasso λ", plain(settings.groupLassoLambda)},
        {"Held back for validation", percent(settings.validation)},
        {"Augmentation", augmentationName(settings.augmentation)},
        {"Seed", fmt::format("{}", settings.seed)},
        {"Condensing", condensingWords(settings.condensing)},
        {"Reference quirks", settings.referenceQuirks ? "yes" : "no"},
    };
}

std::vector<Setting> machineOf(const RunRecord& record) {
    return {
        {"CPU", record.cpu},
        {"Threads", fmt::format("{}", record.threads)},
        {"Instruction set", record.isa},
        {"Program", "Condenser " + record.program},
        {"Started", timeOf(record.created)},
    };
}

std::vector<bool> differing(const std::vector<std::vector<Setting>>& runs) {
    std::vector<bool> differ(runs.empty() ? 0 : runs.front().size(), false);
    for (const std::vector<Setting>& run : runs) {
        for (std::size_t i = 0; i < differ.size(); ++i) differ[i] = differ[i] || run[i].value != runs.front()[i].value;
    }
    return differ;
}

}  // namespace condenser::report
