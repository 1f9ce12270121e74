// The waterfall: every step begins where the one before it ended, and says so in numbers and words.
#include <QApplication>
#include <QTest>

#include "plot_support.h"
#include "plots/waterfall_plot.h"
#include "ui_support.h"

using namespace condenser;
using Kind = WaterfallBar::Kind;

class WaterfallPlotTest : public QObject {
    Q_OBJECT

  private slots:
    void init() {
        testing::failOnWarnings();
        m_plot = std::make_unique<WaterfallPlot>();
        m_plot->setTheme(lightTheme());
        m_plot->resize(430, 220);
        m_plot->show(bars());
        m_plot->QWidget::show();
        QVERIFY(QTest::qWaitForWindowExposed(m_plot.get()));
        m_plot->grab();
    }

    void stepsBeginWhereTheOneBeforeEnded() {
        QCOMPARE(m_plot->exhibit().csv(),
                 QStringLiteral("step,what it is,time or change (ms),of the dense time (%),ends at (ms)\n"
                                "dense,measured,8,100,8\npromised,by multiply-adds,2,25,2\n"
                                "not condensed,,1.5,18.75,3.5\nother layers,,-0.5,-6.25,3\ncondensed,,3,37.5,3\n"));
        QCOMPARE(m_plot->numbers().columns[2].y, (std::vector<double>{8, 2, 3.5, 3, 3}));
    }

    void wordsAndKeys() {
        QCOMPARE(m_plot->accessibleDescription(),
                 QStringLiteral("dense: 8.00\u202fms, 100\u202f%. promised: 2.00\u202fms, 25\u202f%. not condensed: "
                                "+1.50\u202fms, +19\u202f%. other layers: −500\u202fµs, −6.3\u202f%. condensed: "
                                "3.00\u202fms, 38\u202f%."));
        for (int i = 0; i < 2; ++i) QTest::keyClick(m_plot.get(), Qt::Key_Right);
        QCOMPARE(m_plot->readout(),
                 QStringLiteral("promised\n2.00\u202fms, 25\u202f% of the dense time\nby multiply-adds"));
        for (int i = 0; i < 9; ++i) QTest::keyClick(m_plot.get(), Qt::Key_Left);
        QVERIFY(m_plot->readout().startsWith(QStringLiteral("dense\n")));
    }

    void aZoomedViewStaysWithNewNumbers() {
        for (int i = 0; i < 5; ++i) QTest::keyClick(m_plot.get(), Qt::Key_Plus);
        const auto rows = [&] { return m_plot->exhibit().csv().count(u'\n') - 1; };
        const qsizetype zoomed = rows();
        QVERIFY(zoomed < 5);
        m_plot->show(bars());
        QCOMPARE(rows(), zoomed);
        QTest::keyClick(m_plot.get(), Qt::Key_Home);
        QCOMPARE(rows(), 5);
    }

    void anyWidthAndNoBarsAtAll() {
        for (const int width : {200, 300, 900}) {
            m_plot->resize(width, 160);
            m_plot->grab();
            QApplication::processEvents();
        }
        QVERIFY(!pictureOf(m_plot->exhibit(), 2).isNull());
        m_plot->show(std::vector<WaterfallBar>());
        m_plot->grab();
        QTest::keyClick(m_plot.get(), Qt::Key_Right);
        QVERIFY(m_plot->accessibleDescription().isEmpty());
    }

    void shownBeforeThereIsAnything() { testing::showNothing<WaterfallPlot>(); }

  private:
    static std::vector<WaterfallBar> bars() {
        return {{QStringLiteral("dense"), QStringLiteral("measured"), 8, Kind::kDense},
                {QStringLiteral("prom\u00adised"), QStringLiteral("by multiply-adds"), 2, Kind::kPromised},
                {QStringLiteral("not con\u00addensed"), {}, 1.5, Kind::kLoss},
                {QStringLiteral("other layers"), {}, -0.5, Kind::kGain},
                {QStringLiteral("con\u00addensed"), {}, 3, Kind::kCondensed}};
    }
    std::unique_ptr<WaterfallPlot> m_plot;
};

QTEST_MAIN(WaterfallPlotTest)
#include "tst_waterfall_plot.moc"
