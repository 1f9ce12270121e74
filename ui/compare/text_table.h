// A table of finished texts: shown, read by keyboard, copied, and taken out as a picture.
#pragma once

#include <QAbstractTableModel>
#include <QTableView>
#include <vector>

#include "look/exhibit.h"
#include "look/theme.h"

namespace condenser {

struct TextRow {
    QStringList cells;     // the first one may have several lines
    QString words;         // on hovering; what has no room in the cells
    Ink ink = Ink::kText;  // of the first cell
};

struct TextTable {
    QStringList heads;      // with units
    std::vector<Ink> inks;  // of the columns from the second one on; fewer: kText
    std::vector<TextRow> rows;
    int texts = 1;  // so many columns, from the left, are texts; all others are numbers, aligned to the right

    // Where texts are written one after the other: all cells in one line each.
    QString csv() const;
    QString tabbed() const;
    Ink inkOf(const TextRow& row, int column) const;
};

class TextTableModel : public QAbstractTableModel {
    Q_OBJECT

  public:
    using QAbstractTableModel::QAbstractTableModel;

    void set(TextTable table);
    void setTheme(const Theme& theme);
    const TextTable& table() const { return m_table; }

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

  private:
    TextTable m_table;
    Theme m_theme = darkTheme();
};

// Rows are what is selected, if `choosing`; else the keyboard reads row by row. Its row is framed while it is here.
class TextTableView : public QTableView {
    Q_OBJECT

  public:
    explicit TextTableView(bool choosing, QWidget* parent = nullptr);

    void set(TextTable table);
    void setTheme(const Theme& theme);
    const TextTable& table() const { return m_model.table(); }

    // All rows, with the columns as they are seen. By value: what changes later does not show.
    Exhibit exhibit(const QString& name, const QString& title, const QString& words, const Theme& theme) const;

  protected:
    void resizeEvent(QResizeEvent* event) override;
    void changeEvent(QEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void focusInEvent(QFocusEvent* event) override;
    void focusOutEvent(QFocusEvent* event) override;
    void paintEvent(QPaintEvent* event) override;

  private:
    void fitColumns();
    void fitRows();

    TextTableModel m_model;
    QColor m_frame;
};

}  // namespace condenser
