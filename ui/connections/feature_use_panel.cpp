#include "connections/feature_use_panel.h"

#include <QLabel>
#include <QPushButton>
#include <QVBoxLayout>
#include <algorithm>
#include <iterator>
#include <memory>

#include "connections/detail_columns.h"
#include "connections/detail_table.h"
#include "connections/traced_cells.h"
#include "look/format.h"
#include "network/summary.h"

namespace condenser {

FeatureUsePanel::FeatureUsePanel(ConnectionsState& state, QWidget* parent)
    : DetailPanel(state, parent),
      m_dead(makeChip("deadFeatures", tr("Dead"), tr("Features that no later layer reads"))),
      m_table(new DetailTable(QStringLiteral("featureTable"), tr("Features by their use"))) {
    auto* column = makeColumn();
    column->addWidget(makeTitle(tr("Features")));
    column->addWidget(makeSentence(
        "featureSentence", tr("Dead: some later layer could read the feature, and none does any more. What the last "
                              "layer makes is read by the classifier alone, and never counts as dead.")));
    column->addWidget(makeChoice(
        {makeChip("popularFeatures", tr("Popular"), tr("All features, those first that most groups read")), m_dead},
        [this] { showRows(); }));
    column->addWidget(m_table, 1);
    connect(m_table, &DetailTable::followed, this, [this](int row) {
        const int channel = m_listed[static_cast<std::size_t>(row)].channel;
        this->state().setTrace(traceOfChannel(*this->state().source(), channel));
    });
}

void FeatureUsePanel::setTheme(const Theme& theme) {
    m_table->setTheme(theme);
}

void FeatureUsePanel::refresh() {
    const ConnectionsSourcePtr& source = state().source();
    const ConnectionsRecordPtr& record = state().record();
    m_uses = isRecorded() ? featureUse(source->layout, source->layers, *record) : std::vector<FeatureUse>();
    say(isRecorded() ? sentence() : QString());
    showRows();
}

QString FeatureUsePanel::sentence() const {
    const ConnectionsSource& source = *state().source();
    const NetworkSpec& spec = source.spec;
    const auto readable = std::ranges::count_if(m_uses, [](const FeatureUse& use) { return use.possible > 0; });
    const DeadSaving saving = savingOf(spec, source.layout, source.layers, *state().record(), m_uses);
    const QString counted = formatPlural(readable, tr("feature"), tr("features"));
    if (saving.channels == 0)
        return tr("Each of the %1 that later layers can read is read by at least one of them.").arg(counted);
    // What the network computes: all connections while it trains, those of its index layers at the end.
    const bool condensed = state().record()->key.stage >= spec.condenseFactor - 1;
    const NetworkSummary all = summarize(spec, condensed ? CountingMode::kCondensed : CountingMode::kDense);
    const auto share = [](std::int64_t part, std::int64_t whole) {
        return formatShare(whole > 0 ? static_cast<double>(part) / static_cast<double>(whole) : 0);
    };
    const QString words = source.layout.firstClassified() == 0
                              ? tr("%1 of %2 are read by no later layer, only by the classifier.")
                              : tr("%1 of %2 are read by no later layer, at most by the classifier, which reads the "
                                   "last block alone.");
    return (words + u' ' + tr("Without them the %3 network would save %4 multiply-adds (%5) and %6 parameters (%7)."))
        .arg(formatCount(saving.channels), counted, condensed ? tr("condensed") : tr("dense"),
             formatAmount(static_cast<double>(saving.macs)), share(saving.macs, all.macs), formatCount(saving.params),
             share(saving.params, all.params));
}

void FeatureUsePanel::showRows() {
    m_listed.clear();
    m_dead->setText(m_uses.empty()
                        ? tr("Dead")
                        : tr("Dead (%1)").arg(formatCount(std::ranges::count_if(m_uses, &FeatureUse::isDead))));
    if (m_uses.empty()) return m_table->setRows({});
    const ConnectionsSourcePtr& source = state().source();
    const bool dead = m_dead->isChecked();
    std::ranges::copy_if(m_uses, std::back_inserter(m_listed),
                         [dead](const FeatureUse& use) { return dead ? use.isDead() : use.possible > 0; });
    if (!dead) {
        std::ranges::stable_sort(m_listed, [](const FeatureUse& a, const FeatureUse& b) {
            return a.readers != b.readers ? a.readers > b.readers : a.weight > b.weight;
        });
    }
    const auto listed = std::make_shared<const std::vector<FeatureUse>>(m_listed);
    const auto use = [listed](int row) -> const FeatureUse& { return (*listed)[static_cast<std::size_t>(row)]; };
    const auto channel = [use](int row) { return use(row).channel; };
    m_table->setRows(
        {.count = static_cast<int>(listed->size()),
         .columns = {featureColumn(source, tr("feature"), channel),
                     makerOfChannelColumn(source, channel),
                     partColumn(
                         tr("read by"), tr("groups of later layers that read it, of those that could"),
                         std::ranges::max(m_uses, {}, &FeatureUse::possible).possible,
                         [use](int row) { return use(row).readers; }, [use](int row) { return use(row).possible; }),
                     {.head = tr("sum"),
                      .tip = tr("sum of mean |w| over the groups that read it"),
                      .widest = QStringLiteral("00.00"),
                      .number = true,
                      .text = [use](int row) { return QString::number(use(row).weight, 'f', 2); },
                      .value = [use](int row) { return use(row).weight; }}},
         .key = channel});
}

}  // namespace condenser
