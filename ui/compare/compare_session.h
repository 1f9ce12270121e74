// Measurements beside the window, one after the other, and those that are kept.
#pragma once

#include <QObject>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "compare/comparison.h"
#include "session/current_model.h"
#include "session/job_thread.h"
#include "store/comparison_store.h"

namespace condenser {

struct MeasureRequest {
    enum class What { kForms, kSweep, kPaperNetworks };
    What what = What::kForms;
    CurrentModel model;  // not for kPaperNetworks
    int batch = 1, threads = 1;
    std::string isa;     // to be forced; empty: the machine's best
    double seconds = 3;  // of timed calls, a form
};

using ComparisonPtr = std::shared_ptr<const Comparison>;
using BenchReportPtr = std::shared_ptr<const BenchReport>;

// Lives on the UI thread. Holds the engine (engine_use.h) while it measures. Whoever trains must stand still before
// measure() is called, and call giveUp() before it goes on.
class CompareSession : public QObject {
    Q_OBJECT

  public:
    // `store`: the file of results; empty: nothing is kept. defaultRunIndexFile() is the program's.
    explicit CompareSession(const std::filesystem::path& store = {}, QObject* parent = nullptr);
    ~CompareSession() override;

    // Nothing happens while busy().
    void measure(const MeasureRequest& request);
    void cancel();
    bool busy() const { return m_busy; }
    const MeasureRequest& request() const { return m_request; }  // the latest

    // What is kept, newest first. Ends in listed().
    void list();
    void read(qint64 id);           // ends in opened() or failed()
    void remove(qint64 id);         // ends in listed()
    void keep(ComparisonPtr what);  // again, after it was removed; ends in listed()

  signals:
    void started();
    // `share` 0..1 of all that is to be done; at most ten times a second.
    void progress(const QString& words, double share);
    // As they come, at most ten times a second: of the dense (0) or the condensed (1) form.
    void sampled(int form, const std::vector<double>& ms);
    void compared(const ComparisonPtr& comparison);  // and kept: listed() follows
    void swept(const BenchReportPtr& report);
    void networksMeasured(const BenchReportPtr& report);
    void failed(const Error& error);
    void ended();  // however; the engine is free again
    void listed(const std::vector<StoredComparison>& kept);
    void opened(qint64 id, const ComparisonPtr& comparison);

  private:
    bool m_busy = false;
    MeasureRequest m_request;
};

}  // namespace condenser
