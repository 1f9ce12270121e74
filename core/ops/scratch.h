// Memory that a kernel's caller lends it. One Scratch a worker; it only grows, so that a steady state allocates
// nothing.
#pragma once

#include <array>
#include <cstddef>
#include <vector>

#include "ops/gradient_chunks.h"
#include "tensor/tensor.h"

namespace condenser {

class Scratch {
  public:
    static constexpr int kSlots = 4;

    // At least `size` floats on a 64-byte boundary; the contents are undefined but were written before or zeroed.
    // Valid until the same slot is asked for again.
    float* floats(int slot, std::size_t size) {
        AlignedBuffer& buffer = m_slots[static_cast<std::size_t>(slot)];
        if (buffer.size() < size) buffer = AlignedBuffer(size);
        return buffer.data();
    }

    std::vector<const float*> inputs;  // pointer tables for planeGemm and planeDot
    std::vector<const float*> gradients;
    std::vector<float*> outputs;

    ChunkSums sums;  // over a batch; those of the first worker's Scratch serve all

  private:
    std::array<AlignedBuffer, kSlots> m_slots;
};

}  // namespace condenser
