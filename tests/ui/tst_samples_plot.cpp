// The plot of timed calls: where its view ends, what it says, and that no slow call is lost.
#include <QApplication>
#include <QTest>
#include <algorithm>
#include <numeric>

#include "plot_support.h"
#include "plots/samples_plot.h"
#include "ui_support.h"

using namespace condenser;

class SamplesPlotTest : public QObject {
    Q_OBJECT

  private slots:
    void init() {
        testing::failOnWarnings();
        m_plot = std::make_unique<SamplesPlot>();
        m_plot->setTheme(darkTheme());
        m_plot->resize(430, 220);
    }

    void mediansAndCallsInWords() {
        m_plot->show({5.8, 6.0, 5.9}, {2.2, 2.4, 2.3, 2.3});
        expose();
        QCOMPARE(m_plot->accessibleDescription(),
                 QStringLiteral("dense 5.90\u202fms, condensed 2.30\u202fms at the median, 7\u00a0calls. 7\u00a0calls, "
                                "none of them much slower than the others."));
        QCOMPARE(m_plot->shownY().first, 0.0);
        QVERIFY(m_plot->shownY().second > 6 && m_plot->shownY().second < 7);
        m_plot->clear();
        QTRY_VERIFY(m_plot->accessibleDescription().isEmpty());
    }

    // A neighbour's burst does not press all other calls down; it is counted, marked, and there.
    void aFewSlowCallsLieAboveTheView() {
        std::vector<double> dense = many(5.9, 400);
        dense[100] = 30;
        dense[200] = 50;
        m_plot->show(dense, many(2.3, 900));
        expose();
        const double top = m_plot->shownY().second;
        QVERIFY(top > 7 && top < 10);
        QVERIFY2(m_plot->caption().startsWith(QStringLiteral("2 of 1\u202f300\u00a0calls took more than 8")),
                 qPrintable(m_plot->caption()));
        QVERIFY(m_plot->accessibleDescription().endsWith(m_plot->caption()));
        const QStringList lines = m_plot->exhibit().csv().split(u'\n', Qt::SkipEmptyParts);
        QCOMPARE(lines.size(), 901);
        QCOMPARE(lines[0], QStringLiteral("call,dense (ms),condensed (ms)"));
        QVERIFY(lines[101].startsWith(QStringLiteral("101,30,2.")));
        QTest::keyClick(m_plot.get(), Qt::Key_Minus);
        QVERIFY(m_plot->shownY().second > 50);
        QTest::keyClick(m_plot.get(), Qt::Key_0);
        QCOMPARE(m_plot->shownY().second, top);
    }

    void oneSlowCallOfAHundredThousandIsPainted() {
        std::vector<double> dense = many(2, 100'000);
        dense[50'000] = 3;
        m_plot->show(dense, {});
        expose();
        QImage image = pictureOf(m_plot->exhibit(), 1);
        const int left = image.width() / 2 - 40, top = 40;
        QVERIFY(hasBlue(image.copy(left, top, 80, 16)));  // alone above all others
        dense[50'000] = 2;
        m_plot->show(dense, {});
        image = pictureOf(m_plot->exhibit(), 1);
        QVERIFY(!hasBlue(image.copy(left, top, 80, 4)));
    }

    void aZoomedViewStaysWhileCallsCome() {
        m_plot->add(0, many(5.9, 100));
        expose();
        const auto rows = [&] { return m_plot->exhibit().csv().count(u'\n') - 1; };
        QCOMPARE(rows(), 100);
        m_plot->setFocus();
        for (int i = 0; i < 4; ++i) QTest::keyClick(m_plot.get(), Qt::Key_Plus);
        const qsizetype zoomed = rows();
        QVERIFY(zoomed < 60);
        const auto y = m_plot->shownY();
        for (int i = 0; i < 10; ++i) m_plot->add(1, many(2.3, 50));
        QCOMPARE(rows(), zoomed);
        QCOMPARE(m_plot->shownY(), y);
        QTest::keyClick(m_plot.get(), Qt::Key_Home);
        QCOMPARE(rows(), 500);
    }

    void whatComesWhileHiddenIsThereWhenShown() {
        m_plot->add(0, {5.9});
        m_plot->add(1, {2.3, 2.3});
        QVERIFY(m_plot->accessibleDescription().isEmpty());
        expose();
        QTRY_VERIFY(m_plot->accessibleDescription().contains(QStringLiteral("3\u00a0calls")));
    }

    void keysReadCallByCall() {
        m_plot->show({5.8, 6.0, 5.9}, {2.2, 2.4});
        expose();
        m_plot->grab();
        QTest::keyClick(m_plot.get(), Qt::Key_Right);
        QTest::keyClick(m_plot.get(), Qt::Key_Right);
        QTRY_VERIFY(m_plot->readout().startsWith(QStringLiteral("call ")));
        for (int i = 0; i < 3; ++i) QTest::keyClick(m_plot.get(), Qt::Key_Left);
        QCOMPARE(m_plot->readout(), QStringLiteral("call 1\ndense 5.80\u202fms\ncondensed 2.20\u202fms"));
        for (int i = 0; i < 2; ++i) QTest::keyClick(m_plot.get(), Qt::Key_Right);
        QCOMPARE(m_plot->readout(), QStringLiteral("call 3\ndense 5.90\u202fms"));
    }

    void shownBeforeThereIsAnything() { testing::showNothing<SamplesPlot>(); }

  private:
    void expose() {
        m_plot->QWidget::show();
        QVERIFY(QTest::qWaitForWindowExposed(m_plot.get()));
        QApplication::processEvents();
    }
    // Around `ms`, a little different each.
    static std::vector<double> many(double ms, int count) {
        std::vector<double> samples;
        for (int i = 0; i < count; ++i) samples.push_back(ms * (1 + 0.01 * (i % 7 - 3)));
        return samples;
    }
    static bool hasBlue(const QImage& image) {
        for (int y = 0; y < image.height(); ++y) {
            for (int x = 0; x < image.width(); ++x) {
                const QColor colour = image.pixelColor(x, y);
                if (colour.blue() > colour.red() + 40) return true;
            }
        }
        return false;
    }
    std::unique_ptr<SamplesPlot> m_plot;
};

QTEST_MAIN(SamplesPlotTest)
#include "tst_samples_plot.moc"
