#include "report/epoch_table.h"

#include <fmt/format.h>

#include <set>

#include "report/words.h"

namespace condenser::report {
namespace {

constexpr std::size_t kRows = 60;

}  // namespace

std::vector<std::size_t> chosenRows(std::size_t count, const std::vector<std::size_t>& always, std::size_t limit) {
    std::set<std::size_t> rows;
    if (count <= limit) {
        for (std::size_t i = 0; i < count; ++i) rows.insert(i);
    } else {
        rows.insert({0, count - 1});
        for (const std::size_t row : always) rows.insert(row);
        const std::size_t others = limit > rows.size() ? limit - rows.size() : 0;
        for (std::size_t i = 1; i <= others; ++i) rows.insert(i * (count - 1) / (others + 1));
    }
    return {rows.begin(), rows.end()};
}

std::string epochTable(const StoredRun& run, const MetricsRow* best, const std::vector<CondensingEffect>& effects) {
    if (run.epochs.empty()) return element("p", "No epoch was finished.", "muted");
    std::vector<std::string> marks(run.epochs.size());
    std::vector<std::size_t> always;
    const auto mark = [&](std::size_t row, const std::string& text) {
        marks[row] += (marks[row].empty() ? "" : ", ") + text;
        always.push_back(row);
    };
    for (const CondensingEffect& effect : effects) {
        for (std::size_t row = 0; row < run.epochs.size(); ++row) {
            if (run.epochs[row].step <= effect.step.step) continue;
            if (row > 0) always.push_back(row - 1);  // the one before it, to compare
            mark(row, fmt::format("after step {}", effect.step.stage));
            break;
        }
    }
    if (best != nullptr) mark(static_cast<std::size_t>(best - run.epochs.data()), "best");

    HtmlTable table;
    table.cssClass = "figures epochs";
    table.heading = {"Epoch",
                     "Learning rate",
                     "Training loss",
                     "Training accuracy",
                     "Test loss",
                     "Test accuracy",
                     "Connections kept",
                     "Images/s",
                     "Time",
                     ""};
    for (const std::size_t i : chosenRows(run.epochs.size(), always, kRows)) {
        const MetricsRow& row = run.epochs[i];
        table.rows.push_back({fmt::format("{}", row.epoch), rounded(row.lr), rounded(row.trainLoss),
                              percent(row.trainTop1), rounded(row.testLoss), percent(row.testTop1), percent(row.kept),
                              fmt::format("{:.0f}", row.imagesPerSecond), duration(row.seconds), marks[i]});
        table.rowClasses.push_back(best == &row ? "best-row" : marks[i].empty() ? "" : "step-row");
    }
    std::string html = table.html();
    if (table.rows.size() < run.epochs.size()) {
        html +=
            element("p",
                    fmt::format("{} of {} epochs, evenly chosen; the best one and those around condensing steps are "
                                "among them. The run's metrics.csv has all.",
                                table.rows.size(), run.epochs.size()),
                    "caption");
    }
    return html;
}

}  // namespace condenser::report
