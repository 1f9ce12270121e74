#include "compare/compare_parts.h"

#include <QHBoxLayout>
#include <QItemSelectionModel>
#include <QKeyEvent>
#include <QPushButton>
#include <QSettings>
#include <algorithm>

#include "compare/compare_bars.h"
#include "compare/compare_tables.h"
#include "compare/compare_words.h"
#include "compare/table_card.h"
#include "plots/samples_plot.h"

namespace condenser {
namespace {

constexpr int kGap = 12;
constexpr double kLeft = 0.44;   // of the width: figures need less of it than networks
constexpr double kAbove = 0.44;  // of the height: tables need more of it than plots
constexpr QSize kLeast(480, 320);
// Each place shows its first thing until the other one is asked for.
constexpr const char* kSpeedupsKey = "compare/speedups";
constexpr const char* kWaterfallKey = "compare/waterfall";
constexpr const char* kScalingKey = "compare/scaling";
constexpr const char* kResultsKey = "compare/results";
constexpr const char* kByThreadsKey = "compare/byThreads";

}  // namespace

CompareParts::CompareParts(QSettings& settings, QWidget* parent)
    : QWidget(parent),
      m_settings(settings),
      m_samples(new SamplesPlot),
      m_speedups(new SpeedupPlot),
      m_layers(new LayerBarsPlot),
      m_waterfall(new WaterfallPlot),
      m_scaling(new ScalingPlot),
      m_numbers(new TableCard(tr("In figures"), QStringLiteral("figures"), false)),
      m_networks(new TableCard(tr("Other networks, 224×224"), QStringLiteral("networks"), false)),
      m_results(new TableCard(tr("Earlier results"), QStringLiteral("results"), true)),
      m_plots{m_samples, m_speedups, m_layers, m_waterfall, m_scaling},
      m_tables{m_numbers, m_networks, m_results},
      m_places{{{m_samples, m_speedups, kSpeedupsKey},
                {m_layers, m_waterfall, kWaterfallKey},
                {m_numbers, m_scaling, kScalingKey},
                {m_networks, m_results, kResultsKey}}} {
    m_samples->setObjectName(QStringLiteral("samplesPlot"));
    m_speedups->setObjectName(QStringLiteral("speedupsPlot"));
    m_layers->setObjectName(QStringLiteral("layersPlot"));
    m_waterfall->setObjectName(QStringLiteral("waterfallPlot"));
    m_scaling->setObjectName(QStringLiteral("scalingPlot"));
    m_samples->setHint(tr("Each timed call appears here as a point."));
    m_layers->setHint(tr("What each layer takes, in both forms."));
    m_waterfall->setHint(tr("From the dense time to the condensed one."));
    m_scaling->setHint(tr("“Measure” times both forms with several batches and threads.\nIt takes a minute or more."));
    m_networks->setCaption(
        tr("Published: seconds on an ARM processor that the CondenseNet paper (CVPR 2018, table 5) does not name. "
           "Measuring here takes about a minute."));
    addSwitches();

    setMinimumSize(kLeast);
    for (PlotCard* plot : m_plots) {
        plot->setParent(this);
        connect(plot, &PlotCard::exported, this, &CompareParts::exported);
        connect(plot, &PlotCard::exportFailed, this, &CompareParts::exportFailed);
    }
    for (TableCard* card : m_tables) {
        card->setParent(this);
        connect(card, &TableCard::exported, this, &CompareParts::exported);
        connect(card, &TableCard::exportFailed, this, &CompareParts::exportFailed);
    }
    connect(m_results->table().selectionModel(), &QItemSelectionModel::selectionChanged, this,
            &CompareParts::chooseResults);
    m_results->table().installEventFilter(this);
    m_networks->table().set(networksTable(nullptr));
    setKept({}, 0);
    show(nullptr);
    showChosen();
}

void CompareParts::addSwitches() {
    auto* toSpeedups = addHeaderChip(*m_samples->header(), "showSpeedups", tr("over time"),
                                     tr("Show the speed-up of this model over time"));
    auto* toSamples =
        addHeaderChip(*m_speedups->header(), "showSamples", tr("call by call"), tr("Show the latency, call by call"));
    auto* toWaterfall = addHeaderChip(*m_layers->header(), "showWaterfall", tr("where the gain went"),
                                      tr("Show where the gain went, from the dense time to the condensed one"));
    auto* toLayers =
        addHeaderChip(*m_waterfall->header(), "showLayers", tr("by layer"), tr("Show the time of each layer"));
    auto* toScaling = addHeaderChip(*m_numbers->header(), "showScaling", tr("threads and batch"),
                                    tr("Show images a second by threads and batch"));
    m_scalingBy = addHeaderChip(*m_scaling->header(), "scalingBy", {}, {});
    m_sweep = addHeaderChip(*m_scaling->header(), "sweepButton", tr("Measure"), tr("Measure threads and batch"));
    auto* toNumbers = addHeaderChip(*m_scaling->header(), "showNumbers", tr("figures"), tr("Show the figures"));
    m_measureNetworks = addHeaderChip(*m_networks->header(), "networksButton", tr("Measure"),
                                      tr("Measure the other networks, about a minute"));
    auto* toResults = addHeaderChip(*m_networks->header(), "showResults", tr("earlier results"),
                                    tr("Show earlier results of this program"));
    m_remove = addHeaderChip(*m_results->header(), "removeResult", tr("Remove"), tr("Remove the chosen result"));
    auto* toNetworks =
        addHeaderChip(*m_results->header(), "showNetworks", tr("other networks"), tr("Show other networks"));
    const auto swap = [this](QPushButton* from, QPushButton* to, const char* key) {
        connect(from, &QPushButton::clicked, this, [this, to, key] {
            choose(key, true);
            to->setFocus();
        });
        connect(to, &QPushButton::clicked, this, [this, from, key] {
            choose(key, false);
            from->setFocus();
        });
    };
    swap(toSpeedups, toSamples, kSpeedupsKey);
    swap(toWaterfall, toLayers, kWaterfallKey);
    swap(toScaling, toNumbers, kScalingKey);
    swap(toResults, toNetworks, kResultsKey);
    connect(m_scalingBy, &QPushButton::clicked, this, [this] {
        choose(kByThreadsKey, !m_settings.value(kByThreadsKey).toBool());
        showScaling();
    });
    connect(m_sweep, &QPushButton::clicked, this, &CompareParts::sweepWanted);
    connect(m_measureNetworks, &QPushButton::clicked, this, &CompareParts::networksWanted);
    connect(m_remove, &QPushButton::clicked, this, [this] {
        if (const auto chosen = selected(); chosen.size() == 1) emit removalWanted(chosen.front()->id);
    });
    showScaling();
}

void CompareParts::choose(const char* key, bool second) {
    m_settings.setValue(key, second);
    showChosen();
}

void CompareParts::showChosen() {
    for (const Place& place : m_places) {
        const bool chosen = m_settings.value(place.key).toBool();
        (chosen ? place.first : place.second)->hide();
        (chosen ? place.second : place.first)->show();
    }
}

// Always the same shares, whatever the parts would like: no part may push another out of the window.
void CompareParts::resizeEvent(QResizeEvent* event) {
    QWidget::resizeEvent(event);
    const int left = static_cast<int>((width() - kGap) * kLeft), above = static_cast<int>((height() - kGap) * kAbove);
    for (std::size_t i = 0; i < m_places.size(); ++i) {
        const bool right = i % 2 != 0, below = i / 2 != 0;
        const QPoint at(right ? left + kGap : 0, below ? above + kGap : 0);
        const QSize size(right ? width() - at.x() : left, below ? height() - at.y() : above);
        for (QWidget* part : {m_places[i].first, m_places[i].second}) part->setGeometry(QRect(at, size));
    }
}

void CompareParts::setTheme(const Theme& theme) {
    for (PlotCard* plot : m_plots) plot->setTheme(theme);
    for (TableCard* card : m_tables) card->setTheme(theme);
}

// ---- what was measured ----------------------------------------------------------------------------------------------

void CompareParts::show(const Comparison* comparison) {
    m_numbers->table().set(numbersTable(comparison));
    if (comparison == nullptr || comparison->bench.rows.size() < 2) {
        m_samples->clear();
        m_layers->show(std::vector<LayerBar>());
        m_waterfall->show(std::vector<WaterfallBar>());
        return;
    }
    m_samples->show(comparison->dense().samplesMs, comparison->condensed().samplesMs);
    m_layers->show(layerBars(*comparison));
    m_waterfall->show(waterfallBars(*comparison));
}

void CompareParts::addSamples(int form, const std::vector<double>& ms) {
    m_samples->add(static_cast<std::size_t>(form), ms);
}

void CompareParts::showSweep(const BenchReport& report) {
    m_sweepReport = report;
    showScaling();
}

void CompareParts::showScaling() {
    const bool byThreads = m_settings.value(kByThreadsKey).toBool();
    m_scalingBy->setText(byThreads ? tr("by threads") : tr("by batch"));
    m_scalingBy->setAccessibleName(byThreads ? tr("Drawn by threads; draw by batch")
                                             : tr("Drawn by batch; draw by threads"));
    m_scalingBy->setToolTip(m_scalingBy->accessibleName());
    m_scaling->show(scalingLines(m_sweepReport, byThreads ? ScalingBy::kThreads : ScalingBy::kBatch),
                    byThreads ? tr("threads") : tr("batch"));
}

void CompareParts::showNetworks(const BenchReport& report) {
    m_networks->table().set(networksTable(&report));
    m_networks->setCaption(tr("Here: median, batch 1, %1, %2. Published: seconds on an ARM processor that the "
                              "CondenseNet paper (CVPR 2018, table 5) does not name.")
                               .arg(threadsWords(report.threads), QString::fromStdString(report.isa)));
}

void CompareParts::setPossible(bool sweep, bool networks, bool removal, const QString& why) {
    m_sweep->setEnabled(sweep);
    m_sweep->setToolTip(sweep ? m_sweep->accessibleName() : why);
    m_measureNetworks->setEnabled(networks);
    m_measureNetworks->setToolTip(networks ? m_measureNetworks->accessibleName() : why);
    m_remove->setEnabled(removal);
}

// ---- earlier results ------------------------------------------------------------------------------------------------

void CompareParts::setKept(const std::vector<StoredComparison>& kept, qint64 shown) {
    m_selecting = true;
    TextTableView& table = m_results->table();
    m_kept = kept;
    table.clearSelection();
    table.set(resultsTable(kept));
    for (std::size_t row = 0; row < kept.size(); ++row) {
        if (kept[row].id == shown && shown != 0) table.selectRow(static_cast<int>(row));
    }
    m_selecting = false;
    captionResults();
}

void CompareParts::showHistory(const std::string& model) {
    const SpeedupHistory history = speedupHistory(m_kept, model);
    m_speedups->setCaption(history.caption);
    m_speedups->show(history.points);
}

void CompareParts::captionResults() {
    const auto chosen = selected();
    m_results->setCaption(chosen.size() == 2 ? comparedWords(*chosen[0], *chosen[1])
                          : m_kept.empty()   ? tr("Every measurement is kept here. There is none yet.")
                                             : tr("Choose one to see it again, two (Ctrl) to compare them."));
}

std::vector<const StoredComparison*> CompareParts::selected() const {
    std::vector<const StoredComparison*> chosen;
    for (const QModelIndex& index : m_results->table().selectionModel()->selectedRows()) {
        const auto row = static_cast<std::size_t>(index.row());
        if (row < m_kept.size()) chosen.push_back(&m_kept[row]);
    }
    std::sort(chosen.begin(), chosen.end());  // as they stand in the list
    return chosen;
}

void CompareParts::chooseResults() {
    if (m_selecting) return;
    const auto chosen = selected();
    if (chosen.size() == 1) emit resultChosen(chosen.front()->id);
    captionResults();
}

bool CompareParts::eventFilter(QObject* watched, QEvent* event) {
    if (event->type() == QEvent::KeyPress && static_cast<QKeyEvent*>(event)->key() == Qt::Key_Delete) {
        if (m_remove->isEnabled()) m_remove->click();
        return true;
    }
    return QWidget::eventFilter(watched, event);
}

// ---- taking it out --------------------------------------------------------------------------------------------------

std::vector<CompareParts::Part> CompareParts::exhibits() const {
    std::vector<Part> parts;
    for (const PlotCard* plot : m_plots) {
        if (!plot->isHidden()) parts.push_back({plot->geometry(), plot->exhibit()});
    }
    for (const TableCard* card : m_tables) {
        if (!card->isHidden()) parts.push_back({card->geometry(), card->exhibit()});
    }
    return parts;
}

}  // namespace condenser
