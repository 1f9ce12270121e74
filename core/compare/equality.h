// Whether the condensed network is the dense one: the same pictures through both.
#pragma once

#include <functional>
#include <optional>
#include <stop_token>
#include <string>

#include "base/result.h"
#include "base/thread_pool.h"
#include "run/network_forms.h"

namespace condenser {

struct Equality {
    int images = 0, agreeing = 0;  // agreeing: with the same most probable class
    std::string of;                // "test part of folder:pets", "pictures of shapes10"
    double largestDifference = 0;  // of two logits; infinite where one of them is no finite number
    // Shares, 0..1, over those images; nothing where their true classes are not known to the model.
    std::optional<double> denseTop1, condensedTop1;

    // Differences of rounding only: no logit further apart than kSameLogit, and no answer different.
    bool same() const { return images > 0 && largestDifference <= kSameLogit && agreeing == images; }
    static constexpr double kSameLogit = 1e-4;
};

struct EqualityOptions {
    std::string data;           // as --data: its test part, or what it has; empty: the drawn pictures of shapes10
    bool mustReadData = false;  // else data that cannot be read any more are as none
    int images = 256;           // spread evenly over the part; fewer where there are fewer
    std::stop_token stop;
    std::function<void(int done, int total)> progress;  // pictures, a batch at a time
};

// `model` says how pictures are prepared and what the classes are called; the data's are matched to them by name, or,
// where the model's have no names, by their order. Pictures that cannot be read are left out. kCancelled if stopped.
Result<Equality> measureEquality(const NetworkForms& forms, const ModelFile& model, ThreadPool& pool,
                                 const EqualityOptions& options);

}  // namespace condenser
