// A network for other people's engines: the ONNX file, and beside it pictures with the answers that it must give.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>

#include "base/result.h"
#include "base/thread_pool.h"
#include "exchange/onnx_file.h"
#include "run/model_source.h"

namespace condenser {

inline constexpr int kExportChecks = 16;  // pictures in the check file

// OUT.check.safetensors.
std::filesystem::path checkFileOf(const std::filesystem::path& out);

struct ExportReport {
    std::uintmax_t bytes = 0;          // of the ONNX file
    std::map<std::string, int> nodes;  // as in OnnxModel
};

// Writes `out`, and beside it checkFileOf(out): `input`, kExportChecks pictures drawn from `seed` in the form that
// the graph takes, and `output`, our logits for them. Either both files are new, or `out` is what it was before; then
// no check file of a network that is not there stays behind.
Result<ExportReport> exportOnnx(const OpenedModel& model, const std::filesystem::path& out, OnnxInput input,
                                std::uint64_t seed, ThreadPool& pool);

}  // namespace condenser
