#include "session/inference_session.h"

#include <QFileInfo>
#include <algorithm>
#include <chrono>
#include <utility>

#include "look/format.h"
#include "network/network.h"
#include "run/model_source.h"
#include "session/guarded.h"

namespace condenser {
namespace {

constexpr const char* kWhat = "cannot classify";
constexpr int kDeliverMs = 100;
// Pictures that are decoded at a time: one at first, then as many as take this long, at most so many.
constexpr double kDecodeMs = 40;
constexpr std::size_t kMostDecoded = 64;
constexpr auto kEnginePoll = std::chrono::milliseconds(10);

using Clock = std::chrono::steady_clock;

double msSince(Clock::time_point start) {
    return std::chrono::duration<double, std::milli>(Clock::now() - start).count();
}

Result<CurrentModel> readModel(const std::filesystem::path& path) {
    return guarded(kWhat, {}, [&]() -> Result<CurrentModel> {
        auto stored = readStoredModel(path);
        if (!stored) return tl::unexpected(stored.error());
        auto model = std::make_shared<const ModelFile>(std::move(stored->file));
        // No kernel runs, so that a model can be opened while somebody measures.
        if (auto fits = Network::fromState(model->spec, model->tensors); !fits) return tl::unexpected(fits.error());
        QStringList notices;
        for (const std::string& notice : stored->notices) notices << QString::fromStdString(notice);
        const QString name = toQString(path);
        return CurrentModel{std::move(model), QFileInfo(name).fileName(), {}, name, notices.join(u'\n')};
    });
}

}  // namespace

InferenceSession::InferenceSession(QObject* parent) : QObject(parent) {
    m_later.setSingleShot(true);
    connect(&m_later, &QTimer::timeout, this, &InferenceSession::deliver);
    m_worker = std::jthread([this](const std::stop_token& stop) { work(stop); });
}

InferenceSession::~InferenceSession() {
    m_worker.request_stop();
    cancel();
}

void InferenceSession::open(const std::filesystem::path& file) {
    {
        const std::lock_guard lock(m_mutex);
        m_toOpen = file;
        m_toOpenGeneration = ++m_openGeneration;
    }
    m_wake.notify_one();
}

void InferenceSession::setModel(const CurrentModel& model) {
    m_model = model;
    emit modelChanged();
}

void InferenceSession::classify(std::vector<PictureRequest> requests) {
    if (!m_model.file || requests.empty()) return;
    m_pending = requests.size();
    {
        const std::lock_guard lock(m_mutex);
        ++m_generation;
        m_answers.clear();
        m_job = Job{m_model, std::move(requests)};
    }
    m_wake.notify_one();
}

void InferenceSession::getReady() {
    if (!m_model.file || busy()) return;
    {
        const std::lock_guard lock(m_mutex);
        m_job = Job{m_model, {}};
    }
    m_wake.notify_one();
}

void InferenceSession::cancel() {
    m_pending = 0;
    const std::lock_guard lock(m_mutex);
    ++m_generation;
    m_answers.clear();
    m_job.reset();
}

void InferenceSession::work(const std::stop_token& stop) {
    lowerThreadPriority();
    m_pool = std::make_unique<ThreadPool>(availableCores(), ThreadPriority::kLow);
    while (!stop.stop_requested()) {
        std::optional<Job> job;
        quint64 generation = 0;
        {
            std::unique_lock lock(m_mutex);
            if (!m_wake.wait(lock, stop, [this] { return m_toOpen || m_job; })) break;
            job = std::exchange(m_job, {});
            generation = m_generation;
        }
        readWhatIsToOpen();
        if (job) answer(*job, {stop, m_generation, generation});
    }
    m_classifier.reset();
    m_pool.reset();
}

void InferenceSession::readWhatIsToOpen() {
    std::optional<std::filesystem::path> file;
    quint64 generation = 0;
    {
        const std::lock_guard lock(m_mutex);
        file = std::exchange(m_toOpen, {});
        generation = m_toOpenGeneration;
    }
    if (!file) return;
    Opened opened{generation, readModel(*file)};
    {
        const std::lock_guard lock(m_mutex);
        m_openedModels.push_back(std::move(opened));
    }
    report();
}

// ---- answering, on the worker ---------------------------------------------------------------------------------------

void InferenceSession::answer(const Job& job, const Task& task) {
    if (const auto share = engineFor(task)) {
        prepare(job);
        if (m_classifier && !job.requests.empty()) m_classifier->warmUp();
    }
    std::vector<Fitted> fitted;
    std::size_t together = 1;
    for (std::size_t first = 0; first < job.requests.size() && task.wanted(); first += fitted.size()) {
        readWhatIsToOpen();  // it need not wait for thousands of pictures
        const std::span requests =
            std::span(job.requests).subspan(first).first(std::min(together, job.requests.size() - first));
        fitted.assign(requests.size(), {});
        {
            // Nobody who measures is to be disturbed by decoding either.
            const auto share = engineFor(task);
            const Clock::time_point start = Clock::now();
            m_pool->parallelFor(requests.size(), [&](std::size_t i, int /*worker*/) {
                if (task.wanted()) fitted[i] = fit(requests[i], job.model.file->preprocess);
            });
            const double perPicture = msSince(start) / static_cast<double>(requests.size());
            const auto inTime = static_cast<std::size_t>(kDecodeMs / std::max(perPicture, 1e-3));
            together =
                std::clamp(std::min(inTime, 2 * together), static_cast<std::size_t>(m_pool->size()), kMostDecoded);
        }
        for (std::size_t i = 0; i < requests.size(); ++i) {
            const auto share = engineFor(task);
            if (!share) return;
            Answer answer = ask(job, requests[i], fitted[i]);
            {
                const std::lock_guard lock(m_mutex);
                if (!task.wanted()) return;
                m_answers.push_back(std::move(answer));
            }
            report();
        }
    }
}

void InferenceSession::prepare(const Job& job) {
    if (m_classifierModel == job.model.file) return;
    m_classifier.reset();  // the old memory first
    m_unusable.reset();
    auto made = guarded(kWhat, {}, [&] { return Classifier::make(*job.model.file, *m_pool, Forms::kBoth); });
    if (made) {
        m_classifier.emplace(std::move(*made));
    } else {
        m_unusable = made.error();
    }
    m_classifierModel = job.model.file;
}

InferenceSession::Fitted InferenceSession::fit(const PictureRequest& request, const Preprocess& preprocess) {
    Fitted fitted;
    fitted.picture = guarded(kWhat, request.path.string(), [&]() -> Result<FittedPicture> {
        auto picture =
            request.picture ? fittedOf(*request.picture, preprocess) : readFitted(request.path, preprocess, m_decoding);
        if (picture) fitted.small = SeenPicture(picture->seen);
        return picture;
    });
    return fitted;
}

Answer InferenceSession::ask(const Job& job, const PictureRequest& request, Fitted& fitted) {
    Answer answer{
        request.id, {}, job.model, m_classifier ? m_classifier->outstandingSteps() : 0, std::move(fitted.small)};
    if (m_classifier) answer.denseProblem = m_classifier->denseProblem();
    answer.result = guarded(kWhat, request.path.string(), [&]() -> Result<Prediction> {
        if (m_unusable) return tl::unexpected(*m_unusable);
        if (!fitted.picture) return tl::unexpected(fitted.picture.error());
        Prediction prediction = m_classifier->classify(std::move(*fitted.picture));
        prediction.seen = {};
        return prediction;
    });
    return answer;
}

std::shared_lock<Engine> InferenceSession::engineFor(const Task& task) {
    std::shared_lock lock(engine(), std::try_to_lock);
    const auto say = [&](bool taken) {
        {
            const std::lock_guard guard(m_mutex);
            m_engineTaken = taken;
        }
        report();
    };
    // Asked again and again rather than waited for, since a measurement takes longer than a cancel may.
    bool said = false;
    while (!lock.owns_lock() && task.wanted()) {
        if (!std::exchange(said, true)) say(true);
        readWhatIsToOpen();
        std::this_thread::sleep_for(kEnginePoll);
        static_cast<void>(lock.try_lock());
    }
    if (said) say(false);
    return task.wanted() ? std::move(lock) : std::shared_lock<Engine>();
}

void InferenceSession::report() {
    {
        const std::lock_guard lock(m_mutex);
        if (std::exchange(m_reported, true)) return;
    }
    QMetaObject::invokeMethod(this, &InferenceSession::deliver, Qt::QueuedConnection);
}

void InferenceSession::deliver() {
    std::vector<Answer> answers;
    std::vector<Opened> models;
    bool waits = false;
    {
        const std::lock_guard lock(m_mutex);
        // A view that has just been told is not told again at once, unless that was all.
        const qint64 since = m_sinceDelivery.isValid() ? m_sinceDelivery.elapsed() : kDeliverMs;
        if (since < kDeliverMs && m_answers.size() < m_pending && m_openedModels.empty()) {
            if (!m_later.isActive()) m_later.start(static_cast<int>(kDeliverMs - since));
            return;
        }
        m_reported = false;
        answers.swap(m_answers);
        models.swap(m_openedModels);
        waits = m_engineTaken;
    }
    if (std::exchange(m_waits, waits) != waits) emit waitsForEngineChanged();
    for (const Opened& entry : models) {
        if (entry.generation != m_openGeneration) continue;  // another file was asked for since
        if (entry.model) {
            emit opened(*entry.model);
        } else {
            emit openFailed(entry.model.error());
        }
    }
    if (answers.empty()) return;
    m_sinceDelivery.start();
    m_pending -= std::min(m_pending, answers.size());
    emit answered(answers);
    if (m_pending == 0) emit finished();
}

}  // namespace condenser
