#include "classify/confusion_table.h"

#include <QHeaderView>
#include <QKeyEvent>
#include <QPainter>
#include <QStyledItemDelegate>
#include <QWheelEvent>
#include <algorithm>
#include <cmath>

#include "classify/confusion_painting.h"
#include "look/fonts.h"

namespace condenser {
namespace {

constexpr int kLeastWide = 24, kLeastHigh = 20, kWidest = 76, kHighest = 44;  // pixels of a cell that fits
constexpr int kGapFrom = 10;                                                  // pixels of a cell
constexpr int kLeastZoomed = 4, kMostZoomed = 96;
constexpr double kZoomStep = 1.25;
constexpr int kLongestName = 110, kPadding = 6;  // pixels of a head

}  // namespace

class ConfusionDelegate : public QStyledItemDelegate {
  public:
    using QStyledItemDelegate::QStyledItemDelegate;
    void setTheme(const Theme& theme) { m_theme = theme; }
    void setChosen(const std::optional<AnswerFilter::Cell>& cell) { m_chosen = cell; }
    bool hasChosen() const { return m_chosen.has_value(); }

    void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override {
        const auto* model = static_cast<const ConfusionModel*>(index.model());
        const auto* view = qobject_cast<const QTableView*>(option.widget);
        // A hairline of the ground between cells, where they are large enough.
        const int gap = std::min(option.rect.width(), option.rect.height()) >= kGapFrom ? 1 : 0;
        const QRectF area = QRectF(option.rect).adjusted(0, 0, -gap, -gap);
        painter->save();
        paintConfusionCell(*painter, area,
                           {index.data().toString(), index.data(ConfusionModel::kShareRole).toDouble(),
                            index.data(ConfusionModel::kRightRole).toBool()},
                           m_theme, model->confusion().judged, smallFont(option.font));
        const auto outline = [&](const QColor& colour, double inset) {
            painter->setBrush(Qt::NoBrush);
            painter->setPen(QPen(colour, 2, Qt::SolidLine, Qt::SquareCap, Qt::MiterJoin));
            painter->drawRect(area.adjusted(inset, inset, -inset, -inset));
        };
        const bool here = view != nullptr && view->hasFocus() && view->currentIndex() == index;
        const AnswerFilter::Cell cell = model->cellOf(index);
        const bool chosen = m_chosen && m_chosen->judged == cell.judged && m_chosen->truth == cell.truth &&
                            (m_chosen->answer == cell.answer || m_chosen->answer < 0);
        if (chosen) outline(m_theme.text, 1);
        if (here) outline(m_theme.accent, chosen ? 3 : 1);
        if (!here && !chosen && option.state.testFlag(QStyle::State_MouseOver)) outline(m_theme.muted, 1);
        painter->restore();
    }

  private:
    Theme m_theme = darkTheme();
    std::optional<AnswerFilter::Cell> m_chosen;
};

// Names of classes: those of the columns stand upright where they are wider than their column. Of many, some.
class ConfusionHeader : public QHeaderView {
  public:
    ConfusionHeader(Qt::Orientation orientation, QWidget* parent) : QHeaderView(orientation, parent) {
        setSectionResizeMode(Fixed);
        setMinimumSectionSize(1);
        setSectionsClickable(false);
        setHighlightSections(false);
        setFocusPolicy(Qt::NoFocus);
    }
    void setTheme(const Theme& theme) { m_theme = theme; }

    int longest() const {
        const QFontMetrics metrics(smallFont(font()));
        int widest = 0;
        for (int i = 0; i < count(); ++i) widest = std::max(widest, metrics.horizontalAdvance(nameOf(i)));
        return std::min(widest, kLongestName);
    }
    bool upright() const { return orientation() == Qt::Horizontal && longest() + kPadding > defaultSectionSize(); }
    QSize sizeHint() const override {
        const int line = QFontMetrics(smallFont(font())).height();
        if (orientation() == Qt::Vertical) return {longest() + 2 * kPadding, line};
        return {line, (upright() ? longest() + kPadding : line) + kPadding};
    }

