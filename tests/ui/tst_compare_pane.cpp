#include "connections/compare_pane.h"

#include <QComboBox>
#include <QLabel>
#include <QPushButton>
#include <QSignalSpy>
#include <QTest>

#include "connection_fakes.h"
#include "connections/map_pane.h"
#include "maps/cell_map.h"
#include "ui_support.h"

namespace condenser {
namespace {

using testing::FakeRun;
using testing::find;

// A pane beside a map that nobody sees, whose records come at once.
struct Shown {
    explicit Shown(const FakeRun& run) : pane(state) {
        run.answer(state);
        pane.setTheme(darkTheme());
        pane.resize(480, 400);
        state.setSource(run.source());
        pane.show();
        if (!QTest::qWaitForWindowExposed(&pane)) qFatal("the window does not come");
    }
    QString words() { return find<QLabel>(pane, "compareWords")->text(); }
    QString matching() {
        const auto* label = find<QLabel>(pane, "matchingWords");
        return label->isVisible() ? label->text() : QString();
    }
    QComboBox& combo(const char* name) { return *find<QComboBox>(pane, name); }
    QPushButton& button(const char* name) { return *find<QPushButton>(pane, name); }
    void click(const char* name) { QTest::mouseClick(&button(name), Qt::LeftButton); }
    // Of the list that opens, as somebody chooses it.
    void choose(const char* name, int index) {
        QComboBox& box = combo(name);
        box.setCurrentIndex(index);
        emit box.activated(index);
    }
    CellMap& map() { return find<MapPane>(pane, "compareMap")->map(); }
    bool isRead() { return pane.other().record() != nullptr && pane.other().recordMoment() == pane.other().moment(); }

    ConnectionsState state;
    ComparePane pane;
};

}  // namespace

class ComparePaneTest : public QObject {
    Q_OBJECT

  private slots:
    void initTestCase() { qApp->setStyleSheet(styleSheetOf(darkTheme(), QApplication::font().pointSizeF())); }
    void init() { testing::failOnWarnings(); }

    void thisRunAtAnotherMoment() {
        FakeRun run("a");
        run.write(folder("a"));
        Shown shown(run);
        QTRY_VERIFY_WITH_TIMEOUT(shown.isRead(), testing::kWaitMs);
        // Before step 1, beside the end.
        QCOMPARE(shown.pane.other().moment(), 1);
        QCOMPARE(shown.combo("compareMoment").currentText(), QStringLiteral("before step 1"));
        QCOMPARE(shown.combo("compareRun").currentText(), QStringLiteral("this run"));
        QVERIFY2(shown.words().startsWith(
                     QStringLiteral("84 of the earlier map's 112 connections are gone in the later one. Of the 28 most "
                                    "important ones then, ")),
                 qPrintable(shown.words()));
        QVERIFY(shown.words().contains(QStringLiteral("by chance 7 (25\u202f%)")));
        QVERIFY(!shown.button("matchGroups").isVisible());
        QVERIFY(!shown.button("inStep").isVisible());

        shown.click("compareBack");
        QCOMPARE(shown.pane.other().moment(), 0);
        QVERIFY(!shown.button("compareBack").isEnabled());
        QTest::keyClick(&shown.button("compareForward"), Qt::Key_Space);
        QCOMPARE(shown.pane.other().moment(), 1);
        // The other way round, too; and from one end to the other by keyboard.
        shown.combo("compareMoment").setFocus();
        QTest::keyClick(&shown.combo("compareMoment"), Qt::Key_End);
        QCOMPARE(shown.pane.other().moment(), 11);
        QTRY_COMPARE_WITH_TIMEOUT(shown.words(), QStringLiteral("Both maps show the same moment."), testing::kWaitMs);
        QVERIFY(!shown.button("compareForward").isEnabled());
        shown.state.setMoment(9);
        QCOMPARE(shown.words(), QStringLiteral("Nothing was dropped between the two: both keep the same 28 of 112 "
                                               "connections."));
        shown.state.setMoment(0);
        QVERIFY(shown.words().startsWith(QStringLiteral("84 of the earlier map's 112")));
        // The first map scrubs alone.
        QCOMPARE(shown.pane.other().moment(), 11);
    }

