// The Runs page: what it lists, draws and tells, and what can be done with a run.
#include <QAbstractItemModelTester>
#include <QApplication>
#include <QComboBox>
#include <QDoubleSpinBox>
#include <QFileDialog>
#include <QHeaderView>
#include <QLabel>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QScopeGuard>
#include <QSignalSpy>
#include <QStackedWidget>
#include <QTest>
#include <thread>

#include "io/run_lock.h"
#include "io/run_note.h"
#include "pages/branch_panel.h"
#include "pages/notices.h"
#include "pages/run_comparison.h"
#include "pages/run_details.h"
#include "pages/run_table.h"
#include "pages/runs_page.h"
#include "plots/overlay_plot.h"
#include "plots/scatter_plot.h"
#include "run_folders.h"

using namespace condenser;
using namespace condenser::testing;

using Model = RunListModel;

class RunsPageTest : public QObject {
    Q_OBJECT

  private slots:
    void init() {
        failOnWarnings();
        m_home = std::make_unique<PrivateHome>();
        qputenv("HOME", QFile::encodeName(m_home->path(QStringLiteral("."))));
        m_training = std::make_unique<TrainingSession>();
    }
    void cleanup() {
        m_page.reset();
        m_training.reset();
    }

    void anEmptyStoreSaysWhatWillAppear() {
        open(0);
        QTRY_COMPARE_WITH_TIMEOUT(find<QStackedWidget>(*m_page, "runStack")->currentIndex(), 1, kWaitMs);
        QVERIFY(find<QFrame>(*m_page, "runsEmpty")->isVisible());
        QSignalSpy wanted(m_page.get(), &RunsPage::trainingWanted);
        QTest::mouseClick(find<QPushButton>(*m_page, "runsTrainOne"), Qt::LeftButton);
        QCOMPARE(wanted.size(), 1);
        QVERIFY(!m_page->exhibit());
    }

    void listsTheStoreNewestFirst() {
        makeRun({.name = QStringLiteral("older"), .created = QStringLiteral("2026-01-01T00:00:00Z")});
        makeRun({.name = QStringLiteral("newer"),
                 .done = 4,
                 .state = RunState::kStopped,
                 .created = QStringLiteral("2026-02-01T00:00:00Z")});
        open(2);
        QCOMPARE(cell(0, Model::kName), QStringLiteral("newer"));
        QCOMPARE(cell(0, Model::kState), QStringLiteral("stopped"));
        QCOMPARE(cell(0, Model::kEpochs), QStringLiteral("4 / 10"));
        QCOMPARE(cell(1, Model::kState), QStringLiteral("finished"));
        QCOMPARE(cell(1, Model::kBest), QStringLiteral("80.0\u202f%"));
        QVERIFY(find<QLabel>(*m_page, "runCount")->text().startsWith(QStringLiteral("2\u00a0runs · ")));
        QAbstractItemModelTester tester(table().model(), QAbstractItemModelTester::FailureReportingMode::QtTest);
    }

    void runsComeAndGoWhileItIsSeen() {
        makeRun({});
        open(1);
        const auto second = makeRun({.name = QStringLiteral("two")});
        QTRY_COMPARE_WITH_TIMEOUT(rows(), 2, kWaitMs);
        std::filesystem::remove_all(second);
        QTRY_COMPARE_WITH_TIMEOUT(rows(), 1, kWaitMs);
    }

    void anUnreadableRunSaysWhy() {
        const auto folder = makeRun({});
        writeText(folder / kRunRecordName, "{");
        open(1);
        QCOMPARE(cell(0, Model::kState), QStringLiteral("unreadable"));
        QVERIFY(cell(0, Model::kData).contains(QStringLiteral("run.json")));
        select({"one"});
        QVERIFY(find<QLabel>(*m_page, "runDetailsWords")->text().contains(QStringLiteral("run.json")));
        QVERIFY(!button("runContinueButton")->isEnabled());
        QVERIFY(!button("runAgainButton")->isEnabled());
        QVERIFY(button("runDeleteButton")->isEnabled());
    }

