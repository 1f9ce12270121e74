// report: runs and experiments as one HTML file.
#include "report/html_report.h"

#include <fmt/format.h>

#include <algorithm>
#include <memory>

#include "base/counted.h"
#include "cli/commands.h"
#include "cli/output.h"
#include "experiment/experiment_folder.h"

namespace condenser::cli {
namespace {

struct Options {
    std::vector<std::string> runs;
    std::string out;
};

// "2 runs", "1 experiment", "1 experiment and 2 runs".
std::string countedText(std::size_t experiments, std::size_t runs) {
    if (experiments == 0) return counted(runs, "run");
    return counted(experiments, "experiment") + (runs > 0 ? " and " + counted(runs, "run") : "");
}

Outcome report(const Options& options, const Common& common) {
    const std::vector<std::filesystem::path> folders(options.runs.begin(), options.runs.end());
    const auto bytes = writeHtmlReport(folders, options.out);
    if (!bytes) return tl::unexpected(bytes.error());
    const auto experiments = static_cast<std::size_t>(std::ranges::count_if(folders, isExperimentFolder));
    const std::size_t runs = folders.size() - experiments;
    Result<> printed;
    if (common.json) {
        printed = printJson({{"file", options.out}, {"runs", runs}, {"experiments", experiments}, {"bytes", *bytes}});
    } else {
        printed =
            printText(fmt::format("{} written to {} ({:.2f} MB); open it in any browser\n",
                                  countedText(experiments, runs), options.out, static_cast<double>(*bytes) / 1e6));
    }
    if (!printed) return tl::unexpected(printed.error());
    return kDone;
}

}  // namespace

void addReport(Frame& frame) {
    const auto options = std::make_shared<Options>();
    Command command = frame.command(
        "report",
        "Writes runs and experiments as one self-contained HTML file: tables, settings, curves, connection maps",
        "condenser-cli report --run runs/first --run runs/second --out report.html",
        [options, &frame] { return report(*options, frame.common()); });
    command.texts({"--run", "DIR", "Folders of runs or of experiments", /*required=*/true}, options->runs);
    command.text({"--out", "FILE", "HTML file to write", /*required=*/true}, options->out);
}

}  // namespace condenser::cli
