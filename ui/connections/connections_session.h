// The seam to the disk: a run's connections.bin and the model files beside it, read in threads of their own.
#pragma once

#include <QObject>
#include <QTimer>
#include <filesystem>
#include <map>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "base/result.h"
#include "connections/connections_source.h"
#include "session/current_model.h"
#include "session/job_thread.h"

namespace condenser {

// Which epoch a model file is of, read again only if the file has changed. -1 where there is none that can be read.
class ModelEpochs {
  public:
    int of(const std::filesystem::path& model);

  private:
    struct Known {
        std::filesystem::file_time_type changed;
        int epoch = -1;
    };
    std::map<std::filesystem::path, Known> m_known;
};

// Lives on the UI thread. Of records those next to the moment shown stay in memory, up to kKept bytes, and are read
// ahead, so that scrubbing waits for no disk. A newer request replaces an older one of its kind. A run in training is
// looked at again every two seconds, whoever trains it.
class ConnectionsSession : public QObject {
    Q_OBJECT

  public:
    static constexpr std::size_t kKept = std::size_t{256} << 20;

    explicit ConnectionsSession(QObject* parent = nullptr, std::size_t kept = kKept);
    ~ConnectionsSession() override;

    // Ends in opened() or failed(). `training`: more will come, lookAgain() will be called. A run that has recorded
    // nothing (yet) has no moments.
    void openRun(const std::filesystem::path& folder, bool sample, bool training);
    // A model without a record: one moment.
    void openModel(const CurrentModel& model);
    void close();
    // For new moments of the run that is open; opened() follows if there are any.
    void lookAgain();
    void setTraining(bool on);
    // Whether anybody sees what is opened; else a run in training is not looked at of itself.
    void setWatching(bool on);
    const ConnectionsSourcePtr& source() const { return m_source; }

    // Follows with recordRead (at once, if it is in memory) or failed.
    void readRecord(int moment);
    // Follows with weightsRead or failed; with neither where the file has been replaced by a later one's meanwhile.
    void readWeights(int moment);

    // Follows with runsListed: the runs of the store that have a recording, the newest first.
    void listRuns();

    // Records in memory.
    int kept() const { return static_cast<int>(m_records.size()); }

  signals:
    void opened(const ConnectionsSourcePtr& source);
    void failed(const Error& error);  // with no source open by now, if it could not be opened
    void recordRead(int moment, const ConnectionsRecordPtr& record);
    void runsListed(const std::vector<std::pair<QString, std::filesystem::path>>& runs);
    void weightsRead(int moment, const ModelFilePtr& weights);

  private:
    void take(const ConnectionsSourcePtr& source);
    void readNextRecord();
    std::optional<int> nextRecord() const;
    void takeRecord(int moment, const Result<ConnectionsRecordPtr>& record);
    void readNextWeights();
    bool hasRoomFor(int records) const;
    // Runs `work` on that worker and `done` with its result here, unless something else was opened meanwhile.
    template <class Work, class Done>
    void inWorker(JobThread& worker, Work work, Done done);

    std::size_t m_kept;
    int m_opening = 0;  // the latest; what belongs to an earlier one is dropped
    std::filesystem::path m_folder;
    bool m_sample = false, m_training = false, m_watching = true;
    bool m_looking = false, m_lookOnceMore = false;
    ConnectionsSourcePtr m_source;

    std::map<int, ConnectionsRecordPtr> m_records;  // by moment
    std::set<int> m_unreadable;                     // not read ahead again
    std::size_t m_recordBytes = 1;
    int m_shown = -1;
    std::optional<int> m_wanted;  // not in memory yet
    bool m_reading = false;

    ModelFilePtr m_model;  // of openModel
    std::optional<int> m_wantedWeights;
    bool m_readingWeights = false;

    QTimer m_lookSoon;
    ModelEpochs m_epochs;  // the worker's alone
    // Last: joined before anything that they use goes. A large model file holds up no record.
    JobThread m_worker, m_modelWorker;
};

}  // namespace condenser
