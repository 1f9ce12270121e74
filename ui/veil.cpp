#include "veil.h"

#include <QEvent>
#include <QPainter>

namespace condenser {
namespace {

constexpr int kVeil = 225;  // of 255: what is below stays a hint
constexpr int kFrame = 24, kRound = 12;

}  // namespace

Veil::Veil(const QString& objectName, Kind kind, QWidget* parent) : QWidget(parent) {
    setObjectName(objectName);
    setAttribute(Qt::WA_TransparentForMouseEvents, kind == Kind::kSeeThrough);
    parent->installEventFilter(this);
    hide();
}

void Veil::showWords(const QString& words, bool welcome) {
    m_words = words;
    m_welcome = welcome;
    setAccessibleName(words);
    setGeometry(parentWidget()->rect());
    raise();
    show();
    update();
}

bool Veil::eventFilter(QObject* watched, QEvent* event) {
    if (event->type() == QEvent::Resize && isVisible()) setGeometry(parentWidget()->rect());
    return QWidget::eventFilter(watched, event);
}

void Veil::paintEvent(QPaintEvent* /*event*/) {
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    QColor veil = palette().color(QPalette::Window);
    veil.setAlpha(kVeil);
    painter.fillRect(rect(), veil);
    const QColor color = palette().color(m_welcome ? QPalette::Highlight : QPalette::Mid);
    painter.setPen(QPen(color, 2, Qt::DashLine));
    painter.drawRoundedRect(QRectF(rect()).adjusted(kFrame, kFrame, -kFrame, -kFrame), kRound, kRound);
    QFont font = this->font();
    font.setPointSizeF(font.pointSizeF() * 1.15);
    font.setBold(true);
    painter.setFont(font);
    painter.setPen(palette().color(QPalette::WindowText));
    painter.drawText(rect().adjusted(60, 40, -60, -40), Qt::AlignCenter | Qt::TextWordWrap, m_words);
}

}  // namespace condenser