    void updatesKeepSelectionAndCurrentRow() {
        makeRun({.name = QStringLiteral("a"), .created = QStringLiteral("2026-01-01T00:00:00Z")});
        const auto b = makeRun({.name = QStringLiteral("b"),
                                .done = 3,
                                .state = RunState::kStopped,
                                .created = QStringLiteral("2026-01-02T00:00:00Z")});
        open(2);
        select({"b", "a"});
        const QModelIndex current = table().currentIndex();
        QSignalSpy reset(table().model(), &QAbstractItemModel::modelReset);
        TestRun further{.name = QStringLiteral("b"), .done = 5};
        writeText(b / kMetricsName, metricsText(further, 10));
        makeRun({.name = QStringLiteral("c"), .created = QStringLiteral("2026-01-03T00:00:00Z")});
        QTRY_COMPARE_WITH_TIMEOUT(rows(), 3, kWaitMs);
        QTRY_COMPARE_WITH_TIMEOUT(cell(1, Model::kEpochs), QStringLiteral("5 / 10"), kWaitMs);
        QCOMPARE(selectedNames(), (QStringList{QStringLiteral("b"), QStringLiteral("a")}));
        QCOMPARE(table().currentIndex().row(), current.row() + 1);  // one has come above it
        QCOMPARE(reset.size(), 0);
    }

    // ---- comparing --------------------------------------------------------------------------------------------------

    void selectedRunsAreDrawnInTheirColours() {
        makeMany(8);
        open(8);
        select({"run-1", "run-2"});
        auto& overlay = *find<OverlayPlot>(*m_page, "runOverlay");
        QTRY_COMPARE_WITH_TIMEOUT(overlay.curveCount(), 2, kWaitMs);
        QCOMPARE(overlay.pointCount(0), 10);
        QCOMPARE(colourOf("run-1"), 0);
        QCOMPARE(colourOf("run-2"), 1);
        QCOMPARE(colourOf("run-3"), -1);
        // What stays selected keeps its colour; a freed one is given away again.
        select({"run-2", "run-3"}, /*keep=*/false);
        QCOMPARE(colourOf("run-2"), 1);
        QCOMPARE(colourOf("run-3"), 0);
    }

    void moreThanTwelveAreTold() {
        makeMany(14);
        open(14);
        table().selectAll();
        auto& overlay = *find<OverlayPlot>(*m_page, "runOverlay");
        QTRY_COMPARE_WITH_TIMEOUT(overlay.curveCount(), 12, kWaitMs);
        const QString words = find<QLabel>(*m_page, "runComparisonWords")->text();
        QVERIFY2(words.contains(QStringLiteral("14 runs are selected; the first 12 are drawn")), qPrintable(words));
        QCOMPARE(find<QLabel>(*m_page, "runDetailsTitle")->text(), QStringLiteral("14 runs selected"));
    }

    void aClickedCurveMarksItsRow() {
        makeMany(3);
        open(3);
        select({"run-0", "run-1", "run-2"});
        auto& overlay = *find<OverlayPlot>(*m_page, "runOverlay");
        QTRY_COMPARE_WITH_TIMEOUT(overlay.curveCount(), 3, kWaitMs);
        emit overlay.runClicked(1);
        QCOMPARE(table().currentRun().filename().string(), "run-1");
        QCOMPARE(selectedNames().size(), 3);
    }

    void onlySettingsThatDifferAreShown() {
        makeRun({.name = QStringLiteral("a")});
        makeRun({.name = QStringLiteral("b"), .edit = [](RunRecord& record) { record.settings.learningRate = 0.05; }});
        open(2);
        select({"a", "b"});
        const auto* settings = find<QTableView>(*m_page, "runSettings")->model();
        QCOMPARE(settings->rowCount(), 1);
        QCOMPARE(settings->index(0, 0).data().toString(), QStringLiteral("learning rate"));
        QCOMPARE(settings->columnCount(), 3);
        select({"a"}, false);
        QVERIFY(settings->rowCount() > 20);
        QTest::mouseClick(button("runSettingsToggle"), Qt::LeftButton);
        QVERIFY(!find<QTableView>(*m_page, "runSettings")->isVisible());
    }

