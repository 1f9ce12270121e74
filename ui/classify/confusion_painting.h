// How a cell of a confusion matrix looks, on the screen and in what is taken out of it.
#pragma once

#include <QRectF>

#include "io/model_file.h"
#include "look/exhibit.h"
#include "look/theme.h"

class QFont;
class QPainter;

namespace condenser {

class ConfusionModel;

struct ConfusionCell {
    QString text;      // the count; left out where it has no room
    double share = 0;  // of the row, 0..1
    bool right = false;
};

// Right answers in the colour of the form, framed and bold; wrong ones in the colour of errors. The shade grows with
// the root of the share, so that one mistake in a hundred is still seen.
void paintConfusionCell(QPainter& painter, const QRectF& area, const ConfusionCell& cell, const Theme& theme,
                        Variant form, const QFont& font);

// All of it, with its title and both axes named; CSV with a line a class.
Exhibit confusionExhibit(const ConfusionModel& model, const Theme& theme, const QFont& font);

}  // namespace condenser
