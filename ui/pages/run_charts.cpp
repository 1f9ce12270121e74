#include "pages/run_charts.h"

#include <QGridLayout>
#include <QHBoxLayout>
#include <QPushButton>
#include <algorithm>

#include "look/format.h"
#include "look/look.h"

namespace condenser {
namespace {

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

// As the engine chooses the best epoch: before the last condensing step none counts.
void markBest(std::vector<EpochReport>& epochs, double lastStepEpoch) {
    const EpochReport* best = nullptr;
    for (EpochReport& epoch : epochs) {
        if (epoch.epoch <= lastStepEpoch) continue;
        epoch.best = best == nullptr || epoch.testTop1 > best->testTop1 ||
                     (epoch.testTop1 == best->testTop1 && epoch.testLoss < best->testLoss);
        if (epoch.best) best = &epoch;
    }
}

}  // namespace

RunCharts::RunCharts(QWidget* parent)
    : QWidget(parent),
      m_accuracy(new AccuracyPlot),
      m_loss(new LossPlot),
      m_kept(new KeptPlot),
      m_speed(new SpeedPlot),
      m_plots{m_accuracy, m_loss, m_kept, m_speed},
      m_chip(new QPushButton) {
    m_accuracy->setObjectName(QStringLiteral("accuracyPlot"));
    m_loss->setObjectName(QStringLiteral("lossPlot"));
    m_kept->setObjectName(QStringLiteral("keptPlot"));
    m_speed->setObjectName(QStringLiteral("speedPlot"));

    m_chip->setObjectName(QStringLiteral("followChip"));
    setLook(m_chip, "role", "chip");
    m_accuracy->header()->addWidget(m_chip);
    connect(m_chip, &QPushButton::clicked, this, &RunCharts::follow);
    setFollowing(true);

    auto* grid = new QGridLayout(this);
    grid->setContentsMargins(0, 0, 0, 0);
    grid->setSpacing(12);
    grid->addWidget(m_accuracy, 0, 0, 1, 2);
    grid->addWidget(m_loss, 1, 0, 1, 2);
    grid->addWidget(m_kept, 2, 0);
    grid->addWidget(m_speed, 2, 1);
    grid->setRowStretch(0, 10);
    grid->setRowStretch(1, 7);
    grid->setRowStretch(2, 6);
    grid->setColumnStretch(0, 1);
    grid->setColumnStretch(1, 1);

    for (EpochPlot* plot : m_plots) {
        connect(plot, &EpochPlot::cursorMoved, this, [this](double epoch) {
            for (EpochPlot* each : m_plots) each->showCursor(epoch);
        });
        connect(plot, &EpochPlot::cursorLeft, this, [this] {
            for (EpochPlot* each : m_plots) each->hideCursor();
        });
        connect(plot, &EpochPlot::followingWanted, this, &RunCharts::follow);
        connect(plot, &EpochPlot::epochsChosen, this, [this, plot](double lower, double upper) {
            setFollowing(false);
            for (EpochPlot* each : m_plots) {
                if (each != plot) each->showEpochs(lower, upper);
            }
        });
    }
}

void RunCharts::setTheme(const Theme& theme) {
    for (EpochPlot* plot : m_plots) plot->setTheme(theme);
}

void RunCharts::setFollowing(bool on) {
    m_following = on;
    m_chip->setText(on ? tr("following") : tr("zoomed · follow again"));
    m_chip->setEnabled(!on);
    m_chip->setAccessibleName(on ? tr("The plots show the whole run") : tr("Show the whole run again"));
    m_chip->setToolTip(on ? tr("The plots show the whole run and grow with it. Turn the wheel to zoom, drag to move.")
                          : tr("Show the whole run again (or double-click a plot)"));
    for (EpochPlot* plot : m_plots) plot->setFollowing(on);
}

void RunCharts::follow() {
    setFollowing(true);
}

void RunCharts::showPlan(double epochs, const std::vector<CondensingStep>& steps) {
    for (EpochPlot* plot : m_plots) {
        plot->clearData();
        plot->setPlan(epochs, steps);
    }
    m_kept->setPlannedSteps(epochs, steps);
    m_accuracy->setCaption(condensingSentence(steps));
    m_accuracy->setHint(
        tr("The curves appear here as soon as training runs.\n"
           "The dashed lines are the steps at which the network will be condensed."));
    follow();
}

void RunCharts::showRun(const RunStarted& run) {
    m_stepsPerEpoch = static_cast<double>(std::max<std::int64_t>(1, run.stepsPerEpoch));
    showPlan(static_cast<double>(run.totalSteps) / m_stepsPerEpoch, run.condensing);
    const QString testName = QString::fromStdString(run.testName);
    m_accuracy->setTestName(testName);
    m_loss->setTestName(testName);
    m_accuracy->setHint({});
    if (run.firstStep == 0) m_kept->addPoint(0, 1);
}

void RunCharts::addHistory(const StoredRun& stored, std::int64_t stepsPerEpoch) {
    m_stepsPerEpoch = static_cast<double>(std::max<std::int64_t>(1, stepsPerEpoch));
    std::vector<StepReport> steps;
    for (std::size_t i = 0; i < stored.steps.size(); ++i) {
        steps.push_back({.step = static_cast<std::int64_t>(i), .loss = stored.steps[i].loss});
    }
    m_loss->addSteps(steps, m_stepsPerEpoch);

    std::vector<EpochReport> epochs;
    for (const MetricsRow& row : stored.epochs) epochs.push_back(toReport(row));
    const auto plan = planCondensing(stored.record.spec.condenseFactor, stepsPerEpoch, stored.record.epochs,
                                     stored.record.referenceQuirks);
    markBest(epochs, plan.empty() ? 0 : plan.back().epoch);
    m_accuracy->addEpochs(epochs);
    m_loss->addEpochs(epochs);
    m_speed->addEpochs(epochs);

    const double now = static_cast<double>(stored.steps.size()) / m_stepsPerEpoch;
    m_kept->addPoint(0, 1);
    int done = 0;
    for (const CondensingStep& step : plan) {
        if (static_cast<std::size_t>(step.step) >= stored.steps.size()) break;
        m_kept->addPoint(step.epoch, step.keptAfter);
        done = step.stage;
    }
    m_kept->extendTo(now);
    for (EpochPlot* plot : m_plots) plot->setStepsCondensed(done);
}

void RunCharts::addSteps(const std::vector<StepReport>& steps) {
    if (steps.empty()) return;
    m_accuracy->addSteps(steps, m_stepsPerEpoch);
    m_loss->addSteps(steps, m_stepsPerEpoch);
    m_speed->addSteps(steps, m_stepsPerEpoch);
    m_kept->extendTo(static_cast<double>(steps.back().step + 1) / m_stepsPerEpoch);
}

void RunCharts::addCondensing(const CondenseReport& report) {
    m_kept->addPoint(report.step.epoch, report.kept);
    for (EpochPlot* plot : m_plots) plot->setStepsCondensed(report.step.stage);
}

void RunCharts::addEpoch(const EpochReport& report) {
    m_accuracy->addEpochs({report});
    m_loss->addEpochs({report});
}

}  // namespace condenser
