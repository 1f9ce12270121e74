#include "session/latency_session.h"

#include <QMetaObject>
#include <exception>
#include <utility>
#include <vector>

#include "base/thread_pool.h"
#include "bench/model_bench.h"
#include "io/run_folder.h"
#include "ops/simd_target.h"
#include "run/model_source.h"
#include "session/engine_use.h"

namespace condenser {
namespace {

constexpr double kSeconds = 1;  // of timed calls, a run

}  // namespace

Result<RunLatency> measureRunLatency(const std::filesystem::path& folder, double seconds, const std::stop_token& stop) {
    ModelRequest request;
    request.model = (folder / kModelName).string();
    request.variant = Variant::kCondensed;
    const auto opened = openModel(request);
    if (!opened) return tl::unexpected(opened.error());
    const auto share = shareOfEngine(stop);
    if (!share) return fail(ErrorCode::kCancelled, "stopped", folder.string(), "timing was asked to end");
    const NetworkSpec& spec = opened->info.spec;
    const BenchModel model{folder.filename().string(), variantName(Variant::kCondensed),
                           graphOf(opened->network, spec.height, spec.width, DroppedConnections::kSkip), 0};
    ThreadPool pool(availableCores());
    BenchOptions options;
    options.seconds = seconds;
    options.stop = stop;
    const auto rows = benchModels({&model, 1}, pool, options);
    if (!rows) return tl::unexpected(rows.error());
    const BenchRow& row = rows->front();
    return RunLatency{row.medianMs, row.p5Ms, row.p95Ms, row.threads, activeSimdTarget(), cpuName(), utcNow()};
}

LatencySession::LatencySession(QObject* parent) : QObject(parent) {}

LatencySession::~LatencySession() {
    m_stop.request_stop();
}

void LatencySession::measure(const std::vector<std::filesystem::path>& folders) {
    if (active() || folders.empty()) return;
    m_stop = {};
    m_left = m_total = static_cast<int>(folders.size());
    emit progress(0, m_total);
    for (const std::filesystem::path& folder : folders) {
        m_worker.post([this, folder, stop = m_stop.get_token()](const std::stop_token&) {
            Result<RunLatency> latency = fail(ErrorCode::kCancelled, "stopped", {}, "timing was asked to end");
            try {
                if (!stop.stop_requested()) latency = measureRunLatency(folder, kSeconds, stop);
            } catch (const std::exception& error) {
                latency = fail(ErrorCode::kTooLarge, "cannot measure the latency", folder.string(), error.what(),
                               "close other programs and try again");
            }
            QMetaObject::invokeMethod(
                this,
                [this, folder, latency = std::move(latency)] {
                    --m_left;
                    if (latency) {
                        emit measured(folder, *latency);
                    } else if (latency.error().code != ErrorCode::kCancelled) {
                        emit failed(folder, latency.error());
                    }
                    emit progress(m_total - m_left, m_total);
                    if (m_left == 0) emit ended();
                },
                Qt::QueuedConnection);
        });
    }
}

void LatencySession::cancel() {
    m_stop.request_stop();
}

}  // namespace condenser
