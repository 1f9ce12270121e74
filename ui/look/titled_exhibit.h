// A picture to be taken out that says what it shows: a title above, words below.
#pragma once

#include <QFont>

#include "look/exhibit.h"
#include "look/theme.h"

namespace condenser {

struct ExhibitFrame {
    Theme theme;
    QFont font;
    QString title, words;  // wrapped; empty: none

    static constexpr int kMargin = 12;  // around all of it
};

// `body`: the size of what stands between them, which `paint` fills.
Exhibit titledExhibit(const ExhibitFrame& frame, const QString& name, const QSize& body,
                      const std::function<void(QPainter&, const QRectF& room)>& paint,
                      const std::function<QString()>& csv);

}  // namespace condenser
