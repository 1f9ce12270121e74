#include <QTest>

#include "look/format.h"

using namespace condenser;

class TestFormat : public QObject {
    Q_OBJECT

  private slots:
    void countsAreGrouped() {
        QCOMPARE(formatCount(7), QStringLiteral("7"));
        QCOMPARE(formatCount(10'000), QStringLiteral("10\u202f000"));
        QCOMPARE(formatCount(-1'234'567), QStringLiteral("-1\u202f234\u202f567"));
    }

    void amountsHaveThreeFigures_data() {
        QTest::addColumn<double>("amount");
        QTest::addColumn<QString>("text");
        QTest::newRow("small") << 96.0 << QStringLiteral("96");
        QTest::newRow("thousands") << 520'400.0 << QStringLiteral("520\u202fk");
        QTest::newRow("rounds up to the next unit") << 999'700.0 << QStringLiteral("1.00\u202fM");
        QTest::newRow("millions") << 65'836'544.0 << QStringLiteral("65.8\u202fM");
        QTest::newRow("rounds to two digits") << 9'996'000.0 << QStringLiteral("10.0\u202fM");
        QTest::newRow("thousand millions") << 1.32e9 << QStringLiteral("1.32\u202fG");
    }
    void amountsHaveThreeFigures() {
        QFETCH(double, amount);
        QTEST(formatAmount(amount), "text");
    }

    void timesAreInWords() {
        QCOMPARE(formatTimeLeft(20), QStringLiteral("less than a minute left"));
        QCOMPARE(formatTimeLeft(6 * 60 + 10), QStringLiteral("about 6 min left"));
        QCOMPARE(formatTimeLeft(3 * 3600 + 125), QStringLiteral("about 3 h 2 min left"));
        QCOMPARE(formatDuration(4 * 60 + 5.2), QStringLiteral("4 min 5 s"));
    }

    void errorsAreSentences() {
        const Error error{ErrorCode::kBadFormat, "cannot read the model", "x.safetensors", "the header is cut short",
                          "save it again"};
        QCOMPARE(errorTitle(error), QStringLiteral("Cannot read the model: x.safetensors"));
        QCOMPARE(errorDetail(error), QStringLiteral("The header is cut short. Save it again."));
        QCOMPARE(errorDetail({ErrorCode::kUsage, "no", {}, {}, {}}), QString());
    }

    void condensingIsTold() {
        const auto steps = planCondensing(4, 100, 12, false);
        QCOMPARE(removedShares(steps),
                 QStringList({QStringLiteral("1/4"), QStringLiteral("1/3"), QStringLiteral("1/2")}));
        QVERIFY(condensingSentence(steps).contains(QStringLiteral("1/4, 1/3 and 1/2")));
        QVERIFY(condensingSentence(planCondensing(1, 100, 12, false)).startsWith(QStringLiteral("No condensing step")));
        QVERIFY(condensingSentence(planCondensing(8, 100, 12, false)).contains(QStringLiteral("1 to 7")));
        QVERIFY(condensingSentence(planCondensing(4, 100, 12, false, Condensing::kOnce)).contains(u'3'));
        QVERIFY(condensingSentence(planCondensing(4, 100, 12, false, Condensing::kFixed))
                    .contains(QStringLiteral("before the first training step")));
        // Two steps at once take three quarters of three quarters away.
        QCOMPARE(removedShares({{.stage = 3, .keptAfter = 0.25}}), QStringList(formatShare(0.75)));
    }

    void pathsKeepEveryByte() {
        const std::filesystem::path path("/tmp/bild \xc3\xa4\xf0\x9f\x99\x82.png");
        QCOMPARE(toPath(toQString(path)), path);
    }
};

QTEST_GUILESS_MAIN(TestFormat)
#include "tst_format.moc"
