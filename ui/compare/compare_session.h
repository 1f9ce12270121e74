// Measurements beside the window, one after the other, and those that are kept.
#pragma once

#include <QObject>
#include <QTimer>
#include <array>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <variant>
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
    std::string isa;  // to be forced; empty: the one in force, which is the machine's best unless CONDENSER_ISA is set
    double seconds = 3;  // of timed calls, a form
};

using ComparisonPtr = std::shared_ptr<const Comparison>;
using BenchReportPtr = std::shared_ptr<const BenchReport>;

// What measures, on a thread of the session's.
struct CompareMeter {
    std::function<Result<Comparison>(const ModelFile&, const std::string& name, const ComparisonOptions&)> forms =
        compareForms;
    std::function<Result<BenchReport>(const ModelFile&, const std::string& name, const ComparisonOptions&)> sweep =
        sweepForms;
    std::function<Result<BenchReport>(const ComparisonOptions&)> paperNetworks = measurePaperNetworks;
};

// Lives on the UI thread. Holds the engine (engine_use.h) while it measures, and waits for it before. Nobody may train
// meanwhile: PauseAndMeasure sees to that. Measuring has a thread of its own at normal priority, what is kept another.
class CompareSession : public QObject {
    Q_OBJECT

  public:
    // `store`: the file of results; empty: nothing is kept. defaultRunIndexFile() is the program's.
    explicit CompareSession(const std::filesystem::path& store = {}, CompareMeter meter = {},
                            QObject* parent = nullptr);
    ~CompareSession() override;

    // Nothing happens while busy(), or without a model where one is needed.
    void measure(const MeasureRequest& request);
    // Within one call of the network. Of a measurement that was cancelled only ended() is heard.
    void cancel();
    bool busy() const { return m_busy; }
    const MeasureRequest& request() const { return m_request; }  // the latest

    // What is kept, newest first. Ends in listed() or failed().
    void list();
    void read(qint64 id);           // ends in opened() or failed()
    void remove(qint64 id);         // ends in listed() or failed()
    void keep(ComparisonPtr what);  // again, after it was removed; ends in listed() or failed()

  signals:
    void started();
    // `share` 0..1 of all that is to be done; at most ten times a second.
    void progress(const QString& words, double share);
    // As they come, at most ten times a second: of the dense (0) or the condensed (1) form. With kForms alone.
    void sampled(int form, const std::vector<double>& ms);
    void compared(const ComparisonPtr& comparison);  // and kept: listed(), or failed(), follows
    void swept(const BenchReportPtr& report);
    void networksMeasured(const BenchReportPtr& report);
    void failed(const Error& error);
    void ended();  // however; the engine is free again
    void listed(const std::vector<StoredComparison>& kept);
    void opened(qint64 id, const ComparisonPtr& comparison);
    void noticed(const QString& sentence);  // of the file of results: it was set aside, or nothing is remembered

  private:
    using Measured = std::variant<ComparisonPtr, BenchReportPtr>;
    using Stage = std::optional<ComparisonOptions::Stage>;  // nothing: it waits for the engine

    // Filled by the thread that measures, emptied by the UI's.
    struct Inbox {
        std::mutex mutex;
        std::array<std::vector<double>, 2> samples;
        Stage stage;
        double share = 0;
        bool moved = false;  // `stage` and `share` are news
    };

    Result<Measured> measured(const MeasureRequest& request, const std::stop_token& stop);
    ComparisonOptions optionsFor(const MeasureRequest& request, const std::stop_token& stop);
    void deliver();
    void end(const Result<Measured>& result);
    QString wordsFor(Stage stage) const;

    // On m_files' thread. Nothing where there is no file of results.
    Result<ComparisonStore*> store();
    void postList();
    template <class Work>
    void changeStore(const char* what, Work work);

    const CompareMeter m_meter;
    const std::filesystem::path m_file;
    bool m_busy = false;
    MeasureRequest m_request;
    Inbox m_inbox;
    std::array<std::vector<double>, 2> m_spare;  // of the UI's thread: the memory that the inbox gets in exchange
    QTimer m_timer;
    std::optional<ComparisonStore> m_store;  // of m_files' thread alone
    JobThread m_files;                       // these two last: joined before anything that they use goes
    std::jthread m_worker;
};

}  // namespace condenser
