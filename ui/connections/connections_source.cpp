#include "connections/connections_source.h"

#include <QCoreApplication>
#include <cmath>

namespace condenser {

double ConnectionsSource::epochOf(int moment) const {
    const ConnectionsKey& key = moments[static_cast<std::size_t>(moment)];
    if (key.moment == ConnectionsMoment::kEpochEnd) return key.epoch;
    return static_cast<double>(key.step) / static_cast<double>(stepsPerEpoch);
}

int ConnectionsSource::momentAt(double epoch) const {
    int nearest = -1;
    double distance = 0;
    for (int moment = 0; moment < count(); ++moment) {
        const double mine = std::abs(epochOf(moment) - epoch);
        if (nearest < 0 || mine <= distance) {
            nearest = moment;
            distance = mine;
        }
    }
    return nearest;
}

int ConnectionsSource::stageForNext(int stage) const {
    if (!learned) return spec.condenseFactor - 1;
    for (const CondensingStep& step : condensing) {
        if (step.stage > stage) return step.stage - 1;
    }
    return stage;
}

QString ConnectionsSource::wordsOf(int moment) const {
    if (folder.empty()) return name;
    const ConnectionsKey& key = moments[static_cast<std::size_t>(moment)];
    const char* context = "ConnectionsSource";
    switch (key.moment) {
        case ConnectionsMoment::kEpochEnd:
            return QCoreApplication::translate(context, "epoch %1").arg(key.epoch);
        case ConnectionsMoment::kBeforeStep:
            return QCoreApplication::translate(context, "before step %1").arg(key.stage + 1);
        case ConnectionsMoment::kAfterStep:
            return QCoreApplication::translate(context, "after step %1").arg(key.stage);
    }
    return {};
}

}  // namespace condenser
