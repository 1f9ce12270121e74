// How a network is trained, and the words of run.json and experiment.json for it.
#pragma once

#include <cstdint>

#include "condense/schedule.h"
#include "data/augmentation.h"
#include "io/json.h"

namespace condenser {

struct TrainSettings {
    int epochs = 12;              // 1..1'000'000
    int batch = 64;               // 1..1'000'000
    double learningRate = 0.1;    // at the start, finite, >= 0; cosine to 0, per iteration
    double momentum = 0.9;        // 0 <= m < 1
    double weightDecay = 1e-4;    // finite, >= 0
    double groupLassoLambda = 0;  // finite, >= 0
    double validation = 0;        // share of the training part held back, 0 <= v < 1; 0: the data's own test part
    std::uint64_t seed = 1;
    Augmentation augmentation = Augmentation::kAuto;
    bool referenceQuirks = false;
    Condensing condensing = Condensing::kGradual;  // all others exclude referenceQuirks

    bool operator==(const TrainSettings&) const = default;
};

// All but the seed and referenceQuirks, for which each file has its own place.
Json::Object jsonOf(const TrainSettings& settings);

// The same back, with every field's range. What is wrong is noted in `fields`, and the result then means nothing.
TrainSettings takeTrainSettings(JsonFields& fields);

}  // namespace condenser
