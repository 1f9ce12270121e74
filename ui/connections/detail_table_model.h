// The rows of a list in the details card, whatever they are about: made from functions, so that a long list costs no
// more than the rows that are seen.
#pragma once

#include <QAbstractTableModel>
#include <functional>
#include <vector>

#include "look/theme.h"

namespace condenser {

struct DetailColumn {
    QString head, tip;    // the tip says in full what the head shortens
    QString widest;       // a text as wide as any that is to be expected
    bool number = false;  // right aligned; sorted downwards at first
    std::function<QString(int row)> text = {};
    std::function<double(int row)> value = {};  // to sort by
    std::function<double(int row)> bar = {};    // 0..1, drawn below the text; empty: none
    std::function<int(int row)> series = {};    // of Theme::series, a mark before the text; empty: none
};

struct DetailRows {
    int count = 0;
    std::vector<DetailColumn> columns = {};
    std::function<std::int64_t(int row)> key = {};  // what a row is about, so that the current one stays it
    Ink barInk = Ink::kCondensed;
};

// Views count rows as they are sorted; all functions and `rowAt` count them as they were given.
class DetailTableModel : public QAbstractTableModel {
    Q_OBJECT

  public:
    enum Role { kBarRole = Qt::UserRole, kSeriesRole, kBarInkRole };

    using QAbstractTableModel::QAbstractTableModel;

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;
    void sort(int column, Qt::SortOrder order) override;  // -1: as given

    // Other numbers under the same heads: sorting and scrolling stay.
    void setRows(DetailRows rows);
    const DetailRows& rows() const { return m_rows; }
    int rowAt(const QModelIndex& index) const;
    // -1: there is no row of this key.
    int viewRowOf(std::int64_t key) const;

  private:
    void arrange();
    void tellOfChanges();

    DetailRows m_rows;
    std::vector<int> m_order;
    int m_sortColumn = -1;
    Qt::SortOrder m_sortOrder = Qt::AscendingOrder;
};

}  // namespace condenser
