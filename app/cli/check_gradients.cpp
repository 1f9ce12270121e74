// check gradients: one batch forward and backward in training mode, for comparison with another implementation.
#include <fmt/format.h>

#include <memory>

#include "base/thread_pool.h"
#include "cli/commands.h"
#include "cli/model_options.h"
#include "cli/output.h"
#include "cli/tensor_input.h"
#include "io/safetensors.h"
#include "ops/loss.h"

namespace condenser::cli {
namespace {

struct Options {
    ModelOptions model;
    std::string in, out;
};

Outcome checkGradients(const Options& options, const Common& common) {
    Result<OpenedModel> model = openModel(options.model, common);
    if (!model) return tl::unexpected(model.error());
    const Result<TensorInput> input = TensorInput::read(options.in);
    if (!input) return tl::unexpected(input.error());
    Network& network = model->network;
    const NetworkSpec& spec = network.spec();
    const auto pictures = input->pictures(spec, /*batches=*/false);
    if (!pictures) return tl::unexpected(pictures.error());
    const auto targets = input->targets(spec, *pictures, /*batches=*/false);
    if (!targets) return tl::unexpected(targets.error());
    if (auto enough = input->checkTrainable(spec, *pictures); !enough) return tl::unexpected(enough.error());

    ThreadPool pool(common.threadCount());
    const Tensor images = pictures->images(0, 0, pictures->n);
    Tensor imagesGradient(pictures->n, 3, pictures->h, pictures->w);
    const std::span<const float> logits = network.forward(images.view(), Mode::kTrain, pool);

    TensorFile file;
    file.tensors["logits"] = StoredTensor::ofFloats({pictures->n, spec.classes}, logits);
    std::vector<float> dLogits(logits.size());
    const LossReport loss = softmaxCrossEntropy(logits, spec.classes, *targets, dLogits);
    const float lossValue = static_cast<float>(loss.loss);
    file.tensors["loss"] = StoredTensor::ofFloats({}, {&lossValue, 1});
    network.zeroGradients();
    network.backward(images.view(), dLogits, pool, imagesGradient.view());
    int parameters = 0;
    network.visitTensors([&](const TensorSlot& slot) {
        if (!slot.isParameter()) return;
        file.tensors["grad." + slot.name] = StoredTensor::ofFloats(slot.shape, slot.gradient);
        ++parameters;
    });
    file.tensors["grad.x"] =
        StoredTensor::ofFloats({pictures->n, 3, pictures->h, pictures->w}, imagesGradient.toPacked());
    if (auto written = writeSafetensors(options.out, file); !written) return tl::unexpected(written.error());

    const auto printed =
        common.json ? printJson({{"model", options.model.model},
                                 {"images", pictures->n},
                                 {"loss", loss.loss},
                                 {"parameters", parameters},
                                 {"out", options.out}})
                    : printText(fmt::format("{} pictures, loss {:.6f}, gradients of {} parameters written to {}\n",
                                            pictures->n, loss.loss, parameters, options.out));
    if (!printed) return tl::unexpected(printed.error());
    return kDone;
}

}  // namespace

void addCheckGradients(Frame& frame) {
    const auto options = std::make_shared<Options>();
    Command command = frame.command(
        "check gradients", "Logits, loss and all gradients of one batch (x, target), in training mode",
        "condenser-cli check gradients --model condensenet-tiny --in batch.safetensors --out gradients.safetensors",
        [options, &frame] { return checkGradients(*options, frame.common()); });
    addModelFlags(command, options->model);
    command.text({"--in", "X", "File with x [N, 3, H, W] float32 and target [N] int64", /*required=*/true},
                 options->in);
    command.text({"--out", "Y", "File to write: logits, loss, grad.NAME", /*required=*/true}, options->out);
}

}  // namespace condenser::cli
