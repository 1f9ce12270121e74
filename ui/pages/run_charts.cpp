#include "pages/run_charts.h"

#include <QHBoxLayout>
#include <QPainter>
#include <QPushButton>
#include <QVBoxLayout>
#include <algorithm>
#include <limits>

#include "look/format.h"
#include "look/look.h"
#include "pages/condensing_words.h"
#include "pages/kept_history.h"
#include "plots/exhibit_menu.h"
#include "run/best_epoch.h"

namespace condenser {
namespace {

constexpr int kGap = 12;
constexpr int kRestMs = 500;    // longer than it takes to cross a plot on the way elsewhere
constexpr int kWideFrom = 960;  // pixels from which three small plots stand side by side

EpochReport toReport(const MetricsRow& row) {
    return {.epoch = row.epoch,
            .step = row.step,
            .learningRate = row.lr,
            .trainLoss = row.trainLoss,
            .trainTop1 = row.trainTop1,
            .testLoss = row.testLoss,
            .testTop1 = row.testTop1,
            .kept = row.kept,
            .keptPerBlock = {},
            .imagesPerSecond = row.imagesPerSecond,
            .seconds = row.seconds};
}

MetricsRow toRow(const EpochReport& report) {
    return {.epoch = report.epoch,
            .step = report.step,
            .lr = report.learningRate,
            .trainLoss = report.trainLoss,
            .trainTop1 = report.trainTop1,
            .testLoss = report.testLoss,
            .testTop1 = report.testTop1,
            .kept = report.kept,
            .imagesPerSecond = report.imagesPerSecond,
            .seconds = report.seconds};
}

QPushButton* addChip(EpochPlot& plot, const char* name, const QString& text, const QString& tip) {
    auto* chip = new QPushButton(text);
    chip->setObjectName(QLatin1String(name));
    chip->setAccessibleName(tip);
    chip->setToolTip(tip);
    setLook(chip, "role", "chip");
    plot.header()->insertWidget(plot.header()->count() - 1, chip);
    return chip;
}

}  // namespace

RunCharts::RunCharts(QWidget* parent)
    : QWidget(parent),
      m_menu(new ExhibitMenu(this, [this] { return exhibit(); })),
      m_bar(new ChartBar(*m_menu)),
      m_accuracy(new AccuracyPlot),
      m_loss(new LossPlot),
      m_kept(new KeptPlot),
      m_speed(new SpeedPlot),
      m_rate(new RatePlot),
      m_plots{m_accuracy, m_loss, m_kept, m_speed, m_rate},
      m_toRate(addChip(*m_speed, "showRate", tr("rate"), tr("Show the learning rate here"))),
      m_toSpeed(addChip(*m_rate, "showSpeed", tr("images/s"), tr("Show images per second here"))),
      m_theme(darkTheme()),
      m_scale(std::make_shared<XScale>()),
      m_testName(QStringLiteral("test")) {
    m_accuracy->setObjectName(QStringLiteral("accuracyPlot"));
    m_loss->setObjectName(QStringLiteral("lossPlot"));
    m_kept->setObjectName(QStringLiteral("keptPlot"));
    m_speed->setObjectName(QStringLiteral("speedPlot"));
    m_rate->setObjectName(QStringLiteral("ratePlot"));
    makeLayout();
    for (EpochPlot* plot : m_plots) connectPlot(*plot);
    // Once is enough: the cursor is in all plots.
    m_accuracy->setExplainer([this](const CondensingStep& step) {
        const QStringList removed = removedShares(m_plan);
        for (qsizetype i = 0; i < removed.size(); ++i) {
            const CondensingEffect& effect = m_effects[static_cast<std::size_t>(i)];
            if (effect.step.stage != step.stage) continue;
            return explainStep(effect, stepAfter(step.stage), removed[i], m_testName);
        }
        return QString();
    });

    connect(m_bar, &ChartBar::followWanted, this, &RunCharts::follow);
    connect(m_bar, &ChartBar::settingsChanged, this, [this] {
        ChartSettings settings = m_bar->settings();
        settings.rate = m_settings.rate;
        apply(settings);
        emit settingsChanged();
    });
    const auto showRate = [this](bool on) {
        m_settings.rate = on;
        chooseSmallPlots();
        (on ? m_toSpeed : m_toRate)->setFocus();
        emit settingsChanged();
    };
    connect(m_toRate, &QPushButton::clicked, this, [showRate] { showRate(true); });
    connect(m_toSpeed, &QPushButton::clicked, this, [showRate] { showRate(false); });
    m_rests.setSingleShot(true);
    m_rests.setInterval(kRestMs);
    connect(&m_rests, &QTimer::timeout, this, [this] { emit momentRead(m_read); });
    connect(m_menu, &ExhibitMenu::exported, this, &RunCharts::exported);
    connect(m_menu, &ExhibitMenu::exportFailed, this, &RunCharts::exportFailed);
    setFollowing(true);
}

RunCharts::~RunCharts() = default;

void RunCharts::makeLayout() {
    auto* small = new QHBoxLayout;
    small->setSpacing(kGap);
    for (EpochPlot* plot :
         {static_cast<EpochPlot*>(m_kept), static_cast<EpochPlot*>(m_speed), static_cast<EpochPlot*>(m_rate)}) {
        small->addWidget(plot, 1);
    }
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(kGap);
    column->addWidget(m_bar);
    column->addWidget(m_accuracy, 10);
    column->addWidget(m_loss, 7);
    column->addLayout(small, 6);
    chooseSmallPlots();
}

void RunCharts::connectPlot(EpochPlot& plot) {
    plot.setScale(m_scale);
    connect(&plot, &EpochPlot::cursorMoved, this, [this](double epoch) {
        for (EpochPlot* each : m_plots) each->showCursor(epoch);
        m_read = epoch;
        m_rests.start();
    });
    connect(&plot, &EpochPlot::cursorLeft, this, [this] {
        m_rests.stop();
        placeMoment();
    });
    connect(&plot, &EpochPlot::followingWanted, this, &RunCharts::follow);
    connect(&plot, &EpochPlot::epochsChosen, this, [this, &plot](double lower, double upper) {
        setFollowing(false);
        for (EpochPlot* each : m_plots) {
            if (each != &plot) each->showEpochs(lower, upper);
        }
    });
    connect(&plot, &EpochPlot::pinWanted, this, &RunCharts::setPin);
    connect(&plot, &EpochPlot::pinTakenBack, this, [this] {
        m_pins = m_pinsBefore.value_or(m_pins);
        m_pinsBefore.reset();
        showPins();
    });
    connect(&plot, &EpochPlot::pinsUnwanted, this, [this] {
        m_moment.reset();
        m_pins = {};
        m_pinsBefore.reset();
        showPins();
    });
    connect(&plot, &EpochPlot::exported, this, &RunCharts::exported);
    connect(&plot, &EpochPlot::exportFailed, this, &RunCharts::exportFailed);
}

void RunCharts::setTheme(const Theme& theme) {
    m_theme = theme;
    for (EpochPlot* plot : m_plots) plot->setTheme(theme);
}

// ---- how it is seen -------------------------------------------------------------------------------------------------

void RunCharts::setFollowing(bool on) {
    m_following = on;
    m_bar->setFollowing(on);
    for (EpochPlot* plot : m_plots) plot->setFollowing(on);
}

void RunCharts::follow() {
    setFollowing(true);
}

void RunCharts::setSettings(const ChartSettings& settings) {
    m_bar->setSettings(settings);
    apply(settings);
}

void RunCharts::apply(const ChartSettings& settings) {
    const ChartSettings old = m_settings;
    m_settings = settings;
    if (settings.x != old.x || settings.logX != old.logX) {
        const auto [lower, upper] = m_accuracy->shownEpochs();
        m_scale->unit = settings.x;
        m_scale->logarithmic = settings.logX;
        scaleChanged(0);
        // At once, and the same part of the run.
        for (EpochPlot* plot : m_plots) {
            if (m_following) {
                plot->setFollowing(true);
            } else {
                plot->showEpochs(lower, upper);
            }
        }
    }
    if (settings.logLoss != old.logLoss) m_loss->setLogarithmic(settings.logLoss);
    if (settings.smoothing != old.smoothing) {
        m_accuracy->setSmoothing(settings.smoothing);
        m_loss->setSmoothing(settings.smoothing);
    }
    chooseSmallPlots();
}

void RunCharts::scaleChanged(double fromEpoch) {
    for (EpochPlot* plot : m_plots) plot->scaleChanged(fromEpoch);
}

// Three where there is room for them; else speed and rate share one place.
void RunCharts::chooseSmallPlots() {
    const bool wide = width() >= kWideFrom;
    m_speed->setVisible(wide || !m_settings.rate);
    m_rate->setVisible(wide || m_settings.rate);
    m_toRate->setVisible(!wide);
    m_toSpeed->setVisible(!wide);
}

void RunCharts::resizeEvent(QResizeEvent* event) {
    QWidget::resizeEvent(event);
    chooseSmallPlots();
}

void RunCharts::showMoment(std::optional<double> epoch) {
    m_moment = epoch;
    if (isVisible() && !m_rests.isActive()) placeMoment();
}

void RunCharts::placeMoment() {
    for (EpochPlot* plot : m_plots) {
        if (m_moment) {
            plot->showCursor(*m_moment);
        } else {
            plot->hideCursor();
        }
    }
}

// Once the axes have their places.
void RunCharts::showEvent(QShowEvent* event) {
    QWidget::showEvent(event);
    if (m_moment) QTimer::singleShot(0, this, &RunCharts::placeMoment);
}

void RunCharts::setPin(Pin pin, double epoch) {
    m_pinsBefore = m_pins;
    (pin == Pin::kA ? m_pins.a : m_pins.b) = epoch;
    showPins();
}

void RunCharts::showPins() {
    for (EpochPlot* plot : m_plots) plot->setPins(m_pins.a, m_pins.b);
}

// ---- the run --------------------------------------------------------------------------------------------------------

void RunCharts::showPlan(double epochs, const std::vector<CondensingStep>& steps) {
    m_plan = steps;
    m_rows.clear();
    m_steps.clear();
    m_pins = {};
    m_pinsBefore.reset();
    m_rests.stop();
    m_moment.reset();
    m_scale->time.clear();
    m_kept->setBlocks(0);
    for (EpochPlot* plot : m_plots) {
        plot->clearData();
        plot->setPlan(epochs, steps);
    }
    scaleChanged(0);
    showPins();
    m_kept->setPlannedSteps(epochs, steps);
    m_accuracy->setCaption(condensingSentence(steps));
    measureEffects();
    m_accuracy->setHint(
        tr("The curves appear here as soon as training runs.\n"
           "The dashed lines are the steps at which the network will be condensed."));
    follow();
}

void RunCharts::showRun(const RunStarted& run) {
    m_stepsPerEpoch = static_cast<double>(std::max<std::int64_t>(1, run.stepsPerEpoch));
    m_scale->stepsPerEpoch = m_stepsPerEpoch;
    m_trainImages = static_cast<double>(run.trainImages);
    showPlan(static_cast<double>(run.totalSteps) / m_stepsPerEpoch, run.condensing);
    m_kept->setBlocks(run.spec.blocks());
    m_testName = QString::fromStdString(run.testName);
    m_accuracy->setTestName(m_testName);
    m_loss->setTestName(m_testName);
    m_accuracy->setHint({});
    if (run.firstStep == 0) m_kept->addPoint(0, 1);
}

void RunCharts::addHistory(const StoredRun& stored, std::int64_t stepsPerEpoch) {
    m_stepsPerEpoch = static_cast<double>(std::max<std::int64_t>(1, stepsPerEpoch));
    m_scale->stepsPerEpoch = m_stepsPerEpoch;
    std::vector<EpochReport> epochs;
    for (const MetricsRow& row : stored.epochs) epochs.push_back(toReport(row));
    addTime(epochs);
    scaleChanged(0);

    std::vector<StepReport> steps;
    for (std::size_t i = 0; i < stored.steps.size(); ++i) {
        steps.push_back({.step = static_cast<std::int64_t>(i),
                         .learningRate = stored.steps[i].learningRate,
                         .loss = stored.steps[i].loss});
    }
    m_loss->addSteps(steps, m_stepsPerEpoch);
    m_rate->addSteps(steps, m_stepsPerEpoch);
    m_plan = planCondensing(stored.record);
    if (const MetricsRow* best = bestEpoch(stored.record, stored.epochs)) {
        epochs[static_cast<std::size_t>(best - stored.epochs.data())].best = true;
    }
    m_accuracy->addEpochs(epochs);
    m_loss->addEpochs(epochs);
    m_speed->addEpochs(epochs);

    const int blocks = stored.record.spec.blocks();
    const auto kept = keptAfterStages(stored.folder, blocks);
    m_kept->setBlocks(blocks);
    m_kept->addPoint(0, 1);
    int done = 0;
    for (const CondensingStep& step : m_plan) {
        if (static_cast<std::size_t>(step.step) >= stored.steps.size()) break;
        const auto perBlock = kept.find(step.stage);
        m_kept->addPoint(step.epoch, step.keptAfter, perBlock == kept.end() ? std::vector<double>() : perBlock->second);
        done = step.stage;
    }
    m_kept->extendTo(static_cast<double>(stored.steps.size()) / m_stepsPerEpoch);
    for (EpochPlot* plot : m_plots) plot->setStepsCondensed(done);
    m_rows = stored.epochs;
    m_steps = stored.steps;
    measureEffects();
}

void RunCharts::addSteps(const std::vector<StepReport>& steps) {
    if (steps.empty()) return;
    if (!m_scale->time.known() && steps.back().imagesPerSecond > 0 && m_trainImages > 0) {
        m_scale->time.guessPace(m_trainImages / steps.back().imagesPerSecond);
        if (m_settings.x == XUnit::kTime) scaleChanged(0);
    }
    m_accuracy->addSteps(steps, m_stepsPerEpoch);
    m_loss->addSteps(steps, m_stepsPerEpoch);
    m_speed->addSteps(steps, m_stepsPerEpoch);
    m_rate->addSteps(steps, m_stepsPerEpoch);
    m_kept->extendTo(static_cast<double>(steps.back().step + 1) / m_stepsPerEpoch);
    for (const StepReport& step : steps) {
        m_steps.push_back({static_cast<float>(step.loss), static_cast<float>(step.learningRate)});
    }
}

void RunCharts::addCondensing(const CondenseReport& report) {
    m_kept->addPoint(report.step.epoch, report.kept);
    for (EpochPlot* plot : m_plots) plot->setStepsCondensed(report.step.stage);
}

void RunCharts::addEpoch(const EpochReport& report) {
    addTime({report});
    m_accuracy->addEpochs({report});
    m_loss->addEpochs({report});
    m_kept->correctBlocks(report.keptPerBlock);
    m_rows.push_back(toRow(report));
    measureEffects();
}

// Now it is known when the steps of these epochs were.
void RunCharts::addTime(const std::vector<EpochReport>& epochs) {
    for (const EpochReport& epoch : epochs) m_scale->time.add(epoch.epoch, epoch.seconds);
    if (m_settings.x == XUnit::kTime && !epochs.empty()) scaleChanged(epochs.front().epoch - 1);
}

// ---- what condensing did --------------------------------------------------------------------------------------------

double RunCharts::stepAfter(int stage) const {
    for (const CondensingStep& step : m_plan) {
        if (step.stage > stage) return step.epoch;
    }
    return std::numeric_limits<double>::infinity();
}

// That of the last one is told below the first plot too, for those who do not point at a mark.
void RunCharts::measureEffects() {
    m_effects = condensingEffects(m_plan, static_cast<std::int64_t>(m_stepsPerEpoch), m_rows, m_steps);
    for (const CondensingEffect& effect : m_effects) {
        const QString words = effectWords(effect, stepAfter(effect.step.stage), m_testName);
        if (!words.isEmpty()) m_accuracy->setCaption(tr("Step %1: %2.").arg(effect.step.stage).arg(words));
    }
}

// ---- taking it out --------------------------------------------------------------------------------------------------

Exhibit RunCharts::exhibit() const {
    struct Part {
        QPoint at;
        Exhibit exhibit;
    };
    layout()->activate();
    std::vector<Part> parts;
    NumberTable table;
    const QPoint origin(kGap, kGap - m_accuracy->y());  // without the row of controls
    for (const EpochPlot* plot : m_plots) {
        if (plot->isHidden()) continue;
        parts.push_back({plot->pos() + origin, plot->exhibit()});
        table.add(plot->numbers());
    }
    const QSize size(width() + 2 * kGap, height() - m_accuracy->y() + 2 * kGap);
    return {.name = QStringLiteral("training"),
            .size = size,
            .paint =
                [parts, size, background = m_theme.window](QPainter& painter) {
                    painter.fillRect(QRect(QPoint(), size), background);
                    for (const Part& part : parts) {
                        painter.save();
                        painter.translate(part.at);
                        part.exhibit.paint(painter);
                        painter.restore();
                    }
                },
            .csv = [table] { return table.csv(); }};
}

}  // namespace condenser
