// Lists of the details card: sorting, following, copying, and rows that stay while their numbers change.
#include <QAbstractItemModelTester>
#include <QClipboard>
#include <QGuiApplication>
#include <QHeaderView>
#include <QMenu>
#include <QSignalSpy>
#include <QTest>
#include <memory>

#include "connections/detail_table.h"
#include "connections_by_hand.h"

using namespace condenser;
using condenser::testing::clickRow;
using condenser::testing::find;
using condenser::testing::rowsOf;

namespace {

DetailRows rowsOfNumbers(std::vector<int> numbers, const QString& head = QStringLiteral("number")) {
    const auto shared = std::make_shared<const std::vector<int>>(std::move(numbers));
    const auto number = [shared](int row) { return (*shared)[static_cast<std::size_t>(row)]; };
    DetailRows rows{.count = static_cast<int>(shared->size()),
                    .key = [number](int row) { return std::int64_t{number(row)}; }};
    rows.columns.push_back({.head = QStringLiteral("row"),
                            .tip = QStringLiteral("as given"),
                            .widest = QStringLiteral("r0"),
                            .text = [](int row) { return QStringLiteral("r%1").arg(row); },
                            .value = [](int row) { return static_cast<double>(row); }});
    rows.columns.push_back({.head = head,
                            .tip = QStringLiteral("a number"),
                            .widest = QStringLiteral("0"),
                            .number = true,
                            .text = [number](int row) { return QString::number(number(row)); },
                            .value = [number](int row) { return static_cast<double>(number(row)); }});
    return rows;
}

}  // namespace

class DetailTableTest : public QObject {
    Q_OBJECT

  private slots:
    void init() {
        testing::failOnWarnings();
        m_table = std::make_unique<DetailTable>(QStringLiteral("table"), QStringLiteral("Table"));
        m_table->resize(220, 240);
        m_table->show();
    }
    void cleanup() { m_table.reset(); }

    void modelHoldsItsContract();
    void sortsByTheHeadsAndBack();
    void followsByClickAndEnter();
    void selectsWithoutFollowing();
    void copiesAsText();
    void currentRowStaysTheOneOfItsKey();
    void columnsShareTheRoom();
    void emptyTakesNoFocus();

  private:
    QStringList lines() const { return rowsOf(*m_table); }

    std::unique_ptr<DetailTable> m_table;
};

void DetailTableTest::modelHoldsItsContract() {
    DetailTableModel model;
    const QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::Fatal);
    model.setRows(rowsOfNumbers({3, 1, 2}));
    model.sort(1, Qt::DescendingOrder);
    QCOMPARE(model.rowAt(model.index(2, 0)), 1);
    model.setRows(rowsOfNumbers({5, 9}));
    QCOMPARE(model.rowCount(), 2);
    QCOMPARE(model.index(0, 1).data().toInt(), 9);  // sorted as before
    model.setRows(rowsOfNumbers({5, 9, 7, 8}));
    QCOMPARE(model.index(3, 1).data().toInt(), 5);
    QCOMPARE(model.viewRowOf(7), 2);
    QCOMPARE(model.viewRowOf(1), -1);
    model.setRows(rowsOfNumbers({5, 9}, QStringLiteral("another")));
    QCOMPARE(model.index(0, 1).data().toInt(), 5);  // other heads: as given
    model.setRows({});
    QCOMPARE(model.rowCount(), 0);
}

void DetailTableTest::sortsByTheHeadsAndBack() {
    m_table->setRows(rowsOfNumbers({3, 1, 2}));
    QHeaderView& header = *m_table->horizontalHeader();
    const auto click = [&] {
        const QPoint at(header.sectionViewportPosition(1) + 10, header.height() / 2);
        QTest::mouseClick(header.viewport(), Qt::LeftButton, {}, at);
    };
    click();
    QCOMPARE(lines(), QStringList({QStringLiteral("r0|3"), QStringLiteral("r2|2"), QStringLiteral("r1|1")}));
    click();
    QCOMPARE(lines(), QStringList({QStringLiteral("r1|1"), QStringLiteral("r2|2"), QStringLiteral("r0|3")}));
    click();
    QCOMPARE(lines(), QStringList({QStringLiteral("r0|3"), QStringLiteral("r1|1"), QStringLiteral("r2|2")}));
    QVERIFY(!header.isSortIndicatorShown());
    // For who has no mouse: the menu.
    QMenu menu;
    m_table->fillMenu(menu);
    for (QAction* action : menu.actions()) {
        if (action->text() == QStringLiteral("Sort by number")) action->trigger();
    }
    QCOMPARE(lines().first(), QStringLiteral("r0|3"));
    QCOMPARE(lines().last(), QStringLiteral("r1|1"));
    find<QAction>(menu, "sortAsItWas")->trigger();
    QCOMPARE(lines().last(), QStringLiteral("r2|2"));
}

