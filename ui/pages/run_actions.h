// What can be done with the selected runs, and if it cannot, why.
#pragma once

#include <QAction>
#include <QObject>
#include <QString>
#include <map>
#include <vector>

#include "store/run_index.h"

class QMenu;
class QPushButton;

namespace condenser {

enum class RunAction {
    kContinue,
    kAgain,
    kBranch,
    kOpenModel,
    kConnections,
    kRename,
    kNote,
    kMeasure,
    kOpenFolder,
    kExportModel,
    kExportOnnx,
    kExportReport,
    kForget,
    kDelete
};

// What the rules look at.
struct RunSituation {
    std::vector<RunSummary> runs;   // selected
    bool haveModels = false;        // each of them has a model.safetensors
    bool inStore = true;            // each of them lies in the store
    bool trainingHere = false;      // this window trains or is about to
    bool trainingAnywhere = false;  // here or in another program
    bool measuring = false;
};

// Empty: it can be done. Else a sentence.
QString whyNot(RunAction action, const RunSituation& situation);

// The actions as buttons, menus and keys share them. A disabled one says why in its tooltip.
class RunActions : public QObject {
    Q_OBJECT

  public:
    // The keys act while `keys` or a widget in it has the focus.
    RunActions(QWidget& keys, QObject* parent);

    QAction* action(RunAction action) const { return m_actions.at(action); }
    void update(const RunSituation& situation);
    // The button then does what the action does, is enabled with it and tells the same.
    void bind(QPushButton* button, RunAction action);
    void addTo(QMenu& menu, const std::vector<RunAction>& actions) const;

  signals:
    void wanted(RunAction action);

  private:
    void add(RunAction action, const QString& name, const QString& words, const QString& objectName,
             const QKeySequence& key = {});

    QWidget& m_keys;
    std::map<RunAction, QAction*> m_actions;
    std::map<RunAction, QString> m_words;  // what it does
};

}  // namespace condenser
