// All 3x3 filters of one layer as a widget: hover, a keyboard cursor, choosing.
#pragma once

#include <QWidget>
#include <optional>

#include "connections/filter_drawing.h"

namespace condenser {

// Mouse: hover reads a filter, a click chooses it, a click on a row's name that row. Keys: arrows (Ctrl: to the next
// group), Home and End, Enter or Space chooses, R chooses the row. As large as its filters need in the width it is
// given.
class FilterPicture : public QWidget {
    Q_OBJECT

  public:
    explicit FilterPicture(QWidget* parent = nullptr);

    void setTheme(const Theme& theme);
    // Of the layer that was shown last: the cursor stays. Null: nothing is drawn.
    void setSheet(const FilterSheetPtr& sheet);
    const FilterSheetPtr& sheet() const { return m_sheet; }
    void setMarks(const FilterDrawing::Marks& marks);
    const FilterDrawing::Marks& marks() const { return m_marks; }
    void fitWidth(int width);

    // Null without a sheet.
    const FilterDrawing* drawing() const { return m_drawing ? &*m_drawing : nullptr; }
    // What is read: under the pointer, or else of the keyboard.
    FilterPlace reading() const { return m_hovered.value_or(m_cursor); }
    // All filters, with their scale. There must be a sheet.
    Exhibit exhibit(const QString& title, const QString& formula) const;

  signals:
    void readingChanged();
    void cursorMoved(const QRect& filter);
    void chosen(const FilterPlace& place);
    void rowChosen(int row);

  protected:
    void paintEvent(QPaintEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void leaveEvent(QEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void changeEvent(QEvent* event) override;

  private:
    void layOut();
    void moveCursor(FilterPlace to);
    void tell();

    Theme m_theme;
    FilterSheetPtr m_sheet;
    std::optional<FilterDrawing> m_drawing;
    FilterDrawing::Marks m_marks;
    int m_width = 0;  // that there is
    QString m_layer;  // that was shown last
    FilterPlace m_cursor;
    std::optional<FilterPlace> m_hovered;
};

}  // namespace condenser
