// The connection map as a screen reader finds it: a table whose cells have names.
#include <QAccessible>
#include <QApplication>
#include <QElapsedTimer>
#include <QSignalSpy>
#include <QTest>

#include "map_support.h"
#include "maps/cell_map.h"
#include "ui_support.h"

using namespace condenser;
using testing::layerAt;
using testing::MadeConnections;
using testing::makeConnections;

namespace {

std::vector<std::pair<QAccessible::Event, QString>> g_said;

void listen(QAccessibleEvent* event) {
    QAccessibleInterface* interface = event->accessibleInterface();
    g_said.emplace_back(event->type(), interface != nullptr ? interface->text(QAccessible::Name) : QString());
}

}  // namespace

class CellMapAccessibleTest : public QObject {
    Q_OBJECT

  private slots:
    void init() {
        testing::failOnWarnings();
        m_map = std::make_unique<CellMap>();
        m_map->resize(500, 400);
        m_map->setGrid(layerAt(2));
        m_map->show();
        QVERIFY(QTest::qWaitForWindowExposed(m_map.get()));
        m_map->setFocus();
        QTRY_VERIFY(m_map->hasFocus());
    }

    void itIsATable() {
        QAccessibleInterface* interface = QAccessible::queryAccessibleInterface(m_map.get());
        QVERIFY(interface != nullptr);
        QCOMPARE(interface->role(), QAccessible::Table);
        QVERIFY(!interface->text(QAccessible::Name).isEmpty());
        QCOMPARE(interface->text(QAccessible::Description), m_map->grid()->formula);
        QAccessibleTableInterface* table = interface->tableInterface();
        QVERIFY(table != nullptr);
        QCOMPARE(table->rowCount(), 4);
        QCOMPARE(table->columnCount(), 24);
        QCOMPARE(table->rowDescription(1), QStringLiteral("group 2"));
        QCOMPARE(table->columnDescription(9), QStringLiteral("f 9 · made by 1.1"));
        QCOMPARE(interface->childCount(), 4 * 24 + 4 + 24);
    }

    void cellsHaveNamesPlacesAndHeads() {
        QAccessibleInterface* interface = QAccessible::queryAccessibleInterface(m_map.get());
        QAccessibleInterface* cell = interface->tableInterface()->cellAt(2, 9);
        QVERIFY(cell != nullptr && cell->isValid());
        QCOMPARE(cell->role(), QAccessible::Cell);
        QCOMPARE(cell->text(QAccessible::Name), m_map->grid()->words(2, 9));
        QCOMPARE(cell->parent(), interface);
        QCOMPARE(interface->indexOfChild(cell), 2 * 24 + 9);
        QCOMPARE(interface->child(2 * 24 + 9), cell);  // one and the same
        QCOMPARE(cell->tableCellInterface()->rowIndex(), 2);
        QCOMPARE(cell->tableCellInterface()->columnIndex(), 9);
        QCOMPARE(cell->tableCellInterface()->table(), interface);
        const QRect rect = cell->rect();
        QCOMPARE(interface->childAt(rect.center().x(), rect.center().y()), cell);
        const auto rows = cell->tableCellInterface()->rowHeaderCells(),
                   columns = cell->tableCellInterface()->columnHeaderCells();
        QCOMPARE(rows.size(), 1);
        QCOMPARE(rows[0]->text(QAccessible::Name), QStringLiteral("group 3"));
        QCOMPARE(rows[0]->role(), QAccessible::RowHeader);
        QCOMPARE(columns[0]->text(QAccessible::Name), QStringLiteral("f 9 · made by 1.1"));
        QCOMPARE(columns[0]->role(), QAccessible::ColumnHeader);
        QCOMPARE(interface->tableInterface()->cellAt(4, 0), nullptr);
        QCOMPARE(interface->child(-1), nullptr);
    }

