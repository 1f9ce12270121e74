#include "connections/map_pane.h"

#include <QHBoxLayout>
#include <QKeyEvent>
#include <QLabel>
#include <QMenu>
#include <QPushButton>
#include <QStackedWidget>
#include <QVBoxLayout>
#include <algorithm>

#include "connections/kept_weights_hint.h"
#include "connections/layer_weights.h"
#include "connections/trace_words.h"
#include "connections/traced_cells.h"
#include "look/elided_label.h"
#include "look/look.h"
#include "maps/cell_map.h"
#include "maps/grids.h"
#include "plots/exhibit_menu.h"

namespace condenser {
namespace {

QPushButton* addButton(QHBoxLayout& row, const char* role, const char* name, const QString& text, const QString& tip) {
    auto* button = new QPushButton(text);
    button->setObjectName(QLatin1String(name));
    button->setAccessibleName(text);
    button->setToolTip(tip);
    setLook(button, "role", role);
    row.addWidget(button);
    return button;
}

QLabel* addArrow(QHBoxLayout& row) {
    auto* arrow = new QLabel(QStringLiteral("›"));
    setLook(arrow, "tone", "muted");
    row.addWidget(arrow);
    return arrow;
}

}  // namespace

CellGridPtr connectionsGrid(const ConnectionsSource& source, const ConnectionsRecord& record, const ModelFile* weights,
                            const MapPlace& place, bool nextToGo) {
    switch (place.level) {
        case MapLevel::kNetwork:
            return networkGrid(source.layout, source.layers, record);
        case MapLevel::kLayer: {
            const int next = source.stageForNext(record.key.stage);
            return layerGrid(source.layout, source.layers, record, place.layer,
                             nextToGo && next < source.spec.condenseFactor - 1 ? next : -1, source.spec.condenseFactor);
        }
        case MapLevel::kGroup: {
            if (weights == nullptr) return nullptr;
            const auto layer = layerWeights(*weights, source.layout, place.layer);
            return layer ? groupGrid(source.layout, *layer, place.layer, place.group) : nullptr;
        }
    }
    return nullptr;
}

MapPane::MapPane(ConnectionsState& state, QWidget* parent)
    : ConnectionsPanel(state, parent),
      m_exhibitMenu(new ExhibitMenu(this, [this] { return exhibit().value_or(Exhibit()); })),
      m_crumbs(makeCrumbs()),
      m_controls(makeControls()),
      m_map(new CellMap),
      m_hint(new KeptWeightsHint(state)),
      m_area(new QStackedWidget),
      m_readout(new ElidedLabel),
      m_formula(new QLabel) {
    m_map->setObjectName(QStringLiteral("connectionMap"));
    auto* hintPage = new QWidget;
    auto* hintColumn = new QVBoxLayout(hintPage);
    hintColumn->addStretch(1);
    hintColumn->addWidget(m_hint);
    hintColumn->addStretch(1);
    m_area->addWidget(m_map);
    m_area->addWidget(hintPage);
    m_readout->setObjectName(QStringLiteral("mapReadout"));
    m_readout->setTextFormat(Qt::PlainText);
    m_formula->setObjectName(QStringLiteral("mapFormula"));
    m_formula->setTextFormat(Qt::PlainText);
    m_formula->setWordWrap(true);
    setLook(m_formula, "tone", "muted");
    setLook(m_formula, "scale", "small");

    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(4);
    column->addWidget(m_crumbs);
    column->addWidget(m_controls);
    column->addWidget(m_area, 1);
    column->addWidget(m_readout);
    column->addWidget(m_formula);
    connect(m_exhibitMenu, &ExhibitMenu::exported, this, &MapPane::exported);
    connect(m_exhibitMenu, &ExhibitMenu::exportFailed, this, &MapPane::exportFailed);
    connectMap();
    connectState();
    showPlace();
}

QWidget* MapPane::makeCrumbs() {
    auto* crumbs = new QWidget;
    auto* row = new QHBoxLayout(crumbs);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(4);
    m_toNetwork =
        addButton(*row, "link", "crumbNetwork", tr("Whole network"), tr("All layers at once (Backspace goes up)"));
    m_firstArrow = addArrow(*row);
    m_toLayer = addButton(*row, "link", "crumbLayer", {}, tr("All groups of this layer (Backspace)"));
    m_secondArrow = addArrow(*row);
    m_here = new QLabel;
    m_here->setObjectName(QStringLiteral("crumbHere"));
    m_here->setTextFormat(Qt::PlainText);
    setLook(m_here, "strong");
    row->addWidget(m_here);
    row->addStretch(1);
    m_comparing =
        addButton(*row, "chip", "compareToggle", tr("compare"), tr("Another moment or another run beside this one"));
    m_comparing->setCheckable(true);
    m_export = addButton(*row, "chip", "exportMap", tr("Export"),
                         tr("Take the map out as a picture (PNG, SVG, PDF), a table (CSV) or an animation"));
    m_export->setAccessibleName(tr("Export the map"));
    auto* menu = new QMenu(m_export);
    m_exhibitMenu->addTo(*menu);
    menu->addAction(tr("Save the animation…"), this, &MapPane::animationWanted)
        ->setObjectName(QStringLiteral("saveAnimation"));
    m_export->setMenu(menu);
    const auto go = [this](MapLevel level) {
        MapPlace place = state().place();
        place.level = level;
        state().setPlace(place);
        m_map->setFocus();
    };
    connect(m_comparing, &QPushButton::clicked, this, &MapPane::compareWanted);
    connect(m_toNetwork, &QPushButton::clicked, this, [go] { go(MapLevel::kNetwork); });
    connect(m_toLayer, &QPushButton::clicked, this, [go] { go(MapLevel::kLayer); });
    return crumbs;
}

QWidget* MapPane::makeControls() {
    auto* controls = new QWidget;
    auto* row = new QHBoxLayout(controls);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(4);
    m_bySource = addButton(*row, "chip", "orderBySource", tr("by source"),
                           tr("Columns in the order of the layers that made the inputs"));
    m_byIndex = addButton(*row, "chip", "orderByIndex", tr("by index layer"),
                          tr("Columns in the order in which the condensed network reads them: group after group, as a "
                             "standard group convolution"));
    for (QPushButton* button : {m_bySource, m_byIndex}) {
        button->setCheckable(true);
        button->setAutoExclusive(true);
    }
    row->addStretch(1);
    m_nextToGo = addButton(*row, "chip", "showNextToGo", tr("next to go"),
                           tr("Mark what the next condensing step would take if it came now"));
    m_nextToGo->setCheckable(true);
    connect(m_bySource, &QPushButton::clicked, this, [this] { state().setArrangement(Arrangement::kBySource); });
    connect(m_byIndex, &QPushButton::clicked, this, [this] { state().setArrangement(Arrangement::kByIndex); });
    connect(m_nextToGo, &QPushButton::clicked, this, [this](bool on) { state().setShowsNextToGo(on); });
    return controls;
}

void MapPane::setTheme(const Theme& theme) {
    m_map->setTheme(theme);
}

void MapPane::setCompact(bool on) {
    m_compact = on;
    m_map->setAccessibleName(on ? tr("Second connection map") : tr("Connection map"));
    m_crumbs->setVisible(!on);
    m_controls->setVisible(!on && state().place().level != MapLevel::kNetwork);
    m_formula->setVisible(!on);
}

void MapPane::setComparing(bool on) {
    m_comparing->setChecked(on);
}

// ---- what the user does in the map ----------------------------------------------------------------------------------

void MapPane::connectMap() {
    connect(m_map, &CellMap::hovered, this, &MapPane::showReadout);
    connect(m_map, &CellMap::cursorMoved, this, [this](const CellPlace& cell) { showReadout(cell); });
    connect(m_map, &CellMap::chosen, this, &MapPane::traceCell);
    connect(m_map, &CellMap::rowChosen, this,
            [this](int row) { state().setTrace(traceOfRow(*state().source(), m_shown, row)); });
    connect(m_map, &CellMap::columnChosen, this,
            [this](int column) { state().setTrace(traceOfColumn(*state().source(), m_shown, column)); });
    connect(m_map, &CellMap::bandChosen, this, [this](int band) {
        const Trace asked = traceOfBand(*state().source(), m_shown, band);
        if (asked.what != Trace::What::kNothing) state().setTrace(asked);
    });
    connect(m_map, &CellMap::cleared, this, [this] { state().setTrace({}); });
    connect(m_map, &CellMap::enterWanted, this, &MapPane::enter);
    connect(m_map, &CellMap::leaveWanted, this, &MapPane::leave);
}

void MapPane::traceCell(const CellPlace& cell) {
    const ConnectionsSource& source = *state().source();
    const Trace row = traceOfRow(source, m_shown, cell.row), column = traceOfColumn(source, m_shown, cell.column);
    const bool rowReads = row.what == Trace::What::kReads;
    state().setTrace(rowReads == m_asksReaders ? column : row);
}

void MapPane::enter(const CellPlace& cell) {
    MapPlace place = m_shown;
    if (place.level == MapLevel::kNetwork) {
        place = {MapLevel::kLayer, cell.column, 0};
    } else if (place.level == MapLevel::kLayer) {
        place = {MapLevel::kGroup, place.layer, cell.row};
    }
    state().setPlace(place);
}

void MapPane::leave() {
    MapPlace place = state().place();
    if (place.level == MapLevel::kNetwork) return;
    place.level = place.level == MapLevel::kGroup ? MapLevel::kLayer : MapLevel::kNetwork;
    state().setPlace(place);
}

// Page up and down: the layer or group before or behind this one. Here, since it also helps where the map is not shown.
void MapPane::keyPressEvent(QKeyEvent* event) {
    const ConnectionsSourcePtr& source = state().source();
    const int key = event->key(), by = key == Qt::Key_PageDown ? 1 : -1;
    if ((key != Qt::Key_PageUp && key != Qt::Key_PageDown) || source == nullptr) return QWidget::keyPressEvent(event);
    MapPlace place = state().place();
    if (place.level == MapLevel::kLayer) {
        place.layer = std::clamp(place.layer + by, 0, source->layout.layers() - 1);
    } else if (place.level == MapLevel::kGroup) {
        place.group = std::clamp(place.group + by, 0, source->spec.groups1x1 - 1);
    }
    state().setPlace(place);
}

void MapPane::showReadout(const std::optional<CellPlace>& cell) {
    const CellGridPtr& grid = m_map->grid();
    const std::optional<CellPlace> at = cell ? cell : m_map->cursor();
    const bool known = grid != nullptr && at && at->row < grid->rows && at->column < grid->columns;
    setLook(m_readout, "tone", known ? "" : "muted");
    if (known) {
        m_readout->setText(grid->words(at->row, at->column));
    } else {
        m_readout->setText(grid == nullptr || m_compact ? QString()
                                                        : tr("Click: trace · double-click: enter · wheel: zoom"));
    }
    m_readout->setToolTip(known ? m_readout->text() : QString());
}

// ---- what the state says --------------------------------------------------------------------------------------------

void MapPane::connectState() {
    connect(&state(), &ConnectionsState::sourceChanged, this, &MapPane::showPlace);
    connect(&state(), &ConnectionsState::placeChanged, this, &MapPane::showPlace);
    connect(&state(), &ConnectionsState::momentChanged, this, &MapPane::showGrid);
    connect(&state(), &ConnectionsState::recordChanged, this, &MapPane::showGrid);
    connect(&state(), &ConnectionsState::weightsChanged, this, &MapPane::showGrid);
    connect(&state(), &ConnectionsState::nextToGoChanged, this, &MapPane::showGrid);
    connect(&state(), &ConnectionsState::arrangementChanged, this, [this] { showArrangement(isVisible()); });
    connect(&state(), &ConnectionsState::traceChanged, this, &MapPane::showTrace);
}

void MapPane::showPlace() {
    const ConnectionsSourcePtr& source = state().source();
    const MapPlace& place = state().place();
    const bool inNetwork = place.level == MapLevel::kNetwork || source == nullptr;
    const bool inGroup = place.level == MapLevel::kGroup && source != nullptr;
    const QString layer = inNetwork ? QString() : tr("Layer %1").arg(layerWords(source->layout, place.layer));
    m_toNetwork->setVisible(!inNetwork);
    m_firstArrow->setVisible(!inNetwork);
    m_toLayer->setVisible(inGroup);
    m_toLayer->setText(layer);
    m_toLayer->setAccessibleName(inNetwork ? tr("Layer") : layer);
    m_secondArrow->setVisible(inGroup);
    m_here->setText(inNetwork ? tr("Whole network") : inGroup ? tr("Group %1").arg(place.group + 1) : layer);
    m_controls->setVisible(!inNetwork && !m_compact);
    if (place != m_shown) m_map->setCursor(std::nullopt);
    showGrid();
    showArrangement(false);
}

// How many condensing steps by importance are still to come at the moment shown, those done at once as many.
int MapPane::stepsLeft() const {
    const ConnectionsRecordPtr& record = state().record();
    if (state().source() == nullptr || record == nullptr) return 0;
    return std::max(0, state().source()->spec.condenseFactor - 1 - state().source()->stageForNext(record->key.stage));
}

void MapPane::showNextToGo() {
    m_nextToGo->setVisible(state().place().level == MapLevel::kLayer);
    m_nextToGo->setEnabled(stepsLeft() > 0);
    m_nextToGo->setChecked(state().showsNextToGo() && stepsLeft() > 0);
}

void MapPane::showGrid() {
    showNextToGo();
    const ConnectionsSourcePtr& source = state().source();
    const ConnectionsRecordPtr& record = state().record();
    const MapPlace& place = state().place();
    const bool inGroup = place.level == MapLevel::kGroup;
    const bool unkept = inGroup && KeptWeightsHint::isNeeded(state());
    m_area->setCurrentIndex(unkept ? 1 : 0);
    CellGridPtr grid;
    if (source != nullptr && record != nullptr && !unkept)
        grid = connectionsGrid(*source, *record, state().weights().get(), place, state().showsNextToGo());
    // Until the weights are read, those of the moment before stay, if it is one of the same run.
    const bool waiting = inGroup && !unkept && record != nullptr && state().weights() == nullptr;
    if (waiting && m_shown == place && m_map->grid() != nullptr) return;
    m_shown = place;
    m_title = titleNow();
    m_map->setGrid(grid);
    m_map->setHint(state().weights() != nullptr && grid == nullptr
                       ? tr("The weights that were kept do not fit this network.")
                       : QString());
    m_export->setEnabled(grid != nullptr);
    m_formula->setText(grid == nullptr ? QString() : grid->formula);
    showTrace();
    showReadout(std::nullopt);
}

void MapPane::showTrace() {
    const Trace& trace = state().trace();
    if (trace.what != Trace::What::kNothing) m_asksReaders = trace.what == Trace::What::kReadBy;
    TracedCells traced;
    if (m_map->grid() != nullptr && state().record() != nullptr)
        traced = tracedCells(*state().source(), *state().record(), m_shown, trace, *m_map->grid());
    m_map->setLit(std::move(traced.lit));
    m_map->setMarked(traced.row, traced.column);
}

void MapPane::showArrangement(bool animated) {
    const bool byIndex = state().arrangement() == Arrangement::kByIndex;
    m_bySource->setChecked(!byIndex);
    m_byIndex->setChecked(byIndex);
    const bool inNetwork = state().place().level == MapLevel::kNetwork;
    m_map->setArrangement(inNetwork ? Arrangement::kBySource : state().arrangement(), animated);
}

// ---- taking it out --------------------------------------------------------------------------------------------------

QString MapPane::titleNow() const {
    const ConnectionsSourcePtr& source = state().source();
    if (source == nullptr) return {};
    QStringList parts{source->sample ? tr("%1 (sample)").arg(source->name) : source->name};
    if (m_shown.level != MapLevel::kNetwork) parts << tr("layer %1").arg(layerWords(source->layout, m_shown.layer));
    if (m_shown.level == MapLevel::kGroup) parts << tr("group %1").arg(m_shown.group + 1);
    if (state().recordMoment() >= 0 && !source->folder.empty()) parts << source->wordsOf(state().recordMoment());
    return parts.join(QStringLiteral(" · "));
}

std::optional<Exhibit> MapPane::exhibit() const {
    if (m_map->grid() == nullptr || m_area->currentWidget() != m_map) return std::nullopt;
    return m_map->exhibit(m_title);
}

}  // namespace condenser
