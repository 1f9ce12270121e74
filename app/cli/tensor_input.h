// Tensors that a command reads from a file: pictures and targets, held against the network that is to use them.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "base/result.h"
#include "network/network_spec.h"
#include "tensor/state_dict.h"
#include "tensor/tensor.h"

namespace condenser::cli {

// The tensors of one file, with its name for messages.
class TensorInput {
  public:
    static Result<TensorInput> read(const std::filesystem::path& path);

    // Tensor `x`, float32 [N, 3, H, W] with N, H and W > 0. `batches`: [B, N, 3, H, W] instead.
    struct Pictures {
        int batches = 1, n = 0, h = 0, w = 0;
        std::span<const float> values;  // points into the file's tensors
        // Images first..first+count-1 of a batch, as [count, 3, H, W].
        Tensor images(int batch, int first, int count) const;
    };
    Result<Pictures> pictures(bool batches) const;
    // The same, and large enough for the network's poolings.
    Result<Pictures> pictures(const NetworkSpec& spec, bool batches) const;

    // Tensor `target`, int64 [N] (or [B, N]) beside those pictures, each below the number of classes.
    Result<std::vector<std::int32_t>> targets(const NetworkSpec& spec, const Pictures& pictures, bool batches) const;

    // Training needs more than one value a channel in the last map.
    Result<> checkTrainable(const NetworkSpec& spec, const Pictures& pictures) const;

  private:
    TensorInput(std::filesystem::path path, StateDict tensors)
        : m_path(std::move(path)), m_tensors(std::move(tensors)) {}
    tl::unexpected<Error> refuse(const std::string& tensor, std::string why, std::string remedy = {}) const;

    std::filesystem::path m_path;
    StateDict m_tensors;
};

}  // namespace condenser::cli
