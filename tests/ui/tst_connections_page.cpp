#include <QAbstractItemView>
#include <QDir>
#include <QLabel>
#include <QPushButton>
#include <QSignalSpy>
#include <QStackedWidget>
#include <QTest>

#include "connections/connections_page.h"
#include "connections/kept_connections.h"
#include "connections/map_pane.h"
#include "connections/scrubber.h"
#include "connections/traced_cells.h"
#include "look/theme.h"
#include "main_window.h"
#include "maps/cell_map.h"
#include "pages/notices.h"
#include "pages/train_page.h"
#include "plots/epoch_plot.h"
#include "recorded_runs.h"

using namespace condenser;
using namespace condenser::testing;

class TestConnectionsPage : public QObject {
    Q_OBJECT

  private slots:
    void init() {
        failOnWarnings();
        m_home.settings().clear();
    }
    void cleanup() { m_page.reset(); }

    void anEmptyPageSaysWhatWouldFillIt() {
        open();
        QVERIFY(words().contains(QStringLiteral("condense")));
        QSignalSpy train(m_page.get(), &ConnectionsPage::trainingWanted),
            model(m_page.get(), &ConnectionsPage::modelWanted);
        find<QPushButton>(*m_page, "connectionsTrainButton")->click();
        find<QPushButton>(*m_page, "connectionsOpenButton")->click();
        QCOMPARE(train.count() + model.count(), 2);
        QVERIFY(!m_page->exhibit());
        m_page->mainAction();  // there is nothing to play
        QVERIFY(!find<Scrubber>(*m_page, "scrubberPanel")->playing());
    }

    void nothingIsReadBeforeThePageIsSeen() {
        ConnectionsPage page(m_home.settings());
        page.showRun(makeRecordedRun({.name = QStringLiteral("unseen"), .done = 2}));
        QTest::qWait(50);
        QVERIFY(page.state().source() == nullptr);
        page.showEpoch(1);
        page.show();
        QTRY_VERIFY_WITH_TIMEOUT(page.state().record() != nullptr, kWaitMs);
        QCOMPARE(page.state().source()->wordsOf(page.state().moment()), QStringLiteral("epoch 1"));
    }

    void aRunIsShownAtItsLastMoment() {
        openRun({.name = QStringLiteral("shown"), .epochs = 10, .done = 10});
        QVERIFY(content()->isVisible());
        QCOMPARE(find<QLabel>(*m_page, "connectionsName")->text(), QStringLiteral("shown"));
        QCOMPARE(find<QLabel>(*m_page, "connectionsMoment")->text(), QStringLiteral("epoch 10"));
        QVERIFY(find<QLabel>(*m_page, "connectionsSample")->isHidden());
        QCOMPARE(find<QLabel>(*m_page, "layerCount")->text(), QStringLiteral("12"));
        QCOMPARE(map()->grid()->rows, 12);
        QVERIFY(find<QLabel>(pane(), "mapFormula")->text().contains(QStringLiteral("mean |w|")));
        state().setPlace({MapLevel::kLayer, 4, 0});
        QVERIFY(find<QLabel>(*m_page, "connectionsKept")
                    ->text()
                    .startsWith(QStringLiteral("Layer 2.1 keeps 25.0\u202f% of its connections, 48 of 192")));
        QVERIFY(m_page->exhibit().has_value());
        QVERIFY(m_page->exhibit()->csv().count(u'\n') > 48 * 4);
    }

    void theSampleIsMarked() {
        open();
        m_page->showRun(makeRecordedRun({.name = QStringLiteral("sample"), .done = 2}), true);
        awaitRecord();
        QVERIFY(find<QLabel>(*m_page, "connectionsSample")->isVisible());
    }

