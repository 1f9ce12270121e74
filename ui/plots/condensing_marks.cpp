#include "plots/condensing_marks.h"

#include <algorithm>
#include <cmath>

#include "look/format.h"

namespace condenser {
namespace {

constexpr int kReach = 5;     // pixels beside a mark that still mean it
constexpr int kPadding = 12;  // pixels that a label needs beside its words

QString tr(const char* text) {
    return QCoreApplication::translate("CondensingMarks", text);
}

}  // namespace

void CondensingMarks::setTheme(const Theme& theme, const QFont& font) {
    m_theme = theme;
    m_font = font;
    for (const Mark& mark : m_marks) mark.label->setFont(font);
}

void CondensingMarks::set(const std::vector<CondensingStep>& steps, const XScale& scale) {
    for (const Mark& mark : m_marks) {
        m_canvas.removeItem(mark.line);
        m_canvas.removeItem(mark.label);
    }
    m_marks.clear();
    const QStringList removed = removedShares(steps);
    for (const CondensingStep& step : steps) {
        auto* line = new QCPItemLine(&m_canvas);
        for (QCPItemPosition* end : {line->start, line->end}) {
            end->setTypeX(QCPItemPosition::ptPlotCoords);
            end->setTypeY(QCPItemPosition::ptAxisRectRatio);
        }
        auto* label = new QCPItemText(&m_canvas);
        label->position->setTypeX(QCPItemPosition::ptPlotCoords);
        label->position->setTypeY(QCPItemPosition::ptAxisRectRatio);
        // Above the curves, so that it hides none of them.
        label->setPositionAlignment(Qt::AlignHCenter | Qt::AlignBottom);
        label->setClipToAxisRect(false);
        label->setPadding(QMargins(4, 1, 4, 1));
        label->setFont(m_font);
        m_marks.push_back({step, removed[static_cast<qsizetype>(m_marks.size())], 0, line, label});
    }
    place(scale);
}

void CondensingMarks::place(const XScale& scale) {
    for (Mark& mark : m_marks) {
        mark.x = scale.toAxis(mark.step.epoch);
        mark.line->start->setCoords(mark.x, 0);
        mark.line->end->setCoords(mark.x, 1);
        mark.label->position->setCoords(mark.x, 0);
    }
}

void CondensingMarks::label() {
    double room = m_canvas.inside().width();
    for (std::size_t i = 1; i < m_marks.size(); ++i) {
        room = std::min(room, m_canvas.toPixel(m_marks[i].x) - m_canvas.toPixel(m_marks[i - 1].x));
    }
    const QFontMetrics metrics(m_font);
    for (const Mark& mark : m_marks) {
        const bool done = mark.step.stage <= m_done;
        const QString number = QString::number(mark.step.stage);
        const QStringList words{(done ? tr("%1 · removed %2 of what was left") : tr("%1 · removes %2 of what is left"))
                                    .arg(number, mark.removed),
                                (done ? tr("%1 · removed %2") : tr("%1 · removes %2")).arg(number, mark.removed),
                                tr("%1 · −%2").arg(number, mark.removed), number};
        const auto fits = [&](const QString& text) { return metrics.horizontalAdvance(text) + kPadding <= room; };
        const auto longest = std::find_if(words.begin(), words.end(), fits);
        mark.label->setText(longest == words.end() ? number : *longest);
        // In the middle over its line, but for one at the axis, whose words would leave the plot.
        const double half = (metrics.horizontalAdvance(mark.label->text()) + kPadding) / 2.0;
        const bool atTheAxis = m_canvas.toPixel(mark.x) - half < m_canvas.inside().left();
        mark.label->setPositionAlignment((atTheAxis ? Qt::AlignLeft : Qt::AlignHCenter) | Qt::AlignBottom);
        mark.label->setColor(done ? m_theme.condensed : m_theme.muted);
        mark.line->setPen(QPen(done ? m_theme.condensed : m_theme.marker, 1, Qt::DashLine));
        // A label that is not clipped would stand over the axis of a zoomed plot.
        const bool seen = m_canvas.xAxis->range().contains(mark.x);
        mark.label->setVisible(seen);
    }
}

const CondensingStep* CondensingMarks::at(double x) const {
    for (const Mark& mark : m_marks) {
        if (std::abs(m_canvas.toPixel(mark.x) - m_canvas.toPixel(x)) <= kReach) return &mark.step;
    }
    return nullptr;
}

std::optional<double> CondensingMarks::between(double x, double to) const {
    std::optional<double> nearest;
    const double pixel = m_canvas.toPixel(x);
    for (const Mark& mark : m_marks) {
        const bool onTheWay = mark.x > std::min(x, to) && mark.x < std::max(x, to);
        if (!onTheWay || std::abs(m_canvas.toPixel(mark.x) - pixel) < 1) continue;
        if (!nearest || std::abs(mark.x - x) < std::abs(*nearest - x)) nearest = mark.x;
    }
    return nearest;
}

}  // namespace condenser
