#include "connections/index_panel.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QVBoxLayout>
#include <algorithm>
#include <memory>
#include <numeric>

#include "connections/detail_columns.h"
#include "connections/detail_table.h"
#include "connections/feature_reuse.h"
#include "connections/small_histogram.h"
#include "connections/trace_words.h"
#include "connections/traced_cells.h"
#include "look/format.h"
#include "look/look.h"

namespace condenser {
namespace {

std::size_t at(int number) {
    return static_cast<std::size_t>(number);
}

}  // namespace

IndexPanel::IndexPanel(ConnectionsState& state, QWidget* parent)
    : DetailPanel(state, parent),
      m_where(new QLabel),
      m_histogram(new SmallHistogram(QStringLiteral("copiesHistogram"), tr("To how many groups features are copied"))),
      m_positions(makeChip("indexPositions", tr("Positions"), tr("What each position of the index layer reads"))),
      m_lists(makeChoice(
          {m_positions, makeChip("indexFeatures", tr("Features"), tr("To which groups each feature is copied"))},
          [this] { showRows(); })),
      m_table(new DetailTable(QStringLiteral("indexTable"), tr("Index layer"))) {
    m_where->setObjectName(QStringLiteral("indexWhere"));
    setLook(m_where, "tone", "muted");
    m_histogram->setAxis({}, tr("groups that read a feature"), {});

    auto* head = new QHBoxLayout;
    head->setSpacing(8);
    head->addWidget(makeTitle(tr("Index layer")), 1);
    head->addWidget(m_where);
    auto* column = makeColumn();
    column->addLayout(head);
    column->addWidget(makeSentence(
        "indexSentence",
        tr("Condensed, a layer first gathers the features that each group reads, group after group; a standard group "
           "convolution follows. Positions and features (f) are counted from 0, as in the files, groups from 1.")));
    column->addWidget(m_histogram);
    column->addWidget(m_lists);
    column->addWidget(m_table, 1);
    column->addStretch(0);

    offer(*m_table, *m_histogram, [this] {
        return m_histogram->exhibit(QStringLiteral("index-copies"), tr("groups that read it"), tr("features"));
    });
    connect(m_table, &DetailTable::followed, this,
            [this](int row) { this->state().setTrace(traceOfChannel(*this->state().source(), m_listed[at(row)])); });
}

void IndexPanel::setTheme(const Theme& theme) {
    m_histogram->setTheme(theme);
    m_table->setTheme(theme);
}

void IndexPanel::refresh() {
    const ConnectionsSourcePtr& source = state().source();
    const ConnectionsRecordPtr& record = state().record();
    m_layer = isRecorded() && state().place().level != MapLevel::kNetwork ? state().place().layer : -1;
    m_index.clear();
    m_copies.clear();
    if (m_layer >= 0) {
        const ConnectionsLayer& layer = source->layers[at(m_layer)];
        const std::vector<std::uint8_t>& mask = record->layers[at(m_layer)].mask;
        m_copies.resize(at(layer.inputs));
        for (int group = 0; group < layer.groups; ++group) {
            for (int input = 0; input < layer.inputs; ++input) {
                if (mask[placeOf(layer, group, input)] == 0) continue;
                m_index.emplace_back(group, input);
                m_copies[at(input)].push_back(group);
            }
        }
    }
    m_where->setText(m_layer < 0 ? QString() : tr("layer %1").arg(layerWords(source->layout, m_layer)));
    say(m_layer >= 0 ? sentence()
                     : tr("Choose a layer in the list or in the map: each has an index layer of its own."));
    for (QWidget* part : {static_cast<QWidget*>(m_histogram), m_lists, static_cast<QWidget*>(m_table)})
        part->setVisible(m_layer >= 0);
    showCopies();
    showRows();
}

QString IndexPanel::sentence() const {
    const ConnectionsSource& source = *state().source();
    const ConnectionsLayer& layer = source.layers[at(m_layer)];
    const std::vector<int> kept = keptPerGroup(layer, state().record()->layers[at(m_layer)]);
    const auto [least, most] = std::ranges::minmax(kept);
    const bool last = state().record()->key.stage >= source.spec.condenseFactor - 1;
    const QString each = least == most ? formatCount(most) : tr("%1 to %2").arg(formatCount(least), formatCount(most));
    const auto several = std::ranges::count_if(m_copies, [](const auto& groups) { return groups.size() > 1; });
    const auto none = std::ranges::count_if(m_copies, [](const auto& groups) { return groups.empty(); });
    const QString has = last ? tr("The index layer of %1 has %2, %3 for each of %4")
                             : tr("As it would be now, the index layer of %1 has %2, %3 for each of %4");
    const QString words =
        has.arg(layerWords(source.layout, m_layer),
                formatPlural(static_cast<std::int64_t>(m_index.size()), tr("position"), tr("positions")), each,
                formatPlural(layer.groups, tr("group"), tr("groups"))) +
        QStringLiteral("; ") +
        (several == 1 ? tr("%1 of %2 is copied to several groups, %3 to none.")
                      : tr("%1 of %2 are copied to several groups, %3 to none."))
            .arg(formatCount(several), formatPlural(layer.inputs, tr("feature"), tr("features")), formatCount(none));
    const int first = source.layout.firstChannel(m_layer);
    const QString counted = first > 0 ? tr(" In the files %1 is its input 0.").arg(featureWords(first)) : QString();
    return QString(words).replace(QChar(QChar::Nbsp), u' ') + counted;
}

void IndexPanel::showCopies() {
    std::vector<SmallHistogram::Bar> bars;
    if (m_layer >= 0) {
        const int groups = state().source()->layers[at(m_layer)].groups;
        bars.resize(at(groups) + 1);
        for (const auto& copies : m_copies) ++bars[copies.size()].count;
        for (int i = 0; i <= groups; ++i) {
            bars[at(i)].label = QString::number(i);
            bars[at(i)].words = tr("read by %1: %2")
                                    .arg(formatPlural(i, tr("group"), tr("groups")),
                                         formatPlural(bars[at(i)].count, tr("feature"), tr("features")));
        }
    }
    m_histogram->setBars(std::move(bars));
}

void IndexPanel::showRows() {
    m_listed.clear();
    if (m_layer < 0) return m_table->setRows({});
    m_table->setRows(m_positions->isChecked() ? positions() : features());
}

DetailRows IndexPanel::positions() {
    const ConnectionsSourcePtr source = state().source();
    const auto index = std::make_shared<const std::vector<std::pair<int, int>>>(m_index);
    const int first = source->layout.firstChannel(m_layer);
    for (const auto& [group, input] : *index) m_listed.push_back(first + input);
    const auto group = [index](int row) { return (*index)[at(row)].first; };
    const auto channel = [index, first](int row) { return first + (*index)[at(row)].second; };
    return {.count = static_cast<int>(index->size()),
            .columns = {{.head = tr("position"),
                         .tip = tr("position in the index layer, counted from 0"),
                         .widest = QStringLiteral("0000"),
                         .text = [](int row) { return QString::number(row); },
                         .value = [](int row) { return static_cast<double>(row); }},
                        groupColumn(tr("group that the position belongs to"), group),
                        featureColumn(source, tr("reads"), channel),
                        makerOfChannelColumn(source, channel)},
            .key = [group, channel](int row) { return std::int64_t{group(row)} * 65536 + channel(row); }};
}

DetailRows IndexPanel::features() {
    const ConnectionsSourcePtr source = state().source();
    m_listed.resize(m_copies.size());
    const int first = source->layout.firstChannel(m_layer);
    std::iota(m_listed.begin(), m_listed.end(), first);
    std::ranges::stable_sort(m_listed, std::ranges::greater(),
                             [&](int channel) { return m_copies[at(channel - first)].size(); });
    const auto order = std::make_shared<const std::vector<int>>(m_listed);
    const auto copies = std::make_shared<const std::vector<std::vector<int>>>(m_copies);
    const auto channel = [order](int row) { return (*order)[at(row)]; };
    const auto readers = [copies, channel, first](int row) -> const std::vector<int>& {
        return (*copies)[at(channel(row) - first)];
    };
    const auto words = [readers](int row) {
        std::vector<int> numbers;
        for (const int group : readers(row)) numbers.push_back(group + 1);
        return numbers.empty() ? tr("none") : numbersWords(numbers);
    };
    const auto count = [readers](int row) { return static_cast<double>(readers(row).size()); };
    const int groups = source->layers[at(m_layer)].groups;
    return {.count = static_cast<int>(order->size()),
            .columns = {featureColumn(source, tr("feature"), channel),
                        makerOfChannelColumn(source, channel),
                        {.head = tr("copied to"),
                         .tip = tr("groups that read it"),
                         .widest = QStringLiteral("1, 3 and 4"),
                         .text = words,
                         .value = count,
                         .bar = [count, groups](int row) { return count(row) / groups; }}},
            .key = channel};
}

}  // namespace condenser
