// What a condensing step did to a run, from its curves: the jump, and how long it took to be as good as before.
#pragma once

#include <limits>
#include <optional>
#include <span>

namespace condenser {

struct CurvePoints {
    std::span<const double> epochs, values;  // as many of each; epochs rise
};

struct CondensingEffect {
    enum class Recovery {
        kUnknown,        // no test before or none after
        kNoDrop,         // the first test after the step was as good as the last one before
        kRecovered,      // after `epochs` epochs
        kNotYet,         // as far as the run has come
        kNextStepFirst,  // the next condensing step came before
    };
    std::optional<double> lossBefore, lossAfter;  // of the training batches around the step, a few on each side
    std::optional<double> top1Before, top1After;  // of the tests at the ends of the epochs around it
    Recovery recovery = Recovery::kUnknown;
    int epochs = 0;
};

// Of the step at epoch `at`. `previous` and `next` are the condensing steps around it: what lies beyond is not its.
CondensingEffect measureEffect(const CurvePoints& batchLoss, const CurvePoints& testTop1, double at,
                               double previous = 0, double next = std::numeric_limits<double>::infinity());

}  // namespace condenser
