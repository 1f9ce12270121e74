#include "cli/inspect_paper.h"

#include <fmt/format.h>

#include "cli/output.h"
#include "network/published_counts.h"

namespace condenser::cli {
namespace {

using Align = Table::Align;

const char* formName(PublishedForm form) {
    return form == PublishedForm::kTrained ? "trained" : "converted";
}

Json costJson(const CountedCost& cost) {
    return {{"ref_flops", cost.refFlops}, {"params", cost.params}, {"macs", cost.macs}};
}

Json rowJson(const PublishedCount& row, const RecountedRow& ours) {
    Json errors = Json::object();
    const std::pair<const char*, const std::optional<double>*> known[] = {{"cifar10", &row.cifar10},
                                                                          {"cifar100", &row.cifar100},
                                                                          {"imagenet_top1", &row.imageNetTop1},
                                                                          {"imagenet_top5", &row.imageNetTop5}};
    for (const auto& [name, error] : known) {
        if (*error) errors[name] = **error;
    }
    return {{"name", row.name},
            {"model", row.preset},
            {"counted", formName(row.form)},
            {"published",
             {{"ref_flops", row.flops.value},
              {"params", row.params.value},
              {"ref_flops_text", row.flops.text},
              {"params_text", row.params.text},
              {"epochs", row.epochs},
              {"error_percent", std::move(errors)}}},
            {"same_digits", {{"ref_flops", ours.sameFlops}, {"params", ours.sameParams}}},
            {"trained", costJson(ours.trained)},
            {"condensed", costJson(ours.condensed)},
            {"converted", costJson(ours.converted)}};
}

const char* same(bool digits) {
    return digits ? "yes" : "NO";
}

// Two digits more than were printed tell how close it is.
std::string closely(std::int64_t count, const PublishedFigure& published) {
    return inDigitsOf(count, published.text, 2);
}

std::string countsText() {
    std::vector<Table::Column> columns{{"network"}, {"counted"}};
    for (const char* heading :
         {"FLOPs", "ours", "same", "params", "ours", "same", "multiply-adds", "other form: FLOPs", "params"})
        columns.push_back({heading, Align::kRight});
    Table table(std::move(columns));
    for (const PublishedCount& row : publishedCounts()) {
        const RecountedRow ours = recount(row);
        const CountedCost &counted = ours.counted(row.form), &other = ours.other(row.form);
        table.row({row.name, formName(row.form), row.flops.text, closely(counted.refFlops, row.flops),
                   same(ours.sameFlops), row.params.text, closely(counted.params, row.params), same(ours.sameParams),
                   closely(counted.macs, row.flops), closely(other.refFlops, row.flops),
                   closely(other.params, row.params)});
    }
    return table.text();
}

std::string errorText(const std::optional<double>& error, int decimals) {
    return error ? fmt::format("{:.{}f} %", *error, decimals) : "";
}

std::string errorsText() {
    std::vector<Table::Column> columns{{"published errors, not measured here"}};
    for (const char* heading : {"epochs", "CIFAR-10", "CIFAR-100", "ImageNet top-1", "top-5"})
        columns.push_back({heading, Align::kRight});
    Table table(std::move(columns));
    for (const PublishedCount& row : publishedCounts()) {
        table.row({row.name, std::to_string(row.epochs), errorText(row.cifar10, 2), errorText(row.cifar100, 2),
                   errorText(row.imageNetTop1, 1), errorText(row.imageNetTop5, 1)});
    }
    return table.text();
}

constexpr const char* kLegend =
    "FLOPs: as the public reference counts: one for each multiply-add, each input of a ReLU, each value that a "
    "pooling\n"
    "reads and each bias of the classifier, none for batch norm. Parameters: all weights, the norms' scales and\n"
    "shifts, the classifier's biases.\n"
    "trained: the network in training, a learned convolution at 1/C, the whole classifier (inspect --variant "
    "learned).\n"
    "converted: index layers and standard group convolutions, half of the classifier's inputs (inspect --variant\n"
    "condensed --classifier-keep 0.5). The CIFAR rows were published as trained, the ImageNet rows as converted; the\n"
    "other form stands last.\n"
    "multiply-adds: of the convolutions and the classifier alone, in the form that was published: our macs.\n"
    "same: ours, rounded to the digits that were printed, is what was printed. The CIFAR rows are of 10 classes.\n"
    "Sources: README of the public reference (ShichenLiu/CondenseNet); CondenseNet, CVPR 2018.\n";

}  // namespace

Outcome inspectPaper(const Common& common) {
    Result<> printed;
    if (common.json) {
        Json rows = Json::array();
        for (const PublishedCount& row : publishedCounts()) rows.push_back(rowJson(row, recount(row)));
        printed = printJson({{"rows", std::move(rows)}});
    } else {
        printed = printText(countsText() + "\n" + kLegend + "\n" + errorsText());
    }
    if (!printed) return tl::unexpected(printed.error());
    return kDone;
}

}  // namespace condenser::cli
