#include "io/checkpoint.h"

#include "base/check.h"

using namespace condenser;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (auto file = parseSafetensors(std::as_bytes(std::span(data, size)), "fuzz")) {
        const std::size_t tensors = file->tensors.size();
        const auto checkpoint = checkpointFromTensors(std::move(*file), "fuzz");
        CORE_CHECK(!checkpoint || checkpoint->tensors.size() == tensors);
    }
    // Also as its numbers alone: without a checksum they are read, and then refused.
    TensorFile bare;
    bare.metadata["condenser_checkpoint"] = std::string(reinterpret_cast<const char*>(data), size);
    bare.metadata["checksum"] = "xxh64:0";
    CORE_CHECK(!checkpointFromTensors(std::move(bare), "fuzz"));
    return 0;
}
