// One list of tensors with many users: optimiser, checkpoints, model files, gradients, initialisation.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

namespace condenser {

// A tensor inside a layer, under the name and with the shape that it has in the public PyTorch reference. The spans
// point into the layer and stay valid as long as it lives and is not reloaded.
struct TensorSlot {
    std::string name;
    std::vector<std::int64_t> shape;
    std::span<float> value;            // float tensors
    std::span<float> gradient;         // of a parameter; empty for a buffer
    std::span<const float> mask;       // of a learned convolution's weight: 1 live, 0 dropped; else empty
    std::span<std::int64_t> integers;  // int64 tensors (num_batches_tracked, index); value is then empty

    bool isParameter() const { return !gradient.empty(); }
};

using TensorVisitor = std::function<void(const TensorSlot&)>;

}  // namespace condenser
