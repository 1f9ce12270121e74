// The three grids: what their cells are, in numbers, words and bands.
#include <QTest>

#include "connections/feature_reuse.h"
#include "connections/next_to_go.h"
#include "map_support.h"
#include "maps/grid_picture.h"
#include "maps/index_order.h"
#include "maps/map_painter.h"
#include "ui_support.h"

using namespace condenser;
using testing::MadeConnections;
using testing::makeConnections;

class MapGridsTest : public QObject {
    Q_OBJECT

  private slots:
    void init() { testing::failOnWarnings(); }

    // What an earlier block made is not there behind a transition, as what is made later.
    void transitionsCutTheNetwork() {
        const MadeConnections made =
            makeConnections("condensenet:stages=2-2,growth=4-4,groups=2,condense=2,group3x3=2,compression=0.5", 1);
        const CellGridPtr grid = made.networkGrid();
        QCOMPARE(grid->rows, 5);  // stem, 1.1, 1.2, T1, 2.1
        for (int source = 0; source < 5; ++source) {
            for (int layer = 0; layer < 5; ++layer) {
                QCOMPARE(grid->isThere(source, layer), source <= layer && (layer < 3 || source >= 3));
                QCOMPARE(grid->isLive(source, layer), grid->isThere(source, layer));  // every one is read by half
            }
        }
        QCOMPARE(grid->columnName(2), QStringLiteral("T1"));
        QCOMPARE(grid->words(0, 3), QStringLiteral("stem is made before the transition that 2.1 reads"));
        QStringList bands;
        for (const CellBand& band : grid->rowBands) bands << band.name;
        QCOMPARE(bands.join(u' '), QStringLiteral("stem block 1 T1 block 2"));
        const CellGridPtr layer = made.layerGrid(4);  // 2.2: 8 channels of T1 and 4 of 2.1
        QCOMPARE(layer->columns, 12);
        QCOMPARE(layer->columnBands.size(), std::size_t{2});
        QCOMPARE(layer->columnBands[1].first, 8);
        QCOMPARE(layer->columnName(0), QStringLiteral("f 16 · made by T1"));
        QCOMPARE(layer->columnName(8), QStringLiteral("f 24 · made by 2.1"));
    }

    void theNetworkHasAPlaceForWhatCanBeRead() {
        const MadeConnections made = makeConnections(testing::kMapModel, 2);
        const CellGridPtr grid = made.networkGrid();
        QCOMPARE(grid->rows, 4);  // stem, 1.1, 1.2, 2.1: nobody but the classifier reads 2.2
        QCOMPARE(grid->columns, 4);
        for (int source = 0; source < 4; ++source) {
            for (int layer = 0; layer < 4; ++layer) {
                QCOMPARE(grid->isThere(source, layer), source <= layer);
                if (source > layer) {
                    QVERIFY(!grid->isLive(source, layer));
                    continue;
                }
                const auto number = static_cast<std::size_t>(layer);
                const Reuse reuse = reuseOf(made.layers[number], made.record.layers[number],
                                            made.layout.inputsFrom(layer, made.layout.source(source)));
                QCOMPARE(grid->share[grid->at(source, layer)], static_cast<float>(reuse.share()));
                QCOMPARE(grid->strength[grid->at(source, layer)], static_cast<float>(reuse.meanWeight));
            }
        }
        QCOMPARE(grid->rowName(0), QStringLiteral("stem"));
        QCOMPARE(grid->columnName(3), QStringLiteral("2.2"));
        QCOMPARE(grid->rowBands.size(), std::size_t{3});
        QCOMPARE(grid->rowBands[2].name, QStringLiteral("block 2"));
        QCOMPARE(grid->rowBands[2].count, 1);
        QCOMPARE(grid->columnBands.size(), std::size_t{2});
        QVERIFY2(grid->words(0, 3).startsWith(QStringLiteral("2.2 reads stem · 16 of 32 connections kept")),
                 qPrintable(grid->words(0, 3)));
        QCOMPARE(grid->words(3, 0), QStringLiteral("2.1 is made later than 1.1 reads"));
        QVERIFY(!hasIndexOrder(*grid));
    }

    void aPlaceThatKeepsNothingIsThereButEmpty() {
        MadeConnections made = makeConnections(testing::kMapModel, 0);
        auto& connections = made.record.layers[3];
        const int inputs = made.layers[3].inputs;
        for (int g = 0; g < 4; ++g) {
            for (int c = 0; c < made.layout.sources[0].channels; ++c)
                connections.mask[static_cast<std::size_t>(g * inputs + c)] = 0;
        }
        const CellGridPtr grid = made.networkGrid();
        QVERIFY(grid->isThere(0, 3) && !grid->isLive(0, 3));
        QVERIFY(grid->words(0, 3).contains(QStringLiteral("0 of 32")));
    }

