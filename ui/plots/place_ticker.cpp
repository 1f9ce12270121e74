#include "plots/place_ticker.h"

#include <algorithm>
#include <cmath>

namespace condenser {
namespace {

constexpr int kGap = 4;  // pixels between two names

}  // namespace

QVector<double> PlaceTicker::createTickVector(double /*tickStep*/, const QCPRange& range) {
    QVector<double> ticks;
    m_seen.clear();
    for (const Place& place : m_places) {
        const QCPRange seen(std::max(place.from, range.lower), std::min(place.to, range.upper));
        if (place.from >= range.upper || place.to <= range.lower) continue;
        m_seen.push_back({&place, seen});
        ticks << seen.center();
    }
    return ticks;
}

QVector<QString> PlaceTicker::createLabelVector(const QVector<double>& ticks, const QLocale& /*locale*/,
                                                QChar /*formatChar*/, int /*precision*/) {
    const QFontMetrics metrics(m_axis.tickLabelFont());
    const auto roomOf = [this](const Seen& seen) {
        return static_cast<int>(m_axis.coordToPixel(seen.range.upper) - m_axis.coordToPixel(seen.range.lower)) - kGap;
    };
    // A place at the edge of which only a corner is seen does not count.
    const bool brief = std::any_of(m_seen.begin(), m_seen.end(), [&](const Seen& seen) {
        const bool whole = seen.range.size() > 0.99 * (seen.place->to - seen.place->from);
        return whole && metrics.horizontalAdvance(seen.place->name) > roomOf(seen);
    });
    QVector<QString> labels;
    for (const double tick : ticks) {
        const auto seen =
            std::find_if(m_seen.begin(), m_seen.end(), [&](const Seen& one) { return one.range.center() == tick; });
        if (seen == m_seen.end()) {
            labels << QString();
        } else if (seen->place->brief.isEmpty()) {
            labels << inTwoLines(seen->place->name, metrics, roomOf(*seen));
        } else {
            const QString& text = brief ? seen->place->brief : seen->place->name;
            labels << (metrics.horizontalAdvance(text) <= roomOf(*seen) ? text : QString());
        }
    }
    return labels;
}

std::pair<std::size_t, std::size_t> placesSeen(const QCPRange& range, std::size_t count) {
    const auto end = static_cast<double>(count);
    const double first = std::clamp(std::ceil(range.lower - 0.5), 0.0, end);
    const double last = std::clamp(std::floor(range.upper + 0.5) + 1, first, end);
    return {static_cast<std::size_t>(first), static_cast<std::size_t>(last)};
}

std::optional<double> neighbourPlace(std::optional<double> x, int direction, const QCPRange& range, std::size_t count) {
    if (count == 0) return {};
    const double to = x ? std::round(*x) + direction : std::ceil(range.lower);
    return std::clamp(to, 0.0, static_cast<double>(count) - 1);
}

QString inTwoLines(const QString& text, const QFontMetrics& metrics, int room) {
    QStringList words = text.split(u' ', Qt::SkipEmptyParts);
    if (words.isEmpty()) return {};
    QString first = words.takeFirst();
    while (!words.isEmpty() && metrics.horizontalAdvance(first + u' ' + words.first()) <= room) {
        first += u' ' + words.takeFirst();
    }
    first = metrics.elidedText(first, Qt::ElideRight, room);
    if (words.isEmpty()) return first;
    return first + u'\n' + metrics.elidedText(words.join(u' '), Qt::ElideRight, room);
}

}  // namespace condenser
