// What can be taken out of the window as it is seen: a picture (PNG, SVG, PDF) and its numbers (CSV).
#pragma once

#include <QImage>
#include <QSize>
#include <QString>
#include <filesystem>
#include <functional>

#include "base/result.h"

class QPainter;

namespace condenser {

struct Exhibit {
    QString name;                          // for the file, without a suffix: "accuracy"
    QSize size;                            // device-independent pixels
    std::function<void(QPainter&)> paint;  // all of it, in that size, in the colours of now
    std::function<QString()> csv;          // with a line of column names and units; empty: there are no numbers
};

// By the suffix: .png (twice the size, for a sharp print), .svg, .pdf, .csv. Atomically.
Result<> writeExhibit(const Exhibit& exhibit, const std::filesystem::path& file);

QImage pictureOf(const Exhibit& exhibit, double scale);

// A value of a CSV cell: quoted where it must be.
QString csvCell(const QString& text);

}  // namespace condenser
