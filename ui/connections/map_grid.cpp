#include "connections/map_grid.h"

#include <QAccessible>
#include <QMouseEvent>
#include <QPainter>
#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include "connections/weight_colours.h"
#include "look/fonts.h"
#include "look/keys.h"
#include "look/titled_exhibit.h"

namespace condenser {
namespace {

constexpr int kShades = 256;
constexpr int kSmall = 60, kLargest = 192, kGap = 8, kNameGap = 2, kMargin = 2;  // pixels

struct Range {
    float low = 0, high = 0;
};

Range rangeOf(const FeatureMap& map) {
    if (map.values.empty()) return {};
    const auto [low, high] = std::ranges::minmax(map.values);
    return {low, high};
}

// Small maps show each of their values as a square; large ones are shrunk smoothly. In the painter's font.
void paintTile(QPainter& painter, const QRect& at, const QImage& map, const QString& name, const QColor& ink) {
    painter.setRenderHint(QPainter::SmoothPixmapTransform,
                          map.width() > at.width() * painter.device()->devicePixelRatioF());
    painter.drawImage(at, map);
    painter.setPen(ink);
    const QFontMetrics metrics(painter.font());
    painter.drawText(QRect(at.left(), at.bottom() + 1 + kNameGap, at.width(), metrics.height()),
                     Qt::AlignLeft | Qt::AlignVCenter, metrics.elidedText(name, Qt::ElideRight, at.width()));
}

}  // namespace

MapGrid::MapGrid(QWidget* parent) : QWidget(parent), m_theme(darkTheme()) {
    setObjectName(QStringLiteral("mapGrid"));
    setAccessibleName(tr("Feature maps"));
    setMouseTracking(true);
    setFocusPolicy(Qt::StrongFocus);
}

void MapGrid::setTheme(const Theme& theme) {
    m_theme = theme;
    drawMaps();
}

void MapGrid::setTiles(std::vector<MapTile> tiles, const std::shared_ptr<const FeatureMaps>& maps) {
    if (!std::ranges::equal(tiles, m_tiles, {}, &MapTile::channel, &MapTile::channel)) {
        m_cursor = 0;
        m_hovered = -1;
    }
    m_tiles = std::move(tiles);
    m_maps = maps;
    drawMaps();
    layOut();
    tell();
}

void MapGrid::setCommonRange(bool on) {
    if (on == m_common) return;
    m_common = on;
    drawMaps();
    tell();
}

void MapGrid::fit(const QSize& room) {
    if (room == m_room) return;
    m_room = room;
    layOut();
}

void MapGrid::drawMaps() {
    Range all;
    for (std::size_t i = 0; i < m_tiles.size(); ++i) {
        const Range range = rangeOf(m_maps->map(m_tiles[i].channel));
        all = i == 0 ? range : Range{std::min(all.low, range.low), std::max(all.high, range.high)};
    }
    std::array<QRgb, kShades> shades;
    for (int i = 0; i < kShades; ++i)
        shades[static_cast<std::size_t>(i)] = brightness(m_theme, i / (kShades - 1.0)).rgb();
    m_images.clear();
    for (const MapTile& tile : m_tiles) {
        const FeatureMap map = m_maps->map(tile.channel);
        const Range range = m_common ? all : rangeOf(map);
        const float scale = range.high > range.low ? (kShades - 1) / (range.high - range.low) : 0;
        QImage image(map.width, map.height, QImage::Format_RGB32);
        for (int y = 0; y < map.height; ++y) {
            auto* line = reinterpret_cast<QRgb*>(image.scanLine(y));
            for (int x = 0; x < map.width; ++x) {
                const float shade = (map.values[static_cast<std::size_t>(y * map.width + x)] - range.low) * scale;
                // What is no number is dark.
                line[x] = shades[shade > 0 ? static_cast<std::size_t>(std::min(shade + 0.5f, kShades - 1.0f)) : 0];
            }
        }
        m_images.push_back(std::move(image));
    }
    update();
}

int MapGrid::nameHeight() const {
    return QFontMetrics(smallFont(font())).height() + kNameGap;
}

int MapGrid::columns() const {
    return m_tiles.size() == 1 ? 1 : std::max(1, (m_room.width() - 2 * kMargin + kGap) / (kSmall + kGap));
}

void MapGrid::layOut() {
    const int width = std::max(1, m_room.width());
    if (m_tiles.size() == 1) {
        const int high = m_room.height() - nameHeight() - 2 * kMargin;
        m_side = std::clamp(std::min(width - 2 * kMargin, high), kSmall, kLargest);
    } else {
        // What is left over makes the maps larger.
        m_side = std::max(kSmall, (width - 2 * kMargin + kGap) / columns() - kGap);
    }
    const int count = static_cast<int>(m_tiles.size()), rows = (count + columns() - 1) / columns();
    setFixedSize(width, std::max(1, rows * (m_side + nameHeight() + kGap) - kGap + 2 * kMargin));
    update();
}

QRect MapGrid::mapRect(int tile) const {
    const int column = tile % columns(), row = tile / columns();
    return {kMargin + column * (m_side + kGap), kMargin + row * (m_side + nameHeight() + kGap), m_side, m_side};
}

int MapGrid::tileAt(const QPoint& at) const {
    for (int i = 0; i < static_cast<int>(m_tiles.size()); ++i) {
        if (mapRect(i).adjusted(0, 0, 0, nameHeight()).contains(at)) return i;
    }
    return -1;
}

QString MapGrid::words() const {
    return m_tiles.empty() ? QString() : m_tiles[static_cast<std::size_t>(current())].words;
}

QString MapGrid::values() const {
    if (m_tiles.empty()) return {};
    const MapTile& tile = m_tiles[static_cast<std::size_t>(current())];
    const FeatureMap map = m_maps->map(tile.channel);
    const QRect rect = mapRect(current());
    if (m_hovered >= 0 && rect.contains(m_pointer)) {
        const int x = std::min((m_pointer.x() - rect.left()) * map.width / rect.width(), map.width - 1);
        const int y = std::min((m_pointer.y() - rect.top()) * map.height / rect.height(), map.height - 1);
        return tr("%1 at row %2, column %3")
            .arg(weightText(map.values[static_cast<std::size_t>(y * map.width + x)]))
            .arg(y)
            .arg(x);
    }
    const Range range = rangeOf(map);
    return tr("values from %1 to %2").arg(weightText(range.low), weightText(range.high));
}

Exhibit MapGrid::exhibit(const QString& title, const QString& formula) const {
    constexpr int kAcross = 6, kSide = 72, kWidth = kAcross * (kSide + kGap) - kGap;
    const int count = static_cast<int>(m_tiles.size()), side = count == 1 ? kLargest : kSide;
    const int rows = (count + kAcross - 1) / kAcross, high = side + nameHeight() + kGap;
    const auto paint = [=, tiles = m_tiles, images = m_images, ink = m_theme.text, font = smallFont(font())](
                           QPainter& painter, const QRectF& room) {
        painter.setFont(font);
        for (int i = 0; i < count; ++i) {
            const auto tile = static_cast<std::size_t>(i);
            const QPoint at = room.topLeft().toPoint() + QPoint(i % kAcross * (side + kGap), i / kAcross * high);
            paintTile(painter, QRect(at, QSize(side, side)), images[tile], tiles[tile].name, ink);
        }
    };
    const auto csv = [tiles = m_tiles, maps = m_maps] {
        QString text = QStringLiteral("channel,made by,row,column,value\n");
        for (const MapTile& tile : tiles) {
            const FeatureMap map = maps->map(tile.channel);
            for (int i = 0; i < static_cast<int>(map.values.size()); ++i) {
                text += QStringLiteral("%1,%2,%3,%4,%5\n")
                            .arg(tile.channel)
                            .arg(csvCell(tile.made))
                            .arg(i / map.width)
                            .arg(i % map.width)
                            .arg(double{map.values[static_cast<std::size_t>(i)]}, 0, 'g', 9);
            }
        }
        return text;
    };
    return titledExhibit({m_theme, font(), title, formula}, QStringLiteral("feature-maps"),
                         {kWidth, std::max(rows * high - kGap, 0)}, paint, csv);
}

void MapGrid::paintEvent(QPaintEvent* event) {
    QPainter painter(this);
    painter.setFont(smallFont(font()));
    for (int i = 0; i < static_cast<int>(m_tiles.size()); ++i) {
        const QRect map = mapRect(i);
        if (!map.adjusted(0, 0, 0, nameHeight()).intersects(event->rect())) continue;
        const auto tile = static_cast<std::size_t>(i);
        const bool current = i == this->current();
        paintTile(painter, map, m_images[tile], m_tiles[tile].name, current ? m_theme.text : m_theme.muted);
        painter.setPen(i == m_cursor && hasFocus() ? m_theme.accent : current ? m_theme.text : m_theme.border);
        painter.drawRect(map.adjusted(-1, -1, 0, 0));
        if (i == m_cursor && hasFocus()) painter.drawRect(map.adjusted(-2, -2, 1, 1));
    }
}

void MapGrid::mouseMoveEvent(QMouseEvent* event) {
    m_pointer = event->pos();
    m_hovered = tileAt(m_pointer);
    setCursor(m_hovered >= 0 ? Qt::PointingHandCursor : Qt::ArrowCursor);
    tell();
}

void MapGrid::mousePressEvent(QMouseEvent* event) {
    const int tile = event->button() == Qt::LeftButton ? tileAt(event->pos()) : -1;
    if (tile < 0) return;
    m_cursor = tile;
    emit chosen(m_tiles[static_cast<std::size_t>(tile)].channel);
}

void MapGrid::leaveEvent(QEvent* /*event*/) {
    if (m_hovered < 0) return;
    m_hovered = -1;
    tell();
}

void MapGrid::keyPressEvent(QKeyEvent* event) {
    const int last = static_cast<int>(m_tiles.size()) - 1;
    if (last < 0) return QWidget::keyPressEvent(event);
    int to = m_cursor;
    switch (event->key()) {
        case Qt::Key_Home:
            to = 0;
            break;
        case Qt::Key_End:
            to = last;
            break;
        case Qt::Key_Return:
        case Qt::Key_Enter:
        case Qt::Key_Space:
            emit chosen(m_tiles[static_cast<std::size_t>(m_cursor)].channel);
            return;
        default:
            const auto arrow = arrowOf(event->key());
            if (!arrow) return QWidget::keyPressEvent(event);
            to += arrow->x() + arrow->y() * columns();
    }
    m_hovered = -1;  // what is read is where the keyboard is
    m_cursor = std::clamp(to, 0, last);
    tell();
    emit cursorMoved(mapRect(m_cursor).adjusted(0, 0, 0, nameHeight()));
}

void MapGrid::changeEvent(QEvent* event) {
    QWidget::changeEvent(event);
    if (event->type() == QEvent::FontChange) layOut();
}

void MapGrid::tell() {
    setAccessibleDescription(m_tiles.empty() ? QString() : tr("%1; %2").arg(words(), values()));
    QAccessibleEvent changed(this, QAccessible::DescriptionChanged);
    QAccessible::updateAccessibility(&changed);
    update();
    emit readingChanged();
}

}  // namespace condenser
