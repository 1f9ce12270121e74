// How well a network does on a part of a data set.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "base/interruption.h"
#include "base/result.h"
#include "base/thread_pool.h"
#include "data/dataset.h"
#include "network/network.h"

namespace condenser {

struct Evaluation {
    int images = 0;
    double top1 = 0, top5 = 0;                // shares, 0..1
    double loss = 0;                          // mean cross-entropy
    double imagesPerSecond = 0;               // of the network alone
    std::vector<int> classImages;             // [classes]
    std::vector<double> classTop1;            // [classes]; 0 where there is no image
    std::vector<std::vector<int>> confusion;  // [true class][answer]
};

struct EvaluateOptions {
    int batch = 64;
    std::function<void(int done, int total)> progress;  // images
    Interruption interruption;  // asked between images, at least 50 times a second but where one takes longer
};

// With the running statistics, without augmentation. The network must have the data's number of classes (checked). One
// that is given up gives kCancelled.
Result<Evaluation> evaluate(const Network& network, const Dataset& dataset, const DataPart& part, ThreadPool& pool,
                            const EvaluateOptions& options = {});

}  // namespace condenser