    void placeAndTraceAreShared() {
        FakeRun run("a");
        run.write(folder("b"));
        Shown shown(run);
        QTRY_VERIFY_WITH_TIMEOUT(shown.isRead(), testing::kWaitMs);
        ConnectionsState& other = shown.pane.other();
        shown.state.setPlace({MapLevel::kLayer, 2, 0});
        QCOMPARE(other.place(), shown.state.place());
        QVERIFY(shown.words().startsWith(QStringLiteral("24 of the earlier map's 32")));
        other.setPlace({MapLevel::kGroup, 2, 1});
        QCOMPARE(shown.state.place(), other.place());
        QVERIFY(shown.words().startsWith(QStringLiteral("12 of the earlier map's 16")));
        shown.state.setTrace({.what = Trace::What::kReads, .layer = 2, .group = 1, .filter = 3});
        QCOMPARE(other.trace(), shown.state.trace());
        other.setTrace({.what = Trace::What::kReadBy, .source = 1, .channel = 9});
        QCOMPARE(shown.state.trace(), other.trace());
        other.setArrangement(Arrangement::kByIndex);
        QCOMPARE(shown.state.arrangement(), Arrangement::kByIndex);
        shown.state.setShowsNextToGo(true);
        QVERIFY(other.showsNextToGo());
    }

    void anotherRun() {
        FakeRun run("a"), second("c", 6, 2);
        run.write(folder("a2"));
        second.write(folder("c"));
        Shown shown(run);
        shown.pane.setRuns({{QStringLiteral("a"), folder("a2")}, {QStringLiteral("second"), folder("c")}});
        QComboBox& runs = shown.combo("compareRun");
        QCOMPARE(runs.count(), 2);  // the run itself is "this run" alone
        shown.choose("compareRun", 1);
        QTRY_VERIFY_WITH_TIMEOUT(shown.pane.other().source() != nullptr && shown.isRead(), testing::kWaitMs);
        QCOMPARE(runs.currentText(), QStringLiteral("second"));
        QCOMPARE(shown.pane.other().moment(), 11);  // as the first one
        QVERIFY2(shown.words().startsWith(QStringLiteral("Both keep ")), qPrintable(shown.words()));
        QVERIFY(shown.words().contains(QStringLiteral(" of the 28 connections that each keeps (")));
        QVERIFY(shown.matching().startsWith(QStringLiteral("groups matched layer by layer")));

        // In step, until somebody chooses otherwise.
        shown.state.setMoment(4);
        QCOMPARE(shown.pane.other().moment(), 4);
        shown.click("compareForward");
        QCOMPARE(shown.pane.other().moment(), 5);
        QVERIFY(!shown.button("inStep").isChecked());
        shown.state.setMoment(8);
        QCOMPARE(shown.pane.other().moment(), 5);
        QTRY_VERIFY_WITH_TIMEOUT(shown.isRead(), testing::kWaitMs);
        QVERIFY2(shown.words().contains(QStringLiteral("of the 28 connections that the first map keeps are among the "
                                                       "56 of the second (")),
                 qPrintable(shown.words()));
        shown.click("inStep");
        QCOMPARE(shown.pane.other().moment(), 8);
        shown.state.setMoment(0);
        QTRY_COMPARE_WITH_TIMEOUT(shown.words(),
                                  QStringLiteral("Nothing is dropped yet in either map, so that "
                                                 "the two cannot disagree."),
                                  testing::kWaitMs);

        // And back to this run.
        shown.choose("compareRun", 0);
        QTRY_VERIFY_WITH_TIMEOUT(shown.pane.other().source() != nullptr && shown.isRead(), testing::kWaitMs);
        QCOMPARE(shown.pane.other().moment(), 1);
        QVERIFY(!shown.button("inStep").isVisible());
    }

