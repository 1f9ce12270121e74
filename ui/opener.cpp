#include "opener.h"

#include <QSettings>
#include <system_error>

#include "look/format.h"
#include "session/recent_files.h"

namespace condenser {
namespace {

const QString kRunKey = QStringLiteral("last/run");
const QString kModelKey = QStringLiteral("last/model");

}  // namespace

Opener::Opener(QSettings& settings, RecentFiles& recent, InferenceSession& inference, TrainingSession& training,
               QObject* parent)
    : QObject(parent), m_settings(settings), m_recent(recent), m_inference(inference), m_training(training) {
    connect(&m_training, &TrainingSession::started, this, &Opener::runStarted);
    connect(&m_training, &TrainingSession::snapshotTaken, this, &Opener::snapshotTaken);
    connect(&m_training, &TrainingSession::finished, this, &Opener::runFinished);
    connect(&m_inference, &InferenceSession::opened, this, &Opener::modelRead);
    connect(&m_inference, &InferenceSession::openFailed, this, &Opener::modelFailed);
    connect(&m_sample, &SampleRun::unpacked, this, &Opener::readSample);
}

void Opener::openModel(const std::filesystem::path& file) {
    read(file, Reason::kByUser, {});
}

void Opener::openRun(const std::filesystem::path& folder) {
    const auto run = readStoredRun(folder);
    if (!run) {
        emit failed(run.error());
        return;
    }
    m_wantsSample = false;
    m_settings.setValue(kRunKey, toQString(folder));
    m_recent.add(RecentFiles::Kind::kRun, toQString(folder));
    emit runOpened(*run);
    std::error_code error;
    if (std::filesystem::exists(folder / kModelName, error))
        read(folder / kModelName, Reason::kOfRun, QString::fromStdString(run->name()));
}

void Opener::restoreLastTime() {
    const QString model = m_settings.value(kModelKey).toString();
    if (!model.isEmpty() && m_inference.model().file == nullptr) read(toPath(model), Reason::kFromLastTime, {});
    const QString folder = m_settings.value(kRunKey).toString();
    if (model.isEmpty() && folder.isEmpty() && m_inference.model().file == nullptr && !m_followRun) {
        m_wantsSample = true;
        m_sample.unpack();
    }
    if (folder.isEmpty() || !isRunFolder(toPath(folder))) return;
    if (const auto run = readStoredRun(toPath(folder)); run && run->resumable) emit runRestored(*run);
}

void Opener::readSample() {
    if (m_wantsSample) read(m_sample.modelFile(), Reason::kSample, toQString(m_sample.folder().filename()));
}

void Opener::read(const std::filesystem::path& file, Reason reason, const QString& name) {
    m_wantsSample = false;
    m_reason = reason;
    m_name = name;
    m_inference.open(file);
}

void Opener::modelRead(const CurrentModel& read) {
    CurrentModel model = read;
    // The best model of a run goes by the run's name: all of them are called model.safetensors.
    const std::filesystem::path file = toPath(model.path);
    if (m_name.isEmpty() && file.filename() == kModelName && isRunFolder(file.parent_path()))
        m_name = toQString(file.parent_path().filename());
    if (!m_name.isEmpty()) model.name = m_name;
    model.detail = trainingOf(*model.file);
    if (m_reason == Reason::kSample) return showSample(model);
    m_followRun = m_followRun && m_reason == Reason::kFromLastTime;
    m_settings.setValue(kModelKey, model.path);
    m_inference.setModel(model);
    if (m_reason != Reason::kByUser) return;
    m_recent.add(RecentFiles::Kind::kModel, model.path);
    emit modelOpened();
}

// A training that began meanwhile goes on being followed.
void Opener::showSample(CurrentModel model) {
    if (m_inference.model().file != nullptr) return;
    model.sample = true;
    model.detail = tr("sample\n%1").arg(model.detail);  // both do not fit into a line
    m_inference.setModel(model);
}

void Opener::modelFailed(const Error& error) {
    if (m_reason == Reason::kByUser || m_reason == Reason::kOfRun) emit failed(error);
}

void Opener::runStarted(const RunStarted& run) {
    m_followRun = true;
    m_wantsSample = false;
    m_settings.setValue(kRunKey, toQString(run.folder));
    m_settings.sync();  // so that the run is found again after a crash of this very training
}

void Opener::snapshotTaken(const std::shared_ptr<const ModelSnapshot>& snapshot) {
    const auto& run = m_training.run();
    if (!m_followRun || !run) return;
    m_inference.setModel({std::shared_ptr<const ModelFile>(snapshot, &snapshot->model),
                          toQString(run->folder.filename()),
                          tr("epoch %1 of %2").arg(snapshot->epoch).arg(run->epochs()),
                          {}});
    m_settings.setValue(kModelKey, toQString(run->folder / kModelName));  // written at each epoch's end
}

void Opener::runFinished(const RunResult& result) {
    if (!m_followRun || result.end != RunEnd::kFinished) return;
    read(result.folder / kModelName, Reason::kOfRun, toQString(result.folder.filename()));
}

}  // namespace condenser
