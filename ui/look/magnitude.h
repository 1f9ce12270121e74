// The two ends of the scale of magnitudes: what has a strength and no colour of its own.
#pragma once

#include "look/theme.h"

namespace condenser {

// From dark blue to yellow, as in cividis, which colour-blind eyes read by its lightness: the weak end lies near the
// theme's surface, so the light theme has it the other way round.
struct MagnitudeEnds {
    QColor weak, strong;
};
MagnitudeEnds magnitudeEnds(const Theme& theme);

}  // namespace condenser
