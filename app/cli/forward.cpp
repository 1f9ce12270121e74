// forward: logits of normalised pictures in a file.
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <memory>

#include "base/thread_pool.h"
#include "cli/commands.h"
#include "cli/model_options.h"
#include "cli/output.h"
#include "cli/tensor_input.h"
#include "io/safetensors.h"

namespace condenser::cli {
namespace {

// At once; more would only take memory.
constexpr int kBatch = 64;

struct Options {
    ModelOptions model;
    std::string in, out;
};

Outcome forward(const Options& options, const Common& common) {
    Result<OpenedModel> model = openModel(options.model, common);
    if (!model) return tl::unexpected(model.error());
    const Result<TensorInput> input = TensorInput::read(options.in);
    if (!input) return tl::unexpected(input.error());
    const NetworkSpec& spec = model->network.spec();
    const auto pictures = input->pictures(spec, /*batches=*/false);
    if (!pictures) return tl::unexpected(pictures.error());

    ThreadPool pool(common.threadCount());
    std::vector<float> logits;
    const auto start = std::chrono::steady_clock::now();
    for (int first = 0; first < pictures->n; first += kBatch) {
        const Tensor images = pictures->images(0, first, std::min(kBatch, pictures->n - first));
        const std::span<const float> rows = model->network.forward(images.view(), Mode::kEval, pool);
        logits.insert(logits.end(), rows.begin(), rows.end());
    }
    const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();

    TensorFile file;
    file.tensors["logits"] = StoredTensor::ofFloats({pictures->n, spec.classes}, logits);
    if (auto written = writeSafetensors(options.out, file); !written) return tl::unexpected(written.error());

    const char* variant = variantName(model->network.variant());
    const auto printed = common.json
                             ? printJson({{"model", options.model.model},
                                          {"variant", variant},
                                          {"images", pictures->n},
                                          {"height", pictures->h},
                                          {"width", pictures->w},
                                          {"classes", spec.classes},
                                          {"seconds", seconds},
                                          {"out", options.out}})
                             : printText(fmt::format("{} pictures of {} x {} pixels, {} network, {:.1f} ms, logits "
                                                     "[{}, {}] written to {}\n",
                                                     pictures->n, pictures->h, pictures->w, variant, seconds * 1e3,
                                                     pictures->n, spec.classes, options.out));
    if (!printed) return tl::unexpected(printed.error());
    return kDone;
}

}  // namespace

void addForward(Frame& frame) {
    const auto options = std::make_shared<Options>();
    Command command =
        frame.command("forward", "Runs tensor x [N, 3, H, W] of a file, and writes the logits",
                      "condenser-cli forward --model run/model.safetensors --in x.safetensors --out y.safetensors",
                      [options, &frame] { return forward(*options, frame.common()); });
    addModelFlags(command, options->model);
    addVariantFlag(command, options->model);
    addConversionFlags(command, options->model);
    command.text({"--in", "X", "File with x, float32, normalised; any H and W", /*required=*/true}, options->in);
    command.text({"--out", "Y", "File to write", /*required=*/true}, options->out);
}

}  // namespace condenser::cli
