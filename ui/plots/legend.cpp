#include "plots/legend.h"

#include <QPainter>
#include <QResizeEvent>
#include <QStringList>
#include <algorithm>

namespace condenser {
namespace {

constexpr int kSwatchGap = 4, kEntryGap = 12;  // pixels
constexpr int kFewestInRow = 4;

// Dashes need some length to be told apart.
int swatchOf(const SeriesStyle& style) {
    return style.dash.isEmpty() ? 16 : 28;
}

int columnsIn(int rows, int entries) {
    return (entries + rows - 1) / rows;
}

}  // namespace

Legend::Legend(QWidget* parent) : QWidget(parent), m_theme(darkTheme()) {
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Preferred);
}

void Legend::setTheme(const Theme& theme) {
    m_theme = theme;
    update();
}

int Legend::add(const SeriesStyle& style) {
    m_entries.push_back({style, {}, {}});
    return static_cast<int>(m_entries.size()) - 1;
}

void Legend::setText(int entry, const QString& text, const QString& brief) {
    Entry& old = m_entries[static_cast<std::size_t>(entry)];
    if (old.text == text && old.brief == brief) return;
    old.text = text;
    old.brief = brief;
    updateGeometry();
    update();
}

void Legend::clear() {
    m_entries.clear();
    updateGeometry();
    update();
}

QString Legend::text() const {
    QStringList texts;
    for (const Entry& entry : m_entries) {
        if (!entry.text.isEmpty()) texts << entry.text;
    }
    return texts.join(QStringLiteral(", "));
}

int Legend::widthOf(const Entry& entry, const QString& text) const {
    if (text.isEmpty()) return 0;
    return swatchOf(entry.style) + kSwatchGap + fontMetrics().horizontalAdvance(text) + kEntryGap;
}

QSize Legend::sizeHint() const {
    int width = 0;
    for (const Entry& entry : m_entries) width += widthOf(entry, entry.text);
    return {width, minimumSizeHint().height()};
}

QSize Legend::minimumSizeHint() const {
    return {0, (fontMetrics().height() + 2) * (m_elided ? rowsIn(width()) : 1)};
}

void Legend::resizeEvent(QResizeEvent* event) {
    QWidget::resizeEvent(event);
    if (event->oldSize().width() != event->size().width()) updateGeometry();
}

std::vector<const Legend::Entry*> Legend::shown() const {
    std::vector<const Entry*> shown;
    for (const Entry& entry : m_entries) {
        if (!entry.text.isEmpty()) shown.push_back(&entry);
    }
    return shown;
}

bool Legend::inOneRow(int room) const {
    int wanted = 0;
    for (const Entry* entry : shown()) wanted += widthOf(*entry, entry->text);
    return wanted <= room + kEntryGap;
}

int Legend::widestSwatch() const {
    int widest = 0;
    for (const Entry* entry : shown()) widest = std::max(widest, swatchOf(entry->style));
    return widest;
}

// Two, or as many more as the longest name needs, as long as four entries stand in a row.
int Legend::rowsIn(int room) const {
    if (inOneRow(room)) return 1;
    const auto entries = shown();
    const int count = static_cast<int>(entries.size()), most = std::max(2, count / kFewestInRow);
    int widest = 0;
    for (const Entry* entry : entries) widest = std::max(widest, widthOf(*entry, entry->text) - swatchOf(entry->style));
    widest += widestSwatch();
    int rows = 2;
    while (rows < most && widest > room / columnsIn(rows, count)) ++rows;
    return rows;
}

void Legend::paintSwatch(QPainter& painter, const SeriesStyle& style, const QRectF& area) const {
    const double left = area.left(), middle = area.center().y(), swatch = area.width();
    QPen pen = style.pen(m_theme);
    if (style.shape == SeriesStyle::Shape::kDiamond) {
        const double x = left + swatch / 2;
        painter.setPen(QPen(pen.color(), 1.5));
        painter.setBrush(m_theme.panel);
        painter.drawPolygon(QPolygonF{{x - 5, middle}, {x, middle - 5}, {x + 5, middle}, {x, middle + 5}});
        return;
    }
    const QPointF centre(left + swatch / 2, middle);
    if (style.shape == SeriesStyle::Shape::kBars) {
        painter.fillRect(QRectF(centre.x() - 5, middle - 5, 10, 10), pen.color());
        return;
    }
    pen.setWidthF(std::max(2.0, pen.widthF()));
    if (!style.dash.isEmpty()) pen.setDashOffset(style.dash.first() / 2);  // a long one shows its gap, too
    painter.setPen(pen);
    painter.drawLine(QPointF(left + 1, middle), QPointF(left + swatch - 1, middle));
    painter.setPen(QPen(pen.color(), 1.5));
    if (style.shape == SeriesStyle::Shape::kDiscs) {
        painter.setBrush(pen.color());
        painter.drawEllipse(centre, 3, 3);
    } else if (style.shape == SeriesStyle::Shape::kSquares) {
        painter.setBrush(m_theme.panel);
        painter.drawRect(QRectF(centre.x() - 3.5, middle - 3.5, 7, 7));
    }
}

void Legend::paintEntry(QPainter& painter, const Entry& entry, const QString& text, const QRect& area,
                        int swatch) const {
    painter.setPen(m_theme.muted);
    painter.drawText(area.adjusted(swatch + kSwatchGap, 0, 1, 0), Qt::AlignVCenter | Qt::AlignLeft | Qt::TextSingleLine,
                     text);
    paintSwatch(painter, entry.style, QRectF(area.left(), area.top(), swatch, area.height()));
}

void Legend::paintRow(QPainter& painter, const QRect& area) const {
    struct Placed {
        const Entry* entry;
        QString text;
    };
    const bool brief = !inOneRow(area.width());
    std::vector<Placed> placed;
    int wanted = 0;
    for (const Entry* entry : shown()) {
        const QString& text = brief && !entry->brief.isEmpty() ? entry->brief : entry->text;
        if (wanted + widthOf(*entry, text) > area.width() + kEntryGap) break;
        wanted += widthOf(*entry, text);
        placed.push_back({entry, text});
    }
    int left = area.right() + 1 - (wanted - kEntryGap);
    for (const Placed& one : placed) {
        const int width = widthOf(*one.entry, one.text);
        paintEntry(painter, *one.entry, one.text, QRect(left, area.top(), width - kEntryGap, area.height()),
                   swatchOf(one.entry->style));
        left += width;
    }
}

// In columns of one width.
void Legend::paintRows(QPainter& painter, const QRect& area) const {
    const auto entries = shown();
    const int count = static_cast<int>(entries.size()), rows = rowsIn(area.width()), columns = columnsIn(rows, count);
    const int width = area.width() / columns, height = area.height() / rows;
    const int swatch = widestSwatch(), room = width - swatch - kSwatchGap - kEntryGap;
    for (int i = 0; i < count; ++i) {
        const Entry& entry = *entries[static_cast<std::size_t>(i)];
        paintEntry(painter, entry, fontMetrics().elidedText(entry.text, Qt::ElideMiddle, room),
                   QRect(area.left() + i % columns * width, area.top() + i / columns * height, width, height), swatch);
    }
}

void Legend::paint(QPainter& painter, const QRect& area) const {
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setFont(font());
    if (m_elided && !inOneRow(area.width())) {
        paintRows(painter, area);
    } else {
        paintRow(painter, area);
    }
    painter.restore();
}

void Legend::paintEvent(QPaintEvent* /*event*/) {
    QPainter painter(this);
    paint(painter, rect());
}

}  // namespace condenser