    void matchedGroups() {
        FakeRun run("a"), swapped("d");
        run.write(folder("a3"));
        swapped.swapGroups();
        swapped.write(folder("d"));
        Shown shown(run);
        shown.state.setPlace({MapLevel::kLayer, 1, 0});
        shown.pane.compareWith(folder("d"));
        QTRY_VERIFY_WITH_TIMEOUT(shown.pane.other().source() != nullptr && shown.isRead(), testing::kWaitMs);
        QCOMPARE(shown.combo("compareRun").currentText(), QStringLiteral("d"));
        ConnectionsState& other = shown.pane.other();
        QCOMPARE(shown.state.place(), (MapPlace{MapLevel::kLayer, 1, 0}));  // opening leads nobody away
        QCOMPARE(other.place(), shown.state.place());
        shown.state.setPlace({MapLevel::kLayer, 3, 0});
        QVERIFY2(
            shown.words().startsWith(QStringLiteral("Both keep 10 of the 10 connections that each keeps (100\u202f%)")),
            qPrintable(shown.words()));
        QVERIFY(shown.matching().contains(QStringLiteral("1 ~ 2, 2 ~ 1")));
        // The second map shows, and traces, what the first one's group is there.
        shown.state.setPlace({MapLevel::kGroup, 3, 0});
        QCOMPARE(other.place(), (MapPlace{MapLevel::kGroup, 3, 1}));
        shown.state.setTrace({.what = Trace::What::kReads, .layer = 3, .group = 0, .filter = 4});
        QCOMPARE(other.trace().group, 1);
        QCOMPARE(other.trace().filter, -1);
        QCOMPARE(shown.state.trace().filter, 4);
        other.setTrace({.what = Trace::What::kReads, .layer = 3, .group = 0});
        QCOMPARE(shown.state.trace().group, 1);
        // By number they have little in common.
        QTest::keyClick(&shown.button("matchGroups"), Qt::Key_Space);
        QVERIFY(!shown.button("matchGroups").isChecked());
        QCOMPARE(other.place().group, 0);
        QVERIFY(!shown.words().contains(QStringLiteral("(100")));
        QVERIFY(shown.matching().startsWith(QStringLiteral("groups by their numbers")));
    }

    void whatBothKeep() {
        FakeRun run("a");
        run.write(folder("a7"));
        Shown shown(run);
        QTRY_VERIFY_WITH_TIMEOUT(shown.isRead(), testing::kWaitMs);
        QPushButton& chip = shown.button("sharedOnly");
        QVERIFY(!chip.isVisible());  // single connections are not seen here
        shown.state.setPlace({MapLevel::kLayer, 2, 0});
        QVERIFY(chip.isVisible());
        const auto isLit = [&](int row, int column) { return shown.map().lit()[shown.map().grid()->at(row, column)]; };
        QVERIFY(shown.map().lit().empty());
        QTest::keyClick(&chip, Qt::Key_Space);
        // The second map is dense, so that what is lit is what the first one keeps.
        const auto compareAll = [&] {
            const LayerConnections& kept = shown.state.record()->layers[2];
            QCOMPARE(shown.map().lit().size(), kept.mask.size());
            for (int row = 0; row < 2; ++row) {
                for (int column = 0; column < 16; ++column) {
                    QCOMPARE(isLit(row, column), kept.mask[static_cast<std::size_t>(row * 16 + column)]);
                }
            }
        };
        compareAll();
        shown.state.setMoment(2);
        compareAll();
        // A trace has its own light.
        shown.state.setTrace({.what = Trace::What::kReads, .layer = 2, .group = 0});
        QVERIFY(isLit(0, 0));
        QVERIFY(!isLit(1, 0));
        QVERIFY(!chip.isEnabled());
        shown.state.setTrace({});
        QVERIFY(chip.isEnabled());
        compareAll();
        QTest::keyClick(&chip, Qt::Key_Space);
        QVERIFY(shown.map().lit().empty());
    }

