#include "maps/grid_picture.h"

#include "maps/colour_scale.h"

namespace condenser {

QImage gridPicture(const CellGrid& grid, const Theme& theme) {
    if (grid.rows <= 0 || grid.columns <= 0) return {};
    QImage picture(grid.columns, grid.rows, QImage::Format_ARGB32_Premultiplied);
    picture.fill(Qt::transparent);
    const double scale = grid.strongest > 0 ? 1 / grid.strongest : 0;
    for (const CellBand& band : grid.rowBands) {
        const ColourScale& colours = ColourScale::of(theme, band.series);
        for (int row = band.first; row < band.first + band.count; ++row) {
            auto* line = reinterpret_cast<QRgb*>(picture.scanLine(row));
            for (int column = 0; column < grid.columns; ++column) {
                const std::size_t cell = grid.at(row, column);
                if (grid.live[cell] == 0) continue;
                const QRgb colour = colours.at(double{grid.strength[cell]} * scale);
                if (grid.share.empty()) {
                    line[column] = colour;
                } else {
                    const int alpha = static_cast<int>(255 * grid.share[cell] + 0.5f);
                    line[column] = qPremultiply(qRgba(qRed(colour), qGreen(colour), qBlue(colour), alpha));
                }
            }
        }
    }
    return picture;
}

}  // namespace condenser
