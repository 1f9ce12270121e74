// Where each live pair (group, channel) stands in the order of the index layer.
#pragma once

#include <vector>

#include "maps/cell_grid.h"

namespace condenser {

// A band of rows is a group: it owns consecutive positions, one for each channel that any of its rows reads, in the
// order of the channels.
struct IndexOrder {
    explicit IndexOrder(const CellGrid& grid);

    // -1 where the group does not read the channel.
    int positionOf(int row, int column) const {
        return m_positions[static_cast<std::size_t>(m_bandOfRow[static_cast<std::size_t>(row)]) * m_columns +
                           static_cast<std::size_t>(column)];
    }
    int bandOfRow(int row) const { return m_bandOfRow[static_cast<std::size_t>(row)]; }
    int positions() const { return static_cast<int>(channels.size()); }

    std::vector<int> channels;    // of each position
    std::vector<CellBand> bands;  // of positions; named and coloured as the bands of rows

  private:
    std::size_t m_columns = 0;
    std::vector<int> m_positions;  // [bands, columns]
    std::vector<int> m_bandOfRow;
};

// Whole networks have no index layer: their rows are no groups.
bool hasIndexOrder(const CellGrid& grid);

}  // namespace condenser
