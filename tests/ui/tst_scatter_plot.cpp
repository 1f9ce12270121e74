// The scatter plot: what it reads, which run a click means, and what is taken out of it.
#include <QApplication>
#include <QSignalSpy>
#include <QTest>

#include "plots/scatter_plot.h"
#include "ui_support.h"

using namespace condenser;

namespace {

QString milliseconds(double ms) {
    return QString::number(ms, 'f', 1) + QStringLiteral(" ms");
}

}  // namespace

class ScatterPlotTest : public QObject {
    Q_OBJECT

  private slots:
    void init() {
        testing::failOnWarnings();
        m_plot = std::make_unique<ScatterPlot>(QStringLiteral("Accuracy against cost"), QStringLiteral("accuracy"));
        m_plot->setTheme(darkTheme());
        m_plot->resize(640, 400);
        m_plot->QWidget::show();
        QVERIFY(QTest::qWaitForWindowExposed(m_plot.get()));
        m_plot->show({{7, QStringLiteral("wide"), 4.0, 0.9, 0, false},
                      {3, QStringLiteral("small, one"), 1.0, 0.5, -1, false},
                      {5, QStringLiteral("middle"), 2.0, 0.7, -1, false}},
                     QStringLiteral("latency (ms)"), &milliseconds);
        m_plot->grab();
    }

    void arrowsWalkFromTheCheapestToTheDearest() {
        QSignalSpy clicked(m_plot.get(), &ScatterPlot::runClicked);
        QTest::keyClick(m_plot.get(), Qt::Key_Right);
        QCOMPARE(m_plot->readout(), QStringLiteral("small, one\n1.0 ms · 50.0\u202f%"));
        QTest::keyClick(m_plot.get(), Qt::Key_Right);
        QVERIFY(m_plot->readout().startsWith(QStringLiteral("middle")));
        QTest::keyClick(m_plot.get(), Qt::Key_Return);
        QCOMPARE(clicked.size(), 1);
        QCOMPARE(clicked.at(0).at(0).toInt(), 5);
        for (int i = 0; i < 3; ++i) QTest::keyClick(m_plot.get(), Qt::Key_Right);
        QVERIFY(m_plot->readout().startsWith(QStringLiteral("wide")));
    }

    void aClickMeansTheNearestPoint() {
        QSignalSpy clicked(m_plot.get(), &ScatterPlot::runClicked);
        auto* canvas = testing::find<QWidget>(*m_plot, "canvas");
        const auto place = [&] { return canvas->mapFrom(m_plot.get(), m_plot->placeOf(1).toPoint()); };
        const auto readAt = [&](const QPoint& at) {
            QTest::mouseMove(canvas, at);
            return m_plot->readout();
        };
        // The axes find their places with the first replot.
        QTRY_VERIFY(readAt(place()).startsWith(QStringLiteral("small, one")));
        const QPoint at = place();
        QTest::mouseClick(canvas, Qt::LeftButton, {}, at + QPoint(3, 3));
        QCOMPARE(clicked.size(), 1);
        QCOMPARE(clicked.at(0).at(0).toInt(), 3);
        QTest::mouseClick(canvas, Qt::LeftButton, {}, at + QPoint(60, 0));
        QCOMPARE(clicked.size(), 1);
    }

    void numbersAreARowAPoint() {
        const Exhibit seen = m_plot->exhibit();
        QCOMPARE(seen.csv(),
                 QStringLiteral("run,latency (ms),accuracy\nwide,4,0.9\n\"small, one\",1,0.5\nmiddle,2,0.7\n"));
        QVERIFY(!pictureOf(seen, 1).isNull());
    }

    void withoutPointsNothingIsRead() {
        m_plot->show({}, QStringLiteral("latency (ms)"), &milliseconds);
        QTest::keyClick(m_plot.get(), Qt::Key_Right);
        QCOMPARE(m_plot->pointCount(), 0);
    }

  private:
    std::unique_ptr<ScatterPlot> m_plot;
};

QTEST_MAIN(ScatterPlotTest)
#include "tst_scatter_plot.moc"
