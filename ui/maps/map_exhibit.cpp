#include <QPaintEngine>
#include <QPainter>

#include "look/titled_exhibit.h"
#include "maps/map_heads.h"

namespace condenser {
namespace {

// Pictures have dots; SVG and PDF have none, nor has what is recorded to be played back on either.
double pixelRatioOf(const QPainter& painter) {
    const QPaintEngine* engine = painter.paintEngine();
    return engine != nullptr && engine->type() == QPaintEngine::Raster ? painter.device()->devicePixelRatioF() : 0;
}

}  // namespace

Exhibit mapExhibit(const CellGridPtr& grid, const MapLook& look, const QString& title, QSize size) {
    if (grid == nullptr) return {};
    const auto paint = [grid, look](QPainter& painter, const QRectF& room) {
        const MapGeometry geometry(grid, look, room, pixelRatioOf(painter));
        paintMap(painter, geometry, look, cellRows(geometry, look));
    };
    return titledExhibit({look.theme, look.font, title, grid->formula}, grid->name,
                         {size.width() - 2 * ExhibitFrame::kMargin, size.height()}, paint,
                         [grid] { return grid->csv(); });
}

}  // namespace condenser
