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
#include <numeric>
#include <optional>

#include "look/fonts.h"

namespace condenser {
namespace {

constexpr int kPadding = 3, kRowPadding = 10;  // pixels; at each side, and above and below together
constexpr int kFocusBar = 3;                   // where the keyboard is
constexpr int kBarHeight = 3, kBarBelow = 2;   // a bar under a text, and what is below it
constexpr int kMarkWidth = 4, kMarkGap = 4;    // of a series
constexpr int kLeastRows = 3, kHeadPadding = 8;

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
            QRectF track(inside);
            track.setTop(track.bottom() + 1 - kBarHeight - kBarBelow);
            track.setHeight(kBarHeight);
            painter->fillRect(track, m_theme.grid);
            track.setWidth(track.width() * std::clamp(bar.toDouble(), 0.0, 1.0));
            painter->fillRect(track, m_theme.ink(static_cast<Ink>(index.data(DetailTableModel::kBarInkRole).toInt())));
        }
        // All texts of a row stand on one line, above the bars.
        const QFont font = smallFont(option.font);
        painter->setFont(font);
        painter->setPen(m_theme.text);
        painter->drawText(inside.adjusted(0, 0, 0, -kBarHeight), index.data(Qt::TextAlignmentRole).toInt(),
                          QFontMetrics(font).elidedText(index.data().toString(), Qt::ElideRight, inside.width()));
    }

  private:
    Theme m_theme = darkTheme();
};

// Heads in as little room as the texts below them: the style sheet's keep some for a sign of sorting at all times.
class DetailHeader : public QHeaderView {
  public:
    explicit DetailHeader(QWidget* parent) : QHeaderView(Qt::Horizontal, parent) {}
    void setTheme(const Theme& theme) { m_theme = theme; }

    QSize sizeHint() const override {
        return {QHeaderView::sizeHint().width(), QFontMetrics(smallFont(font())).height() + kHeadPadding};
    }

  protected:
    void paintSection(QPainter* painter, const QRect& rect, int section) const override {
        painter->fillRect(rect, m_theme.panel);
        painter->fillRect(QRect(rect.left(), rect.bottom(), rect.width(), 1), m_theme.border);
        const auto head = [&](int role) { return model()->headerData(section, orientation(), role); };
        QString text = head(Qt::DisplayRole).toString();
        if (isSortIndicatorShown() && sortIndicatorSection() == section)
            text += sortIndicatorOrder() == Qt::AscendingOrder ? QStringLiteral(" ▴") : QStringLiteral(" ▾");
        const QFont font = smallFont(this->font());
        painter->setFont(font);
        painter->setPen(m_theme.muted);
        const QRect inside = rect.adjusted(kPadding + (section == 0 ? kFocusBar : 0), 0, -kPadding, -1);
        painter->drawText(inside, head(Qt::TextAlignmentRole).toInt(),
                          QFontMetrics(font).elidedText(text, Qt::ElideRight, inside.width()));
    }

  private:
    Theme m_theme = darkTheme();
};

DetailTable::DetailTable(const QString& objectName, const QString& accessibleName, QWidget* parent)
    : QTableView(parent), m_delegate(new DetailDelegate(this)), m_header(new DetailHeader(this)) {
    setObjectName(objectName);
    setAccessibleName(accessibleName);
    setModel(&m_model);
    setItemDelegate(m_delegate);
    setHorizontalHeader(m_header);
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
    verticalHeader()->hide();
    verticalHeader()->setSectionResizeMode(QHeaderView::Fixed);
    verticalHeader()->setMinimumSectionSize(0);
    verticalHeader()->setDefaultSectionSize(fontMetrics().height() + kRowPadding);
    horizontalHeader()->setHighlightSections(false);
    horizontalHeader()->setMinimumSectionSize(16);
    horizontalHeader()->setSectionsClickable(true);
    horizontalHeader()->setSectionResizeMode(QHeaderView::Fixed);
    horizontalHeader()->setSortIndicatorClearable(true);
    horizontalHeader()->setSortIndicator(-1, Qt::AscendingOrder);
    horizontalHeader()->setAccessibleName(tr("Columns"));
    setSortingEnabled(true);
    horizontalHeader()->setSortIndicatorShown(false);
    connect(horizontalHeader(), &QHeaderView::sortIndicatorChanged, this,
            [this](int section) { horizontalHeader()->setSortIndicatorShown(section >= 0); });
    setFocusPolicy(Qt::NoFocus);
    connect(&m_model, &QAbstractItemModel::modelReset, this, [this] {
        horizontalHeader()->setSortIndicator(-1, Qt::AscendingOrder);
        fitColumns();
    });
}

void DetailTable::setTheme(const Theme& theme) {
    m_delegate->setTheme(theme);
    m_header->setTheme(theme);
    m_header->viewport()->update();
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
    fitColumns();
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

// What stands in the rows comes first, then the heads; the rest is shared.
void DetailTable::fitColumns() {
    const QFontMetrics metrics(smallFont(font()));
    std::vector<int> widths, heads;  // what texts need; what heads need beyond that
    for (const DetailColumn& column : m_model.rows().columns) {
        const int around = 2 * kPadding + 1 + (widths.empty() ? kFocusBar : 0);
        const int mark = column.series ? kMarkWidth + kMarkGap : 0;
        widths.push_back(metrics.horizontalAdvance(column.widest) + mark + around);
        heads.push_back(std::max(0, metrics.horizontalAdvance(column.head) + around - widths.back()));
    }
    const auto give = [&](int room, const std::vector<int>& wanted) {
        const int all = std::accumulate(wanted.begin(), wanted.end(), 0);
        int before = 0;
        for (std::size_t i = 0; i < wanted.size() && all > 0; ++i) {
            const int last = before;
            before += wanted[i];
            const auto share = [&](int part) { return static_cast<int>(std::int64_t{part} * room / all); };
            widths[i] += share(before) - share(last);
        }
    };
    const auto left = [&] { return viewport()->width() - std::accumulate(widths.begin(), widths.end(), 0); };
    if (widths.empty()) return;
    if (left() > 0) give(std::min(left(), std::accumulate(heads.begin(), heads.end(), 0)), heads);
    // Wider or narrower, by its width.
    give(left(), std::vector<int>(widths));
    for (std::size_t i = 0; i < widths.size(); ++i) setColumnWidth(static_cast<int>(i), widths[i]);
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
    // The focus is where it can be seen.
    if (event->reason() != Qt::MouseFocusReason) scrollTo(currentIndex());
    viewport()->update();
}

void DetailTable::contextMenuEvent(QContextMenuEvent* event) {
    auto* menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    fillMenu(*menu);
    menu->popup(event->globalPos());
}

void DetailTable::fillMenu(QMenu& menu) {
    menu.addAction(tr("Copy as text"), this, &DetailTable::copy)->setObjectName(QStringLiteral("copyRows"));
    menu.addSeparator();
    for (int i = 0; i < m_model.columnCount(); ++i) {
        const DetailColumn& column = m_model.rows().columns[static_cast<std::size_t>(i)];
        if (!column.value) continue;
        const Qt::SortOrder order = column.number ? Qt::DescendingOrder : Qt::AscendingOrder;
        menu.addAction(tr("Sort by %1").arg(column.head), this, [this, i, order] { sortByColumn(i, order); });
    }
    menu.addAction(tr("As it was"), this, [this] { sortByColumn(-1, Qt::AscendingOrder); })
        ->setObjectName(QStringLiteral("sortAsItWas"));
    emit menuWanted(menu);
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
