#include "connections/small_histogram.h"

#include <QHelpEvent>
#include <QPainter>
#include <QStringList>
#include <QToolTip>
#include <algorithm>
#include <cmath>

#include "look/fonts.h"
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
    m_drawing.theme = theme;
    update();
}

void SmallHistogram::setBars(std::vector<Bar> bars) {
    if (bars == m_drawing.bars) return;
    m_drawing.bars = std::move(bars);
    QStringList words;
    for (const Bar& bar : m_drawing.bars) words << bar.words;
    setAccessibleDescription(words.join(QStringLiteral("; ")));
    updateGeometry();
    update();
}

void SmallHistogram::setAxis(const QString& left, const QString& middle, const QString& right) {
    m_drawing.axis = {left, middle, right};
    updateGeometry();
    update();
}

SmallHistogram::Drawing SmallHistogram::drawing() const {
    Drawing now = m_drawing;
    now.font = scaledFont(font(), kSmall);
    return now;
}

int SmallHistogram::Drawing::lines() const {
    const bool labels = std::ranges::any_of(bars, [](const Bar& bar) { return !bar.label.isEmpty(); });
    const bool words = std::ranges::any_of(axis, [](const QString& part) { return !part.isEmpty(); });
    return 1 + (labels ? 1 : 0) + (words ? 1 : 0);
}

QSize SmallHistogram::sizeHint() const {
    const Drawing now = drawing();
    return {200, kTallest + now.lines() * QFontMetrics(now.font).height() + kGap};
}

void SmallHistogram::paintEvent(QPaintEvent* /*event*/) {
    QPainter painter(this);
    drawing().paint(painter, QRectF(rect()));
}

void SmallHistogram::Drawing::paint(QPainter& painter, const QRectF& box) const {
    if (bars.empty()) return;
    painter.setFont(font);
    const QFontMetricsF metrics(font);
    const double line = metrics.height();
    const double width = box.width() / static_cast<double>(bars.size());
    const double ground = box.bottom() - line * (lines() - 1) - 1;
    const double tallest = ground - box.top() - line - 1;
    const int most = std::max(1, std::ranges::max(bars, {}, &Bar::count).count);
    painter.fillRect(QRectF(box.left(), ground, box.width(), 1), theme.border);
    const auto heightOf = [&](std::size_t i) {
        const int count = bars[i].count;
        return count == 0 ? 0 : std::max(kLeastBar, tallest * count / most);
    };
    for (std::size_t i = 0; i < bars.size(); ++i) {
        const Bar& bar = bars[i];
        const double left = box.left() + width * static_cast<double>(i), height = heightOf(i);
        const double gap = std::min(static_cast<double>(kGap), width / 4);
        painter.fillRect(QRectF(left + gap / 2, ground - height, width - gap, height), theme.condensed);
        // A long number may stand over its neighbours where theirs are not at its height; else the tooltip has it.
        const QString count = formatCount(bar.count);
        const double wide = metrics.horizontalAdvance(count) + 1;
        const auto apart = [&](std::size_t other) { return std::abs(heightOf(other) - height) >= line; };
        const bool room = wide <= width || ((i == 0 || apart(i - 1)) && (i + 1 == bars.size() || apart(i + 1)));
        QRectF above(left + width / 2 - wide / 2, ground - height - line, wide, line);
        above.moveLeft(std::clamp(above.left(), box.left(), std::max(box.left(), box.right() - wide)));
        painter.setPen(bar.count == 0 ? theme.muted : theme.text);
        if (room) painter.drawText(above, Qt::AlignCenter, count);
        painter.setPen(theme.muted);
        painter.drawText(QRectF(left, ground + 1, width, line), Qt::AlignCenter, bar.label);
    }
    const QRectF words(box.left(), box.bottom() - line, box.width(), line);
    painter.setPen(theme.muted);
    painter.drawText(words, Qt::AlignLeft | Qt::AlignVCenter, axis[0]);
    painter.drawText(words, Qt::AlignCenter, axis[1]);
    painter.drawText(words, Qt::AlignRight | Qt::AlignVCenter, axis[2]);
}

Exhibit SmallHistogram::exhibit(const QString& name, const QString& labelHead, const QString& countHead) const {
    const QSize whole = size() + QSize(16, 16);
    const auto paint = [now = drawing(), size = QSizeF(size()), whole](QPainter& painter) {
        painter.fillRect(QRect(QPoint(), whole), now.theme.panel);
        now.paint(painter, QRectF(QPointF(8, 8), size));
    };
    const auto csv = [bars = bars(), labelHead, countHead] {
        QString text = csvCell(labelHead) + u',' + csvCell(countHead) + u'\n';
        for (const Bar& bar : bars)
            text += csvCell(bar.label.isEmpty() ? bar.words : bar.label) + u',' + QString::number(bar.count) + u'\n';
        return text;
    };
    return {name, whole, paint, csv};
}

bool SmallHistogram::event(QEvent* event) {
    if (event->type() != QEvent::ToolTip || m_drawing.bars.empty()) return QWidget::event(event);
    const auto* help = static_cast<QHelpEvent*>(event);
    const auto last = static_cast<double>(m_drawing.bars.size()) - 1;
    const double at = static_cast<double>(help->pos().x()) / width() * (last + 1);
    QToolTip::showText(help->globalPos(), m_drawing.bars[static_cast<std::size_t>(std::clamp(at, 0.0, last))].words,
                       this);
    return true;
}

}  // namespace condenser