    void threeLevelsByKeyboard() {
        openRun({.name = QStringLiteral("keys"), .epochs = 10, .done = 10});
        map()->setFocus();
        map()->setCursor(CellPlace{1, 6});  // 1.1, read by 2.3
        QTest::keyClick(map(), Qt::Key_Return);
        QVERIFY(state().place() == (MapPlace{MapLevel::kLayer, 6, 0}));
        QCOMPARE(find<QLabel>(pane(), "crumbHere")->text(), QStringLiteral("Layer 2.3"));
        QCOMPARE(map()->grid()->rows, 4);
        map()->setCursor(CellPlace{2, 5});
        QTest::keyClick(map(), Qt::Key_Return);
        QVERIFY(state().place() == (MapPlace{MapLevel::kGroup, 6, 2}));
        QTRY_VERIFY_WITH_TIMEOUT(map()->grid() != nullptr && map()->grid()->rows == 16, kWaitMs);
        QCOMPARE(find<QLabel>(pane(), "crumbHere")->text(), QStringLiteral("Group 3"));
        for (const int group : {3, 3}) {  // the last one
            QTest::keyClick(map(), Qt::Key_PageDown);
            QVERIFY(state().place() == (MapPlace{MapLevel::kGroup, 6, group}));
        }
        QTest::keyClick(map(), Qt::Key_PageUp);
        QVERIFY(state().place() == (MapPlace{MapLevel::kGroup, 6, 2}));
        QTest::keyClick(map(), Qt::Key_Backspace);
        QCOMPARE(state().place().level, MapLevel::kLayer);
        QTest::keyClick(map(), Qt::Key_PageUp);
        QCOMPARE(state().place().layer, 5);
        QTest::keyClick(map(), Qt::Key_PageDown);
        QCOMPARE(state().place().layer, 6);
        QTest::keyClick(map(), Qt::Key_Backspace);
        QCOMPARE(state().place().level, MapLevel::kNetwork);
        QTest::keyClick(map(), Qt::Key_Backspace);
        QCOMPARE(state().place().level, MapLevel::kNetwork);
    }

    void theBreadcrumbLeadsBack() {
        openRun({.name = QStringLiteral("crumbs"), .epochs = 10, .done = 10});
        QVERIFY(find<QPushButton>(pane(), "crumbNetwork")->isHidden());
        state().setPlace({MapLevel::kGroup, 6, 2});
        find<QPushButton>(pane(), "crumbLayer")->click();
        QVERIFY(state().place() == (MapPlace{MapLevel::kLayer, 6, 2}));
        QVERIFY(find<QPushButton>(pane(), "crumbLayer")->isHidden());
        find<QPushButton>(pane(), "crumbNetwork")->click();
        QCOMPARE(state().place().level, MapLevel::kNetwork);
    }

    void theListOfLayersByKeyboardAndMouse() {
        openRun({.name = QStringLiteral("list"), .epochs = 10, .done = 10});
        auto* list = find<QAbstractItemView>(*m_page, "layerList");
        QCOMPARE(list->model()->rowCount(), 13);
        QCOMPARE(list->currentIndex().row(), 0);
        QTest::keyClick(m_page.get(), Qt::Key_F, Qt::ControlModifier);
        QVERIFY(list->hasFocus());
        QTest::keyClicks(list, QStringLiteral("2.3"));
        QVERIFY(state().place() == (MapPlace{MapLevel::kLayer, 6, 0}));
        QTest::keyClick(list, Qt::Key_Down);
        QCOMPARE(state().place().layer, 7);
        QTest::keyClick(list, Qt::Key_End);
        QCOMPARE(state().place().layer, 11);
        QTest::keyClick(list, Qt::Key_Home);
        QCOMPARE(state().place().level, MapLevel::kNetwork);
        const QRect row = list->visualRect(list->model()->index(2, 0));
        QTest::mouseClick(list->viewport(), Qt::LeftButton, {}, row.center());
        QVERIFY(state().place() == (MapPlace{MapLevel::kLayer, 1, 0}));
        // The list follows the map.
        state().setPlace({MapLevel::kGroup, 3, 1});
        QCOMPARE(list->currentIndex().row(), 4);
        QVERIFY(state().place() == (MapPlace{MapLevel::kGroup, 3, 1}));
        QVERIFY(list->model()->index(4, 0).data(Qt::AccessibleTextRole).toString().contains(QStringLiteral("25.0")));
    }

