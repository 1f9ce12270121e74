// Pictures that were dropped, and what the current model says about them.
#pragma once

#include <filesystem>
#include <memory>
#include <vector>

#include "classify/answer_model.h"
#include "pages/page.h"
#include "session/inference_session.h"

class QLabel;
class QListView;
class QPushButton;

namespace condenser {

class AnswerCard;
class AnswerDelegate;

class ClassifyPage : public Page {
    Q_OBJECT

  public:
    // `session` must outlive it.
    explicit ClassifyPage(InferenceSession& session, QWidget* parent = nullptr);

    void setTheme(const Theme& theme) override;
    void mainAction() override;  // asks again, for the model may be another by now
    QString helpPage() const override;

    // Answered at once, or as soon as there is a model.
    void addPictures(const std::vector<std::filesystem::path>& paths);
    void choosePictures();
    void paste();
    // A sentence above the list; empty: none.
    void showProblem(const QString& problem);

  signals:
    void modelWanted();     // "Open a model…" was pressed
    void trainingWanted();  // "Go to Train" was pressed
    // In the list, by the user or as a new one comes; it has been read without a fault. May come again for the same.
    void pictureChosen(const AnsweredPicture& picture);

  private:
    void ask();
    void modelChanged();
    void showHeadline();
    void showChosen();
    static QString sampleWords(const CurrentModel& model);

    InferenceSession& m_session;
    AnswerModel m_model;
    AnswerDelegate* m_delegate;
    QLabel* m_headline;
    QPushButton* m_again;
    QPushButton* m_clear;
    QLabel* m_problem;
    QLabel* m_assumed;  // what the model took for granted
    QLabel* m_sample;   // that it is the sample, and what that can know
    QWidget* m_noModel;
    QLabel* m_empty;
    QListView* m_list;
    AnswerCard* m_card;
};

}  // namespace condenser
