#include "connections/layer_list.h"

#include <QAbstractItemView>
#include <QElapsedTimer>
#include <QHBoxLayout>
#include <QLabel>
#include <QListView>
#include <QPainter>
#include <QStyledItemDelegate>
#include <QVBoxLayout>
#include <algorithm>

#include "connections/layer_list_model.h"
#include "look/fonts.h"
#include "look/look.h"

namespace condenser {
namespace {

constexpr int kRowHeight = 36, kPad = 4, kNameWidth = 44, kMark = 3;  // pixels
constexpr qint64 kTypingMs = 1500;                                    // what is typed within it belongs together

}  // namespace

class LayerListDelegate : public QStyledItemDelegate {
  public:
    using QStyledItemDelegate::QStyledItemDelegate;

    void setTheme(const Theme& theme) { m_theme = theme; }
    QSize sizeHint(const QStyleOptionViewItem& /*option*/, const QModelIndex& /*index*/) const override {
        return {kNameWidth + 40, kRowHeight};
    }
    void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override;

  private:
    Theme m_theme = darkTheme();
};

void LayerListDelegate::paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const {
    painter->save();
    painter->setRenderHint(QPainter::Antialiasing);
    const QRectF row = QRectF(option.rect).adjusted(0.5, 0.5, -0.5, -0.5);
    const bool focused = (option.state & QStyle::State_HasFocus) != 0;
    const bool chosen = (option.state & QStyle::State_Selected) != 0;
    const bool hovered = (option.state & QStyle::State_MouseOver) != 0;
    painter->setPen(focused ? QPen(m_theme.accent) : QPen(Qt::NoPen));
    painter->setBrush(chosen ? m_theme.selected : hovered ? m_theme.hover : QColor(Qt::transparent));
    painter->drawRoundedRect(row, 6, 6);
    if (index.data(LayerListModel::kTracedRole).toBool()) {
        painter->setPen(Qt::NoPen);
        painter->setBrush(m_theme.text);
        painter->drawRoundedRect(QRectF(row.left() + 1, row.top() + 6, kMark, row.height() - 12), 1.5, 1.5);
    }

    const QRect texts = option.rect.adjusted(kPad + 4, kPad, 0, -kPad);
    const QRect name(texts.left(), texts.top(), kNameWidth, texts.height() / 2);
    painter->setPen(chosen ? m_theme.text : m_theme.muted);
    QFont strong = option.font;
    strong.setBold(chosen);
    painter->setFont(strong);
    painter->drawText(name, Qt::AlignLeft | Qt::AlignVCenter, index.data().toString());
    painter->setFont(smallFont(option.font));
    painter->setPen(m_theme.muted);
    painter->drawText(name.translated(0, texts.height() / 2), Qt::AlignLeft | Qt::AlignVCenter,
                      index.data(LayerListModel::kKeptRole).toString());

    const QRect place = option.rect.adjusted(kPad + 4 + kNameWidth + kPad, kPad, -kPad, -kPad);
    painter->setRenderHints(QPainter::Antialiasing | QPainter::SmoothPixmapTransform, false);
    painter->fillRect(place, m_theme.field);
    const QImage& picture = static_cast<const LayerListModel*>(index.model())->picture(index.row());
    if (!picture.isNull() && place.width() > 0) {
        // Wide layers have more inputs than there are dots: those are averaged, small ones keep their edges.
        const int dots = static_cast<int>(place.width() * painter->device()->devicePixelRatioF());
        if (picture.width() > dots) {
            painter->drawImage(place,
                               picture.scaled(dots, picture.height(), Qt::IgnoreAspectRatio, Qt::SmoothTransformation));
        } else {
            painter->drawImage(place, picture);
        }
    }
    painter->restore();
}

// Typing finds what begins with it, at the pace of people: Qt's own takes 400 ms for the end of a word.
class LayerListView : public QListView {
  public:
    using QListView::QListView;

    void keyboardSearch(const QString& search) override {
        if (search.isEmpty() || !m_sinceKey.isValid() || m_sinceKey.elapsed() > kTypingMs) m_typed.clear();
        m_sinceKey.start();
        m_typed += search;
        for (int row = 0; row < model()->rowCount(); ++row) {
            const QModelIndex index = model()->index(row, 0);
            if (!index.data().toString().startsWith(m_typed, Qt::CaseInsensitive)) continue;
            setCurrentIndex(index);
            return;
        }
        m_typed.clear();
    }
    void beginSearch() {
        m_typed.clear();
        setFocus(Qt::ShortcutFocusReason);
    }

  private:
    QString m_typed;
    QElapsedTimer m_sinceKey;
};

LayerList::LayerList(ConnectionsState& state, QWidget* parent)
    : ConnectionsPanel(state, parent),
      m_count(new QLabel),
      m_model(new LayerListModel(state, this)),
      m_delegate(new LayerListDelegate(this)),
      m_view(new LayerListView) {
    auto* title = new QLabel(tr("Layers"));
    setLook(title, "strong");
    m_count->setObjectName(QStringLiteral("layerCount"));
    setLook(m_count, "tone", "muted");
    m_view->setObjectName(QStringLiteral("layerList"));
    m_view->setAccessibleName(tr("Layers"));
    m_view->setModel(m_model);
    m_view->setItemDelegate(m_delegate);
    m_view->setUniformItemSizes(true);
    m_view->setMouseTracking(true);
    m_view->setEditTriggers(QAbstractItemView::NoEditTriggers);
    m_view->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_view->setVerticalScrollMode(QAbstractItemView::ScrollPerPixel);
    auto* header = new QHBoxLayout;
    header->addWidget(title);
    header->addStretch(1);
    header->addWidget(m_count);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(4);
    column->addLayout(header);
    column->addWidget(m_view, 1);

    connect(m_view->selectionModel(), &QItemSelectionModel::currentChanged, this, [this](const QModelIndex& current) {
        if (!current.isValid()) return;
        MapPlace place = this->state().place();
        const int layer = current.row() - 1;
        if (layer < 0) {
            place.level = MapLevel::kNetwork;
        } else if (place.level == MapLevel::kNetwork || place.layer != layer) {
            place = {MapLevel::kLayer, layer, place.group};
        }
        this->state().setPlace(place);
    });
    connect(&state, &ConnectionsState::sourceChanged, this, &LayerList::showPlace);
    connect(&state, &ConnectionsState::placeChanged, this, &LayerList::showPlace);
    showPlace();
}

void LayerList::setTheme(const Theme& theme) {
    m_delegate->setTheme(theme);
    m_model->setTheme(theme);
    m_view->viewport()->update();
}

void LayerList::find() {
    m_view->beginSearch();
}

void LayerList::showPlace() {
    const int rows = m_model->rowCount();
    m_count->setText(rows > 0 ? QString::number(rows - 1) : QString());
    const MapPlace& place = state().place();
    const int row = place.level == MapLevel::kNetwork ? 0 : place.layer + 1;
    if (row < rows && m_view->currentIndex().row() != row) m_view->setCurrentIndex(m_model->index(row));
}

}  // namespace condenser
