// The same pictures as a table: sorted by any column.
#pragma once

#include <QTableView>

#include "look/theme.h"

namespace condenser {

class AnswerCells;
class AnswerFilter;

class AnswerTable : public QTableView {
    Q_OBJECT

  public:
    // `filter` must outlive it.
    explicit AnswerTable(AnswerFilter& filter, QWidget* parent = nullptr);

    void setTheme(const Theme& theme);
    // As answers come. The column of true classes is shown where some are known.
    void refresh(bool trueClasses);
    // The order that the filter has by now, in the head.
    void showOrder();

  protected:
    void resizeEvent(QResizeEvent* event) override;

  private:
    void fitColumns();

    const AnswerFilter& m_filter;
    bool m_fitted = false;  // the columns, to answers rather than to dashes
    AnswerCells* m_cells;
};

}  // namespace condenser