    void filteringKeepsTheSelection() {
        makeMany(4);
        open(4);
        select({"run-1", "run-2"});
        auto* filter = find<QLineEdit>(*m_page, "runFilter");
        QTest::keyClicks(filter, QStringLiteral("run-2"));
        QCOMPARE(rows(), 1);
        QVERIFY(find<QLabel>(*m_page, "runCount")->text().startsWith(QStringLiteral("1 of 4\u00a0runs")));
        QCOMPARE(selectedNames(), (QStringList{QStringLiteral("run-1"), QStringLiteral("run-2")}));
        filter->clear();
        QCOMPARE(rows(), 4);
        QCOMPARE(table().selectionModel()->selectedRows().size(), 2);
        QCOMPARE(colourOf("run-1"), 0);
        QTest::keyClicks(filter, QStringLiteral("nowhere"));
        QVERIFY(find<QLabel>(*m_page, "runTableHint")->isVisible());
    }

    void accuracyAgainstCost() {
        makeMany(3);
        makeRun({.name = QStringLiteral("empty"), .done = 0, .state = RunState::kStopped});
        open(4);
        select({"run-1"});
        QTest::mouseClick(button("runPointsView"), Qt::LeftButton);
        auto& scatter = *find<ScatterPlot>(*m_page, "runScatter");
        QVERIFY(scatter.isVisible());
        QCOMPARE(scatter.pointCount(), 0);  // none is measured
        auto* cost = find<QComboBox>(*m_page, "runCost");
        cost->setCurrentIndex(1);
        // Three runs, and run-1 just before each of its three condensing steps.
        QTRY_COMPARE_WITH_TIMEOUT(scatter.pointCount(), 6, kWaitMs);
        emit scatter.runClicked(rowIn("run-2"));
        QVERIFY(selectedNames().contains(QStringLiteral("run-2")));
        const auto seen = m_page->exhibit();
        QVERIFY(seen && seen->csv().contains(QStringLiteral("run-1, before step 2")));
        // Chosen views are remembered.
        m_page.reset();
        open(4);
        QVERIFY(find<ScatterPlot>(*m_page, "runScatter")->isVisible());
        QCOMPARE(find<QComboBox>(*m_page, "runCost")->currentIndex(), 1);
    }

    void pointsOfTheScatter() {
        std::vector<RunSummary> runs(3);
        for (std::size_t i = 0; i < runs.size(); ++i) {
            runs[i].folder = std::filesystem::path("/s") / std::to_string(i);
            runs[i].name = std::to_string(i);
            runs[i].record = testRecord({});
            runs[i].bestTop1 = 0.5;
            runs[i].condensedMacs = 1000;
        }
        runs[0].latency = RunLatency{2.5, 2, 3, 1, {}, {}, {}};
        runs[2].problem = "broken";
        const auto measured = scatterPoints(runs, {}, {}, true);
        QCOMPARE(measured.size(), std::size_t{1});
        QCOMPARE(measured[0].x, 2.5);
        QCOMPARE(scatterPoints(runs, {}, {}, false).size(), std::size_t{2});
    }

    void columnsAndSortingAreRemembered() {
        makeMany(3);
        open(3);
        table().horizontalHeader()->resizeSection(Model::kName, 211);
        table().sortByColumn(Model::kBest, Qt::AscendingOrder);
        QCOMPARE(cell(0, Model::kName), QStringLiteral("run-0"));
        m_page.reset();
        open(3);
        QCOMPARE(table().columnWidth(Model::kName), 211);
        QCOMPARE(table().horizontalHeader()->sortIndicatorSection(), int{Model::kBest});
        QCOMPARE(cell(0, Model::kName), QStringLiteral("run-0"));
    }

