#include "pages/runs_page.h"

#include <QDesktopServices>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QMenu>
#include <QPushButton>
#include <QSettings>
#include <QSplitter>
#include <QStackedWidget>
#include <QUrl>
#include <QVBoxLayout>
#include <algorithm>
#include <iterator>
#include <system_error>
#include <utility>

#include "io/run_folder.h"
#include "look/format.h"
#include "look/look.h"
#include "models/run_words.h"
#include "pages/branch_panel.h"
#include "pages/notices.h"
#include "pages/run_comparison.h"
#include "pages/run_details.h"
#include "pages/run_table.h"
#include "pages/table_exhibit.h"

namespace condenser {
namespace {

const QString kRowsKey = QStringLiteral("runs/rows"), kColumnsKey = QStringLiteral("runs/columnsSplit");
const QString kReadNotice = QStringLiteral("runsNotice"), kChangeNotice = QStringLiteral("runChangeNotice"),
              kIndexNotice = QStringLiteral("runIndexNotice"), kLatencyNotice = QStringLiteral("latencyNotice"),
              kModelNotice = QStringLiteral("modelNotice");
constexpr int kFilterWidth = 220;  // pixels
constexpr int kEmptyWidth = 520;
constexpr int kTableShare = 300, kPlotShare = 340;  // of the page, at first

QPushButton* menuButton(const QString& name, const char* objectName, QMenu* menu) {
    auto* button = new QPushButton(name + QStringLiteral(" ▾"));
    button->setObjectName(QString::fromLatin1(objectName));
    button->setAccessibleName(name);
    setLook(button, "role", "menu");
    QObject::connect(button, &QPushButton::clicked, menu,
                     [button, menu] { menu->popup(button->mapToGlobal(QPoint(0, button->height()))); });
    return button;
}

}  // namespace

RunsPage::RunsPage(QSettings& settings, TrainingSession& training, QWidget* parent)
    : Page(parent),
      m_settings(settings),
      m_training(training),
      m_theme(&darkTheme()),
      m_stack(new QStackedWidget),
      m_count(new QLabel),
      m_filter(new QLineEdit),
      m_table(new RunTable(m_model, settings)),
      m_actions(new RunActions(*m_table, this)),
      m_branch(new BranchPanel),
      m_notices(new NoticeArea),
      m_comparison(new RunComparison(settings)),
      m_details(new RunDetails),
      m_rows(new QSplitter(Qt::Vertical)),
      m_columns(new QSplitter(Qt::Horizontal)),
      m_menu(new QMenu(this)),
      m_export(*m_notices, *this),
      m_removal(*m_notices) {
    m_columns->setObjectName(QStringLiteral("runColumns"));
    m_columns->addWidget(m_comparison);
    m_columns->addWidget(m_details);
    m_columns->setStretchFactor(0, 1);
    m_columns->setStretchFactor(1, 0);
    m_columns->setHandleWidth(12);
    m_columns->setChildrenCollapsible(false);
    m_rows->setObjectName(QStringLiteral("runRows"));
    m_rows->addWidget(makeTableCard());
    m_rows->addWidget(m_columns);
    m_rows->setStretchFactor(0, 1);
    m_rows->setStretchFactor(1, 1);
    m_rows->setHandleWidth(12);
    m_rows->setChildrenCollapsible(false);
    m_rows->setSizes({kTableShare, kPlotShare});
    m_columns->setSizes({kPlotShare * 2, kTableShare});
    m_rows->restoreState(settings.value(kRowsKey).toByteArray());
    m_columns->restoreState(settings.value(kColumnsKey).toByteArray());

    auto* content = new QWidget;
    auto* column = new QVBoxLayout(content);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(12);
    column->addWidget(m_branch);
    column->addWidget(m_rows, 1);
    m_stack->setObjectName(QStringLiteral("runStack"));
    m_stack->addWidget(content);
    m_stack->addWidget(makeEmptyState());

    m_notices->setObjectName(QStringLiteral("runNotices"));
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(16, 16, 16, 16);
    layout->setSpacing(12);
    layout->addWidget(m_notices);
    layout->addWidget(m_stack, 1);
    connectParts();
    showCount();
    updateActions();
}

RunsPage::~RunsPage() {
    delete m_stack;  // the table goes before the runs that it shows
}

QWidget* RunsPage::makeTableCard() {
    auto* card = new QFrame;
    setLook(card, "card");
    auto* title = new QLabel(tr("Runs"));
    setLook(title, "scale", "title");
    m_count->setObjectName(QStringLiteral("runCount"));
    setLook(m_count, "tone", "muted");
    m_filter->setObjectName(QStringLiteral("runFilter"));
    m_filter->setAccessibleName(tr("Show only runs with these words"));
    m_filter->setPlaceholderText(tr("Filter by any word"));
    m_filter->setClearButtonEnabled(true);
    m_filter->setFixedWidth(kFilterWidth);
    auto* head = new QHBoxLayout;
    head->setSpacing(12);
    head->addWidget(title);
    head->addWidget(m_count, 1);
    head->addWidget(m_filter);

    auto* exports = new QMenu(this);
    exports->setObjectName(QStringLiteral("runExportMenu"));
    m_actions->addTo(*exports, {RunAction::kExportModel, RunAction::kExportOnnx, RunAction::kExportReport});
    exports->addSeparator();
    QAction* seen = exports->addAction(tr("What is seen…"), this, [this] {
        if (const auto exhibit = this->exhibit()) m_export.seen(*exhibit);
    });
    seen->setObjectName(QStringLiteral("runExportSeen"));
    seen->setToolTip(tr("The plot, or the table, as a picture, a drawing, a page or numbers"));
    auto* more = new QMenu(this);
    more->setObjectName(QStringLiteral("runMoreMenu"));
    const std::vector<RunAction> others{RunAction::kRename, RunAction::kNote, RunAction::kMeasure,
                                        RunAction::kOpenFolder, RunAction::kForget};
    m_actions->addTo(*more, others);
    // On the table: all of them.
    m_menu->setObjectName(QStringLiteral("runContextMenu"));
    m_actions->addTo(*m_menu, {RunAction::kContinue, RunAction::kAgain, RunAction::kBranch, RunAction::kOpenModel,
                               RunAction::kConnections});
    m_menu->addSeparator();
    m_actions->addTo(*m_menu, others);
    m_menu->addSeparator();
    m_actions->addTo(*m_menu, {RunAction::kExportModel, RunAction::kExportOnnx, RunAction::kExportReport});
    m_menu->addSeparator();
    m_actions->addTo(*m_menu, {RunAction::kDelete});

    auto* buttons = new QHBoxLayout;
    buttons->setSpacing(8);
    for (const RunAction action : {RunAction::kContinue, RunAction::kAgain, RunAction::kBranch, RunAction::kOpenModel,
                                   RunAction::kConnections}) {
        auto* button = new QPushButton;
        m_actions->bind(button, action);
        buttons->addWidget(button);
    }
    buttons->addWidget(menuButton(tr("Export"), "runExportButton", exports));
    buttons->addWidget(menuButton(tr("More"), "runMoreButton", more));
    buttons->addStretch(1);
    auto* remove = new QPushButton;
    m_actions->bind(remove, RunAction::kDelete);
    buttons->addWidget(remove);

    auto* layout = new QVBoxLayout(card);
    layout->setContentsMargins(12, 8, 12, 8);
    layout->setSpacing(8);
    layout->addLayout(head);
    layout->addLayout(buttons);
    layout->addWidget(m_table, 1);
    return card;
}

QWidget* RunsPage::makeEmptyState() {
    auto* card = new QFrame;
    card->setObjectName(QStringLiteral("runsEmpty"));
    setLook(card, "card");
    auto* title = new QLabel(tr("There is no run yet"));
    setLook(title, "scale", "title");
    auto* words = new QLabel(
        tr("Each training becomes a run, and every run is kept here: its settings, its curves, its best model and what "
           "that costs. Select several to lay their curves over each other and to see in what their settings differ. "
           "Runs that “condenser-cli train” makes appear as well, also while they train."));
    words->setWordWrap(true);
    words->setAlignment(Qt::AlignCenter);
    words->setFixedWidth(kEmptyWidth);
    setLook(words, "tone", "muted");
    auto* train = new QPushButton(tr("Train one"));
    train->setObjectName(QStringLiteral("runsTrainOne"));
    train->setAccessibleName(train->text());
    setLook(train, "role", "primary");
    connect(train, &QPushButton::clicked, this, &RunsPage::trainingWanted);
    auto* layout = new QVBoxLayout(card);
    layout->setSpacing(12);
    layout->addStretch(1);
    layout->addWidget(title, 0, Qt::AlignCenter);
    auto* middle = new QHBoxLayout;  // an alignment would take the label's height for one line's
    middle->addStretch(1);
    middle->addWidget(words);
    middle->addStretch(1);
    layout->addLayout(middle);
    layout->addWidget(train, 0, Qt::AlignCenter);
    layout->addStretch(1);
    return card;
}

void RunsPage::connectParts() {
    connect(&m_session, &RunsSession::listed, this, &RunsPage::takeRuns);
    connect(&m_session, &RunsSession::readFailed, this, [this](const Error& error) { showError(kReadNotice, error); });
    connect(&m_session, &RunsSession::changeFailed, this,
            [this](const Error& error) { showError(kChangeNotice, error); });
    connect(&m_session, &RunsSession::noticed, this, [this](const QString& words) {
        m_notices->show(kIndexNotice, {Notice::Kind::kWarning, tr("The list of runs"), words});
    });
    connect(&m_model, &RunListModel::renamed, &m_session, &RunsSession::rename);
    connect(m_details, &RunDetails::noteChanged, &m_model, &RunListModel::setNote);
    connect(m_details, &RunDetails::noteChanged, &m_session, &RunsSession::setNote);
    connect(m_filter, &QLineEdit::textChanged, this, [this](const QString& words) {
        m_table->setFilter(words);
        showCount();
    });
    connect(m_table, &RunTable::selectedRunsChanged, this, &RunsPage::selectionChanged);
    connect(m_table, &RunTable::runOpened, this, &RunsPage::openModel);
    connect(m_table, &QWidget::customContextMenuRequested, this,
            [this](const QPoint& at) { m_menu->popup(m_table->viewport()->mapToGlobal(at)); });
    connect(m_comparison, &RunComparison::runChosen, this, [this](const std::filesystem::path& folder) {
        if (!m_table->markRun(folder)) return;
        m_table->setFocus(Qt::OtherFocusReason);
    });
    connect(m_comparison, &RunComparison::exported, this,
            [this](const QString& file) { m_export.say(toPath(file), {}); });
    connect(m_comparison, &RunComparison::exportFailed, this,
            [this](const Error& error) { m_export.say({}, tl::unexpected(error)); });
    connect(&m_removal, &RunRemoval::removed, this, &Page::removed);
    connect(&m_removal, &RunRemoval::changed, &m_session, &RunsSession::refresh);
    connect(&m_removal, &RunRemoval::broughtBack, this, &RunsPage::showRun);
    connect(m_actions, &RunActions::wanted, this, &RunsPage::act);
    connect(m_branch, &BranchPanel::branchWanted, this, &RunsPage::branchWanted);
    connect(m_rows, &QSplitter::splitterMoved, this, [this] { m_settings.setValue(kRowsKey, m_rows->saveState()); });
    connect(m_columns, &QSplitter::splitterMoved, this,
            [this] { m_settings.setValue(kColumnsKey, m_columns->saveState()); });
    connect(&m_training, &TrainingSession::stateChanged, this, [this] {
        if (m_training.active()) m_latency.cancel();  // timing beside a training tells nothing
        updateActions();
        if (isVisible()) m_session.refresh();
    });

    connect(&m_latency, &LatencySession::measured, &m_session, &RunsSession::setLatency);
    connect(&m_latency, &LatencySession::failed, this,
            [this](const std::filesystem::path&, const Error& error) { showError(kLatencyNotice, error); });
    connect(&m_latency, &LatencySession::progress, this, [this](int done, int total) {
        if (done == total) return;
        m_notices->show(kLatencyNotice, {Notice::Kind::kInfo,
                                         total == 1 ? tr("Measuring the latency, about a second …")
                                                    : tr("Measuring latencies: %1 of %2 …").arg(done + 1).arg(total),
                                         {},
                                         {},
                                         {{tr("Cancel"), [this] { m_latency.cancel(); }}}});
    });
    connect(&m_latency, &LatencySession::ended, this, [this] {
        if (!m_latencyFailed) m_notices->remove(kLatencyNotice);
        updateActions();
    });
}

void RunsPage::setTheme(const Theme& theme) {
    m_theme = &theme;
    m_table->setTheme(theme);
    m_comparison->setTheme(theme);
}

// ---- the list -------------------------------------------------------------------------------------------------------

void RunsPage::takeRuns() {
    m_notices->remove(kReadNotice);
    const std::vector<RunSummary>& runs = *m_session.runs();
    const bool first = m_model.rowCount() == 0 && !runs.empty();
    m_model.setRuns(runs);
    if (first) m_table->fitColumns();
    m_stack->setCurrentIndex(runs.empty() && m_session.foldersRead() ? 1 : 0);
    selectWanted();
    showCount();
    showSelection();
}

void RunsPage::selectWanted() {
    const auto listed = std::count_if(m_wanted.begin(), m_wanted.end(), [this](const std::filesystem::path& folder) {
        return m_model.rowOf(folder) >= 0;
    });
    // What the index remembers from the last time may be only a part of them.
    if (listed == 0 || (static_cast<std::size_t>(listed) < m_wanted.size() && !m_session.foldersRead())) return;
    m_filter->clear();
    m_table->selectRuns(std::exchange(m_wanted, {}));
}

void RunsPage::showCount() {
    double bytes = 0;
    for (const RunSummary& run : m_model.runs()) bytes += static_cast<double>(run.bytes);
    const int all = m_model.rowCount(), shown = m_table->shownCount();
    const QString runs = formatPlural(all, tr("run"), tr("runs"));
    QString words = shown == all ? runs : tr("%1 of %2").arg(formatCount(shown), runs);
    if (all > 0) words += tr(" · %1").arg(formatBytes(bytes));
    m_count->setText(all == 0 && !m_session.foldersRead() ? tr("reading …") : words);
}

void RunsPage::showRuns(const std::vector<std::filesystem::path>& folders) {
    m_wanted = folders;
    std::vector<std::filesystem::path> outside;
    std::copy_if(folders.begin(), folders.end(), std::back_inserter(outside),
                 [this](const std::filesystem::path& folder) { return !m_session.inStore(folder); });
    if (outside.empty()) {
        m_session.refresh();
    } else {
        m_session.remember(outside);
    }
    if (std::all_of(folders.begin(), folders.end(),
                    [this](const std::filesystem::path& folder) { return m_model.rowOf(folder) >= 0; })) {
        takeRuns();
    }
}

std::vector<RunSummary> RunsPage::selected() const {
    std::vector<RunSummary> runs;
    for (const std::filesystem::path& folder : m_table->selectedRuns()) {
        if (const int row = m_model.rowOf(folder); row >= 0) runs.push_back(m_model.run(row));
    }
    return runs;
}

void RunsPage::selectionChanged() {
    const auto& folders = m_table->selectedRuns();
    if (m_branch->isVisible() && (folders.size() != 1 || folders.front() != m_branch->from())) m_branch->hide();
    showSelection();
}

void RunsPage::showSelection() {
    const auto& folders = m_table->selectedRuns();
    const auto drawn = std::min(folders.size(), RunTable::kMostDrawn);
    m_comparison->show(m_model.runs(), {folders.begin(), folders.begin() + static_cast<std::ptrdiff_t>(drawn)},
                       m_table->colours(), folders.size());
    m_details->show(selected());
    updateActions();
}

// ---- what can be done -----------------------------------------------------------------------------------------------

RunSituation RunsPage::situation() const {
    RunSituation now;
    now.runs = selected();
    std::error_code error;
    now.haveModels = !now.runs.empty() && std::all_of(now.runs.begin(), now.runs.end(), [&](const RunSummary& run) {
        return std::filesystem::exists(run.folder / kModelName, error);
    });
    now.inStore = std::any_of(now.runs.begin(), now.runs.end(),
                              [this](const RunSummary& run) { return m_session.inStore(run.folder); });
    now.trainingHere = m_training.active();
    now.trainingAnywhere =
        now.trainingHere || std::any_of(m_model.runs().begin(), m_model.runs().end(),
                                        [](const RunSummary& run) { return run.state == StoredRunState::kRunning; });
    now.measuring = m_latency.active();
    return now;
}

void RunsPage::updateActions() {
    m_actions->update(situation());
    m_branch->setObstacle(m_training.active() ? tr("Another run trains here: stop it first.") : QString());
}

void RunsPage::mainAction() {
    QAction* go = m_actions->action(RunAction::kContinue);
    if (go->isEnabled()) {
        go->trigger();
    } else {
        m_session.refresh();
    }
}

void RunsPage::act(RunAction action) {
    const std::vector<RunSummary> runs = selected();
    // The folders may have changed since the button was enabled.
    if (!whyNot(action, situation()).isEmpty()) return updateActions();
    const RunSummary& run = runs.front();
    switch (action) {
        case RunAction::kContinue:
            emit continueWanted(run.folder);
            break;
        case RunAction::kAgain:
            emit againWanted(run.record);
            break;
        case RunAction::kBranch:
            m_branch->open(run);
            updateActions();
            break;
        case RunAction::kOpenModel:
            openModel(run.folder);
            break;
        case RunAction::kConnections:
            emit connectionsWanted(run.folder);
            break;
        case RunAction::kRename:
            m_table->setFocus(Qt::OtherFocusReason);
            m_table->rename(run.folder);
            break;
        case RunAction::kNote:
            m_details->editNote();
            break;
        case RunAction::kMeasure:
            measure();
            break;
        case RunAction::kOpenFolder:
            QDesktopServices::openUrl(QUrl::fromLocalFile(toQString(run.folder)));
            break;
        case RunAction::kExportModel:
            m_export.model(run);
            break;
        case RunAction::kExportOnnx:
            m_export.onnx(run);
            break;
        case RunAction::kExportReport:
            m_export.report(runs);
            break;
        case RunAction::kForget:
            for (const RunSummary& each : runs) m_session.forget(each.folder);
            break;
        case RunAction::kDelete:
            m_removal.remove(runs);
            break;
    }
}

void RunsPage::openModel(const std::filesystem::path& folder) {
    std::error_code error;
    m_notices->remove(kModelNotice);
    if (std::filesystem::exists(folder / kModelName, error)) {
        emit openModelWanted(folder / kModelName);
    } else {
        m_notices->show(kModelNotice, {Notice::Kind::kInfo, tr("This run has no model yet"),
                                       tr("The first one is written when an epoch is done.")});
    }
}

void RunsPage::measure() {
    std::vector<std::filesystem::path> folders;
    for (const RunSummary& run : selected()) folders.push_back(run.folder);
    m_latencyFailed = false;
    m_latency.measure(folders);
    updateActions();
}

std::optional<Exhibit> RunsPage::exhibit() const {
    if (auto seen = m_comparison->exhibit()) return seen;
    if (m_model.rowCount() == 0) return std::nullopt;
    return tableExhibit(*m_table->horizontalHeader(), tr("runs"), tr("Runs"), *m_theme, m_table->font());
}

// ---- what went wrong -----------------------------------------------------------------------------------------------

void RunsPage::showError(const QString& key, const Error& error) {
    if (key == kLatencyNotice) m_latencyFailed = true;
    const QString title = errorTitle(error), detail = errorDetail(error);
    // Said already, by the last time that the folders were read: it must not jump.
    if (m_notices->text(key) == (detail.isEmpty() ? title : title + u'\n' + detail)) return;
    m_notices->show(key, {Notice::Kind::kError, title, detail});
}

// ---- seen or not ----------------------------------------------------------------------------------------------------

void RunsPage::showEvent(QShowEvent* event) {
    Page::showEvent(event);
    m_session.setWatching(true);
}

void RunsPage::hideEvent(QHideEvent* event) {
    Page::hideEvent(event);
    m_session.setWatching(false);
}

}  // namespace condenser
