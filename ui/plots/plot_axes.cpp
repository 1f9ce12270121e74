#include "plots/plot_axes.h"

#include <algorithm>
#include <cmath>

#include "plots/time_text.h"

namespace condenser {
namespace {

constexpr double kSmallestPart = 1e-5;   // of the whole, that can be zoomed to: two of 200 000 steps
constexpr double kSmallestRatio = 1.01;  // on a logarithmic axis
constexpr double kFewDecades = 0.7, kManyDecades = 3.5;

class Ticker : public QCPAxisTicker {
  public:
    explicit Ticker(const AxisMeasure& measure) : m_measure(measure) { setTickCount(measure.ticks); }

  protected:
    double getTickStep(const QCPRange& range) override {
        const double exact = range.size() / tickCount() / m_measure.unit;
        if (m_measure.clock && exact >= 1) {
            static const QVector<double> steps{1, 2, 5, 10, 15, 20, 30, 60};
            if (exact <= 60) return pickClosest(exact, steps) * m_measure.unit;
        }
        if (!m_measure.whole || exact < 0.5) {
            QCPRange inUnits(range.lower / m_measure.unit, range.upper / m_measure.unit);
            return QCPAxisTicker::getTickStep(inUnits) * m_measure.unit;
        }
        double magnitude = 1;
        while (magnitude * 10 <= exact) magnitude *= 10;
        return magnitude * pickClosest(exact / magnitude, {1.0, 2.0, 5.0, 10.0}) * m_measure.unit;
    }

    // 1, 2, 5, 10 ...; 1, 10, 100 ... over many decades; evenly where there is not one decade.
    QVector<double> createTickVector(double tickStep, const QCPRange& range) override {
        const double decades = std::log10(range.upper / range.lower);
        if (!m_measure.logarithmic || range.lower <= 0 || decades < kFewDecades) {
            return QCPAxisTicker::createTickVector(tickStep, range);
        }
        QVector<double> ticks;
        const int every = std::max(1, static_cast<int>(std::lround(decades / tickCount())));
        for (int power = static_cast<int>(std::floor(std::log10(range.lower)));
             power <= static_cast<int>(std::ceil(std::log10(range.upper))); ++power) {
            if (decades > kManyDecades && power % every != 0) continue;
            const double tick = std::pow(10, power);
            ticks << tick;
            if (decades <= kManyDecades) ticks << 2 * tick << 5 * tick;
        }
        return ticks;
    }

    QString getTickLabel(double tick, const QLocale&, QChar, int) override {
        return m_measure.format ? m_measure.format(tick) : QString();
    }

  private:
    AxisMeasure m_measure;
};

}  // namespace

AxisMeasure timeMeasure(double mostMs) {
    const TimeUnit unit = timeUnitOf(mostMs);
    const auto format = [unit](double ms) {
        if (std::abs(ms) < unit.ms * 1e-9) return QStringLiteral("0");
        return QString::number(std::abs(ms) / unit.ms, 'g', 4) + QChar(0x202f) + unit.name;
    };
    return {.format = format, .unit = unit.ms};
}

void measureAxis(QCPAxis& axis, const AxisMeasure& measure) {
    axis.setLabel(measure.label);
    axis.setTicker(QSharedPointer<Ticker>::create(measure));
    axis.setScaleType(measure.logarithmic ? QCPAxis::stLogarithmic : QCPAxis::stLinear);
}

QCPRange keepWithin(const QCPRange& range, const QCPRange& whole, bool logarithmic) {
    if (logarithmic) {
        if (whole.lower <= 0) return whole;
        QCPRange powers = QCPRange(std::log(std::max(range.lower, whole.lower * 1e-9)), std::log(range.upper))
                              .bounded(std::log(whole.lower), std::log(whole.upper));
        const double least = std::log(kSmallestRatio);
        if (powers.size() < least) powers = QCPRange(powers.center() - least / 2, powers.center() + least / 2);
        return {std::exp(powers.lower), std::exp(powers.upper)};
    }
    QCPRange inside = range.bounded(whole.lower, whole.upper);
    const double least = whole.size() * kSmallestPart;
    if (inside.size() < least) inside = QCPRange(inside.center() - least / 2, inside.center() + least / 2);
    return inside;
}

}  // namespace condenser
