// Which channels' maps are to be seen: those along the traced path.
#pragma once

#include <vector>

#include "connections/connections_state.h"
#include "connections/feature_reuse.h"
#include "run/feature_maps.h"

namespace condenser {

struct PathChannel {
    int channel = 0, source = 0;
    double strength = 0;  // by which they are sorted
};

struct FeaturePath {
    QString title;         // "Group 2 of layer 2.5 reads"
    QString strengthName;  // "mean |w|"; "summed mean |w|", over the groups that read it; "spread", the map's standard
                           // deviation
    std::vector<PathChannel> channels;
    // A single channel: it stands for itself, and these read it.
    bool single = false;
    std::vector<Reader> readers;
};

// A traced group or filter: the inputs that it keeps. A traced channel: itself and its readers. Nothing traced: in a
// layer the channels that it makes, those first that vary most over this picture; in the network the channels that are
// read most. `weights`, of the moment, serve for a filter's |w|; of the `record` only what fits the source is looked
// at.
FeaturePath featurePath(const ConnectionsSource& source, const ConnectionsRecord& record, const ModelFile& weights,
                        const FeatureMaps& maps, const MapPlace& place, const Trace& trace);

}  // namespace condenser
