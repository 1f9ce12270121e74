#include "connections/layer_list_model.h"

#include <algorithm>

#include "connections/kept_connections.h"
#include "connections/trace_words.h"
#include "connections/traced_cells.h"
#include "look/format.h"
#include "maps/grid_picture.h"
#include "maps/grids.h"

namespace condenser {
namespace {

// Only what a picture needs of a grid.
CellGrid pictureGrid(const ConnectionsLayer& layer, const LayerConnections& connections) {
    CellGrid grid;
    grid.rows = layer.groups;
    grid.columns = layer.inputs;
    grid.live = connections.mask;
    grid.strength = connections.importance;
    const auto strongest = std::ranges::max_element(grid.strength);
    grid.strongest = strongest == grid.strength.end() ? 0 : double{*strongest};
    for (int group = 0; group < layer.groups; ++group) grid.rowBands.push_back({{}, group, 1, group});
    return grid;
}

}  // namespace

LayerListModel::LayerListModel(ConnectionsState& state, QObject* parent) : QAbstractListModel(parent), m_state(state) {
    connect(&state, &ConnectionsState::sourceChanged, this, &LayerListModel::takeSource);
    connect(&state, &ConnectionsState::recordChanged, this, &LayerListModel::forget);
    connect(&state, &ConnectionsState::traceChanged, this, [this] {
        findTraced();
        if (rowCount() > 0) emit dataChanged(index(0), index(rowCount() - 1), {kTracedRole});
    });
    takeSource();
}

// New moments of the same network leave the view where it is.
void LayerListModel::takeSource() {
    const std::vector<ConnectionsLayer> layers =
        m_state.source() == nullptr ? std::vector<ConnectionsLayer>{} : m_state.source()->layers;
    if (layers == m_layers) return forget();
    beginResetModel();
    m_layers = layers;
    m_rows.assign(static_cast<std::size_t>(rowCount()), {});
    findTraced();
    endResetModel();
}

int LayerListModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() || m_layers.empty() ? 0 : 1 + static_cast<int>(m_layers.size());
}

void LayerListModel::setTheme(const Theme& theme) {
    m_theme = theme;
    forget();
}

void LayerListModel::forget() {
    m_rows.assign(static_cast<std::size_t>(rowCount()), {});
    findTraced();
    if (rowCount() > 0) emit dataChanged(index(0), index(rowCount() - 1));
}

// Of what a group reads the layers that made it; of a feature the layers that read it.
void LayerListModel::findTraced() {
    m_traced.assign(static_cast<std::size_t>(rowCount()), 0);
    if (m_state.record() == nullptr || m_state.source() == nullptr) return;
    // Source i + 1 is what reading layer i makes; the stem has no row.
    const int behind = m_state.trace().what == Trace::What::kReads ? 0 : 1;
    for (const int number : tracedPath(*m_state.source(), *m_state.record(), m_state.trace())) {
        if (number + behind > 0) m_traced[static_cast<std::size_t>(number + behind)] = 1;
    }
}

const LayerListModel::Row& LayerListModel::at(int number) const {
    Row& row = m_rows[static_cast<std::size_t>(number)];
    if (row.known || m_state.record() == nullptr) return row;
    row.known = true;
    const ConnectionsSource& source = *m_state.source();
    const ConnectionsRecord& record = *m_state.record();
    if (number == 0) {
        row.picture = gridPicture(*networkGrid(source.layout, source.layers, record), m_theme);
        row.kept = formatShare(keptConnections(source.layout, source.layers, record).share());
    } else {
        const auto i = static_cast<std::size_t>(number) - 1;
        row.picture = gridPicture(pictureGrid(source.layers[i], record.layers[i]), m_theme);
        row.kept = formatShare(keptConnections(source.layers[i], record.layers[i]).share());
    }
    return row;
}

const QImage& LayerListModel::picture(int row) const {
    return at(row).picture;
}

QVariant LayerListModel::data(const QModelIndex& index, int role) const {
    if (!checkIndex(index, CheckIndexOption::IndexIsValid | CheckIndexOption::ParentIsInvalid)) return {};
    const int row = index.row();
    const bool traced = m_traced[static_cast<std::size_t>(row)] != 0;
    const QString name = row == 0 ? tr("all") : layerWords(m_state.source()->layout, row - 1);
    switch (role) {
        case Qt::DisplayRole:
            return name;
        case kKeptRole:
            return at(row).kept;
        case kTracedRole:
            return traced;
        case Qt::ToolTipRole:
        case Qt::AccessibleTextRole: {
            QString words = row == 0 ? tr("Whole network") : tr("Layer %1").arg(name);
            if (row > 0) {
                const ConnectionsLayer& layer = m_state.source()->layers[static_cast<std::size_t>(row) - 1];
                words += tr(", %1 of %2")
                             .arg(formatPlural(layer.groups, tr("group"), tr("groups")),
                                  formatPlural(layer.inputs, tr("input"), tr("inputs")));
            }
            if (!at(row).kept.isEmpty()) words += tr(", keeps %1 of its connections").arg(at(row).kept);
            if (traced) words += tr(", on the traced path");
            return words;
        }
        default:
            return {};
    }
}

}  // namespace condenser
