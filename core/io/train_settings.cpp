#include "io/train_settings.h"

#include <limits>
#include <optional>
#include <string>

namespace condenser {
namespace {

constexpr std::size_t kMaxNameBytes = 64;
constexpr int kMillion = 1'000'000;
constexpr double kLargest = std::numeric_limits<double>::max();
constexpr double kBelowOne = 1 - std::numeric_limits<double>::epsilon() / 2;

// What `key` names, by one of the functions that know their kind's names; its first where that is nothing.
template <typename Named>
auto takeNamed(JsonFields& fields, const char* key, Named named) {
    const std::string name = fields.text(key, kMaxNameBytes);
    const auto value = named(name);
    if (!value) {
        fields.refuse('"' + std::string(key) + "\" is " + inQuotes(name) + ", which this program does not know");
    }
    return value.value_or(typename decltype(named(name))::value_type{});
}

}  // namespace

Json::Object jsonOf(const TrainSettings& settings) {
    return {{"epochs", {std::int64_t{settings.epochs}}},
            {"batch", {std::int64_t{settings.batch}}},
            {"lr", {settings.learningRate}},
            {"momentum", {settings.momentum}},
            {"weight_decay", {settings.weightDecay}},
            {"group_lasso_lambda", {settings.groupLassoLambda}},
            {"validation", {settings.validation}},
            {"augment", {std::string(augmentationName(settings.augmentation))}},
            {"condensing", {std::string(condensingName(settings.condensing))}}};
}

TrainSettings takeTrainSettings(JsonFields& fields) {
    TrainSettings settings;
    settings.epochs = fields.number("epochs", 1, kMillion);
    settings.batch = fields.number("batch", 1, kMillion);
    settings.learningRate = fields.real("lr", 0, kLargest);
    settings.momentum = fields.real("momentum", 0, kBelowOne);
    settings.weightDecay = fields.real("weight_decay", 0, kLargest);
    settings.groupLassoLambda = fields.real("group_lasso_lambda", 0, kLargest);
    settings.validation = fields.real("validation", 0, kBelowOne);
    settings.augmentation = takeNamed(fields, "augment", augmentationNamed);
    settings.condensing = takeNamed(fields, "condensing", condensingNamed);
    return settings;
}

}  // namespace condenser
