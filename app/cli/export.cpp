// export: a network as ONNX, for other engines, with pictures and answers to verify it by.
#include <fmt/format.h>

#include <memory>

#include "base/thread_pool.h"
#include "cli/commands.h"
#include "cli/model_options.h"
#include "cli/output.h"
#include "network/summary_of.h"
#include "run/model_export.h"

namespace condenser::cli {
namespace {

struct Options {
    ModelOptions model;
    std::string onnx;
    bool uint8Input = false;
};

std::string countedNodes(const ExportReport& report) {
    std::string text;
    for (const auto& [op, count] : report.nodes) text += fmt::format("{}{} {}", text.empty() ? "" : ", ", count, op);
    return text;
}

Outcome exportModel(const Options& options, const Common& common) {
    const std::string check = checkFileOf(options.onnx).string();
    for (const std::string& out : {options.onnx, check}) {
        if (auto free = refuseSource(options.model, out, "cannot export"); !free) return tl::unexpected(free.error());
    }
    const Result<OpenedModel> model = openModel(options.model, common);
    if (!model) return tl::unexpected(model.error());
    ThreadPool pool(common.threadCount());
    const auto report = exportOnnx(
        *model, options.onnx, options.uint8Input ? OnnxInput::kBytes : OnnxInput::kNormalised, common.seed(), pool);
    if (!report) return tl::unexpected(report.error());

    const NetworkSpec& spec = model->info.spec;
    const NetworkSummary summary = summaryOf(model->network);
    const std::string variant = variantName(model->info.variant);
    const char* type = options.uint8Input ? "uint8" : "float32";
    if (common.json) {
        Json nodes = Json::object();
        for (const auto& [op, count] : report->nodes) nodes[op] = count;
        const auto printed = printJson({{"model", options.model.model},
                                        {"onnx", options.onnx},
                                        {"check", check},
                                        {"spec", spec.text()},
                                        {"variant", variant},
                                        {"opset", kOnnxOpset},
                                        {"ir_version", kOnnxIrVersion},
                                        {"input", {{"dtype", type}, {"shape", {"N", 3, spec.height, spec.width}}}},
                                        {"output", {{"dtype", "float32"}, {"shape", {"N", spec.classes}}}},
                                        {"bytes", report->bytes},
                                        {"macs", summary.macs},
                                        {"params", summary.params},
                                        {"nodes", nodes}});
        if (!printed) return tl::unexpected(printed.error());
        return kDone;
    }
    const std::string text = fmt::format(
        "{} network, {} multiply-adds, {} parameters\n"
        "input [N, 3, {}, {}] {}, output [N, {}] float32\n"
        "{}\n"
        "written to {} ({:.2f} MB, ONNX opset {}), {} pictures with their logits to {}\n",
        variant, scaled(summary.macs), scaled(summary.params), spec.height, spec.width, type, spec.classes,
        countedNodes(*report), options.onnx, static_cast<double>(report->bytes) / 1e6, kOnnxOpset, kExportChecks,
        check);
    if (auto printed = printText(text); !printed) return tl::unexpected(printed.error());
    return kDone;
}

}  // namespace

void addExport(Frame& frame) {
    const auto options = std::make_shared<Options>();
    Command command =
        frame.command("export", "Writes a network as ONNX, and beside it pictures with their logits to verify it by",
                      "condenser-cli export --model run/model.safetensors --variant condensed --onnx model.onnx",
                      [options, &frame] { return exportModel(*options, frame.common()); });
    addModelFlags(command, options->model);
    addVariantFlag(command, options->model);
    addConversionFlags(command, options->model);
    command.text({"--onnx", "OUT", "ONNX file to write, with OUT.check.safetensors beside it", /*required=*/true},
                 options->onnx);
    command.yes("--uint8-input", "The graph takes bytes, 0 to 255, and normalises them itself", options->uint8Input);
}

}  // namespace condenser::cli
