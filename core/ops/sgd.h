// The update of one parameter by stochastic gradient descent with Nesterov momentum.
#pragma once

#include <cstddef>

namespace condenser {

struct SgdSettings {
    float learningRate = 0.1f;
    float momentum = 0.9f;
    float weightDecay = 1e-4f;
};

// d = gradient + weightDecay * p; velocity = momentum * velocity + d; p -= learningRate * (d + momentum * velocity).
// With velocity 0 at the start the first step gives velocity = d, as in PyTorch. One pass over `count` floats.
void sgdStep(const SgdSettings& settings, float* parameter, const float* gradient, float* velocity, std::size_t count);

}  // namespace condenser
