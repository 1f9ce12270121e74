#include "maps/cell_map.h"

namespace condenser {

CellMap::CellMap(QWidget* parent) : QWidget(parent) {}
CellMap::~CellMap() = default;
void CellMap::setTheme(const Theme& theme) {
    m_look.theme = theme;
}
void CellMap::setGrid(const CellGridPtr& grid) {
    m_grid = grid;
}
void CellMap::setHint(const QString& hint) {
    m_hint = hint;
}
void CellMap::setArrangement(Arrangement arrangement, bool) {
    m_arrangement = arrangement;
}
bool CellMap::rearranging() const {
    return false;
}
void CellMap::setLit(std::vector<std::uint8_t> lit) {
    m_look.lit = std::move(lit);
}
void CellMap::setMarked(std::optional<int> row, std::optional<int> column) {
    m_look.markedRow = row;
    m_look.markedColumn = column;
}
void CellMap::setCursor(std::optional<CellPlace> cursor) {
    m_look.cursor = cursor;
}
QRectF CellMap::cellRect(int, int) const {
    return {};
}
std::optional<CellPlace> CellMap::cellAt(const QPointF&) const {
    return std::nullopt;
}
double CellMap::zoom() const {
    return 1;
}
void CellMap::showWhole() {}
Exhibit CellMap::exhibit(const QString&) const {
    return {};
}
QSize CellMap::minimumSizeHint() const {
    return {200, 120};
}
bool CellMap::event(QEvent* event) {
    return QWidget::event(event);
}
void CellMap::paintEvent(QPaintEvent*) {}

}  // namespace condenser
