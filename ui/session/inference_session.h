// Pictures in, answers out, beside whatever trains: a worker with a network of its own.
#pragma once

#include <QElapsedTimer>
#include <QObject>
#include <QTimer>
#include <atomic>
#include <condition_variable>
#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <shared_mutex>
#include <thread>
#include <vector>

#include "data/pixel_budget.h"
#include "run/classifier.h"
#include "session/current_model.h"
#include "session/engine_use.h"
#include "session/seen_picture.h"

namespace condenser {

struct PictureRequest {
    qint64 id = 0;  // the caller's
    std::filesystem::path path;
    std::shared_ptr<const Picture> picture;  // instead of the path: pasted, say
};

struct Answer {
    qint64 id = 0;
    Result<Prediction> result;  // without the picture, which is in `seen`
    CurrentModel model;         // that answered
    int outstandingSteps = 0;   // Classifier
    SeenPicture seen = {};
    std::optional<Error> denseProblem = {};  // Classifier
};

// Lives on the UI thread. A new request replaces what is left of the old one, so it names all that still wait; answers
// arrive in the order of the request, the first at once and the others at most ten times a second.
//
// Pictures are decoded a few at a time, on all threads of the worker's pool; then the network answers one after the
// other, with all threads to itself. So the times that it reports are its own, the first answer comes after one
// picture, and no more than a few decoded pictures are in memory. All of it yields to the window, as training does.
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
    // Pictures will come soon: makes both forms of the model ready, which takes half a second for a large one.
    void getReady();
    bool busy() const { return m_pending > 0; }
    // For whoever measures has the engine (engine_use.h); it goes on by itself.
    bool waitsForEngine() const { return m_waits; }

  signals:
    void modelChanged();
    void opened(const CurrentModel& model);
    void openFailed(const Error& error);
    void answered(const std::vector<Answer>& answers);
    void finished();
    void waitsForEngineChanged();

  private:
    struct Job {
        CurrentModel model;
        std::vector<PictureRequest> requests;
    };
    struct Opened {
        quint64 generation;
        Result<CurrentModel> model;
    };

    // Whether a job is still wanted, and no newer one has come.
    struct Task {
        const std::stop_token& stop;
        const std::atomic<quint64>& now;
        quint64 generation;
        bool wanted() const { return !stop.stop_requested() && now == generation; }
    };
    // A picture on its way to the network.
    struct Fitted {
        Result<FittedPicture> picture;
        SeenPicture small;
    };

    void work(const std::stop_token& stop);
    void readWhatIsToOpen();
    void answer(const Job& job, const Task& task);
    void prepare(const Job& job);
    Fitted fit(const PictureRequest& request, const Preprocess& preprocess);
    Answer ask(const Job& job, const PictureRequest& request, Fitted& fitted);
    // Empty if the task is not wanted any more.
    std::shared_lock<Engine> engineFor(const Task& task);
    void report();   // on the worker: asks for one deliver() if none is outstanding
    void deliver();  // on the UI thread

    CurrentModel m_model;
    quint64 m_openGeneration = 0;
    std::size_t m_pending = 0;  // answers that are still to come
    bool m_waits = false;
    QTimer m_later;                 // until the next delivery is due
    QElapsedTimer m_sinceDelivery;  // invalid before the first

    // Of the worker alone.
    std::unique_ptr<ThreadPool> m_pool;
    std::optional<Classifier> m_classifier;
    std::shared_ptr<const ModelFile> m_classifierModel;
    std::optional<Error> m_unusable;  // why that model cannot answer
    PixelBudget m_decoding;           // of all its pool's threads

    std::atomic<quint64> m_generation = 0;  // of the latest request; written under the mutex
    std::mutex m_mutex;                     // guards all below
    std::condition_variable_any m_wake;
    std::optional<Job> m_job;
    std::optional<std::filesystem::path> m_toOpen;
    quint64 m_toOpenGeneration = 0;
    bool m_engineTaken = false;
    bool m_reported = false;
    std::vector<Answer> m_answers;
    std::vector<Opened> m_openedModels;

    std::jthread m_worker;  // last: joined before anything that it uses goes
};

}  // namespace condenser
