// What each layer of a call takes.
#pragma once

#include <functional>
#include <span>
#include <stop_token>
#include <vector>

namespace condenser {

struct LayerTimingOptions {
    double seconds = 5;  // at most, after five calls; and at most some hundred calls
    // Whether the layers are clocked in another way than the whole runs, so that only their proportions count.
    bool proportionsOnly = false;
    std::stop_token stop;
    std::function<void(double done)> progress;  // seconds, now and then
    std::function<double()> clock;              // seconds; empty: the machine's steady clock
};

// In microseconds, a layer each, of a call that takes `wholeMs`; empty if stopped. Looking at the clock between layers
// costs time, and a machine changes its pace: so `call` runs in turn without and with clocks ([layers], seconds to be
// added to).
// - What all layers take of the whole: the median of the ratios of two calls side by side.
// - What each takes of that: its mean over the middle half of the calls, by their length. Of a median of its own,
// layers
//   that a neighbour interrupts now and then would know nothing, while the call that they belong to does, and they
//   would not add up to it.
std::vector<double> layerTimes(const std::function<void(std::span<double> seconds)>& call, std::size_t layers,
                               double wholeMs, const LayerTimingOptions& options);

}  // namespace condenser
