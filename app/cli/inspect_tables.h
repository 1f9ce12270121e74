// The connections of a network at one moment or several, as tables, JSON and CSV.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "cli/output.h"
#include "connections/connection_layout.h"

namespace condenser::cli {

// What the records are of.
struct ShownNetwork {
    NetworkSpec spec;
    ConnectionLayout layout;
    std::vector<ConnectionsLayer> layers;
};

// In texts and CSV, groups and layers are counted from 1; inputs, from 0 everywhere. They are channels of the network,
// or of what it has behind its last transition with a convolution.

// "1 of 3 condensing steps done", for what `steps` calls them.
std::string stepsText(int stepsDone, const NetworkSpec& spec, const char* steps = "steps");

// One layer: what each group reads, how strongly, and from which layers.
std::string layerText(const ShownNetwork& network, const ConnectionsRecord& record, std::size_t layer);
// A line a layer, the sum, and what nobody reads any more.
std::string networkText(const ShownNetwork& network, const ConnectionsRecord& record);

// A line a moment: of one layer, or of the whole network.
class MomentsTable {
  public:
    explicit MomentsTable(std::optional<std::size_t> layer);
    void add(const ShownNetwork& network, const ConnectionsRecord& record);
    std::string text() const { return m_table.text(); }

  private:
    std::optional<std::size_t> m_layer;
    Table m_table;
};

// {"layer", "groups", "inputs", "outputs", "first_channel", "steps", "steps_done", "masks", "index", "importances"}:
// the last three a list for each group. Input i is channel first_channel + i of those in sourcesJson.
Json layerJson(const ShownNetwork& network, const ConnectionsRecord& record, std::size_t layer);
// {"at", "epoch", "step", "stage"}.
Json momentJson(const ConnectionsKey& key);
// Which layer made which channels: [{"name", "first", "channels"}, ...].
Json sourcesJson(const ShownNetwork& network);

std::string csvHeading();
// `timed`: the record is of a run, at a moment; else the columns about time stay empty. The stem is source 0.0, a
// transition the layer behind its block's last.
std::string csvLines(const ShownNetwork& network, const ConnectionsRecord& record, std::size_t layer, bool timed);

}  // namespace condenser::cli
