#include "io/model_fields.h"

#include <fmt/format.h>

#include <algorithm>

namespace condenser {
namespace {

constexpr std::size_t kMaxSpecBytes = 4096;
constexpr std::size_t kMaxClasses = 100'000;
constexpr std::size_t kMaxClassBytes = 1024;
constexpr int kMaxResize = 65536;
// Far beyond any pixel statistics, and near enough that a normalised pixel stays finite.
constexpr double kLargestMean = 1e6, kSmallestStd = 1e-6, kLargestStd = 1e6;

// A name is shown in terminals and windows as it is.
bool hasControlCharacters(const std::string& name) {
    return std::any_of(name.begin(), name.end(),
                       [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; });
}

Json listOf(const std::array<float, 3>& values) {
    return {Json::Array{{shortDouble(values[0])}, {shortDouble(values[1])}, {shortDouble(values[2])}}};
}

}  // namespace

void putModelFields(const ModelFields& model, Json::Object& json) {
    Json::Array classes;
    for (const std::string& name : model.classes) classes.push_back({name});
    json["spec"] = {model.spec.text()};
    json["classes"] = {std::move(classes)};
    json["mean"] = listOf(model.preprocess.mean);
    json["std"] = listOf(model.preprocess.std);
    json["resize"] = {std::int64_t{model.preprocess.resize}};
}

ModelFields takeModelFields(JsonFields& fields) {
    ModelFields model;
    const std::string text = fields.text("spec", kMaxSpecBytes);
    if (!fields.result()) return model;
    auto spec = parseNetworkSpec(text);
    if (!spec) {
        fields.refuse("its spec breaks a rule: " + spec.error().text());
        return model;
    }
    model.spec = std::move(*spec);

    model.classes = fields.texts("classes", kMaxClasses, kMaxClassBytes);
    for (const std::string& name : model.classes) {
        if (name.empty() || hasControlCharacters(name)) {
            fields.refuse(fmt::format("the class name {} is empty or has control characters in it", inQuotes(name)));
        }
    }
    if (model.classes.size() != static_cast<std::size_t>(model.spec.classes)) {
        fields.refuse(
            fmt::format("it names {} classes, and its spec has {}", model.classes.size(), model.spec.classes));
    }

    const auto mean = fields.reals("mean", 3, -kLargestMean, kLargestMean);
    const auto deviation = fields.reals("std", 3, kSmallestStd, kLargestStd);
    for (std::size_t c = 0; c < 3; ++c) {
        model.preprocess.mean[c] = static_cast<float>(mean[c]);
        model.preprocess.std[c] = static_cast<float>(deviation[c]);
    }
    model.preprocess.height = model.spec.height;
    model.preprocess.width = model.spec.width;
    model.preprocess.resize = fields.number("resize", std::max(model.spec.height, model.spec.width), kMaxResize);
    return model;
}

}  // namespace condenser
