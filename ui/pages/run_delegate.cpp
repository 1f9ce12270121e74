#include "pages/run_delegate.h"

#include <QLineEdit>
#include <QPainter>
#include <QPainterPath>
#include <QTableView>
#include <algorithm>

#include "models/run_list_model.h"
#include "models/run_words.h"

namespace condenser {
namespace {

constexpr int kRowPadding = 10, kCellPadding = 8;  // pixels; above and below together, and at each side
constexpr int kSign = 10, kSignGap = 8;
constexpr double kRing = 2;
constexpr int kBar = 3;  // where the keyboard is
constexpr int kLongestName = 200;

using Model = RunListModel;

// A shape for each state, so that it is told without its colour: a triangle goes on, a square stands, a tick is done,
// a cross failed, a warning was cut short, a question mark cannot be read.
void paintSign(QPainter& painter, const QRectF& box, StoredRunState state, bool readable, const Theme& theme) {
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    const auto line = [&](const QColor& colour) {
        painter.setPen(QPen(colour, 1.75, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
        painter.setBrush(Qt::NoBrush);
    };
    const auto fill = [&](const QColor& colour) {
        painter.setPen(Qt::NoPen);
        painter.setBrush(colour);
    };
    const auto at = [&](double x, double y) {
        return QPointF(box.left() + x * box.width(), box.top() + y * box.height());
    };
    if (!readable) {
        QFont font = painter.font();
        font.setBold(true);
        painter.setFont(font);
        painter.setPen(theme.error);
        painter.drawText(box.adjusted(-4, -4, 4, 4), Qt::AlignCenter, QStringLiteral("?"));
        painter.restore();
        return;
    }
    switch (state) {
        case StoredRunState::kRunning:
            fill(theme.test);
            painter.drawPolygon(QPolygonF{at(0.1, 0), at(1, 0.5), at(0.1, 1)});
            break;
        case StoredRunState::kInterrupted:
            line(theme.warning);
            painter.drawPolygon(QPolygonF{at(0.5, 0), at(1.05, 1), at(-0.05, 1)});
            painter.drawLine(at(0.5, 0.4), at(0.5, 0.65));
            break;
        case StoredRunState::kStopped:
            fill(theme.muted);
            painter.drawRect(QRectF(at(0.1, 0.1), at(0.9, 0.9)));
            break;
        case StoredRunState::kFinished:
            line(theme.test);
            painter.drawPolyline(QPolygonF{at(0, 0.55), at(0.35, 0.9), at(1, 0.1)});
            break;
        case StoredRunState::kFailed:
            line(theme.error);
            painter.drawLine(at(0.1, 0.1), at(0.9, 0.9));
            painter.drawLine(at(0.9, 0.1), at(0.1, 0.9));
            break;
    }
    painter.restore();
}

// Cells from here on of an unreadable run hold nothing but the reason.
bool belongsToProblem(const QModelIndex& index) {
    return index.column() >= Model::kData && index.column() != Model::kDisk &&
           !index.data(Model::kProblemRole).toString().isEmpty();
}

}  // namespace

RunDelegate::RunDelegate(QObject* parent) : QStyledItemDelegate(parent), m_theme(darkTheme()) {}

void RunDelegate::paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const {
    const bool selected = option.state & QStyle::State_Selected, hovered = option.state & QStyle::State_MouseOver;
    if (selected || hovered) painter->fillRect(option.rect, selected ? m_theme.selected : m_theme.hover);
    painter->fillRect(QRect(option.rect.bottomLeft(), QSize(option.rect.width(), 1)), m_theme.grid);

    const auto* view = qobject_cast<const QTableView*>(option.widget);
    const bool here = view != nullptr && view->hasFocus() && view->currentIndex().row() == index.row();
    QRect inside = option.rect.adjusted(kCellPadding, 0, -kCellPadding, 0);
    if (index.column() == Model::kName) {
        if (here) painter->fillRect(QRect(option.rect.topLeft(), QSize(kBar, option.rect.height())), m_theme.accent);
        const int colour = index.data(Model::kColourRole).toInt();
        if (colour >= 0) {
            painter->save();
            painter->setRenderHint(QPainter::Antialiasing);
            const QRectF disc(inside.left(), inside.center().y() - kSign / 2.0 + 0.5, kSign, kSign);
            const bool again = colour >= static_cast<int>(m_theme.series.size());  // hollow: the same colour
            painter->setPen(again ? QPen(m_theme.seriesColour(colour), kRing) : QPen(Qt::NoPen));
            painter->setBrush(again ? QBrush(Qt::NoBrush) : QBrush(m_theme.seriesColour(colour)));
            const double edge = again ? kRing / 2 : 0;
            painter->drawEllipse(disc.adjusted(edge, edge, -edge, -edge));
            painter->restore();
        }
        inside.adjust(kSign + kSignGap, 0, 0, 0);
    }
    if (index.column() == Model::kState) {
        paintSign(*painter, QRectF(inside.left(), inside.center().y() - kSign / 2.0 + 0.5, kSign, kSign),
                  static_cast<StoredRunState>(index.data(Model::kStateRole).toInt()),
                  index.data(Model::kProblemRole).toString().isEmpty(), m_theme);
        inside.adjust(kSign + kSignGap, 0, 0, 0);
    }
    if (belongsToProblem(index)) return paintProblem(*painter, option, index);
    painter->setFont(option.font);
    painter->setPen(m_theme.text);
    const QString text = index.data().toString();
    const bool ends = index.column() == Model::kNetwork;  // where networks differ
    painter->drawText(inside, index.data(Qt::TextAlignmentRole).toInt(),
                      option.fontMetrics.elidedText(text, ends ? Qt::ElideMiddle : Qt::ElideRight, inside.width()));
    const QString place = index.data(Model::kPlaceRole).toString();
    if (index.column() != Model::kName || place.isEmpty()) return;
    inside.adjust(option.fontMetrics.horizontalAdvance(text) + kSignGap, 0, 0, 0);
    if (inside.width() < kSign) return;
    painter->setPen(m_theme.muted);
    painter->drawText(inside, Qt::AlignVCenter | Qt::AlignLeft,
                      option.fontMetrics.elidedText(place, Qt::ElideRight, inside.width()));
}

// One text over all of these cells, of which each paints its part.
void RunDelegate::paintProblem(QPainter& painter, const QStyleOptionViewItem& option, const QModelIndex& index) const {
    const auto* view = qobject_cast<const QTableView*>(option.widget);
    if (view == nullptr) return;
    QRect whole = option.rect;
    whole.setLeft(view->columnViewportPosition(Model::kData) + kCellPadding);
    const int disk = view->columnViewportPosition(Model::kDisk);
    if (option.rect.left() > disk) return;  // the disk used stands between
    whole.setRight(disk - kCellPadding);
    painter.save();
    painter.setClipRect(option.rect, Qt::IntersectClip);
    painter.setFont(option.font);
    painter.setPen(m_theme.error);
    painter.drawText(
        whole, Qt::AlignVCenter | Qt::AlignLeft,
        option.fontMetrics.elidedText(index.data(Model::kProblemRole).toString(), Qt::ElideRight, whole.width()));
    painter.restore();
}

QSize RunDelegate::sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const {
    QStyleOptionViewItem item = option;
    initStyleOption(&item, index);
    const bool signed_ = index.column() == Model::kName || index.column() == Model::kState;
    const QString text = belongsToProblem(index) ? QString() : item.text;
    const QString place = index.column() == Model::kName ? index.data(Model::kPlaceRole).toString() : QString();
    const int placeWidth = place.isEmpty() ? 0 : item.fontMetrics.horizontalAdvance(place) + kSignGap;
    return {
        item.fontMetrics.horizontalAdvance(text) + placeWidth + 2 * kCellPadding + (signed_ ? kSign + kSignGap : 0) + 2,
        item.fontMetrics.height() + kRowPadding};
}

int RunDelegate::widestState(const QFont& font) const {
    const QFontMetrics metrics(font);
    int widest = 0;
    RunSummary run;
    for (const StoredRunState state : {StoredRunState::kRunning, StoredRunState::kInterrupted, StoredRunState::kStopped,
                                       StoredRunState::kFinished, StoredRunState::kFailed}) {
        run.state = state;
        widest = std::max(widest, metrics.horizontalAdvance(runStateWord(run)));
    }
    return widest + 2 * kCellPadding + kSign + kSignGap + 2;
}

QWidget* RunDelegate::createEditor(QWidget* parent, const QStyleOptionViewItem& /*option*/,
                                   const QModelIndex& index) const {
    auto* editor = new QLineEdit(parent);
    editor->setObjectName(QStringLiteral("runNameEditor"));
    editor->setAccessibleName(tr("Name of the run"));
    editor->setMaxLength(kLongestName);
    editor->setText(index.data(Qt::EditRole).toString());
    editor->selectAll();
    return editor;
}

void RunDelegate::updateEditorGeometry(QWidget* editor, const QStyleOptionViewItem& option,
                                       const QModelIndex& /*index*/) const {
    editor->setGeometry(option.rect.adjusted(kCellPadding + kSign, 0, 0, 0));
}

}  // namespace condenser
