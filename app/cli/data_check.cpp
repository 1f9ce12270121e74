// data check: counts a data set and reads every picture of it once.
#include <fmt/format.h>

#include <algorithm>
#include <memory>

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

constexpr std::size_t kMostListed = 20, kMostClasses = 100;  // in the text; --json has all

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
    const auto repeats = [](const std::vector<RepeatedPicture>& pairs) {
        Json list = Json::array();
        for (const RepeatedPicture& pair : pairs)
            list.push_back({{"first", pair.first.string()}, {"again", pair.again.string()}});
        return list;
    };
    Json few = Json::array(), disputed = Json::array();
    for (const std::int32_t label : info.few) few.push_back(info.classes[static_cast<std::size_t>(label)]);
    for (const DisputedPicture& pair : report.disputed) {
        disputed.push_back({{"first", pair.first.string()},
                            {"first_class", info.classes[static_cast<std::size_t>(pair.firstClass)]},
                            {"again", pair.again.string()},
                            {"again_class", info.classes[static_cast<std::size_t>(pair.againClass)]}});
    }
    return {{"data", options.data},
            {"split", info.testName},
            {"train", info.trainImages()},
            {"test", info.testImages()},
            {"classes", classes},
            {"smallest", size(report.smallest)},
            {"median", size(report.median)},
            {"largest", size(report.largest)},
            {"unreadable", unreadable},
            {"leaked", leaked},
            {"repeated_train", repeats(report.trainRepeats)},
            {"repeated_test", repeats(report.testRepeats)},
            {"disputed", disputed},
            {"few", few},
            {"warnings", info.warnings}};
}

// A table of the first few, and how many more there are.
template <class Item, class Cells>
std::string listText(std::vector<Table::Column> columns, const std::vector<Item>& items, const Cells& cells) {
    if (items.empty()) return "";
    Table table(std::move(columns));
    const std::size_t shown = std::min(items.size(), kMostListed);
    for (std::size_t i = 0; i < shown; ++i) table.row(cells(items[i]));
    return table.text() + (items.size() > shown ? fmt::format("and {} more\n", items.size() - shown) : "");
}

std::string sameText(const DatasetReport& report) {
    const auto count = [](std::size_t n) { return n == 1 ? "1 picture is" : fmt::format("{} pictures are", n); };
    const auto repeats = [&](const char* part, const std::vector<RepeatedPicture>& pairs) {
        if (pairs.empty()) return std::string();
        return fmt::format("warning: {} in the {} part more than once:\n", count(pairs.size()), part) +
               listText({{"first"}, {"again"}}, pairs, [](const RepeatedPicture& pair) {
                   return std::vector<std::string>{pair.first.string(), pair.again.string()};
               });
    };
    std::string text;
    if (!report.leaked.empty()) {
        text += fmt::format("warning: {} in both parts, so that the test is too kind:\n", count(report.leaked.size())) +
                listText({{"training"}, {"test"}}, report.leaked, [](const LeakedPicture& pair) {
                    return std::vector<std::string>{pair.train.string(), pair.test.string()};
                });
    }
    text += repeats("training", report.trainRepeats) + repeats(report.info.testName.c_str(), report.testRepeats);
    if (!report.disputed.empty()) {
        const auto named = [&](const std::filesystem::path& path, std::int32_t label) {
            return fmt::format("{} ({})", path.string(), report.info.classes[static_cast<std::size_t>(label)]);
        };
        text +=
            fmt::format("warning: {} given under two classes:\n", count(report.disputed.size())) +
            listText({{"picture"}, {"the same"}}, report.disputed, [&](const DisputedPicture& pair) {
                return std::vector<std::string>{named(pair.first, pair.firstClass), named(pair.again, pair.againClass)};
            });
    }
    return text;
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
    const std::size_t shown = std::min(info.classes.size(), kMostClasses);
    for (std::size_t label = 0; label < shown; ++label) {
        row(info.classes[label], info.trainCounts[label], info.testCounts[label]);
    }
    row(shown == info.classes.size() ? "in all" : fmt::format("in all {} classes", info.classes.size()),
        info.trainImages(), info.testImages());

    const auto size = [](const PictureSize& s) { return fmt::format("{} x {}", s.width, s.height); };
    std::string text = options.data + "\n" + table.text() +
                       (report.smallest == report.largest
                            ? fmt::format("all pictures are of {} pixels\n", size(report.median))
                            : fmt::format("pictures of {} to {} pixels, most around {}\n", size(report.smallest),
                                          size(report.largest), size(report.median)));
    if (!split) text += "no test part: training holds a share of the training part back (--validation)\n";
    for (const std::string& warning : info.warnings) text += "warning: " + warning + "\n";
    text += sameText(report);
    text += listText({{"unreadable"}, {"why"}}, report.unreadable, [](const UnreadableFile& file) {
        return std::vector<std::string>{file.path.string(), file.why};
    });
    return text + fmt::format("{} of {} pictures unreadable\n", report.unreadable.size(),
                              info.trainImages() + info.testImages());
}

Outcome dataCheck(const Options& options, const Common& common, Frame& frame) {
    Progress progress(common.quiet);
    std::stop_source stop;
    const auto guard = frame.interrupt().onFirst([&stop] { stop.request_stop(); });
    const auto reading = [&progress](std::int64_t done, std::int64_t total) {
        progress.countingBar("reading", done, total, "pictures");
    };
    const Result<DatasetReport> report =
        checkDataset(options.data, {common.threadCount(), reading, stop.get_token()},
                     [&progress](std::int64_t found) { progress.counter("looking for pictures", found, "found"); });
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
