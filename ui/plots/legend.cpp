#include "plots/legend.h"

#include <QPainter>
#include <QStringList>

namespace condenser {
namespace {

constexpr int kSwatch = 16, kSwatchGap = 6, kEntryGap = 16;  // pixels

}  // namespace

Legend::Legend(QWidget* parent) : QWidget(parent), m_theme(darkTheme()) {
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Preferred);
}

void Legend::setTheme(const Theme& theme) {
    m_theme = theme;
    update();
}

int Legend::add(Ink ink, bool diamond) {
    m_entries.push_back({ink, diamond, {}});
    return static_cast<int>(m_entries.size()) - 1;
}

void Legend::setText(int entry, const QString& text) {
    QString& old = m_entries[static_cast<std::size_t>(entry)].text;
    if (old == text) return;
    old = text;
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

int Legend::widthOf(const Entry& entry) const {
    return entry.text.isEmpty() ? 0 : kSwatch + kSwatchGap + fontMetrics().horizontalAdvance(entry.text) + kEntryGap;
}

QSize Legend::sizeHint() const {
    int width = 0;
    for (const Entry& entry : m_entries) width += widthOf(entry);
    return {width, fontMetrics().height() + 2};
}

QSize Legend::minimumSizeHint() const {
    return {0, sizeHint().height()};
}

void Legend::paintEvent(QPaintEvent* /*event*/) {
    int room = width();
    std::vector<const Entry*> shown;
    for (const Entry& entry : m_entries) {
        if (entry.text.isEmpty()) continue;
        room -= widthOf(entry);
        if (room < -kEntryGap) break;
        shown.push_back(&entry);
    }
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const double middle = height() / 2.0;
    int right = width();
    for (auto entry = shown.rbegin(); entry != shown.rend(); ++entry) {
        const int textWidth = fontMetrics().horizontalAdvance((*entry)->text);
        painter.setPen(m_theme.muted);
        painter.drawText(QRect(right - textWidth, 0, textWidth + 1, height()), Qt::AlignVCenter | Qt::AlignLeft,
                         (*entry)->text);
        const double swatchRight = right - textWidth - kSwatchGap;
        const QColor color = m_theme.ink((*entry)->ink);
        if ((*entry)->diamond) {
            const double x = swatchRight - kSwatch / 2.0;
            painter.setPen(QPen(color, 1.5));
            painter.setBrush(m_theme.panel);
            painter.drawPolygon(QPolygonF{{x - 5, middle}, {x, middle - 5}, {x + 5, middle}, {x, middle + 5}});
        } else {
            painter.setPen(QPen(color, 3, Qt::SolidLine, Qt::RoundCap));
            painter.drawLine(QPointF(swatchRight - kSwatch + 2, middle), QPointF(swatchRight - 2, middle));
        }
        right -= widthOf(**entry);
    }
}

}  // namespace condenser