  protected:
    void paintSection(QPainter* painter, const QRect& rect, int section) const override {
        const QFont small = smallFont(font());
        const int line = QFontMetrics(small).height();
        const bool across = orientation() == Qt::Vertical || upright();
        // So that names do not run into each other.
        const int every = across ? std::max(1, (line - 2 + defaultSectionSize() - 1) / defaultSectionSize()) : 1;
        const auto* view = static_cast<const QTableView*>(parent());
        const QModelIndex current = view->hasFocus() ? view->currentIndex() : QModelIndex();
        const bool here =
            current.isValid() && section == (orientation() == Qt::Vertical ? current.row() : current.column());
        if (section % every != 0) return;
        QFont font = small;
        font.setBold(here);
        painter->save();
        painter->setFont(font);
        painter->setPen(here ? m_theme.text : m_theme.muted);
        const QFontMetrics metrics(font);
        if (orientation() == Qt::Vertical) {
            QRect area = rect.adjusted(0, 0, -kPadding, 0);
            area.setHeight(std::max(area.height(), line));
            area.moveCenter({area.center().x(), rect.center().y()});
            painter->drawText(area, Qt::AlignRight | Qt::AlignVCenter,
                              metrics.elidedText(nameOf(section), Qt::ElideRight, area.width()));
        } else if (upright()) {
            painter->translate(rect.left(), rect.bottom() - kPadding / 2);
            painter->rotate(-90);
            QRect area(0, 0, rect.height() - kPadding / 2, std::max(rect.width(), line));
            area.moveCenter({area.center().x(), rect.width() / 2});
            painter->drawText(area, Qt::AlignLeft | Qt::AlignVCenter,
                              metrics.elidedText(nameOf(section), Qt::ElideRight, area.width()));
        } else {
            painter->drawText(rect, Qt::AlignCenter, metrics.elidedText(nameOf(section), Qt::ElideRight, rect.width()));
        }
        painter->restore();
    }

  private:
    QString nameOf(int section) const {
        return model()->headerData(section, orientation(), Qt::DisplayRole).toString();
    }

