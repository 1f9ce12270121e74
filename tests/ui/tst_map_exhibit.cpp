// What is taken out of the map: pictures in dots and in shapes, and the numbers.
#include <QImage>
#include <QTemporaryDir>
#include <QTest>

#include "map_support.h"
#include "maps/cell_map.h"
#include "ui_support.h"

using namespace condenser;
using testing::MadeConnections;
using testing::makeConnections;

class MapExhibitTest : public QObject {
    Q_OBJECT

  private slots:
    void init() { testing::failOnWarnings(); }

    void everyFormatIsWritten() {
        const MadeConnections made = makeConnections(testing::kMapModel, 2);
        for (const CellGridPtr& grid : {made.networkGrid(), made.layerGrid(3, 2)}) {
            MapLook look;
            look.theme = lightTheme();
            const Exhibit exhibit = mapExhibit(grid, look, QStringLiteral("Layer 2.2 · epoch 3"), {480, 300});
            QCOMPARE(exhibit.name, grid->name);
            QVERIFY(exhibit.size.height() > 300);
            QTemporaryDir folder;
            for (const char* suffix : {"png", "svg", "pdf", "csv"}) {
                const QString file = folder.filePath(exhibit.name + u'.' + QLatin1String(suffix));
                const auto written = writeExhibit(exhibit, toPath(file));
                QVERIFY2(written, written ? "" : written.error().text().c_str());
                QVERIFY(QFileInfo(file).size() > 200);
            }
            QFile svg(folder.filePath(exhibit.name + QStringLiteral(".svg")));
            QVERIFY(svg.open(QIODevice::ReadOnly));
            const QByteArray text = svg.readAll();
            // Shapes, title and formula; no picture of dots inside.
            QVERIFY(!text.contains("<image"));
            QVERIFY(text.contains("Layer 2.2"));
            QVERIFY(text.contains("mean |w|"));
            QVERIFY(text.count("<rect") >= std::ranges::count(grid->live, std::uint8_t{1}));
        }
    }

    void aHugeLayerIsAPictureInsideTheShapes() {
        const MadeConnections made = makeConnections("condensenet-74-g8", 0);
        MapLook look;
        look.theme = darkTheme();
        auto grid = std::make_shared<CellGrid>(*made.layerGrid(made.layout.layers() - 1));
        // Twice as many rows as any preset has.
        const std::size_t cells = grid->live.size();
        grid->rows *= 2;
        for (std::size_t i = 0; i < cells; ++i) {
            grid->live.push_back(grid->live[i]);
            grid->strength.push_back(grid->strength[i]);
        }
        for (int g = 0; g < 8; ++g) grid->rowBands.push_back({QStringLiteral("group"), 8 + g, 1, g});
        grid->rowName = nullptr;
        QTemporaryDir folder;
        const QString file = folder.filePath(QStringLiteral("map.svg"));
        QVERIFY(writeExhibit(mapExhibit(grid, look, QStringLiteral("big"), {800, 400}), toPath(file)));
        QVERIFY(QFileInfo(file).size() < 1'000'000);
    }

    // In dots the exhibit is what the window shows.
    void thePictureIsWhatIsSeen() {
        CellMap map;
        map.setTheme(darkTheme());
        map.resize(400, 300);
        map.setGrid(testing::layerAt(2));
        map.setArrangement(Arrangement::kByIndex, false);
        const Exhibit exhibit = map.exhibit(QString());
        const QImage picture = pictureOf(exhibit, 1);
        std::vector<QRgb> colours;
        for (int y = 0; y < picture.height(); ++y) {
            for (int x = 0; x < picture.width(); ++x) colours.push_back(picture.pixel(x, y));
        }
        std::ranges::sort(colours);
        const CellGrid& grid = *map.grid();
        for (int row = 0; row < grid.rows; ++row) {
            for (int column = 0; column < grid.columns; ++column) {
                if (!grid.isLive(row, column)) continue;
                const QColor colour = cellColour(darkTheme(), grid.rowBands[static_cast<std::size_t>(row)],
                                                 double{grid.strength[grid.at(row, column)]}, grid.strongest);
                QVERIFY(std::ranges::binary_search(colours, colour.rgb()));
            }
        }
        QCOMPARE(exhibit.csv(), grid.csv());
        QCOMPARE(QColor(picture.pixel(0, 0)), darkTheme().panel);
    }
};

QTEST_MAIN(MapExhibitTest)
#include "tst_map_exhibit.moc"
