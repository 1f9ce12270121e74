#include "classify/confusion_painting.h"

#include <QFont>
#include <QFontMetricsF>
#include <QPainter>
#include <algorithm>
#include <cmath>
#include <memory>
#include <vector>

#include "classify/confusion_model.h"
#include "look/fonts.h"
#include "look/format.h"
#include "look/titled_exhibit.h"

namespace condenser {
namespace {

constexpr double kPalest = 0.10, kShades = 0.74;   // of the colour over the ground
constexpr double kFramedFrom = 14, kThinFrom = 6;  // pixels of a cell
constexpr double kTextPadding = 1;                 // pixels beside a count
constexpr int kLongestName = 120;                  // pixels, in a picture

QColor mixed(const QColor& ground, const QColor& colour, double share) {
    const auto mix = [share](float a, float b) { return a + (b - a) * static_cast<float>(share); };
    return QColor::fromRgbF(mix(ground.redF(), colour.redF()), mix(ground.greenF(), colour.greenF()),
                            mix(ground.blueF(), colour.blueF()));
}

}  // namespace

void paintConfusionCell(QPainter& painter, const QRectF& area, const ConfusionCell& cell, const Theme& theme,
                        Variant form, const QFont& font) {
    const QColor of = form == Variant::kDense ? theme.dense : theme.condensed;
    const QColor colour = cell.right ? of : theme.error;
    QColor ground = theme.panel;
    if (cell.share > 0) ground = mixed(theme.panel, colour, kPalest + kShades * std::sqrt(cell.share));
    painter.fillRect(area, ground);
    const double least = std::min(area.width(), area.height());
    if (cell.right && least >= kThinFrom) {
        const double width = least >= kFramedFrom ? 2 : 1;
        painter.setPen(QPen(of, width, Qt::SolidLine, Qt::SquareCap, Qt::MiterJoin));
        painter.setBrush(Qt::NoBrush);
        painter.drawRect(area.adjusted(width / 2, width / 2, -width / 2, -width / 2));
    }
    QFont bold = font;
    bold.setBold(cell.right);
    const QFontMetricsF metrics(bold);
    if (cell.text.isEmpty() || metrics.height() > area.height() + 2 ||
        metrics.horizontalAdvance(cell.text) > area.width() - 2 * kTextPadding) {
        return;
    }
    const QColor other = theme.dark ? theme.window : theme.panel;
    painter.setFont(bold);
    painter.setPen(contrastRatio(ground, theme.text) >= contrastRatio(ground, other) ? theme.text : other);
    painter.drawText(area, Qt::AlignCenter, cell.text);
}

namespace {

// What is painted, as it was when it was asked for.
struct MatrixDrawing {
    Theme theme;
    QFont font;
    Variant form;
    std::vector<QString> names;
    std::vector<ConfusionCell> cells;
    double cell = 0, heads = 0, line = 0;  // pixels: of a cell, of the longest name, of a line of text

    double size() const { return static_cast<double>(names.size()) * cell; }
    double before() const { return line + heads + 8; }  // the matrix begins there, from the left and from the top

    void paint(QPainter& painter, const QRectF& room) const {
        const QPointF corner = room.topLeft() + QPointF(before(), before());
        painter.setFont(font);
        painter.setPen(theme.muted);
        painter.drawText(QRectF(corner.x(), room.top(), std::max(size(), 120.0), line), Qt::AlignLeft,
                         ConfusionModel::tr("answer →"));
        upwards(painter, QRectF(room.left(), corner.y(), line, size()), ConfusionModel::tr("← true class"),
                Qt::AlignRight);
        painter.setPen(theme.text);
        const QFontMetricsF metrics(font);
        for (std::size_t i = 0; i < names.size() && cell >= line * 0.8; ++i) {
            const double at = static_cast<double>(i) * cell;
            const QString name = metrics.elidedText(names[i], Qt::ElideRight, heads);
            painter.drawText(QRectF(room.left() + line, corner.y() + at, heads + 4, cell),
                             Qt::AlignRight | Qt::AlignVCenter, name);
            upwards(painter, QRectF(corner.x() + at, room.top() + line, cell, heads + 4), name, Qt::AlignLeft);
        }
        for (std::size_t i = 0; i < cells.size(); ++i) {
            const auto row = static_cast<double>(i / names.size()), column = static_cast<double>(i % names.size());
            const QRectF area(corner.x() + column * cell, corner.y() + row * cell, cell, cell);
            const double gap = cell >= kFramedFrom ? 0.5 : 0;
            paintConfusionCell(painter, area.adjusted(gap, gap, -gap, -gap), cells[i], theme, form, font);
        }
        painter.setPen(theme.border);
        painter.setBrush(Qt::NoBrush);
        painter.drawRect(QRectF(corner, QSizeF(size(), size())));
    }

