#include "connections/moment_line.h"

#include <QAccessibleWidget>
#include <QKeyEvent>
#include <QPainter>
#include <QWheelEvent>
#include <algorithm>

#include "look/fonts.h"

namespace condenser {
namespace {

constexpr double kMargin = 12;  // pixels from the line's ends to the widget's, for the handle
constexpr double kTrack = 4, kHandle = 8, kStep = 5, kTick = 4;
constexpr double kLeastSpacing = 3;  // pixels between ticks that can be told apart
constexpr int kMinimumWidth = 200, kUsualWidth = 420;

class AccessibleMomentLine : public QAccessibleWidget, public QAccessibleValueInterface {
  public:
    explicit AccessibleMomentLine(MomentLine* line) : QAccessibleWidget(line, QAccessible::Slider) {}

    void* interface_cast(QAccessible::InterfaceType type) override {
        if (type == QAccessible::ValueInterface) return static_cast<QAccessibleValueInterface*>(this);
        return QAccessibleWidget::interface_cast(type);
    }
    QString text(QAccessible::Text kind) const override {
        return kind == QAccessible::Value ? line()->words() : QAccessibleWidget::text(kind);
    }
    QVariant currentValue() const override { return line()->moment(); }
    void setCurrentValue(const QVariant& value) override { line()->want(value.toInt()); }
    QVariant maximumValue() const override { return std::max(0, line()->lastMoment()); }
    QVariant minimumValue() const override { return 0; }
    QVariant minimumStepSize() const override { return 1; }

