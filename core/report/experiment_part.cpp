#include "report/experiment_part.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "base/xml_text.h"
#include "experiment/spread_plot.h"
#include "io/connections_file.h"
#include "report/connection_maps.h"
#include "report/line_chart.h"
#include "report/run_settings.h"
#include "report/stability_part.h"
#include "report/style_sheet.h"
#include "report/words.h"
#include "run/condensing_effect.h"
#include "run/stored_run.h"

namespace condenser::report {
namespace {

constexpr std::size_t kMaxName = 80;

std::vector<const ExperimentRun*> runsOfArm(const ReportExperiment& experiment, std::size_t arm) {
    std::vector<const ExperimentRun*> runs;
    for (const ExperimentRun& run : experiment.runs) {
        if (run.arm == arm) runs.push_back(&run);
    }
    return runs;
}

std::string tableHtml(const ExperimentResults& results) {
    const ResultsTable text = resultsTable(results);
    HtmlTable table{.heading = {}, .rows = {}, .rowClasses = {}, .cssClass = "figures named"};
    for (const std::string& cell : text.heading) table.heading.push_back(xmlText(cell));
    for (const auto& row : text.rows) {
        auto& cells = table.rows.emplace_back();
        for (const std::string& cell : row) cells.push_back(xmlText(cell, 200));
    }
    std::string html = table.html() + "<ul class=\"caption\">\n";
    for (const std::string& note : text.notes) html += element("li", note) + "\n";
    return html + "</ul>\n";
}

std::string figurePart(const ExperimentResults& results) {
    const SpreadPlot plot = resultsPlot(results);
    const bool costs = plot.places.empty();
    std::string caption = plot.subtitle + ".";
    if (results.record.plan.seeds.size() > 1) {
        caption += " The bars are no intervals of confidence: they end at the lowest and the highest run.";
    }
    if (costs) caption += " What costs the same is drawn side by side.";
    return section(costs ? "Error against cost" : "Error",
                   "<figure>" + plot.figure() + element("figcaption", caption) + "</figure>\n");
}

std::string commandsHtml(const ReportExperiment& experiment) {
    const ExperimentRecord& record = experiment.results.record;
    std::string html =
        record.command.empty() ? element("p", "It was not recorded.", "muted") : element("pre", record.command);
    html += "<p class=\"caption\">The same command goes on where the experiment was interrupted.</p>\n";
    std::string commands;
    const std::vector<PlannedRun> runs = runsOf(record.plan, experiment.folder);
    for (const PlannedRun& run : runs) commands += trainCommand(record.plan, run) + "\n";
    return html + fmt::format(
                      "<details><summary>The {} trainings, each as a command of its own</summary>\n<pre "
                      "class=\"lines\">{}</pre></details>\n",
                      runs.size(), lines(commands));
}

std::string machinesHtml(const ReportExperiment& experiment) {
    std::map<std::vector<std::string>, std::size_t> machines;  // how many runs were made there
    std::vector<std::string> heading;
    for (const ExperimentRun& run : experiment.runs) {
        std::vector<std::string> machine;
        heading.clear();
        for (const Setting& setting : machineOf(run.record)) {
            if (setting.name == "Started") continue;
            heading.push_back(xmlText(setting.name));
            machine.push_back(setting.value.empty() ? kNone : xmlText(setting.value, kMaxName));
        }
        ++machines[machine];
    }
    if (machines.empty()) return element("p", "No run has begun.", "muted");
    HtmlTable table;
    table.heading = heading;
    table.heading.push_back("Runs");
    for (const auto& [machine, count] : machines) {
        table.rows.push_back(machine);
        table.rows.back().push_back(fmt::format("{}", count));
    }
    return table.html();
}

// What all arms share, and a table of what they do not; of the first run of each.
std::string settingsHtml(const ReportExperiment& experiment) {
    const std::vector<ArmOutcome>& arms = experiment.results.arms;
    std::vector<std::vector<Setting>> settings;
    std::vector<std::string> names;
    for (std::size_t i = 0; i < arms.size(); ++i) {
        const auto runs = runsOfArm(experiment, i);
        if (runs.empty()) continue;
        settings.push_back(settingsOf(runs.front()->record));
        names.push_back(arms[i].arm.label);
    }
    if (settings.empty()) return element("p", "No run has begun.", "muted");
    const std::vector<bool> differ = differing(settings);
    HtmlTable common, different;
    different.heading = {"Arm"};
    for (const std::string& name : names) different.rows.push_back({xmlText(name, kMaxName)});
    for (std::size_t i = 0; i < differ.size(); ++i) {
        const Setting& setting = settings.front()[i];
        if (setting.name == "Seed") {
            common.rows.push_back({"Seeds", fmt::format("{}", fmt::join(experiment.results.record.plan.seeds, ", "))});
        } else if (setting.name == "Network" && differ[i]) {
            continue;  // what it is made of follows, and the commands have it in full
        } else if (differ[i]) {
            different.heading.push_back(xmlText(setting.name));
            for (std::size_t arm = 0; arm < settings.size(); ++arm) {
                const std::string& value = settings[arm][i].value;
                different.rows[arm].push_back(value.empty() ? kNone : xmlText(value, 400));
            }
        } else {
            common.rows.push_back({xmlText(setting.name), setting.value.empty() ? kNone : xmlText(setting.value, 400)});
        }
    }
    std::string html = "<div class=\"pair\"><div><h4>The same for all</h4>" + common.html() +
                       "</div><div><h4>Machines</h4>" + machinesHtml(experiment) + "</div></div>\n";
    if (different.heading.size() > 1) html += "<h4>What differs</h4>" + different.html();
    if (settings.size() < arms.size()) {
        html += element("p", fmt::format("{} of {} arms have not begun.", arms.size() - settings.size(), arms.size()),
                        "caption");
    }
    return html;
}

// Over the finished runs; nothing before the first is.
Points meanOf(const std::vector<const ExperimentRun*>& runs, double (*value)(const MetricsRow&)) {
    Points mean;
    double count = 0;
    for (const ExperimentRun* run : runs) {
        if (!run->finished) continue;
        ++count;
        if (mean.empty()) mean.resize(run->epochs.size());
        mean.resize(std::min(mean.size(), run->epochs.size()));
        for (std::size_t i = 0; i < mean.size(); ++i) {
            mean[i].first = run->epochs[i].epoch;
            mean[i].second += value(run->epochs[i]);
        }
    }
    for (auto& point : mean) point.second /= count;
    return mean;
}

// The steps, where all arms that condense do so at the same epochs.
std::vector<ChartMark> marksOf(const ReportExperiment& experiment) {
    std::vector<ChartMark> marks;
    for (const ExperimentRun& run : experiment.runs) {
        std::vector<ChartMark> own;
        for (const CondensingEffect& effect : condensingEffects(run.record, run.epochs, {})) {
            own.push_back({effect.step.epoch, fmt::format("{}", effect.step.stage)});
        }
        if (own.empty() || run.record.settings.condensing != Condensing::kGradual) continue;
        const auto same = [](const ChartMark& a, const ChartMark& b) { return a.x == b.x && a.label == b.label; };
        if (!marks.empty() && !std::ranges::equal(marks, own, same)) return {};
        marks = std::move(own);
    }
    return marks;
}

// The look of each arm's curves. Where series have several arms, the colour is the series' own, as in the plot, and the
// dashes are the arm's; else both are the arm's.
std::vector<std::string> curveClassesOf(const std::vector<ArmOutcome>& arms) {
    std::vector<std::string> series;
    for (const ArmOutcome& arm : arms) series.push_back(arm.arm.series);
    const std::vector<std::size_t> colours = coloursOf(series);
    const std::set<std::size_t> different(colours.begin(), colours.end());
    const bool bySeries = different.size() > 1 && different.size() < arms.size();
    std::map<std::size_t, std::size_t> members;
    std::vector<std::string> classes;
    for (std::size_t i = 0; i < arms.size(); ++i) {
        classes.push_back(bySeries ? curveClass(colours[i], members[colours[i]]++) : curveClass(i, i));
    }
    return classes;
}

LineChart chartOf(const ReportExperiment& experiment, double (*value)(const MetricsRow&)) {
    LineChart chart;
    chart.xName = "epoch";
    chart.wide = true;
    chart.logarithmic = true;  // the ends, which are compared, are a hundredth of the beginnings
    std::vector<ChartCurve> means;
    const std::vector<ArmOutcome>& arms = experiment.results.arms;
    const std::vector<std::string> classes = curveClassesOf(arms);
    for (std::size_t i = 0; i < arms.size(); ++i) {
        const auto runs = runsOfArm(experiment, i);
        for (const ExperimentRun* run : runs) {
            chart.xEnd = std::max(chart.xEnd, static_cast<double>(run->record.settings.epochs));
            Points points;
            for (const MetricsRow& row : run->epochs) points.emplace_back(row.epoch, value(row));
            chart.curves.push_back({"", classes[i] + " thin", std::move(points)});
        }
        means.push_back({arms[i].arm.label, classes[i], meanOf(runs, value)});
    }
    std::ranges::move(means, std::back_inserter(chart.curves));
    chart.marks = marksOf(experiment);
    return chart;
}

std::string curvesHtml(const ReportExperiment& experiment) {
    const bool begun = std::ranges::any_of(experiment.runs, [](const auto& run) { return !run.epochs.empty(); });
    if (!begun) return element("p", "No epoch was finished.", "muted");
    LineChart error = chartOf(experiment, [](const MetricsRow& row) { return 1 - row.testTop1; });
    error.title = fmt::format("Error on the {} part", experiment.results.testName);
    error.shares = true;
    LineChart loss = chartOf(experiment, [](const MetricsRow& row) { return row.trainLoss; });
    const bool penalised = std::ranges::any_of(
        experiment.results.arms, [](const ArmOutcome& arm) { return arm.arm.settings.groupLassoLambda > 0; });
    loss.title = penalised ? "Training loss with the group lasso" : "Training loss";
    loss.unit = "cross-entropy";
    std::string caption = "Thick: the mean of the finished runs; thin: each run.";
    if (!error.marks.empty()) caption += " Dashed: condensing steps of the networks that condense while training.";
    return error.html() + loss.html() + element("p", caption, "caption");
}

std::string mapsOf(const ExperimentRun& run, std::size_t& connectionsLeft) {
    const auto index = readConnectionsIndex(run.folder);
    if (!index) return element("p", index.error().text(), "muted");
    if (index->records.empty() || index->layers.empty()) {
        return element("p", "This run has no record of its connections.", "muted");
    }
    const auto record = readConnections(run.folder, index->records.size() - 1);
    if (!record) return element("p", record.error().text(), "muted");
    return connectionMaps(run.record.spec, index->layers, *record, connectionsLeft);
}

std::string connectionsHtml(const ReportExperiment& experiment, std::size_t& connectionsLeft) {
    std::string html;
    const std::vector<ArmOutcome>& arms = experiment.results.arms;
    for (std::size_t i = 0; i < arms.size(); ++i) {
        const auto runs = runsOfArm(experiment, i);
        if (runs.empty()) continue;
        html +=
            fmt::format("<details><summary>{}, seed {}</summary>\n{}</details>\n", xmlText(arms[i].arm.label, kMaxName),
                        runs.front()->record.settings.seed, mapsOf(*runs.front(), connectionsLeft));
    }
    return html.empty() ? element("p", "No run has begun.", "muted") : html;
}

}  // namespace

Result<ReportExperiment> readReportExperiment(const std::filesystem::path& folder) {
    auto results = readResults(folder);
    if (!results) return tl::unexpected(results.error());
    ReportExperiment experiment{.results = std::move(*results), .folder = folder, .name = {}, .runs = {}};
    std::error_code ignored;
    const std::filesystem::path whole = std::filesystem::canonical(folder, ignored);
    experiment.name = (ignored ? folder : whole).filename().string();
    for (const PlannedRun& planned : runsOf(experiment.results.record.plan, folder)) {
        if (!isRunFolder(planned.folder)) continue;
        auto record = readRunRecord(planned.folder);
        if (!record) return tl::unexpected(record.error());
        auto epochs = readMetrics(planned.folder);
        if (!epochs) return tl::unexpected(epochs.error());
        const bool finished = record->state == RunState::kFinished && !epochs->empty();
        experiment.runs.push_back({planned.arm, planned.folder, std::move(*record), std::move(*epochs), finished});
    }
    return experiment;
}

std::string experimentHtml(const ReportExperiment& experiment, std::size_t number, bool alone,
                           std::size_t& connectionsLeft) {
    const ExperimentResults& results = experiment.results;
    const ExperimentPlan& plan = results.record.plan;
    std::string html = fmt::format(
        "<{0} id=\"experiment{1}\">{2}: {3} <span class=\"state\">{4}</span></{0}>\n", alone ? "h1" : "h2", number,
        xmlText(experimentTitle(plan.kind)), xmlText(experiment.name, 400),
        results.complete() ? "complete" : fmt::format("{} of {} runs finished", results.finished(), results.runs()));
    html += element("p", experimentQuestion(plan.kind));
    html += element("p", fmt::format("On {}, begun {}", plan.data, timeOf(results.record.created)), "muted");
    html += section("Results", tableHtml(results));
    if (plan.kind == ExperimentKind::kStability) {
        std::vector<std::filesystem::path> finished;
        for (const ExperimentRun& run : experiment.runs) {
            if (run.finished) finished.push_back(run.folder);
        }
        html += stabilityPart(results.record, finished);
    } else {
        html += figurePart(results);
    }
    html += section("Curves", curvesHtml(experiment));
    html += section("Settings", settingsHtml(experiment));
    html += section("Commands", commandsHtml(experiment));
    return html + section("Connections", connectionsHtml(experiment, connectionsLeft));
}

}  // namespace condenser::report
