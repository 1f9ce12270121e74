#include "connections/next_to_go_panel.h"

#include <QHBoxLayout>
#include <QLabel>
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
#include "connections/traced_cells.h"
#include "look/format.h"
#include "look/look.h"

namespace condenser {
namespace {

constexpr int kBins = 10;
constexpr double kCloseCall = 0.1;  // of a margin: below, it may as well be another one

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
      m_histogram(new SmallHistogram(QStringLiteral("marginHistogram"), tr("How close the calls are"))),
      m_mark(makeChip("markNextToGo", tr("Mark them in the map"), {})),
      m_table(new DetailTable(QStringLiteral("nextToGoTable"), tr("Inputs that the next condensing step would take"))) {
    m_where->setObjectName(QStringLiteral("nextToGoWhere"));
    setLook(m_where, "tone", "muted");
    m_histogram->setAxis(tr("a draw"), tr("margin"), tr("certain"));

    auto* head = new QHBoxLayout;
    head->setSpacing(8);
    head->addWidget(makeTitle(tr("Next to go")), 1);
    head->addWidget(m_where);
    auto* column = makeColumn();
    column->addLayout(head);
    column->addWidget(makeSentence(
        "nextToGoSentence", tr("Each group drops the inputs whose sum of |w| over its filters is least. Margin: how "
                               "far an input's sum lies below that of the weakest input that would stay, as a share "
                               "of the latter.")));
    for (std::size_t i = 0; i < kMostWays; ++i) {
        auto* way = new QPushButton;
        way->setObjectName(QStringLiteral("momentBefore%1").arg(i + 1));
        way->setAccessibleName(tr("Show moment %1 before a condensing step").arg(i + 1));
        setLook(way, "role", "link");
        connect(way, &QPushButton::clicked, this, [this, i] { this->state().setMoment(m_moments[i]); });
        column->addWidget(way, 0, Qt::AlignLeft);
        m_ways[i] = way;
    }
    column->addWidget(m_histogram);
    column->addWidget(m_mark, 0, Qt::AlignLeft);
    column->addWidget(m_table, 1);
    // Keeps what there is at the top while there is no table.
    column->addStretch(0);

    offer(*m_table, *m_histogram,
          [this] { return m_histogram->exhibit(QStringLiteral("next-to-go"), tr("margin"), tr("connections")); });
    connect(m_mark, &QPushButton::clicked, this, [this](bool on) { this->state().setShowsNextToGo(on); });
    connect(&state, &ConnectionsState::nextToGoChanged, this,
            [this] { m_mark->setChecked(this->state().showsNextToGo()); });
    m_mark->setChecked(state.showsNextToGo());
    connect(m_table, &DetailTable::followed, this, [this](int row) {
        this->state().setTrace(traceOfChannel(*this->state().source(), m_going[at(row)].channel));
    });
}

void NextToGoPanel::setTheme(const Theme& theme) {
    m_histogram->setTheme(theme);
    m_table->setTheme(theme);
}

void NextToGoPanel::collect() {
    m_going.clear();
    if (!isRecorded()) return;
    const ConnectionsSourcePtr& source = state().source();
    const ConnectionsRecordPtr& record = state().record();
    const MapPlace& place = state().place();
    const bool all = place.level == MapLevel::kNetwork;
    const int first = all ? 0 : place.layer, last = all ? source->layout.layers() : place.layer + 1;
    for (int layer = first; layer < last; ++layer) {
        const auto groups = nextToGo(source->layers[at(layer)], record->layers[at(layer)],
                                     source->stageForNext(record->key.stage), source->spec.condenseFactor);
        for (std::size_t group = 0; group < groups.size(); ++group) {
            for (const NextToGo& next : groups[group])
                m_going.push_back(
                    {layer, static_cast<int>(group), source->layout.firstChannel(layer) + next.input, next.margin});
        }
    }
}

void NextToGoPanel::refresh() {
    collect();
    const ConnectionsSourcePtr& source = state().source();
    const MapPlace& place = state().place();
    m_where->setText(!isRecorded()                       ? QString()
                     : place.level == MapLevel::kNetwork ? tr("all layers")
                                                         : tr("layer %1").arg(layerWords(source->layout, place.layer)));
    say(isRecorded() ? sentence() : QString());
    const bool some = !m_going.empty();
    m_histogram->setVisible(some);
    m_mark->setVisible(some && place.level == MapLevel::kLayer);  // no other map marks them
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
    std::vector<int> before;
    if (isRecorded() && source->learned && state().record()->key.stage >= source->spec.condenseFactor - 1) {
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
    if (steps == 0) return tr("The network has no condensing steps: all its connections stay.");
    if (!source.learned)
        return tr("The connections of this run were given before its first step: none goes by importance.");
    if (done >= steps)
        return tr("All condensing steps are done. What was next can be seen at the moments before them.");
    QString step = tr("Step %1").arg(done + 1);
    const auto next = std::ranges::find_if(source.condensing, [&](const auto& each) { return each.stage > done; });
    if (next != source.condensing.end()) {
        step = tr("Step %1, at epoch %2, takes %3 of what is left")
                   .arg(next->stage)
                   .arg(next->epoch, 0, 'f', 1)
                   .arg(removedShares(source.condensing).at(next - source.condensing.begin()));
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
    if (m_going.empty()) return m_table->setRows({});
    const auto rows = std::make_shared<const std::vector<Candidate>>(m_going);
    const auto going = [rows](int row) -> const Candidate& { return (*rows)[at(row)]; };
    const auto channel = [going](int row) { return going(row).channel; };
    const auto group = [going](int row) { return going(row).group; };
    DetailColumn reader = groupColumn(tr("group that would drop it"), group);
    if (state().place().level == MapLevel::kNetwork) {  // there is no room for a column of layers
        reader.tip = tr("layer and group that would drop it");
        reader.widest = widestLayer(source->layout) + QStringLiteral(" · 0");
        reader.text = [going, source](int row) {
            return tr("%1 · %2").arg(layerWords(source->layout, going(row).layer)).arg(going(row).group + 1);
        };
        reader.value = [going](int row) { return going(row).layer * 4096.0 + going(row).group; };
    }
    m_table->setRows({.count = static_cast<int>(rows->size()),
                      .columns = {reader,
                                  featureColumn(source, tr("input"), channel),
                                  makerOfChannelColumn(source, channel),
                                  {.head = tr("margin"),
                                   .tip = tr("margin to the weakest input that would stay"),
                                   .widest = QStringLiteral("0.0 %"),
                                   .number = true,
                                   .text = [going](int row) { return percent(going(row).margin); },
                                   .value = [going](int row) { return going(row).margin; }}},
                      .key = [going](int row) {
                          const Candidate& one = going(row);
                          return (std::int64_t{one.layer} * 4096 + one.group) * 65536 + one.channel;
                      }});
}

}  // namespace condenser
