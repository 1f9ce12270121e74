// The 3x3 filters as pictures: every pixel is its weight's colour, by mouse and by keyboard; where no weights are kept
// the panel says so and leads to those that are.
#include <QApplication>
#include <QClipboard>
#include <QLabel>
#include <QMenu>
#include <QPushButton>
#include <QScrollArea>
#include <QSignalSpy>

#include "connections/filter_panel.h"
#include "connections/kept_weights_hint.h"
#include "connections/weight_colours.h"
#include "ui_support.h"
#include "weights_by_hand.h"

using namespace condenser;
using condenser::testing::find;
using condenser::testing::makeWeights;
using condenser::testing::sourceOf;

namespace {

struct Shown {
    explicit Shown(const Theme& theme = darkTheme()) : weights(makeWeights(1)), panel(state) {
        panel.setTheme(theme);
        panel.resize(260, 420);
        panel.show();
        state.setSource(sourceOf(*weights));
    }
    void showLayer(int layer) {
        state.setPlace({MapLevel::kLayer, layer, 0});
        state.setWeights(state.moment(), weights);
        QCoreApplication::processEvents();
    }
    FilterPicture& picture() { return *find<FilterPicture>(panel, "filterPicture"); }
    QString words() { return find<QLabel>(panel, "filterWords")->text(); }

    ModelFilePtr weights;
    ConnectionsState state;
    FilterPanel panel;
};

}  // namespace

class TestFilterPanel : public QObject {
    Q_OBJECT

  private slots:
    void init() { testing::failOnWarnings(); }

    void everyPixelIsItsWeight_data() {
        QTest::addColumn<bool>("dark");
        QTest::addRow("dark") << true;
        QTest::addRow("light") << false;
    }
    void everyPixelIsItsWeight() {
        QFETCH(bool, dark);
        const Theme& theme = dark ? darkTheme() : lightTheme();
        Shown shown(theme);
        for (int layer = 0; layer < 4; ++layer) {
            shown.showLayer(layer);
            const auto weights = layerWeights(*shown.weights, shown.state.source()->layout, layer);
            QVERIFY(weights.has_value());
            FilterPicture& picture = shown.picture();
            const FilterSheet& sheet = *picture.sheet();
            QCOMPARE(sheet.rows(), 8);
            QCOMPARE(sheet.columns(), 8);
            QCOMPARE(sheet.first, shown.state.source()->layout.reader(layer).first);
            const QImage image = picture.grab().toImage();
            const double dots = image.devicePixelRatio();
            for (FilterPlace place; place.row < sheet.rows(); ++place.row) {
                for (place.column = 0; place.column < sheet.columns(); ++place.column) {
                    for (int tap = 0; tap < 9; ++tap) {
                        const float weight =
                            weights->filters[static_cast<std::size_t>((place.row * 8 + place.column) * 9 + tap)];
                        const QPoint at = picture.drawing()->weightRect(place, tap).center() * dots;
                        QCOMPARE(image.pixelColor(at), signedColour(theme, weight / sheet.most));
                    }
                }
            }
        }
    }

    void negativeZeroAndPositiveAreThreeColours() {
        for (const Theme& theme : {darkTheme(), lightTheme()}) {
            const QColor low = signedColour(theme, -1), zero = signedColour(theme, 0), high = signedColour(theme, 1);
            QVERIFY(contrastRatio(low, zero) > 2 && contrastRatio(high, zero) > 2);
            QVERIFY(std::abs(low.blue() - high.blue()) > 100);  // what all colour-blind eyes see
            QCOMPARE(signedColour(theme, 7), high);
            QCOMPARE(signedColour(theme, std::nan("")), zero);
        }
    }

    void hoverReadsNineNumbers() {
        Shown shown;
        shown.showLayer(1);
        FilterPicture& picture = shown.picture();
        const FilterPlace place{5, 3};  // of the second group: bottleneck channels 8 to 15
        QTest::mouseMove(&picture, picture.drawing()->filterRect(place).center());
        QTRY_COMPARE(picture.reading(), place);
        const int first = shown.state.source()->layout.reader(1).first;
        QCOMPARE(find<QLabel>(shown.panel, "filterReading")->text(),
                 QStringLiteral("f %1 from bottleneck 11, group 4").arg(first + 5));
        const QString words = picture.accessibleDescription();
        QVERIFY(words.startsWith(QStringLiteral("output f %1, from bottleneck channel 11").arg(first + 5)));
        for (int tap = 0; tap < 9; ++tap)
            QVERIFY(words.contains(weightText(static_cast<double>(picture.sheet()->weight(place, tap)))));
    }

