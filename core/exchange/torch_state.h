// What the pickle of a PyTorch checkpoint says of its tensors: their names, and where in which storage they lie.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "exchange/pickle.h"
#include "tensor/state_dict.h"

namespace condenser {

// A piece of memory that tensors share, kept outside of the pickle.
struct StorageRef {
    std::string_view key;
    DType dtype = DType::kF32;
    std::int64_t elements = 0;        // of the whole
    std::int64_t begin = 0, end = 0;  // the part that is meant: old files name views of storages
};

struct TensorRef {
    std::string name;
    StorageRef storage;
    std::int64_t offset = 0;                   // elements, from storage.begin
    std::vector<std::int64_t> shape, strides;  // a dimension of 1 has the stride 0

    std::int64_t elements() const;
    std::uint64_t bytes() const;
};

// What a checkpoint of the reference tells beside the tensors.
struct CheckpointFacts {
    std::optional<std::int64_t> epoch;
    std::optional<double> bestTop1;  // percent
};

struct TorchState {
    std::vector<TensorRef> tensors;  // in the file's order
    CheckpointFacts facts;
};

// The tensors of the state dict, which is the root itself or stands under `state_dict`; names without "module." if all
// begin so. Every tensor lies within its storage, and no product of its sizes passes 63 bits.
Result<TorchState> torchStateOf(const Pickle& pickle, const Reading& reading);

// Every storage that the pickle names, state dict or not.
Result<std::vector<StorageRef>> storagesOf(const Pickle& pickle, const Reading& reading);

}  // namespace condenser
