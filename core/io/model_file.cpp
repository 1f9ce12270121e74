#include "io/model_file.h"

#include <utility>

#include "io/json.h"
#include "io/model_fields.h"
#include "io/safetensors.h"

namespace condenser {
namespace {

constexpr const char* kReadWhat = "cannot read the model";
constexpr const char* kWriteWhat = "cannot write the model";
constexpr const char* kMetadataKey = "condenser";
constexpr std::size_t kMaxMetadataBytes = std::size_t{16} << 20;

// Everything of a model file but its tensors.
Result<ModelFile> parseMetadata(const std::string& text, const Reading& reading) {
    if (text.size() > kMaxMetadataBytes) return reading.bad("its metadata has more than 16 MB");
    const auto json = parseJson(text, reading);
    if (!json) return tl::unexpected(json.error());
    JsonFields fields(*json, reading);
    fields.version1("a model");
    ModelFile model;
    const std::string variant = fields.text("variant", 64);
    if (variant == variantName(Variant::kCondensed)) {
        model.variant = Variant::kCondensed;
    } else if (variant != variantName(Variant::kDense)) {
        fields.refuse("its variant is " + inQuotes(variant) + ", and \"dense\" or \"condensed\" is expected");
    }
    ModelFields network = takeModelFields(fields);
    const Json& trained = fields.any("trained");
    if (trained.object() == nullptr) fields.refuse("\"trained\" is not an object");
    if (auto ok = fields.result(); !ok) return tl::unexpected(ok.error());
    model.spec = std::move(network.spec);
    model.classes = std::move(network.classes);
    model.preprocess = network.preprocess;
    model.trained = jsonText(trained);
    return model;
}

// What stands under kMetadataKey; an error tells of the file `name`.
Result<std::string> metadataText(const std::string& name, const ModelFile& model) {
    const Reading writing{kWriteWhat, name};
    auto trained = parseJson(model.trained, writing);
    if (!trained) return tl::unexpected(trained.error());
    Json::Object json{{"version", {std::uint64_t{1}}},
                      {"variant", {std::string(variantName(model.variant))}},
                      {"trained", std::move(*trained)}};
    const ModelFields network{model.spec, model.classes, model.preprocess};
    putModelFields(network, json);
    const std::string text = jsonText({std::move(json)});

    // The file must come back as what it was made from: this catches all that the reader refuses, and class names that
    // are no UTF-8.
    const auto back = parseMetadata(text, writing);
    if (!back) return tl::unexpected(back.error());
    if (ModelFields{back->spec, back->classes, back->preprocess} != network) {
        return fail(ErrorCode::kBadData, kWriteWhat, name, "a class has a name that is not UTF-8", "rename its folder");
    }
    return text;
}

}  // namespace

const char* variantName(Variant variant) {
    return variant == Variant::kDense ? "dense" : "condensed";
}

bool hasClassNames(const ModelFile& model) {
    for (std::size_t k = 0; k < model.classes.size(); ++k) {
        if (model.classes[k] != std::to_string(k)) return true;
    }
    return false;
}

Result<ModelFile> modelFromTensors(TensorFile file, const std::string& name) {
    const auto metadata = file.metadata.find(kMetadataKey);
    if (metadata == file.metadata.end()) {
        return fail(ErrorCode::kUnsupported, kReadWhat, name,
                    "it holds tensors, but not what network they belong to (no metadata of Condenser)",
                    "give the network as --model PRESET or SPEC, and this file as --weights");
    }
    auto model = parseMetadata(metadata->second, {kReadWhat, name});
    if (model) model->tensors = std::move(file.tensors);
    return model;
}

Result<ModelFile> readModelFile(const std::filesystem::path& path) {
    auto file = readSafetensors(path);
    if (!file) {
        file.error().what = kReadWhat;
        return tl::unexpected(file.error());
    }
    return modelFromTensors(std::move(*file), path.string());
}

Result<> writeModelFile(const std::filesystem::path& path, const ModelFile& model) {
    const auto text = metadataText(path.string(), model);
    if (!text) return tl::unexpected(text.error());
    auto ok = writeSafetensors(path, {model.tensors, {{"format", "pt"}, {kMetadataKey, *text}}});
    if (!ok) ok.error().what = kWriteWhat;
    return ok;
}

Result<std::uint64_t> modelFileBytes(const ModelFile& model) {
    const auto text = metadataText("", model);
    if (!text) return tl::unexpected(text.error());
    return serializeSafetensors({model.tensors, {{"format", "pt"}, {kMetadataKey, *text}}}).size();
}

}  // namespace condenser
