#include <QClipboard>
#include <QImage>
#include <QPushButton>
#include <QSignalSpy>
#include <QTest>
#include <cmath>
#include <limits>

#include "plots/overlay_plot.h"
#include "ui_support.h"

using namespace condenser;
using X = OverlayPlot::X;
using Y = OverlayPlot::Y;

class TestOverlayPlot : public QObject {
    Q_OBJECT

  private slots:
    void init() { testing::failOnWarnings(); }

    void everyRunIsACurveOverEveryX() {
        OverlayPlot plot;
        plot.setTheme(darkTheme());
        for (const X x : {X::kEpoch, X::kTime, X::kProgress, X::kMacs}) {
            for (const Y y : {Y::kTestAccuracy, Y::kTestLoss, Y::kTrainAccuracy, Y::kTrainLoss, Y::kKept}) {
                plot.show({run(0, 10), run(1, 20)}, x, y);
                QCOMPARE(plot.curveCount(), 2);
                QCOMPARE(plot.pointCount(0), 10);
                QCOMPARE(plot.pointCount(1), 20);
            }
        }
        // As long as the longest of them, and a little more.
        plot.show({run(0, 10), run(1, 20)}, X::kTime, Y::kTestLoss);
        QCOMPARE(plot.shownX().first, 0.0);
        QVERIFY(plot.shownX().second >= 20 * 3.0 && plot.shownX().second < 22 * 3.0);
        QVERIFY2(plot.accessibleDescription().contains(QStringLiteral("run 1: last 0.048, lowest 0.048")),
                 qPrintable(plot.accessibleDescription()));
        plot.show({}, X::kEpoch, Y::kTestLoss);
        QCOMPARE(plot.curveCount(), 0);
    }

    void whatIsNoNumberIsLeftOut() {
        OverlayRun odd = run(0, 5);
        odd.points[1].testLoss = std::numeric_limits<double>::quiet_NaN();
        odd.points[2].testLoss = std::numeric_limits<double>::infinity();
        OverlayPlot plot;
        plot.show({odd}, X::kEpoch, Y::kTestLoss);
        QCOMPARE(plot.pointCount(0), 3);
        QVERIFY(std::isfinite(plot.shownX().second));
    }

    void keysMoveTheCursorAndZoom() {
        OverlayPlot plot;
        plot.setTheme(darkTheme());
        plot.resize(700, 320);
        plot.show({run(0, 10), run(1, 20)}, X::kEpoch, Y::kTestAccuracy);
        plot.show();
        QVERIFY(QTest::qWaitForWindowExposed(&plot));
        const auto whole = plot.shownX();
        QTest::keyClick(&plot, Qt::Key_Right);  // begins in the middle: epoch 10.2
        QVERIFY2(plot.readout().contains(QStringLiteral("epoch 10.2")), qPrintable(plot.readout()));
        QVERIFY(!plot.readout().contains(QStringLiteral("run 0")));  // which has ended there
        QVERIFY(plot.readout().contains(QStringLiteral("run 1")));
        for (int i = 0; i < 12; ++i) QTest::keyClick(&plot, Qt::Key_Left);
        QVERIFY2(plot.readout().contains(QStringLiteral("run 0")), qPrintable(plot.readout()));
        QTest::keyClick(&plot, Qt::Key_Plus);
        QVERIFY(plot.shownX().second - plot.shownX().first < whole.second - whole.first);
        // New numbers of the same runs leave the view where it is.
        const auto zoomed = plot.shownX();
        plot.show({run(0, 11), run(1, 20)}, X::kEpoch, Y::kTestAccuracy);
        QCOMPARE(plot.shownX(), zoomed);
        QTest::keyClick(&plot, Qt::Key_0);
        QCOMPARE(plot.shownX(), whole);
        QSignalSpy chosen(&plot, &OverlayPlot::runClicked);
        QTest::keyClick(&plot, Qt::Key_2);
        QTest::keyClick(&plot, Qt::Key_3);  // there is no third
        QCOMPARE(chosen.size(), 1);
        QCOMPARE(chosen[0][0].toInt(), 1);
    }

