// What a run writes into its folder, beyond the formats themselves: which tensors, which words.
#pragma once

#include <filesystem>
#include <string>

#include "base/result.h"
#include "io/run_folder.h"
#include "network/network.h"
#include "run/training_run.h"

namespace condenser {

// A new folder's name in the store: what is trained on what, and when.
std::filesystem::path newRunFolder(const std::string& data, const std::string& model);

// kUsage where `folder` holds anything but what a start leaves that was cut short before it wrote run.json.
Result<> checkFolderIsFree(const std::filesystem::path& folder);

// The network as a model file. `epoch` and the accuracies go into its `trained` field.
struct TrainedState {
    int epoch = 0;
    double testTop1 = 0, testLoss = 0;
};
ModelFile describeModel(const RunRecord& record, Network& network, const TrainedState& trained);
// The `epoch` that went in; -1 where the file does not say.
int epochOf(const ModelFile& model);

// The learned layers as connections.bin lists them, and their masks and importances now.
std::vector<ConnectionsLayer> connectionLayers(Network& network);
ConnectionsRecord recordConnections(Network& network, const ConnectionsKey& key);

}  // namespace condenser
