// A list in the details card: columns that share the room, rows that can be followed and copied.
#pragma once

#include <QTableView>

#include "connections/detail_table_model.h"
#include "look/theme.h"

class QMenu;

namespace condenser {

class DetailDelegate;
class DetailHeader;

// A click or Enter follows a row; with Ctrl or Shift a click selects. Ctrl+C copies the selected rows (without any: all
// of them) as text, the cells parted by tabs, below their heads. The context menu sorts, for who has no mouse.
class DetailTable : public QTableView {
    Q_OBJECT

  public:
    DetailTable(const QString& objectName, const QString& accessibleName, QWidget* parent = nullptr);

    void setTheme(const Theme& theme);
    // The current row stays the one of its key.
    void setRows(DetailRows rows);
    void copy() const;
    // With all that its context menu has.
    void fillMenu(QMenu& menu);
    const DetailTableModel& rows() const { return m_model; }
    QSize minimumSizeHint() const override;

  signals:
    void followed(int row);  // as given
    // For what else is to be had in the context menu.
    void menuWanted(QMenu& menu);

  protected:
    void keyPressEvent(QKeyEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void focusInEvent(QFocusEvent* event) override;
    void contextMenuEvent(QContextMenuEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;

  private:
    void fitColumns();

    DetailTableModel m_model;
    DetailDelegate* m_delegate;
    DetailHeader* m_header;
};

}  // namespace condenser