    void damagedSettingsAreIgnored() {
        makeMany(2);
        auto& settings = m_home->settings();
        settings.setValue(QStringLiteral("runs/columns"), QStringList{QStringLiteral("-5"), QStringLiteral("x")});
        settings.setValue(QStringLiteral("runs/sortColumn"), QStringLiteral("99"));
        settings.setValue(QStringLiteral("runs/x"), 77);
        settings.setValue(QStringLiteral("runs/rows"), QByteArray("nonsense"));
        open(2);
        QCOMPARE(table().horizontalHeader()->sortIndicatorSection(), int{Model::kDate});
        QCOMPARE(find<QComboBox>(*m_page, "runOverlayX")->currentIndex(), 0);
    }

    // ---- actions ----------------------------------------------------------------------------------------------------

    void actionsSayWhyTheyCannotBeDone() {
        makeRun({.name = QStringLiteral("done")});
        makeRun({.name = QStringLiteral("half"), .done = 4, .state = RunState::kStopped});
        makeRun({.name = QStringLiteral("bare"),
                 .done = 0,
                 .state = RunState::kFailed,
                 .model = false,
                 .checkpoint = false});
        open(3);
        QVERIFY(!button("runContinueButton")->isEnabled());
        QVERIFY(button("runContinueButton")->toolTip().contains(QStringLiteral("Select a run")));
        select({"done"});
        QVERIFY(button("runContinueButton")->toolTip().contains(QStringLiteral("all of its epochs")));
        select({"bare"}, false);
        QVERIFY(button("runContinueButton")->toolTip().contains(QStringLiteral("no checkpoint")));
        QVERIFY(button("runOpenModelButton")->toolTip().contains(QStringLiteral("no model yet")));
        QVERIFY(!button("runBranchButton")->isEnabled());
        select({"half"}, false);
        QVERIFY(button("runContinueButton")->isEnabled());
        select({"half", "done"});
        QVERIFY(button("runContinueButton")->toolTip().contains(QStringLiteral("one run only")));
        QVERIFY(button("runDeleteButton")->isEnabled());
    }

    void continueRunAgainAndOpen() {
        const auto half = makeRun({.name = QStringLiteral("half"), .done = 4, .state = RunState::kStopped});
        open(1);
        QSignalSpy goOn(m_page.get(), &RunsPage::continueWanted), again(m_page.get(), &RunsPage::againWanted),
            model(m_page.get(), &RunsPage::openModelWanted);
        m_page->mainAction();  // nothing is selected: reads again
        QCOMPARE(goOn.size(), 0);
        select({"half"});
        m_page->mainAction();
        QCOMPARE(goOn.size(), 1);
        QCOMPARE(goOn.at(0).at(0).value<std::filesystem::path>(), half);
        QTest::mouseClick(button("runAgainButton"), Qt::LeftButton);
        QCOMPARE(again.size(), 1);
        QCOMPARE(again.at(0).at(0).value<RunRecord>().model, std::string("condensenet-tiny"));
        table().setFocus();
        QTest::keyClick(&table(), Qt::Key_Return);
        QCOMPARE(model.size(), 1);
        QCOMPARE(model.at(0).at(0).value<std::filesystem::path>(), half / kModelName);
    }

    void renamesInItsCell() {
        const auto folder = makeRun({});
        open(1);
        select({"one"});
        table().setFocus();
        QTest::keyClick(&table(), Qt::Key_F2);
        auto* editor = find<QLineEdit>(*m_page, "runNameEditor");
        QCOMPARE(editor->text(), QStringLiteral("one"));
        editor->setText(QStringLiteral("shapes <b>wide</b>"));
        QTest::keyClick(editor, Qt::Key_Return);
        QTRY_COMPARE(cell(0, Model::kName), QStringLiteral("shapes <b>wide</b>"));
        QTRY_COMPARE_WITH_TIMEOUT(noteOf(folder).name, "shapes <b>wide</b>", kWaitMs);
        QCOMPARE(selectedNames().size(), 1);
        // Esc leaves everything as it is.
        QTRY_VERIFY(table().findChild<QLineEdit*>(QStringLiteral("runNameEditor")) == nullptr);
        QTest::keyClick(&table(), Qt::Key_F2);
        editor = find<QLineEdit>(*m_page, "runNameEditor");
        editor->setText(QStringLiteral("no"));
        QTest::keyClick(editor, Qt::Key_Escape);
        QCOMPARE(cell(0, Model::kName), QStringLiteral("shapes <b>wide</b>"));
    }

