// Steps that the numbers along an axis go by.
#pragma once

#include <cmath>

namespace condenser {

// 1, 2 or 5 times a power of ten, about `parts` of them in `range` (> 0).
inline double niceStep(double range, double parts) {
    const double rough = range / parts, power = std::pow(10.0, std::floor(std::log10(rough)));
    for (const double factor : {1.0, 2.0, 5.0}) {
        if (rough <= factor * power * 1.0001) return factor * power;
    }
    return 10 * power;
}

}  // namespace condenser
