// What is done with the pictures that are selected: answers copied as text, pictures taken out of the list and back.
#pragma once

#include <QList>
#include <QObject>
#include <functional>
#include <vector>

class QAbstractItemView;
class QAction;
class QItemSelectionModel;

namespace condenser {

class AnswerFilter;
class AnswerModel;
class InferenceSession;

class AnswerActions : public QObject {
    Q_OBJECT

  public:
    // All must outlive it. `selection` is of the filter's rows.
    AnswerActions(AnswerModel& answers, const AnswerFilter& filter, const InferenceSession& session,
                  const QItemSelectionModel& selection, QObject* parent = nullptr);

    // Keys and context menu.
    void addTo(QAbstractItemView& view);
    void takeOutAll();

  signals:
    void answerWanted();  // Enter, or a double click
    // `undo` puts them back where they were; it may be called once.
    void takenOut(const QString& words, const std::function<void()>& undo);
    // Some were being asked for when they were taken out: those answers were lost.
    void broughtBack(bool wereAsked);

  private:
    std::vector<int> selectedRows() const;  // of the model, in the order shown
    void takeOut(const std::vector<int>& rows);
    void copy();

    AnswerModel& m_answers;
    const AnswerFilter& m_filter;
    const InferenceSession& m_session;
    const QItemSelectionModel& m_selection;
    QList<QAction*> m_actions;
};

}  // namespace condenser
