// Pictures in, answers out, beside whatever trains: a worker with a network of its own.
#pragma once

#include <QObject>
#include <condition_variable>
#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "run/classifier.h"
#include "session/current_model.h"

namespace condenser {

struct PictureRequest {
    qint64 id = 0;  // the caller's
    std::filesystem::path path;
    std::shared_ptr<const Picture> picture;  // instead of the path: pasted, say
};

struct Answer {
    qint64 id = 0;
    Result<Prediction> result;
    CurrentModel model;        // that answered
    int outstandingSteps = 0;  // Classifier
};

// Lives on the UI thread. A new request cancels what is left of the old one; answers arrive as they come.
class InferenceSession : public QObject {
    Q_OBJECT

  public:
    explicit InferenceSession(QObject* parent = nullptr);
    ~InferenceSession() override;

    // Reads a model file, or a PyTorch checkpoint, and checks that its tensors fit its spec; then opened() or
    // openFailed(). It does not become the model that answers: that is setModel's.
    void open(const std::filesystem::path& file);
    void setModel(const CurrentModel& model);
    const CurrentModel& model() const { return m_model; }

    // Without a model nothing happens.
    void classify(std::vector<PictureRequest> requests);
    void cancel();
    bool busy() const { return m_pending > 0; }

  signals:
    void modelChanged();
    void opened(const CurrentModel& model);
    void openFailed(const Error& error);
    void answered(const std::vector<Answer>& answers);
    void finished();

  private:
    struct Job {
        CurrentModel model;
        std::vector<PictureRequest> requests;
    };
    struct Opened {
        quint64 generation;
        Result<CurrentModel> model;
    };

    void work(const std::stop_token& stop);
    void answer(const Job& job, quint64 generation, const std::stop_token& stop);
    void report();   // on the worker: asks for one deliver() if none is outstanding
    void deliver();  // on the UI thread

    CurrentModel m_model;
    quint64 m_openGeneration = 0;
    std::size_t m_pending = 0;  // answers that are still to come

    // Of the worker alone.
    std::unique_ptr<ThreadPool> m_pool;
    std::optional<Classifier> m_classifier;
    std::shared_ptr<const ModelFile> m_classifierModel;

    std::mutex m_mutex;  // guards all below
    std::condition_variable_any m_wake;
    std::optional<Job> m_job;
    std::optional<std::filesystem::path> m_toOpen;
    quint64 m_toOpenGeneration = 0;
    quint64 m_generation = 0;
    bool m_reported = false;
    std::vector<Answer> m_answers;
    std::vector<Opened> m_openedModels;

    std::jthread m_worker;  // last: joined before anything that it uses goes
};

}  // namespace condenser
