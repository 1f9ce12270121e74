// import: other people's checkpoints as files of ours.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <filesystem>
#include <map>
#include <memory>

#include "cli/commands.h"
#include "cli/model_options.h"
#include "cli/output.h"
#include "exchange/torch_file.h"
#include "io/model_file.h"
#include "io/safetensors.h"

namespace condenser::cli {
namespace {

constexpr const char* kWhat = "cannot import";

struct Options {
    std::string pytorch, model, out;
    bool raw = false;
};

Result<> checkOptions(const Options& options) {
    std::error_code ignored;  // of files that are not there
    if (std::filesystem::equivalent(options.pytorch, options.out, ignored)) {
        return fail(ErrorCode::kUsage, kWhat, options.out, "it is the file to import, and would be lost",
                    "name another file");
    }
    if (options.raw && !options.model.empty()) {
        return fail(ErrorCode::kUsage, kWhat, "--raw and --model",
                    "raw tensors are written as they are, whatever network they belong to", "leave out one of the two");
    }
    if (!options.model.empty() && !looksLikeSpec(options.model)) {
        return fail(ErrorCode::kUsage, kWhat, options.model, "--model is a preset or a spec here",
                    "give one, or leave it out");
    }
    return {};
}

Outcome importRaw(const Options& options, const Common& common) {
    Result<TorchFile> file = readTorchFile(options.pytorch);
    if (!file) return tl::unexpected(file.error());
    struct Kind {
        int tensors = 0;
        std::int64_t elements = 0;
    };
    std::map<std::string, Kind> kinds;
    for (const auto& [name, tensor] : file->tensors) {
        Kind& kind = kinds[dtypeName(tensor.dtype)];
        ++kind.tensors;
        kind.elements += tensor.elements();
    }
    const std::size_t count = file->tensors.size();
    const auto written = writeSafetensors(options.out, {std::move(file->tensors), {{"format", "pt"}}});
    if (!written) return tl::unexpected(written.error());

    Json types = Json::object();
    Table table({{"type"}, {"tensors", Table::Align::kRight}, {"elements", Table::Align::kRight}});
    for (const auto& [name, kind] : kinds) {
        types[name] = {{"tensors", kind.tensors}, {"elements", kind.elements}};
        table.row({name, std::to_string(kind.tensors), std::to_string(kind.elements)});
    }
    const auto printed = common.json
                             ? printJson({{"file", options.pytorch},
                                          {"out", options.out},
                                          {"raw", true},
                                          {"tensors", count},
                                          {"types", types}})
                             : printText(fmt::format("{}{} tensors written to {}\n", table.text(), count, options.out));
    if (!printed) return tl::unexpected(printed.error());
    return kDone;
}

std::string asText(const Options& options, const OpenedModel& model, const Json& facts) {
    const NetworkSpec& spec = model.info.spec;
    Table table({{"network"}, {""}});
    const auto row = [&](const char* what, std::string value) { table.row({what, std::move(value)}); };
    row("form", variantName(model.info.variant));
    row("layers a block", fmt::format("{}", fmt::join(spec.stages, "-")));
    row("growth", fmt::format("{}", fmt::join(spec.growth, "-")));
    row("groups of the 1x1, of the 3x3", fmt::format("{}, {}", spec.groups1x1, spec.groups3x3));
    row("condensation factor", std::to_string(spec.condenseFactor));
    row("bottleneck", std::to_string(spec.bottleneck));
    if (spec.hasTransitions()) row("compression of the transitions", fmt::format("{}", spec.compression));
    row("classes", std::to_string(spec.classes));
    row("pictures", fmt::format("{} x {} pixels, stem stride {}", spec.height, spec.width, spec.stemStride));
    row("tensors", std::to_string(model.info.tensors.size()));
    for (const auto& [key, value] : facts.items()) row(key.c_str(), value.dump());
    return fmt::format("{}written to {}\n", table.text(), options.out);
}

Outcome importModel(const Options& options, const Common& common) {
    // What openModel() makes of any file is right for --model and --weights; here it must be a checkpoint.
    const Result<bool> torch = looksLikeTorchFile(options.pytorch);
    if (!torch || !*torch) {
        const Result<TorchFile> refused = readTorchFile(options.pytorch);
        if (!refused) return tl::unexpected(refused.error());
    }
    ModelOptions request;
    request.model = options.model.empty() ? options.pytorch : options.model;
    if (!options.model.empty()) request.weights = options.pytorch;
    const Result<OpenedModel> model = openModel(request, common);
    if (!model) return tl::unexpected(model.error());
    if (auto written = writeModelFile(options.out, model->info); !written) return tl::unexpected(written.error());

    // "epoch" and "best_prec1", where the checkpoint tells them.
    Json facts = Json::parse(model->info.trained).value("imported", Json::object());
    facts.erase("from");
    const auto printed = common.json ? printJson({{"file", options.pytorch},
                                                  {"out", options.out},
                                                  {"raw", false},
                                                  {"variant", variantName(model->info.variant)},
                                                  {"spec", model->info.spec.text()},
                                                  {"tensors", model->info.tensors.size()},
                                                  {"checkpoint", facts},
                                                  {"notices", model->notices}})
                                     : printText(asText(options, *model, facts));
    if (!printed) return tl::unexpected(printed.error());
    return kDone;
}

}  // namespace

void addImport(Frame& frame) {
    const auto options = std::make_shared<Options>();
    Command command = frame.command(
        "import", "Writes a PyTorch checkpoint as a model file, or its tensors as they are",
        "condenser-cli import --pytorch model_best.pth.tar --out model.safetensors", [options, &frame]() -> Outcome {
            if (auto ok = checkOptions(*options); !ok) return tl::unexpected(ok.error());
            return options->raw ? importRaw(*options, frame.common()) : importModel(*options, frame.common());
        });
    command.text(
        {"--pytorch", "FILE",
         "Checkpoint (.pth, .pth.tar, .pt) of a CondenseNet, dense or converted, or of the reference's DenseNet",
         /*required=*/true},
        options->pytorch);
    command.text({"--model", "M", "Preset or spec, for what the checkpoint leaves open (size, stem stride)"},
                 options->model);
    command.yes("--raw", "Every tensor of its state dict with its type and shape, whatever network it is",
                options->raw);
    command.text({"--out", "F", "File to write", /*required=*/true}, options->out);
}

}  // namespace condenser::cli