    void clicksInTheMapTrace() {
        openRun({.name = QStringLiteral("clicks"), .epochs = 10, .done = 10});
        // A cell of the whole network: what its layer reads.
        click({2, 6});
        QVERIFY(state().trace() == (Trace{.what = Trace::What::kReads, .layer = 6}));
        emit map()->rowChosen(2);
        QVERIFY(state().trace() == (Trace{.what = Trace::What::kReadBy, .source = 2}));
        // And on: a cell now asks who reads.
        click({3, 7});
        QVERIFY(state().trace() == (Trace{.what = Trace::What::kReadBy, .source = 3}));
        emit map()->columnChosen(5);
        QVERIFY(state().trace() == (Trace{.what = Trace::What::kReads, .layer = 5}));
        state().setPlace({MapLevel::kLayer, 6, 0});
        click({2, 20});
        QVERIFY(state().trace() == (Trace{.what = Trace::What::kReads, .layer = 6, .group = 2}));
        emit map()->columnChosen(20);
        QVERIFY(state().trace() == (Trace{.what = Trace::What::kReadBy, .source = 1, .channel = 20}));
        emit map()->bandChosen(4);
        QVERIFY(state().trace() == (Trace{.what = Trace::What::kReadBy, .source = 4}));
        map()->setFocus();
        map()->setCursor(CellPlace{1, 3});
        QTest::keyClick(map(), Qt::Key_R);
        QVERIFY(state().trace() == (Trace{.what = Trace::What::kReads, .layer = 6, .group = 1}));
        QTest::keyClick(map(), Qt::Key_C);
        QVERIFY(state().trace() == (Trace{.what = Trace::What::kReadBy, .source = 0, .channel = 3}));
        QTest::keyClick(map(), Qt::Key_Escape);
        QVERIFY(state().trace() == Trace());
        state().setPlace({MapLevel::kGroup, 6, 1});
        QTRY_VERIFY_WITH_TIMEOUT(map()->grid() != nullptr && map()->grid()->rows == 16, kWaitMs);
        emit map()->rowChosen(3);
        QVERIFY(state().trace() == (Trace{.what = Trace::What::kReads, .layer = 6, .group = 1, .filter = 13}));
    }

    void whatIsLitIsWhatTheMasksSay() {
        openRun({.name = QStringLiteral("lit"), .epochs = 10, .done = 10});
        const ConnectionsSource& source = *state().source();
        const ConnectionsRecord& record = *state().record();
        const ConnectionsLayer& shape = source.layers[6];
        const auto live = [&](int layer, int group, int channel) {
            const ConnectionsLayer& of = source.layers[static_cast<std::size_t>(layer)];
            return record.layers[static_cast<std::size_t>(layer)]
                       .mask[static_cast<std::size_t>(group * of.inputs + channel)] != 0;
        };
        // Group 2 of layer 2.3, in the layer and in the whole network.
        const Trace reads{.what = Trace::What::kReads, .layer = 6, .group = 1};
        const MapPlace place{MapLevel::kLayer, 6, 0};
        auto grid = connectionsGrid(source, record, nullptr, place, false);
        auto traced = tracedCells(source, record, place, reads, *grid);
        QCOMPARE(traced.row, std::optional<int>(1));
        for (int group = 0; group < shape.groups; ++group) {
            for (int channel = 0; channel < shape.inputs; ++channel)
                QCOMPARE(traced.lit[grid->at(group, channel)] != 0, group == 1 && live(6, group, channel));
        }
        grid = connectionsGrid(source, record, nullptr, {}, false);
        traced = tracedCells(source, record, {}, reads, *grid);
        QCOMPARE(traced.column, std::optional<int>(6));
        for (int from = 0; from < 12; ++from) {
            const SourceLayer& made = source.layout.sources[static_cast<std::size_t>(from)];
            bool any = false;
            for (int channel = made.first; from <= 6 && channel < made.first + made.channels; ++channel)
                any = any || live(6, 1, channel);
            for (int layer = 0; layer < 12; ++layer)
                QCOMPARE(traced.lit[grid->at(from, layer)] != 0, layer == 6 && any);
        }
        // A channel of layer 1.1: who reads it.
        const Trace readBy{.what = Trace::What::kReadBy, .source = 1, .channel = 20};
        traced = tracedCells(source, record, {}, readBy, *grid);
        QCOMPARE(traced.row, std::optional<int>(1));
        for (int layer = 1; layer < 12; ++layer) {
            bool any = false;
            for (int group = 0; group < 4; ++group) any = any || live(layer, group, 20);
            QCOMPARE(traced.lit[grid->at(1, layer)] != 0, any);
        }
        // A layer that was there before the channel has nothing to do with it.
        const MapPlace before{MapLevel::kLayer, 0, 0};
        grid = connectionsGrid(source, record, nullptr, before, false);
        QVERIFY(tracedCells(source, record, before, readBy, *grid).lit.empty());
        // What the last layer makes has no row in the whole network.
        grid = connectionsGrid(source, record, nullptr, {}, false);
        QVERIFY(tracedCells(source, record, {}, {.what = Trace::What::kReadBy, .source = 12}, *grid).lit.empty());
    }

