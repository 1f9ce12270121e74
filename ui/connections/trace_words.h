// Traces, features and layers in words, the same in every panel of the Connections page.
#pragma once

#include <QString>
#include <vector>

#include "connections/connections_state.h"

namespace condenser {

// "f 71": channels are counted from 0, as in the files; groups, filters and layers from 1.
QString featureWords(int channel);
// "stem", "2.3".
QString sourceWords(const ConnectionLayout& layout, int source);
// "2.5", of reading layer `layer` (from 0).
QString layerWords(const ConnectionLayout& layout, int layer);
QString groupWords(int group);
// |w| with three decimals, fewer than 0.001 with two digits.
QString weightWords(double weight);
// "1, 3 and 4", "1 to 4 and 7".
QString numbersWords(const std::vector<int>& numbers);

// The head of a trace: "Filter 11", "f 71".
QString traceTitle(const ConnectionsSource& source, const Trace& trace);
// What was found: "Keeps 48 of 96 inputs, the same for all 16 filters of its group."
QString traceSentence(const ConnectionsSource& source, const ConnectionsRecord& record, const Trace& trace);

// What the groups of a layer did with a channel, and why: "In 2.5: kept by group 1 (3rd of 48), dropped by groups 2
// and 4.", where the 1st is the strongest input that the group keeps. Empty where the layer cannot read it.
QString fateSentence(const ConnectionsSource& source, const ConnectionsRecord& record, int layer, int channel);

}  // namespace condenser
