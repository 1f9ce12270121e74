#include "io/safetensors.h"

#include <cstring>

#include "base/check.h"

using namespace condenser;

namespace {

// What has been read can be written, and reads back.
void readAndWriteBack(const std::string& bytes) {
    const auto file = parseSafetensors(std::as_bytes(std::span(bytes)), "fuzz");
    if (!file) return;
    for (const auto& [name, tensor] : file->tensors) {
        CORE_CHECK(tensor.bytes.size() == static_cast<std::size_t>(tensor.elements()) * itemSize(tensor.dtype));
    }
    const std::string written = serializeSafetensors(*file);
    const auto again = parseSafetensors(std::as_bytes(std::span(written)), "again");
    CORE_CHECK(again && again->metadata == file->metadata && again->tensors.size() == file->tensors.size());
    CORE_CHECK(serializeSafetensors(*again) == written);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string input(reinterpret_cast<const char*>(data), size);
    readAndWriteBack(input);

    // Also as a header alone, since a fuzzer seldom guesses a length that fits; 16 bytes of data follow.
    const std::uint64_t headerBytes = size;
    std::string file(sizeof headerBytes, '\0');
    std::memcpy(file.data(), &headerBytes, sizeof headerBytes);
    readAndWriteBack(file + input + std::string(16, '\0'));
    return 0;
}
