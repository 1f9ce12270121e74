// What lies over a plot while values are read: the line under the pointer, the two pinned ones, and their texts. They
// are widgets of their own, so that moving them paints no curve again.
#pragma once

#include <QRect>
#include <QString>
#include <array>
#include <optional>

#include "look/theme.h"

class QFont;
class QFrame;
class QLabel;
class QPainter;
class QWidget;

namespace condenser {

enum class Pin { kA, kB };

class PlotCursors {
  public:
    // The widgets belong to `canvas`.
    explicit PlotCursors(QWidget* canvas);

    void setTheme(const Theme& theme, const QFont& small);
    // Texts stand where the curves are not.
    void setTextsLow(bool low) { m_low = low; }

    // `x` in pixels of the canvas; `inside` is where the curves are. Without text only the line is shown.
    void showCross(double x, const QRect& inside, const QString& text);
    void hideCross();
    bool crossShown() const;
    // Nothing: it is taken away, as it is where x is beside `inside`.
    void showPin(Pin pin, std::optional<double> x, const QRect& inside);
    // What the pins say, beside `x`; empty: nothing.
    void showNote(const QString& text, double x, const QRect& inside);

    QString crossText() const;
    QString noteText() const;

    // The pins and what they say, for a picture.
    void paint(QPainter& painter) const;

  private:
    struct Line {
        QFrame* line;
        QLabel* tag;
    };
    Line& of(Pin pin) { return m_pins[static_cast<std::size_t>(pin)]; }

    QFrame* m_cross;
    QLabel* m_crossText;
    std::array<Line, 2> m_pins;
    QLabel* m_note;
    Theme m_theme;
    bool m_low = false;
};

}  // namespace condenser
