// Pictures that were dropped, and what both forms of the current model say about them.
#pragma once

#include <QPersistentModelIndex>
#include <filesystem>
#include <memory>
#include <vector>

#include "classify/answer_export.h"
#include "classify/answer_filter.h"
#include "classify/answer_model.h"
#include "pages/page.h"
#include "session/inference_session.h"

class QButtonGroup;
class QLabel;
class QPushButton;
class QSettings;
class QStackedWidget;

namespace condenser {

class AnswerActions;
class AnswerCard;
class AnswerChips;
class AnswerGrid;
class AnswerProgress;
class AnswerTable;
class ExhibitMenu;
class NoticeArea;
class ResultsView;

class ClassifyPage : public Page {
    Q_OBJECT

  public:
    // Both must outlive it.
    ClassifyPage(QSettings& settings, InferenceSession& session, QWidget* parent = nullptr);
    ~ClassifyPage() override;

    void setTheme(const Theme& theme) override;
    // Asks again, for the model may be another by now; after a cancel, for those that still wait.
    void mainAction() override;
    QString helpPage() const override;
    std::optional<Exhibit> exhibit() const override;

    // Answered at once, or as soon as there is a model.
    void addPictures(const std::vector<std::filesystem::path>& paths);
    void choosePictures();
    void paste();
    // A sentence above the list; empty: none.
    void showProblem(const QString& problem);

    enum class View { kGrid, kTable, kResults };
    void showView(View view);
    const AnswerModel& answers() const { return m_model; }

  signals:
    void modelWanted();     // "Open a model…" was pressed
    void trainingWanted();  // "Go to Train" was pressed
    void compareWanted();   // "Compare both forms" was pressed
    // In the list, by the user or as a new one comes; it has been read without a fault. May come again for the same.
    void pictureChosen(const AnsweredPicture& picture);

  protected:
    void showEvent(QShowEvent* event) override;

  private:
    QWidget* makeNoModel();
    QWidget* makeHead();
    void makeViews();
    void connectParts();
    void add(std::vector<AnsweredPicture> pictures);
    void ask();
    void modelChanged();
    void refresh();     // all that counts tell
    void refreshAll();  // and what is chosen
    QString emptyWords() const;
    void showChosen();
    void choose();

    QSettings& m_settings;
    InferenceSession& m_session;
    AnswerModel m_model;
    AnswerFilter m_filter;
    AnswerExport m_export;
    View m_view = View::kGrid;       // that is shown
    View m_list = View::kGrid;       // of pictures, that was shown last
    bool m_cancelled = false;        // what waits is not asked for before the user says so
    QPersistentModelIndex m_chosen;  // in the model: the current one, as long as it is there

    NoticeArea* m_notices;
    QPushButton* m_again;
    QPushButton* m_clear;
    QPushButton* m_exportButton;
    QButtonGroup* m_viewButtons;
    QLabel* m_problem;
    QLabel* m_assumed;  // what the model took for granted
    QLabel* m_sample;   // that it is the sample, and what that can know
    QWidget* m_noModel;
    QLabel* m_empty;
    AnswerChips* m_chips;
    QStackedWidget* m_views;
    AnswerGrid* m_grid;
    AnswerTable* m_table;
    ResultsView* m_results;
    AnswerActions* m_actions;
    AnswerProgress* m_progress;
    AnswerCard* m_card;
    ExhibitMenu* m_seen;
};

}  // namespace condenser
