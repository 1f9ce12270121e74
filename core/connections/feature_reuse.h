// Who reads what: from layer to layer, from a group back to the layers that made its inputs, from a channel on to all
// that still read it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "connections/connection_layout.h"

namespace condenser {

// Where a pair (group, input) stands in a layer's masks and importances.
inline std::size_t placeOf(const ConnectionsLayer& layer, int group, int input) {
    return static_cast<std::size_t>(group) * static_cast<std::size_t>(layer.inputs) + static_cast<std::size_t>(input);
}

// How many inputs each group reads.
std::vector<int> keptPerGroup(const ConnectionsLayer& layer, const LayerConnections& connections);

// What a layer, or one group of it, reads of one source. The importance of a pair (group, input) is the sum over the
// group's filters of |w|; mean |w| is that by the number of those filters.
struct Reuse {
    int kept = 0, possible = 0;  // pairs (group, input)
    double meanWeight = 0;       // mean |w| over the weights of the kept pairs; 0 where none is kept

    double share() const { return possible > 0 ? static_cast<double>(kept) / possible : 0; }
};

// `inputs`: those that the source made (ConnectionLayout::inputsFrom). `group` -1: all groups.
Reuse reuseOf(const ConnectionsLayer& layer, const LayerConnections& connections, InputRange inputs, int group = -1);

// A channel that a group reads.
struct ReadInput {
    int input = 0;  // of the layer, from 0
    int channel = 0, source = 0;
    double meanWeight = 0;  // mean |w| over the group's filters
};
// The surviving inputs of a group of layer number `layer`, strongest first (ties: the lower channel first).
std::vector<ReadInput> inputsOf(const ConnectionLayout& layout, const std::vector<ConnectionsLayer>& layers,
                                const ConnectionsRecord& record, int layer, int group);

// A group that reads a channel.
struct Reader {
    int layer = 0, group = 0;
    double meanWeight = 0;
};
// In the order of the layers, then of the groups.
std::vector<Reader> readersOf(const ConnectionLayout& layout, const std::vector<ConnectionsLayer>& layers,
                              const ConnectionsRecord& record, int channel);

// How much each channel is used by all layers that can read it, in the order of the channels.
struct FeatureUse {
    int channel = 0, source = 0;
    int readers = 0, possible = 0;  // groups of learned layers that read it, and that could have
    double weight = 0;              // sum of mean |w| over those that do

    // Something could read it, and nothing does any more. The classifier still does where it can: it reads every
    // channel of the last block.
    bool isDead() const { return possible > 0 && readers == 0; }
};
std::vector<FeatureUse> featureUse(const ConnectionLayout& layout, const std::vector<ConnectionsLayer>& layers,
                                   const ConnectionsRecord& record);

// What a network would save that did not make its dead channels at all: the filters of the stem, of the 3x3
// convolutions and of the transitions that make them (a transition's with the inputs that its group still reads), and
// the last norm and the classifier's weights, which read those of the last block. Multiply-adds are those of one
// picture; counted as in network/summary.h, with a classifier that reads every channel.
struct DeadSaving {
    int channels = 0;
    std::int64_t macs = 0, params = 0;
};
DeadSaving savingOf(const NetworkSpec& spec, const ConnectionLayout& layout,
                    const std::vector<ConnectionsLayer>& layers, const ConnectionsRecord& record,
                    const std::vector<FeatureUse>& uses);

}  // namespace condenser
