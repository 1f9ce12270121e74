#include "plots/plot_canvas.h"

#include <QApplication>
#include <algorithm>

namespace condenser {
namespace {

constexpr int kReplotMs = 500;
constexpr int kTickRoom = 40, kMostTicks = 4;  // pixels a tick of the y axis
constexpr int kTickRoomX = 72, kMostTicksX = 8;

}  // namespace

PlotCanvas::PlotCanvas(QWidget* parent) : QCustomPlot(parent) {
    setObjectName(QStringLiteral("canvas"));
    setFocusPolicy(Qt::NoFocus);  // the card has it
    setAcceptDrops(false);
    setMinimumSize(120, 60);
    setNoAntialiasingOnDrag(true);
    setInteractions(QCP::iRangeDrag | QCP::iRangeZoom);
    axisRect()->setupFullAxesBox(false);
    for (QCPAxis* axis : {xAxis2, yAxis2}) axis->setVisible(false);
    for (QCPAxis* axis : {xAxis, yAxis}) axis->setSubTicks(false);
    xAxis->setLabelPadding(0);
    xAxis->grid()->setVisible(false);

    m_timer.setSingleShot(true);
    m_timer.setInterval(kReplotMs);
    connect(&m_timer, &QTimer::timeout, this, [this] {
        if (m_dirty && isVisible()) paintNow();
    });
    connect(this, &QCustomPlot::mouseMove, this,
            [this](QMouseEvent* event) { emit pointed(xAxis->pixelToCoord(event->position().x())); });
    for (QCPAxis* axis : {xAxis, yAxis}) {
        connect(axis, qOverload<const QCPRange&>(&QCPAxis::rangeChanged), this, [this] {
            if (!m_settingRanges) viewMoved();
        });
    }
}

void PlotCanvas::setTheme(const Theme& theme, const QFont& small, int roomAbove) {
    setBackground(theme.panel);
    const int above = QFontMetrics(small).height() * roomAbove + 4;
    axisRect()->setMinimumMargins(QMargins(15, above, 15, 15));
    for (QCPAxis* axis : {xAxis, yAxis}) {
        axis->setBasePen(QPen(theme.border));
        axis->setTickPen(QPen(theme.border));
        axis->setTickLabelColor(theme.muted);
        axis->setLabelColor(theme.muted);
        axis->setTickLabelFont(small);
        axis->setLabelFont(small);
        axis->setTickLengthIn(0);
        axis->setTickLengthOut(3);
        axis->grid()->setPen(QPen(theme.grid, 1));
        axis->grid()->setZeroLinePen(QPen(theme.grid, 1));
    }
    replot(rpQueuedReplot);
}

void PlotCanvas::setMeasures(const AxisMeasure& x, const AxisMeasure& y) {
    m_x = x;
    m_y = y;
    m_x.ticks = std::clamp(width() / kTickRoomX, 2, kMostTicksX);
    m_y.ticks = std::clamp(height() / kTickRoom, 1, kMostTicks);
    m_settingRanges = true;  // a logarithmic axis corrects its range by itself
    measureAxis(*xAxis, m_x);
    measureAxis(*yAxis, m_y);
    m_settingRanges = false;
}

// ---- when it is painted ---------------------------------------------------------------------------------------------

void PlotCanvas::requestReplot() {
    m_dirty = true;
    if (isVisible() && !m_timer.isActive()) paintNow();
}

void PlotCanvas::paintNow() {
    m_dirty = false;
    replot(rpQueuedReplot);
    m_timer.start();
}

void PlotCanvas::showEvent(QShowEvent* event) {
    QCustomPlot::showEvent(event);
    if (m_dirty) paintNow();
}

void PlotCanvas::resizeEvent(QResizeEvent* event) {
    xAxis->ticker()->setTickCount(std::clamp(width() / kTickRoomX, 2, kMostTicksX));
    yAxis->ticker()->setTickCount(std::clamp(height() / kTickRoom, 1, kMostTicks));
    QCustomPlot::resizeEvent(event);
}

QPicture PlotCanvas::picture() {
    QPicture picture;
    QCPPainter painter(&picture);
    painter.setMode(QCPPainter::pmVectorized);
    toPainter(&painter, width(), height());
    return picture;
}

// ---- which part is seen ---------------------------------------------------------------------------------------------

void PlotCanvas::setWhole(const QCPRange& x, const QCPRange& y, const std::optional<QCPRange>& homeY) {
    m_wholeX = x;
    m_wholeY = y;
    m_homeY = homeY.value_or(y);
    if (m_following) applyWhole();
}

void PlotCanvas::applyWhole() {
    m_settingRanges = true;
    xAxis->setRange(m_wholeX);
    yAxis->setRange(m_homeY);
    m_settingRanges = false;
}

void PlotCanvas::setFollowing(bool on) {
    m_following = on;
    if (!on) return;
    applyWhole();
    replot(rpQueuedReplot);
}

void PlotCanvas::showAllOfY() {
    yAxis->setRange(m_wholeY);
    replot(rpQueuedReplot);
}

void PlotCanvas::showX(double lower, double upper) {
    m_settingRanges = true;
    xAxis->setRange(lower, upper);
    m_settingRanges = false;
    replot(rpQueuedReplot);
}

void PlotCanvas::pan(double share) {
    const double pixels = share * inside().width();
    xAxis->setRange(xAxis->pixelToCoord(inside().left() + pixels),
                    xAxis->pixelToCoord(inside().left() + inside().width() + pixels));
    replot(rpQueuedReplot);
}

void PlotCanvas::zoom(double factor, double aroundX) {
    xAxis->scaleRange(factor, aroundX);
    replot(rpQueuedReplot);
}

void PlotCanvas::viewMoved() {
    m_settingRanges = true;
    xAxis->setRange(keepWithin(xAxis->range(), m_wholeX, m_x.logarithmic));
    yAxis->setRange(keepWithin(yAxis->range(), m_wholeY, m_y.logarithmic));
    m_settingRanges = false;
    m_following = false;
    emit viewChosen();
}

// ---- the mouse ------------------------------------------------------------------------------------------------------

bool PlotCanvas::event(QEvent* event) {
    if (event->type() == QEvent::Leave) emit pointerLeft();
    return QCustomPlot::event(event);
}

void PlotCanvas::mousePressEvent(QMouseEvent* event) {
    m_pressedAt = event->position();
    m_pressed = event->button();
    QCustomPlot::mousePressEvent(event);
}

void PlotCanvas::mouseReleaseEvent(QMouseEvent* event) {
    QCustomPlot::mouseReleaseEvent(event);
    const bool here = (event->position() - m_pressedAt).manhattanLength() < QApplication::startDragDistance();
    const bool counts = here && m_pressed == Qt::LeftButton && event->button() == Qt::LeftButton;
    m_pressed = Qt::NoButton;
    if (counts && inside().contains(event->position().toPoint())) emit clicked(event->position(), event->modifiers());
}

// Its second release is no click.
void PlotCanvas::mouseDoubleClickEvent(QMouseEvent* event) {
    QCustomPlot::mouseDoubleClickEvent(event);
    m_pressed = Qt::NoButton;
    emit wholeWanted();
}

// ---- curves ---------------------------------------------------------------------------------------------------------

void dress(QCPGraph& graph, const SeriesStyle& style, const Theme& theme) {
    using Shape = SeriesStyle::Shape;
    const QPen pen = style.pen(theme);
    const QColor color = pen.color();
    graph.setPen(pen);
    switch (style.shape) {
        case Shape::kLine:
            graph.setScatterStyle(QCPScatterStyle(QCPScatterStyle::ssDisc, color, color, 4));
            break;
        case Shape::kThinLine:
        case Shape::kPlainLine:
        case Shape::kBars:
            break;
        case Shape::kDiscs:
            graph.setScatterStyle(QCPScatterStyle(QCPScatterStyle::ssDisc, color, color, 7));
            break;
        case Shape::kSquares:
            graph.setScatterStyle(QCPScatterStyle(QCPScatterStyle::ssSquare, QPen(color, 1.5), QBrush(theme.panel), 7));
            break;
        case Shape::kStairs:
        case Shape::kPlan:
            graph.setLineStyle(QCPGraph::lsStepLeft);
            break;
        case Shape::kDiamond:
            graph.setLineStyle(QCPGraph::lsNone);
            graph.setScatterStyle(QCPScatterStyle(QCPScatterStyle::ssDiamond, QPen(color, 2), QBrush(theme.panel), 12));
            break;
        case Shape::kMarks:
            graph.setLineStyle(QCPGraph::lsNone);
            graph.setScatterStyle(
                QCPScatterStyle(QCPScatterStyle::ssTriangleInverted, QPen(color, 1.5), QBrush(theme.panel), 8));
            break;
    }
}

}  // namespace condenser
