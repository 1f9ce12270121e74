// Which model and which run are in hand: those that somebody opens, those of the last time, and the one in training.
#pragma once

#include <QObject>
#include <QString>
#include <filesystem>
#include <memory>

#include "run/stored_run.h"
#include "session/inference_session.h"
#include "session/sample_run.h"
#include "session/training_session.h"

class QSettings;

namespace condenser {

class RecentFiles;

class Opener : public QObject {
    Q_OBJECT

  public:
    // All must outlive it; `settings` keeps the last run and model.
    Opener(QSettings& settings, RecentFiles& recent, InferenceSession& inference, TrainingSession& training,
           QObject* parent = nullptr);

    void openModel(const std::filesystem::path& file);
    // Its curves, and its model if it has one.
    void openRun(const std::filesystem::path& folder);
    // The run and the model of the last time. What cannot be read any more is passed over: nobody asked for it. Where
    // there was neither, the sample comes, unless something else is opened or trained first. It is not remembered.
    void restoreLastTime();

  signals:
    void modelOpened();  // by openModel; it is the current one by now
    void runOpened(const StoredRun& run);
    void runRestored(const StoredRun& run);  // it can go on
    void failed(const Error& error);

  private:
    // Why a model file is being read, which decides what is said about it.
    enum class Reason { kByUser, kOfRun, kFromLastTime, kSample };

    void read(const std::filesystem::path& file, Reason reason, const QString& name);
    void modelRead(const CurrentModel& model);
    void modelFailed(const Error& error);
    void readSample();
    void showSample(CurrentModel model);
    void runStarted(const RunStarted& run);
    void snapshotTaken(const std::shared_ptr<const ModelSnapshot>& snapshot);
    void runFinished(const RunResult& result);

    QSettings& m_settings;
    RecentFiles& m_recent;
    InferenceSession& m_inference;
    TrainingSession& m_training;
    SampleRun m_sample;
    bool m_wantsSample = false;  // until anything else comes
    Reason m_reason = Reason::kByUser;
    QString m_name;            // of the run whose model is being read
    bool m_followRun = false;  // the run's snapshots become the current model
};

}  // namespace condenser
