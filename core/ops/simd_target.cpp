#include "ops/simd_target.h"

#include <algorithm>
#include <cctype>
#include <cstdlib>

#include "hwy/highway.h"

namespace condenser {
namespace {

// All targets, undisturbed by a forced one; best first (Highway gives better targets lower bits).
const std::vector<std::int64_t>& allTargets() {
    static const std::vector<std::int64_t> targets = [] {
        std::vector<std::int64_t> list = hwy::SupportedAndGeneratedTargets();
        if (list.empty()) list.push_back(HWY_STATIC_TARGET);
        std::sort(list.begin(), list.end());
        return list;
    }();
    return targets;
}

std::string upper(std::string_view text) {
    std::string result(text);
    for (char& c : result) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
    return result;
}

}  // namespace

std::vector<std::string> simdTargets() {
    std::vector<std::string> names;
    for (std::int64_t target : allTargets()) names.emplace_back(hwy::TargetName(target));
    return names;
}

std::string activeSimdTarget() {
    const std::vector<std::int64_t>& all = allTargets();
    const std::int64_t supported = hwy::SupportedTargets();
    for (std::int64_t target : all) {
        if ((supported & target) != 0) return hwy::TargetName(target);
    }
    return hwy::TargetName(all.back());
}

Result<> forceSimdTarget(std::string_view name) {
    const std::vector<std::int64_t>& all = allTargets();
    if (name.empty()) {
        hwy::SetSupportedTargetsForTest(0);
        hwy::GetChosenTarget().Update(hwy::SupportedTargets());
        return {};
    }
    std::string known;
    for (std::int64_t target : all) {
        if (upper(hwy::TargetName(target)) == upper(name)) {
            hwy::SetSupportedTargetsForTest(target);
            hwy::GetChosenTarget().Update(hwy::SupportedTargets());
            return {};
        }
        known += (known.empty() ? "" : ", ") + std::string(hwy::TargetName(target));
    }
    return fail(ErrorCode::kUsage, "cannot use that instruction set", std::string(name), "this machine offers " + known,
                "leave it out to use the best one");
}

Result<std::string> forceSimdTargetFromEnvironment() {
    const char* name = std::getenv("CONDENSER_ISA");
    if (name == nullptr) return std::string();
    if (auto forced = forceSimdTarget(name); !forced) {
        forced.error().where.insert(0, "CONDENSER_ISA=");
        return tl::unexpected(forced.error());
    }
    return std::string(name);
}

}  // namespace condenser
