// What a network will cost on this machine, from rates that a calibration measured. Pure arithmetic, a few
// microseconds.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "bench/cost_work.h"
#include "condense/schedule.h"
#include "network/network_spec.h"
#include "network/variant.h"

namespace condenser {

// Seconds that a unit of each kind of work takes here (cost_work.h), and how far the predictions may be off.
struct CostRates {
    std::array<double, kInferenceKinds> inference{};
    std::array<double, kTrainingKinds> training{};
    double latencyError = 0, trainingError = 0;  // shares: 0.1 is 10 %

    bool operator==(const CostRates&) const = default;
};

// Whether all numbers are finite, none below zero, and some above: what comes from a file may be anything.
bool isUsable(const CostRates& rates);

// The rates of the machine that Condenser is developed on (one core of an AMD Zen 4). Their proportions stand in for
// what a calibration of two seconds cannot tell apart.
const CostRates& referenceRates();

// A piece of work and how long it was found to take.
struct TimedWork {
    std::vector<double> work;  // a count for each kind
    double seconds = 0;
};

// The rates that explain the samples best: their errors are taken relative to each time, no rate is negative, and the
// proportions of `reference` are held to as far as the samples do not speak against them; but for the kind `loose`,
// which has nothing to do with a machine's speed otherwise. At least one sample.
std::vector<double> fitRates(std::span<const TimedWork> samples, std::span<const double> reference, std::size_t loose);

// The time of one answer for one picture, on as many threads as the rates were measured with.
double latencySeconds(const CostRates& rates, const NetworkSpec& spec, Variant variant);

// One training step, divided by its pictures, after `stage` condensing steps (0..C-1).
double trainingSecondsPerImage(const CostRates& rates, const NetworkSpec& spec, int stage, int batch);

// How much there is to train.
struct TrainingAmount {
    std::int64_t trainImages = 0, testImages = 0;  // an epoch
    int epochs = 1, batch = 64;
    Condensing condensing = Condensing::kGradual;
};

// All steps of all stages, as the schedule spreads them (condense/schedule.h), and an evaluation an epoch.
double trainingSeconds(const CostRates& rates, const NetworkSpec& spec, const TrainingAmount& amount);

}  // namespace condenser
