#include "connections/map_frames.h"

#include <QCoreApplication>

#include "connections/map_pane.h"
#include "maps/map_painter.h"

namespace condenser {
namespace {

constexpr QSize kSize(960, 600);

QString layerName(const ConnectionsState& state) {
    return QString::fromStdString(state.source()->layout.reader(state.place().layer).name);
}

// Without run and moment, which the caption tells.
QString titleOf(const ConnectionsState& state) {
    const char* context = "MapFrames";
    const MapPlace& place = state.place();
    switch (place.level) {
        case MapLevel::kNetwork:
            return QCoreApplication::translate(context, "Whole network");
        case MapLevel::kLayer:
            return QCoreApplication::translate(context, "Layer %1").arg(layerName(state));
        case MapLevel::kGroup:
            return QCoreApplication::translate(context, "Layer %1 · group %2")
                .arg(layerName(state))
                .arg(place.group + 1);
    }
    return {};
}

}  // namespace

AnimationExport::Frame mapFrames(const ConnectionsState& state, const Theme& theme, const QFont& font) {
    if (state.source() == nullptr) return nullptr;
    const MapPlace place = state.place();
    const bool byIndex = place.level != MapLevel::kNetwork && state.arrangement() == Arrangement::kByIndex;
    MapLook look;
    look.theme = theme;
    look.font = font;
    look.towardsIndex = byIndex ? 1 : 0;
    return [source = state.source(), place, look, next = state.showsNextToGo(),
            title = titleOf(state)](const AnimationMoment& moment) -> Exhibit {
        const CellGridPtr grid = connectionsGrid(*source, *moment.record, moment.weights.get(), place, next);
        // Weights of another network than the run's: somebody has changed its folder.
        if (grid == nullptr) return {title, kSize, [](QPainter&) {}, {}};
        return mapExhibit(grid, look, title, kSize);
    };
}

QString mapFramesName(const ConnectionsState& state) {
    QString name = QStringLiteral("connections");
    if (state.source() == nullptr || state.place().level == MapLevel::kNetwork) return name;
    name += u'-' + layerName(state);
    if (state.place().level == MapLevel::kGroup) name += QStringLiteral("-group%1").arg(state.place().group + 1);
    return name;
}

}  // namespace condenser
