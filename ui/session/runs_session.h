// The seam to the run index: the list of runs as it is on the disk, kept up to date while somebody looks.
#pragma once

#include <QFileSystemWatcher>
#include <QObject>
#include <QString>
#include <QTimer>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "io/run_note.h"
#include "run/training_run.h"
#include "session/job_thread.h"
#include "store/run_index.h"

namespace condenser {

using RunList = std::shared_ptr<const std::vector<RunSummary>>;

// Lives on the UI thread; the index and the folders are read and written by a thread of its own. Starts with what the
// index remembers, so that the first paint has rows. The destructor waits for the job in hand.
class RunsSession : public QObject {
    Q_OBJECT

  public:
    explicit RunsSession(std::filesystem::path store = defaultRunStore(),
                         std::filesystem::path indexFile = defaultRunIndexFile(), QObject* parent = nullptr);
    ~RunsSession() override;

    // Never null.
    const RunList& runs() const { return m_runs; }
    // The folders were read at least once: an empty list is then a store without runs.
    bool foldersRead() const { return m_foldersRead; }
    bool inStore(const std::filesystem::path& folder) const { return folder.parent_path() == m_store; }

    // While on, the folders are read at once, every two seconds, and when one of them changes; while off, never.
    void setWatching(bool on);
    // Reads the folders. Asked for while it is under way, it is done once more afterwards.
    void refresh();

    // Each of these is followed by a refresh.
    void rename(const std::filesystem::path& folder, const QString& name);
    void setNote(const std::filesystem::path& folder, const QString& note);
    void setLatency(const std::filesystem::path& folder, const RunLatency& latency);
    // What cannot be remembered hinders no other one; the first failure is told.
    void remember(const std::vector<std::filesystem::path>& folders);
    void forget(const std::filesystem::path& folder);

  signals:
    void listed(const RunList& runs);
    void readFailed(const Error& error);    // the list stays as it was
    void noticed(const QString& words);     // once: what the index has to say of itself
    void changeFailed(const Error& error);  // a name, a note, ... was not written

  private:
    // On the worker: makes the index where there is none yet.
    RunIndex* index();
    void change(std::function<Result<>(RunIndex& index)> write);
    void changeNote(const std::filesystem::path& folder, std::function<void(RunNote&)> edit);
    using Failure = void (RunsSession::*)(const Error&);
    void report(Failure signal, const Error& error);
    void take(std::vector<RunSummary> runs, bool foldersRead);
    void readAgain();
    void watch();

    std::filesystem::path m_store, m_indexFile;
    RunList m_runs;
    bool m_foldersRead = false;
    bool m_watching = false;
    bool m_reading = false, m_again = false;  // one refresh is under way; another one is wanted
    int m_changes = 0;                        // asked for so far
    QTimer m_timer, m_soon;
    QFileSystemWatcher m_watcher;
    std::optional<RunIndex> m_index;  // the worker's alone
    JobThread m_worker;               // last: joined before anything that it uses goes
};

}  // namespace condenser
