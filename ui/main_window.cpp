#include "main_window.h"

#include <QAction>
#include <QCloseEvent>
#include <QDragEnterEvent>
#include <QFileDialog>
#include <QHBoxLayout>
#include <QIcon>
#include <QMessageBox>
#include <QMimeData>
#include <QPushButton>
#include <QSettings>
#include <QStackedWidget>
#include <QVBoxLayout>
#include <algorithm>

#include "help_panel.h"
#include "look/format.h"
#include "look/look.h"
#include "pages/classify_page.h"
#include "pages/train_page.h"
#include "run/stored_run.h"
#include "run_strip.h"
#include "sidebar.h"

namespace condenser {
namespace {

constexpr QSize kFirstSize(1280, 800);
const QString kGeometryKey = QStringLiteral("window/geometry");
const QString kPageKey = QStringLiteral("window/page");
const QString kRunKey = QStringLiteral("last/run");
const QString kModelKey = QStringLiteral("last/model");
const QString kOpenNotice = QStringLiteral("openNotice");

}  // namespace

MainWindow::MainWindow(QSettings& settings, QWidget* parent)
    : QMainWindow(parent),
      m_settings(settings),
      m_theme(settings),
      m_sidebar(new Sidebar(m_theme)),
      m_pages(new QStackedWidget),
      m_train(new TrainPage(m_training, settings)),
      m_classify(new ClassifyPage(m_inference)),
      m_strip(new RunStrip(m_training)) {
    setObjectName(QStringLiteral("mainWindow"));
    setWindowTitle(tr("Condenser"));
    setWindowIcon(QIcon(QStringLiteral(":/condenser.svg")));
    setAcceptDrops(true);

    m_pages->setObjectName(QStringLiteral("pages"));
    m_train->setObjectName(QStringLiteral("trainPage"));
    m_classify->setObjectName(QStringLiteral("classifyPage"));
    m_pages->addWidget(m_train);
    m_pages->addWidget(m_classify);
    // 2, 4 and 5 stay free for Connections, Compare and Runs.
    m_sidebar->addPage(tr("Train"), QStringLiteral("navTrain"), Qt::ALT | Qt::Key_1);
    m_sidebar->addPage(tr("Classify"), QStringLiteral("navClassify"), Qt::ALT | Qt::Key_3);

    auto* central = new QWidget;
    auto* middle = new QHBoxLayout;
    middle->setSpacing(0);
    middle->addWidget(m_sidebar);
    middle->addWidget(m_pages, 1);
    auto* layout = new QVBoxLayout(central);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addLayout(middle, 1);
    layout->addWidget(m_strip);
    setCentralWidget(central);
    m_help = new HelpPanel(m_pages);
    m_overlay = new DropOverlay(this);

    makeActions();
    connectSessions();
    applyTheme();
    resize(kFirstSize);
    restoreGeometry(m_settings.value(kGeometryKey).toByteArray());
    showPage(std::clamp(m_settings.value(kPageKey, 0).toInt(), 0, m_pages->count() - 1));
}

MainWindow::~MainWindow() = default;

void MainWindow::makeActions() {
    addAction(tr("Train"), {Qt::ALT | Qt::Key_1}, [this] { showPage(kTrainPage); });
    addAction(tr("Classify"), {Qt::ALT | Qt::Key_3}, [this] { showPage(kClassifyPage); });
    addAction(tr("Main action"), {Qt::Key_F5}, [this] { page()->mainAction(); });
    addAction(tr("Stop training"), {Qt::SHIFT | Qt::Key_F5}, [this] { m_training.stop(); });
    addAction(tr("Open model"), {Qt::CTRL | Qt::Key_O}, [this] { chooseModel(); });
    addAction(tr("Open folder as data"), {Qt::CTRL | Qt::SHIFT | Qt::Key_O}, [this] {
        showPage(kTrainPage);
        m_train->chooseDataFolder();
    });
    addAction(tr("Paste"), {QKeySequence::Paste}, [this] {
        showPage(kClassifyPage);
        m_classify->paste();
    });
    addAction(tr("Help"), {Qt::Key_F1}, [this] { m_help->toggle(tr("What this page shows"), page()->explanation()); });
    addAction(tr("Keys"),
              {Qt::CTRL | Qt::Key_Question, Qt::CTRL | Qt::SHIFT | Qt::Key_Question, Qt::CTRL | Qt::Key_Slash},
              [this] { m_help->toggle(tr("Keys"), HelpPanel::keys()); });
    addAction(tr("Close the help"), {Qt::Key_Escape}, [this] { m_help->hide(); });
    addAction(tr("Quit"), {Qt::CTRL | Qt::Key_Q}, [this] { close(); });
}

void MainWindow::addAction(const QString& name, const QList<QKeySequence>& keys, const std::function<void()>& act) {
    auto* action = new QAction(name, this);
    action->setShortcuts(keys);
    connect(action, &QAction::triggered, this, act);
    QMainWindow::addAction(action);
}

void MainWindow::connectSessions() {
    connect(&m_theme, &ThemeSwitch::changed, this, &MainWindow::applyTheme);
    connect(m_sidebar, &Sidebar::pageWanted, this, &MainWindow::showPage);
    connect(m_sidebar, &Sidebar::openModelWanted, this, &MainWindow::chooseModel);
    connect(m_sidebar, &Sidebar::helpWanted, this,
            [this] { m_help->toggle(tr("What this page shows"), page()->explanation()); });
    connect(m_sidebar, &Sidebar::keysWanted, this, [this] { m_help->toggle(tr("Keys"), HelpPanel::keys()); });
    connect(m_train, &TrainPage::picturesWanted, this, [this] {
        showPage(kClassifyPage);
        m_classify->choosePictures();
    });
    connect(m_classify, &ClassifyPage::trainingWanted, this, [this] { showPage(kTrainPage); });
    connect(m_classify, &ClassifyPage::modelWanted, this, &MainWindow::chooseModel);

    connect(&m_training, &TrainingSession::stateChanged, this, &MainWindow::stateChanged);
    connect(&m_training, &TrainingSession::started, this, [this](const RunStarted& run) {
        m_followRun = true;
        m_settings.setValue(kRunKey, toQString(run.folder));
    });
    connect(&m_training, &TrainingSession::snapshotTaken, this, &MainWindow::snapshotTaken);
    connect(&m_training, &TrainingSession::finished, this, &MainWindow::runFinished);
    connect(&m_inference, &InferenceSession::opened, this, &MainWindow::modelOpened);
    connect(&m_inference, &InferenceSession::openFailed, this, &MainWindow::modelFailed);
    connect(&m_inference, &InferenceSession::modelChanged, this, [this] { m_sidebar->showModel(m_inference.model()); });
}

Page* MainWindow::page() const {
    return static_cast<Page*>(m_pages->currentWidget());
}

void MainWindow::showPage(int number) {
    m_pages->setCurrentIndex(number);
    m_sidebar->showPage(number);
    m_help->hide();
    m_settings.setValue(kPageKey, number);
}

void MainWindow::applyTheme() {
    m_train->setTheme(m_theme.theme());
    m_classify->setTheme(m_theme.theme());
}

// ---- opening --------------------------------------------------------------------------------------------------------

void MainWindow::open(const std::vector<std::filesystem::path>& paths) {
    if (!paths.empty()) carryOut(refine(planDrop(paths)));
}

void MainWindow::restoreLastTime() {
    const QString model = m_settings.value(kModelKey).toString();
    if (!model.isEmpty() && m_inference.model().file == nullptr) openModel(toPath(model), Opening::kFromLastTime, {});
    const QString folder = m_settings.value(kRunKey).toString();
    if (folder.isEmpty() || !isRunFolder(toPath(folder))) return;
    // A run that cannot be read any more is nothing that the user asked for: no word about it.
    if (const auto run = readStoredRun(toPath(folder)); run && run->resumable) m_train->showStoredRun(*run);
}

void MainWindow::chooseModel() {
    auto* dialog = new QFileDialog(this, tr("A model, or the run.json of a run"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(QFileDialog::ExistingFile);
    dialog->setNameFilters({tr("Models and runs (*.safetensors *.pth *.pt *.pth.tar run.json)"), tr("All files (*)")});
    connect(dialog, &QFileDialog::fileSelected, this, [this](const QString& file) {
        const std::filesystem::path path = toPath(file);
        if (path.filename() == kRunRecordName) {
            openRun(path.parent_path());
        } else {
            openModel(path, Opening::kByUser, {});
        }
    });
    dialog->open();
}

DropPlan MainWindow::refine(DropPlan plan) const {
    if (plan.kind == DropPlan::Kind::kData && m_training.active()) {
        return {DropPlan::Kind::kNothing, {}, tr("A run is training: stop it before you choose other data")};
    }
    if (plan.kind == DropPlan::Kind::kPictures && m_inference.model().file == nullptr) {
        plan.words += tr("\nThere is no model yet: they are answered as soon as there is one");
    }
    return plan;
}

void MainWindow::carryOut(const DropPlan& plan) {
    switch (plan.kind) {
        case DropPlan::Kind::kPictures:
            showPage(kClassifyPage);
            m_classify->addPictures(plan.files);
            break;
        case DropPlan::Kind::kData:
            showPage(kTrainPage);
            m_train->setDataPath(toQString(plan.files.front()));
            break;
        case DropPlan::Kind::kModel:
            openModel(plan.files.front(), Opening::kByUser, {});
            break;
        case DropPlan::Kind::kRun:
            openRun(plan.files.front());
            break;
        case DropPlan::Kind::kNothing:
            showPage(kTrainPage);
            m_train->showError(kOpenNotice, {ErrorCode::kUsage, plan.words.toStdString(), {}, {}, {}});
            break;
    }
}

void MainWindow::openModel(const std::filesystem::path& file, Opening opening, const QString& name) {
    m_opening = opening;
    m_openingName = name;
    m_inference.open(file);
}

void MainWindow::openRun(const std::filesystem::path& folder) {
    showPage(kTrainPage);
    const auto run = readStoredRun(folder);
    if (!run) return m_train->showError(kOpenNotice, run.error());
    m_train->showStoredRun(*run);
    m_settings.setValue(kRunKey, toQString(folder));
    std::error_code error;
    if (std::filesystem::exists(folder / kModelName, error))
        openModel(folder / kModelName, Opening::kOfRun, QString::fromStdString(run->name()));
}

void MainWindow::modelOpened(const CurrentModel& opened) {
    CurrentModel model = opened;
    if (!m_openingName.isEmpty()) model.name = m_openingName;
    model.detail = trainingOf(*model.file);
    m_followRun = m_followRun && m_opening == Opening::kFromLastTime;
    m_settings.setValue(kModelKey, model.path);
    m_inference.setModel(model);
    m_classify->showProblem({});
    if (m_opening == Opening::kByUser) showPage(kClassifyPage);
}

void MainWindow::modelFailed(const Error& error) {
    if (m_opening == Opening::kFromLastTime) return;
    if (m_pages->currentIndex() == kClassifyPage) {
        m_classify->showProblem(errorTitle(error) + QStringLiteral(". ") + errorDetail(error));
    } else {
        m_train->showError(kOpenNotice, error);
    }
}

void MainWindow::snapshotTaken(const std::shared_ptr<const ModelSnapshot>& snapshot) {
    const auto& run = m_training.run();
    if (!m_followRun || !run) return;
    m_inference.setModel({std::shared_ptr<const ModelFile>(snapshot, &snapshot->model),
                          toQString(run->folder.filename()),
                          tr("epoch %1 of %2").arg(snapshot->epoch).arg(run->epochs()),
                          {}});
}

void MainWindow::runFinished(const RunResult& result) {
    if (!m_followRun || result.end != RunEnd::kFinished) return;
    openModel(result.folder / kModelName, Opening::kOfRun, toQString(result.folder.filename()));
}

// ---- dropping -------------------------------------------------------------------------------------------------------

void MainWindow::dragEnterEvent(QDragEnterEvent* event) {
    if (!event->mimeData()->hasUrls()) return;
    m_plan = refine(planDrop(event->mimeData()->urls()));
    m_overlay->showWords(m_plan.words, m_plan.kind != DropPlan::Kind::kNothing);
    event->acceptProposedAction();
}

void MainWindow::dragLeaveEvent(QDragLeaveEvent* /*event*/) {
    m_overlay->hide();
}

void MainWindow::dropEvent(QDropEvent* event) {
    m_overlay->hide();
    event->acceptProposedAction();
    carryOut(refine(planDrop(event->mimeData()->urls())));
}

// ---- closing --------------------------------------------------------------------------------------------------------

void MainWindow::stateChanged() {
    const auto& run = m_training.run();
    setWindowTitle(m_training.active() && run ? tr("Condenser – %1").arg(toQString(run->folder.filename()))
                                              : tr("Condenser"));
    if (m_closeWhenDone && !m_training.active()) {
        QMetaObject::invokeMethod(this, &QWidget::close, Qt::QueuedConnection);
    }
}

void MainWindow::closeEvent(QCloseEvent* event) {
    m_settings.setValue(kGeometryKey, saveGeometry());
    if (!m_training.active()) return event->accept();
    event->ignore();
    if (!m_closeWhenDone) askToClose();
}

void MainWindow::askToClose() {
    if (findChild<QMessageBox*>(QStringLiteral("closeQuestion")) != nullptr) return;
    auto* box = new QMessageBox(QMessageBox::NoIcon, tr("Condenser"), tr("A run is still training."),
                                QMessageBox::NoButton, this);
    box->setObjectName(QStringLiteral("closeQuestion"));
    box->setAttribute(Qt::WA_DeleteOnClose);
    box->setTextFormat(Qt::PlainText);
    box->setInformativeText(
        tr("It will be stopped with a checkpoint, and can be continued exactly there the next time."));
    QPushButton* keep = box->addButton(tr("Keep training data and close"), QMessageBox::AcceptRole);
    keep->setObjectName(QStringLiteral("closeAndKeep"));
    setLook(keep, "role", "primary");
    QPushButton* cancel = box->addButton(tr("Cancel"), QMessageBox::RejectRole);
    cancel->setObjectName(QStringLiteral("closeCancel"));
    box->setDefaultButton(keep);
    box->setEscapeButton(cancel);
    connect(box, &QMessageBox::buttonClicked, this, [this, keep](QAbstractButton* button) {
        if (button != keep) return;
        m_closeWhenDone = true;
        m_training.stop();
        stateChanged();  // it may have ended while the question stood there
    });
    box->open();
}

}  // namespace condenser
