// forward: logits of normalised pictures in a file.
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <memory>

#include "base/thread_pool.h"
#include "cli/baseline_model.h"
#include "cli/commands.h"
#include "cli/output.h"
#include "cli/tensor_input.h"
#include "infer/inference.h"
#include "io/safetensors.h"

namespace condenser::cli {
namespace {

// Pictures at once; more would only take memory.
constexpr int kBatch = 64;

struct Options {
    ModelOptions model;
    std::string in, out;
};

// A network made for the pictures of a file.
struct Made {
    Graph graph;
    std::string variant;
};

Result<Made> makeCondenseNet(const Options& options, const TensorInput& input, const Common& common) {
    const Result<OpenedModel> model = openModel(options.model, common);
    if (!model) return tl::unexpected(model.error());
    const Network& network = model->network;
    return input.pictures(network.spec(), /*batches=*/false).map([&](const TensorInput::Pictures& pictures) {
        return Made{graphOf(network, pictures.h, pictures.w, DroppedConnections::kSkip),
                    variantName(network.variant())};
    });
}

Result<Made> makeBaseline(const Options& options, const TensorInput::Pictures& pictures, const Common& common) {
    return openBaseline(options.model, pictures.h, pictures.w, common).map([](Graph&& graph) {
        return Made{std::move(graph), "dense"};
    });
}

Outcome forward(const Options& options, const Common& common) {
    const Result<TensorInput> input = TensorInput::read(options.in);
    if (!input) return tl::unexpected(input.error());
    const auto pictures = input->pictures(/*batches=*/false);
    if (!pictures) return tl::unexpected(pictures.error());
    Result<Made> made = isBaseline(options.model.model) ? makeBaseline(options, *pictures, common)
                                                        : makeCondenseNet(options, *input, common);
    if (!made) return tl::unexpected(made.error());

    const int classes = made->graph.classes();
    // Asked once: all pictures of a file have one size, and the first batch is the largest.
    Inference inference([&made](int, int) { return std::move(made->graph); });
    ThreadPool pool(common.threadCount());
    std::vector<float> logits;
    double seconds = 0;
    for (int first = 0; first < pictures->n; first += kBatch) {
        const Tensor images = pictures->images(0, first, std::min(kBatch, pictures->n - first));
        inference.prepare(images.view(), pool);
        const auto start = std::chrono::steady_clock::now();
        const std::span<const float> rows = inference.run(images.view(), pool);
        seconds += std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
        logits.insert(logits.end(), rows.begin(), rows.end());
    }

    TensorFile file;
    file.tensors["logits"] = StoredTensor::ofFloats({pictures->n, classes}, logits);
    if (auto written = writeSafetensors(options.out, file); !written) return tl::unexpected(written.error());

    const auto printed = common.json
                             ? printJson({{"model", options.model.model},
                                          {"variant", made->variant},
                                          {"images", pictures->n},
                                          {"height", pictures->h},
                                          {"width", pictures->w},
                                          {"classes", classes},
                                          {"seconds", seconds},
                                          {"out", options.out}})
                             : printText(fmt::format("{} pictures of {} x {} pixels, {} network, {:.1f} ms, logits "
                                                     "[{}, {}] written to {}\n",
                                                     pictures->n, pictures->h, pictures->w, made->variant,
                                                     seconds * 1e3, pictures->n, classes, options.out));
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
