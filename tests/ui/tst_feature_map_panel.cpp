// Feature maps along the traced path: pixels are the maps' values, the panel follows trace, place and moment, and of
// many requests only the last is answered.
#include <QLabel>
#include <QMouseEvent>
#include <QPushButton>
#include <QSignalSpy>

#include "connections/detail_table.h"
#include "connections/feature_map_panel.h"
#include "connections/feature_path.h"
#include "connections/layer_weights.h"
#include "connections/map_grid.h"
#include "connections/weight_colours.h"
#include "ui_support.h"
#include "weights_by_hand.h"

using namespace condenser;
using condenser::testing::find;
using condenser::testing::kWaitMs;
using condenser::testing::makeWeights;
using condenser::testing::sourceOf;

namespace {

// Half of group 1's inputs of the last layer are dropped, of the others every fourth is kept.
ConnectionsRecordPtr makeRecord(const ModelFile& model) {
    auto made = connectionsOf(model);
    LayerConnections& last = made->record.layers.back();
    const std::size_t inputs = static_cast<std::size_t>(made->layers.back().inputs);
    for (std::size_t i = 0; i < last.mask.size(); ++i) {
        const bool kept = i < inputs ? i % 2 == 0 : i % 4 == 0;
        last.mask[i] = kept ? 1 : 0;
        if (!kept) last.importance[i] = 0;
    }
    return std::make_shared<const ConnectionsRecord>(std::move(made->record));
}

std::shared_ptr<const Picture> drawn(int index) {
    return std::make_shared<const Picture>(drawShape(ShapesPart::kTest, index).picture);
}

FeatureMaps mapsOf(const ModelFile& model, const Picture& picture) {
    ThreadPool pool(1);
    return FeatureMapper::make(model).value().maps(picture, pool);
}

struct Shown {
    explicit Shown(const std::string& data = "shapes10") : weights(makeWeights(1)), panel(state) {
        panel.setTheme(darkTheme());
        panel.resize(240, 420);
        panel.show();
        state.setSource(sourceOf(*weights, data));
        state.setRecord(state.moment(), makeRecord(*weights));
    }
    void giveWeights() { state.setWeights(state.moment(), weights); }
    void waitForMaps() { QTRY_VERIFY_WITH_TIMEOUT(grid().isVisible(), kWaitMs); }
    MapGrid& grid() { return *find<MapGrid>(panel, "mapGrid"); }
    QString text(const char* name) { return find<QLabel>(panel, name)->text(); }
    FeatureMaps expected(const Picture& picture) { return mapsOf(*weights, picture); }

    ModelFilePtr weights;
    ConnectionsState state;
    FeatureMapPanel panel;
};

std::vector<int> channelsOf(const MapGrid& grid) {
    std::vector<int> channels;
    for (const MapTile& tile : grid.tiles()) channels.push_back(tile.channel);
    return channels;
}

}  // namespace

class TestFeatureMapPanel : public QObject {
    Q_OBJECT

  private slots:
    void init() { testing::failOnWarnings(); }

    void pixelsAreTheMapsValues_data() {
        QTest::addColumn<bool>("common");
        QTest::addRow("each its own range") << false;
        QTest::addRow("a common range") << true;
    }
    void pixelsAreTheMapsValues() {
        QFETCH(bool, common);
        Shown shown;
        shown.panel.setPicture({drawn(3), QStringLiteral("three.png")});
        shown.giveWeights();
        shown.state.setPlace({MapLevel::kLayer, 2, 0});
        shown.waitForMaps();
        if (common) QTest::mouseClick(find<QPushButton>(shown.panel, "mapCommonScale"), Qt::LeftButton);
        const FeatureMaps maps = shown.expected(*drawn(3));
        MapGrid& grid = shown.grid();
        QCOMPARE(grid.tiles().size(), std::size_t{8});
        float low = 1e9f, high = -1e9f;
        for (const MapTile& tile : grid.tiles()) {
            for (const float value : maps.map(tile.channel).values) {
                low = std::min(low, value);
                high = std::max(high, value);
            }
        }
        const QImage image = grid.grab().toImage();
        const double dots = image.devicePixelRatio();
        for (int i = 0; i < 8; ++i) {
            const FeatureMap map = maps.map(grid.tiles()[static_cast<std::size_t>(i)].channel);
            QCOMPARE(map.width, 16);  // of the second block
            const auto [mapLow, mapHigh] = std::ranges::minmax(map.values);
            const float from = common ? low : mapLow, to = common ? high : mapHigh;
            const QRectF rect = grid.mapRect(i);
            for (int y = 0; y < map.height; ++y) {
                for (int x = 0; x < map.width; ++x) {
                    const QPointF at = rect.topLeft() + QPointF((x + 0.5) * rect.width() / map.width,
                                                                (y + 0.5) * rect.height() / map.height);
                    const double value = map.values[static_cast<std::size_t>(y * map.width + x)];
                    // In 256 shades: one step of a colour may be off by rounding.
                    const QColor expected = brightness(darkTheme(), (value - from) / (double{to} - from));
                    const QColor drawn = image.pixelColor((at * dots).toPoint());
                    QVERIFY(std::abs(drawn.red() - expected.red()) <= 1 &&
                            std::abs(drawn.blue() - expected.blue()) <= 1);
                }
            }
        }
    }

