#include "cli/experiment_options.h"

#include <fmt/format.h>

#include <charconv>
#include <vector>

#include "cli/data_options.h"
#include "data/data_name.h"

namespace condenser::cli {
namespace {

tl::unexpected<Error> wrongUsage(std::string where, std::string why, std::string remedy) {
    return fail(ErrorCode::kUsage, "cannot begin the experiment", std::move(where), std::move(why), std::move(remedy));
}

// "1,2,3".
template <class Number>
Result<std::vector<Number>> parseList(const char* flag, const std::string& text, const char* example) {
    std::vector<Number> numbers;
    const char *at = text.data(), *const end = at + text.size();
    for (;;) {
        Number number{};
        const auto [rest, error] = std::from_chars(at, end, number);
        if (error != std::errc() || (rest != end && *rest != ',')) {
            return wrongUsage(flag, fmt::format("\"{}\" is no list of numbers with commas between them", text),
                              fmt::format("try: {} {}", flag, example));
        }
        numbers.push_back(number);
        if (rest == end) return numbers;
        at = rest + 1;
    }
}

}  // namespace

void addExperimentFlags(Command& command, ExperimentFlags& flags) {
    constexpr int kMost = 500'000;
    command.text({"--data", "D", std::string("Data set: ") + kDataNames, /*required=*/true}, flags.data);
    command.text({"--out", "DIR", "Folder of the experiment; where it holds one that was stopped, that one goes on",
                  /*required=*/true},
                 flags.out);
    command.text({"--model", "M", "Preset or spec of the CondenseNet in question (default: condensenet-tiny)"},
                 flags.model);
    command.whole({"--epochs", "E", "Times that each picture is seen (default: 12)"}, 1, kMost, flags.epochs);
    command.whole({"--batch", "B", "Pictures in a step (default: 64)"}, 1, kMost, flags.batch);
    command.number({"--lr", "L", "Learning rate at the start; a cosine to 0 (default: 0.1)"}, 0, 1e12,
                   flags.learningRate);
    command.number({"--lasso", "LAMBDA", "Weight of the group lasso (default: 0)"}, 0, 1e6, flags.lasso);
    command.number({"--validation", "R",
                    "Share of the training part held back, on which errors are then measured (default: 0, they are "
                    "measured on the test part)"},
                   0, 0.99, flags.validation);
    command.choice({"--augment", "HOW",
                    "How training varies its pictures: auto (default: pad-crop up to 64 pixels, random-resized-crop "
                    "above), pad-crop, random-resized-crop, none"},
                   {"auto", "pad-crop", "random-resized-crop", "none"}, flags.augment);
    command.text({"--seeds", "LIST", "Each network is trained once for each of these seeds (default: 1,2,3)"},
                 flags.seeds);
    command.whole({"--processes", "P", "Trainings at a time, which share the threads (default: 1)"}, 1, 256,
                  flags.processes);
    addDataMemoryFlag(command, flags.dataMemory);
}

Result<ExperimentPlan> planFrom(ExperimentKind kind, const ExperimentFlags& flags, const Common& common) {
    if (common.givenSeed) return wrongUsage("--seed", "an experiment has several", "try: --seeds 1,2,3");
    if (kind == ExperimentKind::kLasso && flags.lasso) {
        return wrongUsage("--lasso", "its weight is what is swept", "try: --values 0,1e-5,1e-4");
    }
    if (auto data = checkDataName(flags.data); !data) return tl::unexpected(data.error());
    PlanRequest request;
    request.kind = kind;
    request.data = flags.data;
    request.model = flags.model;
    auto seeds = parseList<std::uint64_t>("--seeds", flags.seeds, "1,2,3");
    if (!seeds) return tl::unexpected(seeds.error());
    request.seeds = std::move(*seeds);
    if (!flags.values.empty()) {
        auto values = parseList<double>("--values", flags.values, "1,2,4,8");
        if (!values) return tl::unexpected(values.error());
        request.values = std::move(*values);
    }
    TrainSettings& settings = request.settings;
    settings.epochs = flags.epochs.value_or(settings.epochs);
    settings.batch = flags.batch.value_or(settings.batch);
    settings.learningRate = flags.learningRate.value_or(settings.learningRate);
    settings.groupLassoLambda = flags.lasso.value_or(settings.groupLassoLambda);
    settings.validation = flags.validation.value_or(settings.validation);
    settings.augmentation = augmentationNamed(flags.augment).value_or(settings.augmentation);
    return planExperiment(request);
}

}  // namespace condenser::cli
