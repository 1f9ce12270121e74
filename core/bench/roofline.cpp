#include "bench/roofline.h"

#include <algorithm>

#include "base/check.h"

namespace condenser {

double limitSeconds(const PlanLayer& layer, int batch, const Peak& peak) {
    CORE_CHECK(!peak.levels.empty());
    const double arithmetic = 2.0 * static_cast<double>(layer.macs) * batch / peak.flopsPerSecond;
    const double bytes = static_cast<double>(layer.mapBytes) * batch + static_cast<double>(layer.weightBytes);
    const auto level = std::find_if(peak.levels.begin(), peak.levels.end() - 1,
                                    [&](const MemoryLevel& candidate) { return bytes <= candidate.capacityBytes; });
    return std::max(arithmetic, bytes / level->bytesPerSecond);
}

double limitSeconds(std::span<const PlanLayer> layers, int batch, const Peak& peak) {
    double seconds = 0;
    for (const PlanLayer& layer : layers) seconds += limitSeconds(layer, batch, peak);
    return seconds;
}

}  // namespace condenser
