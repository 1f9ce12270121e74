#include "plots/legend.h"

#include <QPainter>
#include <QStringList>
#include <algorithm>

namespace condenser {
namespace {

constexpr int kSwatch = 24, kSwatchGap = 4, kEntryGap = 12;  // pixels; dashes need some length to be told apart
constexpr int kShortestName = 24;

}  // namespace

Legend::Legend(QWidget* parent) : QWidget(parent), m_theme(darkTheme()) {
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Preferred);
}

void Legend::setTheme(const Theme& theme) {
    m_theme = theme;
    update();
}

int Legend::add(const SeriesStyle& style) {
    m_entries.push_back({style, {}});
    return static_cast<int>(m_entries.size()) - 1;
}

void Legend::setText(int entry, const QString& text) {
    QString& old = m_entries[static_cast<std::size_t>(entry)].text;
    if (old == text) return;
    old = text;
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

int Legend::widthOf(const QString& text) const {
    return text.isEmpty() ? 0 : kSwatch + kSwatchGap + fontMetrics().horizontalAdvance(text) + kEntryGap;
}

QSize Legend::sizeHint() const {
    int width = 0;
    for (const Entry& entry : m_entries) width += widthOf(entry.text);
    return {width, fontMetrics().height() + 2};
}

QSize Legend::minimumSizeHint() const {
    return {0, sizeHint().height()};
}

// Which entries are shown in `room` pixels, and with which words.
std::vector<Legend::Placed> Legend::place(int room) const {
    std::vector<Placed> placed;
    int wanted = 0;
    for (const Entry& entry : m_entries) {
        if (entry.text.isEmpty()) continue;
        if (!m_elided && wanted + widthOf(entry.text) > room + kEntryGap) break;
        wanted += widthOf(entry.text);
        placed.push_back({&entry, entry.text});
    }
    if (wanted <= room + kEntryGap || placed.empty()) return placed;
    // Short names keep their words, the long ones share what is left.
    const int fixed = kSwatch + kSwatchGap + kEntryGap;
    int left = room + kEntryGap - fixed * static_cast<int>(placed.size());
    std::vector<Placed*> byLength;
    for (Placed& one : placed) byLength.push_back(&one);
    std::sort(byLength.begin(), byLength.end(),
              [this](const Placed* a, const Placed* b) { return widthOf(a->text) < widthOf(b->text); });
    int others = static_cast<int>(byLength.size());
    for (Placed* one : byLength) {
        const int share = std::max(kShortestName, left / others--);
        one->text = fontMetrics().elidedText(one->text, Qt::ElideMiddle, share);
        left -= fontMetrics().horizontalAdvance(one->text);
    }
    return placed;
}

void Legend::paintSwatch(QPainter& painter, const SeriesStyle& style, double left, double middle) const {
    QPen pen = style.pen(m_theme);
    if (style.shape == SeriesStyle::Shape::kDiamond) {
        const double x = left + kSwatch / 2.0;
        painter.setPen(QPen(pen.color(), 1.5));
        painter.setBrush(m_theme.panel);
        painter.drawPolygon(QPolygonF{{x - 5, middle}, {x, middle - 5}, {x + 5, middle}, {x, middle + 5}});
        return;
    }
    pen.setWidthF(std::max(2.0, pen.widthF()));
    painter.setPen(pen);
    painter.drawLine(QPointF(left + 1, middle), QPointF(left + kSwatch - 1, middle));
}

void Legend::paint(QPainter& painter, const QRect& area) const {
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setFont(font());
    const auto placed = place(area.width());
    const double middle = area.top() + area.height() / 2.0;
    int right = area.right() + 1;
    for (auto one = placed.rbegin(); one != placed.rend(); ++one) {
        const int textWidth = fontMetrics().horizontalAdvance(one->text);
        painter.setPen(m_theme.muted);
        painter.drawText(QRect(right - textWidth, area.top(), textWidth + 1, area.height()),
                         Qt::AlignVCenter | Qt::AlignLeft | Qt::TextSingleLine, one->text);
        paintSwatch(painter, one->entry->style, right - textWidth - kSwatchGap - kSwatch, middle);
        right -= textWidth + kSwatchGap + kSwatch + kEntryGap;
    }
    painter.restore();
}

void Legend::paintEvent(QPaintEvent* /*event*/) {
    QPainter painter(this);
    paint(painter, rect());
}

}  // namespace condenser
