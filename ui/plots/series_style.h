// What a curve looks like, in a plot and in its legend alike.
#pragma once

#include <QPen>
#include <QString>
#include <QVector>

#include "look/theme.h"

namespace condenser {

struct SeriesStyle {
    // kDiscs, kSquares: a line whose marks tell it from others; kBars: filled areas.
    enum class Shape { kLine, kThinLine, kPlainLine, kStairs, kPlan, kDiamond, kMarks, kDiscs, kSquares, kBars };
    QString name = {};  // "test"; empty: not told when reading values
    Ink ink = Ink::kText;
    Shape shape = Shape::kLine;
    int series = -1;           // >= 0: this colour of Theme::series in place of the ink
    QVector<qreal> dash = {};  // in widths of the line, as QPen's; empty: a solid line
    qreal dashOffset = 0;      // likewise
    QString unit = {};         // in the head of a column of numbers: "%"
    double unitsPerValue = 1;

    QColor color(const Theme& theme) const;
    QPen pen(const Theme& theme) const;
};

// Of training steps that are smoothed, over the pale line of the single ones.
SeriesStyle smoothedStyle();

// Told apart without colour: the dashes of the `index`-th of several curves, the first of which is solid.
QVector<qreal> dashOf(int index);
inline constexpr int kDashes = 6;

}  // namespace condenser
