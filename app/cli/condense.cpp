// condense: a trained network as index layers and standard group convolutions.
#include <fmt/format.h>

#include <memory>

#include "cli/commands.h"
#include "cli/model_options.h"
#include "cli/output.h"
#include "io/model_file.h"
#include "network/summary_of.h"

namespace condenser::cli {
namespace {

struct Options {
    ModelOptions model;
    std::string out;
};

Outcome condense(Options options, const Common& common) {
    if (auto free = refuseSource(options.model, options.out, "cannot condense"); !free) {
        return tl::unexpected(free.error());
    }
    options.model.variant = "condensed";
    Result<OpenedModel> model = openModel(options.model, common);
    if (!model) return tl::unexpected(model.error());
    if (auto written = writeModelFile(options.out, model->info); !written) return tl::unexpected(written.error());

    const NetworkSummary dense = summarize(model->info.spec, CountingMode::kDense);
    const NetworkSummary condensed = summaryOf(model->network);
    if (common.json) {
        const auto printed = printJson({{"model", options.model.model},
                                        {"out", options.out},
                                        {"spec", model->info.spec.text()},
                                        {"dense", {{"macs", dense.macs}, {"params", dense.params}}},
                                        {"condensed", {{"macs", condensed.macs}, {"params", condensed.params}}}});
        if (!printed) return tl::unexpected(printed.error());
        return kDone;
    }
    using Align = Table::Align;
    Table table({{""}, {"dense", Align::kRight}, {"condensed", Align::kRight}, {"share", Align::kRight}});
    const auto row = [&](const char* what, std::int64_t before, std::int64_t after) {
        table.row(
            {what, scaled(before), scaled(after), percent(static_cast<double>(after) / static_cast<double>(before))});
    };
    row("multiply-adds", dense.macs, condensed.macs);
    row("parameters", dense.params, condensed.params);
    if (auto printed = printText(table.text() + "written to " + options.out + "\n"); !printed) {
        return tl::unexpected(printed.error());
    }
    return kDone;
}

}  // namespace

void addCondense(Frame& frame) {
    const auto options = std::make_shared<Options>();
    Command command = frame.command(
        "condense", "Writes a trained network in its condensed form; outstanding steps are applied by importance",
        "condenser-cli condense --model run/model.safetensors --out condensed.safetensors",
        [options, &frame] { return condense(*options, frame.common()); });
    addModelFlags(command, options->model);
    addConversionFlags(command, options->model);
    command.text({"--out", "F2", "Model file to write", /*required=*/true}, options->out);
}

}  // namespace condenser::cli
