#include "compare/compare_session.h"

#include <QJsonDocument>
#include <QJsonObject>
#include <algorithm>
#include <utility>

#include "ops/simd_target.h"
#include "session/engine_use.h"
#include "session/guarded.h"

namespace condenser {
namespace {

constexpr int kDeliveryMs = 100;
constexpr std::size_t kRoomForSamples = 1 << 14;  // between two deliveries, so that the measuring thread allocates none

constexpr const char* kMeasuring = "cannot measure";
constexpr const char* kKeeping = "cannot keep the measurement";
constexpr const char* kListing = "cannot read the list of measurements";
constexpr const char* kReading = "cannot read the measurement";
constexpr const char* kRemoving = "cannot remove the measurement";

// What of a comparison's time lies before a stage, and what is its own, about.
std::pair<double, double> partOf(ComparisonOptions::Stage stage) {
    switch (stage) {
        case ComparisonOptions::Stage::kEquality:
            return {0, 0.2};
        case ComparisonOptions::Stage::kTiming:
            return {0.2, 0.4};
        case ComparisonOptions::Stage::kLayers:
            return {0.6, 0.4};
    }
    return {0, 1};
}

// Another instruction set for as long as it lives. Nobody else may compute.
class ForcedIsa {
  public:
    explicit ForcedIsa(const std::string& name) : m_before(activeSimdTarget()) {
        if (!name.empty()) m_forced = forceSimdTarget(name);
    }
    ~ForcedIsa() {
        // The best one is given back as it was: unforced.
        (void)forceSimdTarget(m_before == simdTargets().front() ? std::string() : m_before);
    }
    ForcedIsa(const ForcedIsa&) = delete;
    ForcedIsa& operator=(const ForcedIsa&) = delete;

    const Result<>& forced() const { return m_forced; }

