// The measuring protocol, the only one: several subjects timed in turn within one run, so that a processor that
// throttles or a neighbour that wakes up meets all of them, and what is compared was measured side by side.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <stop_token>
#include <string>
#include <vector>

#include "base/result.h"

namespace condenser {

struct Subject {
    std::string name;            // for progress
    std::function<void()> call;  // ONE call of what is timed
    // Before each block, untimed: all memory that a call touches anew, in another place. Where weights and maps come to
    // lie makes a call up to a few per cent faster or slower, and is not what a comparison is about. May be empty.
    std::function<void()> renew = {};
};

// Samples that were taken in a row; the blocks of one round, one a subject, stand side by side in time.
struct TimingBlock {
    std::size_t first = 0, samples = 0;  // of Timing::ms
    int round = 0;                       // from 0
};

// What was measured of one subject.
struct Timing {
    std::vector<double> ms;           // a call each, in the order in which they ran
    std::vector<TimingBlock> blocks;  // in order; together all of `ms`
    std::int64_t calls = 0;           // timed ones; more than samples where calls are too short to be timed one by one
    double medianMs = 0, p5Ms = 0, p95Ms = 0;
};

struct ProtocolOptions {
    double seconds = 5;  // of timed calls, a subject
    int minBlocks = 1;   // a subject; 10 where two are compared
    std::stop_token stop;
    // Told after every block: whose it was, and the timed seconds, done and in all.
    std::function<void(const std::string& name, double done, double total)> progress;
    // The samples of the block that has just ended: `subject` counts from 0. On the calling thread, untimed.
    std::function<void(std::size_t subject, std::span<const double> ms)> sampled;
    std::function<double()> clock;  // seconds; empty: the machine's steady clock
};

// Of the machine's steady clock.
double steadySeconds();

// Warms each subject up, then times them in blocks of about 20 ms, one subject a block, round by round, until each has
// `seconds` of timed calls, `minBlocks` blocks and at least 5 samples; who has them is left out of further rounds. The
// order of every first round is drawn by lot, every second one runs backwards: what drifts meets all subjects alike,
// and what comes and goes at a beat of its own favours none. A block begins with an untimed call, which brings the
// subject's data back into the caches, unless a call is long enough not to care. A sample is one call; calls below 50
// us are timed several at once and divided. On the calling thread. kCancelled if stopped, which is looked at between
// calls.
Result<std::vector<Timing>> timeInTurn(const std::vector<Subject>& subjects, const ProtocolOptions& options);

// The value below which `share` (0..1) of the samples lie, linear between neighbours: share * (n - 1) is the place
// among the n sorted ones. At least one sample.
double quantile(std::vector<double> samples, double share);

}  // namespace condenser
