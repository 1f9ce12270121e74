// The connection map as a widget: zoom, pan, hover, a keyboard cursor, and a table for screen readers.
#pragma once

#include <QElapsedTimer>
#include <QVariantAnimation>
#include <QWidget>
#include <optional>

#include "maps/map_cells.h"
#include "maps/map_view.h"

namespace condenser {

// Mouse: wheel zooms at the pointer (beyond the closest view it enters, beyond the widest it leaves), drag pans, a
// click chooses a cell, a row's or a column's head, a double click shows the whole map or, where that is shown already,
// enters. Keys: arrows (Ctrl: to the next band; Home, End, with Ctrl of the whole map), Space chooses, R and C choose
// the cursor's row and column, Enter enters, Backspace leaves, + and - zoom, 0 shows the whole map, Esc clears.
class CellMap : public QWidget {
    Q_OBJECT

  public:
    explicit CellMap(QWidget* parent = nullptr);

    void setTheme(const Theme& theme);
    // Of the same shape: view, cursor and marks stay as they are, which is what scrubbing needs. Null: an empty map.
    void setGrid(const CellGridPtr& grid);
    const CellGridPtr& grid() const { return m_grid; }
    // In the middle of an empty map.
    void setHint(const QString& hint);

    // Animated unless the desktop wants no animations (or `animated` is false).
    void setArrangement(Arrangement arrangement, bool animated = true);
    Arrangement arrangement() const { return m_arrangement; }
    bool rearranging() const;

    void setLit(std::vector<std::uint8_t> lit);
    const std::vector<std::uint8_t>& lit() const { return m_look.lit; }
    void setMarked(std::optional<int> row, std::optional<int> column);
    void setCursor(std::optional<CellPlace> cursor);
    std::optional<CellPlace> cursor() const { return m_look.cursor; }

    // Where a cell is painted, in the widget's pixels; empty where it is not seen, or not there in this arrangement.
    QRectF cellRect(int row, int column) const;
    std::optional<CellPlace> cellAt(const QPointF& at) const;
    double zoom() const;
    void showWhole();

    Exhibit exhibit(const QString& title) const;
    QSize minimumSizeHint() const override;

  signals:
    void hovered(const std::optional<CellPlace>& cell);
    void cursorMoved(const CellPlace& cell);
    void chosen(const CellPlace& cell);
    void rowChosen(int row);
    void columnChosen(int column);
    void bandChosen(int columnBand);
    void cleared();  // Esc
    void enterWanted(const CellPlace& cell);
    void leaveWanted();

  protected:
    bool event(QEvent* event) override;
    void paintEvent(QPaintEvent* event) override;
    void changeEvent(QEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void focusInEvent(QFocusEvent* event) override;
    void focusOutEvent(QFocusEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void mouseDoubleClickEvent(QMouseEvent* event) override;
    void wheelEvent(QWheelEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;

  private:
    // The grid, the view or the looks changed; what was made from them is made again when it is painted.
    void refresh();
    void updateBounds();
    MapLook lookOfNow() const;
    const MapGeometry& geometry() const;
    void hover(const std::optional<CellPlace>& cell);
    void clickedAt(const QPointF& at);
    // As the user does it: into sight, said aloud, emitted.
    void moveCursor(const CellPlace& cell);
    void announceCursor();
    std::optional<CellPlace> firstCell() const;
    // Steps from the cursor to the next cell that is there, in cells or, with Ctrl, in bands.
    void step(int rows, int columns, bool toBand);
    void stepToEnd(bool last, bool anyRow);
    // Where a view's coordinates are, in columns and rows.
    QPointF cellsAt(const QPointF& at) const;
    // `notches` of a wheel, also parts of one.
    void zoomBy(double notches, const QPointF& at);
    void zoomAtCursor(double notches);

    CellGridPtr m_grid;
    MapLook m_look;
    MapView m_view;
    Arrangement m_arrangement = Arrangement::kBySource;
    QVariantAnimation m_animation;
    QString m_hint;

    mutable std::optional<MapGeometry> m_geometry;
    std::optional<CellRows> m_rows;
    std::optional<QPointF> m_pressed;  // where the left button went down
    bool m_dragging = false;
    double m_beyond = 0;  // notches past the closest (or, below 0, the widest) view
    QElapsedTimer m_beyondClock;
};

}  // namespace condenser
