// What a training has cost so far, in multiply-adds: an x axis on which runs of different networks compare.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "io/metrics_file.h"
#include "io/run_record.h"

namespace condenser {

// Multiply-adds of one picture in one training step: forward over the connections that live, and twice that again for
// the gradients of inputs and of weights. `kept` (0..1) is the share of the learned convolutions' connections that
// live; at 1 it is three times the dense network's count.
double trainingMacs(const NetworkSpec& spec, double kept);

// Spent from the start of the run to the end of each epoch of `rows`: the sum over the epochs of pictures seen times
// trainingMacs at the epoch's share. A condensing step inside an epoch counts from that epoch's start.
std::vector<double> macsSpent(const RunRecord& record, std::span<const MetricsRow> rows);

}  // namespace condenser
