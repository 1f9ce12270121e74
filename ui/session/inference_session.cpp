#include "session/inference_session.h"

#include <QFileInfo>
#include <algorithm>
#include <utility>

#include "look/format.h"
#include "run/model_source.h"
#include "session/guarded.h"

namespace condenser {
namespace {

constexpr const char* kWhat = "cannot classify";
// What the page keeps of a picture: enough to show it, so that a folder of large ones fits the memory.
constexpr int kLargestKept = 128;  // pixels

Result<CurrentModel> readModel(const std::filesystem::path& path, ThreadPool& pool) {
    return guarded(kWhat, {}, [&]() -> Result<CurrentModel> {
        auto stored = readStoredModel(path);
        if (!stored) return tl::unexpected(stored.error());
        auto model = std::make_shared<const ModelFile>(std::move(stored->file));
        if (auto fits = Classifier::make(*model, pool); !fits) return tl::unexpected(fits.error());
        QStringList notices;
        for (const std::string& notice : stored->notices) notices << QString::fromStdString(notice);
        const QString name = toQString(path);
        return CurrentModel{std::move(model), QFileInfo(name).fileName(), {}, name, notices.join(u'\n')};
    });
}

}  // namespace

InferenceSession::InferenceSession(QObject* parent)
    : QObject(parent), m_worker([this](const std::stop_token& stop) { work(stop); }) {}

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

void InferenceSession::cancel() {
    m_pending = 0;
    const std::lock_guard lock(m_mutex);
    ++m_generation;
    m_answers.clear();
    m_job.reset();
}

void InferenceSession::work(const std::stop_token& stop) {
    m_pool = std::make_unique<ThreadPool>(availableCores());
    while (!stop.stop_requested()) {
        std::optional<std::filesystem::path> toOpen;
        std::optional<Job> job;
        quint64 generation = 0, openGeneration = 0;
        {
            std::unique_lock lock(m_mutex);
            if (!m_wake.wait(lock, stop, [this] { return m_toOpen || m_job; })) break;
            toOpen = std::exchange(m_toOpen, {});
            job = std::exchange(m_job, {});
            generation = m_generation;
            openGeneration = m_toOpenGeneration;
        }
        if (toOpen) {
            Opened opened{openGeneration, readModel(*toOpen, *m_pool)};
            {
                const std::lock_guard lock(m_mutex);
                m_openedModels.push_back(std::move(opened));
            }
            report();
        }
        if (job) answer(*job, generation, stop);
    }
    m_classifier.reset();
    m_pool.reset();
}

void InferenceSession::answer(const Job& job, quint64 generation, const std::stop_token& stop) {
    std::optional<Error> unusable;
    if (!m_classifier || m_classifierModel != job.model.file) {
        m_classifier.reset();
        auto made = guarded(kWhat, {}, [&] { return Classifier::make(*job.model.file, *m_pool, Forms::kBoth); });
        if (made) {
            m_classifier.emplace(std::move(*made));
            m_classifierModel = job.model.file;
        } else {
            unusable = made.error();
        }
    }
    for (const PictureRequest& request : job.requests) {
        if (stop.stop_requested()) return;
        auto result = guarded(kWhat, {}, [&]() -> Result<Prediction> {
            if (unusable) return tl::unexpected(*unusable);
            auto prediction = request.picture ? Result<Prediction>(m_classifier->classify(*request.picture))
                                              : m_classifier->classify(request.path);
            if (prediction && std::max(prediction->seen.height, prediction->seen.width) > kLargestKept) {
                Picture& seen = prediction->seen;
                const int longest = std::max(seen.height, seen.width);
                seen = resizeBilinear(seen, std::max(1, seen.height * kLargestKept / longest),
                                      std::max(1, seen.width * kLargestKept / longest));
            }
            return prediction;
        });
        {
            const std::lock_guard lock(m_mutex);
            if (generation != m_generation) return;  // a newer request has cancelled this one
            const int outstanding = m_classifier ? m_classifier->outstandingSteps() : 0;
            m_answers.push_back({request.id, std::move(result), job.model, outstanding});
        }
        report();
    }
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
    {
        const std::lock_guard lock(m_mutex);
        m_reported = false;
        answers.swap(m_answers);
        models.swap(m_openedModels);
    }
    for (const Opened& entry : models) {
        if (entry.generation != m_openGeneration) continue;  // another file was asked for since
        if (entry.model) {
            emit opened(*entry.model);
        } else {
            emit openFailed(entry.model.error());
        }
    }
    if (answers.empty()) return;
    m_pending -= std::min(m_pending, answers.size());
    emit answered(answers);
    if (m_pending == 0) emit finished();
}

}  // namespace condenser
