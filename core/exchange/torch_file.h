// PyTorch checkpoints: what torch.save writes of a state dict, as a zip archive (since 1.6) or as the stream of pickles
// and raw storages before that.
#pragma once

#include <cstddef>
#include <filesystem>
#include <span>
#include <string>

#include "base/result.h"
#include "exchange/torch_state.h"
#include "tensor/state_dict.h"

namespace condenser {

struct TorchFile {
    StateDict tensors;  // of the state dict, row-major, each with its dtype; names without "module."
    CheckpointFacts facts;
};

// Nothing that the file asks for is run, and every size is held against the file before memory is taken: for the file
// itself, and for at most mostUnpacked() of tensors. What stands beside the state dict (an optimizer) is not read.
Result<TorchFile> readTorchFile(const std::filesystem::path& path);
// The same from memory; `name` stands for the file in messages.
Result<TorchFile> parseTorchFile(std::span<const std::byte> bytes, const std::string& name);

// Whether a file begins as a checkpoint does, whatever its name is: true for damaged and for hostile ones too.
Result<bool> looksLikeTorchFile(const std::filesystem::path& path);

}  // namespace condenser
