#include <QAbstractItemModelTester>
#include <QSignalSpy>
#include <QTest>

#include "answers_by_hand.h"
#include "classify/answer_model.h"
#include "ui_support.h"

using namespace condenser;

class TestAnswerModel : public QObject {
    Q_OBJECT

  private slots:
    void init() { testing::failOnWarnings(); }

    void keepsTheRulesOfModels() {
        AnswerModel model;
        const QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        model.add(pictures({"a", "b"}), 10);
        model.add(pictures({"c"}), 2);  // there is no room
        QCOMPARE(model.rowCount(), 2);
        QCOMPARE(model.at(0).name, QStringLiteral("a"));
        QCOMPARE(model.at(1).name, QStringLiteral("b"));
        model.add({}, 2);
        model.add(pictures({"x", "y", "z"}), 2);
        QCOMPARE(model.rowCount(), 2);
        model.remove({1, 0});
        QCOMPARE(model.rowCount(), 0);
    }

    void takesAnswersAndErrors() {
        AnswerModel model;
        model.add(pictures({"good", "bad", "later"}), 10);
        const auto requests = model.waiting();
        QCOMPARE(requests.size(), std::size_t{3});
        const testing::HandAnswers hand;
        model.take(
            {hand.answer(requests[0].id, 1, 1, 0.75), hand.failure(requests[1].id), hand.answer(12345, 1, 1, 1)});
        QVERIFY(model.at(0).state == AnsweredPicture::State::kAnswered);
        QCOMPARE(model.at(0).model, QStringLiteral("run · epoch 2 of 5"));
        QCOMPARE(model.data(model.index(0, 0), Qt::DisplayRole).toString(), QStringLiteral("good: dog, 75.0\u202f%"));
        QCOMPARE(model.data(model.index(1, 0), Qt::AccessibleTextRole).toString(),
                 QStringLiteral("bad: It ends too early."));
        QCOMPARE(model.data(model.index(2, 0), Qt::DisplayRole).toString(), QStringLiteral("later: waiting"));
        QCOMPARE(model.waiting().size(), std::size_t{1});
        model.askAgain();
        QCOMPARE(model.waiting().size(), std::size_t{3});
    }

    void everyColumnHasItsTextItsKeyAndADashWhereNothingIsKnown() {
        AnswerModel model;
        const testing::HandAnswers hand;
        model.add(testing::namedPictures({"pets/dog/a.png", "b.png", "c.png", "d.png"}), 10);
        model.take({hand.answer(1, 1, 0, 0.75, 0.25), hand.failure(2), hand.answer(3, 2, 2, 0.5)});
        const auto text = [&](int row, int column, int role = Qt::DisplayRole) {
            return model.data(model.index(row, column), role).toString();
        };
        QCOMPARE(text(0, AnswerModel::kAnswer), QStringLiteral("cat"));
        QCOMPARE(text(0, AnswerModel::kConfidence), QStringLiteral("75.0\u202f%"));
        QCOMPARE(text(0, AnswerModel::kMargin), QStringLiteral("50.0\u202f%"));
        QCOMPARE(text(0, AnswerModel::kAgreement), QStringLiteral("no, dense: dog"));
        QCOMPARE(text(0, AnswerModel::kTruth), QStringLiteral("dog"));
        QCOMPARE(text(0, AnswerModel::kDenseMs), QStringLiteral("0.50"));
        QCOMPARE(text(0, AnswerModel::kCondensedMs), QStringLiteral("0.25"));
        QCOMPARE(text(2, AnswerModel::kAgreement), QStringLiteral("yes"));
        QCOMPARE(text(2, AnswerModel::kTruth), QStringLiteral("—"));
        QCOMPARE(text(2, AnswerModel::kTruth, Qt::AccessibleTextRole), QStringLiteral("not known"));
        QCOMPARE(text(1, AnswerModel::kTruth, Qt::ToolTipRole), QStringLiteral("It ends too early."));
        for (const int row : {1, 3}) {
            for (int column = 1; column < AnswerModel::kColumns; ++column) {
                QCOMPARE(text(row, column), QStringLiteral("—"));
                QVERIFY(!model.data(model.index(row, column), AnswerModel::kSortRole).isValid());
            }
        }
        QCOMPARE(model.data(model.index(0, AnswerModel::kMargin), AnswerModel::kSortRole).toDouble(), 0.5);
        QVERIFY(model.data(model.index(0, AnswerModel::kMargin), Qt::TextAlignmentRole).toInt() & Qt::AlignRight);
        QVERIFY(model.headerData(AnswerModel::kMargin, Qt::Horizontal, Qt::TextAlignmentRole).toInt() & Qt::AlignRight);
        model.take({hand.answer(1, 1, 0, 0.75, 0.25, 1)});  // condensing steps are still to come
        QCOMPARE(text(0, AnswerModel::kAnswer), QStringLiteral("dog"));
        QCOMPARE(text(0, AnswerModel::kAgreement), QStringLiteral("no, condensed: cat"));
    }

