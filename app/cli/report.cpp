// report: runs as one HTML file.
#include "report/html_report.h"

#include <fmt/format.h>

#include <memory>

#include "cli/commands.h"
#include "cli/output.h"

namespace condenser::cli {
namespace {

struct Options {
    std::vector<std::string> runs;
    std::string out;
};

Outcome report(const Options& options, const Common& common) {
    const std::vector<std::filesystem::path> runs(options.runs.begin(), options.runs.end());
    const auto bytes = writeHtmlReport(runs, options.out);
    if (!bytes) return tl::unexpected(bytes.error());
    Result<> printed;
    if (common.json) {
        printed = printJson({{"file", options.out}, {"runs", runs.size()}, {"bytes", *bytes}});
    } else {
        printed = printText(fmt::format("{} run{} written to {} ({:.2f} MB); open it in any browser\n", runs.size(),
                                        runs.size() == 1 ? "" : "s", options.out, static_cast<double>(*bytes) / 1e6));
    }
    if (!printed) return tl::unexpected(printed.error());
    return kDone;
}

}  // namespace

void addReport(Frame& frame) {
    const auto options = std::make_shared<Options>();
    Command command = frame.command(
        "report", "Writes runs as one self-contained HTML file: settings, curves, connection maps, epochs",
        "condenser-cli report --run runs/first --run runs/second --out report.html",
        [options, &frame] { return report(*options, frame.common()); });
    command.texts({"--run", "DIR", "Folders of runs", /*required=*/true}, options->runs);
    command.text({"--out", "FILE", "HTML file to write", /*required=*/true}, options->out);
}

}  // namespace condenser::cli
