#include "session/runs_session.h"

#include <QMetaObject>
#include <utility>

#include "io/metrics_file.h"
#include "look/format.h"
#include "session/guarded.h"

namespace condenser {
namespace {

constexpr int kEveryMs = 2000;
constexpr int kSoonMs = 100;  // files change several at a time

}  // namespace

RunsSession::RunsSession(std::filesystem::path store, std::filesystem::path indexFile, QObject* parent)
    : QObject(parent),
      m_store(std::move(store)),
      m_indexFile(std::move(indexFile)),
      m_runs(std::make_shared<std::vector<RunSummary>>()) {
    m_timer.setInterval(kEveryMs);
    m_soon.setInterval(kSoonMs);
    m_soon.setSingleShot(true);
    connect(&m_timer, &QTimer::timeout, this, &RunsSession::refresh);
    connect(&m_soon, &QTimer::timeout, this, &RunsSession::refresh);
    const auto soon = [this] {
        if (m_watching && !m_soon.isActive()) m_soon.start();
    };
    connect(&m_watcher, &QFileSystemWatcher::directoryChanged, this, soon);
    connect(&m_watcher, &QFileSystemWatcher::fileChanged, this, soon);

    m_worker.post([this](const std::stop_token& stop) {
        RunIndex* runs = stop.stop_requested() ? nullptr : index();
        if (runs == nullptr) return;
        auto cached = guarded("cannot read the list of runs", {}, [&] { return runs->cached(); });
        // What it cannot tell, the folders will.
        if (!cached) return;
        QMetaObject::invokeMethod(
            this, [this, list = std::move(*cached)] { take(list, false); }, Qt::QueuedConnection);
    });
}

RunsSession::~RunsSession() = default;

RunIndex* RunsSession::index() {
    if (m_index) return &*m_index;
    auto opened = guarded("cannot open the list of runs", {}, [&] { return RunIndex::open(m_indexFile); });
    if (!opened) {
        report(&RunsSession::readFailed, opened.error());
        return nullptr;
    }
    m_index.emplace(std::move(*opened));
    if (const std::string notice = m_index->notice(); !notice.empty()) {
        QMetaObject::invokeMethod(
            this, [this, words = QString::fromStdString(notice)] { emit noticed(words); }, Qt::QueuedConnection);
    }
    return &*m_index;
}

void RunsSession::report(Failure signal, const Error& error) {
    QMetaObject::invokeMethod(
        this, [this, signal, error] { emit(this->*signal)(error); }, Qt::QueuedConnection);
}

void RunsSession::setWatching(bool on) {
    if (on == m_watching) return;
    m_watching = on;
    if (!on) {
        m_timer.stop();
        m_soon.stop();
        if (const QStringList all = m_watcher.files() + m_watcher.directories(); !all.isEmpty()) {
            m_watcher.removePaths(all);
        }
        return;
    }
    watch();
    m_timer.start();
    refresh();
}

void RunsSession::refresh() {
    if (m_reading) {
        m_again = true;
        return;
    }
    m_reading = true;
    m_worker.post([this, changes = m_changes](const std::stop_token& stop) {
        if (stop.stop_requested()) return;
        RunIndex* runs = index();
        std::optional<std::vector<RunSummary>> list;
        if (runs != nullptr) {
            auto read = guarded("cannot read the list of runs", {}, [&] { return runs->refresh(m_store, stop); });
            if (read) {
                list = std::move(*read);
            } else if (read.error().code != ErrorCode::kCancelled) {
                report(&RunsSession::readFailed, read.error());
            }
        }
        QMetaObject::invokeMethod(
            this,
            [this, changes, list = std::move(list)] {
                m_reading = false;
                // What was read before the latest change is out of date: the next one follows.
                if (list && changes == m_changes) take(*list, true);
                if (std::exchange(m_again, false)) refresh();
            },
            Qt::QueuedConnection);
    });
}

void RunsSession::take(std::vector<RunSummary> runs, bool foldersRead) {
    m_runs = std::make_shared<const std::vector<RunSummary>>(std::move(runs));
    m_foldersRead = m_foldersRead || foldersRead;
    if (m_watching) watch();
    emit listed(m_runs);
}

// The store, for runs that come and go, and the curves of those that train.
void RunsSession::watch() {
    QStringList wanted;
    std::error_code error;
    const auto want = [&](const std::filesystem::path& path) {
        if (std::filesystem::exists(path, error)) wanted << toQString(path);
    };
    want(m_store);
    for (const RunSummary& run : *m_runs) {
        if (run.state == StoredRunState::kRunning) want(run.folder / kMetricsName);
    }
    const QStringList watched = m_watcher.files() + m_watcher.directories();
    QStringList gone, added;
    for (const QString& path : watched) {
        if (!wanted.contains(path)) gone << path;
    }
    for (const QString& path : std::as_const(wanted)) {
        if (!watched.contains(path)) added << path;
    }
    if (!gone.isEmpty()) m_watcher.removePaths(gone);
    if (!added.isEmpty()) m_watcher.addPaths(added);
}

void RunsSession::change(std::function<Result<>(RunIndex& index)> write) {
    ++m_changes;
    m_worker.post([this, write = std::move(write)](const std::stop_token&) {
        RunIndex* runs = index();
        if (runs == nullptr) return;
        if (auto ok = guarded("cannot change the list of runs", {}, [&] { return write(*runs); }); !ok)
            report(&RunsSession::changeFailed, ok.error());
    });
    refresh();
}

void RunsSession::changeNote(const std::filesystem::path& folder, std::function<void(RunNote&)> edit) {
    ++m_changes;
    m_worker.post([this, folder, edit = std::move(edit)](const std::stop_token&) {
        const auto changed = guarded("cannot write the run's note", {}, [&]() -> Result<> {
            auto note = readRunNote(folder);
            if (!note) return tl::unexpected(note.error());
            edit(*note);
            return writeRunNote(folder, *note);
        });
        if (!changed) report(&RunsSession::changeFailed, changed.error());
    });
    refresh();
}

void RunsSession::rename(const std::filesystem::path& folder, const QString& name) {
    changeNote(folder, [text = name.toStdString()](RunNote& note) { note.name = text; });
}

void RunsSession::setNote(const std::filesystem::path& folder, const QString& text) {
    changeNote(folder, [text = text.toStdString()](RunNote& note) { note.note = text; });
}

void RunsSession::setLatency(const std::filesystem::path& folder, const RunLatency& latency) {
    change([folder, latency](RunIndex& index) { return index.setLatency(folder, latency); });
}

void RunsSession::remember(const std::vector<std::filesystem::path>& folders) {
    change([folders](RunIndex& index) {
        Result<> first;
        for (const std::filesystem::path& folder : folders) {
            if (auto ok = index.remember(folder); !ok && first) first = std::move(ok);
        }
        return first;
    });
}

void RunsSession::forget(const std::filesystem::path& folder) {
    change([folder](RunIndex& index) { return index.forget(folder); });
}

}  // namespace condenser