  private:
    MomentLine* line() const { return static_cast<MomentLine*>(widget()); }
};

QAccessibleInterface* makeAccessible(const QString& /*name*/, QObject* object) {
    auto* line = qobject_cast<MomentLine*>(object);
    return line != nullptr ? new AccessibleMomentLine(line) : nullptr;
}

}  // namespace

MomentLine::MomentLine(QWidget* parent) : QWidget(parent), m_theme(darkTheme()) {
    static const bool installed = (QAccessible::installFactory(makeAccessible), true);
    Q_UNUSED(installed);
    setFocusPolicy(Qt::StrongFocus);
    setMouseTracking(true);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    setAccessibleName(tr("Moment of the run"));
    setAccessibleDescription(
        tr("Left and Right: one moment. Ctrl+Left and Ctrl+Right: one condensing step. Space: play or pause."));
}

void MomentLine::setTheme(const Theme& theme) {
    m_theme = theme;
    update();
}

void MomentLine::setSource(const ConnectionsSourcePtr& source) {
    m_source = source;
    if (m_moment > lastMoment()) m_moment = lastMoment();
    m_hovered = -1;
    arrange();
}

void MomentLine::setMoment(int moment) {
    if (moment == m_moment || moment > lastMoment()) return;
    m_moment = moment;
    update();
    QAccessibleValueChangeEvent change(this, moment);
    QAccessible::updateAccessibility(&change);
}

bool MomentLine::isLine() const {
    return m_source != nullptr && !m_source->folder.empty() && m_source->count() > 0;
}

QString MomentLine::sentence() const {
    if (m_source == nullptr) return {};
    if (m_source->count() == 0)
        return tr("Nothing is recorded yet: the first moment comes with the first epoch's end.");
    return tr("One moment: %1").arg(m_source->name);
}

void MomentLine::arrange() {
    m_axis = isLine() ? MomentAxis(*m_source, width() - 2 * kMargin) : MomentAxis();
    setCursor(isLine() ? Qt::PointingHandCursor : Qt::ArrowCursor);
    update();
}

double MomentLine::lineY() const {
    return height() / 2.0;
}

QPointF MomentLine::placeOf(int moment) const {
    return {kMargin + m_axis.ofMoment(moment), lineY()};
}

QString MomentLine::words() const {
    if (!isLine()) return sentence();
    return m_moment >= 0 ? momentWords(*m_source, m_moment) : QString();
}

bool MomentLine::isDense(int moment) const {
    const ConnectionsKey& key = m_source->moments[static_cast<std::size_t>(moment)];
    const auto& steps = m_source->condensing;
    return key.stage == 0 ||
           (key.moment == ConnectionsMoment::kBeforeStep && !steps.empty() && key.step <= steps.front().step);
}

void MomentLine::want(int moment) {
    if (!isLine()) return;
    moment = std::clamp(moment, 0, lastMoment());
    if (moment != m_moment) emit momentWanted(moment);
}

int MomentLine::towardsStep(bool forward) const {
    int found = forward ? lastMoment() : 0;
    for (std::size_t i = 0; i < m_source->condensing.size(); ++i) {
        const int moment = m_axis.momentOfStep(i);
        if (moment < 0) continue;
        if (forward && moment > m_moment) return moment;
        if (!forward && moment < m_moment) found = moment;
    }
    return found;
}

QSize MomentLine::sizeHint() const {
    return {kUsualWidth, minimumSizeHint().height()};
}

QSize MomentLine::minimumSizeHint() const {
    const QFontMetricsF metrics(smallFont(font()));
    return {kMinimumWidth, static_cast<int>(2 * (metrics.height() + kHandle + 4))};
}

bool MomentLine::event(QEvent* event) {
    // Left, Right and Space belong to the line while it has the focus, whatever shortcuts there are.
    if (event->type() == QEvent::ShortcutOverride) {
        const int key = static_cast<QKeyEvent*>(event)->key();
        if (key == Qt::Key_Left || key == Qt::Key_Right || key == Qt::Key_Space) event->accept();
    }
    if (event->type() == QEvent::FontChange || event->type() == QEvent::StyleChange) updateGeometry();
    return QWidget::event(event);
}

void MomentLine::resizeEvent(QResizeEvent* /*event*/) {
    arrange();
}

void MomentLine::mousePressEvent(QMouseEvent* event) {
    if (event->button() != Qt::LeftButton || !isLine()) return event->ignore();
    want(m_axis.momentAt(event->position().x() - kMargin));
}

void MomentLine::mouseMoveEvent(QMouseEvent* event) {
    if (!isLine()) return;
    const int below = m_axis.momentAt(event->position().x() - kMargin);
    if (event->buttons().testFlag(Qt::LeftButton)) want(below);
    if (below == m_hovered) return;
    m_hovered = below;
    update();
}

void MomentLine::leaveEvent(QEvent* /*event*/) {
    m_hovered = -1;
    update();
}

void MomentLine::wheelEvent(QWheelEvent* event) {
    if (!isLine()) return event->ignore();
    constexpr int kNotch = 120;
    const QPoint turned = event->angleDelta();
    // Away from the hand, or to the right, is forward.
    m_turned += turned.y() != 0 ? turned.y() : -turned.x();
    const int steps = m_turned / kNotch;
    m_turned -= steps * kNotch;
    if (steps != 0) want(m_moment + steps);
    event->accept();
}

void MomentLine::keyPressEvent(QKeyEvent* event) {
    if (!isLine()) return QWidget::keyPressEvent(event);
    const bool wide = event->modifiers().testFlag(Qt::ControlModifier);
    switch (event->key()) {
        case Qt::Key_Left:
        case Qt::Key_Down:
            return want(wide ? towardsStep(false) : m_moment - 1);
        case Qt::Key_Right:
        case Qt::Key_Up:
            return want(wide ? towardsStep(true) : m_moment + 1);
        case Qt::Key_PageUp:
            return want(towardsStep(true));
        case Qt::Key_PageDown:
            return want(towardsStep(false));
        case Qt::Key_Home:
            return want(0);
        case Qt::Key_End:
            return want(lastMoment());
        case Qt::Key_Space:
            emit playWanted();
            return;
        default:
            QWidget::keyPressEvent(event);
    }
}

void MomentLine::paintEvent(QPaintEvent* /*event*/) {
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    if (!isLine()) {
        painter.setPen(m_theme.muted);
        const QString text = fontMetrics().elidedText(sentence(), Qt::ElideRight, width() - static_cast<int>(kMargin));
        painter.drawText(rect(), Qt::AlignLeft | Qt::AlignVCenter, text);
        return;
    }
    paintTrack(painter);
    paintMarks(painter);
    paintWords(painter);
}

void MomentLine::paintTrack(QPainter& painter) const {
    const double y = lineY();
    const auto bar = [&](double from, double to, const QColor& color) {
        painter.setPen(QPen(color, kTrack, Qt::SolidLine, Qt::RoundCap));
        painter.drawLine(QPointF(kMargin + from, y), QPointF(kMargin + to, y));
    };
    const double recorded = m_axis.ofMoment(lastMoment());
    if (recorded < m_axis.width()) {
        painter.setPen(QPen(m_theme.border, kTrack / 2, Qt::DotLine, Qt::RoundCap));
        painter.drawLine(QPointF(kMargin + recorded, y), QPointF(kMargin + m_axis.width(), y));
    }
    bar(0, recorded, m_theme.border);
    if (m_moment < 0) return;
    // Dense until the first condensing step, then condensed, in the colours that these have everywhere.
    int condensed = 0;
    while (condensed <= m_moment && isDense(condensed)) ++condensed;
    const double here = m_axis.ofMoment(m_moment);
    if (condensed <= m_moment) bar(m_axis.ofMoment(condensed), here, m_theme.condensed);
    bar(0, std::min(here, m_axis.ofMoment(std::min(condensed, m_moment))), m_theme.dense);
}

void MomentLine::paintMarks(QPainter& painter) const {
    const double y = lineY();
    const auto dot = [&](double x, double radius, const QColor& fill, const QColor& ring, double width) {
        painter.setPen(QPen(ring, width));
        painter.setBrush(fill);
        painter.drawEllipse(QPointF(x, y), radius, radius);
    };
    if (m_axis.spacing() >= kLeastSpacing) {
        painter.setPen(QPen(m_theme.marker, 1));
        for (int moment = 0; moment <= lastMoment(); ++moment) {
            const double x = placeOf(moment).x();
            painter.drawLine(QPointF(x, y + kStep), QPointF(x, y + kStep + kTick));
        }
    }
    for (std::size_t i = 0; i < m_source->condensing.size(); ++i) {
        const int moment = m_axis.momentOfStep(i);
        const double x = kMargin + m_axis.ofStep(i);
        if (moment < 0) {
            dot(x, kStep - 1, m_theme.panel, m_theme.border, 2);
        } else {
            dot(x, kStep, moment <= m_moment ? m_theme.condensed : m_theme.marker, m_theme.panel, 1.5);
        }
    }
    if (m_hovered >= 0 && m_hovered != m_moment) {
        dot(placeOf(m_hovered).x(), kStep - 1, m_theme.panel, m_theme.text, 1.5);
    }
    if (m_moment < 0) return;
    const double x = placeOf(m_moment).x();
    dot(x, kHandle, isDense(m_moment) ? m_theme.dense : m_theme.condensed, m_theme.panel, 2);
    if (hasFocus()) {
        painter.setPen(QPen(m_theme.text, 1.5));
        painter.setBrush(Qt::NoBrush);
        painter.drawEllipse(QPointF(x, y), kHandle + 2, kHandle + 2);
    }
}

void MomentLine::paintWords(QPainter& painter) const {
    painter.setFont(smallFont(font()));
    const QFontMetricsF metrics(painter.font());
    const double above = lineY() - kHandle - 4 - metrics.descent();
    const double below = lineY() + kHandle + 4 + metrics.ascent();
    for (const AxisLabel& label : axisLabels(*m_source, m_axis, metrics, -kMargin, m_axis.width() + kMargin)) {
        painter.setPen(label.muted ? m_theme.muted : m_theme.text);
        painter.drawText(QPointF(kMargin + label.left, below), label.text);
    }
    // What the pointer reads stands over what is in hand, where there is no room for both.
    const auto spanOf = [&](int moment) {
        const double wide = metrics.horizontalAdvance(momentWords(*m_source, moment));
        const double left = std::clamp(placeOf(moment).x() - wide / 2, 0.0, std::max(0.0, width() - wide));
        return QRectF(left, 0, wide, metrics.height());
    };
    const bool hovers = m_hovered >= 0 && m_hovered != m_moment;
    if (m_moment >= 0 && (!hovers || !spanOf(m_moment).adjusted(-8, 0, 8, 0).intersects(spanOf(m_hovered)))) {
        painter.setPen(m_theme.text);
        painter.drawText(QPointF(spanOf(m_moment).left(), above), momentWords(*m_source, m_moment));
    }
    if (hovers) {
        painter.setPen(m_theme.muted);
        painter.drawText(QPointF(spanOf(m_hovered).left(), above), momentWords(*m_source, m_hovered));
    }
}

}  // namespace condenser
