#include "cli/experiment_command.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <optional>

#include "base/atomic_file.h"
#include "cli/data_options.h"
#include "cli/output.h"
#include "cli/progress.h"
#include "cli/worker_processes.h"
#include "experiment/experiment_run.h"
#include "experiment/results.h"
#include "experiment/stability.h"
#include "report/html_report.h"

namespace condenser::cli {
namespace {

namespace fs = std::filesystem;

// ---- while it trains ------------------------------------------------------------------------------------------------

// Tells on stderr how far the experiment is, and keeps its table up to date.
class Narrator {
  public:
    Narrator(fs::path folder, bool quiet, WorkerProcesses* workers)
        : m_folder(std::move(folder)), m_workers(workers), m_progress(quiet) {}

    ExperimentEvents events() {
        ExperimentEvents events;
        events.onRun = [this](const PlannedRun& run, const Arm& arm, bool resumed) { onRun(run, arm, resumed); };
        events.onRunEnd = [this](const PlannedRun& run, const Arm& arm, const RunResult& result) {
            onRunEnd(run, arm, result);
        };
        events.onProgress = [this](const ExperimentProgress& progress) { onProgress(progress); };
        events.run.onStarted = [this](const RunStarted& started) { onStarted(started); };
        events.run.onStep = [this](const StepReport& step) { m_step = step.step; };
        events.run.onNotice = [this](const std::string& notice) { tell(notice); };
        return events;
    }

    void tell(const std::string& notice) {
        m_progress.wipe();
        printNotice(notice);
    }
    void wipe() { m_progress.wipe(); }

  private:
    std::string nameOf(const PlannedRun& run, const Arm& arm) const {
        return fmt::format("{}, seed {}", arm.label, run.seed);
    }

    void onRun(const PlannedRun& run, const Arm& arm, bool resumed) {
        m_name = nameOf(run, arm);
        m_stepsPerEpoch = 0;
        if (m_progress.onTerminal()) return;
        m_progress.line(fmt::format("{}  {}  ({} of {} runs are finished)", resumed ? "going on" : "training", m_name,
                                    m_latest.finished, m_latest.runs));
    }

    void onStarted(const RunStarted& started) {
        m_stepsPerEpoch = started.stepsPerEpoch;
        m_step = started.firstStep;
        m_epochs = started.epochs();
        if (m_toldData) return;  // of the same pictures before
        m_toldData = true;
        m_progress.line(fmt::format("{} training and {} {} pictures of {} classes, {} thread{} a run, {}",
                                    started.trainImages, started.testImages, started.testName, started.classes.size(),
                                    started.threads, started.threads == 1 ? "" : "s", started.isa));
        for (const UnreadableFile& file : started.unreadable) {
            tell(fmt::format("left out: {}: {}", file.path.string(), file.why));
        }
    }

    void onRunEnd(const PlannedRun& run, const Arm& arm, const RunResult& result) {
        m_name.clear();
        if (result.end == RunEnd::kStopped) return;
        m_progress.line(fmt::format("finished  {}  {} error {}, {} epoch{} in {}", nameOf(run, arm), result.testName,
                                    percent(1 - result.finalTop1), result.epochs, result.epochs == 1 ? "" : "s",
                                    duration(result.seconds)));
        // Nothing is lost if that fails: it is written again at the end, and told then.
        if (const auto results = readResults(m_folder)) (void)writeResults(*results, m_folder);
    }

    void onProgress(const ExperimentProgress& progress) {
        const bool another = progress.finished > m_latest.finished;
        m_latest = progress;
        for (const std::string& failure : m_workers->failures()) tell(failure + "; the others go on");
        if (another && !m_progress.onTerminal() && progress.finished < progress.runs && progress.secondsLeft > 0) {
            m_progress.line(fmt::format("          {} of {} runs are finished, about {} left", progress.finished,
                                        progress.runs, duration(progress.secondsLeft)));
        }
        std::string detail = m_name;
        if (m_name.empty() && progress.running > 0) detail = "waiting for other processes";
        if (!m_name.empty() && m_stepsPerEpoch > 0) {
            detail += fmt::format(", epoch {}/{}", std::min(m_step / m_stepsPerEpoch + 1, m_epochs), m_epochs);
        } else if (!m_name.empty()) {
            detail += ", reading pictures";
        }
        if (progress.running > 1) detail += fmt::format(", {} at a time", progress.running);
        constexpr std::int64_t kWhole = 1'000'000;
        m_progress.bar(fmt::format("{}/{} runs", progress.finished, progress.runs),
                       static_cast<std::int64_t>(progress.share * kWhole), kWhole, detail);
    }