    // Read from below.
    static void upwards(QPainter& painter, const QRectF& area, const QString& text, Qt::Alignment along) {
        painter.save();
        painter.translate(area.left(), area.bottom());
        painter.rotate(-90);
        painter.drawText(QRectF(0, 0, area.height(), area.width()), along | Qt::AlignVCenter, text);
        painter.restore();
    }
};

}  // namespace

Exhibit confusionExhibit(const ConfusionModel& model, const Theme& theme, const QFont& font) {
    constexpr double kWanted = 520, kLeast = 2, kMost = 48;  // of the matrix and of a cell
    const Confusion& confusion = model.confusion();
    const auto picture = std::make_shared<MatrixDrawing>();
    picture->theme = theme;
    picture->font = smallFont(font);
    picture->form = confusion.judged;
    const QFontMetricsF metrics(picture->font);
    picture->line = metrics.height();
    const int count = model.rowCount();
    // Cells that are large enough for names, as long as that makes no poster of it.
    const double named = count <= 120 ? picture->line : kLeast;
    picture->cell = std::floor(std::clamp(kWanted / std::max(1, count), named, kMost));
    for (int row = 0; row < count; ++row) {
        picture->names.push_back(model.headerData(row, Qt::Vertical, Qt::DisplayRole).toString());
        picture->heads = std::max(picture->heads, metrics.horizontalAdvance(picture->names.back()));
        for (int column = 0; column < count; ++column) {
            const QModelIndex index = model.index(row, column);
            picture->cells.push_back(
                {index.data().toString(), index.data(ConfusionModel::kShareRole).toDouble(), row == column});
        }
    }
    picture->heads = picture->cell >= picture->line * 0.8 ? std::min<double>(picture->heads, kLongestName) : 0;

    const AnswerStatistics& statistics = confusion.statistics;
    const QString form =
        confusion.judged == Variant::kDense ? ConfusionModel::tr("dense") : ConfusionModel::tr("condensed");
    ExhibitFrame frame{
        theme, font,
        ConfusionModel::tr("Confusion matrix, %1: %2 of %3 right")
            .arg(form, formatShare(statistics.accuracy()),
                 formatPlural(statistics.judged, ConfusionModel::tr("picture"), ConfusionModel::tr("pictures"))),
        ConfusionModel::tr("Numbers are pictures. Framed: right answers. The stronger the shade, the "
                           "larger the share of its row.")};
    if (model.leavesOut()) {
        frame.words += u' ' + ConfusionModel::tr("Shown: the %1 of %2 classes that occur.")
                                  .arg(formatCount(count), formatCount(std::ssize(confusion.classes)));
    }
    if (!confusion.source.isEmpty()) frame.words += u' ' + ConfusionModel::tr("Model: %1.").arg(confusion.source);
    const int side = static_cast<int>(std::ceil(picture->before() + picture->size() + 1));
    return titledExhibit(
        frame, ConfusionModel::tr("confusion-matrix"), QSize(std::max(side, 320), side),
        [picture](QPainter& painter, const QRectF& room) { picture->paint(painter, room); },
        [confusion] { return QString::fromStdString(confusionCsv(confusion.statistics, confusion.classes)); });
}

}  // namespace condenser
