// What the window does at a key: one table, from which both the actions and the sheet of keys are made.
#pragma once

#include <QKeySequence>
#include <QList>
#include <QString>
#include <functional>

class QWidget;

namespace condenser {

struct Command {
    QString id;     // object name of its action
    QString group;  // heading in the sheet
    QString words;  // what it does
    QList<QKeySequence> keys;
    std::function<void()> act;
};

class Commands {
  public:
    // Adds actions to `window`, which owns them.
    explicit Commands(QWidget& window) : m_window(window) {}

    // A key that another command has already is a mistake of ours.
    void add(const Command& command);
    // A key or a gesture that a part of the window handles by itself.
    void note(const QString& group, const QString& keys, const QString& words);

    // All of it as Markdown, grouped, in the order in which groups and commands came.
    QString sheet() const;

  private:
    struct Line {
        QString group, keys, words;
    };
    QWidget& m_window;
    QList<QKeySequence> m_taken;
    QList<Line> m_lines;
};

}  // namespace condenser
