// Which run and which moment stands beside the first map.
#pragma once

#include <QWidget>
#include <filesystem>
#include <utility>
#include <vector>

class QComboBox;
class QPushButton;

namespace condenser {

class CompareBar : public QWidget {
    Q_OBJECT

  public:
    using Runs = std::vector<std::pair<QString, std::filesystem::path>>;

    explicit CompareBar(QWidget* parent = nullptr);

    // `own`: the run of the first map, which stands for itself as "this run"; empty: there is none.
    void setRuns(const Runs& runs, const std::filesystem::path& own);
    // Empty: this run. Nothing is chosen where the list has no such run.
    void setRun(const std::filesystem::path& folder);
    void setMoments(const QStringList& words);
    // -1: none.
    void setMoment(int moment);

  signals:                                                // by the user
    void runChosen(const std::filesystem::path& folder);  // empty: this run
    void otherRunWanted();                                // one that is not in the list
    void momentChosen(int moment);

  private:
    void showSteps();

    QComboBox *m_runs, *m_moments;
    QPushButton *m_back, *m_forward;
};

}  // namespace condenser
