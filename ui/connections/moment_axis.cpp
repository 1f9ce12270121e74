#include "connections/moment_axis.h"

#include <QCoreApplication>
#include <algorithm>
#include <cmath>

#include "look/format.h"

namespace condenser {
namespace {

constexpr double kStepGap = 7;    // pixels between moments that stand at the same epoch
constexpr double kGap = 2;        // and between others
constexpr double kLabelGap = 12;  // pixels between labels
constexpr int kWordings = 5;

QString tr(const char* text) {
    return QCoreApplication::translate("MomentAxis", text);
}

// The non-decreasing sequence nearest to `values` (least squares; pools adjacent violators).
std::vector<double> inOrder(const std::vector<double>& values) {
    struct Pool {
        double sum;
        int count;
        double mean() const { return sum / count; }
    };
    std::vector<Pool> pools;
    for (const double value : values) {
        pools.push_back({value, 1});
        while (pools.size() > 1 && pools[pools.size() - 2].mean() > pools.back().mean()) {
            const Pool last = pools.back();
            pools.pop_back();
            pools.back().sum += last.sum;
            pools.back().count += last.count;
        }
    }
    std::vector<double> ordered;
    for (const Pool& pool : pools) ordered.insert(ordered.end(), static_cast<std::size_t>(pool.count), pool.mean());
    return ordered;
}

QString stepWords(const CondensingStep& step, bool done, int wording) {
    const QString kept = formatWholeShare(step.keptAfter);
    switch (wording) {
        case 0:
            if (!done) {
                const double epoch = std::round(step.epoch * 10) / 10;
                return tr("step %1 · %2 kept (epoch %3)").arg(QString::number(step.stage), kept).arg(epoch);
            }
            [[fallthrough]];
        case 1:
            return tr("step %1 · %2 kept").arg(QString::number(step.stage), kept);
        case 2:
            return tr("step %1 · %2").arg(QString::number(step.stage), kept);
        case 3:
            return tr("%1 · %2").arg(QString::number(step.stage), kept);
        default:
            return QString::number(step.stage);
    }
}

}  // namespace

MomentAxis::MomentAxis(const ConnectionsSource& source, double width)
    : m_width(std::max(1.0, width)), m_epochs(std::max(source.epochs, 1e-9)) {
    // A run that was planned anew may have more moments than its plan.
    for (int moment = 0; moment < source.count(); ++moment) m_epochs = std::max(m_epochs, source.epochOf(moment));
    const double room = m_width / std::max(1, source.count());
    m_spacing = m_width / m_epochs;
    const double gap = std::min(kGap, room * 0.4);
    const double stepGap =
        std::clamp(m_width * 0.2 / static_cast<double>(2 * source.condensing.size() + 1), gap, std::max(gap, kStepGap));
    std::vector<double> shifts, wanted;
    for (int moment = 0; moment < source.count(); ++moment) {
        const double epoch = source.epochOf(moment);
        double shift = 0;
        if (moment > 0) {
            const bool same = epoch - source.epochOf(moment - 1) < 1e-9;
            shift = shifts.back() + (same ? stepGap : gap);
        }
        shifts.push_back(shift);
        wanted.push_back(ofEpoch(epoch) - shift);
    }
    m_places = inOrder(wanted);
    const double last = shifts.empty() ? 0 : std::max(0.0, m_width - shifts.back());
    for (std::size_t i = 0; i < m_places.size(); ++i) m_places[i] = std::clamp(m_places[i], 0.0, last) + shifts[i];

    for (const CondensingStep& step : source.condensing) {
        const auto after = std::ranges::find_if(source.moments, [&](const ConnectionsKey& key) {
            return key.moment == ConnectionsMoment::kAfterStep && key.stage >= step.stage;
        });
        const bool done = after != source.moments.end();
        m_stepMoments.push_back(done ? static_cast<int>(after - source.moments.begin()) : -1);
        m_steps.push_back(done ? ofMoment(m_stepMoments.back()) : ofEpoch(step.epoch));
    }
}

double MomentAxis::ofEpoch(double epoch) const {
    return epoch / m_epochs * m_width;
}

int MomentAxis::momentAt(double x) const {
    int nearest = -1;
    double distance = 0;
    for (int moment = 0; moment < static_cast<int>(m_places.size()); ++moment) {
        const double mine = std::abs(ofMoment(moment) - x);
        if (nearest < 0 || mine < distance) {
            nearest = moment;
            distance = mine;
        }
    }
    return nearest;
}

QString momentWords(const ConnectionsSource& source, int moment) {
    const QString words = source.wordsOf(moment);
    if (source.folder.empty()) return words;
    const ConnectionsKey& key = source.moments[static_cast<std::size_t>(moment)];
    if (key.moment == ConnectionsMoment::kEpochEnd) return words;
    const double epoch = std::round(source.epochOf(moment) * 10) / 10;
    return tr("%1 · epoch %2").arg(words).arg(epoch);
}

std::vector<AxisLabel> axisLabels(const ConnectionsSource& source, const MomentAxis& axis, const QFontMetricsF& font,
                                  double from, double to) {
    const auto labelAt = [&](const QString& text, double middle, bool muted) {
        const double width = font.horizontalAdvance(text);
        return AxisLabel{text, std::clamp(middle - width / 2, from, std::max(from, to - width)), width, muted};
    };
    const auto touches = [](const AxisLabel& a, const AxisLabel& b) { return a.left + a.width + kLabelGap > b.left; };

    std::vector<AxisLabel> labels;
    for (int wording = 0; wording < kWordings; ++wording) {
        labels.clear();
        const bool dense = source.condensing.empty() || source.condensing.front().step > 0;
        if (dense) labels.push_back(labelAt(tr("dense"), from, false));
        for (std::size_t i = 0; i < source.condensing.size(); ++i) {
            const bool done = axis.momentOfStep(i) >= 0;
            labels.push_back(labelAt(stepWords(source.condensing[i], done, wording), axis.ofStep(i), !done));
        }
        if (std::ranges::adjacent_find(labels, touches) == labels.end()) break;
    }
    std::vector<AxisLabel> shown;
    for (const AxisLabel& label : labels) {
        if (shown.empty() || !touches(shown.back(), label)) shown.push_back(label);
    }
    const QString length = tr("%1 epochs").arg(std::round(source.epochs * 10) / 10);
    const AxisLabel end = labelAt(length, to, true);
    if (!touches(shown.back(), end)) shown.push_back(end);
    return shown;
}

}  // namespace condenser
