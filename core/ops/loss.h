// Softmax cross-entropy.
#pragma once

#include <cstdint>
#include <span>

namespace condenser {

struct LossReport {
    double loss = 0;  // mean over the batch of -log softmax(logits)[target]
    int top1 = 0;     // images whose target has the largest logit (ties: the lower class wins)
    int top5 = 0;     // images whose target is among the five largest
};

// logits [N, classes] row-major, targets [N] in 0..classes-1. dLogits [N, classes], the gradient of the mean loss, is
// overwritten; empty: not wanted. Stable for logits of any size; a NaN logit gives a NaN loss.
LossReport softmaxCrossEntropy(std::span<const float> logits, int classes, std::span<const std::int32_t> targets,
                               std::span<float> dLogits);

// probabilities [classes] = softmax(logits).
void softmax(std::span<const float> logits, std::span<double> probabilities);

}  // namespace condenser
