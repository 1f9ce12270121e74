#include "connections/detail_table.h"

#include <QClipboard>
#include <QContextMenuEvent>
#include <QGuiApplication>
#include <QHeaderView>
#include <QKeyEvent>
#include <QMenu>
#include <QPainter>
#include <QStringList>
#include <QStyledItemDelegate>
#include <algorithm>
#include <optional>

#include "look/look.h"

namespace condenser {
namespace {

constexpr int kPadding = 3, kRowPadding = 8;  // pixels; at each side, and above and below together
constexpr int kFocusBar = 3, kBarHeight = 3;  // where the keyboard is; below a text
constexpr int kMarkWidth = 4, kMarkGap = 4;   // of a series
constexpr int kLeastRows = 3;

}  // namespace

class DetailDelegate : public QStyledItemDelegate {
  public:
    using QStyledItemDelegate::QStyledItemDelegate;
    void setTheme(const Theme& theme) { m_theme = theme; }

    void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override {
        const bool selected = option.state & QStyle::State_Selected, hovered = option.state & QStyle::State_MouseOver;
        if (selected || hovered) painter->fillRect(option.rect, selected ? m_theme.selected : m_theme.hover);
        painter->fillRect(QRect(option.rect.bottomLeft(), QSize(option.rect.width(), 1)), m_theme.grid);
        const auto* view = qobject_cast<const QTableView*>(option.widget);
        const bool here = view != nullptr && view->hasFocus() && view->currentIndex().row() == index.row();
        if (here && index.column() == 0)
            painter->fillRect(QRect(option.rect.topLeft(), QSize(kFocusBar, option.rect.height())), m_theme.accent);
        QRect inside = option.rect.adjusted(kPadding + (index.column() == 0 ? kFocusBar : 0), 0, -kPadding, -1);
        if (const QVariant series = index.data(DetailTableModel::kSeriesRole);
            series.isValid() && series.toInt() >= 0) {
            const auto number = static_cast<std::size_t>(series.toInt()) % m_theme.series.size();
            painter->fillRect(QRect(inside.left(), inside.top() + 5, kMarkWidth, inside.height() - 9),
                              m_theme.series[number]);
            inside.setLeft(inside.left() + kMarkWidth + kMarkGap);
        }
        if (const QVariant bar = index.data(DetailTableModel::kBarRole); bar.isValid()) {
            const QRectF track(inside.left(), inside.bottom() - kBarHeight, inside.width(), kBarHeight);
            painter->fillRect(track, m_theme.grid);
            QRectF filled = track;
            filled.setWidth(track.width() * std::clamp(bar.toDouble(), 0.0, 1.0));
            painter->fillRect(filled, m_theme.condensed);
            inside.setBottom(inside.bottom() - kBarHeight);
        }
        painter->setFont(option.font);
        painter->setPen(m_theme.text);
        painter->drawText(inside, index.data(Qt::TextAlignmentRole).toInt(),
                          option.fontMetrics.elidedText(index.data().toString(), Qt::ElideRight, inside.width()));
    }

