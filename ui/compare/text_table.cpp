#include "compare/text_table.h"

#include <QClipboard>
#include <QGuiApplication>
#include <QHeaderView>
#include <QKeyEvent>
#include <QPainter>
#include <algorithm>

#include "look/fonts.h"

namespace condenser {
namespace {

constexpr int kRowPadding = 2, kHeadPadding = 14, kLeastText = 72, kMostText = 160;  // pixels

Qt::Alignment alignmentOf(const TextTable& table, int column) {
    return Qt::AlignVCenter | (column < table.texts ? Qt::AlignLeft : Qt::AlignRight);
}

int linesOf(const TextRow& row) {
    return static_cast<int>(row.cells.value(0).count(u'\n')) + 1;
}

QString inOneLine(QString cell) {
    return cell.replace(u'\n', u' ');
}

template <class Join>
QString written(const TextTable& table, Join join) {
    QString text = join(table.heads) + u'\n';
    for (const TextRow& row : table.rows) text += join(row.cells) + u'\n';
    return text;
}

}  // namespace

QString TextTable::csv() const {
    return written(*this, [](const QStringList& cells) {
        QStringList quoted;
        for (const QString& cell : cells) quoted << csvCell(inOneLine(cell));
        return quoted.join(u',');
    });
}

QString TextTable::tabbed() const {
    return written(*this, [](const QStringList& cells) { return inOneLine(cells.join(u'\t')); });
}

Ink TextTable::inkOf(const TextRow& row, int column) const {
    if (column == 0) return row.ink;
    const auto at = static_cast<std::size_t>(column - 1);
    return at < inks.size() ? inks[at] : Ink::kText;
}

// ---- model ----------------------------------------------------------------------------------------------------------

void TextTableModel::set(TextTable table) {
    // Where only texts change, selection and place stay.
    const bool same = table.heads == m_table.heads && table.rows.size() == m_table.rows.size() && !table.rows.empty();
    if (!same) beginResetModel();
    m_table = std::move(table);
    if (!same) return endResetModel();
    emit dataChanged(index(0, 0), index(rowCount() - 1, columnCount() - 1));
}

void TextTableModel::setTheme(const Theme& theme) {
    m_theme = theme;
    if (rowCount() > 0) emit dataChanged(index(0, 0), index(rowCount() - 1, columnCount() - 1), {Qt::ForegroundRole});
}

int TextTableModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(m_table.rows.size());
}

int TextTableModel::columnCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(m_table.heads.size());
}

QVariant TextTableModel::data(const QModelIndex& index, int role) const {
    if (!index.isValid()) return {};
    const TextRow& row = m_table.rows[static_cast<std::size_t>(index.row())];
    switch (role) {
        case Qt::DisplayRole:
            return row.cells.value(index.column());
        case Qt::ToolTipRole:
            return row.words.isEmpty() ? QVariant() : row.words;
        case Qt::TextAlignmentRole:
            return static_cast<int>(alignmentOf(m_table, index.column()));
        case Qt::ForegroundRole:
            return m_theme.ink(m_table.inkOf(row, index.column()));
        case Qt::AccessibleTextRole:
            return QStringLiteral("%1: %2").arg(m_table.heads.value(index.column()),
                                                inOneLine(row.cells.value(index.column())));
        default:
            return {};
    }
}

QVariant TextTableModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal) return {};
    if (role == Qt::DisplayRole) return m_table.heads.value(section);
    if (role == Qt::TextAlignmentRole) return static_cast<int>(alignmentOf(m_table, section));
    return {};
}

// ---- view -----------------------------------------------------------------------------------------------------------

TextTableView::TextTableView(bool choosing, QWidget* parent) : QTableView(parent) {
    setModel(&m_model);
    setProperty("narrow", true);
    setShowGrid(false);
    setWordWrap(false);
    setTabKeyNavigation(false);
    setCornerButtonEnabled(false);
    setSelectionBehavior(SelectRows);
    setSelectionMode(choosing ? ExtendedSelection : NoSelection);
    setFocusPolicy(Qt::NoFocus);  // until there is a row
    setHorizontalScrollMode(ScrollPerPixel);
    setVerticalScrollMode(ScrollPerPixel);
    setTextElideMode(Qt::ElideMiddle);
    verticalHeader()->hide();
    verticalHeader()->setSectionResizeMode(QHeaderView::Fixed);
    horizontalHeader()->setHighlightSections(false);
    horizontalHeader()->setSectionResizeMode(QHeaderView::Fixed);
    horizontalHeader()->setTextElideMode(Qt::ElideMiddle);
    horizontalHeader()->setMinimumSectionSize(24);
    fitRows();
}

void TextTableView::set(TextTable table) {
    setFocusPolicy(table.rows.empty() ? Qt::NoFocus : Qt::StrongFocus);
    m_model.set(std::move(table));
    fitRows();
    fitColumns();
}

void TextTableView::setTheme(const Theme& theme) {
    m_model.setTheme(theme);
    m_frame = theme.accent;
    viewport()->update();
}

void TextTableView::fitRows() {
    const int line = fontMetrics().height();
    verticalHeader()->setMinimumSectionSize(line + kRowPadding);
    verticalHeader()->setDefaultSectionSize(line + kRowPadding);
    for (int row = 0; row < m_model.rowCount(); ++row) {
        setRowHeight(row, linesOf(table().rows[static_cast<std::size_t>(row)]) * line + kRowPadding);
    }
}

