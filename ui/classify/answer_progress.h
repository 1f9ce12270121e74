// One line below the pictures: what they come to, or how far the work on them has come.
#pragma once

#include <QStackedWidget>

class QProgressBar;
class QPushButton;

namespace condenser {

class ElidedLabel;

class AnswerProgress : public QStackedWidget {
    Q_OBJECT

  public:
    explicit AnswerProgress(QWidget* parent = nullptr);

    void showWords(const QString& words);
    // `rate` a second; 0: not known yet. `what` stands before the numbers: "Copied".
    void showProgress(const QString& what, qint64 done, qint64 total, double rate);

  signals:
    void cancelled();

  private:
    ElidedLabel* m_words;
    QProgressBar* m_bar;
    ElidedLabel* m_done;
    QPushButton* m_cancel;
};

}  // namespace condenser
