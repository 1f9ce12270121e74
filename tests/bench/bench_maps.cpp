// How long the connection map takes: first paint, steps of a scrub and of the rearrangement, on synthetic records. Run
// as `QT_QPA_PLATFORM=offscreen QT_SCALE_FACTOR=2 bench_maps`; times in ms of the clock.
#include <QApplication>
#include <QElapsedTimer>
#include <QImage>
#include <QMouseEvent>
#include <QPainter>
#include <algorithm>
#include <cstdio>
#include <functional>
#include <vector>

#include "map_support.h"
#include "maps/cell_map.h"
#include "maps/grid_picture.h"
#include "maps/grids.h"

using namespace condenser;

namespace {

constexpr int kRepeats = 60;  // as many epochs
constexpr QSize kPane(520, 420), kThumbnail(100, 26);

void report(const char* what, const std::function<void(int)>& work, int repeats = kRepeats) {
    std::vector<double> times;
    for (int i = 0; i < repeats; ++i) {
        QElapsedTimer clock;
        clock.start();
        work(i);
        times.push_back(static_cast<double>(clock.nsecsElapsed()) * 1e-6);
    }
    std::ranges::sort(times);
    std::printf("  %-52s median %7.2f   p95 %7.2f   longest %7.2f\n", what, times[times.size() / 2],
                times[times.size() * 95 / 100], times.back());
}

// Weights of one layer whose masks are those of a record.
LayerWeights weightsOf(const testing::MadeConnections& made, int layer) {
    const auto number = static_cast<std::size_t>(layer);
    const ConnectionsLayer& shape = made.layers[number];
    LayerWeights weights;
    weights.groups = shape.groups;
    weights.inputs = shape.inputs;
    weights.outputs = shape.outputs;
    weights.mask = made.record.layers[number].mask;
    for (int o = 0; o < shape.outputs; ++o) {
        for (int c = 0; c < shape.inputs; ++c) {
            const auto cell = static_cast<std::size_t>(o % shape.groups * shape.inputs + c);
            weights.pointwise.push_back(weights.mask[cell] != 0 ? static_cast<float>(std::sin(0.3 * o + 1.7 * c)) : 0);
        }
    }
    return weights;
}

void measure(const char* preset) {
    std::vector<testing::MadeConnections> stages;
    const int condense = testing::makeConnections(preset, 0).spec.condenseFactor;
    for (int stage = 0; stage < condense; ++stage) stages.push_back(testing::makeConnections(preset, stage));
    const auto at = [&](int epoch) -> const testing::MadeConnections& {
        return stages[static_cast<std::size_t>(epoch * condense / kRepeats)];
    };
    const int last = stages[0].layout.layers() - 1;
    std::printf("%s: %d layers, the last reads %d inputs in %d groups\n", preset, last + 1,
                stages[0].layers.back().inputs, stages[0].layers.back().groups);

    const auto layerOf = [&](int epoch, int layer, int next) {
        const testing::MadeConnections& made = at(epoch);
        return layerGrid(made.layout, made.layers, made.record, layer, next, condense);
    };
    const LayerWeights weights = weightsOf(stages[0], last);
    struct Level {
        const char* name;
        std::function<CellGridPtr(int)> grid;
    };
    const Level levels[] = {
        {"network", [&](int epoch) { return networkGrid(at(epoch).layout, at(epoch).layers, at(epoch).record); }},
        {"last layer", [&](int epoch) { return layerOf(epoch, last, -1); }},
        {"last layer, next to go", [&](int epoch) { return layerOf(epoch, last, at(epoch).record.key.stage); }},
        {"group of the last layer",
         [&](int epoch) { return groupGrid(stages[0].layout, weights, last, epoch % stages[0].layers.back().groups); }},
    };
    for (const Level& level : levels) {
        const QByteArray name(level.name);
        CellMap map;
        map.resize(kPane);
        map.show();
        QApplication::processEvents();
        report((name + ": made and painted for the first time").constData(), [&](int i) {
            map.setGrid(nullptr);
            map.setGrid(level.grid(i * 7 % kRepeats));
            map.repaint();
        });
        std::vector<CellGridPtr> grids;
        report((name + ": made").constData(), [&](int epoch) { grids.push_back(level.grid(epoch)); });
        report((name + ": a step of a scrub, painted").constData(), [&](int epoch) {
            map.setGrid(grids[static_cast<std::size_t>(epoch)]);
            map.repaint();
        });
        report((name + ": the pointer moves").constData(), [&](int i) {
            const QPointF place(100 + 5 * i, 200);
            QMouseEvent event(QEvent::MouseMove, place, map.mapToGlobal(place), Qt::NoButton, Qt::NoButton, {});
            QApplication::sendEvent(&map, &event);
            map.repaint();
        });
        if (!grids.back()->share.empty()) continue;
        map.setArrangement(Arrangement::kByIndex);
        report((name + ": a step of the rearrangement").constData(), [&](int i) {
            // The animation runs by the clock; each of its steps paints all cells anew.
            if (!map.rearranging()) {
                map.setArrangement(i % 2 == 0 ? Arrangement::kBySource : Arrangement::kByIndex);
            }
            map.setLit(std::vector<std::uint8_t>(grids.back()->live.size(), static_cast<std::uint8_t>(i % 2)));
            map.repaint();
        });
    }
    report("small pictures of all layers, made and scaled", [&](int epoch) {
        const double ratio = 2;
        QImage all((QSizeF(kThumbnail.width(), kThumbnail.height() * (last + 1)) * ratio).toSize(),
                   QImage::Format_ARGB32_Premultiplied);
        QPainter painter(&all);
        painter.setRenderHint(QPainter::SmoothPixmapTransform);
        for (int layer = 0; layer <= last; ++layer) {
            const QImage picture = gridPicture(*layerOf(epoch, layer, -1), darkTheme());
            const QSize size = (QSizeF(kThumbnail) * ratio).toSize();
            painter.drawImage(QPoint(0, layer * size.height()),
                              picture.scaled(size, Qt::IgnoreAspectRatio, Qt::SmoothTransformation));
        }
    });
}

}  // namespace

int main(int argc, char** argv) {
    QApplication app(argc, argv);
    for (const char* preset : {"condensenet-86", "condensenet-74-g8"}) measure(preset);
    return 0;
}
