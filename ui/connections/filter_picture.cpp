#include "connections/filter_picture.h"

#include <QAccessible>
#include <QMouseEvent>
#include <QPainter>
#include <algorithm>

#include "look/keys.h"

namespace condenser {

FilterPicture::FilterPicture(QWidget* parent) : QWidget(parent), m_theme(darkTheme()) {
    setObjectName(QStringLiteral("filterPicture"));
    setMouseTracking(true);
    setFocusPolicy(Qt::StrongFocus);
    tell();
}

void FilterPicture::setTheme(const Theme& theme) {
    m_theme = theme;
    layOut();
}

void FilterPicture::setSheet(const FilterSheetPtr& sheet) {
    m_sheet = sheet;
    m_hovered.reset();
    if (sheet != nullptr) {
        if (m_layer != sheet->layer || m_cursor.row >= sheet->rows() || m_cursor.column >= sheet->columns())
            m_cursor = {};
        m_layer = sheet->layer;
    }
    layOut();
    tell();
}

void FilterPicture::setMarks(const FilterDrawing::Marks& marks) {
    m_marks = marks;
    update();
}

void FilterPicture::fitWidth(int width) {
    if (width == m_width) return;
    m_width = width;
    layOut();
}

void FilterPicture::layOut() {
    m_drawing.reset();
    if (m_sheet != nullptr) m_drawing.emplace(m_sheet, m_theme, font(), m_width);
    setFixedSize(m_drawing ? m_drawing->size() : QSize(1, 1));
    update();
}

Exhibit FilterPicture::exhibit(const QString& title, const QString& formula) const {
    return filterExhibit(m_sheet, {m_theme, font(), title, formula}, m_marks);
}

void FilterPicture::paintEvent(QPaintEvent* event) {
    if (!m_drawing) return;
    QPainter painter(this);
    m_drawing->paint(painter, event->rect(), m_marks);
    if (m_hovered) m_drawing->frame(painter, *m_hovered, m_theme.text);
    if (hasFocus()) {
        m_drawing->frame(painter, m_cursor, m_theme.accent);
        painter.drawRect(m_drawing->filterRect(m_cursor).adjusted(-2, -2, 1, 1));
    } else if (!m_hovered) {
        m_drawing->frame(painter, m_cursor, m_theme.muted);
    }
}

void FilterPicture::mouseMoveEvent(QMouseEvent* event) {
    if (!m_drawing) return;
    const auto at = m_drawing->filterAt(event->pos());
    setCursor(at || m_drawing->rowAt(event->pos()) ? Qt::PointingHandCursor : Qt::ArrowCursor);
    if (at == m_hovered) return;
    m_hovered = at;
    tell();
}

void FilterPicture::mousePressEvent(QMouseEvent* event) {
    if (!m_drawing || event->button() != Qt::LeftButton) return;
    if (const auto at = m_drawing->filterAt(event->pos())) {
        m_cursor = *at;
        tell();
        emit chosen(*at);
    } else if (const auto row = m_drawing->rowAt(event->pos())) {
        emit rowChosen(*row);
    }
}

void FilterPicture::leaveEvent(QEvent* /*event*/) {
    if (!m_hovered) return;
    m_hovered.reset();
    tell();
}

void FilterPicture::keyPressEvent(QKeyEvent* event) {
    if (m_sheet == nullptr) return QWidget::keyPressEvent(event);
    const int down = event->modifiers() & Qt::ControlModifier ? m_sheet->rowsOfGroup() : 1;
    FilterPlace to = m_cursor;
    switch (event->key()) {
        case Qt::Key_Home:
            to.column = 0;
            break;
        case Qt::Key_End:
            to.column = m_sheet->columns() - 1;
            break;
        case Qt::Key_Return:
        case Qt::Key_Enter:
        case Qt::Key_Space:
            emit chosen(m_cursor);
            return;
        case Qt::Key_R:
            emit rowChosen(m_cursor.row);
            return;
        default:
            const auto arrow = arrowOf(event->key());
            if (!arrow) return QWidget::keyPressEvent(event);
            to.column += arrow->x();
            to.row += arrow->y() * down;
    }
    moveCursor(to);
}

void FilterPicture::moveCursor(FilterPlace to) {
    to.row = std::clamp(to.row, 0, m_sheet->rows() - 1);
    to.column = std::clamp(to.column, 0, m_sheet->columns() - 1);
    m_hovered.reset();  // what is read is where the keyboard is
    m_cursor = to;
    tell();
    emit cursorMoved(m_drawing->filterRect(to));
}

void FilterPicture::changeEvent(QEvent* event) {
    QWidget::changeEvent(event);
    if (event->type() == QEvent::FontChange) layOut();
}

void FilterPicture::tell() {
    setAccessibleName(m_sheet == nullptr ? tr("3×3 filters") : tr("3×3 filters of layer %1").arg(m_sheet->layer));
    setAccessibleDescription(m_sheet == nullptr ? QString() : m_sheet->words(reading()));
    QAccessibleEvent changed(this, QAccessible::DescriptionChanged);
    QAccessible::updateAccessibility(&changed);
    update();
    emit readingChanged();
}

}  // namespace condenser
