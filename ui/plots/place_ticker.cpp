#include "plots/place_ticker.h"

#include <algorithm>

namespace condenser {
namespace {

constexpr int kGap = 2;      // pixels between two names
constexpr int kMargin = 12;  // beside the axis

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
    std::vector<QString> names =
        m_seen.empty() || m_seen.front().place->brief.isEmpty() ? brokenNames() : oneLineNames();
    QVector<QString> labels;
    for (const double tick : ticks) {
        const auto seen =
            std::find_if(m_seen.begin(), m_seen.end(), [&](const Seen& one) { return one.range.center() == tick; });
        labels << (seen == m_seen.end() ? QString() : names[static_cast<std::size_t>(seen - m_seen.begin())]);
    }
    return labels;
}

int PlaceTicker::roomOf(const Seen& seen) const {
    return static_cast<int>(m_axis.coordToPixel(seen.range.upper) - m_axis.coordToPixel(seen.range.lower)) - kGap;
}

std::vector<QString> PlaceTicker::oneLineNames() const {
    const QFontMetrics metrics(m_axis.tickLabelFont());
    // A place at the edge of which only a corner is seen does not count.
    const bool brief = std::any_of(m_seen.begin(), m_seen.end(), [&](const Seen& seen) {
        const bool whole = seen.range.size() > 0.99 * (seen.place->to - seen.place->from);
        return whole && metrics.horizontalAdvance(seen.place->name) > roomOf(seen);
    });
    std::vector<QString> names;
    for (const Seen& seen : m_seen) {
        const QString& name = brief ? seen.place->brief : seen.place->name;
        names.push_back(metrics.horizontalAdvance(name) <= roomOf(seen) ? name : QString());
    }
    return names;
}

// A long name may use what its neighbours leave of their room.
std::vector<QString> PlaceTicker::brokenNames() const {
    const QFontMetrics metrics(m_axis.tickLabelFont());
    const auto widthOf = [&](const QString& name) { return metrics.size(0, name).width(); };
    std::vector<QString> names;
    for (const Seen& seen : m_seen) names.push_back(inTwoLines(seen.place->name, metrics, roomOf(seen)));
    for (std::size_t i = 0; i < names.size(); ++i) {
        if (!names[i].contains(u'…')) continue;
        const int room = roomOf(m_seen[i]);
        const int left = i == 0 ? room + 2 * kMargin : room + roomOf(m_seen[i - 1]) - widthOf(names[i - 1]);
        const int right =
            i + 1 == names.size() ? room + 2 * kMargin : room + roomOf(m_seen[i + 1]) - widthOf(names[i + 1]);
        names[i] = inTwoLines(m_seen[i].place->name, metrics, std::max(room, std::min(left, right)));
    }
    return names;
}

QString inTwoLines(const QString& text, const QFontMetrics& metrics, int room) {
    if (room < metrics.horizontalAdvance(u'…')) return {};
    const auto isBreak = [&](qsizetype at) {
        return text[at] == u' ' || text[at] == u'-' || text[at] == QChar::SoftHyphen;
    };
    // What stands before a break there.
    const auto lineTo = [&](qsizetype at) {
        const QString line = withoutBreaks(text.left(at));
        return text[at] == u' ' ? line : line + u'-';
    };
    if (metrics.horizontalAdvance(withoutBreaks(text)) <= room) return withoutBreaks(text);
    qsizetype best = -1;
    for (qsizetype at = 1; at + 1 < text.size(); ++at) {
        if (isBreak(at) && (best < 0 || metrics.horizontalAdvance(lineTo(at)) <= room)) best = at;
    }
    if (best < 0) return metrics.elidedText(withoutBreaks(text), Qt::ElideRight, room);
    return metrics.elidedText(lineTo(best), Qt::ElideRight, room) + u'\n' +
           metrics.elidedText(withoutBreaks(text.mid(best + 1)), Qt::ElideRight, room);
}

QString withoutBreaks(QString text) {
    return text.remove(QChar::SoftHyphen);
}

}  // namespace condenser
