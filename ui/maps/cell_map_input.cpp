// Mouse, wheel and keys of the connection map.
#include <QApplication>
#include <QHelpEvent>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QToolTip>
#include <QWheelEvent>
#include <algorithm>
#include <cmath>

#include "look/keys.h"
#include "maps/cell_map.h"

namespace condenser {
namespace {

constexpr double kZoomPerNotch = 1.25;
constexpr double kNotch = 120;          // of QWheelEvent::angleDelta
constexpr double kNotchesBeyond = 2;    // past the end of a zoom, until the next level comes
constexpr int kForgottenMs = 1000;      // a turn that was an accident
constexpr double kPixelsPerNotch = 60;  // of a touchpad that knows no angle

}  // namespace

// ---- pointer --------------------------------------------------------------------------------------------------------

bool CellMap::event(QEvent* event) {
    if (event->type() == QEvent::Leave) hover(std::nullopt);
    if (event->type() == QEvent::ToolTip && m_grid != nullptr) {
        // What a head has no room for.
        const auto* help = static_cast<QHelpEvent*>(event);
        const MapGeometry& now = geometry();
        QString text;
        if (now.bandHead().contains(help->pos())) {
            if (const int band = now.bandAt(help->pos().x()); band >= 0) {
                const CellBand& named = now.bands()[static_cast<std::size_t>(band)];
                text = tr("%1 · %2 to %3").arg(named.name).arg(named.first).arg(named.first + named.count - 1);
                if (!m_grid->share.empty()) text = named.name;
            }
        } else if (now.columnHead().contains(help->pos()) && !now.byIndex() && m_grid->columnName) {
            if (const int column = now.columnAt(help->pos().x()); column >= 0) text = m_grid->columnName(column);
        } else if (now.rowHead().contains(help->pos()) && m_grid->rowName) {
            if (const int row = now.rowAt(help->pos().y()); row >= 0) text = m_grid->rowName(row);
        }
        if (text.isEmpty()) {
            QToolTip::hideText();
            event->ignore();
        } else {
            QToolTip::showText(help->globalPos(), text, this);
        }
        return true;
    }
    return QWidget::event(event);
}

void CellMap::hover(const std::optional<CellPlace>& cell) {
    if (cell == m_look.hovered) return;
    m_look.hovered = cell;
    update();
    emit hovered(cell);
}

QPointF CellMap::cellsAt(const QPointF& at) const {
    const MapGeometry& now = geometry();
    return {now.seen().left() + (at.x() - now.plot().left()) / now.columnWidth(),
            now.seen().top() + (at.y() - now.plot().top()) / now.rowHeight()};
}

void CellMap::mousePressEvent(QMouseEvent* event) {
    if (event->button() != Qt::LeftButton || m_grid == nullptr) return QWidget::mousePressEvent(event);
    m_pressed = event->position();
    m_dragging = false;
}

void CellMap::mouseMoveEvent(QMouseEvent* event) {
    if (m_grid == nullptr) return;
    const QPointF at = event->position();
    if (m_pressed && (event->buttons() & Qt::LeftButton) != 0) {
        const QPointF moved = at - *m_pressed;
        if (!m_dragging && moved.manhattanLength() < QApplication::startDragDistance()) return;
        m_dragging = true;
        if (!m_view.isWhole()) {
            hover(std::nullopt);
            QWidget::setCursor(Qt::ClosedHandCursor);
            m_view.pan({-moved.x() / geometry().columnWidth(), -moved.y() / geometry().rowHeight()});
            refresh();
        }
        m_pressed = at;
        return;
    }
    hover(geometry().cellAt(at));
}

void CellMap::mouseReleaseEvent(QMouseEvent* event) {
    if (event->button() != Qt::LeftButton || !m_pressed) return QWidget::mouseReleaseEvent(event);
    const bool dragged = m_dragging;
    m_pressed.reset();
    m_dragging = false;
    unsetCursor();
    if (!dragged && m_grid != nullptr) clickedAt(event->position());
}

void CellMap::clickedAt(const QPointF& at) {
    const MapGeometry& now = geometry();
    if (now.bandHead().contains(at)) {
        const int band = now.bandAt(at.x());
        if (band < 0) return;
        // By index the columns' bands are groups, which are rows.
        if (now.byIndex()) {
            emit rowChosen(m_grid->rowBands[static_cast<std::size_t>(band)].first);
        } else {
            emit bandChosen(band);
        }
    } else if (now.columnHead().contains(at)) {
        const int column = now.columnAt(at.x());
        if (column < 0) return;
        emit columnChosen(now.channelAt(column));
    } else if (now.rowHead().contains(at)) {
        if (const int row = now.rowAt(at.y()); row >= 0) emit rowChosen(row);
    } else if (const auto cell = now.cellAt(at)) {
        moveCursor(*cell);
        emit chosen(*cell);
    }
}

void CellMap::mouseDoubleClickEvent(QMouseEvent* event) {
    if (event->button() != Qt::LeftButton || m_grid == nullptr) return;
    if (!m_view.isWhole()) {
        showWhole();
    } else if (const auto cell = geometry().cellAt(event->position())) {
        emit enterWanted(*cell);
    }
}

void CellMap::wheelEvent(QWheelEvent* event) {
    event->accept();
    if (m_grid == nullptr || m_grid->columns == 0 || rearranging()) return;
    QPointF notches = QPointF(event->angleDelta()) / kNotch;
    if (notches.isNull()) notches = QPointF(event->pixelDelta()) / kPixelsPerNotch;
    if ((event->modifiers() & Qt::ShiftModifier) != 0 && notches.x() == 0) notches = {notches.y(), 0};
    if (std::abs(notches.x()) > std::abs(notches.y())) {
        m_view.pan({-notches.x() * geometry().seen().width() / 10, 0});
        refresh();
    } else if (notches.y() != 0) {
        zoomBy(notches.y(), event->position());
        // What rolls on by itself asks for nothing.
        if (event->phase() == Qt::ScrollMomentum) m_beyond = 0;
    }
    // Whoever heard of it may have taken the grid away.
    if (m_grid != nullptr) hover(geometry().cellAt(event->position()));
}

void CellMap::zoomBy(double notches, const QPointF& at) {
    if (m_view.zoomAt(std::pow(kZoomPerNotch, notches), cellsAt(at))) {
        m_beyond = 0;
        refresh();
        return;
    }
    // Nearer or wider there is nothing on this level. A turn or two more asks for the next, so that nobody falls into
    // it by accident.
    const bool late = m_beyondClock.isValid() && m_beyondClock.elapsed() > kForgottenMs;
    if (late || (m_beyond > 0) != (notches > 0)) m_beyond = 0;
    m_beyondClock.start();
    m_beyond += notches;
    if (std::abs(m_beyond) < kNotchesBeyond) return;
    const bool enters = m_beyond > 0;
    m_beyond = 0;
    if (!enters) {
        emit leaveWanted();
    } else if (const auto cell = geometry().cellAt(at)) {
        emit enterWanted(*cell);
    }
}

// ---- keys -----------------------------------------------------------------------------------------------------------

void CellMap::focusInEvent(QFocusEvent* event) {
    QWidget::focusInEvent(event);
    m_look.focused = true;
    const bool byKey = event->reason() == Qt::TabFocusReason || event->reason() == Qt::BacktabFocusReason ||
                       event->reason() == Qt::ShortcutFocusReason;
    // Where the keys would start must be seen.
    if (byKey && !m_look.cursor) m_look.cursor = firstCell();
    announceCursor();
}

void CellMap::focusOutEvent(QFocusEvent* event) {
    QWidget::focusOutEvent(event);
    m_look.focused = false;
}

std::optional<CellPlace> CellMap::firstCell() const {
    if (m_grid == nullptr) return std::nullopt;
    for (int row = 0; row < m_grid->rows; ++row) {
        for (int column = 0; column < m_grid->columns; ++column) {
            if (!cellRect(row, column).isEmpty()) return CellPlace{row, column};
        }
    }
    return std::nullopt;
}

void CellMap::moveCursor(const CellPlace& cell) {
    setCursor(cell);
    if (const int column = geometry().columnOf(cell.row, cell.column); column >= 0)
        m_view.bringIntoSight(QRectF(column, cell.row, 1, 1));
    refresh();
    emit cursorMoved(cell);
}

// Cells that are not there in this arrangement are stepped over.
void CellMap::step(int rows, int columns, bool toBand) {
    if (!m_look.cursor) {
        if (const auto first = firstCell()) moveCursor(*first);
        return;
    }
    const MapGeometry& now = geometry();
    const auto isThere = [&](const CellPlace& at) { return now.columnOf(at.row, at.column) >= 0; };
    const auto startsBand = [](const std::vector<CellBand>& bands, int at) {
        return std::ranges::any_of(bands, [at](const CellBand& band) { return band.first == at; });
    };
    CellPlace at = *m_look.cursor;
    if (now.byIndex() && rows != 0) {
        // Groups own different channels: the nearest one of the next row.
        for (at.row += rows; at.row >= 0 && at.row < m_grid->rows; at.row += rows) {
            if (toBand && !startsBand(m_grid->rowBands, at.row)) continue;
            for (int away = 0; away < m_grid->columns; ++away) {
                for (const int column : {at.column - away, at.column + away}) {
                    if (column < 0 || column >= m_grid->columns || !isThere({at.row, column})) continue;
                    return moveCursor({at.row, column});
                }
            }
        }
        return;
    }
    for (;;) {
        at.row += rows;
        at.column += columns;
        if (at.row < 0 || at.row >= m_grid->rows || at.column < 0 || at.column >= m_grid->columns) return;
        if (toBand && rows != 0 && !startsBand(m_grid->rowBands, at.row)) continue;
        if (toBand && columns != 0 && !startsBand(m_grid->columnBands, at.column)) continue;
        if (!isThere(at)) {
            // A band's first channel may not be read; its next one stands for it.
            if (toBand && columns > 0) toBand = false;
            continue;
        }
        return moveCursor(at);
    }
}

void CellMap::stepToEnd(bool last, bool anyRow) {
    if (!m_look.cursor) m_look.cursor = firstCell();
    if (!m_look.cursor) return;
    const MapGeometry& now = geometry();
    const int step = last ? -1 : 1;
    int row = anyRow ? (last ? m_grid->rows - 1 : 0) : m_look.cursor->row;
    for (int column = last ? m_grid->columns - 1 : 0; column >= 0 && column < m_grid->columns; column += step) {
        if (now.columnOf(row, column) >= 0) return moveCursor({row, column});
    }
}

void CellMap::zoomAtCursor(double notches) {
    QPointF at = geometry().plot().center();
    if (m_look.cursor) {
        const QRectF cell = cellRect(m_look.cursor->row, m_look.cursor->column);
        if (!cell.isEmpty()) at = cell.center();
    }
    if (m_view.zoomAt(std::pow(kZoomPerNotch, notches), cellsAt(at))) refresh();
    m_beyond = 0;
}

void CellMap::keyPressEvent(QKeyEvent* event) {
    const bool control = (event->modifiers() & Qt::ControlModifier) != 0;
    const bool other = (event->modifiers() & (Qt::AltModifier | Qt::MetaModifier)) != 0;
    if (m_grid == nullptr || m_grid->columns == 0 || other) return QWidget::keyPressEvent(event);
    const auto& cursor = m_look.cursor;
    if (const auto arrow = arrowOf(event->key())) return step(arrow->y(), arrow->x(), control);
    if (event->key() == Qt::Key_Home || event->key() == Qt::Key_End)
        return stepToEnd(event->key() == Qt::Key_End, control);
    if (control) return QWidget::keyPressEvent(event);
    switch (event->key()) {
        case Qt::Key_Space:
            if (cursor) emit chosen(*cursor);
            return;
        case Qt::Key_R:
            if (cursor) emit rowChosen(cursor->row);
            return;
        case Qt::Key_C:
            if (cursor) emit columnChosen(cursor->column);
            return;
        case Qt::Key_Return:
        case Qt::Key_Enter:
            if (cursor) emit enterWanted(*cursor);
            return;
        case Qt::Key_Backspace:
            emit leaveWanted();
            return;
        case Qt::Key_Plus:
        case Qt::Key_Equal:
            return zoomAtCursor(1);
        case Qt::Key_Minus:
            return zoomAtCursor(-1);
        case Qt::Key_0:
            return showWhole();
        case Qt::Key_Escape:
            emit cleared();
            return;
        default:
            return QWidget::keyPressEvent(event);
    }
}

}  // namespace condenser
