// The row above the charts: what x is, smoothing, logarithmic axes, following, and taking all of it out.
#pragma once

#include <QVariantMap>
#include <QWidget>

#include "plots/x_scale.h"

class QComboBox;
class QDoubleSpinBox;
class QHBoxLayout;
class QPushButton;

namespace condenser {

class ExhibitMenu;

struct ChartSettings {
    XUnit x = XUnit::kEpoch;
    double smoothing = 0;  // 0 to kMostSmoothing
    bool logX = false, logLoss = false;
    bool rate = false;  // the learning rate is shown where images a second would be

    // For the settings of the program. What is no setting is left as it is by default.
    QVariantMap toMap() const;
    static ChartSettings fromMap(const QVariantMap& map);
    bool operator==(const ChartSettings&) const = default;
};

class ChartBar : public QWidget {
    Q_OBJECT

  public:
    // `menu` stays the caller's.
    explicit ChartBar(ExhibitMenu& menu, QWidget* parent = nullptr);

    // Of `settings`, what this row shows.
    ChartSettings settings() const;
    void setSettings(const ChartSettings& settings);
    void setFollowing(bool on);

  signals:
    void settingsChanged();  // by the user
    void followWanted();

  private:
    QPushButton* addChip(QHBoxLayout& row, const char* name, const QString& text, const QString& tip);

    QComboBox* m_x;
    QDoubleSpinBox* m_smoothing;
    QPushButton* m_logX;
    QPushButton* m_logLoss;
    QPushButton* m_follow;
    bool m_setting = false;
};

}  // namespace condenser
