// The colours of signed weights and of feature maps.
#pragma once

#include <QColor>
#include <QString>

#include "look/theme.h"

namespace condenser {

// -1: the negative hue, 0: neutral, 1: the positive hue; what lies outside is drawn as the nearest end, what is no
// number as zero. The two hues are the two of Theme::series that are neither a group's colour while G <= 5 nor alike
// to colour-blind eyes.
QColor signedColour(const Theme& theme, double value);

// 0: dark, 1: bright, in both themes: what is bright is what the channel found.
QColor brightness(const Theme& theme, double value);

// Of text on that colour: the one of the theme's two that is read better.
QColor textOn(const Theme& theme, const QColor& colour);

// "0.042", "−1.250", "3.1e−05": three decimals, with a true minus sign.
QString weightText(double weight);

}  // namespace condenser
