#include "connections/compare_pane.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QVBoxLayout>
#include <algorithm>
#include <numeric>

#include "connections/map_pane.h"
#include "connections/overlap_bar.h"
#include "look/elided_label.h"
#include "look/format.h"
#include "look/look.h"
#include "maps/cell_map.h"

namespace condenser {
namespace {

QPushButton* makeChip(const char* name, const QString& text, const QString& tip) {
    auto* chip = new QPushButton(text);
    chip->setObjectName(QLatin1String(name));
    chip->setAccessibleName(tip);
    chip->setToolTip(tip);
    chip->setCheckable(true);
    chip->setChecked(true);
    setLook(chip, "role", "chip");
    return chip;
}

}  // namespace

ComparePane::ComparePane(ConnectionsState& state, QWidget* parent)
    : ConnectionsPanel(state, parent),
      m_bar(new CompareBar),
      m_words(new QLabel),
      m_matching(new ElidedLabel),
      m_overlap(new OverlapBar),
      m_shared(makeChip("sharedOnly", tr("shared"),
                        tr("Dims in the second map what the first one does not keep, while nothing is traced"))),
      m_inStep(makeChip("inStep", tr("in step"), tr("The second map follows the first to the same moment of its run"))),
      m_match(
          makeChip("matchGroups", tr("match groups"),
                   tr("Groups of two runs have no common numbers: holds those against each other that share most"))),
      m_map(new MapPane(m_other)) {
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(6);
    column->addWidget(m_bar);
    column->addWidget(m_words);
    auto* row = new QHBoxLayout;
    row->setSpacing(8);
    row->addWidget(m_overlap, 1);
    row->addWidget(m_shared);
    row->addWidget(m_inStep);
    row->addWidget(m_match);
    column->addLayout(row);
    m_words->setObjectName(QStringLiteral("compareWords"));
    m_words->setWordWrap(true);
    m_words->setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_matching->setObjectName(QStringLiteral("matchingWords"));
    setLook(m_matching, "tone", "muted");
    setLook(m_matching, "scale", "small");
    column->addWidget(m_matching);
    m_map->setObjectName(QStringLiteral("compareMap"));
    m_map->setCompact(true);
    column->addWidget(m_map, 1);
    column->addStretch(0);

    connect(m_bar, &CompareBar::runChosen, this, &ComparePane::compareWith);
    connect(m_bar, &CompareBar::otherRunWanted, this, &ComparePane::runWanted);
    connect(m_bar, &CompareBar::momentChosen, this, [this](int moment) {
        m_inStep->setChecked(false);
        m_other.setMoment(moment);
    });
    m_shared->setChecked(false);
    connect(m_shared, &QPushButton::toggled, this, &ComparePane::lightShared);
    // The map lights its traces by these, before, since it was connected before.
    for (const auto changed : {&ConnectionsState::traceChanged, &ConnectionsState::momentChanged,
                               &ConnectionsState::weightsChanged, &ConnectionsState::nextToGoChanged}) {
        connect(&m_other, changed, this, &ComparePane::lightShared);
    }
    connect(m_inStep, &QPushButton::toggled, this, &ComparePane::keepStep);
    connect(m_match, &QPushButton::toggled, this, [this] {
        follow();
        compareNow();
    });

    connect(&m_session, &ConnectionsSession::opened, this, &ComparePane::take);
    connect(&m_session, &ConnectionsSession::recordRead, this, [this](int moment, const ConnectionsRecordPtr& record) {
        m_failure.clear();
        m_other.setRecord(moment, record);
    });
    connect(&m_session, &ConnectionsSession::weightsRead, &m_other, &ConnectionsState::setWeights);
    connect(&m_session, &ConnectionsSession::failed, this, [this](const Error& error) {
        m_failure = errorWords(error);
        compareNow();
    });
    connect(&m_other, &ConnectionsState::recordWanted, &m_session, &ConnectionsSession::readRecord);
    connect(&m_other, &ConnectionsState::weightsWanted, &m_session, &ConnectionsSession::readWeights);
    connect(&m_other, &ConnectionsState::momentChanged, this, [this] { m_bar->setMoment(m_other.moment()); });

    connect(&state, &ConnectionsState::sourceChanged, this, &ComparePane::open);
    connect(&state, &ConnectionsState::momentChanged, this, &ComparePane::keepStep);
    for (ConnectionsState* one : {&state, &m_other}) {
        const bool first = one == &state;
        connect(one, &ConnectionsState::recordChanged, this, [this] {
            follow();  // groups may be matched otherwise now
            compareNow();
        });
        const auto mirror = first ? &ComparePane::follow : &ComparePane::lead;
        connect(one, &ConnectionsState::placeChanged, this, mirror);
        connect(one, &ConnectionsState::traceChanged, this, mirror);
        connect(one, &ConnectionsState::arrangementChanged, this, mirror);
        connect(one, &ConnectionsState::nextToGoChanged, this, mirror);
    }
    connect(&state, &ConnectionsState::placeChanged, this, &ComparePane::compareNow);
}

void ComparePane::setTheme(const Theme& theme) {
    m_overlap->setTheme(theme);
    m_map->setTheme(theme);
}

void ComparePane::setRuns(const CompareBar::Runs& runs) {
    m_runs = runs;
    const bool listed = std::ranges::any_of(m_runs, [&](const auto& run) { return run.second == m_chosen; });
    if (!ofThisRun() && !listed) m_runs.emplace_back(toQString(m_chosen.filename()), m_chosen);
    m_bar->setRuns(m_runs, state().source() != nullptr ? state().source()->folder : std::filesystem::path());
    m_bar->setRun(m_chosen);
}

void ComparePane::compareWith(const std::filesystem::path& folder) {
    const bool same = state().source() != nullptr && state().source()->folder == folder;
    m_chosen = same ? std::filesystem::path() : folder;
    setRuns(m_runs);
    open();
}

void ComparePane::showEvent(QShowEvent* event) {
    ConnectionsPanel::showEvent(event);
    m_session.setWatching(true);
    open();
}

void ComparePane::hideEvent(QHideEvent* event) {
    m_session.setWatching(false);
    ConnectionsPanel::hideEvent(event);
}

void ComparePane::open() {
    if (!isVisible()) return;
    const ConnectionsSourcePtr& first = state().source();
    // What was beside another run is that run's no more.
    if (first != nullptr && first->folder == m_chosen) m_chosen.clear();
    setRuns(m_runs);
    const std::filesystem::path wanted = ofThisRun() && first != nullptr ? first->folder : m_chosen;
    const bool live = ofThisRun() && first != nullptr && first->training;
    if (wanted == m_opened && !wanted.empty() && m_failure.isEmpty()) {
        m_session.setTraining(live);
        if (live) m_session.lookAgain();
        keepStep();
        follow();
        compareNow();
        return;
    }
    m_opened = wanted;
    m_failure.clear();
    m_session.close();
    m_choosesMoment = true;
    m_inStep->setChecked(true);
    m_other.setSource(nullptr);
    m_bar->setMoments({});
    if (!wanted.empty()) m_session.openRun(wanted, ofThisRun() && first->sample, live);
    compareNow();
}

void ComparePane::take(const ConnectionsSourcePtr& source) {
    m_mirrors = true;  // a new source begins at the whole network: the first map stays where it is
    m_other.setSource(source);
    m_mirrors = false;
    showMoments();
    if (m_choosesMoment && source != nullptr && source->count() > 0) {
        m_choosesMoment = false;
        chooseMoment();
    }
    follow();
    compareNow();
}

void ComparePane::showMoments() {
    QStringList words;
    const ConnectionsSourcePtr& source = m_other.source();
    for (int moment = 0; source != nullptr && moment < source->count(); ++moment) words << source->wordsOf(moment);
    m_bar->setMoments(words);
    m_bar->setMoment(m_other.moment());
}

void ComparePane::chooseMoment() {
    const ConnectionsSource& source = *m_other.source();
    if (ofThisRun()) {
        // What condensing began with, beside what has come of it.
        const auto before = std::ranges::find(source.moments, ConnectionsMoment::kBeforeStep, &ConnectionsKey::moment);
        m_other.setMoment(before != source.moments.end() ? static_cast<int>(before - source.moments.begin()) : 0);
    } else if (state().source() != nullptr) {
        m_other.setMoment(sameMoment(*state().source(), state().moment(), source));
    }
}

void ComparePane::keepStep() {
    if (isVisible() && !ofThisRun() && m_inStep->isChecked() && m_other.source() != nullptr) chooseMoment();
}

bool ComparePane::comparable() const {
    return state().source() != nullptr && m_other.source() != nullptr &&
           whyNotComparable(*state().source(), *m_other.source()).isEmpty();
}

bool ComparePane::matching() const {
    return !ofThisRun() && m_match->isChecked() && state().record() != nullptr && m_other.record() != nullptr;
}

std::vector<int> ComparePane::orderOf(int layer) const {
    const auto l = static_cast<std::size_t>(layer);
    const ConnectionsLayer& shape = state().source()->layers[l];
    if (matching()) return matchGroups(shape, state().record()->layers[l], m_other.record()->layers[l]);
    std::vector<int> order(static_cast<std::size_t>(shape.groups));
    std::iota(order.begin(), order.end(), 0);
    return order;
}

int ComparePane::counterpart(int layer, int group, bool back) const {
    if (layer < 0 || group < 0) return group;
    const std::vector<int> order = orderOf(layer);
    if (!back) return order[static_cast<std::size_t>(group)];
    return static_cast<int>(std::ranges::find(order, group) - order.begin());
}

MapPlace ComparePane::translated(const MapPlace& place, bool back) const {
    MapPlace there = place;
    if (place.level == MapLevel::kGroup) there.group = counterpart(place.layer, place.group, back);
    return there;
}

Trace ComparePane::translated(const Trace& trace, bool back) const {
    Trace there = trace;
    if (trace.what != Trace::What::kReads || trace.group < 0) return there;
    there.group = counterpart(trace.layer, trace.group, back);
    // Filters of two runs have nothing to do with each other.
    if (!ofThisRun()) there.filter = -1;
    return there;
}

void ComparePane::follow() {
    if (m_mirrors || !comparable()) return;
    m_mirrors = true;
    m_other.setPlace(translated(state().place(), false));
    m_other.setArrangement(state().arrangement());
    m_other.setShowsNextToGo(state().showsNextToGo());
    m_other.setTrace(translated(state().trace(), false));
    m_mirrors = false;
}

void ComparePane::lead() {
    if (m_mirrors || !comparable()) return;
    m_mirrors = true;
    state().setPlace(translated(m_other.place(), true));
    state().setArrangement(m_other.arrangement());
    state().setShowsNextToGo(m_other.showsNextToGo());
    state().setTrace(translated(m_other.trace(), true));
    m_mirrors = false;
}

void ComparePane::say(const QString& why) {
    m_words->setText(why);
    m_matching->hide();
    m_overlap->hide();
    m_map->hide();
    for (QPushButton* chip : {m_shared, m_inStep, m_match}) chip->hide();
}

void ComparePane::compareNow() {
    if (!isVisible()) return;
    const ConnectionsSourcePtr &first = state().source(), &second = m_other.source();
    if (first == nullptr) return say(tr("There is no first map yet to put another one beside."));
    if (m_opened.empty()) return say(tr("A model alone has one moment: choose a run to put beside it."));
    if (second == nullptr) return say(m_failure.isEmpty() ? tr("Reading…") : m_failure);
    if (const QString why = whyNotComparable(*first, *second); !why.isEmpty()) return say(why);
    if (second->count() == 0) return say(tr("“%1” has recorded no moment yet.").arg(second->name));

    m_map->show();
    m_overlap->show();
    m_shared->setVisible(state().place().level != MapLevel::kNetwork);
    m_inStep->setVisible(!ofThisRun());
    m_match->setVisible(!ofThisRun());
    if (state().record() == nullptr || m_other.record() == nullptr || !m_failure.isEmpty()) {
        m_words->setText(m_failure.isEmpty() ? tr("Reading…") : m_failure);
        m_overlap->setOverlap(std::nullopt);
        m_matching->hide();
        return;
    }
    const MapComparison comparison = compare(state(), m_other, matching(), m_chance);
    m_words->setText(comparisonWords(comparison));
    m_overlap->setOverlap(shownOverlap(comparison));
    const QString matched = matchingWords(comparison);
    m_matching->setText(matched);
    m_matching->setToolTip(
        comparison.matched
            ? tr("Groups of two runs have no common numbers: those of the second are held against the ones of the "
                 "first with which they share most. That alone makes them share more, so that what chance would share "
                 "is reckoned "
                 "with groups matched in the same way.\n%1")
                  .arg(matched)
            : matched);
    m_matching->setVisible(!matched.isEmpty());
    lightShared();
}

void ComparePane::lightShared() {
    const CellGridPtr& grid = m_map->map().grid();
    const MapPlace& place = m_other.place();
    const bool traced = m_other.trace().what != Trace::What::kNothing;
    m_shared->setEnabled(!traced);
    if (grid == nullptr || !comparable() || state().record() == nullptr || place.level == MapLevel::kNetwork || traced)
        return;
    const auto l = static_cast<std::size_t>(place.layer);
    const ConnectionsLayer& layer = state().source()->layers[l];
    const bool fits = grid->columns == layer.inputs && (place.level == MapLevel::kGroup || grid->rows == layer.groups);
    std::vector<std::uint8_t> lit;
    if (m_shared->isChecked() && fits) {
        const std::vector<std::uint8_t>& mask = state().record()->layers[l].mask;
        lit.resize(grid->live.size());
        const std::vector<int> order = orderOf(place.layer);
        for (int row = 0; row < grid->rows; ++row) {
            const int theirs = place.level == MapLevel::kGroup ? place.group : row;
            const auto mine = static_cast<std::size_t>(std::ranges::find(order, theirs) - order.begin());
            const std::size_t first = mine * static_cast<std::size_t>(layer.inputs);
            for (int column = 0; column < grid->columns; ++column) {
                const bool both = grid->isLive(row, column) && mask[first + static_cast<std::size_t>(column)] != 0;
                lit[grid->at(row, column)] = both ? 1 : 0;
            }
        }
    }
    m_map->map().setLit(std::move(lit));
}

}  // namespace condenser
