// Dropped is empty and weak is pale, never the same: the colours of cells, in both themes.
#include <QTest>
#include <cmath>

#include "maps/colour_scale.h"
#include "maps/map_cells.h"

using namespace condenser;

class MapColoursTest : public QObject {
    Q_OBJECT

  private slots:
    void aLiveCellIsNeverTheGround_data() {
        QTest::addColumn<bool>("dark");
        QTest::addColumn<int>("series");
        for (const bool dark : {true, false}) {
            for (int series = -1; series < 8; ++series)
                QTest::addRow("%s %d", dark ? "dark" : "light", series) << dark << series;
        }
    }
    void aLiveCellIsNeverTheGround() {
        QFETCH(bool, dark);
        QFETCH(int, series);
        const Theme& theme = dark ? darkTheme() : lightTheme();
        const CellBand band{QString(), 0, 1, series};
        double before = 0;
        for (int step = 0; step <= 100; ++step) {
            const double contrast = contrastRatio(cellColour(theme, band, step / 100.0, 1), theme.panel);
            QVERIFY2(contrast >= 1.4, qPrintable(QString::number(contrast)));
            // Stronger is always further from the ground.
            QVERIFY(contrast >= before - 0.02);
            before = contrast;
        }
        QVERIFY2(before >= 3, qPrintable(QString::number(before)));
    }

    // A step of strength looks as large in the pale half as in the strong one.
    void stepsLookEven() {
        for (const Theme* theme : {&darkTheme(), &lightTheme()}) {
            for (int series = -1; series < 8; ++series) {
                const ColourScale& scale = ColourScale::of(*theme, series);
                const auto distance = [&](double from, double to) {
                    // Lightness as CIE measures it; the scale is made in another space.
                    const auto lightness = [&](double at) {
                        const double y = (contrastRatio(QColor::fromRgb(scale.at(at)), Qt::black) * 0.05) - 0.05;
                        return 116 * std::cbrt(y) - 16;
                    };
                    return std::abs(lightness(to) - lightness(from));
                };
                const double pale = distance(0, 0.5), strong = distance(0.5, 1);
                QVERIFY2(pale < 1.5 * strong && strong < 1.5 * pale,
                         qPrintable(QStringLiteral("%1 %2 %3").arg(series).arg(pale).arg(strong)));
            }
        }
    }

    void beyondTheScaleIsItsEnd() {
        const CellBand band{QString(), 0, 1, 2};
        QCOMPARE(cellColour(darkTheme(), band, 7, 2), cellColour(darkTheme(), band, 2, 2));
        QCOMPARE(cellColour(darkTheme(), band, 2, 2).rgb(), darkTheme().series[2].rgb());
        // Nothing to compare with: all that lives is weak.
        QCOMPARE(cellColour(darkTheme(), band, 0, 0), cellColour(darkTheme(), band, 0, 1));
    }

    void whatIsNotTracedIsNearerTheGroundThanTheWeakestCell() {
        for (const Theme* theme : {&darkTheme(), &lightTheme()}) {
            const double dimmed = contrastRatio(dimmedColour(*theme), theme->panel);
            QVERIFY(dimmed > 1.05 && dimmed < 1.35);
        }
    }
};

QTEST_MAIN(MapColoursTest)
#include "tst_map_colours.moc"