    void countsAsAnswersComeAndTellsOfNeighboursAtOnce() {
        AnswerModel model;
        const testing::HandAnswers hand;
        model.add(testing::namedPictures({"dog/a", "dog/b", "c", "d", "e", "f"}), 10);
        QSignalSpy changed(&model, &AnswerModel::dataChanged);
        model.take({hand.answer(3, 2, 2, 0.5), hand.answer(1, 1, 0, 0.75), hand.answer(2, 1, 1, 0.9), hand.failure(6)});
        QCOMPARE(changed.count(), 2);
        QCOMPARE(changed.at(0).at(1).toModelIndex().row(), 2);
        const auto counts = [&] {
            const AnswerModel::Counts& now = model.counts();
            return QList<int>{now.waiting, now.failed, now.answered, now.disagreeing, now.judged, now.wrong};
        };
        QCOMPARE(counts(), (QList<int>{2, 1, 3, 1, 2, 1}));
        model.take({hand.failure(1), hand.answer(6, 0, 0, 0.9)});  // the other way round, the second time
        QCOMPARE(counts(), (QList<int>{2, 1, 3, 0, 1, 0}));
        auto removed = model.remove({0, 1, 3});
        QCOMPARE(counts(), (QList<int>{1, 0, 2, 0, 0, 0}));
        model.putBack(std::move(removed));
        QCOMPARE(counts(), (QList<int>{2, 1, 3, 0, 1, 0}));
        model.askAgain();
        QCOMPARE(counts(), (QList<int>{6, 0, 0, 0, 0, 0}));
        model.remove({0, 1, 2, 3, 4, 5});
        QCOMPARE(counts(), (QList<int>{0, 0, 0, 0, 0, 0}));
    }

    void largePicturesAreKeptSmall() {
        Picture large{224, 160, std::vector<std::uint8_t>(224 * 160 * 3, 200)};
        const SeenPicture kept(large);
        QCOMPARE(kept.image().size(), QSize(68, 96));
        QVERIFY(kept.bytes() < 8192);
        QVERIFY(std::abs(qRed(kept.image().pixel(30, 30)) - 200) < 4);
        const SeenPicture whole(drawShape(ShapesPart::kTest, 3).picture);
        QCOMPARE(whole.image(), toImage(drawShape(ShapesPart::kTest, 3).picture));
        QVERIFY(whole.bytes() < 8192 && !whole.isNull() && SeenPicture().isNull());
    }

  private:
    static std::vector<AnsweredPicture> pictures(const QStringList& names) {
        std::vector<AnsweredPicture> all;
        for (const QString& name : names) {
            AnsweredPicture picture;
            picture.name = name;
            all.push_back(picture);
        }
        return all;
    }
    static std::vector<AnsweredPicture> pictures(std::initializer_list<const char*> names) {
        QStringList list;
        for (const char* name : names) list << QString::fromLatin1(name);
        return pictures(list);
    }
};

QTEST_MAIN(TestAnswerModel)
#include "tst_answer_model.moc"
