#include "exchange/torch_file.h"

#include "base/check.h"
#include "exchange/reference_state.h"
#include "exchange/zip_archive.h"
#include "io/safetensors.h"
#include "network/network.h"

using namespace condenser;

// What has been read is whole, is no more than it may be, and can be written as a file of ours; a spec that was read
// off it is legal, and the network takes the tensors or says why not.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    auto file = parseTorchFile(std::as_bytes(std::span(data, size)), "fuzz");
    if (!file) {
        CORE_CHECK(!file.error().why.empty());
        return 0;
    }
    std::uint64_t total = 0;
    for (const auto& [name, tensor] : file->tensors) {
        CORE_CHECK(tensor.bytes.size() == static_cast<std::size_t>(tensor.elements()) * itemSize(tensor.dtype));
        total += tensor.bytes.size();
    }
    CORE_CHECK(!file->tensors.empty() && total <= mostUnpacked(size));
    const std::string written = serializeSafetensors({file->tensors, {}});
    CORE_CHECK(parseSafetensors(std::as_bytes(std::span(written)), "again").has_value());

    const SingleState single = inSinglePrecision(std::move(file->tensors));
    const auto inferred = inferSpec(single.tensors, "fuzz");
    if (!inferred) return 0;
    CORE_CHECK(validateSpec(inferred->spec).has_value());
    // A shape is soon as large as a spec may be, and a network of that size takes long to make.
    if (inferred->spec.blockInputs(inferred->spec.blocks()) > 200 || inferred->spec.classes > 100) return 0;
    const auto network = Network::fromState(inferred->spec, single.tensors);
    CORE_CHECK(network || !network.error().why.empty());
    return 0;
}
