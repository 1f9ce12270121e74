// Two seconds of measuring, from which the cost of any network on this machine is told.
#pragma once

#include <functional>
#include <stop_token>
#include <vector>

#include "base/result.h"
#include "base/thread_pool.h"
#include "bench/cost_estimate.h"

namespace condenser {

struct CalibrationOptions {
    double seconds = 2;  // of timed calls
    std::stop_token stop;
    std::function<double()> clock;  // seconds; empty: the machine's steady clock
};

// A probe, what it took, and what the rates say that it takes: for whoever wants to see how well they fit.
struct CalibrationProbe {
    double measured = 0, predicted = 0;  // seconds
    bool training = false;               // a training step's image; else one picture's answer
    bool heldOut = false;                // the rates were fitted without it
};

struct Calibration {
    CostRates rates;
    std::vector<CalibrationProbe> probes;
};

// Times small networks, dense and condensed, on all threads of the pool: answering one picture, and training. They take
// turns, so that whatever else the machine does meets all of them; the lower quartile of each counts. The errors of the
// rates are the larger of what condensenet-tiny, which the rates are not fitted to, is off by, and what the method was
// found to be off by over all presets (kPresetError). kCancelled if stopped.
Result<Calibration> calibrate(ThreadPool& pool, const CalibrationOptions& options);

// What nine in ten predictions stay within, over the presets, dense and condensed and at all stages, each of its kind.
inline constexpr double kPresetLatencyError = 0.15, kPresetTrainingError = 0.15;

}  // namespace condenser
