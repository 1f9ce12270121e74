// Sizes of painted texts: style sheets give theirs to labels alone.
#pragma once

#include <QFont>

namespace condenser {

inline QFont scaledFont(QFont font, double scale) {
    if (font.pointSizeF() > 0) font.setPointSizeF(font.pointSizeF() * scale);
    return font;
}

// The smaller of the window's sizes.
inline QFont smallFont(const QFont& font) {
    return scaledFont(font, 0.9);
}

}  // namespace condenser
