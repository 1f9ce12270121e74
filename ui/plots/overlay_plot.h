// Curves of several runs over each other.
#pragma once

#include <QFrame>
#include <QString>
#include <optional>
#include <vector>

#include "look/exhibit.h"
#include "look/theme.h"

namespace condenser {

// One run's curve: a point an epoch, with every x it can be drawn over.
struct OverlayRun {
    struct Point {
        double epoch, seconds, progress, macs;  // progress 0..1; macs: multiply-adds spent in training so far
        double testTop1, testLoss, trainTop1, trainLoss;
        double kept;
    };
    QString name;
    int colour = 0;  // in Theme::series
    std::vector<Point> points;
    std::vector<double> condensedAt;  // epochs of its condensing steps
};

class OverlayPlot : public QFrame {
    Q_OBJECT

  public:
    enum class X { kEpoch, kTime, kProgress, kMacs };
    enum class Y { kTestAccuracy, kTestLoss, kTrainAccuracy, kTrainLoss, kKept };

    explicit OverlayPlot(QWidget* parent = nullptr);
    ~OverlayPlot() override;

    void setTheme(const Theme& theme);
    void show(std::vector<OverlayRun> runs, X x, Y y);
    Exhibit exhibit() const;

    int curveCount() const;
    int pointCount(int curve) const;
    QString readout() const;

  signals:
    void runClicked(int run);  // a curve was clicked: its place in what was shown

  private:
    struct Parts;
    Parts* m_parts;
};

}  // namespace condenser