    void theTraceSurvivesScrubbingAndMarksTheLayersOnItsPath() {
        openRun({.name = QStringLiteral("path"), .epochs = 10, .done = 10});
        const Trace reads{.what = Trace::What::kReads, .layer = 6, .group = 1};
        state().setTrace(reads);
        auto* list = find<QAbstractItemView>(*m_page, "layerList");
        const auto marked = [&](int row) {
            return list->model()
                ->index(row, 0)
                .data(Qt::AccessibleTextRole)
                .toString()
                .contains(QStringLiteral("traced"));
        };
        QVERIFY(marked(1) && !marked(7) && !marked(12) && !marked(0));
        state().setMoment(0);
        QTRY_COMPARE_WITH_TIMEOUT(state().recordMoment(), 0, kWaitMs);
        QVERIFY(state().trace() == reads);
        for (int row = 1; row <= 6; ++row) QVERIFY(marked(row));  // all are read before anything is dropped
        state().setTrace(
            {.what = Trace::What::kReadBy, .source = 11, .channel = state().source()->layout.sources[11].first});
        QVERIFY(!marked(11) && marked(12));
    }

    void whatIsNextToGoIsMarkedWhileStepsAreLeft() {
        openRun({.name = QStringLiteral("next"), .epochs = 10, .done = 10});
        state().setPlace({MapLevel::kLayer, 6, 0});
        auto* chip = find<QPushButton>(pane(), "showNextToGo");
        QVERIFY(!chip->isEnabled());  // all steps are done
        state().setMoment(0);
        QTRY_COMPARE_WITH_TIMEOUT(state().recordMoment(), 0, kWaitMs);
        QVERIFY(chip->isEnabled() && map()->grid()->going.empty());
        chip->click();
        QVERIFY(state().showsNextToGo());
        const auto& going = map()->grid()->going;
        QCOMPARE(std::ranges::count(going, std::uint8_t{1}), std::ptrdiff_t{4 * 80 / 4});
    }

    void theOrderIsChosenForLayersAndGroups() {
        openRun({.name = QStringLiteral("order"), .epochs = 10, .done = 10});
        QVERIFY(find<QPushButton>(pane(), "orderByIndex")->isHidden() ||
                !find<QPushButton>(pane(), "orderByIndex")->isVisible());
        state().setPlace({MapLevel::kLayer, 6, 0});
        find<QPushButton>(pane(), "orderByIndex")->click();
        QCOMPARE(state().arrangement(), Arrangement::kByIndex);
        QCOMPARE(map()->arrangement(), Arrangement::kByIndex);
        // The whole network has one order.
        state().setPlace({});
        QCOMPARE(map()->arrangement(), Arrangement::kBySource);
        state().setPlace({MapLevel::kLayer, 2, 0});
        QCOMPARE(map()->arrangement(), Arrangement::kByIndex);
    }

    void weightsThatAreNotKeptAreExplained() {
        openRun({.name = QStringLiteral("unkept"), .epochs = 10, .done = 10});
        state().setPlace({MapLevel::kGroup, 6, 1});
        QTRY_VERIFY_WITH_TIMEOUT(map()->grid() != nullptr, kWaitMs);
        state().setMoment(0);
        auto* hint = find<QWidget>(pane(), "keptWeightsHint");
        QVERIFY(hint->isVisible() && !map()->isVisible());
        QVERIFY(!m_page->exhibit());
        find<QPushButton>(*hint, "keptMoment1")->click();
        QVERIFY(state().source()->keepsWeights(state().moment()));
        QTRY_VERIFY_WITH_TIMEOUT(map()->isVisible() && map()->grid() != nullptr, kWaitMs);
        // The file at hand, not the masks of the record, is what is drawn there.
        QVERIFY(std::ranges::count(map()->grid()->live, std::uint8_t{1}) > 0);
    }

