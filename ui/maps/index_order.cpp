#include "maps/index_order.h"

#include <algorithm>

namespace condenser {

IndexOrder::IndexOrder(const CellGrid& grid)
    : m_columns(static_cast<std::size_t>(grid.columns)), m_bandOfRow(static_cast<std::size_t>(grid.rows)) {
    m_positions.assign(grid.rowBands.size() * m_columns, -1);
    for (std::size_t number = 0; number < grid.rowBands.size(); ++number) {
        const CellBand& rows = grid.rowBands[number];
        CellBand band{rows.name, positions(), 0, rows.series};
        for (int row = rows.first; row < rows.first + rows.count; ++row)
            m_bandOfRow[static_cast<std::size_t>(row)] = static_cast<int>(number);
        for (int column = 0; column < grid.columns; ++column) {
            bool read = false;
            for (int row = rows.first; row < rows.first + rows.count && !read; ++row) read = grid.isLive(row, column);
            if (!read) continue;
            m_positions[number * m_columns + static_cast<std::size_t>(column)] = positions();
            channels.push_back(column);
            ++band.count;
        }
        bands.push_back(std::move(band));
    }
}

bool hasIndexOrder(const CellGrid& grid) {
    return grid.rows > 0 && std::ranges::none_of(grid.rowBands, [](const CellBand& band) { return band.series < 0; });
}

}  // namespace condenser
