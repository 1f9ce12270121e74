#include "cli/inspect_connections.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <functional>
#include <numeric>
#include <optional>

#include "base/atomic_file.h"
#include "cli/inspect_moments.h"
#include "cli/inspect_tables.h"
#include "connections/layer_weights.h"
#include "io/run_folder.h"

namespace condenser::cli {
namespace {

constexpr const char* kWhat = "cannot show the connections";
constexpr const char* kNoTable = "cannot write the table";

// Records to be shown, read one after the other: those of a long run need not all be in memory.
struct Records {
    ShownNetwork network;
    std::vector<ConnectionsKey> moments;
    bool timed = false;  // they are moments of a run
    std::function<Result<ConnectionsRecord>(std::size_t)> read;
};

Result<std::vector<std::size_t>> chooseLayers(const ShownNetwork& network, const std::string& asked) {
    std::vector<std::size_t> chosen(network.layers.size());
    std::iota(chosen.begin(), chosen.end(), std::size_t{0});
    if (asked == "all") return chosen;
    for (const std::size_t i : chosen) {
        const std::string& name = network.layers[i].name;
        if (asked == name || "features." + asked == name || asked == network.layout.reader(static_cast<int>(i)).name)
            return std::vector<std::size_t>{i};
    }
    return fail(ErrorCode::kUsage, kWhat, asked, "there is no learned convolution of that name",
                fmt::format("the layers are {} to {}; all shows every one", network.layers.front().name,
                            network.layers.back().name));
}

// A run's own files are not written over by a table.
Result<> refuseRunsOwn(const std::filesystem::path& folder, const std::filesystem::path& csv) {
    const std::filesystem::path place = csv.has_parent_path() ? csv.parent_path() : ".";
    std::error_code ignored;
    if (csv.empty() || !std::filesystem::equivalent(folder, place, ignored)) return {};
    constexpr std::array kEnds{".json", ".bin", ".safetensors"};
    const bool own = csv.filename() == kLockName || csv.filename() == kMetricsName ||
                     std::ranges::find(kEnds, csv.extension()) != kEnds.end();
    if (!own) return {};
    return fail(ErrorCode::kUsage, kNoTable, csv.string(), "it is a file of the run, which would be lost",
                "name another file, connections.csv for example");
}

// "connections": a layer, or a list of them where all were asked for; of several moments, one in each of "moments".
void addJson(const ShownNetwork& network, const ConnectionsRecord& record, const std::vector<std::size_t>& layers,
             bool timed, const ConnectionsRequest& request, Json& members) {
    Json connections = Json::array();
    for (const std::size_t layer : layers) connections.push_back(layerJson(network, record, layer));
    if (request.layer != "all") connections = Json(std::move(connections[0]));
    if (request.at == "all") {
        Json& moment = members["moments"].emplace_back(momentJson(record.key));
        moment["connections"] = std::move(connections);
    } else {
        if (timed) members["moment"] = momentJson(record.key);
        members["connections"] = std::move(connections);
    }
}

Result<ShownConnections> show(const Records& records, const ConnectionsRequest& request, bool json) {
    const ShownNetwork& network = records.network;
    const auto layers = chooseLayers(network, request.layer);
    if (!layers) return tl::unexpected(layers.error());
    const bool oneLayer = request.layer != "all", oneMoment = request.at != "all";

    std::optional<AtomicFile> csv;
    const auto failed = [](Error error) {
        error.what = kNoTable;
        return tl::unexpected(std::move(error));
    };
    if (!request.csv.empty()) {
        csv.emplace(request.csv);
        if (const auto opened = csv->open(); !opened) return failed(opened.error());
        if (const auto written = csv->write(csvHeading()); !written) return failed(written.error());
    }

    ShownConnections shown;
    MomentsTable table(oneLayer ? std::optional(layers->front()) : std::nullopt);
    if (json) shown.members["sources"] = sourcesJson(network);
    for (std::size_t i = 0; i < records.moments.size(); ++i) {
        const auto record = records.read(i);
        if (!record) return tl::unexpected(record.error());
        for (const std::size_t layer : csv ? *layers : std::vector<std::size_t>()) {
            const auto written = csv->write(csvLines(network, *record, layer, records.timed));
            if (!written) return failed(written.error());
        }
        if (json) {
            addJson(network, *record, *layers, records.timed, request, shown.members);
        } else if (oneMoment) {
            shown.text = oneLayer ? layerText(network, *record, layers->front()) : networkText(network, *record);
        } else {
            table.add(network, *record);
        }
    }
    if (!json && !oneMoment) {
        if (oneLayer) shown.text = network.layers[layers->front()].name + "\n";
        shown.text += table.text();
    }
    if (csv) {
        if (const auto done = csv->commit(); !done) return failed(done.error());
    }
    return shown;
}

// The record of a run and the moments of it that were asked for.
Result<Records> openRun(const std::filesystem::path& folder, const ConnectionsRequest& request) {
    const auto run = readRunRecord(folder);
    if (!run) return tl::unexpected(run.error());
    auto index = readConnectionsIndex(folder);
    if (!index) return tl::unexpected(index.error());
    const std::string file = (folder / kConnectionsName).string();
    if (index->records.empty()) {
        return fail(ErrorCode::kNotFound, kWhat, file, "nothing is recorded yet",
                    "the first record comes at the end of the first epoch");
    }
    auto layout = layoutOf(run->spec, index->layers);
    if (!layout) {
        return fail(ErrorCode::kBadData, kWhat, file,
                    fmt::format("its {} layers are not those of the network in {}, {}", index->layers.size(),
                                kRunRecordName, run->spec.text()),
                    "the two files must be of one run");
    }
    const auto chosen = chooseMoments(index->records, request.at, folder);
    if (!chosen) return tl::unexpected(chosen.error());
    Records records{{run->spec, std::move(*layout), std::move(index->layers)}, {}, true, {}};
    for (const std::size_t number : *chosen) records.moments.push_back(index->records[number]);
    records.read = [folder, chosen = *chosen](std::size_t i) { return readConnections(folder, chosen[i]); };
    return records;
}

}  // namespace

Result<ShownConnections> showConnections(const ModelFile& model, const ConnectionsRequest& request, bool json) {
    if (request.at != "last" && request.at != "all") {
        return fail(ErrorCode::kUsage, "cannot choose the moment", request.at,
                    "a model is of one moment only, and --model names a model",
                    "leave out --at, or give the run's folder as --model");
    }
    auto connections = connectionsOf(model);
    if (!connections) return tl::unexpected(connections.error());
    Records records{{model.spec, layoutOf(model.spec), std::move(connections->layers)},
                    {connections->record.key},
                    false,
                    [&](std::size_t) -> Result<ConnectionsRecord> { return connections->record; }};
    ConnectionsRequest now = request;
    now.at = "last";
    return show(records, now, json);
}

bool isRunFolder(const std::string& model) {
    std::error_code ignored;
    return std::filesystem::is_regular_file(std::filesystem::path(model) / kRunRecordName, ignored);
}

Outcome inspectRun(const std::string& folder, const ConnectionsRequest& request, const Common& common) {
    if (auto allowed = refuseRunsOwn(folder, request.csv); !allowed) return tl::unexpected(allowed.error());
    const auto records = openRun(folder, request);
    if (!records) return tl::unexpected(records.error());
    const auto shown = show(*records, request, common.json);
    if (!shown) return tl::unexpected(shown.error());
    const NetworkSpec& spec = records->network.spec;
    Result<> printed;
    if (common.json) {
        Json json{{"model", folder}, {"spec", spec.text()}, {"steps", spec.condenseFactor - 1}};
        json.update(shown->members);
        printed = printJson(json);
    } else {
        const ConnectionsKey& last = records->moments.back();
        const std::string when = records->moments.size() > 1
                                     ? fmt::format("{} moments", records->moments.size())
                                     : fmt::format("{}, {} training steps done", momentWords(last), last.step);
        printed = printText(fmt::format("run         {}\nspec        {}\nmoment      {}\ncondensing  {}\n\n{}", folder,
                                        spec.text(), when, stepsText(last.stage, spec), shown->text));
    }
    if (!printed) return tl::unexpected(printed.error());
    return kDone;
}

}  // namespace condenser::cli
