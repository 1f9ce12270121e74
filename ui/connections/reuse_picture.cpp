#include "connections/reuse_picture.h"

#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QPicture>
#include <algorithm>
#include <cmath>

#include "look/keys.h"

namespace condenser {
namespace {

constexpr double kFrame = 2;      // pixels around, for the outlines
constexpr double kGapsFrom = 5;   // pixels of a cell
constexpr double kDimmed = 0.28;  // of what is not on the traced path
const CellBand kMagnitude{};      // one scale for all cells

}  // namespace

ReusePicture::ReusePicture(QWidget* parent) : QWidget(parent) {
    setObjectName(QStringLiteral("reusePicture"));
    setAccessibleName(tr("Feature reuse: which layer reads which source"));
    setFocusPolicy(Qt::StrongFocus);
    setMouseTracking(true);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Preferred);
}

void ReusePicture::setTheme(const Theme& theme) {
    m_theme = theme;
    update();
}

void ReusePicture::setGrid(const CellGridPtr& grid) {
    if (grid == nullptr || m_grid == nullptr || grid->columns != m_grid->columns) {
        m_cursor = {};
        m_lit.clear();
    }
    m_grid = grid;
    setFocusPolicy(grid == nullptr ? Qt::NoFocus : Qt::StrongFocus);
    if (hasFocus()) tell(m_cursor);
    update();
}

void ReusePicture::setLit(std::vector<std::uint8_t> lit) {
    m_lit = std::move(lit);
    update();
}

void ReusePicture::setLayer(std::optional<int> layer) {
    if (layer == m_layer) return;
    m_layer = layer;
    update();
}

QRectF ReusePicture::cellRect(int row, int column) const {
    if (m_grid == nullptr) return {};
    const double across = (width() - 2 * kFrame) / m_grid->columns, down = (height() - 2 * kFrame) / m_grid->rows;
    return {kFrame + column * across, kFrame + row * down, across, down};
}

QColor ReusePicture::colourOf(int row, int column) const {
    const std::size_t cell = m_grid->at(row, column);
    QColor colour = cellColour(m_theme, kMagnitude, double{m_grid->strength[cell]}, m_grid->strongest);
    if (!m_lit.empty() && m_lit[cell] == 0) colour.setAlphaF(static_cast<float>(kDimmed));
    return colour;
}

void ReusePicture::paintEvent(QPaintEvent* /*event*/) {
    if (m_grid == nullptr) return;
    QPainter painter(this);
    paintIn(painter);
    if (!hasFocus()) return;
    painter.setBrush(Qt::NoBrush);
    painter.setPen(QPen(m_theme.accent, 2));
    painter.drawRect(cellRect(m_cursor.row, m_cursor.column));
}

void ReusePicture::paintIn(QPainter& painter) const {
    for (int row = 0; row < m_grid->rows; ++row) {
        for (int column = 0; column < m_grid->columns; ++column) {
            if (!m_grid->isThere(row, column)) continue;
            QRectF cell = cellRect(row, column);
            if (std::min(cell.width(), cell.height()) >= kGapsFrom) cell.adjust(0.5, 0.5, -0.5, -0.5);
            if (m_grid->isLive(row, column)) {
                painter.fillRect(cell, colourOf(row, column));
            } else {
                // A place that exists and keeps nothing.
                painter.setPen(QPen(m_theme.border, 1));
                painter.drawRect(cell.adjusted(0.5, 0.5, -0.5, -0.5));
            }
        }
    }
    if (!m_layer || *m_layer >= m_grid->columns) return;
    const QRectF column = cellRect(0, *m_layer).united(cellRect(std::min(*m_layer, m_grid->rows - 1), *m_layer));
    painter.setBrush(Qt::NoBrush);
    painter.setPen(QPen(m_theme.text, 1));
    painter.drawRect(column.adjusted(-0.5, -0.5, 0.5, 0.5));
}

Exhibit ReusePicture::exhibit() const {
    // As it is seen now: a record may come while somebody looks for a folder.
    QPicture seen;
    QPainter painter(&seen);
    painter.fillRect(rect(), m_theme.panel);
    if (m_grid != nullptr) paintIn(painter);
    painter.end();
    return {QStringLiteral("feature-reuse"), size(), [seen](QPainter& on) { on.drawPicture(0, 0, seen); },
            [grid = m_grid] { return grid == nullptr ? QString() : grid->csv(); }};
}

std::optional<CellPlace> ReusePicture::cellAt(const QPointF& at) const {
    if (m_grid == nullptr) return std::nullopt;
    const QSizeF cell = cellRect(0, 0).size();
    const CellPlace place{static_cast<int>(std::floor((at.y() - kFrame) / cell.height())),
                          static_cast<int>(std::floor((at.x() - kFrame) / cell.width()))};
    if (place.row < 0 || place.column < 0 || place.row >= m_grid->rows || place.column >= m_grid->columns)
        return std::nullopt;
    return m_grid->isThere(place.row, place.column) ? std::optional(place) : std::nullopt;
}

void ReusePicture::tell(const std::optional<CellPlace>& cell) {
    const QString words = cell && m_grid != nullptr ? m_grid->words(cell->row, cell->column) : QString();
    setAccessibleDescription(words);
    setToolTip(words);
    emit read(words);
}

void ReusePicture::mouseMoveEvent(QMouseEvent* event) {
    tell(cellAt(event->position()));
}

void ReusePicture::leaveEvent(QEvent* /*event*/) {
    tell(hasFocus() ? std::optional(m_cursor) : std::nullopt);
}

void ReusePicture::mouseReleaseEvent(QMouseEvent* event) {
    const auto cell = cellAt(event->position());
    if (event->button() != Qt::LeftButton || !cell) return;
    m_cursor = *cell;
    update();
    emit layerChosen(cell->column);
}

void ReusePicture::keyPressEvent(QKeyEvent* event) {
    if (m_grid == nullptr) return QWidget::keyPressEvent(event);
    const int key = event->key();
    if (key == Qt::Key_Return || key == Qt::Key_Enter) return emit layerChosen(m_cursor.column);
    const auto arrow = arrowOf(key);
    if (!arrow) return QWidget::keyPressEvent(event);
    CellPlace to{m_cursor.row + arrow->y(), m_cursor.column + arrow->x()};
    to.column = std::clamp(to.column, 0, m_grid->columns - 1);
    to.row = std::clamp(to.row, 0, m_grid->rows - 1);
    if (!m_grid->isThere(to.row, to.column)) return;
    m_cursor = to;
    tell(m_cursor);
    update();
}

void ReusePicture::focusInEvent(QFocusEvent* event) {
    QWidget::focusInEvent(event);
    tell(m_cursor);
}

void ReusePicture::focusOutEvent(QFocusEvent* event) {
    QWidget::focusOutEvent(event);
    tell(std::nullopt);
}

}  // namespace condenser