    void whatCannotBeCompared() {
        FakeRun run("a"),
            wide("wide", 6, 1, "condensenet:stages=2-2,growth=8-8,groups=2,condense=4,bottleneck=2,group3x3=2,size=32");
        run.write(folder("a4"));
        wide.write(folder("wide"));
        Shown shown(run);
        QSignalSpy wanted(&shown.pane, &ComparePane::runWanted);
        shown.click("otherRun");
        QCOMPARE(wanted.count(), 1);
        shown.pane.compareWith(folder("wide"));
        QTRY_VERIFY_WITH_TIMEOUT(shown.pane.other().source() != nullptr, testing::kWaitMs);
        QCOMPARE(shown.words(),
                 QStringLiteral("“a” and “wide” cannot be compared: their networks have different layers "
                                "(growth 4-4 and 8-8)."));
        QVERIFY(!find<MapPane>(shown.pane, "compareMap")->isVisible());
        // Places mean nothing between them.
        shown.state.setPlace({MapLevel::kLayer, 3, 0});
        QCOMPARE(shown.pane.other().place(), MapPlace{});

        shown.pane.compareWith(folder("nowhere"));
        QTRY_VERIFY_WITH_TIMEOUT(shown.words().contains(QStringLiteral("run.json")), testing::kWaitMs);
        // A model has no run to look into.
        FakeRun model("model", 1);
        model.becomeModel();
        shown.pane.compareWith({});
        shown.state.setSource(model.source());
        QVERIFY(shown.words().startsWith(QStringLiteral("A model alone has one moment")));
        QCOMPARE(shown.combo("compareRun").currentIndex(), -1);
        shown.state.setSource(nullptr);
        QVERIFY(!shown.words().isEmpty());
    }

    void readsNothingWhileHidden() {
        FakeRun run("a");
        run.write(folder("a5"));
        Shown shown(run);
        QTRY_VERIFY_WITH_TIMEOUT(shown.isRead(), testing::kWaitMs);
        shown.pane.hide();
        FakeRun second("e");
        second.write(folder("e"));
        second.answer(shown.state);
        shown.state.setSource(second.source());
        QCOMPARE(shown.pane.other().source()->folder, run.source()->folder);
        shown.pane.show();
        QTRY_VERIFY_WITH_TIMEOUT(shown.pane.other().source() != nullptr && shown.isRead(), testing::kWaitMs);
        QCOMPARE(shown.pane.other().source()->folder, second.source()->folder);
    }

    void sameMomentOfARunOfAnotherLength() {
        const FakeRun run("a");
        FakeRun longer("b", 12, 1, testing::kFakeSpec, 12);
        const ConnectionsSourcePtr first = run.source(), second = longer.source();
        const ConnectionsSource &from = *first, &to = *second;
        QCOMPARE(to.wordsOf(sameMoment(from, 1, to)), QStringLiteral("before step 1"));
        QCOMPARE(to.wordsOf(sameMoment(from, 5, to)), QStringLiteral("after step 2"));
        QCOMPARE(to.wordsOf(sameMoment(from, 10, to)), QStringLiteral("epoch 10"));
        QCOMPARE(to.wordsOf(sameMoment(from, 11, to)), QStringLiteral("epoch 12"));
    }

    void fitsThePage() {
        FakeRun run("a");
        run.write(folder("a6"));
        Shown shown(run);
        QVERIFY2(shown.pane.minimumSizeHint().width() <= 390,
                 qPrintable(QString::number(shown.pane.minimumSizeHint().width())));
    }

  private:
    std::filesystem::path folder(const char* name) { return toPath(m_home.path(QString::fromLatin1(name))); }

    testing::PrivateHome m_home;
};

}  // namespace condenser

QTEST_MAIN(condenser::ComparePaneTest)
#include "tst_compare_pane.moc"
