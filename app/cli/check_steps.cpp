// check steps: some training steps on given batches, for comparison with another implementation.
#include <fmt/format.h>

#include <cmath>
#include <memory>

#include "base/thread_pool.h"
#include "cli/commands.h"
#include "cli/model_options.h"
#include "cli/output.h"
#include "cli/progress.h"
#include "cli/tensor_input.h"
#include "io/safetensors.h"
#include "train/trainer.h"

namespace condenser::cli {
namespace {

struct Options {
    ModelOptions model;
    std::string in, out, outState;
    int epochs = 1, batches = 1;
    TrainerOptions trainer;
    bool referenceQuirks = false;
};

Result<std::vector<float>> train(const Options& options, Network& network, const TensorInput& input,
                                 const Common& common) {
    const NetworkSpec& spec = network.spec();
    const auto pictures = input.pictures(spec, /*batches=*/true);
    if (!pictures) return tl::unexpected(pictures.error());
    const auto targets = input.targets(spec, *pictures, /*batches=*/true);
    if (!targets) return tl::unexpected(targets.error());
    if (auto enough = input.checkTrainable(spec, *pictures); !enough) return tl::unexpected(enough.error());
    std::vector<Tensor> batches;
    for (int batch = 0; batch < pictures->batches; ++batch) batches.push_back(pictures->images(batch, 0, pictures->n));

    TrainerOptions settings = options.trainer;
    settings.totalSteps = std::int64_t{options.epochs} * options.batches;
    settings.rules = options.referenceQuirks ? CondensingRules::kReference : CondensingRules::kCorrected;
    ThreadPool pool(common.threadCount());
    Trainer trainer(network, settings, pool);
    Progress progress(common.quiet);
    std::vector<float> losses;
    for (std::int64_t t = 0; t < settings.totalSteps; ++t) {
        const auto batch = static_cast<std::size_t>(t % pictures->batches);
        const auto labels = std::span(*targets).subspan(batch * static_cast<std::size_t>(pictures->n),
                                                        static_cast<std::size_t>(pictures->n));
        const StepResult step = trainer.step(t, std::as_const(batches[batch]).view(), labels);
        if (!std::isfinite(step.loss)) {
            return fail(ErrorCode::kNotFinite, "cannot go on training", fmt::format("step {}", t),
                        fmt::format("the loss is {}", step.loss), "try a lower --lr");
        }
        losses.push_back(static_cast<float>(step.loss));
        progress.countingBar("training", t + 1, settings.totalSteps, "steps");
    }
    return losses;
}

Outcome checkSteps(const Options& options, const Common& common) {
    Result<OpenedModel> model = openModel(options.model, common);
    if (!model) return tl::unexpected(model.error());
    if (model->network.variant() != Variant::kDense) {
        return fail(ErrorCode::kUsage, "cannot train", options.model.model,
                    "it is condensed, and only a dense network is trained", "give the file that it was condensed from");
    }
    const Result<TensorInput> input = TensorInput::read(options.in);
    if (!input) return tl::unexpected(input.error());
    const auto losses = train(options, model->network, *input, common);
    if (!losses) return tl::unexpected(losses.error());

    const auto steps = static_cast<std::int64_t>(losses->size());
    TensorFile report, state;
    report.tensors["loss"] = StoredTensor::ofFloats({steps}, *losses);
    state.tensors = model->network.state();
    if (auto written = writeSafetensors(options.out, report); !written) return tl::unexpected(written.error());
    if (auto written = writeSafetensors(options.outState, state); !written) return tl::unexpected(written.error());

    const auto printed =
        common.json
            ? printJson({{"model", options.model.model},
                         {"steps", steps},
                         {"first_loss", losses->front()},
                         {"last_loss", losses->back()},
                         {"out", options.out},
                         {"out_state", options.outState}})
            : printText(fmt::format("{} steps, loss {:.6f} to {:.6f}; losses written to {}, the network to {}\n", steps,
                                    losses->front(), losses->back(), options.out, options.outState));
    if (!printed) return tl::unexpected(printed.error());
    return kDone;
}

}  // namespace

void addCheckSteps(Frame& frame) {
    const auto options = std::make_shared<Options>();
    Command command = frame.command(
        "check steps", "Trains on the batches x, target of a file in turn; no shuffling, no augmentation",
        "condenser-cli check steps --model condensenet-tiny --in batches.safetensors --epochs 4 --batches 5 --lr 0.05 "
        "--lasso 1e-4 --out losses.safetensors --out-state state.safetensors",
        [options, &frame] { return checkSteps(*options, frame.common()); });
    constexpr int kMost = 1'000'000;
    addModelFlags(command, options->model);
    command.text({"--in", "X", "File with x [B', N, 3, H, W] float32 and target [B', N] int64", /*required=*/true},
                 options->in);
    command.whole({"--epochs", "E", "Epochs", /*required=*/true}, 1, kMost, options->epochs);
    command.whole({"--batches", "B", "Steps in an epoch", /*required=*/true}, 1, kMost, options->batches);
    command.number({"--lr", "L", "Learning rate at the start; a cosine to 0 (default: 0.1)"}, 0, 1e12,
                   options->trainer.learningRate);
    command.number({"--lasso", "LAMBDA", "Weight of the group lasso (default: 0)"}, 0, 1e6,
                   options->trainer.groupLassoLambda);
    command.yes("--reference-quirks", "Reproduces three accidents of the public reference", options->referenceQuirks);
    command.text({"--out", "Y", "File to write: loss [E*B]", /*required=*/true}, options->out);
    command.text({"--out-state", "S", "File to write: the final state dict", /*required=*/true}, options->outState);
}

}  // namespace condenser::cli
