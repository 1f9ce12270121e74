// A panel of the details card: it looks at the state only while it is seen.
#pragma once

#include <QElapsedTimer>
#include <QTimer>
#include <functional>
#include <vector>

#include "connections/panel.h"
#include "look/exhibit.h"

class QLabel;
class QPushButton;
class QVBoxLayout;

namespace condenser {

class DetailTable;
class ExhibitMenu;

// Has a sentence that says what is found, a list below it, and often something to be taken out.
class DetailPanel : public ConnectionsPanel {
    Q_OBJECT

  public:
    explicit DetailPanel(ConnectionsState& state, QWidget* parent = nullptr);

  protected:
    // Shows the state as it is now. Not called while the panel is hidden; showing it makes up for that.
    virtual void refresh() = 0;
    // By the user: at once.
    void refreshNow();
    // By a record: as often as numbers can be read, so that scrubbing is not held up.
    void refreshSoon();
    // There is something to tell: a source, and a record of it.
    bool isRecorded() const { return state().source() != nullptr && state().record() != nullptr; }
    void say(const QString& words);  // in the sentence; where nothing is recorded, that

    // Parts, for the derived class to put in its place. `name`: the object's name.
    QVBoxLayout* makeColumn();
    QLabel* makeTitle(const QString& title);
    QLabel* makeSentence(const char* name, const QString& tip);
    static QPushButton* makeChip(const char* name, const QString& text, const QString& tip);
    // Chips in a row of which one is on, the first one to begin with; another one: `chosen`.
    QWidget* makeChoice(const std::vector<QPushButton*>& chips, const std::function<void()>& chosen);
    // `now`: what the menus of the table and of the panel offer as long as `shown` is seen. Where it cannot be written
    // the sentence says so.
    void offer(DetailTable& table, const QWidget& shown, const std::function<Exhibit()>& now);

    void showEvent(QShowEvent* event) override;
    void contextMenuEvent(QContextMenuEvent* event) override;

  private:
    QTimer m_later;
    QElapsedTimer m_since;  // the last refresh
    QLabel* m_sentence = nullptr;
    ExhibitMenu* m_menu = nullptr;  // null: nothing is offered
    const QWidget* m_offered = nullptr;
};

}  // namespace condenser
