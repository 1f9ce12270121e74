// The whole network in small: which layer reads how much of which source, with the traced path lit.
#pragma once

#include <QWidget>
#include <optional>

#include "look/exhibit.h"
#include "look/theme.h"
#include "maps/map_painter.h"

namespace condenser {

// A row for each source, a column for each reading layer, as in networkGrid. Mouse: a click goes to the layer of the
// column. Keys: arrows move the cursor, Enter goes.
class ReusePicture : public QWidget {
    Q_OBJECT

  public:
    explicit ReusePicture(QWidget* parent = nullptr);

    void setTheme(const Theme& theme);
    // Null: nothing is drawn.
    void setGrid(const CellGridPtr& grid);
    // Row-major as the grid, 1: on the traced path; empty: nothing is traced.
    void setLit(std::vector<std::uint8_t> lit);
    const std::vector<std::uint8_t>& lit() const { return m_lit; }
    // The layer in hand; nothing: none.
    void setLayer(std::optional<int> layer);

    QRectF cellRect(int row, int column) const;
    QColor colourOf(int row, int column) const;
    Exhibit exhibit() const;
    QSize sizeHint() const override { return {200, 112}; }
    QSize minimumSizeHint() const override { return {100, 56}; }

  signals:
    void layerChosen(int layer);
    // What stands under pointer or cursor; empty: nothing.
    void read(const QString& words);

  protected:
    void paintEvent(QPaintEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void leaveEvent(QEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void focusInEvent(QFocusEvent* event) override;
    void focusOutEvent(QFocusEvent* event) override;

  private:
    std::optional<CellPlace> cellAt(const QPointF& at) const;
    void tell(const std::optional<CellPlace>& cell);
    void paintIn(QPainter& painter) const;

    Theme m_theme = darkTheme();
    CellGridPtr m_grid;
    std::vector<std::uint8_t> m_lit;
    std::optional<int> m_layer;
    CellPlace m_cursor;
};

}  // namespace condenser