    void keysMoveAndChoose() {
        Shown shown;
        shown.showLayer(2);
        FilterPicture& picture = shown.picture();
        picture.setFocus();
        QTest::keyClick(&picture, Qt::Key_Right);
        QTest::keyClick(&picture, Qt::Key_Down);
        QCOMPARE(picture.reading(), (FilterPlace{1, 1}));
        QTest::keyClick(&picture, Qt::Key_Down, Qt::ControlModifier);
        QCOMPARE(picture.reading(), (FilterPlace{5, 1}));
        QTest::keyClick(&picture, Qt::Key_End);
        QTest::keyClick(&picture, Qt::Key_Right);
        QCOMPARE(picture.reading(), (FilterPlace{5, 7}));
        QTest::keyClick(&picture, Qt::Key_Return);
        const Trace& trace = shown.state.trace();
        QVERIFY(trace.what == Trace::What::kReads);
        QCOMPARE(trace.layer, 2);
        QCOMPARE(trace.filter, 15);
        QCOMPARE(trace.group, 3);
        QCOMPARE(picture.marks().bottleneck, 15);
        QTest::keyClick(&picture, Qt::Key_R);
        QVERIFY(shown.state.trace().what == Trace::What::kReadBy);
        QCOMPARE(shown.state.trace().channel, shown.state.source()->layout.reader(2).first + 5);
        QCOMPARE(shown.state.source()->layout.sourceOf(shown.state.trace().channel), shown.state.trace().source);
        QCOMPARE(picture.marks().row, 5);
    }

    void clicksChooseToo() {
        Shown shown;
        shown.showLayer(0);
        FilterPicture& picture = shown.picture();
        QTest::mouseClick(&picture, Qt::LeftButton, {}, picture.drawing()->filterRect({2, 6}).center());
        QCOMPARE(shown.state.trace().filter, 6);
        QCOMPARE(shown.state.trace().group, 2);
        const QPoint handle(4, picture.drawing()->filterRect({3, 0}).center().y());
        QTest::mouseClick(&picture, Qt::LeftButton, {}, handle);
        QCOMPARE(shown.state.trace().channel, shown.state.source()->layout.reader(0).first + 3);
    }

    void withoutALayerItAsksForOne() {
        Shown shown;
        QVERIFY(shown.words().contains(QStringLiteral("Choose a layer")));
        QVERIFY(!shown.picture().isVisible());
        shown.state.setSource(nullptr);
        QVERIFY(!shown.words().isEmpty());
    }

    void whereNoWeightsAreKeptItLeadsToThoseThatAre() {
        Shown shown;
        shown.showLayer(0);
        QSignalSpy wanted(&shown.state, &ConnectionsState::weightsWanted);
        shown.state.setMoment(5);  // epoch 5
        auto* hint = find<KeptWeightsHint>(shown.panel, "keptWeightsHint");
        QVERIFY(hint->isVisible());
        QVERIFY(!shown.picture().isVisible());
        QCOMPARE(find<QPushButton>(*hint, "keptMoment1")->text(), QStringLiteral("epoch 2"));
        QCOMPARE(find<QPushButton>(*hint, "keptMoment2")->text(), QStringLiteral("before step 1"));
        QCOMPARE(find<QPushButton>(*hint, "keptMoment3")->text(), QStringLiteral("epoch 9"));
        QTest::keyClick(find<QPushButton>(*hint, "keptMoment2"), Qt::Key_Space);
        QCOMPARE(shown.state.moment(), 3);
        QCOMPARE(wanted.count(), 1);
        QVERIFY(!hint->isVisible());
        shown.state.setWeights(3, makeWeights(2));
        QVERIFY(shown.picture().isVisible());
    }

    void aHintWithoutAParentIsNoWindow() {
        Shown shown;
        shown.state.setMoment(5);
        KeptWeightsHint hint(shown.state);
        QVERIFY(!hint.isVisible());
        QVERIFY(!find<QPushButton>(hint, "keptMoment1")->text().isEmpty());
    }

    void theNearestMomentsCountAFileOnce() {
        ConnectionsSource source = *sourceOf(*makeWeights(1));
        QCOMPARE(nearestKeptMoments(source, 8, 2), (std::vector<int>{3, 9}));
        source.models[8] = source.models[9];
        QCOMPARE(nearestKeptMoments(source, 7, 3), (std::vector<int>{1, 3, 8}));
        source.models.assign(source.models.size(), {});
        QVERIFY(nearestKeptMoments(source, 7, 3).empty());
    }

