// Which layer made which channel, and which learned layers read it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "io/connections_file.h"
#include "network/network_spec.h"

namespace condenser {

// The stem or a dense layer: it makes `channels` channels, from `first` on. Channels are counted from 0 through the
// whole network, since poolings keep them and dense connectivity reaches across blocks (paper, section 4): every later
// layer reads channel c as its input c.
struct SourceLayer {
    std::string name;          // "stem", "2.3": the third layer of the second block
    int block = 0, layer = 0;  // from 0; layer -1: the stem
    int first = 0, channels = 0;
};

struct ConnectionLayout {
    std::vector<SourceLayer> sources;  // the stem, then every dense layer

    int layers() const { return static_cast<int>(sources.size()) - 1; }
    // Where reading layer i (from 0, as in connections.bin) stands: it makes that source's channels, and reads those of
    // the sources before it.
    const SourceLayer& reader(int layer) const { return sources[static_cast<std::size_t>(layer) + 1]; }
    int sourcesOf(int layer) const { return layer + 1; }
    // The number of the source that made a channel, which must be one of the network's.
    int sourceOf(int channel) const;
    int channels() const { return sources.back().first + sources.back().channels; }
};

ConnectionLayout layoutOf(const NetworkSpec& spec);
// The learned layers of a network of this spec, as connections.bin lists them.
std::vector<ConnectionsLayer> layersOf(const NetworkSpec& spec);

// The same. Nothing where these are not the layers of a network of this spec.
std::optional<ConnectionLayout> layoutOf(const NetworkSpec& spec, const std::vector<ConnectionsLayer>& layers);

}  // namespace condenser
