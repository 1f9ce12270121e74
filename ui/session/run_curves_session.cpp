#include "session/run_curves_session.h"

#include <QMetaObject>
#include <algorithm>
#include <exception>
#include <system_error>
#include <utility>

#include "io/metrics_file.h"
#include "look/format.h"
#include "run/macs_spent.h"

namespace condenser {
namespace {

constexpr std::size_t kMostCached = 64;  // curves, of a few ten kilobytes each

}  // namespace

RunCurve curveOf(const std::filesystem::path& folder, const RunRecord& record, const std::vector<MetricsRow>& rows) {
    RunCurve curve{folder, {}, {}, {}};
    const std::vector<double> macs = macsSpent(record, rows);
    curve.points.reserve(rows.size());
    for (std::size_t i = 0; i < rows.size(); ++i) {
        const MetricsRow& row = rows[i];
        curve.points.push_back({static_cast<double>(row.epoch), row.seconds,
                                std::min(1.0, row.epoch / static_cast<double>(std::max(1, record.settings.epochs))),
                                macs[i], row.testTop1, row.testLoss, row.trainTop1, row.trainLoss, row.kept});
    }
    const std::int64_t steps = rows.empty() ? 0 : rows.back().step;
    for (const CondensingStep& step : planCondensing(record)) {
        if (step.step < steps) curve.condensed.push_back(step);
    }
    return curve;
}

RunCurvesSession::RunCurvesSession(QObject* parent) : QObject(parent) {}

RunCurvesSession::~RunCurvesSession() = default;

void RunCurvesSession::request(std::vector<RunSummary> runs) {
    const int number = ++m_request;
    m_worker.post([this, number, runs = std::move(runs)](const std::stop_token& stop) {
        auto curves = std::make_shared<std::vector<RunCurve>>();
        try {
            for (const RunSummary& run : runs) {
                if (stop.stop_requested()) return;
                curves->push_back(read(run));
            }
        } catch (const std::exception&) {
            return;  // out of memory: the curves stay as they are
        }
        QMetaObject::invokeMethod(
            this,
            [this, number, curves = RunCurves(std::move(curves))] {
                if (number == m_request) emit ready(curves);
            },
            Qt::QueuedConnection);
    });
}

RunCurve RunCurvesSession::read(const RunSummary& run) {
    const std::filesystem::path file = run.folder / kMetricsName;
    std::error_code error;
    const auto changed = std::filesystem::last_write_time(file, error);
    const std::uintmax_t size = error ? 0 : std::filesystem::file_size(file, error);
    const auto cached = m_cache.find(run.folder);
    if (cached != m_cache.end() && cached->second.changed == changed && cached->second.size == size) {
        return cached->second.curve;
    }
    const auto rows = readMetrics(run.folder);
    if (!rows) return {run.folder, {}, {}, errorWords(rows.error())};
    RunCurve curve = curveOf(run.folder, run.record, *rows);
    if (m_cache.size() >= kMostCached) m_cache.clear();
    m_cache[run.folder] = {changed, size, curve};
    return curve;
}

}  // namespace condenser
