#include "io/run_record.h"

#include "base/check.h"

using namespace condenser;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto run = parseRunRecord({reinterpret_cast<const char*>(data), size}, "fuzz");
    if (run) {
        CORE_CHECK(run->classes.size() == static_cast<std::size_t>(run->spec.classes));
        CORE_CHECK(run->settings.epochs >= 1 && run->settings.batch >= 1 && run->threads >= 1 &&
                   run->stepsPerEpoch >= 1);
    }
    return 0;
}
