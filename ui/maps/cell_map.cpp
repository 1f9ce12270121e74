#include "maps/cell_map.h"

#include <QAccessible>
#include <QEvent>
#include <QPainter>
#include <QStyle>
#include <algorithm>

#include "maps/cell_map_accessible.h"
#include "maps/map_heads.h"

namespace condenser {
namespace {

constexpr int kRearrangeMs = 500;
constexpr double kMargin = 4;                            // around the map, for the outlines of its first and last cells
constexpr double kClosestCell = 40, kFewestColumns = 8;  // pixels; of the closest view
constexpr int kManyRows = 40;

bool sameShape(const CellGridPtr& a, const CellGridPtr& b) {
    return a != nullptr && b != nullptr && a->rows == b->rows && a->columns == b->columns &&
           a->share.empty() == b->share.empty() && a->rowBands.size() == b->rowBands.size();
}

// Rows that are few and tall stay as they are.
bool zoomsRows(const CellGrid& grid) {
    return grid.rows > kManyRows ||
           std::ranges::any_of(grid.rowBands, [](const CellBand& band) { return band.count > 1; });
}

}  // namespace

CellMap::CellMap(QWidget* parent) : QWidget(parent) {
    installCellMapAccessibility();
    m_look.theme = darkTheme();
    m_look.focused = false;
    setFocusPolicy(Qt::StrongFocus);
    setMouseTracking(true);
    setObjectName(QStringLiteral("cellMap"));
    setAccessibleName(tr("Connection map"));
    m_animation.setStartValue(0.0);
    m_animation.setEndValue(1.0);
    m_animation.setDuration(kRearrangeMs);
    m_animation.setEasingCurve(QEasingCurve::InOutCubic);
    connect(&m_animation, &QVariantAnimation::valueChanged, this, [this](const QVariant& value) {
        m_look.towardsIndex = value.toDouble();
        refresh();
    });
    connect(&m_animation, &QVariantAnimation::finished, this, [this] {
        m_look.towardsIndex = m_arrangement == Arrangement::kByIndex ? 1 : 0;
        refresh();
    });
}

// ---- what is shown --------------------------------------------------------------------------------------------------

void CellMap::setTheme(const Theme& theme) {
    m_look.theme = theme;
    refresh();
}

void CellMap::setGrid(const CellGridPtr& grid) {
    if (grid == m_grid) return;
    const bool same = sameShape(m_grid, grid);
    m_grid = grid;
    if (!same) {
        m_view.reset();
        m_beyond = 0;
        m_look.cursor.reset();
        m_look.lit.clear();
        m_look.markedRow.reset();
        m_look.markedColumn.reset();
        hover(std::nullopt);
        if (QAccessible::isActive()) {
            QAccessibleTableModelChangeEvent event(this, QAccessibleTableModelChangeEvent::ModelReset);
            QAccessible::updateAccessibility(&event);
        }
        if (hasFocus()) m_look.cursor = firstCell();
    }
    refresh();
    updateBounds();
    // What the pointer is over means something else now.
    if (m_look.hovered) emit hovered(m_look.hovered);
}

void CellMap::setHint(const QString& hint) {
    m_hint = hint;
    update();
}

void CellMap::setArrangement(Arrangement arrangement, bool animated) {
    if (arrangement == m_arrangement) return;
    m_arrangement = arrangement;
    const bool toIndex = arrangement == Arrangement::kByIndex;
    m_view.reset();
    hover(std::nullopt);
    m_animation.stop();
    const bool still = style()->styleHint(QStyle::SH_Widget_Animation_Duration, nullptr, this) <= 0;
    if (animated && !still && isVisible() && m_grid != nullptr && hasIndexOrder(*m_grid)) {
        // From where the cells are now, be it half way.
        m_animation.setStartValue(m_look.towardsIndex);
        m_animation.setEndValue(toIndex ? 1.0 : 0.0);
        m_animation.start();
    } else {
        m_look.towardsIndex = toIndex ? 1 : 0;
    }
    refresh();
    updateBounds();
}

bool CellMap::rearranging() const {
    return m_animation.state() == QAbstractAnimation::Running;
}

void CellMap::setLit(std::vector<std::uint8_t> lit) {
    if (lit == m_look.lit) return;
    m_look.lit = std::move(lit);
    refresh();
}

void CellMap::setMarked(std::optional<int> row, std::optional<int> column) {
    if (row == m_look.markedRow && column == m_look.markedColumn) return;
    m_look.markedRow = row;
    m_look.markedColumn = column;
    update();
}

void CellMap::setCursor(std::optional<CellPlace> cursor) {
    if (cursor && (m_grid == nullptr || cursor->row < 0 || cursor->row >= m_grid->rows || cursor->column < 0 ||
                   cursor->column >= m_grid->columns)) {
        cursor.reset();
    }
    if (cursor == m_look.cursor) return;
    m_look.cursor = cursor;
    update();
    announceCursor();
}

void CellMap::announceCursor() {
    if (!QAccessible::isActive() || !m_look.cursor || !hasFocus()) return;
    QAccessibleEvent event(this, QAccessible::Focus);
    event.setChild(m_look.cursor->row * m_grid->columns + m_look.cursor->column);
    QAccessible::updateAccessibility(&event);
}

// ---- where it is ----------------------------------------------------------------------------------------------------

void CellMap::refresh() {
    m_geometry.reset();
    m_rows.reset();
    update();
}

void CellMap::updateBounds() {
    if (m_grid == nullptr || m_grid->rows == 0 || m_grid->columns == 0) return;
    const MapGeometry& now = geometry();
    m_view.setBounds(now.columnCount(), m_grid->rows, zoomsRows(*m_grid),
                     std::max(kFewestColumns, now.plot().width() / kClosestCell));
    if (!m_view.isWhole()) refresh();
}

MapLook CellMap::lookOfNow() const {
    MapLook look = m_look;
    look.font = font();
    look.seen = m_view.seen();
    return look;
}

const MapGeometry& CellMap::geometry() const {
    if (!m_geometry) {
        const QRectF area = QRectF(rect()).adjusted(kMargin, kMargin, -kMargin, -kMargin);
        m_geometry.emplace(m_grid, lookOfNow(), area, devicePixelRatioF());
    }
    return *m_geometry;
}

QRectF CellMap::cellRect(int row, int column) const {
    if (m_grid == nullptr || row < 0 || row >= m_grid->rows || column < 0 || column >= m_grid->columns) return {};
    if (!m_grid->isThere(row, column)) return {};
    return geometry().cell(row, column) & geometry().plot();
}

std::optional<CellPlace> CellMap::cellAt(const QPointF& at) const {
    if (m_grid == nullptr) return std::nullopt;
    return geometry().cellAt(at);
}

double CellMap::zoom() const {
    return m_view.zoom();
}

void CellMap::showWhole() {
    m_view.reset();
    m_beyond = 0;
    refresh();
}

Exhibit CellMap::exhibit(const QString& title) const {
    MapLook look = lookOfNow();
    look.towardsIndex = m_arrangement == Arrangement::kByIndex ? 1 : 0;
    look.cursor.reset();
    look.hovered.reset();
    return mapExhibit(m_grid, look, title, size());
}

QSize CellMap::minimumSizeHint() const {
    return {200, 120};
}

// ---- painting -------------------------------------------------------------------------------------------------------

void CellMap::paintEvent(QPaintEvent* /*event*/) {
    QPainter painter(this);
    if (m_grid == nullptr || m_grid->rows == 0 || m_grid->columns == 0) {
        painter.setPen(m_look.theme.muted);
        painter.drawText(rect().adjusted(16, 16, -16, -16), Qt::AlignCenter | Qt::TextWordWrap, m_hint);
        return;
    }
    // Moved to a screen with other dots.
    if (m_geometry && m_geometry->pixelRatio() != devicePixelRatioF()) refresh();
    const MapGeometry& now = geometry();
    const MapLook look = lookOfNow();
    if (!m_rows) m_rows = cellRows(now, look);
    paintMap(painter, now, look, *m_rows);
}

void CellMap::resizeEvent(QResizeEvent* event) {
    QWidget::resizeEvent(event);
    refresh();
    updateBounds();
}

void CellMap::changeEvent(QEvent* event) {
    QWidget::changeEvent(event);
    if (event->type() == QEvent::FontChange || event->type() == QEvent::StyleChange) refresh();
}

}  // namespace condenser