    void notesAreKept() {
        const auto folder = makeRun({});
        makeRun({.name = QStringLiteral("two")});
        open(2);
        select({"one"});
        auto* note = find<QPlainTextEdit>(*m_page, "runNoteEditor");
        note->setFocus();
        QTest::keyClicks(note, QStringLiteral("too wide"));
        select({"two"}, false);  // leaving it saves
        QTRY_COMPARE_WITH_TIMEOUT(noteOf(folder).note, "too wide", kWaitMs);
        QVERIFY(note->toPlainText().isEmpty());
        select({"one"}, false);
        QTRY_COMPARE_WITH_TIMEOUT(note->toPlainText(), QStringLiteral("too wide"), kWaitMs);
        find<QLineEdit>(*m_page, "runFilter")->setText(QStringLiteral("too wide"));
        QCOMPARE(rows(), 1);
    }

    void branchesInPlace() {
        const auto folder = makeRun({.done = 7, .state = RunState::kStopped, .stages = {1, 2}});
        open(1);
        select({"one"});
        auto* panel = find<BranchPanel>(*m_page, "branchPanel");
        QVERIFY(!panel->isVisible());
        QTest::mouseClick(button("runBranchButton"), Qt::LeftButton);
        QVERIFY(panel->isVisible());
        auto* stage = find<QComboBox>(*m_page, "branchStage");
        QCOMPARE(stage->count(), 3);  // two steps and the latest checkpoint
        stage->setCurrentIndex(1);
        find<QDoubleSpinBox>(*m_page, "branchLasso")->setValue(1e-5);
        QSignalSpy wanted(m_page.get(), &RunsPage::branchWanted);
        QTest::mouseClick(button("branchGo"), Qt::LeftButton);
        QCOMPARE(wanted.size(), 1);
        const auto request = wanted.at(0).at(0).value<BranchRequest>();
        QCOMPARE(request.from, folder);
        QCOMPARE(request.stage, 2);
        QVERIFY(!request.learningRate);  // left as it was
        QCOMPARE(request.groupLassoLambda.value_or(0), 1e-5);
        QVERIFY(!panel->isVisible());
        QTest::mouseClick(button("runBranchButton"), Qt::LeftButton);
        QTest::keyClick(panel, Qt::Key_Escape);
        QVERIFY(!panel->isVisible());
    }

    void measuresTheLatency() {
        makeRun({});
        open(1);
        select({"one"});
        QCOMPARE(cell(0, Model::kLatency), QStringLiteral("–"));
        find<QAction>(*m_page, "runMeasure")->trigger();
        QTRY_VERIFY_WITH_TIMEOUT(cell(0, Model::kLatency).endsWith(QStringLiteral("ms")), kWaitMs);
        QVERIFY(!find<NoticeArea>(*m_page, "runNotices")->has(QStringLiteral("latencyNotice")));
    }

    void doesNotMeasureBesideATraining() {
        makeRun({.name = QStringLiteral("idle")});
        const auto busy = makeRun({.name = QStringLiteral("busy"), .done = 3, .state = RunState::kRunning});
        const auto lock = RunLock::take(busy);
        QVERIFY(lock);
        open(2);
        QTRY_VERIFY(rowOf("busy") >= 0 && cell(rowOf("busy"), Model::kState) == QStringLiteral("running"));
        select({"idle"});
        auto* measure = find<QAction>(*m_page, "runMeasure");
        QVERIFY(!measure->isEnabled());
        QVERIFY(measure->toolTip().contains(QStringLiteral("trains now")));
        select({"busy"}, false);
        QVERIFY(!button("runDeleteButton")->isEnabled());
    }

