// A file that is fetched beside all else.
#pragma once

#include <QObject>
#include <mutex>
#include <optional>
#include <thread>

#include "net/download.h"

namespace condenser {

// Lives on the UI thread; the download has a thread of its own. Whoever deletes it cancels: what has come is kept.
class DownloadSession : public QObject {
    Q_OBJECT

  public:
    explicit DownloadSession(QObject* parent = nullptr);
    ~DownloadSession() override;

    // Nothing while one is active. Ends with finished(), failed() or cancelled().
    void start(const DownloadRequest& request);
    void cancel();
    bool active() const { return m_active; }

  signals:
    void progressed(const DownloadProgress& progress);
    void finished(const Downloaded& downloaded);
    void failed(const Error& error);
    void cancelled();

  private:
    // On the worker: how far it is, or the end.
    void report(const std::optional<DownloadProgress>& progress, std::optional<Result<Downloaded>> result);
    void deliver();  // on the UI thread

    bool m_active = false;

    std::mutex m_mutex;  // guards the three below
    bool m_reported = false;
    std::optional<DownloadProgress> m_progress;
    std::optional<Result<Downloaded>> m_result;

    std::jthread m_worker;  // last: joined before anything that it uses goes
};

}  // namespace condenser
