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
#include "infer/plan.h"
#include "io/safetensors.h"

namespace condenser::cli {
namespace {

// Pictures at once; more would only take memory. The maps of a baseline are large.
constexpr int kBatch = 64, kBaselineBatch = 8;

struct Options {
    ModelOptions model;
    std::string in, out;
};

// What a network made of the pictures.
struct Answer {
    TensorInput::Pictures pictures;  // their values may be gone
    std::string variant;
    int classes = 0;
    std::vector<float> logits;  // [N, classes]
    double seconds = 0;
};

// Gives `run` up to `batch` pictures at a time; it returns their logits.
template <class Run>
void runAll(int batch, Answer& answer, Run run) {
    const TensorInput::Pictures& pictures = answer.pictures;
    const auto start = std::chrono::steady_clock::now();
    for (int first = 0; first < pictures.n; first += batch) {
        const Tensor images = pictures.images(0, first, std::min(batch, pictures.n - first));
        const std::span<const float> rows = run(images.view());
        answer.logits.insert(answer.logits.end(), rows.begin(), rows.end());
    }
    answer.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

Result<Answer> runCondenseNet(const Options& options, const Common& common) {
    Result<OpenedModel> model = openModel(options.model, common);
    if (!model) return tl::unexpected(model.error());
    const Result<TensorInput> input = TensorInput::read(options.in);
    if (!input) return tl::unexpected(input.error());
    const NetworkSpec& spec = model->network.spec();
    const auto pictures = input->pictures(spec, /*batches=*/false);
    if (!pictures) return tl::unexpected(pictures.error());

    Answer answer{*pictures, variantName(model->network.variant()), spec.classes, {}, 0};
    ThreadPool pool(common.threadCount());
    runAll(kBatch, answer, [&](ConstView x) { return model->network.forward(x, Mode::kEval, pool); });
    return answer;
}

Result<Answer> runBaseline(const Options& options, const Common& common) {
    const Result<TensorInput> input = TensorInput::read(options.in);
    if (!input) return tl::unexpected(input.error());
    const auto pictures = input->pictures(/*batches=*/false);
    if (!pictures) return tl::unexpected(pictures.error());
    const Result<Graph> graph = openBaseline(options.model, pictures->h, pictures->w, common);
    if (!graph) return tl::unexpected(graph.error());

    Answer answer{*pictures, "dense", graph->classes(), {}, 0};
    const int batch = std::min(kBaselineBatch, pictures->n);
    ThreadPool pool(common.threadCount());
    const Plan plan(*graph, batch, common.threadCount());
    PlanMemory memory = plan.makeMemory();
    std::vector<float> logits(static_cast<std::size_t>(batch) * static_cast<std::size_t>(answer.classes));
    runAll(batch, answer, [&](ConstView x) {
        const std::span<float> rows =
            std::span(logits).first(static_cast<std::size_t>(x.n) * static_cast<std::size_t>(answer.classes));
        plan.run(x, rows, memory, pool);
        return rows;
    });
    return answer;
}

Outcome forward(const Options& options, const Common& common) {
    const Result<Answer> answer =
        isBaseline(options.model.model) ? runBaseline(options, common) : runCondenseNet(options, common);
    if (!answer) return tl::unexpected(answer.error());
    const auto& [pictures, variant, classes, logits, seconds] = *answer;

    TensorFile file;
    file.tensors["logits"] = StoredTensor::ofFloats({pictures.n, classes}, logits);
    if (auto written = writeSafetensors(options.out, file); !written) return tl::unexpected(written.error());

    const auto printed = common.json
                             ? printJson({{"model", options.model.model},
                                          {"variant", variant},
                                          {"images", pictures.n},
                                          {"height", pictures.h},
                                          {"width", pictures.w},
                                          {"classes", classes},
                                          {"seconds", seconds},
                                          {"out", options.out}})
                             : printText(fmt::format("{} pictures of {} x {} pixels, {} network, {:.1f} ms, logits "
                                                     "[{}, {}] written to {}\n",
                                                     pictures.n, pictures.h, pictures.w, variant, seconds * 1e3,
                                                     pictures.n, classes, options.out));
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
