// data make: the built-in data set as picture files.
#include <fmt/format.h>

#include <memory>

#include "cli/commands.h"
#include "cli/output.h"
#include "cli/progress.h"
#include "data/shapes10.h"
#include "data/shapes_folder.h"

namespace condenser::cli {
namespace {

struct Options {
    std::string set, out;
};

Outcome dataMake(const Options& options, const Common& common, Frame& frame) {
    Progress progress(common.quiet);
    std::stop_source stop;
    const auto guard = frame.interrupt().onFirst([&stop] { stop.request_stop(); });
    const auto drawing = [&progress](std::int64_t done, std::int64_t total) {
        progress.countingBar("drawing", done, total, "pictures");
    };
    const Result<> made = writeShapesFolder(options.out, {common.threadCount(), drawing, stop.get_token()});
    progress.wipe();
    if (!made) {
        if (made.error().code == ErrorCode::kCancelled) return kInterrupted;
        return tl::unexpected(made.error());
    }
    const auto printed =
        common.json ? printJson({{"data", "folder:" + options.out},
                                 {"classes", shapesClasses()},
                                 {"train", kShapesTrainCount},
                                 {"test", kShapesTestCount}})
                    : printText(fmt::format("{} training and {} test pictures of {} classes, {} x {} pixels, in {}\n",
                                            kShapesTrainCount, kShapesTestCount, shapesClasses().size(), kShapesSize,
                                            kShapesSize, options.out));
    if (!printed) return tl::unexpected(printed.error());
    return kDone;
}

}  // namespace

void addDataMake(Frame& frame) {
    const auto options = std::make_shared<Options>();
    Command command = frame.command("data make", "Writes the built-in data set as picture files",
                                    "condenser-cli data make shapes10 --out shapes10",
                                    [options, &frame] { return dataMake(*options, frame.common(), frame); });
    command.choice({"set", "NAME", "shapes10", /*required=*/true}, {"shapes10"}, options->set);
    command.text({"--out", "DIR", "Folder to make, absent or empty", /*required=*/true}, options->out);
}

}  // namespace condenser::cli
