#include "main_window.h"

#include <QClipboard>
#include <QCloseEvent>
#include <QFileDialog>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QIcon>
#include <QMimeData>
#include <QPushButton>
#include <QSettings>
#include <QStackedWidget>
#include <QStandardPaths>
#include <QVBoxLayout>
#include <algorithm>

#include "classify/classify_page.h"
#include "closing.h"
#include "compare/compare_page.h"
#include "connections/connections_page.h"
#include "data/data_name.h"
#include "drops.h"
#include "exporting.h"
#include "help_panel.h"
#include "look/format.h"
#include "opener.h"
#include "pages/notices.h"
#include "pages/runs_page.h"
#include "pages/train_page.h"
#include "recent_menu.h"
#include "run/stored_run.h"
#include "run_strip.h"
#include "sidebar.h"
#include "store/run_index.h"
#include "undo_bar.h"
#include "window_state.h"

namespace condenser {
namespace {

constexpr QSize kFirstSize(1280, 800);
const QString kPageKey = QStringLiteral("window/page");
const QString kKeysHelp = QStringLiteral("keys");
const QString kAboutHelp = QStringLiteral("about");

}  // namespace

MainWindow::MainWindow(QSettings& settings, QWidget* parent)
    : QMainWindow(parent),
      m_settings(settings),
      m_theme(settings),
      m_recent(settings),
      m_awake(tr("A network is being trained")),
      m_measuring(std::make_unique<CompareSession>(defaultRunIndexFile())),
      m_commands(*this),
      m_sidebar(new Sidebar(m_theme)),
      m_pages(new QStackedWidget),
      m_notices(new NoticeArea),
      m_undo(new UndoBar) {
    setObjectName(QStringLiteral("mainWindow"));
    setWindowIcon(QIcon(QStringLiteral(":/condenser.svg")));
    m_pages->setObjectName(QStringLiteral("pages"));
    m_notices->setObjectName(QStringLiteral("windowNotices"));
    m_train = addPage(new TrainPage(m_training, settings), QStringLiteral("trainPage"), tr("Train"),
                      QStringLiteral("navTrain"), 1);
    m_connections = addPage(new ConnectionsPage(settings), QStringLiteral("connectionsPage"), tr("Connections"),
                            QStringLiteral("navConnections"), 2);
    m_classify = addPage(new ClassifyPage(settings, m_inference), QStringLiteral("classifyPage"), tr("Classify"),
                         QStringLiteral("navClassify"), 3);
    m_compare = addPage(new ComparePage(settings, m_inference, m_training, *m_measuring), QStringLiteral("comparePage"),
                        tr("Compare"), QStringLiteral("navCompare"), 4);
    m_runs = addPage(new RunsPage(settings, m_training), QStringLiteral("runsPage"), tr("Runs"),
                     QStringLiteral("navRuns"), 5);
    layOut();
    m_help = new HelpPanel(m_pages);
    m_drops = new Drops(*m_notices, m_training, m_inference, this);
    m_opener = new Opener(m_settings, m_recent, m_inference, m_training, this);
    m_exporting = new Exporting(*m_notices, m_settings, this);
    m_closing = new Closing(m_training, this);
    m_state = new WindowState(m_settings, this);

    makePageCommands();
    makeCommands();
    m_help->addText(kKeysHelp, {tr("Keys"), m_commands.sheet()});
    m_help->addText(kAboutHelp, aboutText(m_settings));
    m_help->setContents({QStringLiteral("train"), QStringLiteral("connections"), QStringLiteral("classify"),
                         QStringLiteral("compare"), QStringLiteral("runs"), kKeysHelp, kAboutHelp});
    connectPages();
    connectOpening();
    applyTheme();
    showTitle();
    m_state->restore(kFirstSize);
    const QString last = m_settings.value(kPageKey).toString();
    showPage(m_train);
    for (int i = 0; i < m_pages->count(); ++i) {
        if (m_pages->widget(i)->objectName() == last) showPage(m_pages->widget(i));
    }
}

MainWindow::~MainWindow() = default;

template <class P>
P* MainWindow::addPage(P* page, const QString& objectName, const QString& name, const QString& navName, int number) {
    page->setObjectName(objectName);
    m_pages->addWidget(page);
    const QKeySequence key(static_cast<int>(Qt::ALT) | (Qt::Key_0 + number));
    m_sidebar->addPage(name, navName, key);
    m_commands.add({navName + QStringLiteral("Key"), tr("Pages"), name, {key}, [this, page] { showPage(page); }});
    connect(page, &Page::removed, m_undo, &UndoBar::add);
    return page;
}

void MainWindow::layOut() {
    constexpr int kGap = 16;  // as around the pages
    m_notices->setContentsMargins(kGap, kGap, kGap, 0);
    auto* right = new QVBoxLayout;
    right->setSpacing(0);
    right->addWidget(m_notices);
    right->addWidget(m_pages, 1);
    right->addWidget(m_undo);
    auto* middle = new QHBoxLayout;
    middle->setSpacing(0);
    middle->addWidget(m_sidebar);
    middle->addLayout(right, 1);
    auto* central = new QWidget;
    auto* layout = new QVBoxLayout(central);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addLayout(middle, 1);
    layout->addWidget(new RunStrip(m_training));
    setCentralWidget(central);
}

// ---- keys -----------------------------------------------------------------------------------------------------------

void MainWindow::makePageCommands() {
    const QString group = tr("On every page");
    m_commands.add(
        {QStringLiteral("mainActionKey"),
         group,
         tr("the page's main action: start, pause or continue training; play the run; classify again; measure"),
         {Qt::Key_F5},
         [this] { page()->mainAction(); }});
    m_commands.add(
        {QStringLiteral("stopKey"), group, tr("stop training, with a checkpoint"), {Qt::SHIFT | Qt::Key_F5}, [this] {
             m_training.stop();
         }});
    m_commands.add({QStringLiteral("exportKey"),
                    group,
                    tr("save what is seen: PNG, SVG, PDF or CSV"),
                    {Qt::CTRL | Qt::Key_E},
                    [this] { m_exporting->save(page()->exhibit()); }});
    m_commands.add({QStringLiteral("copyPictureKey"),
                    group,
                    tr("copy what is seen, as a picture"),
                    {Qt::CTRL | Qt::SHIFT | Qt::Key_C},
                    [this] { m_exporting->copy(page()->exhibit()); }});
    m_commands.add({QStringLiteral("undoKey"), group, tr("undo the latest removal"), {QKeySequence::Undo}, [this] {
                        m_undo->undoLatest();
                    }});
}

void MainWindow::makeCommands() {
    const QString opening = tr("Opening"), window = tr("The window"), plots = tr("In a plot");
    m_commands.add({QStringLiteral("openKey"), opening, tr("open a model or a run"), {Qt::CTRL | Qt::Key_O}, [this] {
                        chooseModel();
                    }});
    m_commands.add({QStringLiteral("openFolderKey"),
                    opening,
                    tr("open a folder of pictures, as data or to classify"),
                    {Qt::CTRL | Qt::SHIFT | Qt::Key_O},
                    [this] { chooseFolder(); }});
    m_commands.add({QStringLiteral("pasteKey"),
                    opening,
                    tr("classify the picture in the clipboard"),
                    {QKeySequence::Paste},
                    [this] { paste(); }});
    m_commands.add({QStringLiteral("helpKey"), window, tr("what this page shows"), {Qt::Key_F1}, [this] {
                        m_help->toggle(page()->helpPage());
                    }});
    m_commands.add({QStringLiteral("keysKey"),
                    window,
                    tr("these keys"),
                    {Qt::CTRL | Qt::Key_Question, Qt::CTRL | Qt::SHIFT | Qt::Key_Question, Qt::CTRL | Qt::Key_Slash},
                    [this] { m_help->toggle(kKeysHelp); }});
    m_commands.add(
        {QStringLiteral("noticeKey"), window, tr("to the message at the top of the window"), {Qt::Key_F6}, [this] {
             focusNotices();
         }});
    m_commands.add(
        {QStringLiteral("closeHelpKey"), window, tr("close the help"), {Qt::Key_Escape}, [this] { m_help->close(); }});
    m_commands.add({QStringLiteral("quitKey"), window, tr("quit"), {Qt::CTRL | Qt::Key_Q}, [this] { close(); }});
    const QString map = tr("In the connection map");
    m_commands.note(map, tr("← → ↑ ↓"), tr("read cell by cell; with Ctrl from band to band"));
    m_commands.note(map, tr("Space"), tr("trace the cell: what its group reads, or who reads its input"));
    m_commands.note(map, tr("R, C"), tr("trace the row, the column; Esc clears the trace"));
    m_commands.note(map, tr("Enter, Backspace"), tr("into the layer or group, and out again"));
    m_commands.note(map, tr("Page up, Page down"), tr("to the layer or group before, behind"));
    m_commands.note(map, tr("+ − 0"), tr("zoom; the whole map"));
    m_commands.note(map, tr("Ctrl+F"), tr("to the list of layers: type “2.5” to find one"));
    m_commands.note(map, tr("mouse"),
                    tr("click traces a cell, a group or a feature, wheel zooms and at its ends goes in or out, drag "
                       "moves, double-click goes in"));
    m_commands.note(plots, tr("← →"), tr("read values along the curves; at a condensing step they stop"));
    m_commands.note(plots, tr("Shift+← →"), tr("move the view"));
    m_commands.note(plots, tr("A, B"),
                    tr("leave cursor A or B here: the plots tell what lies between; Esc removes them"));
    m_commands.note(plots, tr("+ −"), tr("zoom"));
    m_commands.note(plots, tr("0"), tr("show the whole run"));
    m_commands.note(plots, tr("mouse"),
                    tr("wheel zooms at the pointer, drag moves, double-click shows the whole run, click leaves cursor "
                       "A, Shift+click B"));
}

// The first that can be acted upon: the window's, then the page's own.
void MainWindow::focusNotices() {
    for (const NoticeArea* area : QList<NoticeArea*>{m_notices} + page()->findChildren<NoticeArea*>()) {
        for (auto* button : area->findChildren<QPushButton*>()) {
            if (button->isVisible() && button->isEnabled()) return button->setFocus(Qt::ShortcutFocusReason);
        }
    }
}

// ---- pages ----------------------------------------------------------------------------------------------------------

void MainWindow::connectPages() {
    connect(&m_theme, &ThemeSwitch::changed, this, &MainWindow::applyTheme);
    connect(m_sidebar, &Sidebar::pageWanted, this, [this](int number) { showPage(m_pages->widget(number)); });
    connect(m_sidebar, &Sidebar::openModelWanted, this, &MainWindow::chooseModel);
    connect(m_sidebar, &Sidebar::helpWanted, this, [this] { m_help->toggle(page()->helpPage()); });
    connect(m_sidebar, &Sidebar::keysWanted, this, [this] { m_help->toggle(kKeysHelp); });
    connect(m_sidebar, &Sidebar::aboutWanted, this, [this] { m_help->toggle(kAboutHelp); });
    connect(m_train, &TrainPage::picturesWanted, this, [this] {
        showPage(m_classify);
        m_classify->choosePictures();
    });
    connect(m_classify, &ClassifyPage::trainingWanted, this, [this] { showPage(m_train); });
    connect(m_classify, &ClassifyPage::modelWanted, this, &MainWindow::chooseModel);
    connect(m_classify, &ClassifyPage::compareWanted, this, [this] { showPage(m_compare); });
    connect(m_compare, &ComparePage::trainingWanted, this, [this] { showPage(m_train); });
    connect(m_compare, &ComparePage::modelWanted, this, &MainWindow::chooseModel);
    connectRuns();
    connectConnections();
    connect(&m_training, &TrainingSession::stateChanged, this, &MainWindow::stateChanged);
    connect(&m_training, &TrainingSession::stepsAdded, this, &MainWindow::showTitle);
    connect(&m_training, &TrainingSession::started, this, [this] {
        showTitle();
        const auto data = parseDataName(m_train->request().data);
        if (data && !data->place.empty()) m_recent.add(RecentFiles::Kind::kData, toQString(data->place));
    });
    connect(&m_inference, &InferenceSession::modelChanged, this, [this] { m_sidebar->showModel(m_inference.model()); });
}

void MainWindow::connectRuns() {
    // What the Runs page asks for is the Train page's to do.
    const auto onTrain = [this](auto act) {
        return [this, act](const auto& what) {
            showPage(m_train);
            (m_train->*act)(what);
        };
    };
    connect(m_runs, &RunsPage::continueWanted, this, onTrain(&TrainPage::resume));
    connect(m_runs, &RunsPage::againWanted, this, onTrain(&TrainPage::fillFrom));
    connect(m_runs, &RunsPage::branchWanted, this, onTrain(&TrainPage::branch));
    connect(m_runs, &RunsPage::trainingWanted, this, [this] { showPage(m_train); });
    connect(m_runs, &RunsPage::openModelWanted, m_opener, &Opener::openModel);
    connect(m_train, &TrainPage::runsWanted, this, [this](const std::filesystem::path& folder) {
        showPage(m_runs);
        m_runs->showRun(folder);
    });
}

// The page reads a run's folder by itself; it is told when there is something new in it.
void MainWindow::connectConnections() {
    connect(m_connections, &ConnectionsPage::trainingWanted, this, [this] { showPage(m_train); });
    connect(m_connections, &ConnectionsPage::modelWanted, this, &MainWindow::chooseModel);
    connect(m_connections, &ConnectionsPage::compareRunWanted, this, &MainWindow::chooseRunToCompare);
    connect(&m_training, &TrainingSession::started, m_connections, &ConnectionsPage::showTraining);
    connect(&m_training, &TrainingSession::condensed, m_connections, &ConnectionsPage::momentRecorded);
    connect(&m_training, &TrainingSession::epochDone, m_connections, &ConnectionsPage::momentRecorded);
    connect(&m_training, &TrainingSession::finished, m_connections, &ConnectionsPage::trainingEnded);
    connect(&m_training, &TrainingSession::failed, m_connections, &ConnectionsPage::trainingEnded);
    connect(&m_inference, &InferenceSession::modelChanged, m_connections,
            [this] { m_connections->showModel(m_inference.model()); });
    connect(m_runs, &RunsPage::connectionsWanted, this, [this](const std::filesystem::path& folder) {
        m_connections->showRun(folder);
        showPage(m_connections);
    });
    connect(m_classify, &ClassifyPage::pictureChosen, m_connections, [this](const AnsweredPicture& chosen) {
        m_connections->setPicture({chosen.picture, chosen.name, {}, chosen.path});
    });
    // The crosshair of the curves is the moment of the map, and the other way round, where both show the same run.
    const auto sameRun = [this] { return !m_train->run().empty() && m_train->run() == m_connections->run(); };
    connect(m_train, &TrainPage::momentRead, m_connections, [this, sameRun](double epoch) {
        if (sameRun()) m_connections->showEpoch(epoch);
    });
    connect(m_connections, &ConnectionsPage::epochChosen, m_train, [this, sameRun](double epoch) {
        if (sameRun()) m_train->showMoment(epoch);
    });
    connect(m_connections, &ConnectionsPage::epochLeft, m_train, [this] { m_train->showMoment({}); });
    for (const auto opened : {&Opener::runOpened, &Opener::runRestored}) {
        connect(m_opener, opened, m_connections, [this](const StoredRun& run) { m_connections->showRun(run.folder); });
    }
}

Page* MainWindow::page() const {
    return static_cast<Page*>(m_pages->currentWidget());
}

void MainWindow::showPage(QWidget* page) {
    m_pages->setCurrentWidget(page);
    m_sidebar->showPage(m_pages->currentIndex());
    m_help->close();
    m_settings.setValue(kPageKey, page->objectName());
}

void MainWindow::applyTheme() {
    for (int i = 0; i < m_pages->count(); ++i) static_cast<Page*>(m_pages->widget(i))->setTheme(m_theme.theme());
    m_help->refresh();
}

// ---- opening --------------------------------------------------------------------------------------------------------

void MainWindow::connectOpening() {
    connect(m_drops, &Drops::picturesWanted, this, [this](const std::vector<std::filesystem::path>& files) {
        showPage(m_classify);
        m_classify->addPictures(files);
    });
    connect(m_drops, &Drops::dataWanted, this, &MainWindow::useData);
    connect(m_drops, &Drops::modelWanted, m_opener, &Opener::openModel);
    connect(m_drops, &Drops::runWanted, m_opener, &Opener::openRun);
    connect(m_drops, &Drops::experimentWanted, this, &MainWindow::openExperiment);
    connect(m_opener, &Opener::failed, m_drops,
            [this](const Error& error) { m_drops->refuse(errorTitle(error), errorDetail(error)); });
    connect(m_opener, &Opener::modelOpened, this, [this] { showPage(m_classify); });
    connect(m_opener, &Opener::runRestored, m_train, &TrainPage::showStoredRun);
    connect(m_opener, &Opener::runOpened, this, [this](const StoredRun& run) {
        showPage(m_train);
        m_train->showStoredRun(run);
    });
    auto* recent = new RecentMenu(m_recent, this);
    m_sidebar->setRecentMenu(recent);
    connect(recent, &RecentMenu::openWanted, this, &MainWindow::openRecent);
}

void MainWindow::open(const std::vector<std::filesystem::path>& paths) {
    if (!paths.empty()) m_drops->open(paths);
}

void MainWindow::restoreLastTime() {
    m_opener->restoreLastTime();
}

void MainWindow::startDemo() {
    showPage(m_train);
    m_train->startDemo();
}

void MainWindow::comeToFront() {
    setWindowState(windowState() & ~Qt::WindowMinimized);
    show();
    raise();
    activateWindow();
}

void MainWindow::chooseModel() {
    auto* dialog = new QFileDialog(this, tr("A model, or the run.json of a run"));
    dialog->setObjectName(QStringLiteral("openDialog"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(QFileDialog::ExistingFile);
    dialog->setNameFilters({tr("Models and runs (*.safetensors *.pth *.pt *.pth.tar run.json)"), tr("All files (*)")});
    connect(dialog, &QFileDialog::fileSelected, this, [this](const QString& file) {
        const std::filesystem::path path = toPath(file);
        if (path.filename() == kRunRecordName) {
            m_opener->openRun(path.parent_path());
        } else {
            m_opener->openModel(path);
        }
    });
    dialog->open();
}

void MainWindow::chooseRunToCompare() {
    auto* dialog = new QFileDialog(this, tr("The run.json of the run to compare with"));
    dialog->setObjectName(QStringLiteral("compareDialog"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(QFileDialog::ExistingFile);
    dialog->setNameFilters({tr("Runs (run.json)")});
    connect(dialog, &QFileDialog::fileSelected, this,
            [this](const QString& file) { m_connections->compareWith(toPath(file).parent_path()); });
    dialog->open();
}

// What it is, is for Drops to find out, as if it had been dropped.
void MainWindow::chooseFolder() {
    auto* dialog = new QFileDialog(
        this, tr("A folder of pictures, with a sub-folder for each class, of a run, or of an experiment"));
    dialog->setObjectName(QStringLiteral("openFolderDialog"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(QFileDialog::Directory);
    dialog->setOption(QFileDialog::ShowDirsOnly);
    dialog->setDirectory(QStandardPaths::writableLocation(QStandardPaths::PicturesLocation));
    connect(dialog, &QFileDialog::fileSelected, this,
            [this](const QString& folder) { m_drops->open({toPath(folder)}); });
    dialog->open();
}

void MainWindow::openRecent(const RecentFiles::Entry& entry) {
    switch (entry.kind) {
        case RecentFiles::Kind::kModel:
            return m_opener->openModel(toPath(entry.path));
        case RecentFiles::Kind::kRun:
            return m_opener->openRun(toPath(entry.path));
        case RecentFiles::Kind::kExperiment:
            return m_drops->open({toPath(entry.path)});
        case RecentFiles::Kind::kData:
            return useData(toPath(entry.path));
    }
}

void MainWindow::openExperiment(const std::filesystem::path& folder, const std::vector<std::filesystem::path>& runs) {
    showPage(m_runs);
    m_runs->showRuns(runs);
    m_recent.add(RecentFiles::Kind::kExperiment, toQString(folder));
}

void MainWindow::useData(const std::filesystem::path& place) {
    showPage(m_train);
    m_train->setDataPath(toQString(place));
    m_recent.add(RecentFiles::Kind::kData, toQString(place));
}

void MainWindow::paste() {
    const QMimeData* content = QGuiApplication::clipboard()->mimeData();
    if (content == nullptr) return;
    if (content->hasUrls()) return m_drops->open(content->urls());
    showPage(m_classify);
    m_classify->paste();
}

// ---- the run in training --------------------------------------------------------------------------------------------

void MainWindow::stateChanged() {
    using State = TrainingSession::State;
    m_awake.hold(m_training.active() && m_training.state() != State::kPaused);
    showTitle();
}

// Begins with the program's name, by which others find the window.
void MainWindow::showTitle() {
    const auto& run = m_training.run();
    if (!m_training.active() || !run) return setWindowTitle(tr("Condenser"));
    const auto percent = m_training.stepsDone() * 100 / std::max<std::int64_t>(1, run->totalSteps);
    const bool paused = m_training.state() == TrainingSession::State::kPaused;
    setWindowTitle((paused ? tr("Condenser · %1 % · paused") : tr("Condenser · %1 %")).arg(percent));
}

void MainWindow::closeEvent(QCloseEvent* event) {
    m_state->save();
    event->setAccepted(m_closing->mayClose());
}

}  // namespace condenser
