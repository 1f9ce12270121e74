// The confusion matrix: its words, its size, and the classes that it shows.
#include <QAbstractItemModelTester>
#include <QScrollBar>
#include <QTest>

#include "classify/confusion_table.h"
#include "classify/confusion_view.h"
#include "ui_support.h"

using namespace condenser;
using testing::find;

namespace {

Confusion confusionOf(int classes, const std::vector<JudgedAnswer>& answers) {
    Confusion confusion;
    confusion.statistics = statisticsOf(answers, classes);
    for (int i = 0; i < classes; ++i) confusion.classes.push_back("class " + std::to_string(i));
    confusion.source = QStringLiteral("run");
    return confusion;
}

}  // namespace

class ConfusionViewTest : public QObject {
    Q_OBJECT

  private slots:
    void init() {
        testing::failOnWarnings();
        m_view = std::make_unique<ConfusionView>();
        m_view->setTheme(darkTheme());
        m_view->resize(560, 420);
    }

    void tenClassesFitWithoutScrolling() {
        m_view->show(confusionOf(10, {{3, 3, 1}}));
        m_view->show();
        auto* table = find<ConfusionTable>(*m_view, "confusionTable");
        QTRY_COMPARE(table->horizontalScrollBar()->maximum(), 0);
        QCOMPARE(table->verticalScrollBar()->maximum(), 0);
        QVERIFY(table->columnWidth(0) >= 40);
    }

    void ofManyClassesThoseThatOccurAreShown() {
        QAbstractItemModelTester tester(const_cast<ConfusionModel*>(&m_view->model()),
                                        QAbstractItemModelTester::FailureReportingMode::QtTest);
        std::vector<JudgedAnswer> answers{{700, 700, 1}, {700, 12, 1}, {-1, 5, 1}};
        m_view->show(confusionOf(1000, answers));
        const ConfusionModel& model = m_view->model();
        QCOMPARE(model.rowCount(), 2);
        QVERIFY(model.leavesOut());
        QVERIFY((model.cellOf(model.index(1, 0)) == AnswerFilter::Cell{700, 12}));
        answers.push_back({12, 3, 1});
        m_view->show(confusionOf(1000, answers));
        QCOMPARE(model.rowCount(), 3);
        m_view->show({});
        QCOMPARE(model.rowCount(), 0);
    }

    void saysEachCellInWords() {
        m_view->show(confusionOf(3, {{0, 0, 1}, {0, 0, 1}, {0, 1, 1}, {1, 1, 1}}));
        const ConfusionModel& model = m_view->model();
        const auto words = [&](int row, int column) {
            return model.data(model.index(row, column), Qt::AccessibleTextRole).toString();
        };
        QCOMPARE(words(0, 0), QStringLiteral("2 of 3 pictures of class 0 were recognised."));
        QCOMPARE(words(0, 1), QStringLiteral("1 of 3 pictures of class 0 was taken for class 1."));
        QCOMPARE(words(0, 2), QStringLiteral("None of 3 pictures of class 0 was taken for class 2."));
        QCOMPARE(words(1, 1), QStringLiteral("1 of the one picture of class 1 was recognised."));
        QCOMPARE(words(2, 0), QStringLiteral("There is no picture of class 2."));
    }

    void cellsGrowAndShrink() {
        std::vector<JudgedAnswer> answers;
        for (int i = 0; i < 100; ++i) answers.push_back({i, i, 1});
        m_view->show(confusionOf(100, answers));
        m_view->show();
        auto* table = find<ConfusionTable>(*m_view, "confusionTable");
        const int fitted = table->columnWidth(0);
        QVERIFY(table->horizontalScrollBar()->maximum() > 0);
        for (int i = 0; i < 12; ++i) QTest::keyClick(table, Qt::Key_Minus);
        QCOMPARE(table->columnWidth(0), 4);
        QTRY_COMPARE(table->horizontalScrollBar()->maximum(), 0);
        QTest::keyClick(table, Qt::Key_Plus);
        QVERIFY(table->columnWidth(0) > 4);
        QTest::keyClick(table, Qt::Key_0);
        QCOMPARE(table->columnWidth(0), fitted);
    }

    void newAnswersLeaveTheCursor() {
        m_view->show(confusionOf(3, {{0, 1, 1}}));
        m_view->show();
        auto* table = find<ConfusionTable>(*m_view, "confusionTable");
        table->setCurrentIndex(m_view->model().index(0, 1));
        m_view->show(confusionOf(3, {{0, 1, 1}, {0, 0, 1}}));
        QCOMPARE(table->currentIndex(), m_view->model().index(0, 1));
        QCOMPARE(m_view->readout(), QStringLiteral("1 of 2 pictures of class 0 was taken for class 1."));
    }

    void isTakenOutWholeWithItsNumbers() {
        m_view->show(confusionOf(3, {{0, 0, 1}, {0, 1, 1}, {1, 1, 1}}));
        const Exhibit exhibit = m_view->exhibit();
        QCOMPARE(exhibit.csv(), QString::fromStdString(confusionCsv(m_view->model().confusion().statistics,
                                                                    m_view->model().confusion().classes)));
        const QImage picture = pictureOf(exhibit, 1);
        QCOMPARE(picture.size(), exhibit.size);
        std::vector<JudgedAnswer> answers;
        for (int i = 0; i < 1000; ++i) answers.push_back({i, i, 1});
        m_view->show(confusionOf(1000, answers));
        QVERIFY(m_view->exhibit().size.width() < 2500);  // no poster of it
    }

  private:
    std::unique_ptr<ConfusionView> m_view;
};

QTEST_MAIN(ConfusionViewTest)
#include "tst_confusion_view.moc"
