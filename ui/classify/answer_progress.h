// One line below the pictures: what they come to, or how far the work on them has come.
#pragma once

#include <QElapsedTimer>
#include <QStackedWidget>

class QProgressBar;
class QPushButton;

namespace condenser {

class AnswerExport;
class AnswerModel;
class ElidedLabel;
class InferenceSession;

class AnswerProgress : public QStackedWidget {
    Q_OBJECT

  public:
    // All must outlive it.
    AnswerProgress(const AnswerModel& answers, const InferenceSession& session, const AnswerExport& copies,
                   QWidget* parent = nullptr);

    // What waits is asked for from now on: of that the progress is told, unless it is done in no time.
    void start();
    // After answers came, or pictures.
    void refresh();

  signals:
    void cancelled();

  private:
    // `what` stands before the numbers: "Copied"; `waits`: why it does not go on, instead of how fast it does.
    void showProgress(const QString& what, qint64 done, qint64 total, const QElapsedTimer& since,
                      const QString& waits = {});
    QString headline() const;

    const AnswerModel& m_answers;
    const InferenceSession& m_session;
    const AnswerExport& m_copies;
    int m_asked = 0;             // pictures, the last time
    QElapsedTimer m_sinceAsked;  // invalid: never
    qint64 m_copied = 0, m_toCopy = 0;
    QElapsedTimer m_sinceCopied;

    ElidedLabel* m_words;
    QProgressBar* m_bar;
    ElidedLabel* m_done;
};

}  // namespace condenser
