// A state dict held against the tensors that a network has, one by one.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "base/result.h"
#include "layers/tensor_slot.h"
#include "tensor/state_dict.h"

namespace condenser {

class StateReader {
  public:
    // Borrows `state`.
    explicit StateReader(const StateDict& state) : m_state(&state) {}

    // Copies the tensor of the slot's name into it, if it is there with the slot's dtype and shape.
    void read(const TensorSlot& slot);

    // After the last slot: an error that names the first few tensors that are missing (num_batches_tracked may be),
    // have another dtype or shape, or are no part of the network.
    Result<> finish(const std::string& remedy);

  private:
    const StateDict* m_state;
    std::set<std::string> m_expected;
    std::vector<std::string> m_complaints;
};

}  // namespace condenser
