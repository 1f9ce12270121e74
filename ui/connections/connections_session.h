// The seam to the disk: a run's connections.bin and the model files beside it, read in a thread of its own.
#pragma once

#include <QObject>
#include <filesystem>
#include <map>

#include "connections/connections_source.h"
#include "session/current_model.h"
#include "session/job_thread.h"

namespace condenser {

// Lives on the UI thread. Of records the most recently shown stay in memory, up to kKept bytes, and all of a run that
// fits is read ahead, so that scrubbing waits for no disk. A newer request replaces an older one of its kind.
class ConnectionsSession : public QObject {
    Q_OBJECT

  public:
    static constexpr std::size_t kKept = std::size_t{256} << 20;

    explicit ConnectionsSession(QObject* parent = nullptr);
    ~ConnectionsSession() override;

    // Ends in opened() or failed(). `training`: more will come, lookAgain() will be called.
    void openRun(const std::filesystem::path& folder, bool sample, bool training);
    // A model without a record: one moment.
    void openModel(const CurrentModel& model);
    void close();
    // For new moments of the run that is open; opened() follows if there are any.
    void lookAgain();
    void setTraining(bool on);

    // Follows with recordRead (at once, if it is in memory) or failed.
    void readRecord(int moment);
    void readWeights(int moment);

  signals:
    void opened(const ConnectionsSourcePtr& source);
    void failed(const Error& error);
    void recordRead(int moment, const ConnectionsRecordPtr& record);
    void weightsRead(int moment, const ModelFilePtr& weights);

  private:
    ConnectionsSourcePtr m_source;
    JobThread m_worker;  // last: joined before anything that it uses goes
};

}  // namespace condenser