    void deletesWithUndo() {
        const auto one = makeRun({}), two = makeRun({.name = QStringLiteral("two")});
        open(2);
        QString words;
        std::function<void()> undo;
        connect(m_page.get(), &Page::removed, this, [&](const QString& said, const std::function<void()>& back) {
            words = said;
            undo = back;
        });
        select({"one", "two"});
        table().setFocus();
        QTest::keyClick(&table(), Qt::Key_Delete);
        QVERIFY(!std::filesystem::exists(one));
        QVERIFY(!std::filesystem::exists(two));
        QTRY_COMPARE_WITH_TIMEOUT(find<QStackedWidget>(*m_page, "runStack")->currentIndex(), 1, kWaitMs);
        QCOMPARE(words, QStringLiteral("2 runs moved to the trash"));
        QVERIFY(undo);
        undo();
        QVERIFY(std::filesystem::exists(one / kRunRecordName));
        QTRY_COMPARE_WITH_TIMEOUT(rows(), 2, kWaitMs);
        QCOMPARE(selectedNames().size(), 1);
    }

    void withoutATrashItAsksInThePage() {
        const auto folder = makeRun({});
        m_home->makeFile(QStringLiteral("data/Trash"), "in the way");
        open(1);
        select({"one"});
        QTest::mouseClick(button("runDeleteButton"), Qt::LeftButton);
        QVERIFY(std::filesystem::exists(folder));
        auto* notices = find<NoticeArea>(*m_page, "runNotices");
        QVERIFY(notices->text(QStringLiteral("deleteNotice")).contains(QStringLiteral("for good")));
        QTest::mouseClick(button("deleteNoticeKeep"), Qt::LeftButton);
        QTRY_VERIFY(!notices->has(QStringLiteral("deleteNotice")));
        QVERIFY(std::filesystem::exists(folder));
        QTest::mouseClick(button("runDeleteButton"), Qt::LeftButton);
        QTest::mouseClick(button("deleteNoticeDeleteforgood"), Qt::LeftButton);
        QTRY_VERIFY(!std::filesystem::exists(folder));
    }

    void exportsToFiles_data() {
        QTest::addColumn<QString>("action");
        QTest::addColumn<QString>("file");
        QTest::newRow("model") << QStringLiteral("runExportModel") << QStringLiteral("out.safetensors");
        QTest::newRow("onnx") << QStringLiteral("runExportOnnx") << QStringLiteral("out.onnx");
        QTest::newRow("report") << QStringLiteral("runExportReport") << QStringLiteral("out.html");
        QTest::newRow("what is seen") << QStringLiteral("runExportSeen") << QStringLiteral("out.csv");
    }
    void exportsToFiles() {
        QFETCH(QString, action);
        QFETCH(QString, file);
        makeRun({});
        open(1);
        select({"one"});
        QTRY_COMPARE_WITH_TIMEOUT(find<OverlayPlot>(*m_page, "runOverlay")->curveCount(), 1, kWaitMs);
        m_page->findChild<QAction*>(action)->trigger();
        auto* dialog = find<QFileDialog>(*m_page, "exportDialog");
        const QString path = m_home->path(file);
        emit dialog->fileSelected(path);
        dialog->close();
        auto* notices = find<NoticeArea>(*m_page, "runNotices");
        QTRY_VERIFY_WITH_TIMEOUT(notices->text(QStringLiteral("exportNotice")).startsWith(QStringLiteral("Exported")),
                                 kWaitMs);
        QVERIFY(QFileInfo(path).size() > 0);
        QTRY_VERIFY(m_page->findChild<QFileDialog*>() == nullptr);
    }

    void aFailedExportIsToldInThePage() {
        const auto folder = makeRun({});
        open(1);
        select({"one"});
        m_page->findChild<QAction*>(QStringLiteral("runExportModel"))->trigger();
        emit find<QFileDialog>(*m_page, "exportDialog")->fileSelected(toQString(folder / kModelName));
        auto* notices = find<NoticeArea>(*m_page, "runNotices");
        QTRY_VERIFY_WITH_TIMEOUT(
            notices->text(QStringLiteral("exportNotice")).contains(QStringLiteral("its own place")), kWaitMs);
    }

