// What leaves the Runs page as a file. Each asks where to, writes in a thread of its own, and says in the page how it
// went.
#pragma once

#include <QObject>
#include <filesystem>
#include <functional>
#include <vector>

#include "base/result.h"
#include "look/exhibit.h"
#include "session/job_thread.h"
#include "store/run_index.h"

namespace condenser {

class NoticeArea;

class RunExport : public QObject {
    Q_OBJECT

  public:
    // Both must outlive it.
    RunExport(NoticeArea& notices, QWidget& window);
    ~RunExport() override;

    void model(const RunSummary& run);
    void onnx(const RunSummary& run);
    void report(const std::vector<RunSummary>& runs);
    void seen(const Exhibit& exhibit);
    // How it went.
    void say(const std::filesystem::path& file, const Result<>& written);

  private:
    using Write = std::function<Result<>(const std::filesystem::path& file)>;
    // A dialog that asks where; `chosen` gets a path with a suffix.
    void ask(const QString& title, const QString& name, const QStringList& filters,
             std::function<void(const std::filesystem::path&)> chosen);
    void start(const std::filesystem::path& file, Write write);

    NoticeArea& m_notices;
    QWidget& m_window;
    JobThread m_worker;  // last: joined before anything that it uses goes
};

// A copy, streamed, that appears under its name when it is whole. `to` may not be `from`.
Result<> copyFileAtomically(const std::filesystem::path& from, const std::filesystem::path& to);

}  // namespace condenser