    // The curve of run 0 lies at 50 % everywhere, that of run 1 at 100 %.
    void aClickOnACurveChoosesItsRun() {
        OverlayPlot plot;
        plot.setTheme(lightTheme());
        plot.resize(700, 320);
        OverlayRun half = run(0, 10), full = run(1, 10);
        for (auto& point : half.points) point.testTop1 = 0.5;
        for (auto& point : full.points) point.testTop1 = 1;
        plot.show({half, full}, X::kEpoch, Y::kTestAccuracy);
        plot.show();
        QVERIFY(QTest::qWaitForWindowExposed(&plot));
        QSignalSpy chosen(&plot, &OverlayPlot::runClicked);
        auto* canvas = plot.findChild<QWidget*>(QStringLiteral("canvas"));
        QVERIFY(canvas != nullptr);
        QList<int> seen;
        for (int y = 0; y < canvas->height(); y += 4) {
            chosen.clear();
            QTest::mouseClick(canvas, Qt::LeftButton, {}, {canvas->width() / 2, y});
            QTest::qWait(0);
            if (chosen.isEmpty()) continue;
            if (seen.isEmpty() || seen.last() != chosen[0][0].toInt()) seen << chosen[0][0].toInt();
        }
        QCOMPARE(seen, (QList<int>{1, 0}));  // from the top
    }

    void numbersAreThoseSeen() {
        OverlayPlot plot;
        plot.resize(700, 320);
        plot.show({run(0, 10), run(1, 20)}, X::kEpoch, Y::kTestAccuracy);
        const QStringList lines = plot.exhibit().csv().split(u'\n', Qt::SkipEmptyParts);
        QCOMPARE(lines.size(), 1 + 20);
        QCOMPARE(lines[0], QStringLiteral("epoch,run 0: test accuracy (%),run 1: test accuracy (%)"));
        QCOMPARE(lines[2], QStringLiteral("2,66.666667,66.666667"));
        QCOMPARE(lines[15], QStringLiteral("15,,93.75"));  // run 0 has ended
    }

    void thePictureHasCurvesAndNames() {
        OverlayPlot plot;
        plot.setTheme(lightTheme());
        plot.resize(700, 320);
        plot.show({run(0, 10), run(1, 20)}, X::kEpoch, Y::kTestAccuracy);
        const Exhibit exhibit = plot.exhibit();
        QCOMPARE(exhibit.size, plot.size());
        const QImage image = pictureOf(exhibit, 2);
        QCOMPARE(image.size(), QSize(1400, 640));
        QVERIFY(hasColor(image, lightTheme().series[0]) && hasColor(image, lightTheme().series[1]));
        QVERIFY(!hasColor(image, lightTheme().series[5]));
        // What is shown later does not change what was taken.
        plot.show({}, X::kEpoch, Y::kTestAccuracy);
        QVERIFY(pictureOf(exhibit, 2) == image);
    }

  private:
    static OverlayRun run(int number, int epochs) {
        OverlayRun run;
        run.name = QStringLiteral("run %1").arg(number);
        run.colour = number;
        run.condensedAt = {epochs / 4.0, epochs / 2.0};
        for (int e = 1; e <= epochs; ++e) {
            const double done = 1.0 * e / epochs;
            run.points.push_back({1.0 * e, 3.0 * e, done, 1e9 * e, e / (e + 1.0), 1.0 / (e + 1), e / (e + 2.0),
                                  1.1 / (e + 1), done < 0.5 ? 1 : 0.5});
        }
        return run;
    }
    static bool hasColor(const QImage& image, const QColor& color) {
        for (int y = 0; y < image.height(); ++y) {
            for (int x = 0; x < image.width(); ++x) {
                if (image.pixelColor(x, y).rgb() == color.rgb()) return true;
            }
        }
        return false;
    }
};

QTEST_MAIN(TestOverlayPlot)
#include "tst_overlay_plot.moc"
