#include "connections/index_panel.h"

#include <QButtonGroup>
#include <QContextMenuEvent>
#include <QHBoxLayout>
#include <QLabel>
#include <QMenu>
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
#include "look/elided_label.h"
#include "look/format.h"
#include "look/look.h"
#include "plots/exhibit_menu.h"

namespace condenser {
namespace {

std::size_t at(int number) {
    return static_cast<std::size_t>(number);
}

}  // namespace

IndexPanel::IndexPanel(ConnectionsState& state, QWidget* parent)
    : DetailPanel(state, parent),
      m_where(new QLabel),
      m_sentence(new QLabel),
      m_histogram(new SmallHistogram(QStringLiteral("copiesHistogram"), tr("To how many groups features are copied"))),
      m_lists(new QWidget),
      m_positions(new QPushButton(tr("Positions"))),
      m_features(new QPushButton(tr("Features"))),
      m_table(new DetailTable(QStringLiteral("indexTable"), tr("Index layer"))) {
    setObjectName(QStringLiteral("indexPanel"));
    auto* title = new ElidedLabel(tr("Index layer"));
    setLook(title, "strong");
    m_where->setObjectName(QStringLiteral("indexWhere"));
    setLook(m_where, "tone", "muted");
    m_sentence->setObjectName(QStringLiteral("indexSentence"));
    m_sentence->setWordWrap(true);
    m_sentence->setMinimumWidth(1);
    m_sentence->setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_sentence->setToolTip(
        tr("Condensed, a layer first gathers the features that each group reads, group after group; a standard group "
           "convolution follows. Positions and features (f) are counted from 0, as in the files, groups from 1."));
    setLook(m_sentence, "tone", "muted");
    m_positions->setObjectName(QStringLiteral("indexPositions"));
    m_positions->setToolTip(tr("What each position of the index layer reads"));
    m_features->setObjectName(QStringLiteral("indexFeatures"));
    m_features->setToolTip(tr("To which groups each feature is copied"));
    auto* choice = new QButtonGroup(this);
    auto* segment = new QHBoxLayout(m_lists);
    segment->setContentsMargins(0, 0, 0, 0);
    segment->setSpacing(4);
    for (QPushButton* button : {m_positions, m_features}) {
        setLook(button, "role", "chip");
        button->setCheckable(true);
        choice->addButton(button);
        segment->addWidget(button);
        connect(button, &QPushButton::toggled, this, [this](bool on) {
            if (on) showRows();
        });
    }
    segment->addStretch(1);
    m_positions->setChecked(true);

    auto* head = new QHBoxLayout;
    head->setSpacing(8);
    head->addWidget(title, 1);
    head->addWidget(m_where);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(4);
    layout->addLayout(head);
    layout->addWidget(m_sentence);
    layout->addWidget(m_histogram);
    layout->addWidget(m_lists);
    layout->addWidget(m_table, 1);
    layout->addStretch(0);

    m_menu = new ExhibitMenu(this, [this] {
        return m_histogram->exhibit(QStringLiteral("index-copies"), tr("groups that read it"), tr("features"));
    });
    connect(m_table, &DetailTable::menuWanted, this, [this](QMenu& menu) {
        menu.addSeparator();
        m_menu->addTo(menu);
    });
    connect(m_table, &DetailTable::followed, this, [this](int row) {
        const int channel = m_listed[at(row)];
        const int maker = this->state().source()->layout.sourceOf(channel);
        this->state().setTrace({.what = Trace::What::kReadBy, .source = maker, .channel = channel});
    });
}

void IndexPanel::setTheme(const Theme& theme) {
    m_histogram->setTheme(theme);
    m_table->setTheme(theme);
}

void IndexPanel::refresh() {
    const ConnectionsSourcePtr& source = state().source();
    const ConnectionsRecordPtr& record = state().record();
    const bool there = source != nullptr && record != nullptr;
    m_layer = there && state().place().level != MapLevel::kNetwork ? state().place().layer : -1;
    m_index.clear();
    m_copies.clear();
    if (m_layer >= 0) {
        const ConnectionsLayer& layer = source->layers[at(m_layer)];
        const std::vector<std::uint8_t>& mask = record->layers[at(m_layer)].mask;
        m_copies.resize(at(layer.inputs));
        for (int group = 0; group < layer.groups; ++group) {
            for (int channel = 0; channel < layer.inputs; ++channel) {
                if (mask[placeOf(layer, group, channel)] == 0) continue;
                m_index.emplace_back(group, channel);
                m_copies[at(channel)].push_back(group);
            }
        }
    }
    m_where->setText(m_layer < 0 ? QString() : tr("layer %1").arg(layerWords(source->layout, m_layer)));
    m_sentence->setText(!there ? tr("Nothing has been recorded yet.")
                        : m_layer < 0
                            ? tr("Choose a layer in the list or in the map: each has an index layer of its own.")
                            : sentence());
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
    return QString(words).replace(QChar(QChar::Nbsp), u' ');
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
        m_histogram->setAxis({}, tr("groups that read a feature"), {});
    }
    m_histogram->setBars(std::move(bars));
}