    void whatIsSeenCanBeTakenOut() {
        makeMany(3);
        open(3);
        auto seen = m_page->exhibit();
        QVERIFY(seen);
        QCOMPARE(seen->csv().count(u'\n'), 4);
        QVERIFY(seen->csv().startsWith(QStringLiteral("Name,State,")));
        QVERIFY(!pictureOf(*seen, 1).isNull());
        select({"run-0", "run-1"});
        QTRY_COMPARE_WITH_TIMEOUT(find<OverlayPlot>(*m_page, "runOverlay")->curveCount(), 2, kWaitMs);
        seen = m_page->exhibit();
        QVERIFY(seen && seen->csv().contains(QStringLiteral("run-1")));
    }

    // ---- runs from elsewhere ----------------------------------------------------------------------------------------

    void showRunSelectsItAndListsOneOutsideTheStore() {
        makeMany(3);
        const auto inside = makeRun({.name = QStringLiteral("moved")});
        const auto outside = toPath(m_home->path(QStringLiteral("elsewhere")));
        std::filesystem::rename(inside, outside);
        open(3);
        m_page->showRun(defaultRunStore() / "run-1");
        QTRY_COMPARE_WITH_TIMEOUT(selectedNames(), QStringList{QStringLiteral("run-1")}, kWaitMs);
        QVERIFY(!find<QAction>(*m_page, "runForget")->isEnabled());
        m_page->showRun(outside);
        QTRY_COMPARE_WITH_TIMEOUT(rows(), 4, kWaitMs);
        QTRY_COMPARE_WITH_TIMEOUT(selectedNames(), QStringList{QStringLiteral("elsewhere")}, kWaitMs);
        find<QAction>(*m_page, "runForget")->trigger();
        QTRY_COMPARE_WITH_TIMEOUT(rows(), 3, kWaitMs);
        QVERIFY(std::filesystem::exists(outside / kRunRecordName));
    }

