#include "connections/filter_sheet.h"

#include <QCoreApplication>
#include <QStringList>
#include <algorithm>
#include <cmath>
#include <utility>

#include "connections/weight_colours.h"

namespace condenser {
namespace {

constexpr int kTaps = 9;

}  // namespace

FilterSheet::FilterSheet(LayerWeights of, QString layerName, int firstChannel)
    : weights(std::move(of)), layer(std::move(layerName)), first(firstChannel) {
    // A few large weights must not leave all others without a colour.
    std::vector<double> sizes;
    for (const float w : weights.filters) sizes.push_back(std::abs(double{w}));
    if (sizes.empty()) return;
    const auto end = sizes.begin() + static_cast<std::ptrdiff_t>((sizes.size() - 1) * 99 / 100);
    std::ranges::nth_element(sizes, end);
    most = *end > 0 ? *end : *std::max_element(end, sizes.end());
}

float FilterSheet::weight(const FilterPlace& place, int tap) const {
    return weights.filters[static_cast<std::size_t>((place.row * columns() + place.column) * kTaps + tap)];
}

QString FilterSheet::words(const FilterPlace& place) const {
    QStringList numbers;
    for (int tap = 0; tap < kTaps; ++tap) numbers << weightText(weight(place, tap));
    return QCoreApplication::translate("FilterSheet",
                                       "output f %1, from bottleneck channel %2 (group %3 of the 1×1): %4")
        .arg(first + place.row)
        .arg(bottleneck(place))
        .arg(group1x1(place) + 1)
        .arg(numbers.join(QStringLiteral("  ")));
}

QString FilterSheet::csv() const {
    QString text = QStringLiteral("output channel,group of 3x3,bottleneck channel,group of 1x1");
    for (int tap = 0; tap < kTaps; ++tap) text += QStringLiteral(",w(%1;%2)").arg(tap / 3).arg(tap % 3);
    text += u'\n';
    for (FilterPlace at; at.row < rows(); ++at.row) {
        for (at.column = 0; at.column < columns(); ++at.column) {
            text += QStringLiteral("%1,%2,%3,%4")
                        .arg(first + at.row)
                        .arg(groupOf(at.row) + 1)
                        .arg(bottleneck(at))
                        .arg(group1x1(at) + 1);
            for (int tap = 0; tap < kTaps; ++tap) text += u',' + QString::number(double{weight(at, tap)}, 'g', 9);
            text += u'\n';
        }
    }
    return text;
}

}  // namespace condenser
