// The dense and the condensed network timed side by side on this machine, and where the gain went.
#pragma once

#include "compare/compare_session.h"
#include "pages/page.h"

class QSettings;

namespace condenser {

class InferenceSession;
class TrainingSession;

class ComparePage : public Page {
    Q_OBJECT

  public:
    // All must outlive it; `settings` keeps batch, threads, instruction set and which parts are shown.
    ComparePage(QSettings& settings, InferenceSession& inference, TrainingSession& training, CompareSession& session,
                QWidget* parent = nullptr);

    void setTheme(const Theme& theme) override;
    void mainAction() override;  // measures; while it measures: stops
    QString helpPage() const override;
    std::optional<Exhibit> exhibit() const override;

  signals:
    void modelWanted();     // "Open a model…" was pressed
    void trainingWanted();  // "Go to Train" was pressed
};

}  // namespace condenser
