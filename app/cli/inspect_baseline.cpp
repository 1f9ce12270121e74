#include "cli/inspect_baseline.h"

#include <fmt/format.h>

#include "cli/baseline_model.h"
#include "cli/output.h"

namespace condenser::cli {
namespace {

// An operator in a report; 0 where a number does not apply.
struct Row {
    std::string name, op;
    GraphMaps output;  // what it writes
    int inputs = 0, kernel = 0, groups = 0, stride = 0;
    std::int64_t macs = 0;
};

void describe(const GraphConv& conv, const Graph&, Row& row) {
    row.output.channels = conv.outputs();
    row.inputs = static_cast<int>(conv.sources.size());
    row.kernel = conv.kernel;
    row.groups = conv.groups;
    row.stride = conv.stride;
}

void describe(const GraphPool& pool, const Graph& graph, Row& row) {
    row.output.channels = row.inputs = graph.maps[static_cast<std::size_t>(pool.input)].channels;
    row.kernel = pool.kernel;
    row.stride = pool.stride;
}

void describe(const GraphGlobalAverage& average, const Graph& graph, Row& row) {
    row.inputs = graph.maps[static_cast<std::size_t>(average.input)].channels;
}

void describe(const GraphLinear& linear, const Graph&, Row& row) {
    row.inputs = static_cast<int>(linear.weight.size() / linear.bias.size());
}

std::vector<Row> rowsOf(const Graph& graph) {
    std::vector<Row> rows;
    for (const GraphNode& node : graph.nodes) {
        Row& row = rows.emplace_back();
        row.name = node.name;
        row.op = graphOp(node);
        row.macs = graphMacs(graph, node);
        std::visit(
            [&](const auto& op) {
                row.output = graph.maps[static_cast<std::size_t>(op.output)];
                describe(op, graph, row);
            },
            node.op);
    }
    return rows;
}

Json asJson(const std::string& model, const Graph& graph, bool layers) {
    Json json{{"model", model},
              {"variant", "dense"},
              {"height", graph.maps[0].height},
              {"width", graph.maps[0].width},
              {"macs", graphMacs(graph)},
              {"params", graph.params}};
    if (!layers) return json;
    json["layers"] = Json::array();
    for (const Row& row : rowsOf(graph)) {
        json["layers"].push_back({{"name", row.name},
                                  {"op", row.op},
                                  {"channels", row.output.channels},
                                  {"height", row.output.height},
                                  {"width", row.output.width},
                                  {"inputs", row.inputs},
                                  {"kernel", row.kernel},
                                  {"groups", row.groups},
                                  {"stride", row.stride},
                                  {"macs", row.macs}});
    }
    return json;
}

std::string asText(const std::string& model, const Graph& graph, bool layers) {
    std::string text =
        fmt::format("model       {}, for {} x {} pixels\nmacs        {} multiply-adds\nparams      {} parameters\n",
                    model, graph.maps[0].height, graph.maps[0].width, scaled(graphMacs(graph)), scaled(graph.params));
    if (!layers) return text;
    using Align = Table::Align;
    Table table({{"layer"},
                 {"op"},
                 {"output", Align::kRight},
                 {"kernel", Align::kRight},
                 {"groups", Align::kRight},
                 {"multiply-adds", Align::kRight}});
    for (const Row& row : rowsOf(graph)) {
        table.row({row.name, row.op,
                   fmt::format("{} x {} x {}", row.output.channels, row.output.height, row.output.width),
                   row.kernel > 0 ? fmt::format("{0} x {0}", row.kernel) : "",
                   row.groups > 0 ? std::to_string(row.groups) : "", row.macs > 0 ? std::to_string(row.macs) : ""});
    }
    return text + "\n" + table.text();
}

}  // namespace

Outcome inspectBaseline(const ModelOptions& options, bool layers, const Common& common) {
    const int size = findBaseline(options.model)->size;
    const Result<Graph> graph = openBaseline(options, size, size, common);
    if (!graph) return tl::unexpected(graph.error());
    const auto printed = common.json ? printJson(asJson(options.model, *graph, layers))
                                     : printText(asText(options.model, *graph, layers));
    if (!printed) return tl::unexpected(printed.error());
    return kDone;
}

}  // namespace condenser::cli
