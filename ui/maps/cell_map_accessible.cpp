#include "maps/cell_map_accessible.h"

#include <QAccessible>
#include <QAccessibleWidget>
#include <QPointer>
#include <unordered_map>

#include "maps/cell_map.h"

namespace condenser {
namespace {

// Children of the table are its cells, row by row, then the heads of the rows, then those of the columns.
struct Shape {
    int rows = 0, columns = 0;

    explicit Shape(const CellMap* map) {
        if (map == nullptr || map->grid() == nullptr) return;
        rows = map->grid()->rows;
        columns = map->grid()->columns;
    }
    int cells() const { return rows * columns; }
    int children() const { return cells() + rows + columns; }
};

// A cell, or the head of a row or column. The grid is asked anew each time: it changes while somebody scrubs.
class MapChild : public QAccessibleInterface, public QAccessibleTableCellInterface, public QAccessibleActionInterface {
  public:
    MapChild(CellMap* map, int number) : m_map(map), m_number(number) {}

    bool isValid() const override { return m_map != nullptr && m_number < Shape(m_map).children(); }
    QObject* object() const override { return nullptr; }
    QWindow* window() const override { return m_map == nullptr ? nullptr : m_map->window()->windowHandle(); }
    QAccessibleInterface* parent() const override { return QAccessible::queryAccessibleInterface(m_map); }
    QAccessibleInterface* child(int) const override { return nullptr; }
    int childCount() const override { return 0; }
    int indexOfChild(const QAccessibleInterface*) const override { return -1; }
    QAccessibleInterface* childAt(int, int) const override { return nullptr; }
    int number() const { return m_number; }

    QAccessible::Role role() const override {
        if (isCell()) return QAccessible::Cell;
        return isRowHead() ? QAccessible::RowHeader : QAccessible::ColumnHeader;
    }
    QAccessible::State state() const override {
        QAccessible::State state;
        if (!isValid()) {
            state.invalid = true;
            return state;
        }
        state.readOnly = true;
        state.focusable = isCell();
        state.focused = isCell() && m_map->hasFocus() && m_map->cursor() == place();
        state.offscreen = isCell() && m_map->cellRect(place().row, place().column).isEmpty();
        return state;
    }
    QString text(QAccessible::Text text) const override {
        if (text != QAccessible::Name || !isValid()) return {};
        const CellGrid& grid = *m_map->grid();
        if (isCell()) return grid.words ? grid.words(place().row, place().column) : QString();
        if (isRowHead()) return grid.rowName ? grid.rowName(headIndex()) : QString();
        return grid.columnName ? grid.columnName(headIndex()) : QString();
    }
    void setText(QAccessible::Text, const QString&) override {}
    QRect rect() const override {
        if (!isValid() || !isCell()) return {};
        const QRect rect = m_map->cellRect(place().row, place().column).toAlignedRect();
        return {m_map->mapToGlobal(rect.topLeft()), rect.size()};
    }
    void* interface_cast(QAccessible::InterfaceType type) override {
        if (type == QAccessible::TableCellInterface) return static_cast<QAccessibleTableCellInterface*>(this);
        if (type == QAccessible::ActionInterface && isCell()) return static_cast<QAccessibleActionInterface*>(this);
        return nullptr;
    }

    // ---- of a table
    bool isSelected() const override { return false; }
    int columnIndex() const override { return isCell() ? place().column : isRowHead() ? 0 : headIndex(); }
    int rowIndex() const override { return isCell() ? place().row : isRowHead() ? headIndex() : 0; }
    int columnExtent() const override { return 1; }
    int rowExtent() const override { return 1; }
    QList<QAccessibleInterface*> rowHeaderCells() const override {
        if (!isValid() || !isCell()) return {};
        return {parent()->child(Shape(m_map).cells() + place().row)};
    }
    QList<QAccessibleInterface*> columnHeaderCells() const override {
        if (!isValid() || !isCell()) return {};
        return {parent()->child(Shape(m_map).cells() + Shape(m_map).rows + place().column)};
    }
    QAccessibleInterface* table() const override { return parent(); }

    // ---- what can be done with it
    QStringList actionNames() const override { return {setFocusAction(), pressAction()}; }
    void doAction(const QString& action) override {
        if (!isValid() || !isCell()) return;
        if (action == setFocusAction()) {
            m_map->setFocus(Qt::OtherFocusReason);
            m_map->setCursor(place());
        } else if (action == pressAction()) {
            emit m_map->chosen(place());
        }
    }
    QStringList keyBindingsForAction(const QString&) const override { return {}; }

  private:
    bool isCell() const { return m_number < Shape(m_map).cells(); }
    bool isRowHead() const { return !isCell() && m_number < Shape(m_map).cells() + Shape(m_map).rows; }
    int headIndex() const { return m_number - Shape(m_map).cells() - (isRowHead() ? 0 : Shape(m_map).rows); }
    CellPlace place() const {
        const int columns = std::max(Shape(m_map).columns, 1);
        return {m_number / columns, m_number % columns};
    }

