// Curves of several runs over each other.
#pragma once

#include <QString>
#include <memory>
#include <optional>
#include <vector>

#include "plots/plot_card.h"

namespace condenser {

// One run's curve: a point an epoch, with every x it can be drawn over. A value that is not finite is not drawn.
struct OverlayRun {
    struct Point {
        double epoch, seconds, progress, macs;  // progress 0..1; macs: multiply-adds spent in training so far
        double testTop1, testLoss, trainTop1, trainLoss;
        double kept;
    };
    QString name;
    int colour = 0;  // in Theme::series; its dash goes with it, so that a colour that comes again is told apart
    std::vector<Point> points;
    std::vector<double> condensedAt;  // epochs of its condensing steps
};

// A click on a curve, or a number key, chooses its run.
class OverlayPlot : public PlotCard {
    Q_OBJECT

  public:
    enum class X { kEpoch, kTime, kProgress, kMacs };
    enum class Y { kTestAccuracy, kTestLoss, kTrainAccuracy, kTrainLoss, kKept };

    explicit OverlayPlot(QWidget* parent = nullptr);
    ~OverlayPlot() override;

    void setTheme(const Theme& theme) override;
    // The view begins with the whole again if x or y is another one.
    void show(std::vector<OverlayRun> runs, X x, Y y);
    using PlotCard::show;

    int curveCount() const;
    int pointCount(int curve) const;
    std::pair<double, double> shownX() const;
    NumberTable numbers() const override;

  signals:
    void runClicked(int run);  // a curve was clicked: its place in what was shown

  protected:
    void pointAt(double x) override;
    void clickedAt(const QPointF& at, Qt::KeyboardModifiers modifiers) override;
    void keyPressEvent(QKeyEvent* event) override;

  private:
    struct Parts;
    void fill();
    void fitWhole();
    void describe();
    QString valueText(double value) const;
    std::unique_ptr<Parts> m_parts;
};

}  // namespace condenser
