#include "classify/answer_grid.h"

#include <QEvent>
#include <QScrollBar>
#include <algorithm>

#include "classify/answer_delegate.h"
#include "classify/answer_filter.h"

namespace condenser {
namespace {

constexpr int kLeastCell = 124;  // pixels of width
constexpr int kFrame = 8;        // around a cell, both sides
constexpr int kFlatter = 12;     // a picture's room is so much lower than wide

}  // namespace

AnswerGrid::AnswerGrid(AnswerFilter& filter, QWidget* parent)
    : QListView(parent), m_delegate(new AnswerDelegate(this)) {
    setModel(&filter);
    setItemDelegate(m_delegate);
    // Rows that wrap, which the view lays out by arithmetic: the icon mode sorts every item into a tree first.
    setViewMode(QListView::ListMode);
    setFlow(QListView::LeftToRight);
    setWrapping(true);
    setResizeMode(QListView::Adjust);
    setUniformItemSizes(true);
    setMovement(QListView::Static);
    setVerticalScrollMode(QAbstractItemView::ScrollPerPixel);
    setVerticalScrollBarPolicy(Qt::ScrollBarAlwaysOn);  // cells would change their size as it comes and goes
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setSelectionMode(QAbstractItemView::ExtendedSelection);
    setEditTriggers(QAbstractItemView::NoEditTriggers);
    setAcceptDrops(false);
    fitCells();
}

void AnswerGrid::setTheme(const Theme& theme) {
    m_delegate->setTheme(theme);
    viewport()->update();
}

bool AnswerGrid::event(QEvent* event) {
    if (event->type() == QEvent::FontChange || event->type() == QEvent::StyleChange) fitCells();
    return QListView::event(event);
}

void AnswerGrid::resizeEvent(QResizeEvent* event) {
    fitCells();
    QListView::resizeEvent(event);
}

// As many as fit, which then share the width. A list that wraps leaves its last two pixels empty: cells that fill them,
// too, go to the next row.
void AnswerGrid::fitCells() {
    const int room = std::max(kLeastCell, viewport()->width() - 2);
    const int width = room / std::max(1, room / kLeastCell);
    const QSize cell(width, width - kFrame - kFlatter + AnswerDelegate::wordsHeight(font()) + kFrame);
    if (cell == gridSize()) return;
    m_delegate->setCell(cell);
    setGridSize(cell);
    verticalScrollBar()->setSingleStep(cell.height() / 3);
}

// Whole rows, for the table shows the same selection.
QItemSelectionModel::SelectionFlags AnswerGrid::selectionCommand(const QModelIndex& index, const QEvent* event) const {
    return QListView::selectionCommand(index, event) | QItemSelectionModel::Rows;
}

}  // namespace condenser
