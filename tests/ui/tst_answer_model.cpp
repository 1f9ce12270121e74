#include <QAbstractItemModelTester>
#include <QTest>

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
        model.clear();
        QCOMPARE(model.rowCount(), 0);
    }

    void takesAnswersAndErrors() {
        AnswerModel model;
        model.add(pictures({"good", "bad", "later"}), 10);
        const auto requests = model.waiting();
        QCOMPARE(requests.size(), std::size_t{3});
        CurrentModel answering;
        answering.file = std::make_shared<const ModelFile>();
        answering.name = QStringLiteral("run");
        answering.detail = QStringLiteral("epoch 2 of 5");
        Prediction prediction;
        prediction.forms = {{Variant::kDense, {{3, "cross", 0.75}, {1, "circle", 0.25}}, {}, 0.5},
                            {Variant::kCondensed, {{3, "cross", 0.75}, {1, "circle", 0.25}}, {}, 0.25}};
        prediction.seen = {1, 1, {1, 2, 3}};
        model.take(
            {{requests[0].id, prediction, answering},
             {requests[1].id, fail(ErrorCode::kUnreadable, "cannot read", "bad", "it ends too early", {}), answering},
             {12345, prediction, answering}});
        QVERIFY(model.at(0).state == AnsweredPicture::State::kAnswered);
        QCOMPARE(model.at(0).model, QStringLiteral("run · epoch 2 of 5"));
        QCOMPARE(model.data(model.index(0, 0), Qt::DisplayRole).toString(), QStringLiteral("good: cross, 75.0\u202f%"));
        QCOMPARE(model.data(model.index(1, 0), Qt::AccessibleTextRole).toString(),
                 QStringLiteral("bad: It ends too early."));
        QCOMPARE(model.data(model.index(2, 0), Qt::DisplayRole).toString(), QStringLiteral("later: waiting"));
        QCOMPARE(model.waiting().size(), std::size_t{1});
        model.askAgain();
        QCOMPARE(model.waiting().size(), std::size_t{3});
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