    void theAnswerIsSaid() {
        Shown shown;
        shown.panel.setPicture({drawn(5), QStringLiteral("five.png")});
        shown.giveWeights();
        shown.waitForMaps();
        const FeatureMaps maps = shown.expected(*drawn(5));
        QVERIFY(shown.text("mapAnswer").startsWith(QString::fromStdString(maps.answer)));
        QVERIFY(shown.text("mapAnswer").contains(formatShare(maps.probabilities[static_cast<std::size_t>(maps.best)])));
        QCOMPARE(shown.text("mapPictureName"), QStringLiteral("five.png"));
        QVERIFY(!find<QLabel>(shown.panel, "mapPicture")->pixmap().isNull());
    }

    void theTracedPathIsFollowed() {
        Shown shown;
        shown.panel.setPicture({drawn(0), QStringLiteral("one.png")});
        shown.giveWeights();
        shown.waitForMaps();
        QCOMPARE(shown.text("mapTitle"), QStringLiteral("Channels read most"));

        shown.state.setTrace({Trace::What::kReads, 3, 1, -1, -1, -1});
        const ConnectionsSource& source = *shown.state.source();
        const auto inputs = inputsOf(source.layout, source.layers, *shown.state.record(), 3, 1);
        std::vector<int> expected;
        for (const ReadInput& input : inputs) expected.push_back(input.channel);
        QVERIFY(!expected.empty());
        QCOMPARE(channelsOf(shown.grid()), expected);
        QCOMPARE(shown.text("mapTitle"), QStringLiteral("Group 2 of layer 2.2 reads"));
        QVERIFY(shown.grid().tiles().front().name.startsWith(QStringLiteral("f %1 · ").arg(expected.front())));

        // One filter: the same inputs, by its own weights.
        shown.state.setTrace({Trace::What::kReads, 3, 1, 5, -1, -1});
        QCOMPARE(shown.text("mapTitle"), QStringLiteral("Filter 6 of layer 2.2 reads"));
        const auto weights = layerWeights(*shown.weights, source.layout, 3);
        double before = 1e9;
        for (const int channel : channelsOf(shown.grid())) {
            const double w =
                std::abs(double{weights->pointwise[static_cast<std::size_t>(5 * weights->inputs + channel)]});
            QVERIFY(w <= before);
            before = w;
        }

        // A whole source, then what nobody reads: only the classifier.
        shown.state.setTrace({Trace::What::kReadBy, -1, -1, -1, 0, -1});
        QCOMPARE(shown.grid().tiles().size(), std::size_t{16});
        shown.state.setTrace({Trace::What::kReadBy, -1, -1, -1, 4, source.layout.channels() - 1});
        QCOMPARE(channelsOf(shown.grid()), std::vector<int>{source.layout.channels() - 1});
        QVERIFY(shown.text("mapReadersHead").contains(QStringLiteral("classifier")));

        shown.state.setTrace({});
        shown.state.setPlace({MapLevel::kLayer, 1, 0});
        QCOMPARE(shown.text("mapTitle"), QStringLiteral("Layer 1.2 makes"));
        std::vector<int> made = channelsOf(shown.grid());
        std::ranges::sort(made);
        QCOMPARE(made.front(), source.layout.reader(1).first);
        QCOMPARE(made.back(), source.layout.reader(1).first + 7);
    }

