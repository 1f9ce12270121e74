#include "connections/filter_drawing.h"

#include <QCoreApplication>
#include <QFontMetrics>
#include <QPainter>
#include <algorithm>
#include <utility>

#include "connections/signed_scale.h"
#include "connections/weight_colours.h"
#include "look/fonts.h"

namespace condenser {
namespace {

constexpr int kSmallest = 2, kLargest = 10;  // pixels a weight
constexpr int kTick = 3, kTickGap = 2;       // above a group's filters
constexpr int kHandle = 6, kHandleGap = 3;   // left of a row
constexpr int kBlockGap = 8, kMargin = 2;    // the margin has room for frames
constexpr int kLeft = kMargin + kHandle + kHandleGap;
constexpr int kTaps = 9;

int gapOf(int side) {
    return side < 3 ? 1 : 2;
}

QString blockName(const FilterSheet& sheet, int group) {
    const int first = sheet.first + group * sheet.rowsOfGroup(), last = first + sheet.rowsOfGroup() - 1;
    const char* context = "FilterDrawing";
    return first == last ? QCoreApplication::translate(context, "f %1").arg(first)
                         : QCoreApplication::translate(context, "f %1 to f %2").arg(first).arg(last);
}

}  // namespace

FilterDrawing::FilterDrawing(FilterSheetPtr sheet, const Theme& theme, const QFont& font, int width)
    : m_sheet(std::move(sheet)), m_theme(theme), m_font(smallFont(font)) {
    const double scale = m_sheet->most > 0 ? 1 / m_sheet->most : 0;
    for (const float w : m_sheet->weights.filters) m_colours.push_back(signedColour(m_theme, w * scale).rgb());
    m_side = kLargest;
    while (m_side > kSmallest && size().width() > width) --m_side;
}

QSize FilterDrawing::size() const {
    const int bottom = filterRect({m_sheet->rows() - 1, 0}).bottom() + 1;
    return {kLeft + m_sheet->columns() * pitch() - gapOf(m_side) + kMargin, bottom + kMargin};
}

int FilterDrawing::pitch() const {
    return 3 * m_side + gapOf(m_side);
}

int FilterDrawing::headHeight() const {
    return QFontMetrics(m_font).height() + kTickGap + kTick + kTickGap;
}

// Where the filters of a group begin; its name and ticks stand above.
int FilterDrawing::blockTop(int group) const {
    const int filters = m_sheet->rowsOfGroup() * pitch() - gapOf(m_side);
    return kMargin + headHeight() + group * (filters + kBlockGap + headHeight());
}

QRect FilterDrawing::filterRect(const FilterPlace& place) const {
    const int group = m_sheet->groupOf(place.row);
    const int top = blockTop(group) + (place.row - group * m_sheet->rowsOfGroup()) * pitch();
    return {kLeft + place.column * pitch(), top, 3 * m_side, 3 * m_side};
}

QRect FilterDrawing::weightRect(const FilterPlace& place, int tap) const {
    const QRect filter = filterRect(place);
    return {filter.left() + tap % 3 * m_side, filter.top() + tap / 3 * m_side, m_side, m_side};
}

// The gap belongs to the filter before it, so that the pointer never falls between two.
std::optional<FilterPlace> FilterDrawing::filterAt(const QPoint& at) const {
    if (at.x() < kLeft) return {};
    const int column = (at.x() - kLeft) / pitch();
    if (column >= m_sheet->columns()) return {};
    for (int group = 0; group < m_sheet->weights.groups3x3; ++group) {
        const int down = at.y() - blockTop(group);
        if (down < 0 || down >= m_sheet->rowsOfGroup() * pitch()) continue;
        return FilterPlace{group * m_sheet->rowsOfGroup() + down / pitch(), column};
    }
    return {};
}

std::optional<int> FilterDrawing::rowAt(const QPoint& at) const {
    if (at.x() < 0 || at.x() >= kLeft) return {};
    const auto first = filterAt({kLeft, at.y()});
    return first ? std::optional(first->row) : std::nullopt;
}

void FilterDrawing::paint(QPainter& painter, const QRect& clip, const Marks& marks) const {
    painter.setFont(m_font);
    for (int row = 0; row < m_sheet->rows(); ++row) {
        const QRect head = filterRect({row, 0});
        if (row % m_sheet->rowsOfGroup() == 0) {
            const int group = m_sheet->groupOf(row), top = head.top() - headHeight();
            painter.setPen(m_theme.muted);
            painter.drawText(QPoint(kLeft, top + QFontMetrics(m_font).ascent()), blockName(*m_sheet, group));
            for (int column = 0; column < m_sheet->columns(); ++column)
                painter.fillRect(filterRect({row, column}).left(), head.top() - kTickGap - kTick, head.width(), kTick,
                                 m_theme.seriesColour(m_sheet->group1x1({row, column})));
        }
        if (head.bottom() < clip.top() || head.top() > clip.bottom()) continue;
        painter.fillRect(kMargin, head.top(), kHandle, head.height(), row == marks.row ? m_theme.text : m_theme.border);
        for (int column = 0; column < m_sheet->columns(); ++column) {
            const std::size_t first = static_cast<std::size_t>(row * m_sheet->columns() + column) * kTaps;
            for (int tap = 0; tap < kTaps; ++tap)
                painter.fillRect(weightRect({row, column}, tap),
                                 QColor::fromRgb(m_colours[first + static_cast<std::size_t>(tap)]));
        }
    }
    for (int row = 0; row < m_sheet->rows(); ++row) {
        for (int column = 0; column < m_sheet->columns(); ++column) {
            if (row == marks.row || m_sheet->bottleneck({row, column}) == marks.bottleneck)
                frame(painter, {row, column}, m_theme.text);
        }
    }
}

void FilterDrawing::frame(QPainter& painter, const FilterPlace& place, const QColor& colour) const {
    painter.setPen(colour);
    painter.setBrush(Qt::NoBrush);
    painter.drawRect(filterRect(place).adjusted(-1, -1, 0, 0));
}

Exhibit filterExhibit(const FilterSheetPtr& sheet, const ExhibitFrame& frame, const FilterDrawing::Marks& marks) {
    constexpr int kGap = 12, kScaleWidth = 280, kWidth = 480;
    const FilterDrawing drawing(sheet, frame.theme, frame.font, kWidth);
    const QSize filters = drawing.size();
    const QRect scale(0, filters.height() + kGap, kScaleWidth, QFontMetrics(frame.font).height());
    const auto paint = [=](QPainter& painter, const QRectF& room) {
        painter.save();
        painter.translate(room.topLeft());
        paintSignedScale(painter, frame.theme, scale, sheet->most);
        drawing.paint(painter, QRect(QPoint(), filters), marks);
        painter.restore();
    };
    return titledExhibit(frame, QStringLiteral("filters-%1").arg(sheet->layer),
                         {std::max(filters.width(), kWidth), scale.bottom() + 1}, paint,
                         [sheet] { return sheet->csv(); });
}

}  // namespace condenser
