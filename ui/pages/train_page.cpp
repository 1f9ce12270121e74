#include "pages/train_page.h"

#include <QDesktopServices>
#include <QHBoxLayout>
#include <QLabel>
#include <QLocale>
#include <QPushButton>
#include <QScrollArea>
#include <QScrollBar>
#include <QSettings>
#include <QUrl>
#include <QVBoxLayout>
#include <algorithm>
#include <initializer_list>
#include <utility>

#include "data/data_name.h"
#include "look/format.h"
#include "look/look.h"
#include "network/summary.h"
#include "pages/cost_box.h"
#include "pages/data_picker.h"
#include "pages/form_row.h"
#include "pages/network_form.h"
#include "pages/notices.h"
#include "pages/run_charts.h"
#include "pages/schedule_form.h"
#include "train/trainer.h"

namespace condenser {
namespace {

constexpr int kFormWidth = 328;    // pixels
constexpr double kHeldBack = 0.1;  // where the data have no test part
const QString kCondenseNotice = QStringLiteral("condenseNotice");
const QString kRunNotice = QStringLiteral("runNotice");
const QString kUnreadableNotice = QStringLiteral("unreadableNotice");
const QString kExportNotice = QStringLiteral("exportNotice");
const QString kChartsKey = QStringLiteral("train/charts");
const QString kEngineNotice = QStringLiteral("engineNotice");

QString nameOf(const std::filesystem::path& folder) {
    return toQString(folder.filename());
}

}  // namespace

TrainPage::TrainPage(TrainingSession& session, QSettings& settings, QWidget* parent, CalibrationSession::Meter meter)
    : Page(parent),
      m_session(session),
      m_settings(settings),
      m_calibration(settings, std::move(meter)),
      m_title(new QLabel(tr("New run"))),
      m_data(new DataPicker),
      m_network(new NetworkForm),
      m_schedule(new ScheduleForm),
      m_cost(new CostBox(m_calibration)),
      m_primary(new QPushButton),
      m_stop(new QPushButton(tr("Stop"))),
      m_obstacle(new QLabel),
      m_notices(new NoticeArea),
      m_charts(new RunCharts) {
    auto* right = new QVBoxLayout;
    right->setSpacing(12);
    right->addWidget(m_notices);
    right->addWidget(m_charts, 1);
    auto* layout = new QHBoxLayout(this);
    layout->setContentsMargins(16, 16, 16, 16);
    layout->setSpacing(12);
    layout->addWidget(makeForm());
    layout->addLayout(right, 1);

    connect(m_data, &DataPicker::changed, this, &TrainPage::formChanged);
    connect(m_data, &DataPicker::trainingWanted, this, [this] {
        if (!m_session.active()) mainAction();
    });
    connect(m_network, &NetworkForm::changed, this, &TrainPage::formChanged);
    connect(m_schedule, &ScheduleForm::changed, this, &TrainPage::formChanged);
    connect(m_primary, &QPushButton::clicked, this, &TrainPage::mainAction);
    connect(m_stop, &QPushButton::clicked, this, &TrainPage::stop);
    connectSession();
    connectCharts();
    restore();
    formChanged();
    showState();
}

QWidget* TrainPage::makeForm() {
    setLook(m_title, "scale", "title");
    m_title->setObjectName(QStringLiteral("runTitle"));
    m_title->setTextFormat(Qt::PlainText);
    m_primary->setObjectName(QStringLiteral("startButton"));
    setLook(m_primary, "role", "primary");
    m_stop->setObjectName(QStringLiteral("stopButton"));
    m_stop->setAccessibleName(tr("Stop training"));
    m_stop->setToolTip(tr("Ends the run with a checkpoint, from which it can be continued (Shift+F5)"));
    m_obstacle->setObjectName(QStringLiteral("startObstacle"));
    setLook(m_obstacle, "tone", "error");
    setLook(m_obstacle, "scale", "small");
    m_obstacle->setTextFormat(Qt::PlainText);
    m_obstacle->setWordWrap(true);

    auto* fields = new QWidget;
    fields->setObjectName(QStringLiteral("scrolled"));
    auto* column = new QVBoxLayout(fields);
    column->setContentsMargins(0, 0, 8, 0);
    column->setSpacing(8);
    column->addWidget(m_data);
    column->addWidget(m_network);
    column->addWidget(m_schedule);
    column->addSpacing(8);
    column->addWidget(m_cost);
    column->addStretch(1);
    auto* scroll = new QScrollArea;
    scroll->setObjectName(QStringLiteral("runForm"));
    scroll->setWidget(fields);
    scroll->setWidgetResizable(true);
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    scroll->setFocusPolicy(Qt::NoFocus);

    auto* buttons = new QHBoxLayout;
    buttons->setContentsMargins(0, 0, 8, 0);
    buttons->setSpacing(8);
    buttons->addWidget(m_primary, 1);
    buttons->addWidget(m_stop);

    auto* card = new QFrame;
    setLook(card, "card");
    card->setFixedWidth(kFormWidth);
    auto* layout = new QVBoxLayout(card);
    layout->setContentsMargins(16, 12, 8, 12);
    layout->setSpacing(8);
    layout->addWidget(m_title);
    layout->addWidget(scroll, 1);
    layout->addWidget(m_obstacle);
    layout->addLayout(buttons);
    return card;
}

void TrainPage::connectSession() {
    connect(&m_session, &TrainingSession::stateChanged, this, &TrainPage::showState);
    connect(&m_session, &TrainingSession::started, this, &TrainPage::showStarted);
    connect(&m_session, &TrainingSession::stepsAdded, m_charts, &RunCharts::addSteps);
    connect(&m_session, &TrainingSession::condensed, m_charts, &RunCharts::addCondensing);
    connect(&m_session, &TrainingSession::condensed, this, &TrainPage::showCondensing);
    connect(&m_session, &TrainingSession::epochDone, m_charts, &RunCharts::addEpoch);
    connect(&m_session, &TrainingSession::epochDone, this, [this] { m_notices->remove(kCondenseNotice); });
    connect(&m_session, &TrainingSession::finished, this, &TrainPage::showFinished);
    connect(&m_session, &TrainingSession::failed, this, &TrainPage::showFailed);
    connect(&m_session, &TrainingSession::notice, this, [this](const QString& sentence) {
        QString words = sentence;
        if (!words.isEmpty()) words[0] = words.at(0).toUpper();
        m_notices->show(kEngineNotice, {.kind = Notice::Kind::kInfo, .title = words});
    });
}

void TrainPage::connectCharts() {
    m_charts->setSettings(ChartSettings::fromMap(m_settings.value(kChartsKey).toMap()));
    connect(m_charts, &RunCharts::settingsChanged, this,
            [this] { m_settings.setValue(kChartsKey, m_charts->settings().toMap()); });
    connect(m_charts, &RunCharts::momentRead, this, [this](double epoch) {
        if (!m_run.empty()) emit momentRead(epoch);
    });
    connect(m_charts, &RunCharts::exported, this, [this](const QString& file) {
        m_notices->show(kExportNotice, {.kind = Notice::Kind::kInfo, .title = tr("Saved as %1").arg(file)});
    });
    connect(m_charts, &RunCharts::exportFailed, this, [this](const Error& error) { showError(kExportNotice, error); });
}

std::optional<Exhibit> TrainPage::exhibit() const {
    return m_charts->exhibit();
}

void TrainPage::showEvent(QShowEvent* event) {
    Page::showEvent(event);
    m_calibration.ensure();
}

void TrainPage::setTheme(const Theme& theme) {
    m_charts->setTheme(theme);
}

// ---- the form -------------------------------------------------------------------------------------------------------

TrainRequest TrainPage::request() const {
    TrainRequest request;
    request.data = m_data->data();
    request.model = m_network->model();
    request.settings = m_schedule->settings();
    const auto& summary = m_data->summary();
    if (summary && summary->info.testName.empty() && request.settings.validation == 0) {
        request.settings.validation = kHeldBack;
    }
    return request;
}

// What an epoch is, as far as it is known before the pictures are read.
std::optional<TrainingAmount> TrainPage::amount() const {
    const auto& data = m_data->summary();
    if (!data) return std::nullopt;
    const TrainSettings settings = request().settings;
    const auto heldBack = static_cast<std::int64_t>(static_cast<double>(data->trainImages()) * settings.validation);
    return TrainingAmount{.trainImages = data->trainImages() - heldBack,
                          .testImages = heldBack > 0 ? heldBack : data->testImages(),
                          .epochs = settings.epochs,
                          .batch = settings.batch,
                          .condensing = settings.condensing};
}

void TrainPage::formChanged() {
    if (m_restoring) return;
    const auto& data = m_data->summary();
    const int classes = data ? static_cast<int>(data->info.classes.size()) : 10;
    const auto spec = m_network->spec(classes);
    m_cost->showCost(spec ? std::optional(*spec) : std::nullopt, amount());
    m_network->showProblem(spec ? QString() : errorDetail(spec.error()));
    const auto batch = spec ? checkBatch(*spec, m_schedule->settings().batch) : Result<>();
    m_schedule->showProblem(batch ? QString() : errorDetail(batch.error()));

    QString obstacle;
    if (!spec) {
        obstacle = tr("The network breaks a rule: see above.");
    } else if (!batch) {
        obstacle = tr("The batch is too small: see above.");
    } else if (!m_data->problem().isEmpty()) {
        obstacle = tr("These pictures cannot be trained on: see above.");
    }
    m_obstacle->setText(obstacle);
    m_obstacle->setVisible(!obstacle.isEmpty());
    showState();
    if (!m_chartsInUse) showPlan();
    if (spec) save();
}

// The condensing steps are known before the run begins.
void TrainPage::showPlan() {
    const auto spec = m_network->spec(2);
    const auto all = amount();
    if (!spec || !all) return;
    const std::int64_t stepsPerEpoch = std::max<std::int64_t>(1, (all->trainImages + all->batch - 1) / all->batch);
    const TrainSettings settings = m_schedule->settings();
    m_charts->showPlan(all->epochs, planCondensing(spec->condenseFactor, stepsPerEpoch, all->epochs,
                                                   settings.referenceQuirks, settings.condensing));
}

void TrainPage::save() {
    const TrainSettings settings = m_schedule->settings();
    m_settings.beginGroup(QStringLiteral("train"));
    m_settings.setValue(QStringLiteral("data"), toQString(m_data->data()));
    m_settings.setValue(QStringLiteral("model"), QString::fromStdString(m_network->model()));
    m_settings.setValue(QStringLiteral("epochs"), settings.epochs);
    m_settings.setValue(QStringLiteral("batch"), settings.batch);
    m_settings.setValue(QStringLiteral("learningRate"), settings.learningRate);
    m_settings.setValue(QStringLiteral("lasso"), settings.groupLassoLambda);
    m_settings.setValue(QStringLiteral("seed"), static_cast<qulonglong>(settings.seed));
    m_settings.setValue(QStringLiteral("momentum"), settings.momentum);
    m_settings.setValue(QStringLiteral("weightDecay"), settings.weightDecay);
    m_settings.setValue(QStringLiteral("validation"), settings.validation);
    m_settings.setValue(QStringLiteral("augment"), QString::fromLatin1(augmentationName(settings.augmentation)));
    m_settings.setValue(QStringLiteral("condensing"), QString::fromLatin1(condensingName(settings.condensing)));
    m_settings.endGroup();
}

// What is stored is no more trusted than any input: the fields clamp numbers, and a model that is none is left out.
void TrainPage::restore() {
    m_restoring = true;
    m_settings.beginGroup(QStringLiteral("train"));
    TrainSettings settings;
    settings.epochs = m_settings.value(QStringLiteral("epochs"), settings.epochs).toInt();
    settings.batch = m_settings.value(QStringLiteral("batch"), settings.batch).toInt();
    settings.learningRate = m_settings.value(QStringLiteral("learningRate"), settings.learningRate).toDouble();
    settings.groupLassoLambda = m_settings.value(QStringLiteral("lasso"), settings.groupLassoLambda).toDouble();
    settings.seed = m_settings.value(QStringLiteral("seed"), static_cast<qulonglong>(settings.seed)).toULongLong();
    settings.momentum = m_settings.value(QStringLiteral("momentum"), settings.momentum).toDouble();
    settings.weightDecay = m_settings.value(QStringLiteral("weightDecay"), settings.weightDecay).toDouble();
    settings.validation = m_settings.value(QStringLiteral("validation"), settings.validation).toDouble();
    const QString augment = m_settings.value(QStringLiteral("augment")).toString();
    settings.augmentation = augmentationNamed(augment.toStdString()).value_or(settings.augmentation);
    const QString condensing = m_settings.value(QStringLiteral("condensing")).toString();
    settings.condensing = condensingNamed(condensing.toStdString()).value_or(settings.condensing);
    const QString model = m_settings.value(QStringLiteral("model")).toString();
    const QString data = m_settings.value(QStringLiteral("data")).toString();
    m_settings.endGroup();
    m_schedule->setSettings(settings);
    m_network->setModel(model.toStdString());
    m_data->setData(toPath(data).string());
    m_restoring = false;
}

void TrainPage::setDataPath(const QString& path) {
    if (!m_session.active()) m_data->setPath(path);
}

void TrainPage::chooseDataFolder() {
    m_data->chooseFolder();
}

// ---- the run --------------------------------------------------------------------------------------------------------

void TrainPage::mainAction() {
    using State = TrainingSession::State;
    switch (m_session.state()) {
        case State::kRunning:
            m_session.pause();
            break;
        case State::kPausing:
        case State::kPaused:
            m_session.unpause();
            break;
        case State::kLoading:
        case State::kStopping:
            break;
        default:
            if (!m_primary->isEnabled()) break;
            m_notices->clear();
            m_session.start(request());
    }
}

void TrainPage::startDemo() {
    if (m_session.active()) return;
    m_restoring = true;  // several fields at once
    m_data->setData(kShapesName);
    m_network->setModel(TrainRequest().model);
    m_schedule->setSettings({});
    m_restoring = false;
    formChanged();
    m_notices->clear();
    m_session.start(request());
}

void TrainPage::stop() {
    m_session.stop();
}

void TrainPage::showState() {
    using State = TrainingSession::State;
    const State state = m_session.state();
    const bool active = m_session.active();
    m_data->setReadOnly(active);
    m_network->setReadOnly(active);
    m_schedule->setReadOnly(active);
    m_calibration.holdBack(active);
    m_stop->setEnabled(active && state != State::kStopping);

    QString text = tr("Start training");
    bool enabled = m_obstacle->text().isEmpty() && m_data->summary().has_value();
    switch (state) {
        case State::kLoading:
            text = tr("Reading pictures…");
            break;
        case State::kRunning:
            text = tr("Pause");
            break;
        case State::kPausing:
        case State::kPaused:
            text = tr("Continue");
            break;
        case State::kStopping:
            text = tr("Stopping…");
            break;
        default:
            break;
    }
    if (active) enabled = state != State::kLoading && state != State::kStopping;
    m_primary->setText(text);
    m_primary->setAccessibleName(text);
    m_primary->setToolTip(tr("%1 (F5)").arg(text));
    m_primary->setEnabled(enabled);
    if (!active) m_title->setText(tr("New run"));
}

void TrainPage::showMoment(std::optional<double> epoch) {
    m_charts->showMoment(epoch);
}

void TrainPage::showStarted(const RunStarted& run) {
    m_run = run.folder;
    m_chartsInUse = true;
    m_charts->showRun(run);
    m_condensing = run.condensing;
    if (run.firstStep > 0) showHistory(run);
    m_title->setText(tr("Run in progress"));
    m_title->setToolTip(nameOf(run.folder).toHtmlEscaped());
    if (run.unreadable.empty()) return;
    Notice notice{.kind = Notice::Kind::kWarning,
                  .title = tr("%1 of %2 files could not be read.")
                               .arg(run.unreadable.size())
                               .arg(formatCount(run.trainImages + run.testImages +
                                                static_cast<std::int64_t>(run.unreadable.size()))),
                  .detail = tr("The run goes on without them.")};
    for (const UnreadableFile& file : run.unreadable) {
        notice.list << toQString(file.path) + QStringLiteral(": ") + QString::fromStdString(file.why);
    }
    m_notices->show(kUnreadableNotice, notice);
}

// A run that goes on, or begins where another one was, has curves up to here. What it has done since it started, the
// session tells.
void TrainPage::showHistory(const RunStarted& run) {
    auto stored = readStoredRun(run.folder);
    if (!stored) return showError(kEngineNotice, stored.error());
    if (stored->steps.size() > static_cast<std::size_t>(run.firstStep)) {
        stored->steps.resize(static_cast<std::size_t>(run.firstStep));
    }
    std::erase_if(stored->epochs, [&](const MetricsRow& epoch) { return epoch.step > run.firstStep; });
    m_charts->addHistory(*stored, run.stepsPerEpoch);
}

// One line, gone with the next epoch: who looks at the curves just then should not be startled.
void TrainPage::showCondensing(const CondenseReport& report) {
    if (!isVisible() || report.step.step == 0) return;  // before the first step there is no loss that jumps
    QString share;
    const QStringList shares = removedShares(m_condensing);
    for (qsizetype i = 0; i < shares.size(); ++i) {
        if (m_condensing[static_cast<std::size_t>(i)].stage == report.step.stage) share = shares[i];
    }
    m_notices->show(kCondenseNotice,
                    {.kind = Notice::Kind::kInfo,
                     .title = tr("Condensing step %1: %2 of what was left is removed. A jump in the loss is "
                                 "expected here.")
                                  .arg(report.step.stage)
                                  .arg(share)});
}

void TrainPage::showFinished(const RunResult& result) {
    m_notices->remove(kCondenseNotice);
    const auto& run = m_session.run();
    if (result.end == RunEnd::kStopped) {
        const auto epochs = run ? run->epochs() : 0;
        offerToContinue(
            tr("Stopped after %1 of %2.").arg(result.epochs).arg(formatPlural(epochs, tr("epoch"), tr("epochs"))),
            tr("All of it is kept in %1 and can go on exactly where it was.").arg(toQString(result.folder)),
            result.folder);
        return;
    }
    QString title = run && run->spec.condenseFactor == 1 ? tr("Trained.") : tr("Trained and condensed.");
    if (result.bestEpoch > 0) {
        title = tr("%1 of the %2 pictures are right (best epoch: %3).")
                    .arg(formatShare(result.bestTop1), QString::fromStdString(result.testName))
                    .arg(result.bestEpoch);
    }
    QString detail = tr("Done in %1. ").arg(formatDuration(result.seconds));
    if (run) {
        const auto dense = summarize(run->spec, CountingMode::kDense).macs;
        const auto condensed = summarize(run->spec, CountingMode::kCondensed).macs;
        detail += tr("%1 multiply-adds dense → %2 condensed. ")
                      .arg(formatAmount(static_cast<double>(dense)), formatAmount(static_cast<double>(condensed)));
    }
    detail += tr("Drop a picture anywhere to try it.");
    m_notices->show(
        kRunNotice,
        {.kind = Notice::Kind::kInfo,
         .title = title,
         .detail = detail,
         .actions = {{tr("Open folder"),
                      [folder = result.folder] { QDesktopServices::openUrl(QUrl::fromLocalFile(toQString(folder))); }},
                     {tr("Try pictures…"), [this] { emit picturesWanted(); }},
                     {tr("Show in Runs"), [this, folder = result.folder] { emit runsWanted(folder); }}}});
}

void TrainPage::showFailed(const Error& error) {
    m_notices->remove(kCondenseNotice);
    if (error.code == ErrorCode::kNotFinite && m_session.run()) return showNotFinite(error);
    m_notices->show(kRunNotice,
                    {.kind = Notice::Kind::kError, .title = errorTitle(error), .detail = errorDetail(error)});
}

// The last good checkpoint is kept: from there, or from the beginning, half the rate may do better.
void TrainPage::showNotFinite(const Error& error) {
    const std::filesystem::path folder = m_session.run()->folder;
    const auto stored = readStoredRun(folder);
    const double rate = stored ? stored->record.settings.learningRate : m_schedule->settings().learningRate,
                 half = rate / 2;
    Error why = error;
    why.remedy = {};  // is what the buttons offer
    Notice notice{.kind = Notice::Kind::kError,
                  .title = tr("The training diverged at a learning rate of %1.").arg(locale().toString(rate, 'g', 6)),
                  .detail = errorDetail(why)};
    if (stored && stored->resumable) notice.actions.push_back(branchAction(folder, half));
    notice.actions.push_back({tr("Start again with half of it"), [this, half] {
                                  if (m_session.active()) return;
                                  TrainSettings settings = m_schedule->settings();
                                  settings.learningRate = half;
                                  m_schedule->setSettings(settings);
                                  mainAction();
                              }});
    m_notices->show(kRunNotice, notice);
}

Notice::Action TrainPage::branchAction(const std::filesystem::path& folder, double learningRate) {
    return {tr("Go on with half the learning rate"), [this, folder, learningRate] {
                BranchRequest request;
                request.from = folder;
                request.learningRate = learningRate;
                branch(request);
            }};
}

void TrainPage::showError(const QString& key, const Error& error) {
    m_notices->show(key, {.kind = Notice::Kind::kError, .title = errorTitle(error), .detail = errorDetail(error)});
}

void TrainPage::offerToContinue(const QString& title, const QString& detail, const std::filesystem::path& folder) {
    m_notices->show(kRunNotice, {.kind = Notice::Kind::kInfo,
                                 .title = title,
                                 .detail = detail,
                                 .actions = {{tr("Continue"), [this, folder] { resume(folder); }}}});
}

void TrainPage::fillFrom(const RunRecord& record) {
    if (m_session.active()) return;
    m_restoring = true;  // several fields at once
    m_data->setData(record.data);
    m_network->setModel(record.model);
    m_schedule->setSettings(record.settings);
    m_restoring = false;
    formChanged();
}

void TrainPage::resume(const std::filesystem::path& folder) {
    if (m_session.active()) return;
    const auto record = readRunRecord(folder);
    if (!record) return showFailed(record.error());
    m_notices->clear();
    fillFrom(*record);
    m_session.resume(folder);
}

void TrainPage::branch(const BranchRequest& request) {
    if (m_session.active()) return;
    auto record = readRunRecord(request.from);
    if (!record) return showFailed(record.error());
    record->settings.learningRate = request.learningRate.value_or(record->settings.learningRate);
    record->settings.groupLassoLambda = request.groupLassoLambda.value_or(record->settings.groupLassoLambda);
    record->settings.seed = request.seed.value_or(record->settings.seed);
    m_notices->clear();
    fillFrom(*record);
    m_session.branch(request);
}

void TrainPage::showStoredRun(const StoredRun& run) {
    if (m_session.active()) return;
    const auto plan = planCondensing(run.record);
    m_run = run.folder;
    m_chartsInUse = true;
    m_condensing = plan;
    m_charts->showPlan(run.record.settings.epochs, plan);
    m_charts->addHistory(run, run.record.stepsPerEpoch);

    const auto epochs = formatPlural(run.record.settings.epochs, tr("epoch"), tr("epochs"));
    const auto done = static_cast<qlonglong>(run.epochs.size());
    const QString where = tr("Kept in %1").arg(toQString(run.folder));
    QString title;
    switch (run.state) {
        case StoredRunState::kRunning:
            title = tr("%1 is being trained by another program.");
            break;
        case StoredRunState::kInterrupted:
            title = tr("%1 was interrupted after %2 of %3.");
            break;
        case StoredRunState::kStopped:
            title = tr("%1 was stopped after %2 of %3.");
            break;
        case StoredRunState::kFinished:
            title = tr("%1 is finished: %3.");
            break;
        case StoredRunState::kFailed:
            title = tr("%1 failed after %2 of %3.");
            break;
    }
    title.replace(QStringLiteral("%2"), QString::number(done)).replace(QStringLiteral("%3"), epochs);
    title.replace(QStringLiteral("%1"), QString::fromStdString(run.name()));
    if (run.resumable && run.state == StoredRunState::kFailed) {
        // Going on as before may fail again in the same way.
        m_notices->show(kRunNotice,
                        {.kind = Notice::Kind::kWarning,
                         .title = title,
                         .detail = QString::fromStdString(run.record.message) + QStringLiteral("\n") + where,
                         .actions = {{tr("Continue"), [this, folder = run.folder] { resume(folder); }},
                                     branchAction(run.folder, run.record.settings.learningRate / 2)}});
    } else if (run.resumable) {
        offerToContinue(title, tr("It can go on exactly where it was. %1").arg(where), run.folder);
    } else {
        m_notices->show(kRunNotice, {.kind = Notice::Kind::kInfo, .title = title, .detail = where});
    }
}

QString TrainPage::helpPage() const {
    return QStringLiteral("train");
}

}  // namespace condenser
