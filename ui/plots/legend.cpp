#include "plots/legend.h"

#include <QPainter>
#include <QResizeEvent>
#include <QStringList>
#include <algorithm>

namespace condenser {
namespace {

constexpr int kSwatchGap = 4, kEntryGap = 12;  // pixels

// Dashes need some length to be told apart.
int swatchOf(const SeriesStyle& style) {
    return style.dash.isEmpty() ? 16 : 28;
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
    const int rows = m_elided && !inOneRow(width()) ? 2 : 1;
    return {0, (fontMetrics().height() + 2) * rows};
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

void Legend::paintSwatch(QPainter& painter, const SeriesStyle& style, double left, double middle) const {
    QPen pen = style.pen(m_theme);
    if (style.shape == SeriesStyle::Shape::kDiamond) {
        const double x = left + swatchOf(style) / 2.0;
        painter.setPen(QPen(pen.color(), 1.5));
        painter.setBrush(m_theme.panel);
        painter.drawPolygon(QPolygonF{{x - 5, middle}, {x, middle - 5}, {x + 5, middle}, {x, middle + 5}});
        return;
    }
    const QPointF centre(left + swatchOf(style) / 2.0, middle);
    if (style.shape == SeriesStyle::Shape::kBars) {
        painter.fillRect(QRectF(centre.x() - 5, middle - 5, 10, 10), pen.color());
        return;
    }
    pen.setWidthF(std::max(2.0, pen.widthF()));
    painter.setPen(pen);
    painter.drawLine(QPointF(left + 1, middle), QPointF(left + swatchOf(style) - 1, middle));
    painter.setPen(QPen(pen.color(), 1.5));
    if (style.shape == SeriesStyle::Shape::kDiscs) {
        painter.setBrush(pen.color());
        painter.drawEllipse(centre, 3, 3);
    } else if (style.shape == SeriesStyle::Shape::kSquares) {
        painter.setBrush(m_theme.panel);
        painter.drawRect(QRectF(centre.x() - 3.5, middle - 3.5, 7, 7));
    }
}

void Legend::paintEntry(QPainter& painter, const Entry& entry, const QString& text, const QRect& area) const {
    painter.setPen(m_theme.muted);
    painter.drawText(area.adjusted(swatchOf(entry.style) + kSwatchGap, 0, 1, 0),
                     Qt::AlignVCenter | Qt::AlignLeft | Qt::TextSingleLine, text);
    paintSwatch(painter, entry.style, area.left(), area.top() + area.height() / 2.0);
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
        paintEntry(painter, *one.entry, one.text, QRect(left, area.top(), width - kEntryGap, area.height()));
        left += width;
    }
}

// In columns of one width.
void Legend::paintTwoRows(QPainter& painter, const QRect& area) const {
    const auto entries = shown();
    const int columns = (static_cast<int>(entries.size()) + 1) / 2;
    const int width = area.width() / columns, height = area.height() / 2;
    for (int i = 0; i < static_cast<int>(entries.size()); ++i) {
        const Entry& entry = *entries[static_cast<std::size_t>(i)];
        const int room = width - swatchOf(entry.style) - kSwatchGap - kEntryGap;
        paintEntry(painter, entry, fontMetrics().elidedText(entry.text, Qt::ElideMiddle, room),
                   QRect(area.left() + i % columns * width, area.top() + i / columns * height, width, height));
    }
}

void Legend::paint(QPainter& painter, const QRect& area) const {
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setFont(font());
    if (m_elided && !inOneRow(area.width())) {
        paintTwoRows(painter, area);
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
