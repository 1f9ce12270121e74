// The counts that are published for CondenseNets (README of the public reference), to hold our counter to.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace condenser {

struct PublishedFigure {
    const char* text;  // as printed: "28.6M"
    double value;      // 28.6e6
};

// What was counted. kTrained: the network in training, a learned convolution at 1/C, the whole classifier
// (CountingMode::kLearned). kConverted: index layers and standard group convolutions, half of the classifier's inputs.
enum class PublishedForm { kTrained, kConverted };

// Errors are those of the same table, in per cent.
struct PublishedCount {
    const char* name;    // "CondenseNet-50"
    const char* preset;  // "condensenet-50"
    PublishedForm form;
    PublishedFigure flops, params;
    int epochs;                                             // that the errors were trained for
    std::optional<double> cifar10, cifar100;                // top-1
    std::optional<double> imageNetTop1, imageNetTop5 = {};  // one crop of 224 x 224
};
const std::vector<PublishedCount>& publishedCounts();

// One network, counted here.
struct CountedCost {
    std::int64_t refFlops = 0;  // as the public reference counts: + ReLU inputs, pooling, the classifier's biases
    std::int64_t params = 0;
    std::int64_t macs = 0;  // multiply-adds of convolutions and classifier alone
};

// One row, counted in every way that is in question.
struct RecountedRow {
    CountedCost trained;         // kTrained
    CountedCost condensed;       // converted with the whole classifier
    CountedCost converted;       // kConverted: with half of it
    bool sameFlops, sameParams;  // rounded to the digits that were printed, our count of the published form is the same

    const CountedCost& counted(PublishedForm form) const {
        return form == PublishedForm::kTrained ? trained : converted;
    }
    // The form that was not published.
    const CountedCost& other(PublishedForm form) const { return form == PublishedForm::kTrained ? converted : trained; }
};
RecountedRow recount(const PublishedCount& row);

// `count` in millions with as many decimals as `printed` has, and `more`: 28'641'834 as "28.6M" has it is "28.6M".
std::string inDigitsOf(std::int64_t count, std::string_view printed, int more = 0);

}  // namespace condenser