    void aLayerHasARowForEachGroup() {
        const MadeConnections made = makeConnections(testing::kMapModel, 1);
        const int layer = 3;
        const CellGridPtr grid = made.layerGrid(layer, 1);
        const ConnectionsLayer& shape = made.layers[layer];
        QCOMPARE(grid->rows, 4);
        QCOMPARE(grid->columns, shape.inputs);
        const auto going = nextToGo(shape, made.record.layers[layer], 1, 4);
        for (int g = 0; g < grid->rows; ++g) {
            int marked = 0;
            for (int c = 0; c < grid->columns; ++c) {
                const std::size_t cell = grid->at(g, c);
                QCOMPARE(grid->live[cell], made.record.layers[layer].mask[cell]);
                QCOMPARE(grid->strength[cell],
                         made.record.layers[layer].importance[cell] / static_cast<float>(shape.outputs / 4));
                marked += grid->going[cell];
            }
            QCOMPARE(marked, static_cast<int>(going[static_cast<std::size_t>(g)].size()));
            QVERIFY(marked > 0);
            QCOMPARE(grid->rowBands[static_cast<std::size_t>(g)].series, g);
        }
        QCOMPARE(grid->columnBands.size(), std::size_t{4});
        QCOMPARE(grid->columnBands[1].name, QStringLiteral("1.1"));
        QCOMPARE(grid->columnBands[1].first, 8);
        QCOMPARE(grid->columnName(9), QStringLiteral("f 9 · made by 1.1"));
        QCOMPARE(grid->rowName(0), QStringLiteral("group 1"));
        QVERIFY(grid->words(0, 0).endsWith(QStringLiteral("dropped")));
        QVERIFY2(grid->words(1, 0).startsWith(QStringLiteral("group 2 · f 0 · made by stem · mean |w| ")),
                 qPrintable(grid->words(1, 0)));
    }

    void aGroupHasARowForEachOfItsFilters() {
        const MadeConnections made = makeConnections(testing::kMapModel, 0);
        LayerWeights weights;
        weights.groups = 4;
        weights.inputs = 8;
        weights.outputs = 16;
        for (int i = 0; i < 16 * 8; ++i) weights.pointwise.push_back(static_cast<float>(i % 2 == 0 ? i : -i));
        weights.mask.assign(4 * 8, 1);
        weights.mask[2 * 8 + 5] = 0;
        const CellGridPtr grid = groupGrid(made.layout, weights, 0, 2);
        QCOMPARE(grid->rows, 4);
        QCOMPARE(grid->columns, 8);
        // Group 3 owns filters 3, 7, 11 and 15, counted from 1.
        QCOMPARE(grid->rowName(1), QStringLiteral("filter 7"));
        QCOMPARE(grid->strength[grid->at(1, 3)], float{(1 * 4 + 2) * 8 + 3});
        for (int row = 0; row < 4; ++row) QVERIFY(!grid->isLive(row, 5));
        QCOMPARE(grid->words(1, 5), QStringLiteral("filter 7 · f 5 · made by stem · dropped"));
        const IndexOrder order(*grid);
        QCOMPARE(order.positions(), 7);
        QCOMPARE(order.positionOf(0, 6), 5);
        QCOMPARE(order.positionOf(3, 5), -1);
    }

    void theIndexOrderIsGroupMajor() {
        const CellGridPtr grid = testing::layerAt(3, 2);
        const IndexOrder order(*grid);
        QCOMPARE(order.positions(), grid->columns);  // C = G: as many as there are channels
        int expected = 0;
        for (int g = 0; g < grid->rows; ++g) {
            QCOMPARE(order.bands[static_cast<std::size_t>(g)].first, expected);
            for (int c = 0; c < grid->columns; ++c) {
                if (!grid->isLive(g, c)) {
                    QCOMPARE(order.positionOf(g, c), -1);
                    continue;
                }
                QCOMPARE(order.channels[static_cast<std::size_t>(expected)], c);
                QCOMPARE(order.positionOf(g, c), expected++);
            }
        }
    }

    void theTableHasALineForEachCell() {
        const MadeConnections made = makeConnections(testing::kMapModel, 2);
        const QStringList layer = made.layerGrid(0)->csv().split(u'\n', Qt::SkipEmptyParts);
        QCOMPARE(layer.size(), 1 + 4 * 8);
        QCOMPARE(layer[0], QStringLiteral("row,column,live,share,mean |w|"));
        QCOMPARE(layer[1], QStringLiteral("group 1,f 0 · made by stem,0,0,0"));
        const QStringList network = made.networkGrid()->csv().split(u'\n', Qt::SkipEmptyParts);
        QCOMPARE(network.size(), 1 + 4 + 3 + 2 + 1);  // only what can be
        QVERIFY(network[1].startsWith(QStringLiteral("stem,1.1,1,0.5,")));
    }

    void theSmallPictureHasTheCellsColours() {
        const CellGridPtr grid = testing::layerAt(2);
        const QImage picture = gridPicture(*grid, lightTheme());
        QCOMPARE(picture.size(), QSize(grid->columns, grid->rows));
        for (int row = 0; row < grid->rows; ++row) {
            for (int column = 0; column < grid->columns; ++column) {
                const std::size_t cell = grid->at(row, column);
                const QColor expected = grid->live[cell] != 0
                                            ? cellColour(lightTheme(), grid->rowBands[static_cast<std::size_t>(row)],
                                                         double{grid->strength[cell]}, grid->strongest)
                                            : QColor(Qt::transparent);
                QCOMPARE(picture.pixelColor(column, row).rgba(), expected.rgba());
            }
        }
        QVERIFY(gridPicture(CellGrid(), darkTheme()).isNull());
    }

    // A single weight must not make all others pale.
    void oneCellInAHundredMayLieBeyondTheScale() {
        const MadeConnections made = makeConnections(testing::kMapModel, 0);
        LayerWeights weights;
        weights.groups = 1;
        weights.inputs = 20;
        weights.outputs = 10;
        weights.pointwise.assign(200, 0.5f);
        weights.mask.assign(20, 1);
        weights.pointwise[7] = 30;
        CellGridPtr grid = groupGrid(made.layout, weights, 3, 0);
        QCOMPARE(grid->strongest, 0.5);
        QVERIFY(grid->beyond);
        weights.pointwise[7] = 0.5f;
        grid = groupGrid(made.layout, weights, 3, 0);
        QVERIFY(!grid->beyond);
    }
};

QTEST_MAIN(MapGridsTest)
#include "tst_map_grids.moc"
