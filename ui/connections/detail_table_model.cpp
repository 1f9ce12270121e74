#include "connections/detail_table_model.h"

#include <algorithm>
#include <numeric>

namespace condenser {

int DetailTableModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(m_order.size());
}

int DetailTableModel::columnCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(m_rows.columns.size());
}

QVariant DetailTableModel::data(const QModelIndex& index, int role) const {
    if (!checkIndex(index, CheckIndexOption::IndexIsValid)) return {};
    const DetailColumn& column = m_rows.columns[static_cast<std::size_t>(index.column())];
    const int row = rowAt(index);
    switch (role) {
        case Qt::DisplayRole:
        case Qt::ToolTipRole:
            return column.text(row);
        case Qt::AccessibleTextRole:
            return column.tip + u' ' + column.text(row);
        case Qt::TextAlignmentRole:
            return QVariant::fromValue(Qt::AlignVCenter | (column.number ? Qt::AlignRight : Qt::AlignLeft));
        case kBarRole:
            return column.bar ? QVariant(column.bar(row)) : QVariant();
        case kBarInkRole:
            return static_cast<int>(m_rows.barInk);
        case kSeriesRole:
            return column.series ? QVariant(column.series(row)) : QVariant();
        default:
            return {};
    }
}

QVariant DetailTableModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal || section < 0 || section >= columnCount()) return {};
    const DetailColumn& column = m_rows.columns[static_cast<std::size_t>(section)];
    switch (role) {
        case Qt::DisplayRole:
            return column.head;
        case Qt::ToolTipRole:
        case Qt::AccessibleTextRole:
            return column.tip;
        case Qt::TextAlignmentRole:
            return QVariant::fromValue(Qt::AlignVCenter | (column.number ? Qt::AlignRight : Qt::AlignLeft));
        case Qt::InitialSortOrderRole:
            return QVariant::fromValue(column.number ? Qt::DescendingOrder : Qt::AscendingOrder);
        default:
            return {};
    }
}

void DetailTableModel::sort(int column, Qt::SortOrder order) {
    if (column >= columnCount()) return;
    emit layoutAboutToBeChanged({}, VerticalSortHint);
    std::vector<int> given(m_order);
    m_sortColumn = column;
    m_sortOrder = order;
    arrange();
    std::vector<int> place(m_order.size());
    for (std::size_t i = 0; i < m_order.size(); ++i) place[static_cast<std::size_t>(m_order[i])] = static_cast<int>(i);
    for (const QModelIndex& old : persistentIndexList()) {
        const int row = place[static_cast<std::size_t>(given[static_cast<std::size_t>(old.row())])];
        changePersistentIndex(old, createIndex(row, old.column()));
    }
    emit layoutChanged({}, VerticalSortHint);
}

void DetailTableModel::arrange() {
    std::iota(m_order.begin(), m_order.end(), 0);
    if (m_sortColumn < 0) return;
    const auto& value = m_rows.columns[static_cast<std::size_t>(m_sortColumn)].value;
    if (!value) return;
    std::vector<double> values(m_order.size());
    for (std::size_t i = 0; i < values.size(); ++i) values[i] = value(static_cast<int>(i));
    const bool down = m_sortOrder == Qt::DescendingOrder;
    std::ranges::stable_sort(m_order, [&](int a, int b) {
        const double first = values[static_cast<std::size_t>(a)], second = values[static_cast<std::size_t>(b)];
        return down ? first > second : first < second;
    });
}

void DetailTableModel::setRows(DetailRows rows) {
    const bool sameHeads =
        std::ranges::equal(rows.columns, m_rows.columns, {}, &DetailColumn::head, &DetailColumn::head);
    const int before = rowCount(), now = rows.count;
    if (!sameHeads) {
        beginResetModel();
        m_rows = std::move(rows);
        m_order.resize(static_cast<std::size_t>(now));
        m_sortColumn = -1;
        arrange();
        endResetModel();
        return;
    }
    // What goes, goes with the old numbers, what comes, comes after the others have their new ones.
    if (now < before) {
        beginRemoveRows({}, now, before - 1);
        m_order.resize(static_cast<std::size_t>(now));
        endRemoveRows();
    }
    m_rows = std::move(rows);
    tellOfChanges();
    if (now > before) {
        beginInsertRows({}, before, now - 1);
        for (int row = before; row < now; ++row) m_order.push_back(row);
        endInsertRows();
        if (m_sortColumn >= 0) tellOfChanges();
    }
}

void DetailTableModel::tellOfChanges() {
    arrange();
    if (rowCount() > 0) emit dataChanged(index(0, 0), index(rowCount() - 1, columnCount() - 1));
}

int DetailTableModel::rowAt(const QModelIndex& index) const {
    return m_order[static_cast<std::size_t>(index.row())];
}

int DetailTableModel::viewRowOf(std::int64_t key) const {
    const auto found = std::ranges::find_if(m_order, [&](int row) { return m_rows.key(row) == key; });
    return found == m_order.end() ? -1 : static_cast<int>(found - m_order.begin());
}

}  // namespace condenser
