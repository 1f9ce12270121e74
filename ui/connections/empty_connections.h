// Why there is no map, and what would make one.
#pragma once

#include <QFrame>

class QLabel;
class QPushButton;

namespace condenser {

class EmptyConnections : public QFrame {
    Q_OBJECT

  public:
    explicit EmptyConnections(QWidget* parent = nullptr);

    // `waiting`: it comes by itself, nothing is offered.
    void show(const QString& title, const QString& words, bool waiting = false);
    QString text() const;

  signals:
    void trainingWanted();
    void modelWanted();

  private:
    QLabel* m_title;
    QLabel* m_words;
    QPushButton* m_train;
    QPushButton* m_open;
};

}  // namespace condenser
