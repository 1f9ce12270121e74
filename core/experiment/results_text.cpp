// An experiment's results as CSV, and as a table for people.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>
#include <string_view>

#include "base/counted.h"
#include "base/csv_text.h"
#include "base/markdown_text.h"
#include "experiment/results.h"

namespace condenser {
namespace {

constexpr const char* kNone = "–";

// All of a column in one unit, so that rows compare at a glance.
std::string millions(std::int64_t count, int digits) {
    return fmt::format("{:.{}f} M", static_cast<double>(count) / 1e6, digits);
}

std::string timeText(double seconds, double longest) {
    if (longest < 300) return fmt::format("{:.0f} s", seconds);
    if (longest < 3 * 3600) return fmt::format("{:.1f} min", seconds / 60);
    return fmt::format("{:.2f} h", seconds / 3600);
}

std::vector<std::string> rowOf(const ArmOutcome& arm, double longest) {
    std::string error = kNone, range = kNone, time = kNone;
    const Spread& e = arm.error;
    if (e.count > 1) {
        error = fmt::format("{:.2f} ± {:.2f} % ({} seeds)", 100 * e.mean, 100 * e.deviation, e.count);
        range = fmt::format("{:.2f} to {:.2f} %", 100 * e.low, 100 * e.high);
    } else if (e.count == 1) {
        error = fmt::format("{:.2f} % (1 seed)", 100 * e.mean);
    }
    if (arm.seconds.count > 0) time = timeText(arm.seconds.mean, longest);
    return {arm.arm.label,
            millions(arm.cost.macs, 2),
            millions(arm.dense.macs, 2),
            millions(arm.cost.params, 3),
            error,
            range,
            time};
}

// "1, 2, 3"
std::string seedsText(const std::vector<std::uint64_t>& seeds) {
    return fmt::format("{}", fmt::join(seeds, ", "));
}

std::string machineText(const ExperimentResults& results) {
    std::set<std::string> machines;
    for (const ArmOutcome& arm : results.arms) {
        for (const RunOutcome& run : arm.runs) {
            if (!run.finished) continue;
            machines.insert(fmt::format("{}, {}, {}", run.cpu.empty() ? "unknown CPU" : run.cpu,
                                        counted(static_cast<std::size_t>(run.threads), "thread"), run.isa));
        }
    }
    return fmt::format("{}", fmt::join(machines, "; "));
}

std::string missingText(const ExperimentResults& results) {
    std::vector<std::string> arms;
    for (const ArmOutcome& arm : results.arms) {
        std::vector<std::uint64_t> seeds;
        for (const RunOutcome& run : arm.runs) {
            if (!run.finished) seeds.push_back(run.seed);
        }
        if (seeds.empty()) continue;
        arms.push_back(fmt::format("{} (seed{} {})", arm.arm.label, seeds.size() == 1 ? "" : "s", seedsText(seeds)));
    }
    return fmt::format("{}", fmt::join(arms, "; "));
}

std::vector<std::string> notesOf(const ExperimentResults& results) {
    std::vector<std::string> notes;
    const ExperimentPlan& plan = results.record.plan;
    const int missing = results.runs() - results.finished();
    if (missing > 0) {
        notes.push_back(fmt::format("Not complete: {} of {} still to be finished: {}.", missing,
                                    counted(static_cast<std::size_t>(results.runs()), "run"), missingText(results)));
    }
    if (!results.testName.empty()) {
        notes.push_back(
            fmt::format("Error: share of wrong answers (top-1) on the {} part of {}, {} pictures; trained on {}. It is "
                        "that of the last epoch, so no choice was made on the {} part.",
                        results.testName, plan.data, results.testImages, results.trainImages, results.testName));
    }
    if (plan.seeds.size() > 1) {
        notes.push_back(
            fmt::format("Mean ± standard deviation (of a sample, n - 1), and lowest to highest, over the seeds {}. A "
                        "difference between two rows that is smaller than their spread is no finding.",
                        seedsText(plan.seeds)));
    } else {
        notes.push_back(fmt::format(
            "One seed ({}): how far another seed would move a figure is not known, so that small differences are no "
            "finding.",
            seedsText(plan.seeds)));
    }
    notes.push_back(
        "Multiply-adds for one picture and parameters are those of the network that is left: the condensed one, the "
        "dense one where nothing is condensed (C = 1). \"As trained\" counts all connections, as they are before the "
        "first is dropped.");
    const std::string machines = machineText(results);
    if (!machines.empty()) {
        notes.push_back(
            fmt::format("Training time, the mean of a run's, depends on the machine and on what else it "
                        "did: {}.",
                        machines));
    }
    return notes;
}

}  // namespace

ResultsTable resultsTable(const ExperimentResults& results) {
    ResultsTable table;
    table.heading = {"Network", "Multiply-adds",     "As trained",   "Parameters",
                     "Error",   "Lowest to highest", "Training time"};
    double longest = 0;
    for (const ArmOutcome& arm : results.arms) longest = std::max(longest, arm.seconds.mean);
    for (const ArmOutcome& arm : results.arms) table.rows.push_back(rowOf(arm, longest));
    table.notes = notesOf(results);
    return table;
}

std::string resultsCsv(const ExperimentResults& results) {
    std::string text = "arm,seed,macs,params,ref_flops,final_error,best_error,final_loss,epochs,seconds,finished\n";
    for (const ArmOutcome& arm : results.arms) {
        for (const RunOutcome& run : arm.runs) {
            // Errors are parts of a whole number of pictures: what differences of doubles leave behind is cut off.
            const auto share = [&](double value) {
                return run.finished && std::isfinite(value) ? fmt::format("{:.6f}", value) : std::string();
            };
            text += fmt::format("{},{},{},{},{},{},{},{},{},{:.1f},{}\n", csvCellOf(arm.arm.name), run.seed,
                                arm.cost.macs, arm.cost.params, arm.cost.refFlops, share(run.finalError),
                                share(run.bestError), run.finished ? fmt::format("{}", run.finalLoss) : std::string(),
                                run.epochs, run.seconds, run.finished ? 1 : 0);
        }
    }
    return text;
}

std::string resultsMarkdown(const ExperimentResults& results) {
    const ExperimentKind kind = results.record.plan.kind;
    const ResultsTable table = resultsTable(results);
    std::string text = fmt::format("# {}\n\n{}\n\n", experimentTitle(kind), experimentQuestion(kind));
    text += markdownHeading(table.heading);
    for (std::vector<std::string> row : table.rows) {
        for (std::string& cell : row) cell = markdownText(cell);
        text += markdownRow(row);
    }
    text += "\n";
    for (const std::string& note : table.notes) text += "- " + markdownText(note) + "\n";
    if (!results.record.command.empty()) {
        // A fence longer than any run of backticks inside.
        std::size_t longest = 2, run = 0;
        for (const char c : results.record.command) longest = std::max(longest, run = c == '`' ? run + 1 : 0);
        const std::string fence(longest + 1, '`');
        std::string command = results.record.command;
        std::ranges::replace_if(
            command, [](char c) { return static_cast<unsigned char>(c) < 0x20; }, ' ');
        text += "\n" + fence + "\n" + command + "\n" + fence + "\n";
    }
    return text;
}

}  // namespace condenser
