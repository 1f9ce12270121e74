// The bars of layers: what is read at them, what is taken out of them, and that dense stands above.
#include <QApplication>
#include <QTest>

#include "plot_support.h"
#include "plots/layer_bars_plot.h"
#include "ui_support.h"

using namespace condenser;

class LayerBarsPlotTest : public QObject {
    Q_OBJECT

  private slots:
    void init() {
        testing::failOnWarnings();
        m_plot = std::make_unique<LayerBarsPlot>();
        m_plot->setTheme(darkTheme());
        m_plot->resize(430, 220);
        m_plot->show(layers());
        m_plot->QWidget::show();
        QVERIFY(QTest::qWaitForWindowExposed(m_plot.get()));
        m_plot->grab();
    }

    void arrowsReadBarByBar() {
        QTest::keyClick(m_plot.get(), Qt::Key_Right);
        QCOMPARE(m_plot->readout(),
                 QStringLiteral("first layer\ndense 60.0\u202fµs, condensed 60.0\u202fµs\n1.00× as fast"));
        QTest::keyClick(m_plot.get(), Qt::Key_Right);
        QCOMPARE(m_plot->readout(),
                 QStringLiteral("1.1, 1×1\ndense 100\u202fµs, condensed 40.0\u202fµs\n2.50× as fast, 4.00× promised"));
        for (int i = 0; i < 9; ++i) QTest::keyClick(m_plot.get(), Qt::Key_Right);
        QVERIFY(m_plot->readout().startsWith(QStringLiteral("classifier")));
        QTest::keyClick(m_plot.get(), Qt::Key_Escape);
        QVERIFY(m_plot->accessibleDescription().startsWith(
            QStringLiteral("5\u00a0layers: dense 464\u202fµs, condensed 253\u202fµs in all.")));
    }

    void thePointerReadsTheBarBelowIt() {
        auto* canvas = testing::find<QWidget>(*m_plot, "canvas");
        QTest::mouseMove(canvas, canvas->rect().center() + QPoint(16, 0));
        QVERIFY2(m_plot->readout().startsWith(QStringLiteral("1.1, 3×3")), qPrintable(m_plot->readout()));
    }

    void numbersAreThoseOfTheLayersInView() {
        QCOMPARE(m_plot->exhibit().csv(),
                 QStringLiteral("layer,block,dense (µs),condensed (µs),promised (µs)\nfirst layer,,60,60,\n"
                                "\"1.1, 1×1\",1,100,40,25\n\"1.1, 3×3\",1,150,90,\n\"2.1, 1×1\",2,150,60,37.5\n"
                                "classifier,,4,3,2\n"));
        QCOMPARE(m_plot->numbers().columns[2].y, (std::vector<double>{25, 37.5, 2}));
        // A zoomed view stays where it is with new numbers of the same layers.
        for (int i = 0; i < 4; ++i) QTest::keyClick(m_plot.get(), Qt::Key_Plus);
        const auto rows = [&] { return m_plot->exhibit().csv().count(u'\n') - 1; };
        const qsizetype zoomed = rows();
        QVERIFY(zoomed < 5);
        m_plot->show(layers());
        QCOMPARE(rows(), zoomed);
        std::vector<LayerBar> others = layers();
        others.pop_back();
        m_plot->show(others);
        QCOMPARE(rows(), 4);
    }

    void denseStandsAboveCondensed() {
        const QImage image = pictureOf(m_plot->exhibit(), 1);
        const auto middleOf = [&](const QColor& colour) {
            double sum = 0;
            int count = 0;
            for (int y = image.height() / 3; y < image.height(); ++y) {
                for (int x = 0; x < image.width(); ++x) {
                    if (image.pixelColor(x, y).rgb() == colour.rgb()) sum += y, ++count;
                }
            }
            return count > 100 ? sum / count : -1;
        };
        const double dense = middleOf(darkTheme().dense), condensed = middleOf(darkTheme().condensed);
        QVERIFY(dense > 0 && dense < condensed);
    }

    void withoutLayersNothingIsRead() {
        m_plot->show(std::vector<LayerBar>());
        QTest::keyClick(m_plot.get(), Qt::Key_Right);
        m_plot->grab();
        QVERIFY(m_plot->accessibleDescription().isEmpty());
        QCOMPARE(m_plot->exhibit().csv().count(u'\n'), 1);
    }

    void shownBeforeThereIsAnything() { testing::showNothing<LayerBarsPlot>(); }

  private:
    static std::vector<LayerBar> layers() {
        return {{QStringLiteral("first layer"), 0, 60, 60, 0},
                {QStringLiteral("1.1, 1×1"), 1, 100, 40, 25},
                {QStringLiteral("1.1, 3×3"), 1, 150, 90, 0},
                {QStringLiteral("2.1, 1×1"), 2, 150, 60, 37.5},
                {QStringLiteral("classifier"), 0, 4, 3, 2}};
    }
    std::unique_ptr<LayerBarsPlot> m_plot;
};

QTEST_MAIN(LayerBarsPlotTest)
#include "tst_layer_bars_plot.moc"
