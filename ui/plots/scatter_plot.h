// Runs as points: what an answer costs against how often it is right.
#pragma once

#include <QString>
#include <utility>
#include <vector>

#include "plots/plot_card.h"

class QCPItemText;

namespace condenser {

struct ScatterPoint {
    int run = 0;          // whose it is, for runClicked; points of one run are joined in their order
    QString name;         // "shapes-86", "shapes-86, before step 2"
    double x = 0;         // in the unit of the axis
    double y = 0;         // share, 0..1
    int colour = -1;      // in Theme::series; -1: not selected
    bool hollow = false;  // not what the run has come to, but a stage on the way
};

// Hovering or the arrow keys read values, a click or Enter chooses the run.
class ScatterPlot : public PlotCard {
    Q_OBJECT

  public:
    using Format = QString (*)(double);

    ScatterPlot(const QString& title, const QString& yTitle, QWidget* parent = nullptr);

    void setTheme(const Theme& theme) override;
    // The view begins with the whole again if x is another one.
    void show(std::vector<ScatterPoint> points, const QString& xTitle, Format xFormat);
    using PlotCard::show;

    int pointCount() const { return static_cast<int>(m_points.size()); }
    QPointF placeOf(int point) const;  // in this widget
    Exhibit exhibit() const override;
    NumberTable numbers() const override { return {}; }

  signals:
    void runClicked(int run);

  protected:
    void pointAt(double /*x*/) override {}
    void pointNowhere() override { read(-1); }
    void wantWhole() override;
    void viewChosen() override { read(-1); }
    void clickedAt(const QPointF& at, Qt::KeyboardModifiers modifiers) override;
    void keyPressEvent(QKeyEvent* event) override;
    void placeOverlays() override;

  private:
    void rebuild();
    void fitWhole();
    int nearest(const QPointF& at) const;  // -1: none within reach
    void read(int point);
    QString csv() const;

    QString m_xTitle, m_yTitle;
    Format m_format = nullptr;
    std::vector<ScatterPoint> m_points;
    std::vector<std::pair<QCPItemText*, int>> m_labels;  // of which point
    int m_read = -1;
};

}  // namespace condenser
