#include "pages/run_comparison.h"

#include <QComboBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QSettings>
#include <QStackedWidget>
#include <QVBoxLayout>
#include <algorithm>

#include "look/format.h"
#include "look/look.h"
#include "models/run_words.h"
#include "run/macs_spent.h"

namespace condenser {
namespace {

const QString kViewKey = QStringLiteral("runs/view"), kXKey = QStringLiteral("runs/x"),
              kYKey = QStringLiteral("runs/y"), kCostKey = QStringLiteral("runs/cost");

// The words for an entry and the number that is remembered; an unknown number leaves the first entry.
void fill(QComboBox* box, const QStringList& words, int remembered) {
    for (int i = 0; i < words.size(); ++i) box->addItem(words.at(i), i);
    box->setCurrentIndex(remembered >= 0 && remembered < words.size() ? remembered : 0);
    box->setSizeAdjustPolicy(QComboBox::AdjustToContents);
}

QPushButton* viewChip(const QString& name, const char* objectName) {
    auto* chip = new QPushButton(name);
    chip->setObjectName(QString::fromLatin1(objectName));
    chip->setAccessibleName(name);
    chip->setCheckable(true);
    setLook(chip, "role", "segment");
    return chip;
}

const RunSummary* summaryOf(const std::vector<RunSummary>& runs, const std::filesystem::path& folder) {
    const auto found =
        std::find_if(runs.begin(), runs.end(), [&](const RunSummary& run) { return run.folder == folder; });
    return found == runs.end() ? nullptr : &*found;
}

QString formatMacs(double macs) {
    return formatAmount(macs);
}

// The accuracy just before each condensing step, with what an answer costs there: a third of a training step.
void addStages(const RunSummary& run, int number, int colour, const RunCurve& curve,
               std::vector<ScatterPoint>& points) {
    for (const CondensingStep& step : curve.condensed) {
        const OverlayRun::Point* before = nullptr;
        for (const OverlayRun::Point& point : curve.points) {
            if (point.epoch <= step.epoch + 1e-9) before = &point;
        }
        if (before == nullptr) continue;
        points.push_back({number,
                          ScatterPlot::tr("%1, before step %2").arg(QString::fromStdString(run.name)).arg(step.stage),
                          trainingMacs(run.record.spec, before->kept) / 3, before->testTop1, colour, true});
    }
}

}  // namespace

std::vector<ScatterPoint> scatterPoints(const std::vector<RunSummary>& runs,
                                        const std::map<std::filesystem::path, int>& colours,
                                        const std::vector<RunCurve>& curves, bool latency) {
    std::vector<ScatterPoint> points;
    for (std::size_t i = 0; i < runs.size(); ++i) {
        const RunSummary& run = runs[i];
        if (!run.problem.empty() || !run.bestTop1 || (latency && !run.latency)) continue;
        const auto colour = colours.find(run.folder);
        const int number = static_cast<int>(i), drawnAs = colour == colours.end() ? -1 : colour->second;
        if (!latency && drawnAs >= 0) {
            const auto curve = std::find_if(curves.begin(), curves.end(),
                                            [&](const RunCurve& each) { return each.folder == run.folder; });
            if (curve != curves.end()) addStages(run, number, drawnAs, *curve, points);
        }
        points.push_back({number, QString::fromStdString(run.name),
                          latency ? run.latency->medianMs : static_cast<double>(run.condensedMacs), *run.bestTop1,
                          drawnAs, false});
    }
    return points;
}

RunComparison::RunComparison(QSettings& settings, QWidget* parent)
    : QWidget(parent),
      m_settings(settings),
      m_curvesChip(viewChip(tr("Curves"), "runCurvesView")),
      m_pointsChip(viewChip(tr("Accuracy against cost"), "runPointsView")),
      m_x(new QComboBox),
      m_y(new QComboBox),
      m_cost(new QComboBox),
      m_words(new QLabel),
      m_views(new QStackedWidget),
      m_overlay(new OverlayPlot),
      m_scatter(new ScatterPlot(tr("Accuracy against cost"), tr("best accuracy"))) {
    m_x->setObjectName(QStringLiteral("runOverlayX"));
    m_x->setAccessibleName(tr("What the curves are drawn over"));
    m_y->setObjectName(QStringLiteral("runOverlayY"));
    m_y->setAccessibleName(tr("What the curves show"));
    m_cost->setObjectName(QStringLiteral("runCost"));
    m_cost->setAccessibleName(tr("What an answer costs"));
    m_overlay->setObjectName(QStringLiteral("runOverlay"));
    m_scatter->setObjectName(QStringLiteral("runScatter"));
    // In the order of OverlayPlot::X and Y.
    fill(m_x, {tr("by epoch"), tr("by time"), tr("by progress"), tr("by multiply-adds spent")},
         settings.value(kXKey).toInt());
    fill(m_y,
         {tr("test accuracy"), tr("test loss"), tr("training accuracy"), tr("training loss"), tr("connections kept")},
         settings.value(kYKey).toInt());
    fill(m_cost, {tr("by latency here"), tr("by multiply-adds")}, settings.value(kCostKey).toInt());
    m_words->setObjectName(QStringLiteral("runComparisonWords"));
    m_words->setTextFormat(Qt::PlainText);
    m_words->setWordWrap(true);
    setLook(m_words, "tone", "muted");
    setLook(m_words, "scale", "small");

    auto* head = new QHBoxLayout;
    head->setSpacing(4);
    head->addWidget(m_curvesChip);
    head->addWidget(m_pointsChip);
    head->addStretch(1);
    head->addWidget(m_y);
    head->addWidget(m_x);
    head->addWidget(m_cost);
    m_views->addWidget(m_overlay);
    m_views->addWidget(m_scatter);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(8);
    layout->addLayout(head);
    layout->addWidget(m_views, 1);
    layout->addWidget(m_words);

    m_overlay->setHint(tr("Select runs above, up to twelve,\nto see their curves over each other."));
    connect(m_curvesChip, &QPushButton::clicked, this, [this] { setView(false); });
    connect(m_pointsChip, &QPushButton::clicked, this, [this] { setView(true); });
    for (QComboBox* box : {m_x, m_y, m_cost}) {
        connect(box, &QComboBox::currentIndexChanged, this, [this] {
            m_settings.setValue(kXKey, m_x->currentIndex());
            m_settings.setValue(kYKey, m_y->currentIndex());
            m_settings.setValue(kCostKey, m_cost->currentIndex());
            redraw();
        });
    }
    connect(&m_session, &RunCurvesSession::ready, this, [this](const RunCurves& curves) {
        m_curves = curves;
        redraw();
    });
    for (const PlotCard* plot : {static_cast<PlotCard*>(m_overlay), static_cast<PlotCard*>(m_scatter)}) {
        connect(plot, &PlotCard::exported, this, &RunComparison::exported);
        connect(plot, &PlotCard::exportFailed, this, &RunComparison::exportFailed);
    }
    connect(m_overlay, &OverlayPlot::runClicked, this, [this](int curve) {
        if (curve >= 0 && static_cast<std::size_t>(curve) < m_shownCurves.size()) {
            emit runChosen(m_shownCurves[static_cast<std::size_t>(curve)]);
        }
    });
    connect(m_scatter, &ScatterPlot::runClicked, this, [this](int run) {
        if (run >= 0 && static_cast<std::size_t>(run) < m_runs.size()) {
            emit runChosen(m_runs[static_cast<std::size_t>(run)].folder);
        }
    });
    setView(settings.value(kViewKey).toBool());
}

void RunComparison::setTheme(const Theme& theme) {
    m_overlay->setTheme(theme);
    m_scatter->setTheme(theme);
}

void RunComparison::setView(bool scatter) {
    m_settings.setValue(kViewKey, scatter);
    m_curvesChip->setChecked(!scatter);
    m_pointsChip->setChecked(scatter);
    m_x->setVisible(!scatter);
    m_y->setVisible(!scatter);
    m_cost->setVisible(scatter);
    m_views->setCurrentIndex(scatter ? 1 : 0);
    redraw();
}

void RunComparison::show(const std::vector<RunSummary>& runs, const std::vector<std::filesystem::path>& drawn,
                         const std::map<std::filesystem::path, int>& colours, std::size_t selected) {
    m_runs = runs;
    m_drawn = drawn;
    m_colours = colours;
    m_selected = selected;
    std::vector<RunSummary> wanted;
    for (const std::filesystem::path& folder : drawn) {
        const RunSummary* run = summaryOf(runs, folder);
        if (run != nullptr && run->problem.empty()) wanted.push_back(*run);
    }
    if (wanted.empty()) m_curves = std::make_shared<std::vector<RunCurve>>();
    m_session.request(std::move(wanted));
    redraw();
}

void RunComparison::redraw() {
    if (!m_curves) m_curves = std::make_shared<std::vector<RunCurve>>();
    if (m_views->currentIndex() == 0) {
        drawCurves();
    } else {
        drawPoints();
    }
    showWords();
}

void RunComparison::drawCurves() {
    std::vector<OverlayRun> curves;
    std::vector<std::filesystem::path> folders;
    QString shown = QStringLiteral("%1 %2").arg(m_x->currentIndex()).arg(m_y->currentIndex());
    for (const RunCurve& curve : *m_curves) {
        const RunSummary* run = summaryOf(m_runs, curve.folder);
        const auto colour = m_colours.find(curve.folder);
        if (run == nullptr || colour == m_colours.end() || curve.points.empty()) continue;
        folders.push_back(curve.folder);
        std::vector<double> condensedAt;
        for (const CondensingStep& step : curve.condensed) condensedAt.push_back(step.epoch);
        curves.push_back({QString::fromStdString(run->name), colour->second, curve.points, std::move(condensedAt)});
        shown += QStringLiteral("\n%1 %2 %3 %4")
                     .arg(toQString(curve.folder), curves.back().name)
                     .arg(colour->second)
                     .arg(curve.points.back().seconds) +
                 QStringLiteral(" %1").arg(curve.points.size());
    }
    if (shown == m_shown) return;
    m_shown = shown;
    QStringList names;
    for (const OverlayRun& curve : curves) names << curve.name;
    names = shortRunNames(names);
    for (std::size_t i = 0; i < curves.size(); ++i) curves[i].name = names.at(static_cast<qsizetype>(i));
    m_shownCurves = std::move(folders);
    m_overlay->show(std::move(curves), static_cast<OverlayPlot::X>(m_x->currentIndex()),
                    static_cast<OverlayPlot::Y>(m_y->currentIndex()));
}

void RunComparison::drawPoints() {
    const bool latency = m_cost->currentIndex() == 0;
    m_scatter->setHint(latency ? tr("No run is measured yet. Select runs and choose “Measure latency”,\n"
                                    "or show them by multiply-adds.")
                               : tr("Runs appear here when their first epoch is done."));
    m_scatter->show(scatterPoints(m_runs, m_colours, *m_curves, latency),
                    latency ? tr("latency of the condensed network here, one picture (ms)")
                            : tr("multiply-adds of the condensed network, one picture"),
                    latency ? &formatMilliseconds : &formatMacs);
}

void RunComparison::showWords() {
    QStringList words;
    if (m_selected > m_drawn.size()) {
        words << tr("%1 runs are selected; the first %2 are drawn.")
                     .arg(formatCount(static_cast<std::int64_t>(m_selected)))
                     .arg(m_drawn.size());
    }
    if (m_views->currentIndex() == 0) {
        for (const RunCurve& curve : *m_curves) {
            const RunSummary* run = summaryOf(m_runs, curve.folder);
            if (run == nullptr || !curve.points.empty()) continue;
            words << (curve.problem.isEmpty() ? tr("%1 has no epoch yet.").arg(QString::fromStdString(run->name))
                                              : curve.problem);
        }
    } else if (m_cost->currentIndex() == 0) {
        const auto left = std::count_if(m_runs.begin(), m_runs.end(), [](const RunSummary& run) {
            return run.problem.empty() && run.bestTop1 && !run.latency;
        });
        if (left > 0 && m_scatter->pointCount() > 0) {
            words << tr("%1 not measured yet and left out: select them and choose “Measure latency”.")
                         .arg(left == 1 ? tr("1 run is") : tr("%1 runs are").arg(left));
        }
    } else if (!m_drawn.empty()) {
        words << tr("Hollow points are the selected runs just before each condensing step.");
    }
    m_words->setText(words.join(u' '));
    m_words->setVisible(!words.isEmpty());
}

std::optional<Exhibit> RunComparison::exhibit() const {
    if (m_views->currentIndex() == 0) {
        if (m_overlay->curveCount() == 0) return std::nullopt;
        return m_overlay->exhibit();
    }
    if (m_scatter->pointCount() == 0) return std::nullopt;
    return m_scatter->exhibit();
}

}  // namespace condenser
