// How to train: epochs, batch, learning rate, group lasso, seed.
#pragma once

#include <QWidget>

#include "run/training_run.h"

class QDoubleSpinBox;
class QLineEdit;
class QSpinBox;

namespace condenser {

class ScheduleForm : public QWidget {
    Q_OBJECT

  public:
    explicit ScheduleForm(QWidget* parent = nullptr);

    // What has no field keeps its default.
    TrainSettings settings() const;
    void setSettings(const TrainSettings& settings);
    void halveLearningRate();
    void setReadOnly(bool on) { setDisabled(on); }

  signals:
    void changed();

  private:
    QSpinBox* m_epochs;
    QSpinBox* m_batch;
    QDoubleSpinBox* m_learningRate;
    QDoubleSpinBox* m_lasso;
    QSpinBox* m_seed;
};

}  // namespace condenser
