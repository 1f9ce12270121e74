// Which run, which moment of it, where in the network and what is traced: all that the parts of the Connections page
// have in common. They read it, change it, and know nothing of each other.
#pragma once

#include <QObject>

#include "connections/connections_source.h"
#include "maps/cell_grid.h"

namespace condenser {

enum class MapLevel { kNetwork, kLayer, kGroup };

struct MapPlace {
    MapLevel level = MapLevel::kNetwork;
    int layer = 0, group = 0;  // from 0; kept while they do not matter
    bool operator==(const MapPlace&) const = default;
};

// What somebody asked about. kReads: what does this layer, group or filter read? kReadBy: who reads this source's
// channels, or this channel?
struct Trace {
    enum class What { kNothing, kReads, kReadBy };
    What what = What::kNothing;
    int layer = -1, group = -1,
        filter = -1;                // of kReads; group -1: all, filter -1: the group; filter: row of the layer
    int source = -1, channel = -1;  // of kReadBy; channel -1: all of the source's
    bool operator==(const Trace&) const = default;
};

// Lives on the UI thread. Records and weights come from whoever answers recordWanted and weightsWanted (the session; in
// tests, the test), at once or later.
class ConnectionsState : public QObject {
    Q_OBJECT

  public:
    explicit ConnectionsState(QObject* parent = nullptr);

    // Null: there is nothing to be seen. The same run with more moments: moment, place and trace stay, or follow.
    void setSource(const ConnectionsSourcePtr& source);
    const ConnectionsSourcePtr& source() const { return m_source; }

    // -1 where there is none.
    int moment() const { return m_moment; }
    // By the user: ends following, unless it is the last one of a run in training.
    void setMoment(int moment);
    // The newest moment is shown as it comes.
    bool following() const { return m_following; }
    void setFollowing(bool on);

    // Of the moment, or, until that has been read, of the one before; null: none yet.
    const ConnectionsRecordPtr& record() const { return m_record; }
    int recordMoment() const { return m_recordMoment; }
    void setRecord(int moment, const ConnectionsRecordPtr& record);
    // Of the moment; null where none are kept or they are not read yet.
    const ModelFilePtr& weights() const { return m_weights; }
    void setWeights(int moment, const ModelFilePtr& weights);

    const MapPlace& place() const { return m_place; }
    void setPlace(const MapPlace& place);
    Arrangement arrangement() const { return m_arrangement; }
    void setArrangement(Arrangement arrangement);
    bool showsNextToGo() const { return m_nextToGo; }
    void setShowsNextToGo(bool on);
    const Trace& trace() const { return m_trace; }
    void setTrace(const Trace& trace);

  signals:
    void sourceChanged();
    void momentChanged();  // by anybody; the record follows
    void momentChosen();   // by the user alone
    void followingChanged();
    void recordChanged();
    void weightsChanged();
    void placeChanged();
    void arrangementChanged();
    void nextToGoChanged();
    void traceChanged();
    void recordWanted(int moment);
    void weightsWanted(int moment);

  private:
    void showMoment(int moment);

    ConnectionsSourcePtr m_source;
    int m_moment = -1, m_recordMoment = -1;
    bool m_following = true, m_nextToGo = false;
    ConnectionsRecordPtr m_record;
    ModelFilePtr m_weights;
    MapPlace m_place;
    Arrangement m_arrangement = Arrangement::kBySource;
    Trace m_trace;
};

}  // namespace condenser
