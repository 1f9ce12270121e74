// Questions that several trainings answer together: which networks, trained how, with which seeds.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "run/training_run.h"

namespace condenser {

enum class ExperimentKind {
    kAblation,     // DenseNet, then what makes a CondenseNet of it, one by one (paper, section 4.1)
    kConvolution,  // learned groups, fixed ones, ones drawn by lot, none
    kCondense,     // condense factors
    kGroups,       // numbers of groups
    kPruning,      // condensing while training, or all at once and then fine-tuning
    kLasso,        // weights of the group lasso
    kStability,    // one network, several seeds: do they keep the same connections?
};

// "ablation", "convolution", "condense", "groups", "pruning", "lasso", "stability"; as in experiment.json and in
// `sweep --over`.
const char* experimentName(ExperimentKind kind);
std::optional<ExperimentKind> experimentNamed(std::string_view name);
// "Ablation", for headings.
const char* experimentTitle(ExperimentKind kind);
// What it asks, in a sentence or two.
const char* experimentQuestion(ExperimentKind kind);

// One network and one way to train it; it is trained once for each seed.
struct Arm {
    std::string name;        // of its folders: "densenet-lgc", "c4"; letters, digits and '-', '.', '='
    std::string label;       // for people: "+ learned group convolutions", "C = 4"
    std::string series;      // arms of one series are joined by a line in the plot; empty: it stands alone
    std::string model;       // as --model
    TrainSettings settings;  // all but the seed

    bool operator==(const Arm&) const = default;
};

inline constexpr std::size_t kMaxArms = 64, kMaxSeeds = 100;

struct ExperimentPlan {
    ExperimentKind kind = ExperimentKind::kAblation;
    std::string data;  // as --data
    std::vector<Arm> arms;
    std::vector<std::uint64_t> seeds;

    bool operator==(const ExperimentPlan&) const = default;
};

struct PlanRequest {
    ExperimentKind kind = ExperimentKind::kAblation;
    std::string data = "shapes10";
    std::string model = "condensenet-tiny";  // a CondenseNet with pooling transitions, which the arms are made from
    TrainSettings settings;                  // epochs, batch, ... of every arm
    std::vector<std::uint64_t> seeds{1, 2, 3};
    std::vector<double> values;  // C, G or lambda of a sweep; empty: 1, 2, 4, 8, for lambda 0, 1e-5, 1e-4, 1e-3
};

// The arms that a kind stands for. kUsage where a value makes no legal network (with the rule), or fits the kind not.
Result<ExperimentPlan> planExperiment(const PlanRequest& request);

}  // namespace condenser
