// The networks of the paper's timing table (table 5, and the reference's README), to be measured here.
#pragma once

#include <cstdint>
#include <stop_token>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "bench/model_bench.h"

namespace condenser {

struct PaperNetwork {
    const char* name;         // "CondenseNet-74 C=G=4"
    const char* preset;       // "condensenet-74-g4"
    bool condensed;           // with half of the classifier, as the published counts have it
    double publishedSeconds;  // one picture of 224 x 224 on an ARM processor that nobody names
};
// From the slowest to the fastest; the last one is what the others are divided by.
const std::vector<PaperNetwork>& paperNetworks();
const PaperNetwork* findPaperNetwork(std::string_view preset);  // nullptr: none of them

// Ready to be timed at 224 x 224, with random weights of `seed`; BenchModel::model is the preset's name.
// kCancelled where `stop` asks for it, between two networks.
Result<std::vector<BenchModel>> openPaperNetworks(std::uint64_t seed, const std::stop_token& stop = {});

}  // namespace condenser
