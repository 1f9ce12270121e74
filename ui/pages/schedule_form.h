// How to train: epochs, batch, learning rate, group lasso, seed; the rest folded under "More".
#pragma once

#include <QWidget>

#include "run/training_run.h"

class QComboBox;
class QDoubleSpinBox;
class QLabel;
class QLineEdit;
class QPushButton;
class QSpinBox;

namespace condenser {

class ScheduleForm : public QWidget {
    Q_OBJECT

  public:
    explicit ScheduleForm(QWidget* parent = nullptr);

    // What has no field is as it was last set.
    TrainSettings settings() const;
    void setSettings(const TrainSettings& settings);
    void halveLearningRate();
    void setReadOnly(bool on);
    // Below the fields; empty: nothing is wrong.
    void showProblem(const QString& problem);

  signals:
    void changed();

  private:
    QSpinBox* m_epochs;
    QSpinBox* m_batch;
    QDoubleSpinBox* m_learningRate;
    QDoubleSpinBox* m_lasso;
    QLineEdit* m_seed;
    QPushButton* m_more;
    QWidget* m_fields;
    QDoubleSpinBox* m_momentum;
    QDoubleSpinBox* m_weightDecay;
    QDoubleSpinBox* m_validation;  // percent
    QComboBox* m_augmentation;
    QComboBox* m_condensing;
    QLabel* m_problem;
    TrainSettings m_base;
    bool m_filling = false;
};

}  // namespace condenser
