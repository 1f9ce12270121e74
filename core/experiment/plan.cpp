#include "experiment/plan.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <iterator>
#include <utility>

#include "network/network_spec.h"
#include "network/summary.h"

namespace condenser {
namespace {

constexpr const char* kWhat = "cannot plan the experiment";

struct Words {
    const char *name, *title, *question;
};

// In the order of ExperimentKind.
constexpr std::array<Words, 7> kWords{{
    {"ablation", "Ablation",
     "What does each idea of CondenseNet bring? From a DenseNet, one change a step: learned group convolutions, "
     "exponentially increasing growth, full dense connectivity."},
    {"convolution", "Learned groups against others",
     "Does it matter which connections are kept? Learned groups against fixed ones and against some drawn by lot, at "
     "equal multiply-adds, and against networks without groups."},
    {"condense", "Condense factor", "How much can be condensed away, and what does it cost in accuracy?"},
    {"groups", "Number of groups", "In how many groups should the connections be learned?"},
    {"pruning", "Condensing while training against pruning once",
     "Is it better to drop connections step by step while training, or all at once and to mend the network after?"},
    {"lasso", "Group lasso", "Does the group lasso, which draws the weights of a group to zero together, help?"},
    {"stability", "Stability", "Do trainings that differ in their seed alone keep the same connections?"},
}};

const Words& wordsOf(ExperimentKind kind) {
    return kWords[static_cast<std::size_t>(kind)];
}

tl::unexpected<Error> refused(std::string where, std::string why, std::string remedy) {
    return fail(ErrorCode::kUsage, kWhat, std::move(where), std::move(why), std::move(remedy));
}

std::string stagesOf(const NetworkSpec& spec) {
    return fmt::format("{}", fmt::join(spec.stages, "-"));
}

// "0.01", "1e-3", "1e-5": a number as it is typed.
std::string typed(double value) {
    std::string text = fmt::format("{}", value);
    if (text.starts_with("0.00")) {
        char digits[32];
        text.assign(digits, std::to_chars(digits, std::end(digits), value, std::chars_format::scientific).ptr);
    }
    if (const auto zero = text.find("e-0"); zero != std::string::npos) text.erase(zero + 2, 1);
    if (const auto plus = text.find("e+"); plus != std::string::npos)
        text.erase(plus + 1, text[plus + 2] == '0' ? 2 : 1);
    return text;
}

// The network without groups in its 1x1 convolutions, with as many layers fewer as brings its multiply-adds nearest to
// those of the condensed base. The layers go one by one, from the block that has the largest share of its own left; of
// equal ones the last.
NetworkSpec smallWithoutGroups(const NetworkSpec& base, NetworkSpec small) {
    const double aim = static_cast<double>(summarize(base, CountingMode::kCondensed).macs);
    NetworkSpec nearest = small;
    double smallest = -1;
    for (;;) {
        const double distance = std::abs(static_cast<double>(summarize(small, CountingMode::kDense).macs) - aim);
        if (smallest < 0 || distance < smallest) {
            smallest = distance;
            nearest = small;
        }
        std::size_t fullest = small.stages.size();
        for (std::size_t b = 0; b < small.stages.size(); ++b) {
            if (small.stages[b] == 1) continue;
            if (fullest == small.stages.size() ||
                small.stages[b] * base.stages[fullest] >= small.stages[fullest] * base.stages[b]) {
                fullest = b;
            }
        }
        if (fullest == small.stages.size()) return nearest;
        --small.stages[fullest];
    }
}

class Planner {
  public:
    Planner(const PlanRequest& request, NetworkSpec base) : m_request(request), m_base(std::move(base)) {
        m_settings = request.settings;
        m_settings.seed = TrainSettings{}.seed;  // the plan's seeds stand beside the arms
    }

    Result<std::vector<Arm>> arms() {
        switch (m_request.kind) {
            case ExperimentKind::kAblation:
                return ablation();
            case ExperimentKind::kConvolution:
                return convolution();
            case ExperimentKind::kCondense:
                return factors("C", "condense factor", {1, 2, 4, 8}, &NetworkSpec::condenseFactor);
            case ExperimentKind::kGroups:
                return factors("G", "groups", {1, 2, 4, 8}, &NetworkSpec::groups1x1);
            case ExperimentKind::kPruning:
                return pruning();
            case ExperimentKind::kLasso:
                return lasso();
            case ExperimentKind::kStability:
                return stability();
        }
        return std::vector<Arm>{};
    }

  private:
    Arm arm(std::string name, std::string label, const NetworkSpec& spec, std::string series = {}) const {
        return {std::move(name), std::move(label), std::move(series), spec == m_base ? m_request.model : spec.text(),
                m_settings};
    }

