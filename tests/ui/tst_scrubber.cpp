#include "connections/scrubber.h"

#include <QAccessible>
#include <QElapsedTimer>
#include <QLabel>
#include <QPushButton>
#include <QSignalSpy>
#include <QTest>

#include "connection_fakes.h"
#include "connections/moment_line.h"
#include "ui_support.h"

namespace condenser {
namespace {

using testing::FakeRun;
using testing::find;

// A scrubber on the screen, whose records come at once unless the test says otherwise.
struct Shown {
    explicit Shown(const FakeRun& run, bool answered = true) : scrubber(state) {
        if (answered) run.answer(state);
        scrubber.setTheme(darkTheme());
        scrubber.resize(900, scrubber.sizeHint().height());
        scrubber.show();
        state.setSource(run.source());
        if (!QTest::qWaitForWindowExposed(&scrubber)) qFatal("the window does not come");
        line().setFocus();
    }
    MomentLine& line() { return *find<MomentLine>(scrubber, "momentLine"); }
    QPushButton& button(const char* name) { return *find<QPushButton>(scrubber, name); }
    QString label(const char* name) { return find<QLabel>(scrubber, name)->text(); }
    QPoint at(int moment) { return line().placeOf(moment).toPoint(); }

    ConnectionsState state;
    Scrubber scrubber;
};

}  // namespace

// The fake run's moments: epoch 1, before 1, after 1, epoch 2, before 2, after 2, epoch 3, before 3, after 3, epochs 4
// to 6.
class ScrubberTest : public QObject {
    Q_OBJECT

  private slots:
    void init() { testing::failOnWarnings(); }

    void momentsStandApartAndInOrder() {
        const FakeRun run("a");
        for (const double width : {80.0, 300.0, 1000.0}) {
            const MomentAxis axis(*run.source(), width);
            for (int moment = 0; moment < run.source()->count(); ++moment) {
                QVERIFY(axis.ofMoment(moment) >= 0 && axis.ofMoment(moment) <= width + 1e-9);
                QCOMPARE(axis.momentAt(axis.ofMoment(moment)), moment);
                if (moment > 0) QVERIFY(axis.ofMoment(moment) > axis.ofMoment(moment - 1) + 0.5);
            }
        }
        const MomentAxis axis(*run.source(), 600);
        QVERIFY(axis.ofMoment(2) - axis.ofMoment(1) > 5);  // before and after step 1
        QVERIFY(std::abs(axis.ofMoment(1) - 100) < 8);     // and both near the end of epoch 1
        QCOMPARE(axis.ofMoment(11), 600.0);
        // Long runs in few pixels.
        FakeRun longer("b", 200, 1, testing::kFakeSpec, 300);
        const MomentAxis dense(*longer.source(), 300);
        for (int moment = 1; moment < longer.source()->count(); ++moment) {
            QVERIFY(dense.ofMoment(moment) > dense.ofMoment(moment - 1));
        }
    }

    void labelsNeverTouch() {
        const FakeRun run("a", 2);
        const QFontMetricsF font{QFont()};
        bool full = false, bare = false;
        for (int width = 40; width < 1600; width += 20) {
            const MomentAxis axis(*run.source(), width);
            const auto labels = axisLabels(*run.source(), axis, font, 0, width);
            QVERIFY(!labels.empty());
            for (std::size_t i = 1; i < labels.size(); ++i) {
                QVERIFY(labels[i - 1].left + labels[i - 1].width < labels[i].left);
            }
            for (const AxisLabel& label : labels) {
                full |= label.text == QStringLiteral("step 3 · 25\u202f% kept (epoch 3)") && label.muted;
                bare |= label.text == QStringLiteral("2");
            }
        }
        QVERIFY(full);
        QVERIFY(bare);
    }

    void keys() {
        const FakeRun run("a");
        Shown shown(run);
        QCOMPARE(shown.state.moment(), 11);
        const auto press = [&](Qt::Key key, Qt::KeyboardModifiers with = Qt::NoModifier) {
            QTest::keyClick(&shown.line(), key, with);
            return shown.state.moment();
        };
        QCOMPARE(press(Qt::Key_Left), 10);
        QCOMPARE(press(Qt::Key_Right), 11);
        QCOMPARE(press(Qt::Key_Right), 11);
        QCOMPARE(press(Qt::Key_Home), 0);
        QCOMPARE(press(Qt::Key_Left), 0);
        QCOMPARE(press(Qt::Key_Right), 1);
        QCOMPARE(press(Qt::Key_Right), 2);
        QCOMPARE(press(Qt::Key_PageUp), 5);
        QCOMPARE(press(Qt::Key_Right, Qt::ControlModifier), 8);
        QCOMPARE(press(Qt::Key_Right, Qt::ControlModifier), 11);
        QCOMPARE(press(Qt::Key_Left, Qt::ControlModifier), 8);
        QCOMPARE(press(Qt::Key_PageDown), 5);
        QCOMPARE(press(Qt::Key_PageDown), 2);
        QCOMPARE(press(Qt::Key_PageDown), 0);
        QCOMPARE(press(Qt::Key_End), 11);
    }

