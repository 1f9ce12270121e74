// The seam to the curves of runs: metrics.csv, read in a thread of its own.
#pragma once

#include <QObject>
#include <QString>
#include <filesystem>
#include <map>
#include <memory>
#include <vector>

#include "plots/overlay_plot.h"
#include "run/training_run.h"
#include "session/job_thread.h"
#include "store/run_index.h"

namespace condenser {

struct RunCurve {
    std::filesystem::path folder;
    std::vector<OverlayRun::Point> points;
    std::vector<CondensingStep> condensed;  // the steps that are done
    QString problem;                        // why there are no points though there should be
};
using RunCurves = std::shared_ptr<const std::vector<RunCurve>>;

// From the metrics and the settings of a run; pure.
RunCurve curveOf(const std::filesystem::path& folder, const RunRecord& record, const std::vector<MetricsRow>& rows);

// Lives on the UI thread. A file that has not changed since is not read again.
class RunCurvesSession : public QObject {
    Q_OBJECT

  public:
    explicit RunCurvesSession(QObject* parent = nullptr);
    ~RunCurvesSession() override;

    // `ready` follows with the curves of these runs, in their order. A newer request takes an older one's place.
    void request(std::vector<RunSummary> runs);

  signals:
    void ready(const RunCurves& curves);

  private:
    struct Cached {
        std::filesystem::file_time_type changed;
        std::uintmax_t size = 0;
        RunCurve curve;
    };
    RunCurve read(const RunSummary& run);

    int m_request = 0;                                // the latest
    std::map<std::filesystem::path, Cached> m_cache;  // the worker's alone
    JobThread m_worker;                               // last: joined before anything that it uses goes
};

}  // namespace condenser