    QPointer<CellMap> m_map;
    int m_number;
};

class MapTable : public QAccessibleWidget, public QAccessibleTableInterface {
  public:
    explicit MapTable(CellMap* map) : QAccessibleWidget(map, QAccessible::Table), m_map(map), m_shape(map) {}
    ~MapTable() override { forget(); }

    void* interface_cast(QAccessible::InterfaceType type) override {
        if (type == QAccessible::TableInterface) return static_cast<QAccessibleTableInterface*>(this);
        return QAccessibleWidget::interface_cast(type);
    }
    QString text(QAccessible::Text text) const override {
        if (text == QAccessible::Description && m_map->grid() != nullptr) return m_map->grid()->formula;
        return QAccessibleWidget::text(text);
    }

    // ---- children, made when somebody asks for them
    int childCount() const override { return Shape(m_map).children(); }
    QAccessibleInterface* child(int number) const override {
        const Shape shape(m_map);
        if (number < 0 || number >= shape.children()) return nullptr;
        if (shape.rows != m_shape.rows || shape.columns != m_shape.columns) forget();
        m_shape = shape;
        if (const auto known = m_children.find(number); known != m_children.end())
            return QAccessible::accessibleInterface(known->second);
        auto* made = new MapChild(m_map, number);
        m_children[number] = QAccessible::registerAccessibleInterface(made);
        return made;
    }
    int indexOfChild(const QAccessibleInterface* child) const override {
        const auto* mine = dynamic_cast<const MapChild*>(child);
        return mine != nullptr && mine->parent() == this ? mine->number() : -1;
    }
    QAccessibleInterface* childAt(int x, int y) const override {
        const auto cell = m_map->cellAt(m_map->mapFromGlobal(QPoint(x, y)));
        return cell ? cellAt(cell->row, cell->column) : nullptr;
    }
    QAccessibleInterface* focusChild() const override {
        if (!m_map->hasFocus() || !m_map->cursor()) return QAccessibleWidget::focusChild();
        return cellAt(m_map->cursor()->row, m_map->cursor()->column);
    }

    // ---- table
    QAccessibleInterface* caption() const override { return nullptr; }
    QAccessibleInterface* summary() const override { return nullptr; }
    QAccessibleInterface* cellAt(int row, int column) const override {
        const Shape shape(m_map);
        if (row < 0 || row >= shape.rows || column < 0 || column >= shape.columns) return nullptr;
        return child(row * shape.columns + column);
    }
    int rowCount() const override { return Shape(m_map).rows; }
    int columnCount() const override { return Shape(m_map).columns; }
    QString rowDescription(int row) const override {
        const auto& grid = m_map->grid();
        return row >= 0 && row < rowCount() && grid->rowName ? grid->rowName(row) : QString();
    }
    QString columnDescription(int column) const override {
        const auto& grid = m_map->grid();
        return column >= 0 && column < columnCount() && grid->columnName ? grid->columnName(column) : QString();
    }

    // ---- to choose a row or a column is to ask about it; nothing stays selected
    int selectedCellCount() const override { return 0; }
    QList<QAccessibleInterface*> selectedCells() const override { return {}; }
    int selectedColumnCount() const override { return 0; }
    int selectedRowCount() const override { return 0; }
    QList<int> selectedColumns() const override { return {}; }
    QList<int> selectedRows() const override { return {}; }
    bool isColumnSelected(int) const override { return false; }
    bool isRowSelected(int) const override { return false; }
    bool selectRow(int row) override {
        if (row < 0 || row >= rowCount()) return false;
        emit m_map->rowChosen(row);
        return true;
    }
    bool selectColumn(int column) override {
        if (column < 0 || column >= columnCount()) return false;
        emit m_map->columnChosen(column);
        return true;
    }
    bool unselectRow(int) override { return false; }
    bool unselectColumn(int) override { return false; }
    void modelChange(QAccessibleTableModelChangeEvent*) override { forget(); }

  private:
    void forget() const {
        for (const auto& [number, id] : m_children) QAccessible::deleteAccessibleInterface(id);
        m_children.clear();
    }

    CellMap* m_map;
    mutable Shape m_shape;
    mutable std::unordered_map<int, QAccessible::Id> m_children;
};

QAccessibleInterface* makeTable(const QString& /*className*/, QObject* object) {
    auto* map = qobject_cast<CellMap*>(object);
    return map == nullptr ? nullptr : new MapTable(map);
}

}  // namespace

void installCellMapAccessibility() {
    static const bool once = [] {
        QAccessible::installFactory(&makeTable);
        return true;
    }();
    (void)once;
}

}  // namespace condenser