    void mouse() {
        const FakeRun run("a");
        Shown shown(run);
        QSignalSpy chosen(&shown.state, &ConnectionsState::momentChosen);
        for (const int moment : {0, 1, 2, 9, 4}) {
            QTest::mouseClick(&shown.line(), Qt::LeftButton, {}, shown.at(moment));
            QCOMPARE(shown.state.moment(), moment);
        }
        QCOMPARE(chosen.count(), 5);
        QTest::mousePress(&shown.line(), Qt::LeftButton, {}, shown.at(4));
        QTest::mouseMove(&shown.line(), shown.at(6));
        QCOMPARE(shown.state.moment(), 6);
        QTest::mouseMove(&shown.line(), shown.at(6) + QPoint(1, 0));
        QCOMPARE(chosen.count(), 6);  // nothing new below the pointer
        QTest::mouseMove(&shown.line(), QPoint(5000, 5));
        QCOMPARE(shown.state.moment(), 11);
        QTest::mouseRelease(&shown.line(), Qt::LeftButton, {}, shown.at(11));
        QTest::mouseMove(&shown.line(), shown.at(3));
        QCOMPARE(shown.state.moment(), 11);  // hovering alone changes nothing

        const auto wheel = [&](int delta) {
            const QPointF at = shown.line().placeOf(0);
            QWheelEvent event(at, shown.line().mapToGlobal(at), {}, {0, delta}, Qt::NoButton, Qt::NoModifier,
                              Qt::NoScrollPhase, false);
            QApplication::sendEvent(&shown.line(), &event);
        };
        wheel(-120);
        QCOMPARE(shown.state.moment(), 10);
        wheel(-60);
        QCOMPARE(shown.state.moment(), 10);
        wheel(-60);
        QCOMPARE(shown.state.moment(), 9);
        wheel(240);
        QCOMPARE(shown.state.moment(), 11);
    }

    void wordsAndSums() {
        const FakeRun run("a");
        Shown shown(run);
        // Inputs of the four layers: 8, 12, 16, 20; two groups each keep a quarter.
        QCOMPARE(shown.label("keptShare"), QStringLiteral("25\u202f%"));
        QCOMPARE(shown.label("keptCounts"), QStringLiteral("of connections · 28 of 112"));
        QVERIFY(shown.label("unusedFeatures").endsWith(QStringLiteral("that no later layer reads")));
        shown.state.setMoment(4);
        QCOMPARE(shown.line().words(), QStringLiteral("before step 2 · epoch 2"));
        QCOMPARE(shown.label("keptShare"), QStringLiteral("75\u202f%"));
        shown.state.setMoment(0);
        QCOMPARE(shown.label("keptShare"), QStringLiteral("100\u202f%"));
        QCOMPARE(shown.label("unusedFeatures"), QStringLiteral("every feature is read by a later layer"));

        QAccessibleInterface* spoken = QAccessible::queryAccessibleInterface(&shown.line());
        QCOMPARE(spoken->role(), QAccessible::Slider);
        QCOMPARE(spoken->text(QAccessible::Value), QStringLiteral("epoch 1"));
        QVERIFY(spoken->valueInterface() != nullptr);
        QCOMPARE(spoken->valueInterface()->maximumValue().toInt(), 11);
        spoken->valueInterface()->setCurrentValue(2);
        QCOMPARE(shown.state.moment(), 2);
        QCOMPARE(spoken->text(QAccessible::Value), QStringLiteral("after step 1 · epoch 1"));
        QVERIFY(!shown.button("playButton").accessibleName().isEmpty());
    }