    void theCursorIsSaid() {
        QAccessible::installUpdateHandler(&listen);
        m_map->setCursor(CellPlace{1, 8});
        g_said.clear();
        QTest::keyClick(m_map.get(), Qt::Key_Right);
        QAccessible::installUpdateHandler(nullptr);
        // Platforms without a screen reader's door, as the tests' own, pass no events on.
        if (QAccessible::isActive()) {
            QVERIFY(!g_said.empty());
            QCOMPARE(g_said.back().first, QAccessible::Focus);
            QCOMPARE(g_said.back().second, m_map->grid()->words(1, 9));
        }
        QAccessibleInterface* interface = QAccessible::queryAccessibleInterface(m_map.get());
        QAccessibleInterface* focused = interface->focusChild();
        QVERIFY(focused != nullptr);
        QCOMPARE(focused->text(QAccessible::Name), m_map->grid()->words(1, 9));
        QVERIFY(focused->state().focused);
    }

    void cellsCanBeFocusedAndChosen() {
        QAccessibleInterface* interface = QAccessible::queryAccessibleInterface(m_map.get());
        QSignalSpy chosen(m_map.get(), &CellMap::chosen), rows(m_map.get(), &CellMap::rowChosen),
            columns(m_map.get(), &CellMap::columnChosen);
        QAccessibleActionInterface* action = interface->tableInterface()->cellAt(3, 4)->actionInterface();
        QVERIFY(action != nullptr);
        action->doAction(QAccessibleActionInterface::setFocusAction());
        QCOMPARE(m_map->cursor(), std::optional(CellPlace{3, 4}));
        action->doAction(QAccessibleActionInterface::pressAction());
        QCOMPARE(chosen.size(), 1);
        QVERIFY(interface->tableInterface()->selectRow(2));
        QCOMPARE(rows[0][0].toInt(), 2);
        QVERIFY(interface->tableInterface()->selectColumn(17));
        QCOMPARE(columns[0][0].toInt(), 17);
        QVERIFY(!interface->tableInterface()->selectRow(4));
    }

    // Somebody holds on to a cell while the map changes below it.
    void namesFollowTheGrid() {
        QAccessibleInterface* interface = QAccessible::queryAccessibleInterface(m_map.get());
        QAccessibleInterface* cell = interface->tableInterface()->cellAt(0, 0);
        QVERIFY(cell->text(QAccessible::Name).endsWith(QStringLiteral("dropped")));
        m_map->setGrid(layerAt(0));
        QVERIFY(!cell->text(QAccessible::Name).endsWith(QStringLiteral("dropped")));
        const QAccessible::Id id = QAccessible::uniqueId(cell);
        m_map->setGrid(layerAt(0, 1));
        QCOMPARE(interface->tableInterface()->columnCount(), 12);
        QCOMPARE(interface->tableInterface()->cellAt(0, 0)->text(QAccessible::Name), m_map->grid()->words(0, 0));
        QVERIFY(QAccessible::accessibleInterface(id) == nullptr ||
                QAccessible::accessibleInterface(id)->text(QAccessible::Name) == m_map->grid()->words(0, 0));
        m_map->setGrid(nullptr);
        QCOMPARE(interface->childCount(), 0);
        QCOMPARE(interface->tableInterface()->cellAt(0, 0), nullptr);
    }

    void theLargestLayerIsATableToo() {
        QElapsedTimer clock;
        clock.start();
        const MadeConnections made = makeConnections("condensenet-74-g8", 2);
        const int layer = made.layout.layers() - 1;
        m_map->setGrid(made.layerGrid(layer));
        QAccessibleInterface* interface = QAccessible::queryAccessibleInterface(m_map.get());
        const int count = interface->childCount();
        QVERIFY(count > 16'000);
        for (int i = 0; i < count; ++i) QVERIFY(interface->child(i)->isValid());
        // All of them are forgotten when the map becomes another, and when it goes.
        m_map->setGrid(layerAt(2));
        QCOMPARE(interface->childCount(), 4 * 24 + 4 + 24);
        for (int i = 0; i < interface->childCount(); ++i) QVERIFY(interface->child(i)->isValid());
        QAccessibleInterface* cell = interface->child(7);
        const QAccessible::Id id = QAccessible::uniqueId(cell);
        m_map.reset();
        QCOMPARE(QAccessible::accessibleInterface(id), nullptr);
        qInfo("%lld ms", static_cast<long long>(clock.elapsed()));
        QVERIFY(clock.elapsed() < 10'000);
    }

  private:
    std::unique_ptr<CellMap> m_map;
};

QTEST_MAIN(CellMapAccessibleTest)
#include "tst_cell_map_accessible.moc"