    void thePlaceOfTheCursorSurvivesTheMoment() {
        Shown shown;
        shown.showLayer(1);
        FilterPicture& picture = shown.picture();
        const float before = picture.sheet()->weight({1, 0}, 0);
        QTest::keyClick(&picture, Qt::Key_Down);
        shown.state.setMoment(1);
        QVERIFY(picture.isVisible());  // what was drawn stays while the weights are being read
        shown.state.setWeights(1, makeWeights(7));
        QCOMPARE(picture.reading(), (FilterPlace{1, 0}));
        QVERIFY(picture.sheet()->weight({1, 0}, 0) != before);
    }

    void weightsThatDoNotComeAreWaitedForInWords() {
        Shown shown;
        shown.showLayer(1);
        shown.state.setMoment(1);
        QTRY_VERIFY(!shown.picture().isVisible());
        QVERIFY(shown.words().contains(QStringLiteral("Reading")));
        shown.state.setWeights(1, shown.weights);
        QVERIFY(shown.picture().isVisible());
    }

    void damagedWeightsAreSaidToBe() {
        Shown shown;
        ModelFile model = *shown.weights;
        std::erase_if(model.tensors, [](const auto& tensor) { return tensor.first.ends_with("conv_2.conv.weight"); });
        shown.state.setPlace({MapLevel::kLayer, 0, 0});
        shown.state.setWeights(shown.state.moment(), std::make_shared<const ModelFile>(std::move(model)));
        QVERIFY(shown.words().contains(QStringLiteral("no such tensor")));
        QVERIFY(!shown.picture().isVisible());
    }

    void nothingIsComputedWhileHidden() {
        Shown shown;
        shown.panel.hide();
        shown.showLayer(1);
        QVERIFY(shown.picture().sheet() == nullptr);
        shown.panel.show();
        QVERIFY(shown.picture().sheet() != nullptr);
    }

    void pictureAndNumbersCanBeTakenOut() {
        Shown shown;
        QVERIFY(!shown.panel.exhibit());
        shown.showLayer(3);
        const auto exhibit = shown.panel.exhibit();
        QVERIFY(exhibit.has_value());
        QCOMPARE(exhibit->name, QStringLiteral("filters-2.2"));
        const QStringList lines = exhibit->csv().split(u'\n', Qt::SkipEmptyParts);
        QCOMPARE(lines.size(), 1 + 8 * 8);
        QCOMPARE(lines.first().count(u','), 12);
        const QStringList cells = lines.at(1 + 5 * 8 + 3).split(u',');
        QCOMPARE(cells.at(2), QStringLiteral("11"));
        QCOMPARE(cells.at(3), QStringLiteral("4"));
        QCOMPARE(cells.at(4 + 8).toFloat(), shown.picture().sheet()->weight({5, 3}, 8));
        QCOMPARE(pictureOf(*exhibit, 1).size(), exhibit->size);
    }

    // What was seen when the menu was opened, whatever the run in training does meanwhile.
    void whatIsTakenOutIsWhatWasSeen() {
        Shown shown;
        shown.showLayer(0);
        const QImage seen = pictureOf(*shown.panel.exhibit(), 2);
        for (const char* words : {"raise()", "grabbing the keyboard"})  // a menu needs, and offscreen there is none
            QTest::ignoreMessage(QtWarningMsg, (QByteArray("This plugin does not support ") + words).constData());
        emit shown.picture().customContextMenuRequested({5, 5});
        auto* menu = qobject_cast<QMenu*>(QApplication::activePopupWidget());
        QVERIFY(menu != nullptr);
        shown.state.setMoment(1);  // whose weights have not come yet: what is drawn is still of the one before
        QCOMPARE(pictureOf(*shown.panel.exhibit(), 2), seen);
        shown.state.setSource(nullptr);
        QVERIFY(!shown.panel.exhibit());
        find<QAction>(*menu, "copyPicture")->trigger();
        QCOMPARE(QGuiApplication::clipboard()->image().convertToFormat(seen.format()), seen);
        menu->close();
    }

    void largeLayersScroll() {
        Shown shown;
        shown.weights = makeWeights(
            1, "condensenet:stages=1,growth=64,groups=4,condense=4,bottleneck=4,group3x3=4,size=32,classes=10");
        shown.state.setSource(sourceOf(*shown.weights));
        shown.showLayer(0);
        FilterPicture& picture = shown.picture();
        auto* scroll = find<QScrollArea>(shown.panel, "filterScroll");
        QVERIFY(picture.width() > scroll->viewport()->width());
        QCOMPARE(shown.panel.width(), 260);
        picture.setFocus();
        QTest::keyClick(&picture, Qt::Key_End);
        const QRect cursor = picture.drawing()->filterRect(picture.reading());
        QVERIFY(scroll->viewport()->rect().contains(picture.mapTo(scroll->viewport(), cursor.center())));
    }
};

QTEST_MAIN(TestFilterPanel)
#include "tst_filter_panel.moc"
