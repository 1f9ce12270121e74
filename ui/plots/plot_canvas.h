// QCustomPlot as all plots of the window use it: dressed by the theme, moved by mouse and keys within the whole of what
// there is, painted at most twice a second for new data. For the .cpp files of this folder only.
#pragma once

#include <qcustomplot.h>

#include <QPicture>
#include <QTimer>
#include <optional>

#include "look/theme.h"
#include "plots/plot_axes.h"
#include "plots/series_style.h"

namespace condenser {

class PlotCanvas : public QCustomPlot {
    Q_OBJECT

  public:
    explicit PlotCanvas(QWidget* parent = nullptr);

    // `roomAbove`: lines of small text over the plot.
    void setTheme(const Theme& theme, const QFont& small, int roomAbove);
    void setMeasures(const AxisMeasure& x, const AxisMeasure& y);

    // All that there is. Following: it is shown, or only `homeY` of it. Else the view stays where the user put it,
    // within these.
    void setWhole(const QCPRange& x, const QCPRange& y, const std::optional<QCPRange>& homeY = {});
    void setFollowing(bool on);
    void showAllOfY();  // by a key; as if by the mouse
    void showX(double lower, double upper);
    // By keys; as if by the mouse.
    void pan(double share);
    void zoom(double factor, double aroundX);

    // New data: at most twice a second, and not while hidden.
    void requestReplot();

    QRect inside() const { return axisRect()->rect(); }
    double toPixel(double x) const { return xAxis->coordToPixel(x); }
    // As lines and texts, not as pixels.
    QPicture picture();

  signals:
    void viewChosen();   // the user moved or zoomed; the ranges are within the whole
    void wholeWanted();  // by a double click
    void pointed(double x);
    void pointerLeft();
    void clicked(const QPointF& at, Qt::KeyboardModifiers modifiers);  // and not dragged

  protected:
    bool event(QEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void mouseDoubleClickEvent(QMouseEvent* event) override;
    void showEvent(QShowEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;

  private:
    void viewMoved();
    void applyWhole();
    void paintNow();

    QCPRange m_wholeX{0, 1}, m_wholeY{0, 1}, m_homeY{0, 1};
    AxisMeasure m_x, m_y;
    bool m_following = true;
    bool m_settingRanges = false;
    bool m_dirty = false;
    QPointF m_pressedAt;
    Qt::MouseButton m_pressed = Qt::NoButton;
    QTimer m_timer;
};

// `graph` as `style` says.
void dress(QCPGraph& graph, const SeriesStyle& style, const Theme& theme);

}  // namespace condenser
