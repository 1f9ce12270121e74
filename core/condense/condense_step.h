// Dropping connections: the visible step of the training loop that makes a CondenseNet of a dense network.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "layers/learned_group_conv.h"
#include "network/network.h"

namespace condenser {

// Which accidents of the public reference are reproduced (README, Models and runs).
enum class CondensingRules { kCorrected, kReference };

// What one condensing step did to one layer.
struct LayerDrop {
    std::string layer;
    std::vector<std::vector<int>> inputs;  // per group, in drop order: ascending importance, given ones by channel
};

struct CondensingReport {
    int stage = 0;             // reached, 1..C-1
    std::int64_t dropped = 0;  // (group, input) pairs, over all layers
    double kept = 1;           // share of pairs that live, over all layers
    std::vector<LayerDrop> layers;
};

// Takes one layer to `stage`: the least important inputs of each group go (ties: the lower channel first).
// kReference: ONE portion of inputs / C, taken from the positions count.. of the order of all inputs, dropped ones
// included, even if several stages were passed. kCorrected: as many live inputs as are due, and the weights of all
// dropped connections become 0; a layer at `stage` with more live inputs than that (a reference training lost them)
// catches up. A layer that is already there is left alone. Returns the inputs per group.
std::vector<std::vector<int>> condenseLayer(LearnedGroupConv& layer, int stage, CondensingRules rules);

// Takes every layer of the network to `stage`. dropped == 0: nothing was due.
CondensingReport condenseNetwork(Network& network, int stage, CondensingRules rules);

// The lowest stage of the network's layers; C-1 for a condensed network.
int condensingStageOf(const Network& network);
// Share of (group, input) pairs that live, in all and for one block (from 0).
double keptShare(Network& network);
double keptShare(Network& network, int block);

}  // namespace condenser
