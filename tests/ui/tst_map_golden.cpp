// What is drawn equals the file: the colour of every cell against the masks and importances of golden trainings, at
// every condensing stage, G = C and G != C.
#include <QPixmap>
#include <QTest>

#include "maps/cell_map.h"
#include "maps/grids.h"
#include "support/golden.h"
#include "ui_support.h"

using namespace condenser;

namespace {

// One layer behind a stem.
struct Stage {
    ConnectionLayout layout;
    std::vector<ConnectionsLayer> layers;
    ConnectionsRecord record;
};

Stage stageOf(const golden::Check& check, int stage) {
    const auto& params = check.which().params;
    const int groups = params.at("groups"), inputs = params.at("cin"), outputs = params.at("cout");
    const std::string at = "stage" + std::to_string(stage) + ".";
    Stage made;
    made.layout.sources = {{"stem", 0, -1, 0, inputs}, {"1.1", 0, 0, inputs, outputs}};
    made.layers = {{"features.denseblock_1.denselayer_1.conv_1", groups, inputs, outputs}};
    const auto mask = check.floats(at + "mask"), weight = check.floats(at + "weight");
    LayerConnections connections;
    for (int g = 0; g < groups; ++g) {
        for (int c = 0; c < inputs; ++c) {
            double importance = 0;
            bool live = false;
            // A group owns every G-th filter.
            for (int o = g; o < outputs; o += groups) {
                const auto place = static_cast<std::size_t>(o * inputs + c);
                live = live || mask[place] != 0;
                if (mask[place] != 0) importance += std::abs(double{weight[place]});
            }
            connections.mask.push_back(live ? 1 : 0);
            connections.importance.push_back(static_cast<float>(importance));
        }
    }
    made.record.layers = {connections};
    return made;
}

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
    void initTestCase() {
        auto manifest = golden::readManifest(golden::folder(CONDENSER_FIXTURES));
        QVERIFY2(manifest, manifest ? "" : manifest.error().text().c_str());
        m_manifest = std::move(*manifest);
    }
    void init() { testing::failOnWarnings(); }

    void cellsAreThoseOfTheFile_data() {
        QTest::addColumn<QString>("name");
        QTest::addColumn<bool>("dark");
        for (const golden::Case* which : m_manifest.ofGroup("condensing")) {
            if (!which->nameStartsWith("lgc_trajectory")) continue;
            for (const bool dark : {true, false}) {
                QTest::addRow("%s %s", which->name.c_str(), dark ? "dark" : "light")
                    << QString::fromStdString(which->name) << dark;
            }
        }
    }
    void cellsAreThoseOfTheFile() {
        QFETCH(QString, name);
        QFETCH(bool, dark);
        const golden::Case* which = m_manifest.find(name.toStdString());
        const auto check = golden::Check::open(*which);
        QVERIFY(check);
        const Theme& theme = dark ? darkTheme() : lightTheme();
        const int condense = which->params.at("condense"), groups = which->params.at("groups"),
                  inputs = which->params.at("cin"), filters = which->params.at("cout").get<int>() / groups;

        CellMap map;
        map.setTheme(theme);
        map.setPalette(paletteOf(theme));
        map.resize(640, 400);
        int cells = 0;
        for (int stage = 0; stage < condense; ++stage) {
            const Stage made = stageOf(*check, stage);
            const auto& importance = made.record.layers[0].importance;
            const std::string given = "stage" + std::to_string(stage) + ".importance";
            const CellGridPtr grid = layerGrid(made.layout, made.layers, made.record, 0);
            map.setGrid(grid);
            const Seen picture(map);
            const QRgb ground = picture.at({1, 1});
            for (int g = 0; g < groups; ++g) {
                int live = 0;
                for (int c = 0; c < inputs; ++c) {
                    const auto cell = static_cast<std::size_t>(g * inputs + c);
                    const auto mask = check->floats("stage" + std::to_string(stage) + ".mask")[cell];
                    const QRgb seen = picture.at(map.cellRect(g, c).center());
                    ++cells;
                    if (mask == 0) {
                        QCOMPARE(seen, ground);
                        continue;
                    }
                    ++live;
                    if (check->has(given))
                        QVERIFY(std::abs(check->floats(given)[cell] - importance[cell]) <= 1e-5f * importance[cell]);
                    const CellBand band{QString(), g, 1, g};
                    QCOMPARE(seen, cellColour(theme, band, double{importance[cell]} / filters, grid->strongest).rgb());
                }
                QCOMPARE(live, inputs - inputs / condense * stage);
            }
        }
        QCOMPARE(cells, condense * groups * inputs);

        // By index, after the last step: a block for each group, its channels those of the golden index layer.
        map.setArrangement(Arrangement::kByIndex, false);
        const CellGrid& grid = *map.grid();
        const auto index = check->int64s("final.index");
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

  private:
    golden::Manifest m_manifest;
};

QTEST_MAIN(MapGoldenTest)
#include "tst_map_golden.moc"
