// What was removed, and the way back: for a while, without a question.
#pragma once

#include <QFrame>
#include <functional>
#include <vector>

class QTimer;
class QVBoxLayout;

namespace condenser {

// One line for each removal, the latest below. A line goes after kSecondsShown, but not while the pointer or the
// keyboard's focus is on the bar.
class UndoBar : public QWidget {
    Q_OBJECT

  public:
    static constexpr int kSecondsShown = 20;

    explicit UndoBar(QWidget* parent = nullptr);

    void add(const QString& words, const std::function<void()>& undo);
    // Ctrl+Z: the latest removal. False if there is none.
    bool undoLatest();
    bool isEmpty() const { return m_lines.empty(); }

    // The clock of the bar; called once a second.
    void tick();

  private:
    struct Line {
        quint64 id;
        QFrame* row;
        std::function<void()> undo;
        int secondsLeft;
    };
    void undo(quint64 id);
    void remove(quint64 id);
    std::vector<Line>::iterator find(quint64 id);

    std::vector<Line> m_lines;
    quint64 m_nextId = 1;
    QTimer* m_clock;
    QVBoxLayout* m_layout;
};

}  // namespace condenser
