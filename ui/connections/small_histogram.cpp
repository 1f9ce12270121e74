#include "connections/small_histogram.h"

#include <QHelpEvent>
#include <QPainter>
#include <QStringList>
#include <QToolTip>
#include <algorithm>
#include <cmath>

#include "look/format.h"

namespace condenser {
namespace {

constexpr double kSmall = 0.85;  // of the font
constexpr int kTallest = 48, kGap = 3;
constexpr double kLeastBar = 1.5;  // pixels; what is not zero is seen

}  // namespace

SmallHistogram::SmallHistogram(const QString& objectName, const QString& accessibleName, QWidget* parent)
    : QWidget(parent) {
    setObjectName(objectName);
    setAccessibleName(accessibleName);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
}

void SmallHistogram::setTheme(const Theme& theme) {
    m_theme = theme;
    update();
}

void SmallHistogram::setBars(std::vector<Bar> bars) {
    if (bars == m_bars) return;
    m_bars = std::move(bars);
    QStringList words;
    for (const Bar& bar : m_bars) words << bar.words;
    setAccessibleDescription(words.join(QStringLiteral("; ")));
    updateGeometry();
    update();
}

void SmallHistogram::setAxis(const QString& left, const QString& middle, const QString& right) {
    m_left = left;
    m_middle = middle;
    m_right = right;
    updateGeometry();
    update();
}

QFont SmallHistogram::smallFont() const {
    QFont small = font();
    small.setPointSizeF(small.pointSizeF() * kSmall);
    return small;
}

int SmallHistogram::lines() const {
    const bool labels = std::ranges::any_of(m_bars, [](const Bar& bar) { return !bar.label.isEmpty(); });
    const bool axis = !m_left.isEmpty() || !m_middle.isEmpty() || !m_right.isEmpty();
    return 1 + (labels ? 1 : 0) + (axis ? 1 : 0);
}

QSize SmallHistogram::sizeHint() const {
    return {200, kTallest + lines() * QFontMetrics(smallFont()).height() + kGap};
}

void SmallHistogram::paintEvent(QPaintEvent* /*event*/) {
    QPainter painter(this);
    paintIn(painter, QRectF(rect()));
}

void SmallHistogram::paintIn(QPainter& painter, const QRectF& box) const {
    if (m_bars.empty()) return;
    painter.setFont(smallFont());
    const QFontMetricsF metrics(smallFont());
    const double line = metrics.height();
    const double width = box.width() / static_cast<double>(m_bars.size());
    const bool axis = !m_left.isEmpty() || !m_middle.isEmpty() || !m_right.isEmpty();
    const double ground = box.bottom() - line * (lines() - 1) - 1;
    const double tallest = ground - box.top() - line - 1;
    const int most = std::max(1, std::ranges::max(m_bars, {}, &Bar::count).count);
    painter.fillRect(QRectF(box.left(), ground, box.width(), 1), m_theme.border);
    const auto heightOf = [&](std::size_t i) {
        const int count = m_bars[i].count;
        return count == 0 ? 0 : std::max(kLeastBar, tallest * count / most);
    };
    for (std::size_t i = 0; i < m_bars.size(); ++i) {
        const Bar& bar = m_bars[i];
        const double left = box.left() + width * static_cast<double>(i), height = heightOf(i);
        const double gap = std::min(static_cast<double>(kGap), width / 4);
        painter.fillRect(QRectF(left + gap / 2, ground - height, width - gap, height), m_theme.condensed);
        // A long number may stand over its neighbours where theirs are not at its height; else the tooltip has it.
        const QString count = formatCount(bar.count);
        const double wide = metrics.horizontalAdvance(count) + 1;
        const auto apart = [&](std::size_t other) { return std::abs(heightOf(other) - height) >= line; };
        const bool room = wide <= width || ((i == 0 || apart(i - 1)) && (i + 1 == m_bars.size() || apart(i + 1)));
        QRectF above(left + width / 2 - wide / 2, ground - height - line, wide, line);
        above.moveLeft(std::clamp(above.left(), box.left(), std::max(box.left(), box.right() - wide)));
        painter.setPen(bar.count == 0 ? m_theme.muted : m_theme.text);
        if (room) painter.drawText(above, Qt::AlignCenter, count);
        painter.setPen(m_theme.muted);
        painter.drawText(QRectF(left, ground + 1, width, line), Qt::AlignCenter, bar.label);
    }
    if (!axis) return;
    const QRectF words(box.left(), box.bottom() - line, box.width(), line);
    painter.setPen(m_theme.muted);
    painter.drawText(words, Qt::AlignLeft | Qt::AlignVCenter, m_left);
    painter.drawText(words, Qt::AlignCenter, m_middle);
    painter.drawText(words, Qt::AlignRight | Qt::AlignVCenter, m_right);
}

Exhibit SmallHistogram::exhibit(const QString& name, const QString& labelHead, const QString& countHead) const {
    const QSize whole = size() + QSize(16, 16);
    const auto paint = [this, whole](QPainter& painter) {
        painter.fillRect(QRect(QPoint(), whole), m_theme.panel);
        paintIn(painter, QRectF(8, 8, width(), height()));
    };
    const auto csv = [bars = m_bars, labelHead, countHead] {
        QString text = csvCell(labelHead) + u',' + csvCell(countHead) + u'\n';
        for (const Bar& bar : bars)
            text += csvCell(bar.label.isEmpty() ? bar.words : bar.label) + u',' + QString::number(bar.count) + u'\n';
        return text;
    };
    return {name, whole, paint, csv};
}

bool SmallHistogram::event(QEvent* event) {
    if (event->type() != QEvent::ToolTip || m_bars.empty()) return QWidget::event(event);
    const auto* help = static_cast<QHelpEvent*>(event);
    const auto last = static_cast<double>(m_bars.size()) - 1;
    const double at = static_cast<double>(help->pos().x()) / width() * (last + 1);
    QToolTip::showText(help->globalPos(), m_bars[static_cast<std::size_t>(std::clamp(at, 0.0, last))].words, this);
    return true;
}

}  // namespace condenser
