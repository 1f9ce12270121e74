// The dense and the condensed network timed side by side on this machine, and where the gain went.
#pragma once

#include "compare/compare_session.h"
#include "look/theme.h"
#include "pages/page.h"

class QLabel;
class QProgressBar;
class QPushButton;
class QSettings;

namespace condenser {

class CompareExport;
class CompareHeadline;
class CompareParts;
class ElidedLabel;
class InferenceSession;
class MeasurePanel;
class NoticeArea;
class PauseAndMeasure;
class TrainingSession;

class ComparePage : public Page {
    Q_OBJECT

  public:
    // All must outlive it; `settings` keeps batch, threads, instruction set and which parts are shown.
    ComparePage(QSettings& settings, InferenceSession& inference, TrainingSession& training, CompareSession& session,
                QWidget* parent = nullptr);
    ~ComparePage() override;

    void setTheme(const Theme& theme) override;
    void mainAction() override;  // measures; while it measures: stops
    QString helpPage() const override;
    std::optional<Exhibit> exhibit() const override;

  signals:
    void modelWanted();     // "Open a model…" was pressed
    void trainingWanted();  // "Go to Train" was pressed

  private:
    void layOut();
    QWidget* makeHead();
    void connectSession();

    MeasureRequest requestFor(MeasureRequest::What what) const;
    void measure(MeasureRequest::What what);
    void cancel();
    bool measuring(MeasureRequest::What what) const;

    void showFinished(const ComparisonPtr& comparison);
    void showStored(qint64 id, const ComparisonPtr& comparison);
    void showLatest();
    void showKept(const std::vector<StoredComparison>& kept);
    void removeResult(qint64 id);
    const StoredComparison* lastKept() const;  // of the current model

    void refresh();
    void refreshHeadline();
    void refreshState();
    QString notes() const;

    InferenceSession& m_inference;
    CompareSession& m_session;
    PauseAndMeasure* m_measuring;  // what measures, and pauses a run where it must
    Theme m_theme;

    NoticeArea* m_notices;
    CompareHeadline* m_headline;
    MeasurePanel* m_panel;
    QLabel* m_notesLabel;
    QPushButton* m_back;
    QWidget* m_refusal;
    QLabel* m_refusalWords;
    QPushButton* m_pause;
    ElidedLabel* m_status;
    QProgressBar* m_bar;
    CompareParts* m_parts;
    CompareExport* m_export;

    ComparisonPtr m_shown;                        // what the page shows; may be an earlier one
    qint64 m_shownId = 0;                         // of a result that was opened; 0: just measured, or none
    ComparisonPtr m_latest;                       // measured since the program was started
    std::shared_ptr<const ModelFile> m_measured;  // of which that is
    BenchReportPtr m_sweepReport, m_networksReport;
    std::vector<StoredComparison> m_kept;
    qint64 m_wanted = 0;        // the result that is being read
    bool m_partsStale = false;  // they show a measurement that is under way, or came to nothing
    QString m_ended;            // how the latest measurement ended, if not well
};

}  // namespace condenser
