// Which layer made which channel, and which learned layers read it.
#pragma once

#include <optional>
#include <ranges>
#include <string>
#include <vector>

#include "io/connections_file.h"
#include "network/network_spec.h"

namespace condenser {

// The stem, a dense layer, or a transition that has a convolution: it makes `channels` channels, from `first` on.
// Channels are counted from 0 through the whole network, in the order in which they are made.
struct SourceLayer {
    std::string name;          // "stem", "2.3": the third layer of the second block, "T1": the first transition
    int block = 0, layer = 0;  // from 0; layer -1: the stem; a transition's is the one behind its block's last
    int first = 0, channels = 0;
    bool transition = false;
    // The first of the sources that it reads, which end before itself. Poolings keep channels, so that dense
    // connectivity reaches back to the stem (paper, section 4), but not across a transition that makes its own.
    int readsFrom = 0;
};

// Inputs of one reading layer, from 0.
struct InputRange {
    int first = 0, count = 0;
};

struct ConnectionLayout {
    std::vector<SourceLayer> sources;  // the stem, then every learned layer

    int layers() const { return static_cast<int>(sources.size()) - 1; }
    // Where reading layer i (from 0, as in connections.bin) stands: it makes that source's channels.
    const SourceLayer& reader(int layer) const { return sources[static_cast<std::size_t>(layer) + 1]; }
    // The numbers of the sources that a layer can read, in order, and of the layers that can read a source.
    std::ranges::iota_view<int, int> sourcesOf(int layer) const { return {reader(layer).readsFrom, layer + 1}; }
    std::ranges::iota_view<int, int> readersOf(int source) const;
    bool canRead(int layer, int source) const { return source >= reader(layer).readsFrom && source <= layer; }
    // A layer reads channels in a row: its input i is channel firstChannel(layer) + i.
    int firstChannel(int layer) const { return source(reader(layer).readsFrom).first; }
    // What `made`, a source that the layer can read, or a part of one, is among its inputs.
    InputRange inputsFrom(int layer, const SourceLayer& made) const {
        return {made.first - firstChannel(layer), made.channels};
    }
    const SourceLayer& source(int number) const { return sources[static_cast<std::size_t>(number)]; }
    // The number of the source that made a channel, which must be one of the network's.
    int sourceOf(int channel) const;
    int channels() const { return sources.back().first + sources.back().channels; }
    // The classifier reads this channel and all behind it: those of the last block.
    int firstClassified() const { return firstChannel(layers() - 1); }
};

ConnectionLayout layoutOf(const NetworkSpec& spec);
// A learned layer's name in state dicts and connections.bin: "features.denseblock_1.denselayer_1.conv_1".
std::string layerNameOf(const SourceLayer& layer);
// The learned layers of a network of this spec, as connections.bin lists them.
std::vector<ConnectionsLayer> layersOf(const NetworkSpec& spec);

// The same. Nothing where these are not the layers of a network of this spec.
std::optional<ConnectionLayout> layoutOf(const NetworkSpec& spec, const std::vector<ConnectionsLayer>& layers);

}  // namespace condenser