    void theRunIsPlayed() {
        openRun({.name = QStringLiteral("played"), .epochs = 10, .done = 10});
        auto* scrubber = find<Scrubber>(*m_page, "scrubberPanel");
        m_page->mainAction();
        QVERIFY(scrubber->playing());
        m_page->mainAction();
        QVERIFY(!scrubber->playing());
    }

    void aTrainingIsFollowed() {
        open();
        const TestRun run{.name = QStringLiteral("live"), .epochs = 10, .done = 0, .state = RunState::kRunning};
        const auto folder = makeRecordedRun(run);
        RunStarted started;
        started.folder = folder;
        started.spec = testRecord(run).spec;
        m_page->showTraining(started);
        QTRY_VERIFY_WITH_TIMEOUT(words().contains(QStringLiteral("first epoch")), kWaitMs);
        const auto keys = recordedKeys(testRecord(run), 4);
        appendRecord(folder, started.spec, keys[0]);
        m_page->momentRecorded();
        awaitRecord();
        QVERIFY(content()->isVisible());
        QVERIFY(find<QLabel>(*m_page, "connectionsLive")->isVisible());
        for (std::size_t i = 1; i < keys.size(); ++i) appendRecord(folder, started.spec, keys[i]);
        m_page->momentRecorded();
        QTRY_COMPARE_WITH_TIMEOUT(state().recordMoment(), static_cast<int>(keys.size()) - 1, kWaitMs);
        m_page->trainingEnded();
        QTRY_VERIFY_WITH_TIMEOUT(find<QLabel>(*m_page, "connectionsLive")->isHidden(), kWaitMs);
        QCOMPARE(state().moment(), static_cast<int>(keys.size()) - 1);
    }

    void aModelIsItsRunOrItself() {
        open();
        const auto folder = makeRecordedRun({.name = QStringLiteral("home"), .epochs = 10, .done = 10}, 8);
        const auto file = std::make_shared<const ModelFile>(makeModel());
        m_page->showModel({file, QStringLiteral("best"), {}, toQString(folder / kModelName)});
        awaitRecord();
        QCOMPARE(m_page->run(), folder);
        QCOMPARE(state().source()->count(), 16);
        // A snapshot of a training has no file, and its run is shown already.
        m_page->showModel({file, QStringLiteral("snapshot"), {}, {}});
        QCOMPARE(m_page->run(), folder);
        m_page->showModel({file, QStringLiteral("alone"), {}, m_home.path(QStringLiteral("alone.safetensors"))});
        QVERIFY(m_page->run().empty());
        QTRY_VERIFY_WITH_TIMEOUT(content()->isVisible(), kWaitMs);
        QCOMPARE(state().source()->name, QStringLiteral("alone"));
        QVERIFY(find<QLabel>(*m_page, "connectionsMoment")->isHidden());
        state().setPlace({MapLevel::kGroup, 1, 1});
        QTRY_VERIFY_WITH_TIMEOUT(map()->grid() != nullptr && map()->grid()->rows == 4, kWaitMs);
    }

    void whatCannotBeReadIsSaidInWords() {
        open();
        m_page->showRun(m_home.path(QStringLiteral("nowhere")).toStdString());
        QTRY_VERIFY_WITH_TIMEOUT(words().contains(QStringLiteral("nowhere")), kWaitMs);
        QVERIFY(find<QPushButton>(*m_page, "connectionsOpenButton")->isVisible());
        // A run of before, without a recording.
        const auto bare = makeRun({.name = QStringLiteral("old")});
        m_page->showRun(bare);
        QTRY_VERIFY_WITH_TIMEOUT(words().contains(QStringLiteral("old has no recording")), kWaitMs);
        // And one that is sound after it.
        m_page->showRun(makeRecordedRun({.name = QStringLiteral("sound"), .done = 2}));
        awaitRecord();
        QVERIFY(content()->isVisible());
    }

    void aDamagedMomentIsANoticeAndTheOthersAreSeen() {
        const auto folder = makeRecordedRun({.name = QStringLiteral("hurt"), .epochs = 10, .done = 4});
        QFile file(toQString(folder / kConnectionsName));
        QVERIFY(file.open(QIODevice::ReadWrite));
        QVERIFY(file.seek(file.size() / 16 + 2000));
        QVERIFY(file.putChar('\x5a'));
        file.close();
        open();
        m_page->showRun(folder);
        awaitRecord();
        state().setMoment(0);
        auto* notices = m_page->findChild<NoticeArea*>();
        QTRY_VERIFY_WITH_TIMEOUT(notices->has(QStringLiteral("connectionsReadNotice")), kWaitMs);
        const QString said = notices->text(QStringLiteral("connectionsReadNotice"));
        QVERIFY2(said.contains(QStringLiteral("ecord 1 ")), qPrintable(said));
        QVERIFY(content()->isVisible());
        state().setMoment(2);
        QTRY_COMPARE_WITH_TIMEOUT(state().recordMoment(), 2, kWaitMs);
    }

