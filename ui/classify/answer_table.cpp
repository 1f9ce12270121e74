#include "classify/answer_table.h"

#include <QHeaderView>
#include <QPainter>
#include <QSignalBlocker>
#include <QStyledItemDelegate>
#include <algorithm>

#include "classify/answer_filter.h"
#include "classify/answer_words.h"
#include "classify/picture_painting.h"
#include "look/fonts.h"

namespace condenser {
namespace {

constexpr int kRow = 40, kPicture = 32, kMargin = 3;            // pixels
constexpr int kLeastName = 115, kMostWords = 104, kSorted = 5;  // the arrow of the column that is sorted by
constexpr int kHead = 15;                                       // around a head
constexpr int kSample = 60;                                     // rows that are measured for the columns' widths

}  // namespace

// Texts in the colours of what they say; the first column has the picture as well.
class AnswerCells : public QStyledItemDelegate {
  public:
    explicit AnswerCells(QObject* parent) : QStyledItemDelegate(parent), m_theme(darkTheme()) {}
    void setTheme(const Theme& theme) { m_theme = theme; }

    void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override {
        const auto* filter = qobject_cast<const AnswerFilter*>(index.model());
        if (filter == nullptr) return;
        const AnsweredPicture& picture = filter->at(index);
        const bool failed = picture.state == AnsweredPicture::State::kFailed;
        painter->save();
        const bool selected = option.state & QStyle::State_Selected;
        if (selected) painter->fillRect(option.rect, m_theme.selected);
        // The row that the keys move from, along its whole length.
        const auto* view = qobject_cast<const QTableView*>(option.widget);
        if (view != nullptr && view->hasFocus() && view->currentIndex().row() == index.row()) {
            painter->setPen(m_theme.accent);
            painter->drawLine(option.rect.topLeft(), option.rect.topRight());
            painter->drawLine(option.rect.bottomLeft(), option.rect.bottomRight());
        }
        QRect words = option.rect.adjusted(kMargin, 0, -kMargin, 0);
        QString text = index.data(Qt::DisplayRole).toString();
        QColor ink = m_theme.text;
        QFont font = option.font;
        switch (index.column()) {
            case AnswerModel::kPicture: {
                const QRect room(words.left(), words.center().y() - kPicture / 2 + 1, kPicture, kPicture);
                const QImage seen = picture.seen.image();
                if (seen.isNull()) {
                    painter->setFont(font);
                    painter->setPen(failed ? m_theme.error : m_theme.muted);
                    painter->drawText(room, Qt::AlignCenter, failed ? QStringLiteral("!") : QStringLiteral("…"));
                } else {
                    paintPicture(*painter, seen, room);
                }
                words.setLeft(room.right() + 1 + 2 * kMargin);
                text = picture.name;
                break;
            }
            case AnswerModel::kAnswer:
                if (failed) {
                    text = tr("not readable");
                    ink = m_theme.error;
                }
                font.setBold(true);
                break;
            case AnswerModel::kAgreement:
                if (picture.disagreeUnexpectedly()) ink = m_theme.error;
                break;
            case AnswerModel::kTruth:
                if (picture.wrong()) {
                    text.prepend(QStringLiteral("✕ "));
                    ink = m_theme.error;
                }
                break;
            default:
                break;
        }
        const QVariant side = index.data(Qt::TextAlignmentRole);
        const int alignment = side.isValid() ? side.toInt() : static_cast<int>(Qt::AlignLeft | Qt::AlignVCenter);
        painter->setFont(font);
        painter->setPen(ink);
        painter->drawText(words, alignment | Qt::TextSingleLine,
                          QFontMetrics(font).elidedText(text, Qt::ElideMiddle, words.width()));
        painter->restore();
    }

    QSize sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const override {
        QFont font = option.font;
        font.setBold(index.column() == AnswerModel::kAnswer);
        const QString text = index.data(Qt::DisplayRole).toString();
        return {QFontMetrics(font).horizontalAdvance(text) + 2 * kMargin + 2, kRow};
    }

