// How right answers were: against sums by hand.
#include <QTest>
#include <cmath>

#include "run/answer_statistics.h"

using namespace condenser;

namespace {

const std::vector<std::string> kClasses{"cat", "dog", "owl"};

// Of three cats two are right, of one dog none; nobody knows what the fifth is.
std::vector<JudgedAnswer> answersByHand() {
    return {{0, 0, 0.95}, {0, 0, 0.91}, {0, 1, 0.55}, {1, 0, 0.3}, {-1, 2, 0.99}};
}

}  // namespace

class AnswerStatisticsTest : public QObject {
    Q_OBJECT

  private slots:
    void countsRowsByTrueClass() {
        const AnswerStatistics statistics = statisticsOf(answersByHand(), 3);
        QCOMPARE(statistics.answered, 5);
        QCOMPARE(statistics.judged, 4);
        QCOMPARE(statistics.right, 2);
        QCOMPARE(statistics.accuracy(), 0.5);
        QCOMPARE(statistics.confusion, (std::vector<std::vector<int>>{{2, 1, 0}, {1, 0, 0}, {0, 0, 0}}));
        QCOMPARE(statistics.classPictures, (std::vector<int>{3, 1, 0}));
        QCOMPARE(statistics.classRight, (std::vector<int>{2, 0, 0}));
    }

    void weighsTheGapOfEachBinByItsPictures() {
        const AnswerStatistics statistics = statisticsOf(answersByHand(), 3);
        QCOMPARE(statistics.reliability.size(), std::size_t{10});
        const ReliabilityBin& high = statistics.reliability[9];
        QCOMPARE(high.pictures, 2);
        QVERIFY(std::abs(high.confidence - 0.93) < 1e-12);
        QCOMPARE(high.accuracy, 1.0);
        QCOMPARE(high.low, 0.9);
        QCOMPARE(high.high, 1.0);
        QCOMPARE(statistics.reliability[5].pictures, 1);
        QCOMPARE(statistics.reliability[3].pictures, 1);
        // Two of four are 0.07 off, one 0.55, one 0.3.
        QVERIFY(std::abs(statistics.calibrationError - (2 * 0.07 + 0.55 + 0.3) / 4) < 1e-12);
    }

    void everyConfidenceHasItsBin() {
        const AnswerStatistics statistics =
            statisticsOf({{0, 0, 0}, {0, 0, 0.1}, {0, 0, 0.3}, {0, 0, 0.7}, {0, 0, 1}, {0, 0, std::nan("")}}, 1);
        std::vector<int> pictures;
        for (const ReliabilityBin& bin : statistics.reliability) pictures.push_back(bin.pictures);
        QCOMPARE(pictures, (std::vector<int>{2, 1, 0, 1, 0, 0, 0, 1, 0, 1}));
        QVERIFY(std::isfinite(statistics.calibrationError));
    }

    void answersOfOtherClassesAreNotJudged() {
        const AnswerStatistics statistics = statisticsOf({{0, 7, 0.5}, {7, 0, 0.5}, {0, 0, 0.5}}, 2);
        QCOMPARE(statistics.judged, 1);
        QCOMPARE(statisticsOf({}, 0).judged, 0);
        QCOMPARE(statisticsOf({}, 0).accuracy(), 0.0);
    }

    void csvNamesBothAxes() {
        const std::string csv = confusionCsv(statisticsOf(answersByHand(), 3), {"cat", "dog, \"big\"", "owl"});
        QCOMPARE(QString::fromStdString(csv), QStringLiteral("true class \\ answer,cat,\"dog, \"\"big\"\"\",owl,"
                                                             "pictures,right,accuracy\n"
                                                             "cat,2,1,0,3,2,0.666667\n"
                                                             "\"dog, \"\"big\"\"\",1,0,0,1,0,0\n"
                                                             "owl,0,0,0,0,0,\n"));
    }

    void onlyTheFolderThatHoldsAPictureNamesItsClass() {
        QCOMPARE(classOfFolder("pets/dog/3.jpg", kClasses), 1);
        QCOMPARE(classOfFolder("/dog/3.jpg", kClasses), 1);
        QCOMPARE(classOfFolder("dog/more/3.jpg", kClasses), -1);
        QCOMPARE(classOfFolder("pets/Dog/3.jpg", kClasses), -1);
        QCOMPARE(classOfFolder("dog", kClasses), -1);
        QCOMPARE(classOfFolder("", {""}), -1);
    }
};

QTEST_APPLESS_MAIN(AnswerStatisticsTest)
#include "tst_answer_statistics.moc"