    Theme m_theme = darkTheme();
};

ConfusionTable::ConfusionTable(ConfusionModel& model, QWidget* parent)
    : QTableView(parent),
      m_matrix(model),
      m_delegate(new ConfusionDelegate(this)),
      m_answers(new ConfusionHeader(Qt::Horizontal, this)),
      m_truths(new ConfusionHeader(Qt::Vertical, this)) {
    setObjectName(QStringLiteral("confusionTable"));
    setAccessibleName(tr("Confusion matrix"));
    setModel(&model);
    setItemDelegate(m_delegate);
    setHorizontalHeader(m_answers);
    setVerticalHeader(m_truths);
    m_answers->setObjectName(QStringLiteral("confusionAnswers"));
    m_answers->setAccessibleName(tr("Answers"));
    m_truths->setObjectName(QStringLiteral("confusionTruths"));
    m_truths->setAccessibleName(tr("True classes"));
    setShowGrid(false);
    setWordWrap(false);
    setCornerButtonEnabled(false);
    setTabKeyNavigation(false);
    setMouseTracking(true);
    viewport()->setAttribute(Qt::WA_Hover);
    setSelectionMode(SingleSelection);
    setSelectionBehavior(SelectItems);
    setEditTriggers(NoEditTriggers);
    setHorizontalScrollMode(ScrollPerPixel);
    setVerticalScrollMode(ScrollPerPixel);
    connect(this, &QAbstractItemView::clicked, this, &ConfusionTable::choose);
    connect(&model, &QAbstractItemModel::modelReset, this, [this] {
        m_zoomed.reset();
        fit();
    });
}

void ConfusionTable::setTheme(const Theme& theme) {
    m_delegate->setTheme(theme);
    m_answers->setTheme(theme);
    m_truths->setTheme(theme);
    for (QWidget* part : {viewport(), m_answers->viewport(), m_truths->viewport()}) part->update();
}

void ConfusionTable::setChosen(const std::optional<AnswerFilter::Cell>& cell) {
    m_delegate->setChosen(cell);
    viewport()->update();
}

// The names of the rows take their room first, then cells become as wide as fits; whether the names above them stand
// upright depends on that, and how high cells can be depends on those.
void ConfusionTable::fit() {
    const int count = m_matrix.rowCount();
    if (m_fitting || count == 0) return;
    m_fitting = true;
    const int frame = 2 * frameWidth();
    const int width = (this->width() - frame - m_truths->sizeHint().width()) / count;
    m_answers->setDefaultSectionSize(m_zoomed.value_or(std::clamp(width, kLeastWide, kWidest)));
    const int height = (this->height() - frame - m_answers->sizeHint().height()) / count;
    m_truths->setDefaultSectionSize(m_zoomed.value_or(std::clamp(height, kLeastHigh, kHighest)));
    updateGeometries();
    m_fitting = false;
}

void ConfusionTable::zoom(double factor, const QModelIndex& around) {
    const int now = std::min(m_answers->defaultSectionSize(), m_truths->defaultSectionSize());
    const int wanted = static_cast<int>(factor > 1 ? std::ceil(now * factor) : std::floor(now * factor));
    m_zoomed = std::clamp(wanted, kLeastZoomed, kMostZoomed);
    fit();
    if (around.isValid()) scrollTo(around, PositionAtCenter);
}

void ConfusionTable::choose(const QModelIndex& index) {
    if (index.isValid()) emit chosen(m_matrix.cellOf(index));
}

// Esc is a shortcut of the window, too; here it first lets the cell go.
bool ConfusionTable::event(QEvent* event) {
    if (event->type() == QEvent::ShortcutOverride && static_cast<QKeyEvent*>(event)->key() == Qt::Key_Escape &&
        m_delegate->hasChosen()) {
        event->accept();
        return true;
    }
    return QTableView::event(event);
}

void ConfusionTable::keyPressEvent(QKeyEvent* event) {
    switch (event->key()) {
        case Qt::Key_Return:
        case Qt::Key_Enter:
        case Qt::Key_Space:
            return choose(currentIndex());
        case Qt::Key_Escape:
            return emit cleared();
        case Qt::Key_Plus:
        case Qt::Key_Equal:
            return zoom(kZoomStep, currentIndex());
        case Qt::Key_Minus:
            return zoom(1 / kZoomStep, currentIndex());
        case Qt::Key_0:
            m_zoomed.reset();
            return fit();
        default:
            QTableView::keyPressEvent(event);
    }
}

void ConfusionTable::mouseMoveEvent(QMouseEvent* event) {
    QTableView::mouseMoveEvent(event);
    emit pointedAt(indexAt(event->position().toPoint()));
}

void ConfusionTable::leaveEvent(QEvent* event) {
    QTableView::leaveEvent(event);
    emit pointedAt({});
}

void ConfusionTable::wheelEvent(QWheelEvent* event) {
    if (!event->modifiers().testFlag(Qt::ControlModifier)) return QTableView::wheelEvent(event);
    const int turned = event->angleDelta().y();
    if (turned != 0) zoom(turned > 0 ? kZoomStep : 1 / kZoomStep, indexAt(event->position().toPoint()));
    event->accept();
}

void ConfusionTable::focusInEvent(QFocusEvent* event) {
    QTableView::focusInEvent(event);
    if (!currentIndex().isValid() && event->reason() != Qt::MouseFocusReason)
        selectionModel()->setCurrentIndex(m_matrix.index(0, 0), QItemSelectionModel::NoUpdate);
}

void ConfusionTable::resizeEvent(QResizeEvent* event) {
    QTableView::resizeEvent(event);
    fit();
}

void ConfusionTable::currentChanged(const QModelIndex& current, const QModelIndex& previous) {
    QTableView::currentChanged(current, previous);
    m_answers->viewport()->update();
    m_truths->viewport()->update();
}

}  // namespace condenser
