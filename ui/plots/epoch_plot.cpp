#include "plots/epoch_plot.h"

#include <qcustomplot.h>

#include <QEvent>
#include <QHBoxLayout>
#include <QKeyEvent>
#include <QVBoxLayout>
#include <algorithm>
#include <cmath>

#include "base/check.h"
#include "look/format.h"
#include "look/look.h"

namespace condenser {
namespace {

constexpr int kReplotMs = 500;
constexpr double kSmallestEpochs = 0.02;  // that can be zoomed to
constexpr double kMargin = 0.02;          // of the whole run, beside what is followed
constexpr double kKeyPan = 0.1, kKeyZoom = 0.8;
constexpr int kReadoutGap = 12;                // pixels between the line and the values
constexpr int kTickRoom = 40, kMostTicks = 4;  // pixels a tick of the y axis
constexpr int kMarkReach = 5;                  // pixels beside a mark that still mean it

// Numbers on the y axis as the plot writes them everywhere.
class FormatTicker : public QCPAxisTicker {
  public:
    explicit FormatTicker(QString (*format)(double)) : m_format(format) {}

  protected:
    QString getTickLabel(double tick, const QLocale&, QChar, int) override { return m_format(tick); }

  private:
    QString (*m_format)(double);
};

// Whole epochs, as long as there are enough of them.
class EpochTicker : public QCPAxisTicker {
  protected:
    double getTickStep(const QCPRange& range) override {
        const double exact = range.size() / 8;
        if (exact < 0.5) return QCPAxisTicker::getTickStep(range);
        double magnitude = 1;
        while (magnitude * 10 <= exact) magnitude *= 10;
        return magnitude * pickClosest(exact / magnitude, {1.0, 2.0, 5.0, 10.0});
    }
};

}  // namespace

EpochPlot::EpochPlot(const QString& title, Format format, QWidget* parent)
    : QFrame(parent), m_title(title), m_format(format), m_theme(darkTheme()) {
    setLook(this, "card");
    setAccessibleName(title);
    setFocusPolicy(Qt::StrongFocus);

    m_titleLabel = new QLabel(title);
    setLook(m_titleLabel, "strong");
    m_legend = new Legend;
    m_header = new QHBoxLayout;
    m_header->setSpacing(12);
    m_header->addWidget(m_titleLabel);
    m_header->addWidget(m_legend, 1);

    m_plot = new QCustomPlot;
    m_plot->setFocusPolicy(Qt::NoFocus);  // the card has it
    m_plot->setAcceptDrops(false);
    m_plot->setMinimumSize(120, 60);
    m_plot->setNoAntialiasingOnDrag(true);
    m_plot->setInteractions(QCP::iRangeDrag | QCP::iRangeZoom);
    m_plot->xAxis->setSubTicks(false);
    m_plot->yAxis->setSubTicks(false);
    m_plot->xAxis->setTicker(QSharedPointer<EpochTicker>::create());
    m_plot->xAxis->setLabel(tr("epoch"));
    m_plot->xAxis->setLabelPadding(0);
    m_plot->yAxis->setTicker(QSharedPointer<FormatTicker>::create(format));
    m_plot->axisRect()->setupFullAxesBox(false);
    for (QCPAxis* axis : {m_plot->xAxis2, m_plot->yAxis2}) axis->setVisible(false);
    m_plot->installEventFilter(this);

    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(14, 8, 10, 6);
    layout->setSpacing(2);
    layout->addLayout(m_header);
    layout->addWidget(m_plot, 1);
    m_caption = new QLabel;
    setLook(m_caption, "tone", "muted");
    setLook(m_caption, "scale", "small");
    m_caption->setTextFormat(Qt::PlainText);
    m_caption->setWordWrap(true);
    m_caption->hide();
    layout->addWidget(m_caption);

    m_hint = new QLabel(m_plot);
    setLook(m_hint, "tone", "muted");
    m_hint->setAlignment(Qt::AlignCenter);
    setLook(m_hint, "over", "plot");
    m_hint->setMargin(6);
    m_cursor = new QFrame(m_plot);
    m_cursor->setAttribute(Qt::WA_TransparentForMouseEvents);
    m_cursor->setAutoFillBackground(true);
    m_cursor->hide();
    m_readout = new QLabel(m_plot);
    m_readout->setAttribute(Qt::WA_TransparentForMouseEvents);
    m_readout->setTextFormat(Qt::PlainText);
    setLook(m_readout, "over", "curves");
    m_readout->setMargin(6);
    m_readout->hide();
    m_hint->setAttribute(Qt::WA_TransparentForMouseEvents);

    m_replotTimer.setSingleShot(true);
    m_replotTimer.setInterval(kReplotMs);
    connect(&m_replotTimer, &QTimer::timeout, this, [this] {
        if (m_dirty) replotNow();
    });
    connect(m_plot, &QCustomPlot::afterLayout, this, [this] {
        labelMarks();
        placeHint();
    });
    connectMouse();
}

EpochPlot::~EpochPlot() = default;

void EpochPlot::connectMouse() {
    connect(m_plot, &QCustomPlot::mouseMove, this,
            [this](QMouseEvent* event) { emit cursorMoved(m_plot->xAxis->pixelToCoord(event->position().x())); });
    connect(m_plot, &QCustomPlot::mouseDoubleClick, this, [this] { emit followingWanted(); });
    const auto changed = [this] {
        if (!m_settingRanges) userMoved();
    };
    connect(m_plot->xAxis, qOverload<const QCPRange&>(&QCPAxis::rangeChanged), this, changed);
    connect(m_plot->yAxis, qOverload<const QCPRange&>(&QCPAxis::rangeChanged), this, changed);
}

// ---- what is drawn --------------------------------------------------------------------------------------------------

int EpochPlot::addSeries(const SeriesStyle& style) {
    QCPGraph* graph = m_plot->addGraph();
    m_series.push_back({graph, style});
    paintSeries();
    return static_cast<int>(m_series.size()) - 1;
}

QCPGraph& EpochPlot::graph(int series) const {
    return *m_series[static_cast<std::size_t>(series)].graph;
}

void EpochPlot::append(int series, const QVector<double>& x, const QVector<double>& y) {
    graph(series).addData(x, y, /*alreadySorted=*/true);
    m_hint->hide();
    requestReplot();
}

void EpochPlot::replace(int series, const QVector<double>& x, const QVector<double>& y) {
    graph(series).setData(x, y, /*alreadySorted=*/true);
    requestReplot();
}

int EpochPlot::pointCount(int series) const {
    return graph(series).dataCount();
}

double EpochPlot::lastValue(int series) const {
    const auto data = graph(series).data();
    return data->isEmpty() ? 0 : (data->constEnd() - 1)->value;
}

void EpochPlot::clearData() {
    for (const Series& series : m_series) series.graph->data()->clear();
    m_stepsCondensed = 0;
    m_hint->setVisible(!m_hint->text().isEmpty());
    hideCursor();
    requestReplot();
}

void EpochPlot::setPlan(double epochs, const std::vector<CondensingStep>& steps) {
    m_epochs = std::max(epochs, kSmallestEpochs);
    for (const Mark& mark : m_marks) {
        m_plot->removeItem(mark.line);
        m_plot->removeItem(mark.label);
    }
    m_marks.clear();
    const QStringList removed = removedShares(steps);
    for (const CondensingStep& step : steps) {
        auto* line = new QCPItemLine(m_plot);
        for (QCPItemPosition* end : {line->start, line->end}) {
            end->setTypeX(QCPItemPosition::ptPlotCoords);
            end->setTypeY(QCPItemPosition::ptAxisRectRatio);
        }
        line->start->setCoords(step.epoch, 0);
        line->end->setCoords(step.epoch, 1);
        auto* label = new QCPItemText(m_plot);
        label->position->setTypeX(QCPItemPosition::ptPlotCoords);
        label->position->setTypeY(QCPItemPosition::ptAxisRectRatio);
        label->position->setCoords(step.epoch, 0);
        // Above the curves, so that it hides none of them.
        label->setPositionAlignment(Qt::AlignHCenter | Qt::AlignBottom);
        label->setClipToAxisRect(false);
        label->setTextAlignment(Qt::AlignLeft);
        label->setPadding(QMargins(4, 1, 4, 1));
        label->setFont(smallFont());
        m_marks.push_back({step, removed[static_cast<qsizetype>(m_marks.size())], line, label});
    }
    if (m_following) applyFollowedRanges();
    requestReplot();
}

void EpochPlot::setStepsCondensed(int count) {
    m_stepsCondensed = count;
    requestReplot();
}

// When the axes have their places: the longest words that fit between two marks, if nothing else the number alone.
void EpochPlot::labelMarks() {
    double room = m_plot->axisRect()->width();
    for (std::size_t i = 1; i < m_marks.size(); ++i) {
        room = std::min(room, m_plot->xAxis->coordToPixel(m_marks[i].step.epoch) -
                                  m_plot->xAxis->coordToPixel(m_marks[i - 1].step.epoch));
    }
    for (const Mark& mark : m_marks) {
        const bool done = mark.step.stage <= m_stepsCondensed;
        const QString& share = mark.removed;
        const QString number = QString::number(mark.step.stage);
        QString text = done ? tr("%1 · removed %2 of what was left").arg(number, share)
                            : tr("%1 · removes %2 of what is left").arg(number, share);
        const QFontMetrics metrics(mark.label->font());
        if (metrics.horizontalAdvance(text) + 12 > room) {
            text = done ? tr("%1 · removed %2").arg(number, share) : tr("%1 · removes %2").arg(number, share);
        }
        if (metrics.horizontalAdvance(text) + 12 > room) text = tr("%1 · −%2").arg(number, share);
        if (metrics.horizontalAdvance(text) + 12 > room) text = number;
        mark.label->setText(text);
        const QColor color = done ? m_theme.condensed : m_theme.marker;
        mark.label->setColor(done ? m_theme.condensed : m_theme.muted);
        mark.line->setPen(QPen(color, 1, Qt::DashLine));
    }
}

void EpochPlot::placeHint() {
    m_hint->adjustSize();
    m_hint->move(m_plot->axisRect()->rect().center() - m_hint->rect().center());
}

void EpochPlot::setHint(const QString& hint) {
    m_hint->setText(hint);
    placeHint();
    const bool empty = std::all_of(m_series.begin(), m_series.end(),
                                   [](const Series& series) { return series.graph->data()->isEmpty(); });
    m_hint->setVisible(empty && !hint.isEmpty());
}

void EpochPlot::setCaption(const QString& caption) {
    m_caption->setText(caption);
    m_caption->setVisible(!caption.isEmpty());
}

void EpochPlot::setTheme(const Theme& theme) {
    m_theme = theme;
    m_legend->setTheme(theme);
    m_plot->setBackground(theme.panel);
    const QFont font = smallFont();
    m_plot->axisRect()->setMinimumMargins(QMargins(15, QFontMetrics(font).height() + 4, 15, 15));  // the marks' labels
    for (QCPAxis* axis : {m_plot->xAxis, m_plot->yAxis}) {
        axis->setBasePen(QPen(theme.border));
        axis->setTickPen(QPen(theme.border));
        axis->setTickLabelColor(theme.muted);
        axis->setLabelColor(theme.muted);
        axis->setTickLabelFont(font);
        axis->setLabelFont(font);
        axis->setTickLengthIn(0);
        axis->setTickLengthOut(3);
        axis->grid()->setPen(QPen(theme.grid, 1));
        axis->grid()->setZeroLinePen(QPen(theme.grid, 1));
    }
    m_plot->xAxis->grid()->setVisible(false);
    for (const Mark& mark : m_marks) mark.label->setFont(font);
    QPalette palette = m_cursor->palette();
    palette.setColor(QPalette::Window, theme.marker);
    m_cursor->setPalette(palette);
    paintSeries();
    m_plot->replot(QCustomPlot::rpQueuedReplot);
}

QFont EpochPlot::smallFont() const {
    QFont font = this->font();
    font.setPointSizeF(font.pointSizeF() * 0.9);
    return font;
}

void EpochPlot::paintSeries() {
    for (const Series& series : m_series) {
        const QColor color = m_theme.ink(series.style.ink);
        QPen pen(color, 2);
        pen.setJoinStyle(Qt::RoundJoin);
        QCPGraph& graph = *series.graph;
        switch (series.style.shape) {
            case SeriesStyle::Shape::kLine:
                graph.setScatterStyle(QCPScatterStyle(QCPScatterStyle::ssDisc, color, color, 4));
                break;
            case SeriesStyle::Shape::kThinLine:
                pen.setWidth(1);
                break;
            case SeriesStyle::Shape::kPlainLine:
            case SeriesStyle::Shape::kMarks:
                break;
            case SeriesStyle::Shape::kStairs:
                graph.setLineStyle(QCPGraph::lsStepLeft);
                break;
            case SeriesStyle::Shape::kPlan:
                graph.setLineStyle(QCPGraph::lsStepLeft);
                pen = QPen(color, 1, Qt::DotLine);
                break;
            case SeriesStyle::Shape::kDiamond:
                graph.setLineStyle(QCPGraph::lsNone);
                graph.setScatterStyle(
                    QCPScatterStyle(QCPScatterStyle::ssDiamond, QPen(color, 2), QBrush(m_theme.panel), 12));
                break;
        }
        graph.setPen(pen);
    }
}

// ---- when it is painted ---------------------------------------------------------------------------------------------

void EpochPlot::requestReplot() {
    m_dirty = true;
    if (isVisible() && !m_replotTimer.isActive()) replotNow();
}

void EpochPlot::replotNow() {
    m_dirty = false;
    m_plot->replot(QCustomPlot::rpQueuedReplot);
    m_replotTimer.start();
}

void EpochPlot::showEvent(QShowEvent* event) {
    QFrame::showEvent(event);
    if (m_dirty) replotNow();
}

void EpochPlot::resizeEvent(QResizeEvent* event) {
    QFrame::resizeEvent(event);
    hideCursor();
}

// ---- which part is seen ---------------------------------------------------------------------------------------------

void EpochPlot::setFollowedValues(double lower, double upper) {
    m_lower = lower;
    m_upper = upper;
    if (m_following) applyFollowedRanges();
}

void EpochPlot::applyFollowedRanges() {
    m_settingRanges = true;
    m_plot->xAxis->setRange(0, m_epochs * (1 + kMargin));
    m_plot->yAxis->setRange(m_lower, m_upper);
    m_settingRanges = false;
}

void EpochPlot::setFollowing(bool on) {
    m_following = on;
    if (!on) return;
    applyFollowedRanges();
    m_plot->replot(QCustomPlot::rpQueuedReplot);
}

void EpochPlot::showEpochs(double lower, double upper) {
    m_settingRanges = true;
    m_plot->xAxis->setRange(lower, upper);
    m_settingRanges = false;
    hideCursor();
    m_plot->replot(QCustomPlot::rpQueuedReplot);
}

std::pair<double, double> EpochPlot::shownEpochs() const {
    return {m_plot->xAxis->range().lower, m_plot->xAxis->range().upper};
}

// The user dragged or turned the wheel. Nobody gets lost: the run's own ranges are the limits.
void EpochPlot::userMoved() {
    m_settingRanges = true;
    const QCPRange whole(0, m_epochs * (1 + kMargin));
    QCPRange x = m_plot->xAxis->range().bounded(whole.lower, whole.upper);
    if (x.size() < kSmallestEpochs) x = QCPRange(x.center() - kSmallestEpochs / 2, x.center() + kSmallestEpochs / 2);
    m_plot->xAxis->setRange(x);
    m_plot->yAxis->setRange(m_plot->yAxis->range().bounded(m_lower, m_upper));
    m_settingRanges = false;
    m_following = false;
    hideCursor();
    emit epochsChosen(x.lower, x.upper);
}

void EpochPlot::keyPressEvent(QKeyEvent* event) {
    QCPAxis* axis = m_plot->xAxis;
    switch (event->key()) {
        case Qt::Key_Left:
            axis->moveRange(-axis->range().size() * kKeyPan);
            break;
        case Qt::Key_Right:
            axis->moveRange(axis->range().size() * kKeyPan);
            break;
        case Qt::Key_Plus:
        case Qt::Key_Equal:
            axis->scaleRange(kKeyZoom);
            break;
        case Qt::Key_Minus:
            axis->scaleRange(1 / kKeyZoom);
            break;
        case Qt::Key_Home:
        case Qt::Key_0:
            emit followingWanted();
            break;
        default:
            QFrame::keyPressEvent(event);
            return;
    }
    m_plot->replot(QCustomPlot::rpQueuedReplot);
}

bool EpochPlot::eventFilter(QObject* watched, QEvent* event) {
    if (watched == m_plot && event->type() == QEvent::Leave) emit cursorLeft();
    if (watched == m_plot && event->type() == QEvent::Resize) {
        m_plot->yAxis->ticker()->setTickCount(std::clamp(m_plot->height() / kTickRoom, 1, kMostTicks));
    }
    return QFrame::eventFilter(watched, event);
}

// ---- reading values -------------------------------------------------------------------------------------------------

std::optional<double> EpochPlot::valueAt(const Series& series, double epoch) const {
    const auto data = series.graph->data();
    if (data->isEmpty()) return {};
    const double last = (data->constEnd() - 1)->key, first = data->constBegin()->key;
    // Half an epoch beyond its ends a curve is still meant.
    if (epoch > last + 0.5 || epoch < first - 0.5) return {};
    auto at = data->findBegin(epoch, /*expandedRange=*/true);
    if (at + 1 != data->constEnd() && series.style.shape != SeriesStyle::Shape::kStairs &&
        std::abs((at + 1)->key - epoch) < std::abs(at->key - epoch)) {
        ++at;
    }
    return at->value;
}

const EpochPlot::Mark* EpochPlot::markAt(double epoch) const {
    for (const Mark& mark : m_marks) {
        const double distance = m_plot->xAxis->coordToPixel(mark.step.epoch) - m_plot->xAxis->coordToPixel(epoch);
        if (std::abs(distance) <= kMarkReach) return &mark;
    }
    return nullptr;
}

void EpochPlot::showCursor(double epoch) {
    const QCPRange range = m_plot->xAxis->range();
    if (!range.contains(epoch)) return hideCursor();
    QStringList lines{tr("epoch %1").arg(epoch, 0, 'f', 2)};
    bool any = false;
    for (const Series& series : m_series) {
        if (series.style.name.isEmpty()) continue;
        const auto value = valueAt(series, epoch);
        if (!value) continue;
        lines << tr("%1  %2").arg(series.style.name, m_format(*value));
        any = true;
    }
    if (const Mark* mark = markAt(epoch)) {
        lines << tr("condensing step %1: removes %2 of\nwhat is left; a jump here is expected")
                     .arg(mark->step.stage)
                     .arg(mark->removed);
        any = true;
    }
    const QRect inside = m_plot->axisRect()->rect();
    const int x = static_cast<int>(std::lround(m_plot->xAxis->coordToPixel(epoch)));
    m_cursor->setGeometry(x, inside.top(), 1, inside.height());
    m_cursor->show();
    m_readout->setVisible(any);
    if (!any) return;
    m_readout->setText(lines.join(u'\n'));
    m_readout->adjustSize();
    const bool left = x + kReadoutGap + m_readout->width() > inside.right();
    m_readout->move(left ? x - kReadoutGap - m_readout->width() : x + kReadoutGap, inside.top() + 18);
    m_readout->raise();
}

void EpochPlot::hideCursor() {
    m_cursor->hide();
    m_readout->hide();
}

}  // namespace condenser