  private:
    Theme m_theme;
};

AnswerTable::AnswerTable(AnswerFilter& filter, QWidget* parent)
    : QTableView(parent), m_filter(filter), m_cells(new AnswerCells(this)) {
    setModel(&filter);
    setItemDelegate(m_cells);
    setSelectionBehavior(QAbstractItemView::SelectRows);
    setSelectionMode(QAbstractItemView::ExtendedSelection);
    setEditTriggers(QAbstractItemView::NoEditTriggers);
    setShowGrid(false);
    setTabKeyNavigation(false);
    setWordWrap(false);
    setAcceptDrops(false);
    setVerticalScrollMode(QAbstractItemView::ScrollPerPixel);
    setHorizontalScrollMode(QAbstractItemView::ScrollPerPixel);
    setProperty("narrow", true);
    verticalHeader()->hide();
    verticalHeader()->setSectionResizeMode(QHeaderView::Fixed);
    verticalHeader()->setDefaultSectionSize(kRow);
    QHeaderView* head = horizontalHeader();
    head->setObjectName(QStringLiteral("answerColumns"));
    head->setAccessibleName(tr("Columns of the answers"));
    head->setHighlightSections(false);
    head->setDefaultAlignment(Qt::AlignLeft | Qt::AlignVCenter);
    head->setSectionsClickable(true);
    head->setMinimumSectionSize(40);
    // The true class beside the answer: at the narrowest both are seen.
    head->moveSection(AnswerModel::kTruth, AnswerModel::kAnswer + 1);
    // As they came, until a column is chosen; the third click on it goes back to that.
    head->setSortIndicatorClearable(true);
    head->setSortIndicator(-1, Qt::AscendingOrder);
    setSortingEnabled(true);
    connect(head, &QHeaderView::sortIndicatorChanged, this, &AnswerTable::fitColumns);
}

void AnswerTable::setTheme(const Theme& theme) {
    m_cells->setTheme(theme);
    viewport()->update();
}

void AnswerTable::refresh(bool trueClasses) {
    const bool changed = isColumnHidden(AnswerModel::kTruth) == trueClasses;
    setColumnHidden(AnswerModel::kTruth, !trueClasses);
    if (changed || !m_fitted) fitColumns();
}

void AnswerTable::showOrder() {
    const QSignalBlocker quiet(horizontalHeader());  // it is in that order
    horizontalHeader()->setSortIndicator(m_filter.sortColumn(), m_filter.sortOrder());
    fitColumns();
}

// By what the first rows say; the names take what is left.
void AnswerTable::fitColumns() {
    const QAbstractItemModel& rows = *model();
    const int sample = std::min(kSample, rows.rowCount());
    m_fitted = sample > 0;
    for (int row = 0; row < sample; ++row) {
        if (m_filter.at(rows.index(row, 0)).state == AnsweredPicture::State::kWaiting) m_fitted = false;
    }
    int used = 0;
    for (int column = AnswerModel::kPicture + 1; column < rows.columnCount(); ++column) {
        if (isColumnHidden(column)) continue;
        const QString head = rows.headerData(column, Qt::Horizontal, Qt::DisplayRole).toString();
        int width = QFontMetrics(smallFont(font())).size(0, head).width() + kHead;
        if (column == m_filter.sortColumn()) width += kSorted;
        QStyleOptionViewItem option;
        initViewItemOption(&option);
        for (int row = 0; row < sample; ++row)
            width = std::max(width, m_cells->sizeHint(option, rows.index(row, column)).width());
        // Both words and a name: "no, condensed: ring".
        width = std::min(width, column == AnswerModel::kAgreement ? 2 * kMostWords : kMostWords);
        setColumnWidth(column, width);
        used += width;
    }
    setColumnWidth(AnswerModel::kPicture, std::max(kLeastName, viewport()->width() - used));
}

void AnswerTable::resizeEvent(QResizeEvent* event) {
    QTableView::resizeEvent(event);
    fitColumns();
}

}  // namespace condenser
