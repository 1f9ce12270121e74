// What each layer of a call takes.
#pragma once

#include <functional>
#include <span>
#include <stop_token>
#include <vector>

namespace condenser {

struct LayerTimingOptions {
    double seconds = 5;  // at most, after five calls; and at most some hundred calls
    std::stop_token stop;
    std::function<void(double done)> progress;  // seconds, now and then
    std::function<double()> clock;              // seconds; empty: the machine's steady clock
};

// In microseconds, a layer each, of a call that takes `wholeMs`; empty if stopped. `call` runs with clocks between its
// layers ([layers], seconds to be added to). Looking at them costs time, the machine may have another pace than when
// the whole was timed, and on several threads a batch may be parted in another way: so what counts of a clocked call is
// the share that each layer has of it, what lies between the layers included, and these shares are told of `wholeMs`.
// They are means over the faster half of the calls. Medians, layer by layer, would know nothing of what interrupts some
// layer in every call, and would not add up.
std::vector<double> layerTimes(const std::function<void(std::span<double> seconds)>& call, std::size_t layers,
                               double wholeMs, const LayerTimingOptions& options);

}  // namespace condenser
