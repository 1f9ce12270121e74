#include "io/model_file.h"

#include "base/check.h"
#include "network/network.h"

using namespace condenser;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (auto file = parseSafetensors(std::as_bytes(std::span(data, size)), "fuzz")) {
        if (const auto model = modelFromTensors(std::move(*file), "fuzz")) {
            const auto network = Network::fromState(model->spec, model->tensors);
            CORE_CHECK(network || !network.error().why.empty());
        }
    }
    // Also as the metadata alone.
    TensorFile bare;
    bare.metadata["condenser"] = std::string(reinterpret_cast<const char*>(data), size);
    if (const auto model = modelFromTensors(std::move(bare), "fuzz")) {
        CORE_CHECK(model->classes.size() == static_cast<std::size_t>(model->spec.classes));
        CORE_CHECK(validateSpec(model->spec));
    }
    return 0;
}
