// From pale to strong in steps that look even: the colours of live cells.
#pragma once

#include <QRgb>
#include <array>

#include "look/theme.h"

namespace condenser {

class ColourScale {
  public:
    static constexpr int kSteps = 256;

    // `series` as in CellBand. Made once per thread and pair of colours, since 42 small pictures want it at each step
    // of a scrub.
    static const ColourScale& of(const Theme& theme, int series);

    ColourScale(const QColor& ground, const QColor& weak, const QColor& strong);
    // `share` of the strongest; outside 0..1 is as at the ends.
    QRgb at(double share) const;

  private:
    std::array<QRgb, kSteps> m_colours;  // opaque
};

// Between two colours, evenly for the eye (OKLab).
QColor mixColours(const QColor& from, const QColor& to, double share);

}  // namespace condenser