    void clickTracesAndReadersLeadOn() {
        Shown shown;
        shown.panel.setPicture({drawn(0), QStringLiteral("one.png")});
        shown.giveWeights();
        shown.state.setTrace({Trace::What::kReads, 3, 0, -1, -1, -1});
        shown.waitForMaps();
        MapGrid& grid = shown.grid();
        const int second = grid.tiles()[1].channel;
        QTest::mouseClick(&grid, Qt::LeftButton, {}, grid.mapRect(1).center());
        QVERIFY(shown.state.trace().what == Trace::What::kReadBy);
        QCOMPARE(shown.state.trace().channel, second);
        QCOMPARE(shown.state.trace().source, shown.state.source()->layout.sourceOf(second));
        QCOMPARE(channelsOf(grid), std::vector<int>{second});

        auto* table = find<DetailTable>(shown.panel, "mapReaders");
        const auto readers =
            readersOf(shown.state.source()->layout, shown.state.source()->layers, *shown.state.record(), second);
        QCOMPARE(table->rows().rows().count, static_cast<int>(readers.size()));
        table->setFocus();
        table->selectRow(static_cast<int>(readers.size()) - 1);
        QTest::keyClick(table, Qt::Key_Return);
        QTRY_VERIFY(shown.state.trace().what == Trace::What::kReads);
        QCOMPARE(shown.state.trace().layer, readers.back().layer);
        QCOMPARE(shown.state.trace().group, readers.back().group);
        QCOMPARE(shown.state.place(), (MapPlace{MapLevel::kLayer, readers.back().layer, readers.back().group}));

        shown.state.setTrace({Trace::What::kReadBy, -1, -1, -1, 0, 2});
        const QRect row = table->visualRect(table->model()->index(0, 0));
        QTest::mouseClick(table->viewport(), Qt::LeftButton, {}, row.center());
        QTRY_VERIFY(shown.state.trace().what == Trace::What::kReads);
    }

    void keysWalkTheMaps() {
        Shown shown;
        shown.panel.setPicture({drawn(0), QStringLiteral("one.png")});
        shown.giveWeights();
        shown.waitForMaps();
        MapGrid& grid = shown.grid();
        grid.setFocus();
        QTest::keyClick(&grid, Qt::Key_Right);
        QCOMPARE(grid.current(), 1);
        QTest::keyClick(&grid, Qt::Key_Down);
        QCOMPARE(grid.mapRect(grid.current()).left(), grid.mapRect(1).left());
        QVERIFY(grid.mapRect(grid.current()).top() > grid.mapRect(1).bottom());
        const MapTile& below = grid.tiles()[static_cast<std::size_t>(grid.current())];
        QVERIFY(shown.text("mapReading").startsWith(below.name));
        QVERIFY(grid.accessibleDescription().contains(below.words));
        QTest::keyClick(&grid, Qt::Key_End);
        QCOMPARE(grid.current(), static_cast<int>(grid.tiles().size()) - 1);
        QTest::keyClick(&grid, Qt::Key_Home);
        const int first = grid.tiles().front().channel;
        QTest::keyClick(&grid, Qt::Key_Space);
        QCOMPARE(shown.state.trace().channel, first);
    }

    void hoverReadsAValue() {
        Shown shown;
        shown.panel.setPicture({drawn(2), QStringLiteral("two.png")});
        shown.giveWeights();
        shown.state.setPlace({MapLevel::kLayer, 3, 0});
        shown.waitForMaps();
        MapGrid& grid = shown.grid();
        const QRect rect = grid.mapRect(1);
        // To the pixel, which the pointer of the platform is not where a pixel has several dots.
        const QPointF at = rect.topLeft() + QPointF(5.5 * rect.width() / 16, 9.5 * rect.height() / 16);
        QMouseEvent move(QEvent::MouseMove, at, grid.mapToGlobal(at), Qt::NoButton, Qt::NoButton, {});
        QCoreApplication::sendEvent(&grid, &move);
        QCOMPARE(grid.current(), 1);
        const FeatureMap map = shown.panel.maps()->map(grid.tiles()[1].channel);
        QCOMPARE(shown.text("mapValues"),
                 QStringLiteral("%1 at row 9, column 5").arg(weightText(map.values[9 * 16 + 5])));
    }

