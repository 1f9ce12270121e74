#include "pages/run_actions.h"

#include <QMenu>
#include <QPushButton>
#include <algorithm>

#include "report/html_report.h"

namespace condenser {
namespace {

QString tr(const char* text) {
    return RunActions::tr(text);
}

bool anyTrains(const RunSituation& now) {
    return std::any_of(now.runs.begin(), now.runs.end(),
                       [](const RunSummary& run) { return run.state == StoredRunState::kRunning; });
}

QString whyNotOne(const RunSituation& now) {
    if (now.runs.empty()) return tr("Select a run first.");
    if (now.runs.size() > 1) return tr("Select one run only.");
    return {};
}

QString whyNotReadable(const RunSituation& now) {
    const bool readable =
        std::all_of(now.runs.begin(), now.runs.end(), [](const RunSummary& run) { return run.problem.empty(); });
    return readable ? QString() : tr("It cannot be read.");
}

QString whyNotModel(const RunSituation& now) {
    return now.haveModels ? QString() : tr("It has no model yet: the first one is written when an epoch is done.");
}

QString whyNotContinue(const RunSituation& now) {
    if (QString why = whyNotOne(now) + whyNotReadable(now); !why.isEmpty()) return why;
    const RunSummary& run = now.runs.front();
    if (run.state == StoredRunState::kRunning) return tr("It trains already.");
    if (run.state == StoredRunState::kFinished) return tr("It has done all of its epochs.");
    if (!run.resumable) return tr("It has no checkpoint to go on from.");
    if (now.trainingHere) return tr("Another run trains here: stop it first.");
    return {};
}

QString whyNotBranch(const RunSituation& now) {
    if (QString why = whyNotOne(now) + whyNotReadable(now); !why.isEmpty()) return why;
    const RunSummary& run = now.runs.front();
    if (run.stages.empty() && !run.resumable) return tr("It has no condensing step or checkpoint to branch from.");
    if (now.trainingHere) return tr("Another run trains here: stop it first.");
    return {};
}

QString whyNotMeasure(const RunSituation& now) {
    if (now.runs.empty()) return tr("Select a run first.");
    if (const QString why = whyNotModel(now); !why.isEmpty()) return why;
    if (now.trainingAnywhere)
        return tr("A run trains now, and timing beside it would be wrong: pause or stop it first.");
    if (now.measuring) return tr("It is being measured.");
    return {};
}

QString whyNotDelete(const RunSituation& now) {
    if (now.runs.empty()) return tr("Select a run first.");
    if (anyTrains(now)) return tr("It trains now: stop it first.");
    return {};
}

}  // namespace

QString whyNot(RunAction action, const RunSituation& now) {
    switch (action) {
        case RunAction::kContinue:
            return whyNotContinue(now);
        case RunAction::kAgain:
        case RunAction::kConnections: {
            const QString one = whyNotOne(now);
            return one.isEmpty() ? whyNotReadable(now) : one;
        }
        case RunAction::kBranch:
            return whyNotBranch(now);
        case RunAction::kRename:
        case RunAction::kNote:
        case RunAction::kOpenFolder:
            return whyNotOne(now);
        case RunAction::kOpenModel:
        case RunAction::kExportModel:
        case RunAction::kExportOnnx: {
            const QString one = whyNotOne(now);
            return one.isEmpty() ? whyNotModel(now) : one;
        }
        case RunAction::kMeasure:
            return whyNotMeasure(now);
        case RunAction::kExportReport:
            if (now.runs.size() > kMaxReportRuns) return tr("A report holds at most %1 runs.").arg(kMaxReportRuns);
            return now.runs.empty() ? tr("Select a run first.") : whyNotReadable(now);
        case RunAction::kForget:
            if (now.runs.empty()) return tr("Select a run first.");
            return now.inStore ? tr("It lies in the store, where every run is listed.") : QString();
        case RunAction::kDelete:
            return whyNotDelete(now);
    }
    return {};
}

RunActions::RunActions(QWidget& keys, QObject* parent) : QObject(parent), m_keys(keys) {
    const auto name = [](const char* text) { return QString::fromLatin1(text); };
    add(RunAction::kContinue, tr("Continue"), tr("Trains on from the run's last checkpoint, as if never stopped"),
        name("runContinue"));
    add(RunAction::kAgain, tr("Run again"), tr("Puts the run's settings and seed on the Train page"), name("runAgain"));
    add(RunAction::kBranch, tr("Branch…"), tr("A new run that goes on from a point of this one, with other settings"),
        name("runBranch"));
    add(RunAction::kOpenModel, tr("Open as model"), tr("The run's best model becomes the model of all pages (Enter)"),
        name("runOpenModel"));
    add(RunAction::kConnections, tr("Connections"), tr("Shows which connections it kept, step by step"),
        name("runConnections"));
    add(RunAction::kRename, tr("Rename"), tr("A name of your own; the folder keeps its own"), name("runRename"),
        Qt::Key_F2);
    add(RunAction::kNote, tr("Write a note"), tr("What you have to say about the run"), name("runNote"));
    add(RunAction::kMeasure, tr("Measure latency"), tr("Times the condensed model on this machine, a second a run"),
        name("runMeasure"));
    add(RunAction::kOpenFolder, tr("Open folder"), tr("Shows the run's files"), name("runOpenFolder"));
    add(RunAction::kExportModel, tr("Model…"), tr("A copy of model.safetensors, the run's best epoch"),
        name("runExportModel"));
    add(RunAction::kExportOnnx, tr("ONNX…"), tr("The condensed model for other programs"), name("runExportOnnx"));
    add(RunAction::kExportReport, tr("Report…"), tr("Settings, curves and connection maps in one HTML file"),
        name("runExportReport"));
    add(RunAction::kForget, tr("Remove from the list"), tr("The folder stays as it is"), name("runForget"));
    add(RunAction::kDelete, tr("Delete"), tr("Moves the run's folder to the trash"), name("runDelete"),
        QKeySequence::Delete);
}

void RunActions::add(RunAction action, const QString& name, const QString& words, const QString& objectName,
                     const QKeySequence& key) {
    auto* made = new QAction(name, this);
    made->setObjectName(objectName);
    if (!key.isEmpty()) {
        made->setShortcut(key);
        made->setShortcutContext(Qt::WidgetWithChildrenShortcut);
        m_keys.addAction(made);
    }
    connect(made, &QAction::triggered, this, [this, action] { emit wanted(action); });
    m_actions.emplace(action, made);
    m_words.emplace(action, words);
}

void RunActions::update(const RunSituation& situation) {
    for (const auto& [action, made] : m_actions) {
        const QString why = whyNot(action, situation);
        made->setEnabled(why.isEmpty());
        made->setToolTip(why.isEmpty() ? m_words.at(action) : why);
        made->setStatusTip(made->toolTip());
    }
}

void RunActions::bind(QPushButton* button, RunAction action) {
    QAction* of = m_actions.at(action);
    button->setText(of->text());
    button->setAccessibleName(of->text());
    button->setObjectName(of->objectName() + QStringLiteral("Button"));
    const auto follow = [button, of] {
        button->setEnabled(of->isEnabled());
        button->setToolTip(of->toolTip());
        button->setAccessibleDescription(of->toolTip());
    };
    follow();
    connect(of, &QAction::changed, button, follow);
    connect(button, &QPushButton::clicked, of, &QAction::trigger);
}

void RunActions::addTo(QMenu& menu, const std::vector<RunAction>& actions) const {
    for (const RunAction action : actions) menu.addAction(m_actions.at(action));
    menu.setToolTipsVisible(true);
}

}  // namespace condenser