    void aRunAppearsWhileItTrains() {
        const QString data = m_home->makeDataFolder(QStringLiteral("pictures"), 16);
        open(0);
        TrainRequest request = tinyRequest(data, 100'000);  // until it is stopped, however fast the machine is
        request.folder = defaultRunStore() / "outside";     // as the command line does it
        RunControl control;
        std::jthread training([&] { std::ignore = startRun(request, {}, control); });
        const auto stop = qScopeGuard([&] { control.requestStop(); });  // also where a check below fails
        QTRY_COMPARE_WITH_TIMEOUT(rows(), 1, kWaitMs);
        QTRY_COMPARE_WITH_TIMEOUT(cell(0, Model::kState), QStringLiteral("running"), kWaitMs);
        const auto epochs = [&] { return cell(0, Model::kEpochs).section(u'/', 0, 0).trimmed().toInt(); };
        QTRY_VERIFY_WITH_TIMEOUT(epochs() > 0, kWaitMs);
        select({"outside"});
        auto& overlay = *find<OverlayPlot>(*m_page, "runOverlay");
        QTRY_COMPARE_WITH_TIMEOUT(overlay.curveCount(), 1, kWaitMs);
        const int before = epochs(), points = overlay.pointCount(0);
        QTRY_VERIFY_WITH_TIMEOUT(epochs() > before, kWaitMs);
        QTRY_VERIFY_WITH_TIMEOUT(overlay.pointCount(0) > points, kWaitMs);
        control.requestStop();
        training.join();
        QTRY_COMPARE_WITH_TIMEOUT(cell(0, Model::kState), QStringLiteral("stopped"), kWaitMs);
        QCOMPARE(selectedNames().size(), 1);
        QTRY_VERIFY(button("runContinueButton")->isEnabled());
    }

    // ---- looks ------------------------------------------------------------------------------------------------------

    void everyControlHasAName() {
        makeMany(2);
        open(2);
        for (const auto* widget : m_page->findChildren<QWidget*>()) {
            const bool control = qobject_cast<const QAbstractButton*>(widget) ||
                                 qobject_cast<const QComboBox*>(widget) || qobject_cast<const QLineEdit*>(widget) ||
                                 qobject_cast<const QTableView*>(widget) || qobject_cast<const QPlainTextEdit*>(widget);
            if (!control || widget->objectName().startsWith(QStringLiteral("qt_"))) continue;
            if (qobject_cast<const QAbstractSpinBox*>(widget->parentWidget()) != nullptr) continue;
            if (QByteArray(widget->metaObject()->className()) == "QTableCornerButton") continue;
            if (QByteArray(widget->metaObject()->className()) == "QLineEditIconButton") continue;
            QVERIFY2(!widget->objectName().isEmpty(), widget->metaObject()->className());
            QVERIFY2(!widget->accessibleName().isEmpty(), qPrintable(widget->objectName()));
        }
    }

    void noTextIsClippedInASmallWindow() {
        makeMany(4);
        open(4, QSize(880, 620));
        select({"run-0", "run-1"});
        for (const auto* button : m_page->findChildren<QPushButton*>()) {
            if (!button->isVisible()) continue;
            QVERIFY2(button->width() >= button->sizeHint().width(), qPrintable(button->objectName()));
        }
        for (const auto* box : m_page->findChildren<QComboBox*>()) {
            if (box->isVisible())
                QVERIFY2(box->width() >= box->minimumSizeHint().width(), qPrintable(box->objectName()));
        }
    }

  private:
    void open(int expected, QSize size = QSize(1000, 700)) {
        m_page = std::make_unique<RunsPage>(m_home->settings(), *m_training);
        m_page->setTheme(darkTheme());
        m_page->resize(size);
        m_page->show();
        QVERIFY(QTest::qWaitForWindowExposed(m_page.get()));
        QTRY_COMPARE_WITH_TIMEOUT(rows(), expected, kWaitMs);
    }
    void makeMany(int count) {
        for (int i = 0; i < count; ++i) {
            makeRun({.name = QStringLiteral("run-%1").arg(i),
                     .best = std::min(1.0, 0.5 + 0.05 * i),
                     .created = QStringLiteral("2026-01-%1T09:30:00Z").arg(i + 10)});
        }
    }
    RunTable& table() { return *find<RunTable>(*m_page, "runTable"); }
    QPushButton* button(const char* name) { return find<QPushButton>(*m_page, name); }
    int rows() { return table().model()->rowCount(); }
    QString cell(int row, int column) { return table().model()->index(row, column).data().toString(); }
    int rowOf(const char* name) {
        for (int row = 0; row < rows(); ++row) {
            if (cell(row, Model::kName) == QLatin1String(name)) return row;
        }
        return -1;
    }
    // In the model behind the sorting.
    int rowIn(const char* name) {
        const auto* sorted = qobject_cast<QSortFilterProxyModel*>(table().model());
        return sorted->mapToSource(sorted->index(rowOf(name), 0)).row();
    }
    int colourOf(const char* name) {
        return table().model()->index(rowOf(name), Model::kName).data(Model::kColourRole).toInt();
    }
    void select(const std::vector<const char*>& names, bool keep = true) {
        QItemSelection selection;
        auto* model = table().selectionModel();
        for (const char* name : names) {
            const QModelIndex index = table().model()->index(rowOf(name), Model::kName);
            QVERIFY2(index.isValid(), name);
            if (keep) {
                model->select(index, QItemSelectionModel::Select | QItemSelectionModel::Rows);
                model->setCurrentIndex(index, QItemSelectionModel::NoUpdate);
            } else {
                selection.select(index, index);
            }
        }
        if (!keep) model->select(selection, QItemSelectionModel::ClearAndSelect | QItemSelectionModel::Rows);
    }
    QStringList selectedNames() {
        QStringList names;
        for (const auto& folder : table().selectedRuns()) names << toQString(folder.filename());
        return names;
    }
    static RunNote noteOf(const std::filesystem::path& folder) { return readRunNote(folder).value_or(RunNote{}); }

    std::unique_ptr<PrivateHome> m_home;
    std::unique_ptr<TrainingSession> m_training;
    std::unique_ptr<RunsPage> m_page;
};

QTEST_MAIN(RunsPageTest)
#include "tst_runs_page.moc"
