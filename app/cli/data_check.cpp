// data check: counts a data set and reads every picture of it once.
#include <fmt/format.h>

#include <memory>
#include <numeric>

#include "cli/commands.h"
#include "cli/output.h"
#include "cli/progress.h"
#include "data/data_name.h"
#include "data/dataset_check.h"

namespace condenser::cli {
namespace {

struct Options {
    std::string data;
};

std::int64_t sum(const std::vector<std::int64_t>& counts) {
    return std::accumulate(counts.begin(), counts.end(), std::int64_t{0});
}

Json asJson(const Options& options, const DatasetReport& report) {
    const DatasetInfo& info = report.info;
    const auto size = [](const PictureSize& s) { return Json{{"width", s.width}, {"height", s.height}}; };
    Json classes = Json::array(), unreadable = Json::array(), leaked = Json::array();
    for (std::size_t label = 0; label < info.classes.size(); ++label) {
        classes.push_back(
            {{"name", info.classes[label]}, {"train", info.trainCounts[label]}, {"test", info.testCounts[label]}});
    }
    for (const UnreadableFile& file : report.unreadable)
        unreadable.push_back({{"file", file.path.string()}, {"why", file.why}});
    for (const LeakedPicture& pair : report.leaked)
        leaked.push_back({{"train", pair.train.string()}, {"test", pair.test.string()}});
    return {{"data", options.data},
            {"split", info.testName},
            {"train", sum(info.trainCounts)},
            {"test", sum(info.testCounts)},
            {"classes", classes},
            {"smallest", size(report.smallest)},
            {"median", size(report.median)},
            {"largest", size(report.largest)},
            {"unreadable", unreadable},
            {"leaked", leaked},
            {"warnings", info.warnings}};
}

std::string asText(const Options& options, const DatasetReport& report) {
    const DatasetInfo& info = report.info;
    const bool split = !info.testName.empty();
    std::vector<Table::Column> columns{{"class"}, {"train pictures", Table::Align::kRight}};
    if (split) columns.push_back({info.testName + " pictures", Table::Align::kRight});
    Table table(columns);
    const auto row = [&](const std::string& name, std::int64_t train, std::int64_t test) {
        std::vector<std::string> cells{name, std::to_string(train)};
        if (split) cells.push_back(std::to_string(test));
        table.row(std::move(cells));
    };
    for (std::size_t label = 0; label < info.classes.size(); ++label) {
        row(info.classes[label], info.trainCounts[label], info.testCounts[label]);
    }
    row("in all", sum(info.trainCounts), sum(info.testCounts));

    const auto size = [](const PictureSize& s) { return fmt::format("{} x {}", s.width, s.height); };
    std::string text = options.data + "\n" + table.text() +
                       fmt::format("pictures of {} to {} pixels, most around {}\n", size(report.smallest),
                                   size(report.largest), size(report.median));
    if (!split) text += "no test part: training holds a share of the training part back (--validation)\n";
    for (const std::string& warning : info.warnings) text += "warning: " + warning + "\n";
    if (!report.leaked.empty()) {
        text += fmt::format("warning: {} pictures are in both parts, so that the test is too kind:\n",
                            report.leaked.size());
        Table pairs({{"train"}, {"the same as"}});
        for (const LeakedPicture& pair : report.leaked) pairs.row({pair.train.string(), pair.test.string()});
        text += pairs.text();
    }
    if (!report.unreadable.empty()) {
        Table files({{"unreadable"}, {"why"}});
        for (const UnreadableFile& file : report.unreadable) files.row({file.path.string(), file.why});
        text += files.text();
    }
    return text + fmt::format("{} of {} pictures unreadable\n", report.unreadable.size(),
                              sum(info.trainCounts) + sum(info.testCounts));
}

Outcome dataCheck(const Options& options, const Common& common, Frame& frame) {
    Progress progress(common.quiet);
    std::stop_source stop;
    const auto guard = frame.interrupt().onFirst([&stop] { stop.request_stop(); });
    const auto reading = [&progress](std::int64_t done, std::int64_t total) {
        progress.countingBar("reading", done, total, "pictures");
    };
    const Result<DatasetReport> report = checkDataset(options.data, {common.threadCount(), reading, stop.get_token()});
    progress.wipe();
    if (!report) {
        if (report.error().code == ErrorCode::kCancelled) return kInterrupted;
        return tl::unexpected(report.error());
    }
    const auto printed = common.json ? printJson(asJson(options, *report)) : printText(asText(options, *report));
    if (!printed) return tl::unexpected(printed.error());
    return report->unreadable.empty() ? kDone : kFailed;
}

}  // namespace

void addDataCheck(Frame& frame) {
    const auto options = std::make_shared<Options>();
    Command command =
        frame.command("data check", "Counts a data set and names what is wrong in it; status 1 if a file is unreadable",
                      "condenser-cli data check folder:pictures",
                      [options, &frame] { return dataCheck(*options, frame.common(), frame); });
    command.text({"data", "D", std::string("Data set: ") + kDataNames, /*required=*/true}, options->data);
}

}  // namespace condenser::cli
