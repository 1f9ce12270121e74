#include <QCoreApplication>
#include <QFontMetricsF>
#include <QPainter>
#include <algorithm>
#include <functional>

#include "maps/colour_scale.h"
#include "maps/map_heads.h"

namespace condenser {
namespace {

constexpr double kLongestScale = 96, kScaleShare = 0.2, kSwatch = 12, kGap = 4, kBetween = 12;  // pixels

QString tr(const char* text) {
    return QCoreApplication::translate("maps", text);
}

// A sign and what it means.
struct Entry {
    double sign;  // width
    QString text;
    std::function<void(const QRectF&)> paint;
};

// From pale to strong, a stripe for each colour that the map has.
void paintScale(QPainter& painter, const CellGrid& grid, const Theme& theme, const QRectF& rect) {
    std::vector<int> series;
    for (const CellBand& band : grid.rowBands) {
        const int colour = band.series < 0 ? -1 : band.series % static_cast<int>(theme.series.size());
        if (std::ranges::find(series, colour) == series.end()) series.push_back(colour);
    }
    const double height = rect.height() / static_cast<double>(std::max<std::size_t>(series.size(), 1));
    for (std::size_t stripe = 0; stripe < series.size(); ++stripe) {
        const ColourScale& colours = ColourScale::of(theme, series[stripe]);
        const double top = rect.top() + static_cast<double>(stripe) * height;
        QLinearGradient gradient(rect.topLeft(), rect.topRight());
        for (int stop = 0; stop <= 8; ++stop) gradient.setColorAt(stop / 8.0, QColor::fromRgb(colours.at(stop / 8.0)));
        painter.fillRect(QRectF(rect.left(), top, rect.width(), height), gradient);
    }
}

std::vector<Entry> entriesOf(QPainter& painter, const MapGeometry& geometry, const Theme& theme) {
    const CellGrid& grid = geometry.grid();
    std::vector<Entry> entries;
    if (grid.strongest > 0) {
        const double scale = std::min(kLongestScale, geometry.legend().width() * kScaleShare);
        entries.push_back({scale,
                           (grid.beyond ? QStringLiteral("≥ %1") : QStringLiteral("%1")).arg(grid.strongest, 0, 'g', 3),
                           [&](const QRectF& rect) { paintScale(painter, grid, theme, rect); }});
    }
    if (grid.share.empty()) {
        entries.push_back({kSwatch, tr("dropped"), [&](const QRectF& rect) {
                               painter.setPen(theme.muted);
                               painter.setBrush(Qt::NoBrush);
                               painter.drawRect(rect.adjusted(0.5, 0.5, -0.5, -0.5));
                           }});
    } else {
        const QColor full = QColor::fromRgb(ColourScale::of(theme, -1).at(0.5));
        entries.push_back(
            {kSwatch, tr("all kept"), [&painter, full](const QRectF& rect) { painter.fillRect(rect, full); }});
        entries.push_back({kSwatch, tr("1/4"), [&painter, &theme, full](const QRectF& rect) {
                               paintPlace(painter, theme, rect);
                               const double inset = rect.width() / 4;
                               painter.fillRect(rect.adjusted(inset, inset, -inset, -inset), full);
                           }});
        entries.push_back({kSwatch, tr("none"), [&](const QRectF& rect) { paintPlace(painter, theme, rect); }});
    }
    if (!grid.going.empty()) {
        entries.push_back({kSwatch, tr("next to go"), [&, coarse = geometry.isCoarse()](const QRectF& rect) {
                               painter.fillRect(rect, dimmedColour(theme));
                               if (coarse) {
                                   paintGoing(painter, theme, rect);
                               } else {
                                   paintNotch(painter, theme, rect);
                               }
                           }});
    }
    return entries;
}

}  // namespace

void paintLegend(QPainter& painter, const MapGeometry& geometry, const MapLook& look) {
    const QRectF area = geometry.legend();
    if (area.isEmpty()) return;
    const Theme& theme = look.theme;
    const CellGrid& grid = geometry.grid();
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing, false);
    painter.setFont(geometry.font());
    const QFontMetricsF metrics(geometry.font());
    double left = area.left();
    const auto write = [&](const QString& text) {
        painter.setPen(theme.muted);
        painter.drawText(QRectF(left, area.top(), area.right() - left, area.height()),
                         Qt::AlignLeft | Qt::AlignVCenter | Qt::TextSingleLine, text);
        left += metrics.horizontalAdvance(text);
    };
    if (grid.strongest > 0) {
        write(grid.strengthName + QStringLiteral("  0"));
        left += kGap;
    }
    for (const Entry& entry : entriesOf(painter, geometry, theme)) {
        if (left + entry.sign + kGap + metrics.horizontalAdvance(entry.text) > area.right()) break;
        entry.paint(QRectF(left, area.center().y() - kSwatch / 2, entry.sign, kSwatch));
        left += entry.sign + kGap;
        write(entry.text);
        left += kBetween;
    }
    painter.restore();
}

}  // namespace condenser
