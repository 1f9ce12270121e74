// What is drawn equals the file: the colour of every cell against the masks and importances of golden trainings, at
// every condensing stage, G = C and G != C.
#include <QPixmap>
#include <QTest>

#include "maps/cell_map.h"
#include "maps/grids.h"
#include "support/golden_test.h"
#include "support/golden_trajectory.h"
#include "ui_support.h"

using namespace condenser;

namespace {

class Seen {
  public:
    explicit Seen(CellMap& map) : m_ratio(map.devicePixelRatioF()), m_image(map.grab().toImage()) {}
    QRgb at(const QPointF& place) const {
        return m_image.pixel(static_cast<int>(place.x() * m_ratio), static_cast<int>(place.y() * m_ratio));
    }

  private:
    double m_ratio;
    QImage m_image;
};

}  // namespace

class MapGoldenTest : public QObject {
    Q_OBJECT

  private slots:
    void init() { testing::failOnWarnings(); }

    void cellsAreThoseOfTheFile_data() {
        QTest::addColumn<QString>("name");
        QTest::addColumn<bool>("dark");
        for (const golden::Case* which : golden::casesOf("condensing", "lgc_trajectory")) {
            for (const bool dark : {true, false}) {
                QTest::addRow("%s %s", which->name.c_str(), dark ? "dark" : "light")
                    << QString::fromStdString(which->name) << dark;
            }
        }
    }
    void cellsAreThoseOfTheFile() {
        QFETCH(bool, dark);
        const golden::Trajectory trajectory(golden::caseOfRow());
        const Theme& theme = dark ? darkTheme() : lightTheme();
        const ConnectionsLayer& layer = trajectory.layer;
        const int condense = trajectory.stages, groups = layer.groups, inputs = layer.inputs,
                  filters = layer.outputs / groups;
        ConnectionLayout layout;
        layout.sources = {{"stem", 0, -1, 0, inputs}, {"1.1", 0, 0, inputs, layer.outputs}};

        CellMap map;
        map.setTheme(theme);
        map.setPalette(paletteOf(theme));
        map.resize(640, 400);
        int cells = 0;
        for (int stage = 0; stage < condense; ++stage) {
            const LayerConnections connections = trajectory.connections(stage, stage);
            const CellGridPtr grid = layerGrid(layout, {layer}, {{}, {connections}}, 0);
            map.setGrid(grid);
            const Seen picture(map);
            const QRgb ground = picture.at({1, 1});
            for (int g = 0; g < groups; ++g) {
                int live = 0;
                for (int c = 0; c < inputs; ++c) {
                    const auto cell = static_cast<std::size_t>(g * inputs + c);
                    const QRgb seen = picture.at(map.cellRect(g, c).center());
                    ++cells;
                    if (connections.mask[cell] == 0) {
                        QCOMPARE(seen, ground);
                        continue;
                    }
                    ++live;
                    const double strength = double{connections.importance[cell]} / filters;
                    QCOMPARE(seen, cellColour(theme, {QString(), g, 1, g}, strength, grid->strongest).rgb());
                }
                QCOMPARE(live, inputs - inputs / condense * stage);
            }
        }
        QCOMPARE(cells, condense * groups * inputs);

        // By index, after the last step: a block for each group, its channels those of the golden index layer.
        map.setArrangement(Arrangement::kByIndex, false);
        const CellGrid& grid = *map.grid();
        const auto index = trajectory.index();
        const int keep = inputs / condense, positions = groups * keep;
        QCOMPARE(static_cast<int>(index.size()), positions);
        const Seen picture(map);
        const QRgb ground = picture.at({1, 1});
        const double left = map.cellRect(0, static_cast<int>(index.front())).left(),
                     right = map.cellRect(groups - 1, static_cast<int>(index.back())).right();
        for (int position = 0; position < positions; ++position) {
            const int channel = static_cast<int>(index[static_cast<std::size_t>(position)]);
            const double x = left + (right - left) * (position + 0.4) / positions;
            for (int g = 0; g < groups; ++g) {
                const double y =
                    map.cellRect(g, static_cast<int>(index[static_cast<std::size_t>(g * keep)])).center().y();
                const QRgb seen = picture.at({x, y});
                if (position / keep != g) {
                    QCOMPARE(seen, ground);
                    QVERIFY(!map.cellAt({x, y}));
                    continue;
                }
                QCOMPARE(map.cellAt({x, y}), std::optional(CellPlace{g, channel}));
                const double strength = double{grid.strength[grid.at(g, channel)]};
                QCOMPARE(seen,
                         cellColour(theme, grid.rowBands[static_cast<std::size_t>(g)], strength, grid.strongest).rgb());
            }
        }
    }
};

QTEST_MAIN(MapGoldenTest)
#include "tst_map_golden.moc"
