// The seam to the clock: how fast the models of runs answer on this machine.
#pragma once

#include <QObject>
#include <filesystem>
#include <stop_token>

#include "base/result.h"
#include "session/job_thread.h"
#include "store/run_index.h"

namespace condenser {

// Of a run's model, condensed, one picture a call, on all cores, for about `seconds`. On the calling thread.
Result<RunLatency> measureRunLatency(const std::filesystem::path& folder, double seconds, const std::stop_token& stop);

// Lives on the UI thread; measures in a thread of its own, one run after the other.
class LatencySession : public QObject {
    Q_OBJECT

  public:
    explicit LatencySession(QObject* parent = nullptr);
    ~LatencySession() override;

    // Does nothing while it measures. Timing beside a training would tell nothing: whoever asks sees to that.
    void measure(const std::vector<std::filesystem::path>& folders);
    // Ends what is under way; what was measured is kept.
    void cancel();
    bool active() const { return m_left > 0; }

  signals:
    void measured(const std::filesystem::path& folder, const RunLatency& latency);
    void failed(const std::filesystem::path& folder, const Error& error);
    void progress(int done, int total);  // runs
    void ended();

  private:
    int m_left = 0, m_total = 0;
    std::stop_source m_stop;
    JobThread m_worker;  // last: joined before anything that it uses goes
};

}  // namespace condenser