    void theSecondMapComesAndGoes() {
        openRun({.name = QStringLiteral("beside"), .epochs = 10, .done = 4});
        auto* card = find<QWidget>(*m_page, "compareCard");
        QVERIFY(card->isHidden());
        auto* toggle = find<QPushButton>(pane(), "compareToggle");
        auto* details = find<QWidget>(*m_page, "connectionDetails");
        toggle->click();
        QVERIFY(card->isVisible());
        // Two squares side by side, two layers one below the other.
        const auto* first = find<QWidget>(*m_page, "mapCard");
        QTRY_VERIFY(card->x() > first->x() && card->y() == first->y() && card->width() < 2 * first->width());
        QVERIFY(details->isHidden());
        state().setPlace({MapLevel::kLayer, 3, 0});
        QTRY_VERIFY(card->y() > first->y() && card->x() == first->x() && card->height() < 2 * first->height());
        QVERIFY(details->isVisible());
        state().setPlace({});
        toggle->click();
        QVERIFY(card->isHidden());
        QVERIFY(details->isVisible());
    }

    void theDetailsThatWereChosenComeBack() {
        openRun({.name = QStringLiteral("details"), .done = 2});
        find<QPushButton>(*m_page, "featureUsePanelChip")->click();
        QVERIFY(find<QWidget>(*m_page, "featureUsePanel")->isVisible());
        openRun({.name = QStringLiteral("details again"), .done = 2});
        QVERIFY(find<QWidget>(*m_page, "featureUsePanel")->isVisible());
        m_home.settings().setValue(QStringLiteral("connections/details"), QStringLiteral("noise"));
        openRun({.name = QStringLiteral("details at last"), .done = 2});
        QVERIFY(find<QWidget>(*m_page, "tracePanel")->isVisible());
    }

    void theMomentAndTheCrosshairOfTheCurvesFollowEachOther() {
        const auto folder = makeRecordedRun({.name = QStringLiteral("linked"), .epochs = 10, .done = 10});
        MainWindow window(m_home.settings());
        window.show();
        QVERIFY(QTest::qWaitForWindowActive(&window));
        window.open({folder});
        auto* train = find<TrainPage>(window, "trainPage");
        QTRY_COMPARE_WITH_TIMEOUT(train->run(), folder, kWaitMs);
        QTest::keyClick(&window, Qt::Key_2, Qt::AltModifier);
        auto* page = find<ConnectionsPage>(window, "connectionsPage");
        QVERIFY(page->isVisible());
        QTRY_VERIFY_WITH_TIMEOUT(page->state().record() != nullptr, kWaitMs);
        QCOMPARE(page->run(), folder);
        QSignalSpy chosen(page, &ConnectionsPage::epochChosen);
        page->state().setMoment(page->state().source()->momentAt(7));
        QCOMPARE(chosen.count(), 1);
        QCOMPARE(chosen[0][0].toDouble(), 7.0);
        QTest::keyClick(&window, Qt::Key_1, Qt::AltModifier);
        auto* plot = find<EpochPlot>(window, "accuracyPlot");
        QTRY_VERIFY_WITH_TIMEOUT(plot->readout().contains(QStringLiteral("7")), kWaitMs);
        // Back: where the reading line rests is the moment, and nothing comes back from it.
        emit plot->cursorMoved(4.0);
        QTRY_COMPARE_WITH_TIMEOUT(page->state().source()->wordsOf(page->state().moment()), QStringLiteral("epoch 7"),
                                  kWaitMs);
        QTest::qWait(700);
        QTest::keyClick(&window, Qt::Key_2, Qt::AltModifier);
        QTRY_COMPARE_WITH_TIMEOUT(page->state().source()->wordsOf(page->state().moment()), QStringLiteral("epoch 4"),
                                  kWaitMs);
        QCOMPARE(chosen.count(), 1);
        // Of another run nothing is heard.
        page->showRun(makeRecordedRun({.name = QStringLiteral("another"), .epochs = 10, .done = 3}));
        QTRY_VERIFY_WITH_TIMEOUT(page->state().source()->name == QStringLiteral("another"), kWaitMs);
        emit train->momentRead(1.0);
        QCOMPARE(page->state().moment(), page->state().source()->count() - 1);
    }