// The first column and numbers are shown whole, other texts share what is left; where that is too little the view
// scrolls.
void TextTableView::fitColumns() {
    const int columns = m_model.columnCount();
    if (columns == 0) return;
    std::vector<int> widths(static_cast<std::size_t>(columns));
    int all = 0;
    for (int column = 0; column < columns; ++column) {
        int& width = widths[static_cast<std::size_t>(column)];
        const int head = fontMetrics().horizontalAdvance(table().heads.value(column)) + kHeadPadding;
        width = std::max(sizeHintForColumn(column), head);
        all += width;
    }
    const int room = viewport()->width();
    int least = all;
    for (int column = 1; column < table().texts; ++column) {
        least -= std::max(0, widths[static_cast<std::size_t>(column)] - kLeastText);
    }
    // If it scrolls in any case, texts may as well be read.
    const bool scrolls = least > room;
    for (int column = table().texts - 1; column > 0 && all > room; --column) {
        int& width = widths[static_cast<std::size_t>(column)];
        const int less = scrolls ? std::max(0, width - kMostText) : std::clamp(width - kLeastText, 0, all - room);
        width -= less;
        all -= less;
    }
    // What is left over lies between the columns, as in a table in print.
    const int extra = std::max(0, room - all) / columns;
    for (int column = 0; column < columns; ++column) {
        setColumnWidth(column, widths[static_cast<std::size_t>(column)] + extra);
    }
}

void TextTableView::resizeEvent(QResizeEvent* event) {
    QTableView::resizeEvent(event);
    fitColumns();
}

void TextTableView::changeEvent(QEvent* event) {
    QTableView::changeEvent(event);
    if (event->type() != QEvent::FontChange && event->type() != QEvent::StyleChange) return;
    fitRows();
    fitColumns();
}

void TextTableView::keyPressEvent(QKeyEvent* event) {
    if (event == QKeySequence::Copy) {
        QGuiApplication::clipboard()->setText(table().tabbed());
        return;
    }
    QTableView::keyPressEvent(event);
}

void TextTableView::focusInEvent(QFocusEvent* event) {
    QTableView::focusInEvent(event);
    if (m_model.rowCount() > 0 && !currentIndex().isValid()) {
        selectionModel()->setCurrentIndex(m_model.index(0, 0), QItemSelectionModel::NoUpdate);
    }
    viewport()->update();
}

void TextTableView::focusOutEvent(QFocusEvent* event) {
    QTableView::focusOutEvent(event);
    viewport()->update();
}

void TextTableView::paintEvent(QPaintEvent* event) {
    QTableView::paintEvent(event);
    if (!hasFocus() || !currentIndex().isValid()) return;
    QRect row = visualRect(currentIndex());
    row.setLeft(0);
    row.setRight(viewport()->width() - 1);
    QPainter painter(viewport());
    painter.setPen(m_frame);
    painter.drawRect(row.adjusted(0, 0, 0, -1));
}

// ---- taking it out --------------------------------------------------------------------------------------------------

Exhibit TextTableView::exhibit(const QString& name, const QString& title, const QString& words,
                               const Theme& theme) const {
    constexpr int kMargin = 14;
    std::vector<int> widths;
    int width = 0;
    for (int column = 0; column < m_model.columnCount(); ++column) {
        widths.push_back(columnWidth(column));
        width += columnWidth(column);
    }
    const auto heightOf = [](const TextRow& row, const QFontMetrics& metrics) {
        return linesOf(row) * metrics.height() + 4 * kRowPadding;
    };
    const int line = fontMetrics().height() + 4 * kRowPadding;
    int rows = 2 * line;
    for (const TextRow& row : table().rows) rows += heightOf(row, fontMetrics());
    const int below = words.isEmpty() ? 0
                                      : QFontMetrics(smallFont(font()))
                                            .boundingRect(QRect(0, 0, width, 1 << 14), Qt::TextWordWrap, words)
                                            .height();
    const QSize size(width + 2 * kMargin, rows + below + kMargin);
    const auto paint = [table = table(), widths, heightOf, line, rows, size, title, words, theme,
                        font = font()](QPainter& painter) {
        painter.fillRect(QRect(QPoint(), size), theme.panel);
        QFont bold = font;
        bold.setBold(true);
        painter.setFont(bold);
        painter.setPen(theme.text);
        painter.drawText(QRect(kMargin, 0, size.width() - 2 * kMargin, line), Qt::AlignVCenter | Qt::AlignLeft, title);
        const auto paintCells = [&](const QStringList& cells, int top, int height, auto colour) {
            const QFontMetrics metrics(painter.font());
            int left = kMargin;
            for (int column = 0; column < static_cast<int>(widths.size()); ++column) {
                const int room = widths[static_cast<std::size_t>(column)];
                painter.setPen(colour(column));
                painter.drawText(
                    QRect(left + 3, top, room - 6, height), static_cast<int>(alignmentOf(table, column)),
                    column == 0 ? cells.value(0) : metrics.elidedText(cells.value(column), Qt::ElideMiddle, room - 6));
                left += room;
            }
        };
        painter.setFont(smallFont(font));
        paintCells(table.heads, line, line, [&](int) { return theme.muted; });
        painter.setFont(font);
        const QFontMetrics metrics(font);
        int top = 2 * line;
        for (const TextRow& row : table.rows) {
            painter.fillRect(QRect(kMargin, top, size.width() - 2 * kMargin, 1), theme.grid);
            const int height = heightOf(row, metrics);
            paintCells(row.cells, top, height, [&](int column) { return theme.ink(table.inkOf(row, column)); });
            top += height;
        }
        painter.setFont(smallFont(font));
        painter.setPen(theme.muted);
        painter.drawText(QRect(kMargin, rows + kRowPadding, size.width() - 2 * kMargin, size.height() - rows),
                         Qt::TextWordWrap | Qt::AlignLeft | Qt::AlignTop, words);
    };
    return {name, size, paint, [table = table()] { return table.csv(); }};
}

}  // namespace condenser