    void withoutAPictureThoseOfTheRunsDataAreThere() {
        Shown shown;
        shown.giveWeights();
        shown.waitForMaps();
        QVERIFY(shown.text("mapPictureName").startsWith(QStringLiteral("test picture 1")));
        QCOMPARE(shown.text("mapPicturePlace"), QStringLiteral("1 of 40"));
        const FeatureMapsPtr first = shown.panel.maps();
        QCOMPARE(first->logits, shown.expected(*drawn(0)).logits);
        QTest::mouseClick(find<QPushButton>(shown.panel, "nextMapPicture"), Qt::LeftButton);
        QTRY_VERIFY_WITH_TIMEOUT(shown.panel.maps() != first, kWaitMs);
        QCOMPARE(shown.panel.maps()->logits, shown.expected(*drawn(1)).logits);
        QTRY_COMPARE(shown.text("mapPicturePlace"), QStringLiteral("2 of 40"));
        QTest::keyClick(find<QPushButton>(shown.panel, "previousMapPicture"), Qt::Key_Space);
        QTest::keyClick(find<QPushButton>(shown.panel, "previousMapPicture"), Qt::Key_Space);
        QTRY_COMPARE_WITH_TIMEOUT(shown.text("mapPicturePlace"), QStringLiteral("40 of 40"), kWaitMs);
        shown.panel.setPicture({drawn(9), QStringLiteral("mine.png")});
        QTRY_COMPARE_WITH_TIMEOUT(shown.text("mapPictureName"), QStringLiteral("mine.png"), kWaitMs);
        QCOMPARE(shown.text("mapPicturePlace"), QStringLiteral("1 of 41"));
    }

    // Data of millions of pictures are listed for minutes.
    void aGivenPictureDoesNotWaitForTheRunsData() {
        Shown shown;
        shown.panel.setPicture({drawn(9), QStringLiteral("mine.png")});
        QString first;
        QObject::connect(&shown.grid(), &MapGrid::readingChanged, &shown.panel, [&] {
            if (first.isEmpty()) first = shown.text("mapPicturePlace");
        });
        shown.giveWeights();
        shown.waitForMaps();
        QCOMPARE(first, QStringLiteral("1 of 1"));
        QTRY_COMPARE_WITH_TIMEOUT(shown.text("mapPicturePlace"), QStringLiteral("1 of 41"), kWaitMs);
    }

    void dataThatAreGoneAreSaidToBe() {
        Shown shown("folder:/there/is/no/such/folder");
        shown.giveWeights();
        QTRY_VERIFY_WITH_TIMEOUT(shown.text("mapWords").contains(QStringLiteral("Classify page")), kWaitMs);
        QVERIFY(!shown.grid().isVisible());
        shown.panel.setPicture({drawn(9), QStringLiteral("mine.png")});
        shown.waitForMaps();
    }

    void aModelWithoutDataAsksForAPicture() {
        Shown shown("");
        shown.giveWeights();
        QTRY_VERIFY(shown.text("mapWords").startsWith(QStringLiteral("Open a picture")));
    }

    void theMomentIsFollowed() {
        Shown shown;
        shown.panel.setPicture({drawn(0), QStringLiteral("one.png")});
        shown.giveWeights();
        shown.waitForMaps();
        const FeatureMapsPtr before = shown.panel.maps();
        shown.state.setMoment(2);  // epoch 3 keeps no weights
        QVERIFY(!shown.grid().isVisible());
        auto* kept = find<QPushButton>(shown.panel, "keptMoment1");
        QVERIFY(kept->isVisible());
        QTest::mouseClick(kept, Qt::LeftButton);
        QVERIFY(shown.state.source()->keepsWeights(shown.state.moment()));
        shown.weights = makeWeights(5);
        shown.state.setRecord(shown.state.moment(), makeRecord(*shown.weights));
        shown.giveWeights();
        QTRY_VERIFY_WITH_TIMEOUT(shown.panel.maps() != before, kWaitMs);
        QCOMPARE(shown.panel.maps()->logits, shown.expected(*drawn(0)).logits);
        shown.waitForMaps();
        shown.state.setSource(nullptr);
        QVERIFY(!shown.grid().isVisible());
    }

    void damagedWeightsAreSaidToBe() {
        Shown shown;
        ModelFile model = *shown.weights;
        model.tensors.erase(model.tensors.begin());
        shown.panel.setPicture({drawn(0), QStringLiteral("one.png")});
        shown.state.setWeights(shown.state.moment(), std::make_shared<const ModelFile>(std::move(model)));
        QTRY_VERIFY_WITH_TIMEOUT(
            !shown.text("mapWords").isEmpty() && !shown.text("mapWords").startsWith(QStringLiteral("Computing")),
            kWaitMs);
        shown.giveWeights();
        shown.waitForMaps();
    }