    Result<> needsCondensing() const {
        if (m_base.condenseFactor > 1) return {};
        return refused(m_request.model, "it has the condense factor 1, so no connection of it is ever dropped",
                       "give a network with condense=2 or more");
    }

    // The request's values as whole numbers, or `defaults`.
    Result<std::vector<int>> wholeValues(const char* letter, std::vector<int> defaults, int least) const {
        if (m_request.values.empty()) return defaults;
        std::vector<int> whole;
        for (const double value : m_request.values) {
            if (!(value >= least && value <= 1024) || value != std::floor(value)) {
                return refused(fmt::format("{} = {}", letter, typed(value)),
                               fmt::format("whole numbers from {} to 1024 are possible", least), "try: --values 2,4,8");
            }
            whole.push_back(static_cast<int>(value));
        }
        return whole;
    }

    Result<std::vector<Arm>> ablation() const {
        if (m_base.hasTransitions()) {
            return refused(m_request.model,
                           "its blocks are joined by convolutions, which full dense connectivity lacks",
                           "give a CondenseNet without compression");
        }
        if (auto ok = needsCondensing(); !ok) return tl::unexpected(ok.error());
        if (m_base.blocks() == 1 || std::ranges::count(m_base.growth, m_base.growth.front()) == m_base.blocks()) {
            return refused(m_request.model,
                           "one step is a growth that increases from block to block, and its growth is the same in all",
                           "give a network as growth=8-16-32");
        }
        NetworkSpec igr = m_base;
        igr.compression = 0.5;
        NetworkSpec lgc = igr;
        std::ranges::fill(lgc.growth, m_base.growth[m_base.growth.size() / 2]);
        NetworkSpec dense = lgc;
        dense.groups1x1 = dense.groups3x3 = dense.condenseFactor = 1;
        return std::vector<Arm>{arm("densenet", "DenseNet", dense),
                                arm("densenet-lgc", "+ learned group convolutions", lgc),
                                arm("densenet-lgc-igr", "+ exponentially increasing growth", igr),
                                arm("condensenet", "+ full dense connectivity", m_base)};
    }

    Result<std::vector<Arm>> convolution() const {
        if (auto ok = needsCondensing(); !ok) return tl::unexpected(ok.error());
        NetworkSpec none = m_base;
        none.groups1x1 = none.condenseFactor = 1;
        const NetworkSpec small = smallWithoutGroups(m_base, none);
        std::vector<Arm> arms{arm("none", "no groups, stages " + stagesOf(none), none)};
        if (small != none) arms.push_back(arm("none-small", "no groups, stages " + stagesOf(small), small));
        const std::pair<const char*, Condensing> ways[]{
            {"fixed", Condensing::kFixed}, {"random", Condensing::kRandom}, {"learned", Condensing::kGradual}};
        for (const auto& [name, condensing] : ways) {
            arms.push_back(arm(name, std::string(name) + " groups", m_base));
            arms.back().settings.condensing = condensing;
        }
        return arms;
    }

    // One number of the spec in turn.
    Result<std::vector<Arm>> factors(const char* letter, const char* series, std::vector<int> defaults,
                                     int NetworkSpec::*number) const {
        const auto values = wholeValues(letter, std::move(defaults), 1);
        if (!values) return tl::unexpected(values.error());
        if (number != &NetworkSpec::condenseFactor) {
            if (auto ok = needsCondensing(); !ok) return tl::unexpected(ok.error());
        }
        std::vector<Arm> arms;
        for (const int value : *values) {
            NetworkSpec spec = m_base;
            spec.*number = value;
            arms.push_back(arm(fmt::format("{}{}", static_cast<char>(letter[0] | 0x20), value),
                               fmt::format("{} = {}", letter, value), spec, series));
        }
        return arms;
    }

    Result<std::vector<Arm>> pruning() const {
        const auto values = wholeValues("C", {2, 4, 8}, 2);
        if (!values) return tl::unexpected(values.error());
        struct Way {
            const char *name, *series;
            Condensing condensing;
            int budget;  // times the epochs
        };
        constexpr Way kWays[]{{"gradual", "condensed while training", Condensing::kGradual, 1},
                              {"once", "pruned once, same budget", Condensing::kOnce, 1},
                              {"gradual-long", "condensed, twice the budget", Condensing::kGradual, 2},
                              {"once-long", "pruned once, twice the budget", Condensing::kOnce, 2}};
        std::vector<Arm> arms;
        for (const int value : *values) {
            NetworkSpec spec = m_base;
            spec.condenseFactor = value;
            for (const Way& way : kWays) {
                arms.push_back(arm(fmt::format("c{}-{}", value, way.name), fmt::format("C = {}, {}", value, way.series),
                                   spec, way.series));
                arms.back().settings.condensing = way.condensing;
                arms.back().settings.epochs *= way.budget;
            }
        }
        return arms;
    }