  private:
    std::string m_before;
    Result<> m_forced;
};

// What the model was trained on, as --data; empty where its file does not tell.
std::string dataOf(const ModelFile& model) {
    const QJsonObject trained = QJsonDocument::fromJson(QByteArray::fromStdString(model.trained)).object();
    return trained.value(u"data").toString().toStdString();
}

double shareOf(double done, double total) {
    return total > 0 ? std::clamp(done / total, 0.0, 1.0) : 0;
}

}  // namespace

CompareSession::CompareSession(const std::filesystem::path& store, CompareMeter meter, QObject* parent)
    : QObject(parent), m_meter(std::move(meter)), m_file(store) {
    m_timer.setInterval(kDeliveryMs);
    connect(&m_timer, &QTimer::timeout, this, &CompareSession::deliver);
}

CompareSession::~CompareSession() {
    m_worker.request_stop();
}

// ---- measuring ------------------------------------------------------------------------------------------------------

void CompareSession::measure(const MeasureRequest& request) {
    if (m_busy || (request.what != MeasureRequest::What::kPaperNetworks && !request.model.file)) return;
    m_busy = true;
    m_request = request;
    m_inbox.stage = {};
    m_inbox.share = 0;
    m_inbox.moved = false;
    for (auto* all : {&m_inbox.samples, &m_spare}) {
        for (std::vector<double>& samples : *all) {
            samples.clear();
            samples.reserve(kRoomForSamples);
        }
    }
    emit started();
    emit progress(wordsFor({}), 0);
    m_timer.start();
    m_worker = std::jthread([this, request](const std::stop_token& stop) {
        auto result = guarded(kMeasuring, request.model.name.toStdString(), [&] { return measured(request, stop); });
        QMetaObject::invokeMethod(
            this, [this, result = std::move(result)] { end(result); }, Qt::QueuedConnection);
    });
}

void CompareSession::cancel() {
    if (m_busy) m_worker.request_stop();
}

Result<CompareSession::Measured> CompareSession::measured(const MeasureRequest& request, const std::stop_token& stop) {
    if (!engine().lock(stop)) return fail(ErrorCode::kCancelled, "stopped", {}, "measuring was asked to end");
    const std::unique_lock whole(engine(), std::adopt_lock);
    const ForcedIsa isa(request.isa);
    if (!isa.forced()) return tl::unexpected(isa.forced().error());

    const ComparisonOptions options = optionsFor(request, stop);
    const bool ofForms = request.what == MeasureRequest::What::kForms;
    options.progress(ofForms ? ComparisonOptions::Stage::kEquality : ComparisonOptions::Stage::kTiming, 0, 1);
    const std::string name = request.model.name.toStdString();
    if (ofForms) {
        auto comparison = m_meter.forms(*request.model.file, name, options);
        if (!comparison) return tl::unexpected(comparison.error());
        comparison->sample = request.model.sample;
        return std::make_shared<const Comparison>(std::move(*comparison));
    }
    auto report = request.what == MeasureRequest::What::kSweep ? m_meter.sweep(*request.model.file, name, options)
                                                               : m_meter.paperNetworks(options);
    if (!report) return tl::unexpected(report.error());
    return std::make_shared<const BenchReport>(std::move(*report));
}

// What is told on the way is put where the window's timer finds it: no event is posted, and nothing allocated, between
// two blocks of calls.
ComparisonOptions CompareSession::optionsFor(const MeasureRequest& request, const std::stop_token& stop) {
    const bool ofForms = request.what == MeasureRequest::What::kForms;
    ComparisonOptions options;
    options.batch = request.batch;
    options.threads = request.threads;
    options.seconds = request.seconds;
    if (ofForms) options.data = dataOf(*request.model.file);
    options.stop = stop;
    options.progress = [this, ofForms](ComparisonOptions::Stage stage, double done, double total) {
        const auto [before, part] = ofForms ? partOf(stage) : std::pair(0.0, 1.0);
        const double share = before + part * shareOf(done, total);
        const std::lock_guard lock(m_inbox.mutex);
        m_inbox.moved = true;
        m_inbox.stage = stage;
        m_inbox.share = std::max(m_inbox.share, share);  // never backwards
    };
    if (!ofForms) return options;
    options.sampled = [this](std::size_t form, std::span<const double> ms) {
        if (form >= m_inbox.samples.size()) return;
        const std::lock_guard lock(m_inbox.mutex);
        m_inbox.samples[form].insert(m_inbox.samples[form].end(), ms.begin(), ms.end());
    };
    return options;
}

void CompareSession::deliver() {
    bool moved = false;
    Stage stage;
    double share = 0;
    {
        const std::lock_guard lock(m_inbox.mutex);
        moved = std::exchange(m_inbox.moved, false);
        stage = m_inbox.stage;
        share = m_inbox.share;
        m_inbox.samples.swap(m_spare);
    }
    if (moved) emit progress(wordsFor(stage), share);
    for (std::size_t form = 0; form < m_spare.size(); ++form) {
        if (!m_spare[form].empty()) emit sampled(static_cast<int>(form), m_spare[form]);
        m_spare[form].clear();
    }
}

void CompareSession::end(const Result<Measured>& result) {
    m_timer.stop();
    const bool given = !m_worker.get_stop_token().stop_requested();
    if (given) deliver();
    if (given && !result) {
        emit failed(result.error());
    } else if (given && m_request.what == MeasureRequest::What::kForms) {
        const auto& comparison = std::get<ComparisonPtr>(*result);
        emit compared(comparison);
        keep(comparison);
    } else if (given) {
        const auto& report = std::get<BenchReportPtr>(*result);
        m_request.what == MeasureRequest::What::kSweep ? emit swept(report) : emit networksMeasured(report);
    }
    m_busy = false;
    emit ended();
}

QString CompareSession::wordsFor(Stage stage) const {
    using What = MeasureRequest::What;
    if (!stage) return tr("Waiting for what is still being computed");
    if (stage == ComparisonOptions::Stage::kEquality) return tr("Asking both forms the same pictures");
    if (stage == ComparisonOptions::Stage::kLayers) return tr("Timing layer by layer");
    if (m_request.what == What::kSweep) return tr("Timing threads and batches");
    if (m_request.what == What::kPaperNetworks) return tr("Timing the five networks in turn");
    return tr("Timing dense and condensed in turn");
}

// ---- what is kept ---------------------------------------------------------------------------------------------------

Result<ComparisonStore*> CompareSession::store() {
    if (m_file.empty()) return nullptr;
    if (!m_store) {
        auto opened = ComparisonStore::open(m_file);
        if (!opened) return tl::unexpected(opened.error());
        m_store.emplace(std::move(*opened));
        if (!m_store->notice().empty()) {
            QMetaObject::invokeMethod(
                this, [this, words = QString::fromStdString(m_store->notice())] { emit noticed(words); },
                Qt::QueuedConnection);
        }
    }
    return &*m_store;
}

void CompareSession::list() {
    m_files.post([this](const std::stop_token& stop) {
        if (!stop.stop_requested()) postList();
    });
}

void CompareSession::postList() {
    auto kept = guarded(kListing, m_file.string(), [&]() -> Result<std::vector<StoredComparison>> {
        const auto opened = store();
        if (!opened) return tl::unexpected(opened.error());
        if (*opened == nullptr) return std::vector<StoredComparison>{};
        return (*opened)->list();
    });
    QMetaObject::invokeMethod(
        this, [this, kept = std::move(kept)] { kept ? emit listed(*kept) : emit failed(kept.error()); },
        Qt::QueuedConnection);
}

// `work` takes the store and gives a Result<>. What must be written is written even while the window closes.
template <class Work>
void CompareSession::changeStore(const char* what, Work work) {
    m_files.post([this, what, work = std::move(work)](const std::stop_token& stop) {
        const auto done = guarded(what, m_file.string(), [&]() -> Result<> {
            const auto opened = store();
            if (!opened) return tl::unexpected(opened.error());
            if (*opened == nullptr) return {};
            return work(**opened);
        });
        if (!done) {
            QMetaObject::invokeMethod(
                this, [this, error = done.error()] { emit failed(error); }, Qt::QueuedConnection);
        } else if (!stop.stop_requested()) {
            postList();
        }
    });
}

void CompareSession::keep(ComparisonPtr what) {
    changeStore(kKeeping, [what = std::move(what)](ComparisonStore& store) -> Result<> {
        const auto id = store.add(*what);
        if (!id) return tl::unexpected(id.error());
        return {};
    });
}

void CompareSession::remove(qint64 id) {
    changeStore(kRemoving, [id](ComparisonStore& store) { return store.remove(id); });
}

void CompareSession::read(qint64 id) {
    m_files.post([this, id](const std::stop_token& stop) {
        if (stop.stop_requested()) return;
        auto comparison = guarded(kReading, m_file.string(), [&]() -> Result<ComparisonPtr> {
            const auto opened = store();
            if (!opened) return tl::unexpected(opened.error());
            if (*opened == nullptr) return fail(ErrorCode::kNotFound, kReading, {}, "nothing is kept");
            auto found = (*opened)->read(id);
            if (!found) return tl::unexpected(found.error());
            return std::make_shared<const Comparison>(std::move(*found));
        });
        QMetaObject::invokeMethod(
            this,
            [this, id, comparison = std::move(comparison)] {
                comparison ? emit opened(id, *comparison) : emit failed(comparison.error());
            },
            Qt::QueuedConnection);
    });
}

}  // namespace condenser