    void aTrainingOfTheWindowIsFollowedAndSoIsAModelThatIsOpened() {
        MainWindow window(m_home.settings());
        window.show();
        QVERIFY(QTest::qWaitForWindowActive(&window));
        QTest::keyClick(&window, Qt::Key_2, Qt::AltModifier);
        auto* page = find<ConnectionsPage>(window, "connectionsPage");
        auto* training = window.findChild<TrainPage*>();
        QVERIFY(training != nullptr);
        training->setDataPath(m_home.makeDataFolder(QStringLiteral("pictures"), 16));
        m_home.settings().setValue(QStringLiteral("train/epochs"), 2);
        RunRecord record = testRecord({});
        record.data = "folder:" + toPath(m_home.path(QStringLiteral("pictures"))).string();
        record.model = kTinyModel;
        record.settings.epochs = 3;
        record.settings.batch = 8;
        training->fillFrom(record);
        auto* start = find<QPushButton>(window, "startButton");
        QTRY_VERIFY_WITH_TIMEOUT(start->isEnabled(), kWaitMs);
        start->click();
        QTRY_VERIFY_WITH_TIMEOUT(page->state().record() != nullptr && page->state().source()->count() == 5, kWaitMs);
        QTRY_VERIFY_WITH_TIMEOUT(!page->state().source()->training, kWaitMs);
        QVERIFY(page->state().following());
        QCOMPARE(page->run(), training->run());
        // Before the step and at the end the weights are there.
        int kept = 0;
        for (int moment = 0; moment < 5; ++moment) kept += page->state().source()->keepsWeights(moment) ? 1 : 0;
        QVERIFY(kept >= 2);
        QVERIFY(page->state().source()->keepsWeights(4));
        const QString model = m_home.path(QStringLiteral("elsewhere.safetensors"));
        QVERIFY(writeModelFile(toPath(model), makeModel()).has_value());
        window.open({toPath(model)});
        QTRY_VERIFY_WITH_TIMEOUT(page->run().empty(), kWaitMs);
        QTest::keyClick(&window, Qt::Key_2, Qt::AltModifier);
        QTRY_COMPARE_WITH_TIMEOUT(page->state().source()->name, QStringLiteral("elsewhere.safetensors"), kWaitMs);
    }

  private:
    void open() {
        m_page = std::make_unique<ConnectionsPage>(m_home.settings());
        m_page->setTheme(darkTheme());
        m_page->resize(900, 640);
        m_page->show();
        QVERIFY(QTest::qWaitForWindowActive(m_page.get()));
    }
    void openRun(const TestRun& run) {
        open();
        m_page->showRun(makeRecordedRun(run));
        awaitRecord();
    }
    void awaitRecord() {
        QTRY_VERIFY_WITH_TIMEOUT(
            state().record() != nullptr && state().recordMoment() == state().moment() && content()->isVisible(),
            kWaitMs);
    }
    ConnectionsState& state() { return m_page->state(); }
    MapPane& pane() { return *find<MapPane>(*m_page, "mapPane"); }
    CellMap* map() { return &pane().map(); }
    QWidget* content() { return find<QWidget>(*m_page, "scrubberPanel"); }
    // Of the page without a map.
    QString words() {
        const auto* title = find<QLabel>(*m_page, "connectionsEmptyTitle");
        return title->isVisible() ? title->text() + u' ' + find<QLabel>(*m_page, "connectionsEmptyWords")->text()
                                  : QString();
    }
    void click(const CellPlace& cell) {
        const QRectF rect = map()->cellRect(cell.row, cell.column);
        QVERIFY(!rect.isEmpty());
        QTest::mouseClick(map(), Qt::LeftButton, {}, rect.center().toPoint());
    }

    PrivateHome m_home;
    std::unique_ptr<ConnectionsPage> m_page;
};

QTEST_MAIN(TestConnectionsPage)
#include "tst_connections_page.moc"
