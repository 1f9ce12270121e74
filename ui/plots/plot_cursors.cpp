#include "plots/plot_cursors.h"

#include <QFrame>
#include <QLabel>
#include <QPainter>
#include <algorithm>
#include <cmath>

#include "look/look.h"

namespace condenser {
namespace {

constexpr int kGap = 12;     // pixels between a line and its text
constexpr int kPadding = 6;  // around a text
constexpr int kFromTop = 8, kFromBottom = 4;

QFrame* makeLine(QWidget* canvas) {
    auto* line = new QFrame(canvas);
    line->setAttribute(Qt::WA_TransparentForMouseEvents);
    line->setAutoFillBackground(true);
    line->hide();
    return line;
}

QLabel* makeText(QWidget* canvas, const char* name) {
    auto* text = new QLabel(canvas);
    text->setObjectName(QLatin1String(name));
    text->setAttribute(Qt::WA_TransparentForMouseEvents);
    text->setTextFormat(Qt::PlainText);
    setLook(text, "over", "curves");
    text->setMargin(kPadding);
    text->hide();
    return text;
}

void setColor(QFrame& line, const QColor& color) {
    QPalette palette = line.palette();
    palette.setColor(QPalette::Window, color);
    line.setPalette(palette);
}

// Right of the line, or left where there is no room.
void placeBeside(QLabel& text, int x, const QRect& inside, bool low) {
    text.adjustSize();
    const bool left = x + kGap + text.width() > inside.right() && x - kGap - text.width() > inside.left();
    const int wanted = left ? x - kGap - text.width() : x + kGap;
    const int lowest = inside.bottom() - text.height() - kFromBottom;
    text.move(std::clamp(wanted, 0, std::max(0, text.parentWidget()->width() - text.width())),
              std::max(0, low ? lowest : std::min(inside.top() + kFromTop, lowest)));
}

}  // namespace

PlotCursors::PlotCursors(QWidget* canvas)
    : m_cross(makeLine(canvas)),
      m_crossText(makeText(canvas, "plotReadout")),
      m_pins{Line{makeLine(canvas), makeText(canvas, "pinA")}, Line{makeLine(canvas), makeText(canvas, "pinB")}},
      m_note(makeText(canvas, "pinReadout")),
      m_theme(darkTheme()) {
    of(Pin::kA).tag->setText(QStringLiteral("A"));
    of(Pin::kB).tag->setText(QStringLiteral("B"));
    for (Line& pin : m_pins) {
        pin.tag->setMargin(1);
        pin.tag->setAlignment(Qt::AlignCenter);
    }
}

void PlotCursors::setTheme(const Theme& theme, const QFont& small) {
    m_theme = theme;
    setColor(*m_cross, theme.marker);
    for (Line& pin : m_pins) {
        setColor(*pin.line, theme.text);
        pin.tag->setFont(small);
    }
    m_crossText->setFont(small);
    m_note->setFont(small);
    for (QLabel* text : {m_crossText, m_note}) setLook(text, "scale", "small");
}

void PlotCursors::showCross(double x, const QRect& inside, const QString& text) {
    const int at = static_cast<int>(std::lround(x));
    m_cross->setGeometry(at, inside.top(), 1, inside.height());
    m_cross->show();
    m_crossText->setVisible(!text.isEmpty());
    if (text.isEmpty()) return;
    m_crossText->setText(text);
    placeBeside(*m_crossText, at, inside, m_low);
    m_crossText->raise();
}

void PlotCursors::hideCross() {
    m_cross->hide();
    m_crossText->hide();
}

bool PlotCursors::crossShown() const {
    return !m_cross->isHidden();
}

void PlotCursors::showPin(Pin pin, std::optional<double> x, const QRect& inside) {
    const bool shown = x && *x >= inside.left() && *x <= inside.right() + 1;
    Line& line = of(pin);
    line.line->setVisible(shown);
    line.tag->setVisible(shown);
    if (!shown) return;
    const int at = static_cast<int>(std::lround(*x));
    line.line->setGeometry(at, inside.top(), 1, inside.height());
    line.tag->adjustSize();
    line.tag->move(at - line.tag->width() / 2, inside.top());
}

void PlotCursors::showNote(const QString& text, double x, const QRect& inside) {
    m_note->setVisible(!text.isEmpty());
    m_note->setText(text);
    if (!text.isEmpty()) placeBeside(*m_note, static_cast<int>(std::lround(x)), inside, m_low);
}

QString PlotCursors::crossText() const {
    return m_crossText->text();
}

QString PlotCursors::noteText() const {
    return m_note->isHidden() ? QString() : m_note->text();
}

void PlotCursors::paint(QPainter& painter) const {
    const auto paintText = [&](const QLabel& text) {
        if (text.isHidden()) return;
        painter.setFont(text.font());
        painter.setPen(m_theme.border);
        painter.setBrush(m_theme.selected);
        painter.drawRect(text.geometry());
        painter.setPen(m_theme.text);
        const int margin = text.margin();
        painter.drawText(text.geometry().adjusted(margin, margin, -margin, -margin), static_cast<int>(text.alignment()),
                         text.text());
    };
    for (const Line& pin : m_pins) {
        if (pin.line->isHidden()) continue;
        painter.fillRect(pin.line->geometry(), m_theme.text);
        paintText(*pin.tag);
    }
    paintText(*m_note);
}

}  // namespace condenser
