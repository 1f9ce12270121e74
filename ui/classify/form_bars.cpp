#include "classify/form_bars.h"

#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>
#include <algorithm>

#include "look/format.h"

namespace condenser {
namespace {

constexpr std::size_t kMostRows = 5;
constexpr int kNameWidth = 88, kBarHeight = 10, kMargin = 4, kGap = 8;  // pixels
constexpr double kNameShare = 0.33;                                     // of the width, where that is more

}  // namespace

FormBars::FormBars(Variant variant, QWidget* parent) : QWidget(parent), m_theme(darkTheme()), m_variant(variant) {
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    setFocusPolicy(Qt::StrongFocus);
    setMouseTracking(true);
    setCursor(Qt::PointingHandCursor);
    setAccessibleName(variant == Variant::kDense ? tr("Answers of the dense form")
                                                 : tr("Answers of the condensed form"));
    setToolTip(tr("Click a class, or press ↑ ↓, to see where the network looked for it"));
}

void FormBars::setTheme(const Theme& theme) {
    m_theme = theme;
    update();
}

void FormBars::setAnswers(const std::vector<ClassProbability>& top) {
    const std::size_t before = m_top.size();
    m_top.assign(top.begin(), top.begin() + static_cast<std::ptrdiff_t>(std::min(top.size(), kMostRows)));
    if (m_top.size() != before) updateGeometry();
    describe();
    update();
}

void FormBars::setChosen(int classIndex) {
    m_chosen = classIndex;
    describe();
    update();
}

void FormBars::describe() {
    QStringList words;
    for (const ClassProbability& entry : m_top) {
        words << QString::fromStdString(entry.name) + u' ' + formatShare(entry.probability);
        if (entry.index == m_chosen) words.back() += u' ' + tr("(its map is shown)");
    }
    setAccessibleDescription(words.join(QStringLiteral(", ")));
}

int FormBars::rowHeight() const {
    return std::max(20, fontMetrics().height() + 4);
}

int FormBars::rowAt(double y) const {
    const int row = static_cast<int>(y) / rowHeight();
    return y >= 0 && row < static_cast<int>(m_top.size()) ? row : -1;
}

int FormBars::chosenRow() const {
    for (std::size_t row = 0; row < m_top.size(); ++row) {
        if (m_top[row].index == m_chosen) return static_cast<int>(row);
    }
    return -1;
}

QSize FormBars::sizeHint() const {
    return {240, static_cast<int>(std::max<std::size_t>(1, m_top.size())) * rowHeight() + 2};
}

void FormBars::paintEvent(QPaintEvent* /*event*/) {
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const QFont plain = font();
    QFont bold = plain;
    bold.setBold(true);
    const int nameWidth = std::max(kNameWidth, static_cast<int>(width() * kNameShare));
    const int shareWidth = fontMetrics().horizontalAdvance(formatShare(1)) + kGap;
    for (int i = 0; i < static_cast<int>(m_top.size()); ++i) {
        const ClassProbability& entry = m_top[static_cast<std::size_t>(i)];
        const QRect row(0, i * rowHeight() + 1, width(), rowHeight());
        const bool chosen = entry.index == m_chosen;
        if (chosen || i == m_hovered) {
            painter.setPen(chosen && hasFocus() ? m_theme.accent : Qt::transparent);
            painter.setBrush(chosen ? m_theme.selected : m_theme.hover);
            painter.drawRoundedRect(QRectF(row).adjusted(0.5, 0.5, -0.5, -0.5), 4, 4);
        }
        const QRect name(row.left() + kMargin, row.top(), nameWidth - kMargin - kGap, row.height());
        painter.setFont(chosen ? bold : plain);
        painter.setPen(m_theme.text);
        painter.drawText(
            name, Qt::AlignVCenter | Qt::TextSingleLine,
            painter.fontMetrics().elidedText(QString::fromStdString(entry.name), Qt::ElideRight, name.width()));
        painter.setFont(plain);
        painter.drawText(row.adjusted(0, 0, -kMargin, 0), Qt::AlignVCenter | Qt::AlignRight,
                         formatShare(entry.probability));
        const QRectF bar(nameWidth, row.top() + (row.height() - kBarHeight) / 2.0,
                         row.width() - nameWidth - shareWidth - kMargin, kBarHeight);
        painter.setPen(Qt::NoPen);
        painter.setBrush(m_theme.field);
        painter.drawRoundedRect(bar, 3, 3);
        painter.setBrush(m_variant == Variant::kDense ? m_theme.dense : m_theme.condensed);
        const double filled = std::max(2.0, bar.width() * entry.probability);
        painter.drawRoundedRect(QRectF(bar.left(), bar.top(), filled, bar.height()), 3, 3);
    }
    if (hasFocus() && chosenRow() < 0) {
        painter.setPen(m_theme.accent);
        painter.setBrush(Qt::NoBrush);
        painter.drawRoundedRect(QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5), 4, 4);
    }
}

void FormBars::mousePressEvent(QMouseEvent* event) {
    const int row = rowAt(event->position().y());
    if (event->button() == Qt::LeftButton && row >= 0) emit classChosen(m_top[static_cast<std::size_t>(row)].index);
}

void FormBars::mouseMoveEvent(QMouseEvent* event) {
    const int row = rowAt(event->position().y());
    if (row == m_hovered) return;
    m_hovered = row;
    update();
}

void FormBars::leaveEvent(QEvent* event) {
    m_hovered = -1;
    update();
    QWidget::leaveEvent(event);
}

void FormBars::keyPressEvent(QKeyEvent* event) {
    const int last = static_cast<int>(m_top.size()) - 1, now = chosenRow();
    int row = now;
    switch (event->key()) {
        case Qt::Key_Up:
            row = now < 0 ? last : std::max(0, now - 1);
            break;
        case Qt::Key_Down:
            row = std::min(last, now + 1);
            break;
        case Qt::Key_Home:
        case Qt::Key_Return:
        case Qt::Key_Enter:
        case Qt::Key_Space:
            row = event->key() == Qt::Key_Home || now < 0 ? 0 : now;
            break;
        case Qt::Key_End:
            row = last;
            break;
        default:
            return QWidget::keyPressEvent(event);
    }
    if (row >= 0 && row <= last) emit classChosen(m_top[static_cast<std::size_t>(row)].index);
}

void FormBars::changeEvent(QEvent* event) {
    if (event->type() == QEvent::FontChange) updateGeometry();
    QWidget::changeEvent(event);
}

}  // namespace condenser