    void nothingIsComputedWhileHidden() {
        Shown shown;
        shown.panel.hide();
        shown.panel.setPicture({drawn(0), QStringLiteral("one.png")});
        shown.giveWeights();
        QTest::qWait(50);
        QVERIFY(shown.panel.maps() == nullptr);
        shown.panel.show();
        shown.waitForMaps();
    }

    void mapsCanBeTakenOut() {
        Shown shown;
        QVERIFY(!shown.panel.exhibit());
        shown.panel.setPicture({drawn(0), QStringLiteral("one.png")});
        shown.giveWeights();
        shown.state.setPlace({MapLevel::kLayer, 3, 0});
        shown.waitForMaps();
        const auto exhibit = shown.panel.exhibit();
        QVERIFY(exhibit.has_value());
        const QStringList lines = exhibit->csv().split(u'\n', Qt::SkipEmptyParts);
        QCOMPARE(lines.size(), 1 + 8 * 16 * 16);
        const MapTile& second = shown.grid().tiles()[1];
        const QStringList cells = lines.at(1 + 256 + 3 * 16 + 5).split(u',');
        QCOMPARE(cells.mid(0, 4), (QStringList{QString::number(second.channel), QStringLiteral("2.2"),
                                               QStringLiteral("3"), QStringLiteral("5")}));
        QCOMPARE(cells.at(4).toFloat(), shown.panel.maps()->map(second.channel).values[3 * 16 + 5]);
        QCOMPARE(pictureOf(*exhibit, 2).size(), exhibit->size * 2);
        // A long title has the lines that it needs.
        shown.panel.setPicture({drawn(1), QStringLiteral("name ").repeated(40)});
        QTRY_VERIFY_WITH_TIMEOUT(shown.text("mapPictureName").startsWith(QStringLiteral("name ")), kWaitMs);
        QVERIFY(shown.panel.exhibit()->size.height() > exhibit->size.height());
    }

    void ofManyRequestsTheLastIsAnswered() {
        FeatureMapSession session;
        QSignalSpy computed(&session, &FeatureMapSession::computed);
        const ModelFilePtr model = makeWeights(3);
        for (int i = 0; i < 20; ++i) session.compute(model, {drawn(i)});
        QTRY_COMPARE_WITH_TIMEOUT(computed.count(), 1, kWaitMs);
        QCOMPARE(computed.front().front().value<FeatureMapsPtr>()->logits, mapsOf(*model, *drawn(19)).logits);
        QTest::qWait(50);
        QCOMPARE(computed.count(), 1);

        QSignalSpy read(&session, &FeatureMapSession::picturesRead),
            failed(&session, &FeatureMapSession::picturesFailed);
        session.readPictures("folder:/there/is/no/such/folder", model->preprocess);
        session.readPictures("shapes10", model->preprocess);
        QTRY_COMPARE_WITH_TIMEOUT(read.count(), 1, kWaitMs);
        QCOMPARE(failed.count(), 0);
        const auto pictures = read.front().front().value<std::vector<MapPicture>>();
        QCOMPARE(pictures.size(), std::size_t{FeatureMapSession::kMostPictures});
        QCOMPARE(pictures[3].picture->pixels, drawn(3)->pixels);
        QCOMPARE(pictures[3].truth, QString::fromStdString(shapesClasses()[3]));
    }

    void filesAreDecodedInTheWorker() {
        testing::PrivateHome home;
        Shown shown("");
        const QString file = home.makePicture(QStringLiteral("six.png"), 6);
        shown.panel.setPicture({nullptr, QStringLiteral("six.png"), {}, toPath(file)});
        shown.giveWeights();
        shown.waitForMaps();
        QCOMPARE(shown.panel.maps()->logits, shown.expected(*drawn(6)).logits);
        shown.panel.setPicture(
            {nullptr, QStringLiteral("none.png"), {}, toPath(home.path(QStringLiteral("none.png")))});
        QTRY_VERIFY_WITH_TIMEOUT(shown.text("mapWords").contains(QStringLiteral("none.png")), kWaitMs);
        shown.panel.setPicture({drawn(1), QStringLiteral("one.png")});
        shown.waitForMaps();
    }

    void aSessionEndsWithWorkLeft() {
        FeatureMapSession session;
        const ModelFilePtr model = makeWeights(3);
        session.readPictures("shapes10", model->preprocess);
        for (int i = 0; i < 5; ++i) session.compute(model, {drawn(i)});
    }
};

QTEST_MAIN(TestFeatureMapPanel)
#include "tst_feature_map_panel.moc"
