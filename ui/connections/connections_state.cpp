#include "connections/connections_state.h"

#include <algorithm>

namespace condenser {

ConnectionsState::ConnectionsState(QObject* parent) : QObject(parent) {}

void ConnectionsState::setSource(const ConnectionsSourcePtr& source) {
    const bool sameRun = m_source != nullptr && source != nullptr && m_source->folder == source->folder &&
                         m_source->name == source->name && m_source->layers == source->layers;
    const bool sameNetwork = m_source != nullptr && source != nullptr && m_source->layers == source->layers;
    // A run that went on from a checkpoint may have lost moments: the key finds the one that was shown.
    const bool wasShown = sameRun && m_moment >= 0;
    const ConnectionsKey shown = wasShown ? m_source->moments[static_cast<std::size_t>(m_moment)] : ConnectionsKey{};
    const ModelFilePtr weights = m_weights;
    const std::filesystem::path file =
        wasShown ? m_source->models[static_cast<std::size_t>(m_moment)] : std::filesystem::path();
    m_source = source;
    if (!sameRun) {
        m_record = nullptr;
        m_recordMoment = -1;
        m_following = true;
    }
    if (!sameNetwork) {
        m_place = {};
        m_trace = {};
    }
    // Whoever hears of the source may ask for the moment: it is one of the new source's.
    const int count = source == nullptr ? 0 : source->count();
    const auto same = wasShown && count > 0 ? std::ranges::find(source->moments, shown)
                                            : std::vector<ConnectionsKey>::const_iterator();
    const bool stay =
        wasShown && count > 0 && same != source->moments.end() && (!m_following || same + 1 == source->moments.end());
    m_moment = stay ? static_cast<int>(same - source->moments.begin()) : count - 1;
    if (m_recordMoment >= count) m_recordMoment = -1;
    const bool keepWeights = stay && weights != nullptr && source->models[static_cast<std::size_t>(m_moment)] == file;
    m_weights = keepWeights ? weights : nullptr;
    emit sourceChanged();
    if (!sameNetwork) {
        emit placeChanged();
        emit traceChanged();
    }
    if (!sameRun) emit followingChanged();
    if (count == 0) {
        emit momentChanged();
        emit recordChanged();
        emit weightsChanged();
    } else if (keepWeights) {
        emit momentChanged();
        emit recordWanted(m_moment);
    } else {
        showMoment(m_moment);
    }
}

void ConnectionsState::setMoment(int moment) {
    if (m_source == nullptr || moment < 0 || moment >= m_source->count()) return;
    setFollowing(m_source->training && moment == m_source->count() - 1);
    if (moment != m_moment) showMoment(moment);
    emit momentChosen();
}

void ConnectionsState::setFollowing(bool on) {
    if (on == m_following) return;
    m_following = on;
    emit followingChanged();
    if (on && m_source != nullptr && m_moment != m_source->count() - 1) showMoment(m_source->count() - 1);
}

void ConnectionsState::showMoment(int moment) {
    m_moment = moment;
    m_weights = nullptr;
    emit momentChanged();
    emit recordWanted(moment);
    emit weightsChanged();
    if (m_source->keepsWeights(moment)) emit weightsWanted(moment);
}

void ConnectionsState::setRecord(int moment, const ConnectionsRecordPtr& record) {
    if (moment != m_moment) return;
    m_record = record;
    m_recordMoment = moment;
    emit recordChanged();
}

void ConnectionsState::setWeights(int moment, const ModelFilePtr& weights) {
    if (moment != m_moment) return;
    m_weights = weights;
    emit weightsChanged();
}

void ConnectionsState::setPlace(const MapPlace& place) {
    if (m_source == nullptr || place == m_place) return;
    m_place = place;
    emit placeChanged();
}

void ConnectionsState::setArrangement(Arrangement arrangement) {
    if (arrangement == m_arrangement) return;
    m_arrangement = arrangement;
    emit arrangementChanged();
}

void ConnectionsState::setShowsNextToGo(bool on) {
    if (on == m_nextToGo) return;
    m_nextToGo = on;
    emit nextToGoChanged();
}

void ConnectionsState::setTrace(const Trace& trace) {
    if (trace == m_trace) return;
    m_trace = trace;
    emit traceChanged();
}

}  // namespace condenser