  private:
    Theme m_theme = darkTheme();
};

DetailTable::DetailTable(const QString& objectName, const QString& accessibleName, QWidget* parent)
    : QTableView(parent), m_delegate(new DetailDelegate(this)) {
    setObjectName(objectName);
    setAccessibleName(accessibleName);
    setModel(&m_model);
    setItemDelegate(m_delegate);
    setLook(this, "narrow");
    setShowGrid(false);
    setWordWrap(false);
    setTabKeyNavigation(false);
    setMouseTracking(true);
    setCornerButtonEnabled(false);
    setSelectionBehavior(SelectRows);
    setSelectionMode(ExtendedSelection);
    setEditTriggers(NoEditTriggers);
    setVerticalScrollMode(ScrollPerPixel);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    // Always there, so that columns do not jump as rows come and go.
    setVerticalScrollBarPolicy(Qt::ScrollBarAlwaysOn);
    verticalHeader()->hide();
    verticalHeader()->setSectionResizeMode(QHeaderView::Fixed);
    verticalHeader()->setMinimumSectionSize(0);
    verticalHeader()->setDefaultSectionSize(fontMetrics().height() + kRowPadding);
    horizontalHeader()->setHighlightSections(false);
    horizontalHeader()->setMinimumSectionSize(16);
    horizontalHeader()->setSectionResizeMode(QHeaderView::Fixed);
    horizontalHeader()->setSortIndicatorClearable(true);
    horizontalHeader()->setSortIndicator(-1, Qt::AscendingOrder);
    horizontalHeader()->setAccessibleName(tr("Columns"));
    setSortingEnabled(true);
    setFocusPolicy(Qt::NoFocus);
    connect(&m_model, &QAbstractItemModel::modelReset, this, [this] {
        horizontalHeader()->setSortIndicator(-1, Qt::AscendingOrder);
        fitColumns();
    });
}

void DetailTable::setTheme(const Theme& theme) {
    m_delegate->setTheme(theme);
    viewport()->update();
}

void DetailTable::setRows(DetailRows rows) {
    const bool some = rows.count > 0;
    std::optional<std::int64_t> key;
    if (currentIndex().isValid()) key = m_model.rows().key(m_model.rowAt(currentIndex()));
    const bool chosen = key.has_value() && selectionModel()->isSelected(currentIndex());
    m_model.setRows(std::move(rows));
    const int row = key ? m_model.viewRowOf(*key) : -1;
    if (row >= 0) {
        // Not scrolled to: the list stays where it was put while its numbers change.
        const QItemSelectionModel::SelectionFlags flags =
            QItemSelectionModel::ClearAndSelect | QItemSelectionModel::Rows;
        const bool scrolls = hasAutoScroll();
        setAutoScroll(false);
        selectionModel()->setCurrentIndex(m_model.index(row, 0), chosen ? flags : QItemSelectionModel::Clear);
        setAutoScroll(scrolls);
    } else {
        selectionModel()->clear();
    }
    // What is empty has nothing to show the focus by.
    setFocusPolicy(some ? Qt::StrongFocus : Qt::NoFocus);
}

QSize DetailTable::minimumSizeHint() const {
    return {120, horizontalHeader()->sizeHint().height() + kLeastRows * verticalHeader()->defaultSectionSize()};
}

void DetailTable::resizeEvent(QResizeEvent* event) {
    QTableView::resizeEvent(event);
    fitColumns();
}

void DetailTable::fitColumns() {
    int all = 0;
    for (const DetailColumn& column : m_model.rows().columns) all += column.width;
    if (all == 0) return;
    const int room = viewport()->width();
    int before = 0;
    for (int i = 0, left = 0; i < m_model.columnCount(); ++i) {
        before += m_model.rows().columns[static_cast<std::size_t>(i)].width;
        const int right = room * before / all;
        setColumnWidth(i, right - left);
        left = right;
    }
}

void DetailTable::keyPressEvent(QKeyEvent* event) {
    if (event->matches(QKeySequence::Copy)) return copy();
    if ((event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter) && currentIndex().isValid()) {
        emit followed(m_model.rowAt(currentIndex()));
        return;
    }
    QTableView::keyPressEvent(event);
}

void DetailTable::mouseReleaseEvent(QMouseEvent* event) {
    QTableView::mouseReleaseEvent(event);
    const QModelIndex at = indexAt(event->position().toPoint());
    if (event->button() != Qt::LeftButton || event->modifiers() != Qt::NoModifier || !at.isValid()) return;
    // A drag over several rows selects them.
    if (selectionModel()->selectedRows().size() == 1 && selectionModel()->isSelected(at))
        emit followed(m_model.rowAt(at));
}

void DetailTable::focusInEvent(QFocusEvent* event) {
    QTableView::focusInEvent(event);
    if (!currentIndex().isValid() && event->reason() != Qt::MouseFocusReason)
        selectionModel()->setCurrentIndex(m_model.index(0, 0), QItemSelectionModel::NoUpdate);
    viewport()->update();
}

void DetailTable::contextMenuEvent(QContextMenuEvent* event) {
    auto* menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    menu->addAction(tr("Copy as text"), this, &DetailTable::copy)->setObjectName(QStringLiteral("copyRows"));
    menu->addSeparator();
    for (int i = 0; i < m_model.columnCount(); ++i) {
        const DetailColumn& column = m_model.rows().columns[static_cast<std::size_t>(i)];
        if (!column.value) continue;
        const Qt::SortOrder order = column.number ? Qt::DescendingOrder : Qt::AscendingOrder;
        menu->addAction(tr("Sort by %1").arg(column.head), this, [this, i, order] { sortByColumn(i, order); });
    }
    menu->addAction(tr("As it was"), this, [this] { sortByColumn(-1, Qt::AscendingOrder); });
    menu->popup(event->globalPos());
}

void DetailTable::copy() const {
    QList<int> wanted;
    for (const QModelIndex& index : selectionModel()->selectedRows()) wanted << index.row();
    if (wanted.isEmpty()) {
        for (int row = 0; row < m_model.rowCount(); ++row) wanted << row;
    }
    std::ranges::sort(wanted);
    QStringList lines, cells;
    for (const DetailColumn& column : m_model.rows().columns) cells << column.head;
    lines << cells.join(u'\t');
    for (const int row : wanted) {
        cells.clear();
        for (int i = 0; i < m_model.columnCount(); ++i) cells << m_model.index(row, i).data().toString();
        lines << cells.join(u'\t');
    }
    QGuiApplication::clipboard()->setText(lines.join(u'\n') + u'\n');
}

}  // namespace condenser
