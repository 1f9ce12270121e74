#include "io/steps_file.h"

#include "base/check.h"
#include "support/io_scratch.h"

using namespace condenser;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const test::ScratchFolder folder;
    test::writeBytes(folder / kStepsName, {reinterpret_cast<const char*>(data), size});
    const auto steps = readSteps(folder.path());
    if (!steps) return 0;
    // Whatever stood there, a run can go on from it.
    const auto count = static_cast<std::int64_t>(steps->size());
    CORE_CHECK(appendSteps(folder.path(), std::vector<StepRecord>{{1, 2}}));
    CORE_CHECK(readSteps(folder.path(), count)->size() == 1);
    CORE_CHECK(cutSteps(folder.path(), count / 2));
    CORE_CHECK(readSteps(folder.path())->size() == static_cast<std::size_t>(count / 2));
    return 0;
}
