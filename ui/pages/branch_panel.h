// "Branch…": from which point of a run, and with what other settings, a new one goes on.
#pragma once

#include <QFrame>

#include "run/branch_run.h"
#include "store/run_index.h"

class QComboBox;
class QDoubleSpinBox;
class QLabel;
class QPushButton;

namespace condenser {

// Stands in the page, hidden until it is asked for. Esc closes it.
class BranchPanel : public QFrame {
    Q_OBJECT

  public:
    explicit BranchPanel(QWidget* parent = nullptr);

    void open(const RunSummary& run);
    // Empty: nothing hinders it. Else why there can be no training now.
    void setObstacle(const QString& why);
    const std::filesystem::path& from() const { return m_request.from; }

  signals:
    void branchWanted(const BranchRequest& request);

  protected:
    void keyPressEvent(QKeyEvent* event) override;

  private:
    BranchRequest request() const;
    void showWords();

    BranchRequest m_request;  // `from` alone is set
    RunRecord m_record;
    QLabel* m_title;
    QComboBox* m_stage;
    QDoubleSpinBox* m_rate;
    QDoubleSpinBox* m_lasso;
    QLabel* m_words;
    QPushButton* m_go;
};

}  // namespace condenser
