// The safetensors format: 8 bytes of header length, a JSON header, raw little-endian data.
#pragma once

#include <cstddef>
#include <filesystem>
#include <map>
#include <span>
#include <string>

#include "base/result.h"
#include "tensor/state_dict.h"

namespace condenser {

struct TensorFile {
    StateDict tensors;
    std::map<std::string, std::string> metadata;  // "__metadata__"
};

// Every rule of the format is checked before anything is allocated: header size (at most 100 MB and the file's own),
// JSON depth and types, duplicate names, dtype, dimensions (no overflow), offsets (contiguous, no hole, no overlap,
// ending at the end of the file).
Result<TensorFile> readSafetensors(const std::filesystem::path& path);
// The same from memory; `name` stands for the file in messages.
Result<TensorFile> parseSafetensors(std::span<const std::byte> bytes, const std::string& name);

// Atomically (base/atomic_file.h). The header is padded with spaces to a multiple of 8.
Result<> writeSafetensors(const std::filesystem::path& path, const TensorFile& file);
std::string serializeSafetensors(const TensorFile& file);

}  // namespace condenser
