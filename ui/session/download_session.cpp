#include "session/download_session.h"

#include <exception>
#include <utility>

namespace condenser {
namespace {

Result<Downloaded> downloadSafely(const DownloadRequest& request, const DownloadOptions& options) {
    try {
        return download(request, options);
    } catch (const std::exception& problem) {  // the memory
        return fail(ErrorCode::kTooLarge, "cannot download", request.url, problem.what());
    }
}

}  // namespace

DownloadSession::DownloadSession(QObject* parent) : QObject(parent) {}

DownloadSession::~DownloadSession() = default;

void DownloadSession::start(const DownloadRequest& request) {
    if (m_active) return;
    m_active = true;
    m_worker = std::jthread([this, request](const std::stop_token& stop) {
        DownloadOptions options;
        options.progress = [this](const DownloadProgress& progress) { report(progress, {}); };
        options.stop = stop;
        report({}, downloadSafely(request, options));
    });
}

void DownloadSession::cancel() {
    m_worker.request_stop();
}

void DownloadSession::report(const std::optional<DownloadProgress>& progress,
                             std::optional<Result<Downloaded>> result) {
    {
        const std::lock_guard lock(m_mutex);
        if (progress) m_progress = progress;
        if (result) m_result = std::move(result);
        if (std::exchange(m_reported, true)) return;
    }
    QMetaObject::invokeMethod(this, &DownloadSession::deliver, Qt::QueuedConnection);
}

void DownloadSession::deliver() {
    std::optional<DownloadProgress> progress;
    std::optional<Result<Downloaded>> result;
    {
        const std::lock_guard lock(m_mutex);
        m_reported = false;
        progress = std::exchange(m_progress, {});
        result = std::exchange(m_result, {});
    }
    if (progress) emit progressed(*progress);
    if (!result) return;
    m_active = false;
    if (*result) {
        emit finished(**result);
    } else if (result->error().code == ErrorCode::kCancelled) {
        emit cancelled();
    } else {
        emit failed(result->error());
    }
}

}  // namespace condenser
