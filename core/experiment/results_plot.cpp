// An experiment's results as a plot.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "experiment/results.h"

namespace condenser {
namespace {

// "10⁻⁴" for powers of ten, which is how weights of a penalty are given.
std::string weightText(double value) {
    const double power = value > 0 ? std::round(std::log10(value)) : 0;
    if (value <= 0 || power > -2 || power < -9 || std::abs(value / std::pow(10.0, power) - 1) > 1e-9) {
        return fmt::format("{:g}", value);
    }
    constexpr const char* kRaised[] = {"⁰", "¹", "²", "³", "⁴", "⁵", "⁶", "⁷", "⁸", "⁹"};
    return std::string("10⁻") + kRaised[static_cast<int>(-power)];
}

// Whether the arms' costs differ by so little that an axis of them would tell nothing.
bool costTheSame(const std::vector<ArmOutcome>& arms) {
    if (arms.empty()) return false;
    const auto [least, most] = std::ranges::minmax_element(arms, {}, [](const ArmOutcome& a) { return a.cost.macs; });
    return arms.size() > 1 &&
           static_cast<double>(most->cost.macs - least->cost.macs) < 0.01 * static_cast<double>(most->cost.macs);
}

// "1 epoch", "12 epochs", "12 to 24 epochs"
std::string epochsText(const std::vector<Arm>& arms) {
    if (arms.empty()) return "no epochs";
    const auto [least, most] =
        std::ranges::minmax_element(arms, {}, [](const Arm& arm) { return arm.settings.epochs; });
    const int low = least->settings.epochs, high = most->settings.epochs;
    if (low != high) return fmt::format("{} to {} epochs", low, high);
    return fmt::format("{} epoch{}", low, low == 1 ? "" : "s");
}

SpreadPoint pointOf(const ArmOutcome& arm) {
    SpreadPoint point;
    point.label = arm.arm.label;
    point.series = arm.arm.series;
    // "C = 2, pruned once" of the series "pruned once", which the legend names: "C = 2".
    const std::string end = ", " + point.series;
    if (!point.series.empty() && point.label.ends_with(end)) point.label.erase(point.label.size() - end.size());
    point.x = static_cast<double>(arm.cost.macs) / 1e6;
    point.mean = 100 * arm.error.mean;
    point.low = 100 * arm.error.low;
    point.high = 100 * arm.error.high;
    for (const RunOutcome& run : arm.runs) {
        if (run.finished) point.values.push_back(100 * run.finalError);
    }
    point.hint = fmt::format("{}: {:.2f} M multiply-adds, error {:.2f} %", arm.arm.label, point.x, point.mean);
    if (arm.error.count > 1) point.hint += fmt::format(" ({:.2f} to {:.2f} %)", point.low, point.high);
    return point;
}

// Points of several series that stand side by side and have one name ("C = 2") are named at the topmost alone.
void nameOnce(std::vector<SpreadPoint>& points) {
    for (SpreadPoint& point : points) {
        const auto above = [&](const SpreadPoint& other) {
            return &other != &point && other.x == point.x && other.label == point.label &&
                   (other.high > point.high || (other.high == point.high && &other < &point));
        };
        if (std::ranges::any_of(points, above)) point.label.clear();
    }
}

}  // namespace

SpreadPlot resultsPlot(const ExperimentResults& results) {
    const ExperimentPlan& plan = results.record.plan;
    SpreadPlot plot;
    plot.title = experimentTitle(plan.kind);
    plot.yName = fmt::format("{} error (%)", results.testName.empty() ? "test" : results.testName);
    plot.empty = "No run is finished yet.";
    plot.subtitle = fmt::format("{}, {}", plan.data, epochsText(plan.arms));
    plot.subtitle += plan.seeds.size() == 1
                         ? std::string(", one seed")
                         : fmt::format("; mean, lowest and highest of {} seeds, each a small dot", plan.seeds.size());
    if (const int missing = results.runs() - results.finished(); missing > 0) {
        plot.subtitle += fmt::format("; {} of {} runs missing", missing, results.runs());
    }
    const bool lasso = plan.kind == ExperimentKind::kLasso;
    const bool byName = lasso || costTheSame(results.arms);
    plot.xName = lasso    ? "weight λ of the group lasso"
                 : byName ? fmt::format("all of {:.2f} million multiply-adds",
                                        static_cast<double>(results.arms.front().cost.macs) / 1e6)
                          : "multiply-adds (millions)";
    for (const ArmOutcome& arm : results.arms) {
        std::size_t place = plot.places.size();
        if (byName) {
            const std::string name = lasso ? weightText(arm.arm.settings.groupLassoLambda) : arm.arm.label;
            place = static_cast<std::size_t>(std::ranges::find(plot.places, name) - plot.places.begin());
            if (place == plot.places.size()) plot.places.push_back(name);
        }
        if (arm.error.count == 0) continue;
        SpreadPoint point = pointOf(arm);
        if (byName) {
            point.x = static_cast<double>(place);
            point.label.clear();
        }
        plot.points.push_back(std::move(point));
    }
    nameOnce(plot.points);
    return plot;
}

std::string resultsSvg(const ExperimentResults& results) {
    return resultsPlot(results).file();
}

}  // namespace condenser
