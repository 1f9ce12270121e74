#include "connections/next_to_go_panel.h"

#include <QContextMenuEvent>
#include <QHBoxLayout>
#include <QLabel>
#include <QMenu>
#include <QPushButton>
#include <QVBoxLayout>
#include <algorithm>
#include <array>
#include <memory>

#include "connections/detail_columns.h"
#include "connections/detail_table.h"
#include "connections/next_to_go.h"
#include "connections/small_histogram.h"
#include "connections/trace_words.h"
#include "look/elided_label.h"
#include "look/format.h"
#include "look/look.h"
#include "plots/exhibit_menu.h"

namespace condenser {
namespace {

constexpr int kBins = 10;

std::size_t at(int number) {
    return static_cast<std::size_t>(number);
}

QString percent(double share) {
    return QString::number(share * 100, 'f', share < 0.1 ? 1 : 0) + QChar(0x202f) + u'%';
}

}  // namespace

NextToGoPanel::NextToGoPanel(ConnectionsState& state, QWidget* parent)
    : DetailPanel(state, parent),
      m_where(new QLabel),
      m_sentence(new QLabel),
      m_histogram(new SmallHistogram(QStringLiteral("marginHistogram"), tr("How close the calls are"))),
      m_mark(new QPushButton(tr("Mark them in the map"))),
      m_table(new DetailTable(QStringLiteral("nextToGoTable"), tr("Inputs that the next condensing step would take"))) {
    setObjectName(QStringLiteral("nextToGoPanel"));
    auto* title = new ElidedLabel(tr("Next to go"));
    setLook(title, "strong");
    m_where->setObjectName(QStringLiteral("nextToGoWhere"));
    setLook(m_where, "tone", "muted");
    m_sentence->setObjectName(QStringLiteral("nextToGoSentence"));
    m_sentence->setWordWrap(true);
    m_sentence->setMinimumWidth(1);
    m_sentence->setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_sentence->setToolTip(tr(
        "Each group drops the inputs whose sum of |w| over its filters is least. Margin: how far an input's sum lies "
        "below that of the weakest input that would stay, as a share of the latter."));
    setLook(m_sentence, "tone", "muted");
    m_histogram->setAxis(tr("a draw"), tr("margin"), tr("certain"));
    m_mark->setObjectName(QStringLiteral("markNextToGo"));
    m_mark->setCheckable(true);
    setLook(m_mark, "role", "chip");

    auto* head = new QHBoxLayout;
    head->setSpacing(8);
    head->addWidget(title, 1);
    head->addWidget(m_where);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(4);
    layout->addLayout(head);
    layout->addWidget(m_sentence);
    for (std::size_t i = 0; i < kMostWays; ++i) {
        auto* way = new QPushButton;
        way->setObjectName(QStringLiteral("momentBefore%1").arg(i + 1));
        way->setAccessibleName(tr("Show moment %1 before a condensing step").arg(i + 1));
        setLook(way, "role", "link");
        connect(way, &QPushButton::clicked, this, [this, i] { this->state().setMoment(m_moments[i]); });
        layout->addWidget(way, 0, Qt::AlignLeft);
        m_ways[i] = way;
    }
    layout->addWidget(m_histogram);
    layout->addWidget(m_mark, 0, Qt::AlignLeft);
    layout->addWidget(m_table, 1);
    // Keeps what there is at the top while there is no table.
    layout->addStretch(0);

    m_menu = new ExhibitMenu(
        this, [this] { return m_histogram->exhibit(QStringLiteral("next-to-go"), tr("margin"), tr("connections")); });
    connect(m_mark, &QPushButton::clicked, this, [this](bool on) { this->state().setShowsNextToGo(on); });
    connect(&state, &ConnectionsState::nextToGoChanged, this,
            [this] { m_mark->setChecked(this->state().showsNextToGo()); });
    m_mark->setChecked(state.showsNextToGo());
    connect(m_table, &DetailTable::menuWanted, this, [this](QMenu& menu) {
        menu.addSeparator();
        m_menu->addTo(menu);
    });
    connect(m_table, &DetailTable::followed, this, [this](int row) {
        const Candidate& going = m_going[at(row)];
        const int maker = this->state().source()->layout.sourceOf(going.channel);
        this->state().setTrace({.what = Trace::What::kReadBy, .source = maker, .channel = going.channel});
    });
}

void NextToGoPanel::setTheme(const Theme& theme) {
    m_histogram->setTheme(theme);
    m_table->setTheme(theme);
}

void NextToGoPanel::collect() {
    m_going.clear();
    const ConnectionsSourcePtr& source = state().source();
    const ConnectionsRecordPtr& record = state().record();
    if (source == nullptr || record == nullptr) return;
    const MapPlace& place = state().place();
    const bool all = place.level == MapLevel::kNetwork;
    const int first = all ? 0 : place.layer, last = all ? source->layout.layers() : place.layer + 1;
    for (int layer = first; layer < last; ++layer) {
        const auto groups = nextToGo(source->layers[at(layer)], record->layers[at(layer)], record->key.stage,
                                     source->spec.condenseFactor);
        for (std::size_t group = 0; group < groups.size(); ++group) {
            for (const NextToGo& next : groups[group])
                m_going.push_back({layer, static_cast<int>(group), next.channel, next.margin});
        }
    }
}

void NextToGoPanel::refresh() {
    collect();
    const ConnectionsSourcePtr& source = state().source();
    const bool there = source != nullptr && state().record() != nullptr;
    const MapPlace& place = state().place();
    m_where->setText(!there                              ? QString()
                     : place.level == MapLevel::kNetwork ? tr("all layers")
                                                         : tr("layer %1").arg(layerWords(source->layout, place.layer)));
    m_sentence->setText(there ? sentence() : tr("Nothing has been recorded yet."));
    const bool some = !m_going.empty();
    m_histogram->setVisible(some);
    m_mark->setVisible(some);
    m_table->setVisible(some);
    std::vector<SmallHistogram::Bar> bars(kBins);
    for (const Candidate& going : m_going)
        ++bars[std::min(at(kBins) - 1, static_cast<std::size_t>(going.margin * kBins))].count;
    for (int i = 0; i < kBins; ++i) {
        bars[at(i)].words = tr("margin %1 to %2 %: %3")
                                .arg(i * 100 / kBins)
                                .arg((i + 1) * 100 / kBins)
                                .arg(formatPlural(bars[at(i)].count, tr("connection"), tr("connections")));
    }
    m_histogram->setBars(std::move(bars));
    showRows();
    showWays();
}

void NextToGoPanel::showWays() {
    const ConnectionsSourcePtr& source = state().source();
    const ConnectionsRecordPtr& record = state().record();
    std::vector<int> before;
    if (source != nullptr && record != nullptr && record->key.stage >= source->spec.condenseFactor - 1) {
        for (int moment = 0; moment < source->count(); ++moment) {
            if (source->moments[at(moment)].moment == ConnectionsMoment::kBeforeStep) before.push_back(moment);
        }
    }
    const std::size_t skipped = before.size() - std::min(before.size(), kMostWays);
    for (std::size_t i = 0; i < kMostWays; ++i) {
        m_ways[i]->setVisible(skipped + i < before.size());
        if (skipped + i >= before.size()) continue;
        m_moments[i] = before[skipped + i];
        m_ways[i]->setText(source->wordsOf(m_moments[i]));
        m_ways[i]->setAccessibleName(tr("Show the moment %1").arg(source->wordsOf(m_moments[i])));
    }
}

QString NextToGoPanel::sentence() const {
    const ConnectionsSource& source = *state().source();
    const int done = state().record()->key.stage, steps = source.spec.condenseFactor - 1;
    if (done >= steps)
        return tr("All condensing steps are done. What was next can be seen at the moments before them.");
    QString step = tr("Step %1").arg(done + 1);
    if (done < static_cast<int>(source.condensing.size())) {
        const CondensingStep& next = source.condensing[at(done)];
        step = tr("Step %1, at epoch %2, takes %3 of what is left")
                   .arg(next.stage)
                   .arg(next.epoch, 0, 'f', 1)
                   .arg(removedShares(source.condensing).at(done));
    } else {
        step = tr("Step %1 takes 1/%2 of what is left").arg(done + 1).arg(steps + 1 - done);
    }
    if (m_going.empty()) return step + QStringLiteral(". ") + tr("None would go from here.");
    const auto close = std::ranges::count_if(m_going, [](const Candidate& going) { return going.margin < kCloseCall; });
    const QString many = formatPlural(static_cast<std::int64_t>(m_going.size()), tr("connection"), tr("connections"));
    return tr("%1: now %2, %3 of them close calls (margin below %4).")
        .arg(step, QString(many).replace(QChar(QChar::Nbsp), u' '), close == 0 ? tr("none") : formatCount(close),
             percent(kCloseCall));
}

void NextToGoPanel::showRows() {
    const ConnectionsSourcePtr source = state().source();
    if (source == nullptr || m_going.empty()) return m_table->setRows({});
    const auto rows = std::make_shared<const std::vector<Candidate>>(m_going);
    const auto going = [rows](int row) -> const Candidate& { return (*rows)[at(row)]; };
    const auto channel = [going](int row) { return going(row).channel; };
    const auto group = [going](int row) { return going(row).group; };
    DetailRows table{.count = static_cast<int>(rows->size()), .key = [going](int row) {
                         return (std::int64_t{going(row).layer} * 4096 + going(row).group) * 65536 + going(row).channel;
                     }};
    DetailColumn reader = groupColumn(tr("group that would drop it"), group);
    if (state().place().level == MapLevel::kNetwork) {  // there is no room for a column of layers
        reader.tip = tr("layer and group that would drop it");
        reader.widest = widestLayer(source->layout) + QStringLiteral(" · 0");
        reader.text = [going, source](int row) {
            return tr("%1 · %2").arg(layerWords(source->layout, going(row).layer)).arg(going(row).group + 1);
        };
        reader.value = [going](int row) { return going(row).layer * 4096.0 + going(row).group; };
    }
    table.columns.push_back(std::move(reader));
    table.columns.push_back(featureColumn(source, tr("input"), channel));
    table.columns.push_back(
        makerColumn(source, [source, channel](int row) { return source->layout.sourceOf(channel(row)); }));
    table.columns.push_back({.head = tr("margin"),
                             .tip = tr("margin to the weakest input that would stay"),
                             .widest = QStringLiteral("0.0 %"),
                             .number = true,
                             .text = [going](int row) { return percent(going(row).margin); },
                             .value = [going](int row) { return going(row).margin; }});
    m_table->setRows(std::move(table));
}

void NextToGoPanel::contextMenuEvent(QContextMenuEvent* event) {
    if (m_going.empty()) return;
    auto* menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    m_menu->addTo(*menu);
    menu->popup(event->globalPos());
}

}  // namespace condenser