void DetailTableTest::followsByClickAndEnter() {
    m_table->setRows(rowsOfNumbers({3, 1, 2}));
    m_table->sortByColumn(1, Qt::AscendingOrder);
    QSignalSpy followed(m_table.get(), &DetailTable::followed);
    clickRow(*m_table, 0);
    QCOMPARE(followed.takeFirst().at(0).toInt(), 1);  // the row as it was given
    QTest::keyClick(m_table.get(), Qt::Key_Down);
    QVERIFY(followed.isEmpty());
    QTest::keyClick(m_table.get(), Qt::Key_Return);
    QCOMPARE(followed.takeFirst().at(0).toInt(), 2);
}

void DetailTableTest::selectsWithoutFollowing() {
    m_table->setRows(rowsOfNumbers({3, 1, 2}));
    QSignalSpy followed(m_table.get(), &DetailTable::followed);
    clickRow(*m_table, 0, Qt::ControlModifier);
    clickRow(*m_table, 2, Qt::ControlModifier);
    QCOMPARE(followed.size(), 0);
    QCOMPARE(m_table->selectionModel()->selectedRows().size(), 2);
}

void DetailTableTest::copiesAsText() {
    m_table->setRows(rowsOfNumbers({3, 1, 2}));
    QTest::keyClick(m_table.get(), Qt::Key_C, Qt::ControlModifier);
    QCOMPARE(QGuiApplication::clipboard()->text(), QStringLiteral("row\tnumber\nr0\t3\nr1\t1\nr2\t2\n"));
    clickRow(*m_table, 1);
    QTest::keyClick(m_table.get(), Qt::Key_Down, Qt::ShiftModifier);
    QTest::keyClick(m_table.get(), Qt::Key_C, Qt::ControlModifier);
    QCOMPARE(QGuiApplication::clipboard()->text(), QStringLiteral("row\tnumber\nr1\t1\nr2\t2\n"));
}

void DetailTableTest::currentRowStaysTheOneOfItsKey() {
    m_table->setRows(rowsOfNumbers({3, 1, 2}));
    clickRow(*m_table, 2);
    m_table->setRows(rowsOfNumbers({2, 3, 1, 7}));
    QCOMPARE(m_table->currentIndex().row(), 0);
    QVERIFY(m_table->selectionModel()->isRowSelected(0));
    m_table->setRows(rowsOfNumbers({3, 1}));
    QVERIFY(!m_table->currentIndex().isValid());
    QVERIFY(!m_table->selectionModel()->hasSelection());
}

void DetailTableTest::columnsShareTheRoom() {
    m_table->setRows(rowsOfNumbers({3, 1, 2}));
    QCOMPARE(m_table->columnWidth(0) + m_table->columnWidth(1), m_table->viewport()->width());
    // Texts of rows are whole before heads are.
    m_table->setRows(rowsOfNumbers({1'000'000}, QStringLiteral("a head that is far too long for its column")));
    m_table->resize(150, 200);
    QCOMPARE(m_table->columnWidth(0) + m_table->columnWidth(1), m_table->viewport()->width());
}

void DetailTableTest::emptyTakesNoFocus() {
    QCOMPARE(m_table->focusPolicy(), Qt::NoFocus);
    m_table->setRows(rowsOfNumbers({3}));
    QVERIFY((m_table->focusPolicy() & Qt::TabFocus) != 0);
    m_table->activateWindow();
    m_table->setFocus(Qt::TabFocusReason);
    QTRY_VERIFY(m_table->currentIndex().isValid());
    m_table->setRows({});
    QCOMPARE(m_table->focusPolicy(), Qt::NoFocus);
}

QTEST_MAIN(DetailTableTest)
#include "tst_detail_table.moc"
