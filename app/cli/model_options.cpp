#include "cli/model_options.h"

#include <filesystem>

#include "cli/output.h"

namespace condenser::cli {

void addModelFlags(Command& command, ModelOptions& options) {
    command.text({"--model", "M", "Model file, PyTorch checkpoint, preset or spec of the network", /*required=*/true},
                 options.model);
    command.text({"--weights", "FILE", "State dict or PyTorch checkpoint for a preset or spec"}, options.weights);
}

void addVariantFlag(Command& command, ModelOptions& options) {
    command.choice({"--variant", "V", "dense or condensed (default: the form stored; of a preset or spec: dense)"},
                   {"dense", "condensed"}, options.variant);
}

void addConversionFlags(Command& command, ModelOptions& options) {
    command.number({"--classifier-keep", "R",
                    "Share of the classifier's inputs that condensing keeps (default: 1; the reference: 0.5)"},
                   1e-6, 1, options.classifierKeep);
    command.yes("--reference-quirks",
                "Condensing drops what a training of the public reference failed to drop by position, as the reference "
                "does, instead of by importance",
                options.referenceQuirks);
}

Result<> refuseSource(const ModelOptions& options, const std::string& out, const char* what) {
    std::error_code ignored;  // of files that are not there
    for (const std::string& source : {options.model, options.weights}) {
        if (source.empty() || !std::filesystem::equivalent(source, out, ignored)) continue;
        return fail(ErrorCode::kUsage, what, out, "it is the file that the network is in, which would be lost",
                    "name another file");
    }
    return {};
}

Result<OpenedModel> openModel(const ModelOptions& options, const Common& common) {
    std::optional<Variant> variant;
    if (!options.variant.empty()) variant = options.variant == "dense" ? Variant::kDense : Variant::kCondensed;
    Result<OpenedModel> opened = condenser::openModel({.model = options.model,
                                                       .weights = options.weights,
                                                       .variant = variant,
                                                       .classifierKeep = options.classifierKeep.value_or(1.0),
                                                       .seed = common.seed(),
                                                       .referenceQuirks = options.referenceQuirks});
    if (!opened) {
        std::error_code ignored;
        const std::filesystem::path inside = std::filesystem::path(options.model) / "model.safetensors";
        if (std::filesystem::exists(inside, ignored))
            opened.error().remedy = "give the model in it: " + inside.string();
        return opened;
    }
    for (const std::string& notice : opened->notices) printNotice(options.model + ": " + notice);
    return opened;
}

}  // namespace condenser::cli