void IndexPanel::showRows() {
    m_listed.clear();
    if (m_layer < 0 || state().source() == nullptr) return m_table->setRows({});
    if (m_positions->isChecked()) {
        showPositions();
    } else {
        showFeatures();
    }
}

void IndexPanel::showPositions() {
    const ConnectionsSourcePtr source = state().source();
    const auto index = std::make_shared<const std::vector<std::pair<int, int>>>(m_index);
    for (const auto& [group, channel] : *index) m_listed.push_back(channel);
    const auto group = [index](int row) { return (*index)[at(row)].first; };
    const auto channel = [index](int row) { return (*index)[at(row)].second; };
    DetailRows rows{.count = static_cast<int>(index->size()),
                    .key = [group, channel](int row) { return std::int64_t{group(row)} * 65536 + channel(row); }};
    rows.columns.push_back({.head = tr("position"),
                            .tip = tr("position in the index layer, counted from 0"),
                            .widest = QStringLiteral("0000"),
                            .text = [](int row) { return QString::number(row); },
                            .value = [](int row) { return static_cast<double>(row); }});
    rows.columns.push_back(groupColumn(tr("group that the position belongs to"), group));
    rows.columns.push_back(featureColumn(source, tr("reads"), channel));
    rows.columns.push_back(
        makerColumn(source, [source, channel](int row) { return source->layout.sourceOf(channel(row)); }));
    m_table->setRows(std::move(rows));
}

// Most copied first.
void IndexPanel::showFeatures() {
    const ConnectionsSourcePtr source = state().source();
    m_listed.resize(m_copies.size());
    std::iota(m_listed.begin(), m_listed.end(), 0);
    std::ranges::stable_sort(m_listed, std::ranges::greater(),
                             [this](int channel) { return m_copies[at(channel)].size(); });
    const auto order = std::make_shared<const std::vector<int>>(m_listed);
    const auto copies = std::make_shared<const std::vector<std::vector<int>>>(m_copies);
    const auto channel = [order](int row) { return (*order)[at(row)]; };
    const auto readers = [copies, channel](int row) -> const std::vector<int>& { return (*copies)[at(channel(row))]; };
    const auto words = [readers](int row) {
        std::vector<int> numbers;
        for (const int group : readers(row)) numbers.push_back(group + 1);
        return numbers.empty() ? tr("none") : numbersWords(numbers);
    };
    DetailRows rows{.count = static_cast<int>(order->size()),
                    .key = [channel](int row) { return std::int64_t{channel(row)}; }};
    rows.columns.push_back(featureColumn(source, tr("feature"), channel));
    rows.columns.push_back(
        makerColumn(source, [source, channel](int row) { return source->layout.sourceOf(channel(row)); }));
    const int groups = source->layers[at(m_layer)].groups;
    rows.columns.push_back(
        {.head = tr("copied to"),
         .tip = tr("groups that read it"),
         .widest = QStringLiteral("1, 3 and 4"),
         .text = words,
         .value = [readers](int row) { return static_cast<double>(readers(row).size()); },
         .bar = [readers, groups](int row) { return static_cast<double>(readers(row).size()) / groups; }});
    m_table->setRows(std::move(rows));
}

void IndexPanel::contextMenuEvent(QContextMenuEvent* event) {
    if (m_layer < 0) return;
    auto* menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    m_menu->addTo(*menu);
    menu->popup(event->globalPos());
}

}  // namespace condenser
