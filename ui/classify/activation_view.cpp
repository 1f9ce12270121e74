#include "classify/activation_view.h"

#include <QContextMenuEvent>
#include <QMenu>
#include <QPainter>
#include <algorithm>

#include "classify/picture_painting.h"
#include "look/titled_exhibit.h"
#include "plots/exhibit_menu.h"
#include "session/data_preview.h"

namespace condenser {
namespace {

constexpr int kGap = 4;
constexpr int kSide = 320;  // of each picture that is taken out, in pixels
constexpr int kFine = 256;  // so many dots make a map over a small picture look smooth

// Every pixel a square of `times` x `times`.
Picture enlarged(const Picture& picture, int times) {
    if (times <= 1) return picture;
    Picture large{picture.height * times, picture.width * times, {}};
    large.pixels.resize(picture.pixels.size() * static_cast<std::size_t>(times * times));
    std::size_t at = 0;
    for (int y = 0; y < large.height; ++y) {
        for (int x = 0; x < large.width; ++x) {
            const auto from = static_cast<std::size_t>((y / times) * picture.width + x / times) * 3;
            for (std::size_t channel = 0; channel < 3; ++channel) large.pixels[at++] = picture.pixels[from + channel];
        }
    }
    return large;
}

// Without a map the picture stands there twice.
void paintPair(QPainter& painter, const QRectF& room, const QImage& seen, const QImage& overlaid,
               const QColor& ground) {
    const double side = (room.width() - kGap) / 2;
    const QRectF left(room.left(), room.top(), side, room.height()),
        right(room.right() - side, room.top(), side, room.height());
    painter.fillRect(left, ground);
    painter.fillRect(right, ground);
    if (seen.isNull()) return;
    paintPicture(painter, seen, left);
    if (overlaid.isNull()) return paintPicture(painter, seen, right);
    // As large as the other one, and its finer dots smoothly.
    painter.setRenderHint(QPainter::SmoothPixmapTransform, true);
    painter.drawImage(placeOfPicture(seen.size(), right, painter.device()->devicePixelRatioF()), overlaid);
}

QString csvOf(const ActivationMap& map) {
    QString text = QStringLiteral("row,column,activation (logit)\n");
    for (int y = 0; y < map.height; ++y) {
        for (int x = 0; x < map.width; ++x) {
            const float value = map.values[static_cast<std::size_t>(y * map.width + x)];
            text += QStringLiteral("%1,%2,%3\n").arg(y).arg(x).arg(static_cast<double>(value), 0, 'g', 7);
        }
    }
    return text;
}

}  // namespace

ActivationView::ActivationView(QWidget* parent)
    : QWidget(parent), m_theme(darkTheme()), m_menu(new ExhibitMenu(this, [this] { return *m_now(); })) {
    setObjectName(QStringLiteral("answerPicture"));
    setAccessibleName(tr("The picture as the network saw it"));
    QSizePolicy policy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    policy.setHeightForWidth(true);
    setSizePolicy(policy);
    connect(m_menu, &ExhibitMenu::exported, this, &ActivationView::exported);
    connect(m_menu, &ExhibitMenu::exportFailed, this, &ActivationView::exportFailed);
}

void ActivationView::setTheme(const Theme& theme) {
    m_theme = theme;
    update();
}

void ActivationView::showPicture(const QImage& seen) {
    const bool height = seen.size() != m_seen.size();
    m_seen = seen;
    m_overlaid = {};
    m_maps.reset();
    m_class.clear();
    setAccessibleDescription({});
    if (height) updateGeometry();
    update();
}

void ActivationView::showMap(const std::shared_ptr<const ActivationMaps>& maps, const ActivationMap& map,
                             const QString& className) {
    m_maps = maps;
    m_map = map;
    m_class = className;
    m_seen = toImage(maps->seen);
    const ActivationMap::Place peak = map.peak(maps->seen.height, maps->seen.width);
    setAccessibleDescription(tr("The map of “%1” is strongest at %2 %, %3 % from the left and the top")
                                 .arg(className)
                                 .arg(100 * peak.x / std::max(1, maps->seen.width), 0, 'f', 0)
                                 .arg(100 * peak.y / std::max(1, maps->seen.height), 0, 'f', 0));
    overlay();
    updateGeometry();
}

void ActivationView::setStrength(double strength) {
    m_strength = strength;
    overlay();
}

void ActivationView::overlay() {
    if (m_maps) {
        const int longest = std::max({1, m_maps->seen.height, m_maps->seen.width});
        m_overlaid = toImage(activationOverlay(enlarged(m_maps->seen, kFine / longest), m_map, m_strength));
    }
    update();
}

QSize ActivationView::sizeHint() const {
    return {272, heightForWidth(272)};
}

int ActivationView::heightForWidth(int width) const {
    const int side = std::max(1, (width - kGap) / 2);
    if (m_seen.isNull()) return side;
    return std::clamp(side * m_seen.height() / std::max(1, m_seen.width()), side / 2, side);
}

void ActivationView::paintEvent(QPaintEvent* /*event*/) {
    QPainter painter(this);
    paintPair(painter, rect(), m_seen, m_overlaid, m_theme.field);
}

std::optional<Exhibit> ActivationView::exhibit(const QString& title, const QString& words, const QString& name) const {
    if (!m_maps) return std::nullopt;
    return titledExhibit(
        {m_theme, font(), title, words}, name, {2 * kSide + kGap, kSide},
        [seen = m_seen, overlaid = m_overlaid, ground = m_theme.field](QPainter& painter, const QRectF& room) {
            paintPair(painter, room, seen, overlaid, ground);
        },
        [map = m_map] { return csvOf(map); });
}

void ActivationView::setMenu(std::function<std::optional<Exhibit>()> now) {
    m_now = std::move(now);
}

void ActivationView::contextMenuEvent(QContextMenuEvent* event) {
    if (!m_now || !m_now()) return;
    auto* menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    m_menu->addTo(*menu);
    menu->popup(event->globalPos());
}

}  // namespace condenser