    void plays() {
        const FakeRun run("a");
        Shown shown(run);
        shown.state.setMoment(7);
        QElapsedTimer time;
        time.start();
        QTest::keyClick(&shown.line(), Qt::Key_Space);
        QVERIFY(shown.scrubber.playing());
        QCOMPARE(shown.button("playButton").text(), QStringLiteral("Pause"));
        QTRY_VERIFY_WITH_TIMEOUT(!shown.scrubber.playing(), testing::kWaitMs);
        QCOMPARE(shown.state.moment(), 11);
        QVERIFY2(time.elapsed() >= 4 * 1000 / 12 - 30, "four moments take a third of a second");
        QCOMPARE(shown.button("playButton").text(), QStringLiteral("Play"));

        // From the end it begins again, and whoever takes the handle stops it.
        QTest::mouseClick(&shown.button("playButton"), Qt::LeftButton);
        QCOMPARE(shown.state.moment(), 0);
        QTRY_VERIFY_WITH_TIMEOUT(shown.state.moment() > 0, testing::kWaitMs);
        QTest::mouseClick(&shown.line(), Qt::LeftButton, {}, shown.at(9));
        QVERIFY(!shown.scrubber.playing());
        QCOMPARE(shown.state.moment(), 9);
        shown.scrubber.togglePlaying();
        QVERIFY(shown.scrubber.playing());
        shown.scrubber.togglePlaying();
        QVERIFY(!shown.scrubber.playing());
    }

    void playingWaitsForTheRecord() {
        const FakeRun run("a");
        Shown shown(run, false);
        shown.state.setRecord(11, run.record(11));
        shown.scrubber.togglePlaying();
        QCOMPARE(shown.state.moment(), 0);
        QTest::qWait(250);
        QCOMPARE(shown.state.moment(), 0);
        // Late, so that the next one follows at once.
        shown.state.setRecord(0, run.record(0));
        QCOMPARE(shown.state.moment(), 1);
        QTest::qWait(200);
        QCOMPARE(shown.state.moment(), 1);
        // Another run ends it.
        shown.state.setSource(FakeRun("b").source());
        QVERIFY(!shown.scrubber.playing());
    }

    void live() {
        FakeRun run("a", 4);
        run.edit().training = true;
        Shown shown(run);
        QPushButton& chip = shown.button("liveChip");
        QVERIFY(chip.isVisible());
        QVERIFY(chip.isChecked());
        QTest::keyClick(&shown.line(), Qt::Key_Home);
        QVERIFY(!chip.isChecked());
        // The line grows, and the handle stays.
        FakeRun grown("a", 5);
        grown.edit().training = true;
        shown.state.setSource(grown.source());
        QCOMPARE(shown.state.moment(), 0);
        QTest::mouseClick(&chip, Qt::LeftButton);
        QVERIFY(chip.isChecked());
        QCOMPARE(shown.state.moment(), 10);
        FakeRun ended("a", 6);
        shown.state.setSource(ended.source());
        QCOMPARE(shown.state.moment(), 11);
        QVERIFY(!chip.isVisible());
    }

    void oneMomentAndNone() {
        const FakeRun run("a");
        Shown shown(run);
        QVERIFY(find<QLabel>(shown.scrubber, "keptShare")->isVisible());
        FakeRun model("model.safetensors", 1);
        model.becomeModel();
        shown.state.setSource(model.source());
        QVERIFY(!find<QLabel>(shown.scrubber, "keptShare")->isVisible());  // of the run before
        shown.state.setRecord(0, model.record(0));
        QVERIFY(!shown.button("playButton").isEnabled());
        QCOMPARE(shown.line().words(), QStringLiteral("One moment: model.safetensors"));
        QTest::keyClick(&shown.line(), Qt::Key_Home);
        QTest::mouseClick(&shown.line(), Qt::LeftButton);
        shown.scrubber.togglePlaying();
        QVERIFY(!shown.scrubber.playing());

        FakeRun begun("c", 0);
        begun.edit().training = true;
        shown.state.setSource(begun.source());
        QVERIFY(shown.line().words().startsWith(QStringLiteral("Nothing is recorded yet")));
        QVERIFY(!shown.button("playButton").isEnabled());
        shown.state.setSource(nullptr);
        QCOMPARE(shown.line().words(), QString());
        QVERIFY(!shown.button("liveChip").isVisible());
        shown.scrubber.grab();
    }

    void fitsThePage() {
        const FakeRun run("a");
        Shown shown(run);
        QVERIFY2(shown.scrubber.minimumSizeHint().width() <= 600, "the window must not be widened");
    }
};

}  // namespace condenser

QTEST_MAIN(condenser::ScrubberTest)
#include "tst_scrubber.moc"
