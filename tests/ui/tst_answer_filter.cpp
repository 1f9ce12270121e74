#include <QAbstractItemModelTester>
#include <QPersistentModelIndex>
#include <QSignalSpy>
#include <QTest>

#include "answers_by_hand.h"
#include "classify/answer_filter.h"
#include "ui_support.h"

using namespace condenser;
using Show = AnswerFilter::Show;

class TestAnswerFilter : public QObject {
    Q_OBJECT

  private slots:
    void init() {
        testing::failOnWarnings();
        m_model = std::make_unique<AnswerModel>();
        m_filter = std::make_unique<AnswerFilter>(*m_model);
        m_tester = std::make_unique<QAbstractItemModelTester>(m_filter.get(),
                                                              QAbstractItemModelTester::FailureReportingMode::QtTest);
    }
    void cleanup() {
        m_tester.reset();
        m_filter.reset();
        m_model.reset();
    }

    void showsWhatIsAskedFor() {
        fill();
        QCOMPARE(shown(), QStringLiteral("p1 p2 p3 p4 p10 p11"));
        m_filter->setShow(Show::kDisagreements);
        QCOMPARE(shown(), QStringLiteral("p2 p10"));
        m_filter->setShow(Show::kLeastSure);
        QCOMPARE(shown(), QStringLiteral("p3 p10 p2 p1"));
        QCOMPARE(m_filter->sortColumn(), int{AnswerModel::kMargin});
        m_filter->setShow(Show::kWrong);
        QCOMPARE(shown(), QStringLiteral("p2 p3"));
        QCOMPARE(m_filter->sortColumn(), -1);
        m_filter->setShow(Show::kUnreadable);
        QCOMPARE(shown(), QStringLiteral("p4"));
        m_filter->setShow(Show::kAll);
        m_filter->setCell(AnswerFilter::Cell{0, 1});
        QCOMPARE(shown(), QStringLiteral("p2 p3"));
        m_filter->setCell(AnswerFilter::Cell{0, 0, Variant::kDense});
        QCOMPARE(shown(), QStringLiteral("p1 p2"));
        m_filter->setCell(AnswerFilter::Cell{0, -1});
        QCOMPARE(shown(), QStringLiteral("p1 p2 p3"));
        m_filter->setCell({});
        QCOMPARE(m_filter->rowCount(), 6);
        QCOMPARE(m_filter->headerData(1, Qt::Horizontal, Qt::DisplayRole).toString(), QStringLiteral("Answer"));
    }

    void sortsWithTheUnknownLastAndEqualOnesAsTheyCame() {
        fill();
        m_filter->sort(AnswerModel::kPicture, Qt::DescendingOrder);
        QCOMPARE(shown(), QStringLiteral("p11 p10 p4 p3 p2 p1"));  // numbers, not letters
        m_filter->sort(AnswerModel::kConfidence);
        QCOMPARE(shown(), QStringLiteral("p3 p10 p2 p1 p4 p11"));
        m_filter->sort(AnswerModel::kConfidence, Qt::DescendingOrder);
        QCOMPARE(shown(), QStringLiteral("p1 p2 p10 p3 p4 p11"));
        m_filter->sort(AnswerModel::kAgreement);
        QCOMPARE(shown(), QStringLiteral("p2 p10 p1 p3 p4 p11"));
        m_filter->sort(AnswerModel::kTruth);
        QCOMPARE(shown(), QStringLiteral("p1 p2 p3 p4 p10 p11"));
        const QPersistentModelIndex chosen = m_filter->index(1, 0);
        m_filter->sort(AnswerModel::kCondensedMs, Qt::DescendingOrder);
        QCOMPARE(m_filter->at(chosen).name, QStringLiteral("p2"));
        m_filter->sort(-1);
        QCOMPARE(shown(), QStringLiteral("p1 p2 p3 p4 p10 p11"));
    }

    // What is shown stays where it is; what begins to fit comes behind it.
    void nothingMovesWhileAnswersCome() {
        fill();
        m_filter->sort(AnswerModel::kConfidence);
        QVERIFY(m_filter->inOrder());
        QSignalSpy moved(m_filter.get(), &AnswerFilter::layoutChanged);
        QSignalSpy changed(m_filter.get(), &AnswerFilter::dataChanged);
        m_model->take({m_answers.answer(6, 0, 0, 0.55)});
        QCOMPARE(shown(), QStringLiteral("p3 p10 p2 p1 p4 p11"));
        QCOMPARE(moved.count(), 0);
        QCOMPARE(changed.count(), 1);
        QVERIFY(!m_filter->inOrder());
        m_filter->sortAnew();
        QCOMPARE(shown(), QStringLiteral("p11 p3 p10 p2 p1 p4"));

        m_filter->sort(-1);
        m_filter->setShow(Show::kDisagreements);
        m_model->take({m_answers.answer(1, 1, 2, 0.9), m_answers.answer(2, 1, 1, 0.9), m_answers.answer(6, 1, 2, 0.8)});
        QCOMPARE(shown(), QStringLiteral("p1 p10 p11"));  // as they came
        m_filter->sort(AnswerModel::kConfidence);
        m_model->take({m_answers.answer(3, 1, 2, 0.51)});
        QCOMPARE(shown(), QStringLiteral("p10 p11 p1 p3"));  // behind the others
    }

    void rowsThatGoAndComeBack() {
        fill();
        m_filter->setShow(Show::kDisagreements);
        auto removed = m_model->remove({0, 1, 3});
        QCOMPARE(shown(), QStringLiteral("p10"));
        m_model->putBack(std::move(removed));
        QCOMPARE(shown(), QStringLiteral("p2 p10"));
        m_model->askAgain();
        QCOMPARE(m_filter->rowCount(), 0);
        m_filter->setShow(Show::kAll);
        m_filter->sort(AnswerModel::kPicture, Qt::DescendingOrder);
        removed = m_model->remove({2, 4});
        QCOMPARE(shown(), QStringLiteral("p11 p4 p2 p1"));
        m_model->putBack(std::move(removed));
        QCOMPARE(shown(), QStringLiteral("p11 p4 p2 p1 p3 p10"));
        m_model->remove({0, 1, 2, 3, 4, 5});
        QCOMPARE(m_filter->rowCount(), 0);
    }

  private:
    // p1..p3 are cats: right, wrong and disagreeing, wrong and unsure; p4 is unreadable, nobody knows p10, p11 waits.
    void fill() {
        m_model->add(testing::namedPictures({"cat/p1", "cat/p2", "cat/p3", "x/p4", "x/p10", "x/p11"}), 10);
        m_model->take({m_answers.answer(1, 0, 0, 0.9), m_answers.answer(2, 0, 1, 0.8), m_answers.answer(3, 1, 1, 0.6),
                       m_answers.failure(4), m_answers.answer(5, 2, 0, 0.7)});
    }
    QString shown() const {
        QStringList names;
        for (int row = 0; row < m_filter->rowCount(); ++row) {
            const QModelIndex index = m_filter->index(row, 0);
            names << m_filter->at(index).name;
            if (m_filter->mapFromSource(m_filter->mapToSource(index)) != index) names << QStringLiteral("LOST");
        }
        return names.join(u' ');
    }

    testing::HandAnswers m_answers;
    std::unique_ptr<AnswerModel> m_model;
    std::unique_ptr<AnswerFilter> m_filter;
    std::unique_ptr<QAbstractItemModelTester> m_tester;
};

QTEST_MAIN(TestAnswerFilter)
#include "tst_answer_filter.moc"
