#include "maps/grids.h"

#include <QCoreApplication>
#include <algorithm>
#include <cmath>

#include "connections/feature_reuse.h"
#include "connections/next_to_go.h"
#include "look/format.h"

namespace condenser {
namespace {

QString tr(const char* text) {
    return QCoreApplication::translate("maps", text);
}

QString text(const std::string& name) {
    return QString::fromStdString(name);
}

QString formatStrength(double strength) {
    return QString::number(strength, 'g', 3);
}

std::size_t place(int row, int column, int columns) {
    return static_cast<std::size_t>(row) * static_cast<std::size_t>(columns) + static_cast<std::size_t>(column);
}

// What the words of a cell need of a grid, which may be gone or changed by the time that somebody asks.
struct Cells {
    int columns = 0;
    std::vector<float> strength;
    std::vector<std::uint8_t> live, going;

    explicit Cells(const CellGrid& grid)
        : columns(grid.columns), strength(grid.strength), live(grid.live), going(grid.going) {}
    QString words(int row, int column, const QString& strengthName) const {
        const std::size_t cell = place(row, column, columns);
        if (live[cell] == 0) return tr("dropped");
        QString words = QStringLiteral("%1 %2").arg(strengthName, formatStrength(double{strength[cell]}));
        if (!going.empty() && going[cell] != 0) words += tr(" · the next condensing step would take it");
        return words;
    }
};

void setShape(CellGrid& grid, int rows, int columns) {
    grid.rows = rows;
    grid.columns = columns;
    const std::size_t cells = static_cast<std::size_t>(rows) * static_cast<std::size_t>(columns);
    grid.strength.assign(cells, 0.0f);
    grid.live.assign(cells, 0);
}

// One cell in a hundred may lie beyond the end of the scale, or a single weight would make all others pale.
constexpr std::size_t kCellsPerOutlier = 100;

void findStrongest(CellGrid& grid) {
    std::vector<float> strengths;
    for (std::size_t cell = 0; cell < grid.live.size(); ++cell) {
        if (grid.live[cell] != 0) strengths.push_back(grid.strength[cell]);
    }
    if (strengths.empty()) return;
    const auto end = strengths.begin() + static_cast<std::ptrdiff_t>(strengths.size() / kCellsPerOutlier);
    std::ranges::nth_element(strengths, end, std::ranges::greater());
    grid.strongest = double{*end};
    grid.beyond = std::ranges::any_of(strengths.begin(), end, [&](float strength) { return strength > *end; });
}

// The inputs of a layer in bands by the layers that made them, each with its name.
void setInputColumns(CellGrid& grid, const ConnectionLayout& layout, int layer) {
    for (const int source : layout.sourcesOf(layer)) {
        const SourceLayer& made = layout.source(source);
        const InputRange inputs = layout.inputsFrom(layer, made);
        grid.columnBands.push_back({text(made.name), inputs.first, inputs.count, -1});
    }
    grid.columnTitle = tr("inputs, by the layer that made them");
    grid.columnName = [bands = grid.columnBands, first = layout.firstChannel(layer)](int column) {
        const auto behind = std::ranges::upper_bound(bands, column, {}, &CellBand::first);
        return tr("f %1 · made by %2").arg(first + column).arg(std::prev(behind)->name);
    };
}

// Bands of consecutive sources of one block, from source `first` on; the stem and each transition have their own.
std::vector<CellBand> blockBands(const ConnectionLayout& layout, int first) {
    std::vector<CellBand> bands;
    const SourceLayer* before = nullptr;
    for (int source = first; source < static_cast<int>(layout.sources.size()); ++source) {
        const SourceLayer& made = layout.sources[static_cast<std::size_t>(source)];
        const bool alone = made.layer < 0 || made.transition;
        if (before == nullptr || alone || before->layer < 0 || before->transition || before->block != made.block)
            bands.push_back({alone ? text(made.name) : tr("block %1").arg(made.block + 1), source - first, 0, -1});
        ++bands.back().count;
        before = &made;
    }
    return bands;
}

}  // namespace

CellGridPtr networkGrid(const ConnectionLayout& layout, const std::vector<ConnectionsLayer>& layers,
                        const ConnectionsRecord& record) {
    auto grid = std::make_shared<CellGrid>();
    // The last layer's channels are read by the classifier alone.
    setShape(*grid, layout.layers(), layout.layers());
    grid->share.assign(grid->live.size(), 0.0f);
    grid->exists.assign(grid->live.size(), 0);
    std::vector<Reuse> reuses(grid->live.size());
    std::vector<QString> names;
    for (const SourceLayer& source : layout.sources) names.push_back(text(source.name));
    for (int layer = 0; layer < layout.layers(); ++layer) {
        const auto number = static_cast<std::size_t>(layer);
        for (const int source : layout.sourcesOf(layer)) {
            const std::size_t cell = grid->at(source, layer);
            const Reuse reuse =
                reuseOf(layers[number], record.layers[number], layout.inputsFrom(layer, layout.source(source)));
            reuses[cell] = reuse;
            grid->exists[cell] = 1;
            grid->live[cell] = reuse.kept > 0 ? 1 : 0;
            grid->share[cell] = static_cast<float>(reuse.share());
            grid->strength[cell] = static_cast<float>(reuse.meanWeight);
        }
    }
    findStrongest(*grid);
    grid->rowBands = blockBands(layout, 0);
    grid->rowBands.back().count -= 1;
    if (grid->rowBands.back().count == 0) grid->rowBands.pop_back();
    grid->columnBands = blockBands(layout, 1);
    grid->rowTitle = tr("layers that make features");
    grid->columnTitle = tr("layers that read them");
    grid->strengthName = tr("mean |w|");
    grid->formula =
        tr("Filled area: connections kept ÷ possible. Colour: mean |w| = sum of |w| over the kept connections "
           "÷ their number of weights. Empty: all dropped.");
    grid->name = QStringLiteral("connections-network");
    grid->rowName = [names](int row) { return names[static_cast<std::size_t>(row)]; };
    grid->columnName = [names](int column) { return names[static_cast<std::size_t>(column) + 1]; };
    grid->words = [names, reuses = std::move(reuses), columns = grid->columns](int row, int column) {
        const QString &source = names[static_cast<std::size_t>(row)],
                      &reader = names[static_cast<std::size_t>(column) + 1];
        const Reuse& reuse = reuses[place(row, column, columns)];
        if (reuse.possible == 0) {
            return row > column ? tr("%1 is made later than %2 reads").arg(source, reader)
                                : tr("%1 is made before the transition that %2 reads").arg(source, reader);
        }
        const QString kept =
            tr("%1 reads %2 · %3 of %4 connections kept (%5)")
                .arg(reader, source, formatCount(reuse.kept), formatCount(reuse.possible), formatShare(reuse.share()));
        return reuse.kept == 0 ? kept : kept + tr(" · mean |w| %1").arg(formatStrength(reuse.meanWeight));
    };
    return grid;
}

CellGridPtr layerGrid(const ConnectionLayout& layout, const std::vector<ConnectionsLayer>& layers,
                      const ConnectionsRecord& record, int layer, int nextStage, int condenseFactor) {
    const ConnectionsLayer& shape = layers[static_cast<std::size_t>(layer)];
    const LayerConnections& connections = record.layers[static_cast<std::size_t>(layer)];
    auto grid = std::make_shared<CellGrid>();
    setShape(*grid, shape.groups, shape.inputs);
    const int filters = shape.outputs / shape.groups;
    for (std::size_t cell = 0; cell < grid->live.size(); ++cell) {
        if (connections.mask[cell] == 0) continue;
        grid->live[cell] = 1;
        grid->strength[cell] = connections.importance[cell] / static_cast<float>(filters);
    }
    findStrongest(*grid);
    if (nextStage >= 0) {
        grid->going.assign(grid->live.size(), 0);
        const auto going = nextToGo(shape, connections, nextStage, condenseFactor);
        for (int group = 0; group < shape.groups; ++group) {
            for (const NextToGo& next : going[static_cast<std::size_t>(group)])
                grid->going[grid->at(group, next.input)] = 1;
        }
    }
    for (int group = 0; group < shape.groups; ++group)
        grid->rowBands.push_back({tr("group %1").arg(group + 1), group, 1, group});
    grid->rowTitle = tr("groups");
    setInputColumns(*grid, layout, layer);
    grid->strengthName = tr("mean |w|");
    grid->formula = tr("Colour: mean |w| = sum of |w| over the group's %1 ÷ their number. Empty: dropped.")
                        .arg(formatPlural(filters, tr("filter"), tr("filters")));
    const QString name = text(layout.reader(layer).name);
    grid->name = QStringLiteral("connections-%1").arg(name);
    grid->rowName = [](int row) { return tr("group %1").arg(row + 1); };
    grid->words = [cells = std::make_shared<const Cells>(*grid), columnName = grid->columnName,
                   strengthName = grid->strengthName](int row, int column) {
        return tr("group %1 · %2 · %3").arg(row + 1).arg(columnName(column), cells->words(row, column, strengthName));
    };
    return grid;
}

CellGridPtr groupGrid(const ConnectionLayout& layout, const LayerWeights& weights, int layer, int group) {
    auto grid = std::make_shared<CellGrid>();
    const int filters = weights.outputs / weights.groups;
    setShape(*grid, filters, weights.inputs);
    for (int row = 0; row < filters; ++row) {
        for (int column = 0; column < weights.inputs; ++column) {
            if (weights.mask[place(group, column, weights.inputs)] == 0) continue;
            const std::size_t cell = grid->at(row, column);
            grid->live[cell] = 1;
            grid->strength[cell] =
                std::abs(weights.pointwise[place(row * weights.groups + group, column, weights.inputs)]);
        }
    }
    findStrongest(*grid);
    grid->rowBands = {{tr("group %1").arg(group + 1), 0, filters, group}};
    grid->rowTitle = tr("filters of the group");
    setInputColumns(*grid, layout, layer);
    grid->strengthName = tr("|w|");
    grid->formula = tr("Colour: |w|, the weight of one filter for one input. Empty: dropped.");
    grid->name = QStringLiteral("connections-%1-group-%2").arg(text(layout.reader(layer).name)).arg(group + 1);
    // A group owns every G-th filter of its layer.
    grid->rowName = [group, groups = weights.groups](int row) { return tr("filter %1").arg(row * groups + group + 1); };
    grid->words = [cells = std::make_shared<const Cells>(*grid), rowName = grid->rowName, columnName = grid->columnName,
                   strengthName = grid->strengthName](int row, int column) {
        return tr("%1 · %2 · %3").arg(rowName(row), columnName(column), cells->words(row, column, strengthName));
    };
    return grid;
}

}  // namespace condenser
