#include "io/run_note.h"

#include "base/check.h"

using namespace condenser;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto note = parseRunNote({reinterpret_cast<const char*>(data), size}, "fuzz");
    if (note) {
        CORE_CHECK(note->name.find('\n') == std::string::npos);
        CORE_CHECK(note->name.size() <= 4 * 200 && note->note.size() <= 4 * 10'000);
    }
    return 0;
}