    Result<std::vector<Arm>> lasso() const {
        if (auto ok = needsCondensing(); !ok) return tl::unexpected(ok.error());
        std::vector<double> values = m_request.values;
        if (values.empty()) values = {0, 1e-5, 1e-4, 1e-3};
        std::vector<Arm> arms;
        for (const double value : values) {
            if (!(value >= 0 && value <= 1e6)) {
                return refused("lambda = " + typed(value), "numbers from 0 to 1e6 are possible",
                               "try: --values 0,1e-5,1e-4");
            }
            arms.push_back(arm("lambda=" + typed(value), "λ = " + typed(value), m_base, "group lasso"));
            arms.back().settings.groupLassoLambda = value;
        }
        return arms;
    }

    Result<std::vector<Arm>> stability() const {
        if (auto ok = needsCondensing(); !ok) return tl::unexpected(ok.error());
        const bool named = m_request.model.find(':') == std::string::npos;
        return std::vector<Arm>{arm("network", named ? m_request.model : "stages " + stagesOf(m_base), m_base)};
    }

    const PlanRequest& m_request;
    const NetworkSpec m_base;
    TrainSettings m_settings;
};

bool takesValues(ExperimentKind kind) {
    return kind == ExperimentKind::kCondense || kind == ExperimentKind::kGroups || kind == ExperimentKind::kPruning ||
           kind == ExperimentKind::kLasso;
}

template <class Value>
bool anyTwice(std::vector<Value> values) {
    std::ranges::sort(values);
    return std::ranges::adjacent_find(values) != values.end();
}

Result<> checkRequest(const PlanRequest& request) {
    if (request.seeds.empty() || request.seeds.size() > kMaxSeeds) {
        return refused("seeds", fmt::format("there are {}, and 1 to {} are possible", request.seeds.size(), kMaxSeeds),
                       "try: --seeds 1,2,3");
    }
    if (anyTwice(request.seeds)) return refused("seeds", "one is given twice", "give each seed once");
    if (request.kind == ExperimentKind::kStability && request.seeds.size() < 2) {
        return refused("seeds", "there is one, and connections of at least two trainings are compared",
                       "try: --seeds 1,2,3");
    }
    if (!request.values.empty() && !takesValues(request.kind)) {
        return refused("values", fmt::format("the experiment \"{}\" has none", experimentName(request.kind)),
                       "leave them out");
    }
    if (request.values.size() > kMaxArms / 3 || anyTwice(request.values)) {
        return refused("values", fmt::format("each must be given once, and at most {} are possible", kMaxArms / 3),
                       "try: --values 1,2,4,8");
    }
    const TrainSettings& settings = request.settings;
    if (settings.referenceQuirks || settings.condensing != Condensing::kGradual) {
        return refused("settings", "how connections go is the experiment's own", "leave it out");
    }
    if (settings.epochs < 1 || settings.epochs > 500'000) {
        return refused(fmt::format("epochs={}", settings.epochs), "1 to 500000 are possible", "try: --epochs 12");
    }
    return {};
}

}  // namespace

const char* experimentName(ExperimentKind kind) {
    return wordsOf(kind).name;
}

std::optional<ExperimentKind> experimentNamed(std::string_view name) {
    for (std::size_t i = 0; i < kWords.size(); ++i) {
        if (name == kWords[i].name) return static_cast<ExperimentKind>(i);
    }
    return std::nullopt;
}

const char* experimentTitle(ExperimentKind kind) {
    return wordsOf(kind).title;
}

const char* experimentQuestion(ExperimentKind kind) {
    return wordsOf(kind).question;
}

Result<ExperimentPlan> planExperiment(const PlanRequest& request) {
    if (auto ok = checkRequest(request); !ok) return tl::unexpected(ok.error());
    auto base = parseNetworkSpec(request.model);
    if (!base) return tl::unexpected(base.error());
    auto arms = Planner(request, std::move(*base)).arms();
    if (!arms) return tl::unexpected(arms.error());
    for (const Arm& arm : *arms) {
        const auto legal = parseNetworkSpec(arm.model);
        if (legal) continue;
        Error error = legal.error();
        error.what = fmt::format("cannot use the network \"{}\" of the experiment", arm.label);
        // What the spec's own remedy would change is this network, and only what it is made from can be given.
        if (request.kind == ExperimentKind::kAblation) {
            error.remedy =
                fmt::format("give another --model than {}, with other stages, growth or groups", request.model);
        }
        return tl::unexpected(std::move(error));
    }
    return ExperimentPlan{request.kind, request.data, std::move(*arms), request.seeds};
}

}  // namespace condenser
