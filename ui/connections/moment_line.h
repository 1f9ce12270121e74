// The moments of a run on a line over its planned epochs, with the condensing steps; one moment is in hand.
#pragma once

#include <QWidget>

#include "connections/moment_axis.h"
#include "look/theme.h"

namespace condenser {

// Mouse: a click jumps, drag scrubs, the wheel steps; the pointer reads what is below it. Keys: Left and Right one
// moment, with Ctrl or by Page Down and Up one condensing step, Home, End; Space asks to play. A slider to screen
// readers, whose value is the moment in words.
class MomentLine : public QWidget {
    Q_OBJECT

  public:
    explicit MomentLine(QWidget* parent = nullptr);

    void setTheme(const Theme& theme);
    // Null: nothing is drawn.
    void setSource(const ConnectionsSourcePtr& source);
    void setMoment(int moment);
    int moment() const { return m_moment; }
    int lastMoment() const { return m_source == nullptr ? -1 : m_source->count() - 1; }

    // Where a moment stands, in the widget's pixels.
    QPointF placeOf(int moment) const;
    // Of the moment in hand; empty where there is none.
    QString words() const;
    // Asks for a moment, as the keys and the mouse do. Out of range: the nearest there is.
    void want(int moment);

    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

  signals:
    void momentWanted(int moment);
    void playWanted();

  protected:
    bool event(QEvent* event) override;
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void leaveEvent(QEvent* event) override;
    void wheelEvent(QWheelEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;

  private:
    bool isLine() const;  // else a sentence stands in its place
    QString sentence() const;
    double lineY() const;
    void arrange();
    // The moment after the next condensing step, or before it the last one's; beyond those the ends.
    int towardsStep(bool forward) const;
    void paintTrack(QPainter& painter) const;
    void paintMarks(QPainter& painter) const;
    void paintWords(QPainter& painter) const;
    bool isDense(int moment) const;

    Theme m_theme;
    ConnectionsSourcePtr m_source;
    MomentAxis m_axis;
    int m_moment = -1, m_hovered = -1;
    int m_turned = 0;  // of the wheel, in eighths of a degree, short of a step
};

}  // namespace condenser
