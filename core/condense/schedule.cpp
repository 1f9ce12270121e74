#include "condense/schedule.h"

#include <algorithm>
#include <array>

namespace condenser {
namespace {

constexpr std::array kNames{"gradual", "once", "fixed", "random"};  // in the order of Condensing

}  // namespace

const char* condensingName(Condensing condensing) {
    return kNames[static_cast<std::size_t>(condensing)];
}

std::optional<Condensing> condensingNamed(std::string_view name) {
    for (std::size_t i = 0; i < kNames.size(); ++i) {
        if (name == kNames[i]) return static_cast<Condensing>(i);
    }
    return std::nullopt;
}

int condensingStage(std::int64_t t, std::int64_t total, int condenseFactor, Condensing condensing) {
    const std::int64_t steps = condenseFactor - 1;
    if (condensing == Condensing::kOnce) return t < secondHalf(total) ? 0 : condenseFactor - 1;
    if (condensing != Condensing::kGradual) return condenseFactor - 1;
    return static_cast<int>(std::min(steps, 2 * t * steps / total));
}

std::int64_t firstStepOfStage(int stage, std::int64_t total, int condenseFactor, Condensing condensing) {
    std::int64_t t = 0;
    if (condensing == Condensing::kOnce) {
        t = secondHalf(total);
    } else if (condensing == Condensing::kGradual) {
        // The smallest t with 2 t (C-1) >= stage * total.
        const std::int64_t twice = 2 * static_cast<std::int64_t>(condenseFactor - 1);
        t = (stage * total + twice - 1) / twice;
    }
    return t < total ? t : -1;
}

std::int64_t secondHalf(std::int64_t total) {
    return (total + 1) / 2;
}

}  // namespace condenser
