// The columns that lists of the details card have in common.
#pragma once

#include <functional>

#include "connections/connections_source.h"
#include "connections/detail_table_model.h"

namespace condenser {

// A text as wide as any name of a layer of that network.
QString widestLayer(const ConnectionLayout& layout);

using NumberOfRow = std::function<int(int row)>;

// "f 71".
DetailColumn featureColumn(const ConnectionsSourcePtr& source, const QString& head, const NumberOfRow& channel);
// "2.3", by the number of the source.
DetailColumn makerColumn(const ConnectionsSourcePtr& source, const NumberOfRow& maker);
// The same, by the channel.
DetailColumn makerOfChannelColumn(const ConnectionsSourcePtr& source, const NumberOfRow& channel);
// "2.5", by the number of the reading layer.
DetailColumn layerColumn(const ConnectionsSourcePtr& source, const QString& head, const NumberOfRow& layer);
// From 0; shown from 1, with its colour.
DetailColumn groupColumn(const QString& tip, const NumberOfRow& group);
// "6 of 16" with a bar; `most` is the largest number that may stand there.
DetailColumn partColumn(const QString& head, const QString& tip, int most, const NumberOfRow& part,
                        const NumberOfRow& whole);
// |w| with a bar that compares it with the strongest.
DetailColumn weightColumn(const QString& head, const QString& tip, double strongest,
                          const std::function<double(int row)>& weight);

}  // namespace condenser
