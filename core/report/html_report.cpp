#include "report/html_report.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/atomic_file.h"
#include "base/counted.h"
#include "base/xml_text.h"
#include "report/connection_maps.h"
#include "report/epoch_table.h"
#include "report/experiment_part.h"
#include "report/line_chart.h"
#include "report/report_run.h"
#include "report/run_settings.h"
#include "report/style_sheet.h"
#include "report/words.h"

namespace condenser {
namespace {

using namespace report;

constexpr std::size_t kMaxConnections = 240'000;  // drawn one by one in one report: at most about 2 MB

std::string card(const std::string& figure, const std::string& what) {
    return "<div class=\"card\"><b>" + figure + "</b><span>" + what + "</span></div>\n";
}

std::string fromTo(const std::string& dense, const std::string& condensed) {
    return "<i>" + dense + "</i> → <em>" + condensed + "</em>";
}

// ---- one run --------------------------------------------------------------------------------------------------------

std::string cardsOf(const ReportRun& run) {
    const StoredRun& stored = run.stored;
    const std::string part = xmlText(stored.record.testName, 40);
    std::string html = "<div class=\"cards\">\n";
    if (run.best != nullptr) {
        html +=
            card(percent(run.best->testTop1),
                 fmt::format("best accuracy ({}), epoch {}, after the last condensing step", part, run.best->epoch));
    } else if (!stored.epochs.empty()) {
        html += card(percent(stored.epochs.back().testTop1),
                     fmt::format("accuracy ({}) of the latest epoch; the last condensing step is still to come", part));
    }
    html += card(
        fmt::format("{} of {}", stored.epochs.empty() ? 0 : stored.epochs.back().epoch, stored.record.settings.epochs),
        "epochs done");
    html += card(fromTo(scaled(run.dense.macs), scaled(run.condensed.macs)), "multiply-adds, dense → condensed");
    html += card(fromTo(scaled(run.dense.params), scaled(run.condensed.params)), "parameters, dense → condensed");
    if (!stored.epochs.empty()) {
        const MetricsRow& last = stored.epochs.back();
        html += card(percent(last.kept), "of the learned connections kept");
        html += card(duration(last.seconds), "of training");
        html += card(fmt::format("{:.0f} images/s", last.imagesPerSecond), "in the latest epoch");
    }
    return html + "</div>\n";
}

Points column(const StoredRun& run, double MetricsRow::*value) {
    Points points;
    for (const MetricsRow& row : run.epochs) points.emplace_back(row.epoch, row.*value);
    return points;
}

std::string chartsOf(const ReportRun& run) {
    const StoredRun& stored = run.stored;
    const RunRecord& record = stored.record;
    if (stored.epochs.empty() && stored.steps.empty()) return element("p", "No training step was finished.", "muted");
    const std::string part = record.testName;
    LineChart base;
    base.xName = "epoch";
    base.xEnd = record.settings.epochs;
    for (const CondensingEffect& effect : run.effects) {
        base.marks.push_back({effect.step.epoch, fmt::format("{}", effect.step.stage)});
    }

    LineChart accuracy = base;
    accuracy.title = "Accuracy";
    accuracy.shares = true;
    accuracy.curves = {{"training", "train", column(stored, &MetricsRow::trainTop1)},
                       {part, "test", column(stored, &MetricsRow::testTop1)}};
    if (run.best != nullptr) {
        accuracy.dots.push_back({static_cast<double>(run.best->epoch), run.best->testTop1,
                                 fmt::format("{}, epoch {}", percent(run.best->testTop1), run.best->epoch)});
    }

    LineChart loss = base;
    loss.title = record.settings.groupLassoLambda > 0 ? "Loss, in training with the group lasso" : "Loss";
    loss.unit = "cross-entropy";
    loss.fromZero = true;
    Points steps;
    for (std::size_t i = 0; i < stored.steps.size(); ++i) {
        steps.emplace_back(static_cast<double>(i + 1) / static_cast<double>(record.stepsPerEpoch),
                           stored.steps[i].loss);
    }
    loss.curves = {{"each training step", "steps", std::move(steps)},
                   {"training", "train", column(stored, &MetricsRow::trainLoss)},
                   {part, "test", column(stored, &MetricsRow::testLoss)}};

    LineChart kept = base;
    kept.title = "Connections kept";
    kept.shares = kept.fromZero = true;
    ChartCurve curve{"", "kept", {{0, 1}}, /*levels=*/true};
    double end = static_cast<double>(stored.steps.size()) / static_cast<double>(record.stepsPerEpoch);
    for (const CondensingEffect& effect : run.effects) {
        if (!effect.done) continue;
        if (effect.step.step == 0) curve.points.clear();  // the run never had them all
        curve.points.emplace_back(effect.step.epoch, effect.step.keptAfter);
    }
    if (!stored.epochs.empty()) end = std::max(end, static_cast<double>(stored.epochs.back().epoch));
    curve.points.emplace_back(std::max(end, curve.points.back().first), curve.points.back().second);
    kept.curves = {std::move(curve)};

    LineChart speed = base;
    speed.title = "Training speed";
    speed.unit = "images/s";
    speed.fromZero = true;
    speed.curves = {{"", "speed", column(stored, &MetricsRow::imagesPerSecond)}};

    return "<div class=\"charts\">\n" + accuracy.html() + loss.html() + kept.html() + speed.html() + "</div>\n";
}

std::string effectCell(const CondensingEffect& effect) {
    if (!effect.done) return "still to come";
    if (!effect.lossBefore) return kNone;
    if (!effect.epochsToRecover) return "not yet";
    if (*effect.epochsToRecover == 0) return "no jump";
    return fmt::format("{:.2f} epochs", *effect.epochsToRecover);
}

std::string stepsOf(const ReportRun& run) {
    if (run.effects.empty()) return element("p", "This run condenses nothing.", "muted");
    const auto arrow = [](const auto& before, const auto& after, auto words) {
        return before && after ? words(*before) + " → " + words(*after) : std::string(kNone);
    };
    HtmlTable table;
    table.cssClass = "figures";
    table.heading = {"Step",
                     "At epoch",
                     "Removes of what is left",
                     "Kept after it",
                     "Loss before → after",
                     "Test accuracy before → after",
                     "Loss back after"};
    double before = 1;
    for (const CondensingEffect& effect : run.effects) {
        table.rows.push_back({fmt::format("{}", effect.step.stage), fmt::format("{:.2f}", effect.step.epoch),
                              percent(1 - effect.step.keptAfter / before), percent(effect.step.keptAfter),
                              arrow(effect.lossBefore, effect.lossAfter, rounded),
                              arrow(effect.top1Before, effect.top1After, percent), effectCell(effect)});
        before = effect.step.keptAfter;
    }
    return table.html() +
           element(
               "p",
               fmt::format("The loss is the mean of {} training steps directly before and after; it is back when such "
                           "a mean is as low as before. Accuracy is that of the epochs' ends around the step. A jump "
                           "is expected: connections that the network used are gone.",
                           run.effects.front().window),
               "caption");
}

std::string settingsTable(const std::vector<Setting>& settings, const std::vector<bool>& differ) {
    HtmlTable table;
    for (std::size_t i = 0; i < settings.size(); ++i) {
        const std::string value = settings[i].value.empty() ? kNone : xmlText(settings[i].value, 4000);
        table.rows.push_back(
            {xmlText(settings[i].name), value + (differ[i] ? " <span class=\"differs\">← differs</span>" : "")});
    }
    return table.html();
}

std::string runHtml(const ReportRun& run, std::size_t number, bool alone, const std::vector<bool>& differ,
                    std::size_t& connectionsLeft) {
    const StoredRun& stored = run.stored;
    const RunRecord& record = stored.record;
    std::string html =
        fmt::format("<{0} id=\"run{1}\">{2}{3} <span class=\"state\">{4}</span></{0}>\n", alone ? "h1" : "h2", number,
                    alone ? "" : fmt::format("{}. ", number), xmlText(run.name, 400), stateName(stored.state));
    html +=
        element("p", fmt::format("{} on {}, started {}", record.model, record.data, timeOf(record.created)), "muted");
    if (record.branch) {
        const RunBranch& branch = *record.branch;
        const std::string where = branch.stage > 0 ? fmt::format("just before its condensing step {}", branch.stage)
                                                   : std::string("from its checkpoint");
        html += element("p",
                        fmt::format("A branch of the run {}, {}, after {} epochs: all up to there is that run's.",
                                    branch.run, where, branch.epoch),
                        "muted");
    }
    if (!record.message.empty()) html += element("p", record.message, "problem");
    if (!run.note.note.empty()) {
        std::string note = run.note.note;
        std::erase(note, '\r');
        std::ranges::replace(note, '\t', ' ');
        html += "<p class=\"note\">" + lines(note) + "</p>\n";
    }
    if (!run.noteProblem.empty()) html += element("p", run.noteProblem, "problem");
    html += cardsOf(run);
    html += section("Curves", chartsOf(run));
    html += section("Condensing steps", stepsOf(run));

    const std::string command =
        record.command.empty() ? element("p", "It was not recorded.", "muted") : element("pre", record.command);
    const std::vector<Setting> machine = machineOf(record);
    html +=
        section("Settings", "<div class=\"pair\"><div>" + settingsTable(settingsOf(record), differ) +
                                "</div><div><h4>Command</h4>" + command + "<h4>Machine</h4>" +
                                settingsTable(machine, std::vector<bool>(machine.size(), false)) + "</div></div>\n");
    html += section("Connections", run.connections
                                       ? connectionMaps(record.spec, run.layers, *run.connections, connectionsLeft)
                                       : element("p", run.connectionsProblem, "muted"));
    return html + section("Epochs", epochTable(stored, run.best, run.effects));
}

// ---- several runs ---------------------------------------------------------------------------------------------------

std::string overviewHtml(const std::vector<ReportRun>& runs, const std::vector<std::vector<Setting>>& settings,
                         const std::vector<bool>& differ) {
    LineChart chart;
    chart.title = "Test accuracy";
    chart.xName = "epoch";
    chart.wide = chart.shares = true;
    HtmlTable results{.heading = {"Run", "State", "Epochs", "Best accuracy", "Multiply-adds", "Parameters", "Time"},
                      .rows = {},
                      .rowClasses = {},
                      .cssClass = "figures named"};
    HtmlTable different;
    different.heading = {"Setting"};
    for (std::size_t i = 0; i < runs.size(); ++i) {
        const ReportRun& run = runs[i];
        const StoredRun& stored = run.stored;
        const std::string name = fmt::format("{}. {}", i + 1, run.name);
        chart.xEnd = std::max(chart.xEnd, static_cast<double>(stored.record.settings.epochs));
        chart.curves.push_back({name, curveClass(i, i), column(stored, &MetricsRow::testTop1)});
        results.rows.push_back(
            {fmt::format("<a href=\"#run{}\">{}</a>", i + 1, xmlText(name, 80)), stateName(stored.state),
             fmt::format("{} of {}", stored.epochs.empty() ? 0 : stored.epochs.back().epoch,
                         stored.record.settings.epochs),
             run.best != nullptr ? percent(run.best->testTop1) : kNone, scaled(run.condensed.macs),
             scaled(run.condensed.params), stored.epochs.empty() ? kNone : duration(stored.epochs.back().seconds)});
        different.heading.push_back(xmlText(name, 80));
    }
    for (std::size_t i = 0; i < differ.size(); ++i) {
        if (!differ[i]) continue;
        std::vector<std::string> row{xmlText(settings.front()[i].name)};
        for (const std::vector<Setting>& run : settings) row.push_back(xmlText(run[i].value, 400));
        different.rows.push_back(std::move(row));
    }
    return section("Results",
                   results.html() + element("p",
                                            "Best accuracy is that of the best epoch after the last condensing "
                                            "step. Multiply-adds and parameters are those of the condensed "
                                            "network.",
                                            "caption")) +
           section("Curves", chart.html()) +
           section("Settings that differ",
                   different.rows.empty() ? element("p", "All settings are the same.", "muted") : different.html());
}

// ---- all ------------------------------------------------------------------------------------------------------------

// "2 experiments", "1 experiment and 3 runs", "3 runs side by side".
std::string titleOf(const std::vector<ReportExperiment>& experiments, const std::vector<ReportRun>& runs) {
    if (experiments.empty())
        return runs.size() == 1 ? runs.front().name : counted(runs.size(), "run") + " side by side";
    if (!runs.empty()) return counted(experiments.size(), "experiment") + " and " + counted(runs.size(), "run");
    if (experiments.size() > 1) return counted(experiments.size(), "experiment");
    const ReportExperiment& only = experiments.front();
    return std::string(experimentTitle(only.results.record.plan.kind)) + ": " + only.name;
}

// Whether `out` would take the place of what belongs to a run or an experiment.
bool isRunsOwn(const std::filesystem::path& out) {
    const std::filesystem::path folder = out.has_parent_path() ? out.parent_path() : ".";
    constexpr std::array kEnds{".json", ".csv", ".bin", ".safetensors"};
    if (!isRunFolder(folder) && !isExperimentFolder(folder)) return false;
    return out.filename() == kLockName || std::ranges::find(kEnds, out.extension()) != kEnds.end();
}

}  // namespace

Result<std::string> htmlReport(std::span<const std::filesystem::path> folders, const std::string& written) {
    constexpr const char* kWhat = "cannot make the report";
    if (folders.empty()) {
        return fail(ErrorCode::kUsage, kWhat, "", "no folder was given", "give folders of runs or of experiments");
    }
    const auto given = folders.size() - static_cast<std::size_t>(std::ranges::count_if(folders, isExperimentFolder));
    if (given > kMaxReportRuns) {
        return fail(ErrorCode::kUsage, kWhat, "", fmt::format("{} runs were given", given),
                    fmt::format("give at most {} folders of runs", kMaxReportRuns));
    }
    std::vector<ReportExperiment> experiments;
    std::vector<ReportRun> runs;
    std::vector<std::vector<Setting>> settings;
    int ofExperiments = 0;
    for (const std::filesystem::path& folder : folders) {
        if (isExperimentFolder(folder)) {
            auto experiment = readReportExperiment(folder);
            if (!experiment) return tl::unexpected(experiment.error());
            ofExperiments += experiment->results.runs();
            if (ofExperiments > kMaxExperimentRuns) {
                return fail(ErrorCode::kUsage, kWhat, folder.string(),
                            fmt::format("{} runs of experiments, more than {}", ofExperiments, kMaxExperimentRuns),
                            "give fewer experiments at once");
            }
            experiments.push_back(std::move(*experiment));
            continue;
        }
        auto run = readReportRun(folder);
        if (!run) return tl::unexpected(run.error());
        settings.push_back(settingsOf(run->stored.record));
        runs.push_back(std::move(*run));
    }
    const bool alone = runs.size() + experiments.size() == 1;
    const std::vector<bool> differ = differing(settings);
    const std::string title = titleOf(experiments, runs);
    std::string html = fmt::format(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head><meta charset=\"utf-8\"/>"
        "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>\n<title>{} – Condenser</title>\n"
        "<style>{}</style></head>\n<body><main>\n",
        xmlText(title, 200), kStyleSheet);
    if (!alone) html += element("h1", title);
    std::size_t connectionsLeft = kMaxConnections;
    for (std::size_t i = 0; i < experiments.size(); ++i) {
        html += experimentHtml(experiments[i], i + 1, alone, connectionsLeft);
    }
    if (runs.size() > 1) html += overviewHtml(runs, settings, differ);
    for (std::size_t i = 0; i < runs.size(); ++i) {
        html += runHtml(runs[i], i + 1, alone, differ, connectionsLeft);
    }
    return html + fmt::format("<footer>Written {} by Condenser {}.</footer>\n</main></body>\n</html>\n",
                              xmlText(timeOf(written)), CONDENSER_VERSION);
}

Result<std::uint64_t> writeHtmlReport(std::span<const std::filesystem::path> folders,
                                      const std::filesystem::path& out) {
    if (isRunsOwn(out)) {
        return fail(ErrorCode::kUsage, "cannot write the report", out.string(),
                    "it is a file of the run or the experiment, which would be lost",
                    "name another file, report.html for example");
    }
    const auto html = htmlReport(folders, utcNow());
    if (!html) return tl::unexpected(html.error());
    if (auto done = writeFileAtomically(out, *html); !done) {
        done.error().what = "cannot write the report";
        return tl::unexpected(done.error());
    }
    return html->size();
}

}  // namespace condenser