    const fs::path m_folder;
    WorkerProcesses* m_workers;
    Progress m_progress;
    ExperimentProgress m_latest;
    std::string m_name;  // of the run in hand
    std::int64_t m_step = 0, m_stepsPerEpoch = 0, m_epochs = 0;
    bool m_toldData = false;
};

// ---- when it is done ------------------------------------------------------------------------------------------------

Json toJson(const Spread& spread) {
    if (spread.count == 0) return nullptr;
    return {{"runs", spread.count},
            {"mean", spread.mean},
            {"deviation", spread.deviation},
            {"low", spread.low},
            {"high", spread.high}};
}

Json toJson(const ArmOutcome& arm) {
    Json runs = Json::array();
    for (const RunOutcome& run : arm.runs) {
        Json one{{"seed", run.seed},
                 {"folder", run.folder.string()},
                 {"finished", run.finished},
                 {"epochs", run.epochs},
                 {"seconds", run.seconds}};
        if (run.finished) {
            one["final_error"] = run.finalError;
            one["best_error"] = run.bestError;
            one["final_loss"] = run.finalLoss;
        }
        runs.push_back(std::move(one));
    }
    return {{"name", arm.arm.name},       {"label", arm.arm.label},         {"spec", arm.spec.text()},
            {"macs", arm.cost.macs},      {"params", arm.cost.params},      {"dense_macs", arm.dense.macs},
            {"error", toJson(arm.error)}, {"best_error", toJson(arm.best)}, {"seconds", toJson(arm.seconds)},
            {"runs", std::move(runs)}};
}

Json toJson(const Shuffled& shuffled) {
    return {{"mean", shuffled.mean}, {"highest", shuffled.highest}, {"reaching", shuffled.reaching}};
}

Json toJson(const Stability& stability) {
    Json pairs = Json::array();
    for (const PairStability& pair : stability.pairs) {
        pairs.push_back({{"seeds", {pair.seedA, pair.seedB}},
                         {"correlation", pair.correlation},
                         {"shuffled", toJson(pair.shuffled)},
                         {"overlap", pair.overlap},
                         {"chance", pair.chance}});
    }
    return {{"pairs", std::move(pairs)},
            {"correlation", stability.meanCorrelation()},
            {"shuffled", toJson(stability.shuffled())}};
}

Json toJson(const ExperimentResults& results, const std::string& folder) {
    const ExperimentPlan& plan = results.record.plan;
    Json arms = Json::array();
    for (const ArmOutcome& arm : results.arms) arms.push_back(toJson(arm));
    return {{"experiment", experimentName(plan.kind)},
            {"folder", folder},
            {"state", results.complete() ? "finished" : "stopped"},
            {"data", plan.data},
            {"seeds", plan.seeds},
            {"split", results.testName},
            {"train_images", results.trainImages},
            {"test_images", results.testImages},
            {"arms", std::move(arms)}};
}

// Of the one network of the experiment; written beside its table.
Result<Stability> writeStability(const ExperimentPlan& plan, const fs::path& folder) {
    std::vector<fs::path> runs;
    for (const PlannedRun& run : runsOf(plan, folder)) runs.push_back(run.folder);
    auto stability = stabilityOf(runs);
    if (!stability) return stability;
    if (auto ok = writeFileAtomically(folder / "stability.csv", stabilityCsv(*stability)); !ok) {
        return tl::unexpected(ok.error());
    }
    if (auto ok = writeFileAtomically(folder / "stability.md", stabilityMarkdown(*stability)); !ok) {
        return tl::unexpected(ok.error());
    }
    return stability;
}

Result<> tellResults(const std::string& out, const Common& common) {
    const fs::path folder = out;
    const auto results = readResults(folder);
    if (!results) return tl::unexpected(results.error());
    if (auto written = writeResults(*results, folder); !written) return written;
    std::optional<Stability> stability;
    std::string files = "table.md, table.csv";
    if (results->arms.size() > 1) files += ", plot.svg";
    if (results->complete()) {
        if (results->record.plan.kind == ExperimentKind::kStability) {
            auto found = writeStability(results->record.plan, folder);
            if (!found) return tl::unexpected(found.error());
            stability = std::move(*found);
            files += ", stability.md, stability.csv";
        }
        if (auto report = writeHtmlReport(std::vector{folder}, folder / "report.html"); !report) {
            return tl::unexpected(report.error());
        }
        files += ", report.html";
    }
    if (common.json) {
        Json json = toJson(*results, out);
        if (stability) json["stability"] = toJson(*stability);
        return printJson(json);
    }
    return printText(resultsMarkdown(*results) + (stability ? "\n" + stabilityMarkdown(*stability) : "") +
                     fmt::format("\nIn {}: {}\n", out, files));
}

}  // namespace

Outcome runExperimentCommand(ExperimentKind kind, const ExperimentFlags& flags, Frame& frame) {
    const Common& common = frame.common();
    const auto plan = planFrom(kind, flags, common);
    if (!plan) return tl::unexpected(plan.error());
    const bool first = !isWorkerProcess();
    ExperimentOptions options;
    const int processes = std::min(flags.processes, static_cast<int>(plan->arms.size() * plan->seeds.size()));
    options.threads = std::max(1, common.threadCount() / processes);
    options.dataMemory = bytesOf(flags.dataMemory) / static_cast<unsigned>(processes);
    if (first) options.command = frame.commandText();

    RunControl control;
    WorkerProcesses workers;
    const auto guard = frame.interrupt().onFirst([&] {
        control.requestStop();
        workers.interrupt();
    });
    Narrator narrator(flags.out, common.quiet, &workers);
    if (first) {
        if (auto ready = prepareExperiment(*plan, flags.out, options.command); !ready) {
            return tl::unexpected(ready.error());
        }
        if (auto begun = workers.start(processes - 1); !begun) return tl::unexpected(begun.error());
    }
    const auto end = runExperiment(*plan, flags.out, options, narrator.events(), control);
    if (!end || *end == RunEnd::kStopped) workers.interrupt();
    for (const std::string& failure : workers.wait()) narrator.tell(failure);
    narrator.wipe();
    if (!end) return tl::unexpected(end.error());
    const int status = *end == RunEnd::kStopped ? kInterrupted : kDone;
    if (!first) return status;
    if (auto told = tellResults(flags.out, common); !told) return tl::unexpected(told.error());
    if (status == kInterrupted) {
        printNotice("stopped, the checkpoints are written. To go on, the same again: " + frame.commandText());
    }
    return status;
}

}  // namespace condenser::cli
