// Every colour of the window, dark and light, and what is made of them. No other file names a colour.
#pragma once

#include <QColor>
#include <QPalette>
#include <QString>
#include <array>

namespace condenser {

// What a colour means. Dense is always blue and condensed always amber; test and training keep theirs in every plot.
enum class Ink { kText, kMuted, kDense, kCondensed, kTest, kTraining, kTrainingSteps, kSpeed };

struct Theme {
    bool dark = true;
    QColor window, panel, field, border, hover, selected;  // surfaces, from the back to the front
    QColor text, muted;
    QColor accent, accentHover, accentText;  // the one obvious button; focus
    QColor dense, condensed;
    QColor test, training, trainingSteps, speed;  // curves
    QColor warning, error;
    QColor grid, marker;  // inside plots
    // What has no meaning of its own but must be told apart (groups, runs), in one fixed order that colour-blind eyes
    // tell apart too (after Okabe and Ito).
    std::array<QColor, 8> series;
    // Of the `number`-th, from 0; behind the last one the first comes again.
    const QColor& seriesColour(int number) const { return series[static_cast<std::size_t>(number) % series.size()]; }

    QColor ink(Ink ink) const;
};

const Theme& darkTheme();
const Theme& lightTheme();

QPalette paletteOf(const Theme& theme);
// For the application; `pointSize` is that of its font, from which the two other sizes follow.
QString styleSheetOf(const Theme& theme, double pointSize);

// W3C's contrast ratio, 1 to 21.
double contrastRatio(const QColor& a, const QColor& b);

}  // namespace condenser
