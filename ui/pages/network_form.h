// Which network to train: a preset, or one's own numbers under "More".
#pragma once

#include <QWidget>
#include <string>

#include "base/result.h"
#include "network/network_spec.h"

class QComboBox;
class QDoubleSpinBox;
class QLabel;
class QLineEdit;
class QPushButton;
class QSpinBox;

namespace condenser {

class NetworkForm : public QWidget {
    Q_OBJECT

  public:
    explicit NetworkForm(QWidget* parent = nullptr);

    // As --model: the preset's name, or a spec where any number was changed.
    std::string model() const;
    // Fills the fields; a text that is no legal network is ignored.
    void setModel(const std::string& model);
    // With the classes of the data; the rule that the numbers break otherwise.
    Result<NetworkSpec> spec(int classes) const;
    void setReadOnly(bool on);
    // Below the fields, with a button for each legal spec near to the numbers; empty: nothing is wrong.
    void showProblem(const QString& problem);

  signals:
    void changed();

  private:
    void fill(const NetworkSpec& spec);
    void presetChosen();
    void fieldEdited();
    double compression() const;
    void showFixes();
    void apply(const NetworkSpec& spec);

    QComboBox* m_preset;
    QPushButton* m_more;
    QWidget* m_fields;
    QLineEdit* m_layers;
    QLineEdit* m_growth;
    QSpinBox* m_groups;
    QSpinBox* m_condense;
    QDoubleSpinBox* m_compression;
    QSpinBox* m_size;
    QLabel* m_problem;
    QWidget* m_fixes;
    // What has no field: taken from the preset or spec that was chosen.
    NetworkSpec m_base;
    bool m_filling = false;
};

}  // namespace condenser
