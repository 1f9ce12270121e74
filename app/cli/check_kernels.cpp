// check kernels: every kernel against the plain reference, on every instruction set of this machine.
#include <fmt/format.h>

#include <algorithm>

#include "base/thread_pool.h"
#include "cli/commands.h"
#include "cli/kernel_check.h"
#include "cli/output.h"
#include "cli/progress.h"
#include "ops/simd_target.h"

namespace condenser::cli {
namespace {

Outcome checkAllKernels(const Common& common) {
    // With --isa only that one.
    const std::vector<std::string> targets = common.isa.empty() ? simdTargets() : std::vector{activeSimdTarget()};
    std::vector<KernelCheck> checks;
    ThreadPool pool(common.threadCount());
    Progress progress(common.quiet);
    for (std::size_t i = 0; i < targets.size(); ++i) {
        progress.bar(targets[i], static_cast<std::int64_t>(i), static_cast<std::int64_t>(targets.size()));
        if (auto forced = forceSimdTarget(targets[i]); !forced) return tl::unexpected(forced.error());
        const std::vector<KernelCheck> ofTarget = checkKernels(pool);
        checks.insert(checks.end(), ofTarget.begin(), ofTarget.end());
    }
    progress.wipe();

    const auto differing =
        std::count_if(checks.begin(), checks.end(), [](const KernelCheck& c) { return !c.difference.empty(); });
    Result<> printed;
    if (common.json) {
        Json rows = Json::array();
        for (const KernelCheck& check : checks) {
            rows.push_back({{"kernel", check.kernel},
                            {"isa", check.target},
                            {"cases", check.cases},
                            {"worst", check.worst},
                            {"ok", check.difference.empty()},
                            {"difference", check.difference}});
        }
        printed = printJson({{"cpu", cpuName()}, {"isas", targets}, {"kernels", rows}, {"differing", differing}});
    } else {
        Table table(
            {{"kernel"}, {"isa"}, {"cases", Table::Align::kRight}, {"worst error", Table::Align::kRight}, {"result"}});
        for (const KernelCheck& check : checks) {
            table.row({check.kernel, check.target, std::to_string(check.cases),
                       fmt::format("{:.1f} % of allowed", check.worst * 100),
                       check.difference.empty() ? "ok" : "DIFFERS: " + check.difference});
        }
        printed = printText(table.text() +
                            fmt::format("{} kernel checks on {}, {} differ\n", checks.size(), cpuName(), differing));
    }
    if (!printed) return tl::unexpected(printed.error());
    return differing == 0 ? kDone : kFailed;
}

}  // namespace

void addCheckKernels(Frame& frame) {
    frame.command("check kernels",
                  "Every kernel against plain reference code, on every instruction set; status 1 if any differs",
                  "condenser-cli check kernels", [&frame] { return checkAllKernels(frame.common()); });
}

}  // namespace condenser::cli
