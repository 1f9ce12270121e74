#include "base/check.h"
#include "experiment/experiment_folder.h"

using namespace condenser;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto record = parseExperiment({reinterpret_cast<const char*>(data), size}, "fuzz");
    if (!record) return 0;
    CORE_CHECK(!record->plan.arms.empty() && !record->plan.seeds.empty());
    for (const PlannedRun& run : runsOf(record->plan, "folder")) {
        // Whatever an arm is called, its runs lie where runs belong.
        CORE_CHECK(run.folder.lexically_normal().parent_path() == std::filesystem::path("folder/runs"));
        CORE_CHECK(trainCommand(record->plan, run).find('\n') == std::string::npos);
    }
    return 0;
}
