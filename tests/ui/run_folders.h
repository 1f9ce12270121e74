// Run folders for the window's tests, made without any training.
#pragma once

#include <QDir>
#include <QFile>
#include <QString>
#include <algorithm>
#include <filesystem>
#include <functional>

#include "io/run_folder.h"
#include "ui_support.h"

namespace condenser::testing {

struct TestRun {
    QString name = QStringLiteral("one");
    int epochs = 10, done = 10;
    double best = 0.8;  // accuracy of the last epoch, towards which the others rise
    RunState state = RunState::kFinished;
    bool model = true;       // model.safetensors
    bool checkpoint = true;  // a file of that name; nobody reads it here
    std::vector<int> stages = {};
    QString created = QStringLiteral("2026-01-31T09:30:00Z");
    std::function<void(RunRecord&)> edit = {};
};

inline RunRecord testRecord(const TestRun& run) {
    RunRecord record;
    record.data = "shapes10";
    record.model = "condensenet-tiny";
    record.spec = *parseNetworkSpec("condensenet-tiny");
    record.classes = shapesClasses();
    record.preprocess.height = record.preprocess.width = 32;
    record.settings.epochs = run.epochs;
    record.stepsPerEpoch = 10;
    record.trainImages = 640;
    record.testImages = 200;
    record.isa = "AVX2";
    record.program = "0.1.0";
    record.created = run.created.toStdString();
    record.state = run.state;
    if (run.edit) run.edit(record);
    return record;
}

inline void writeText(const std::filesystem::path& file, const QByteArray& text) {
    QFile out(toQString(file));
    if (!out.open(QIODevice::WriteOnly) || out.write(text) != text.size()) qFatal("cannot write a test file");
}

inline QByteArray metricsText(const TestRun& run, int stepsPerEpoch) {
    QByteArray text = "epoch,step,lr,train_loss,train_top1,test_loss,test_top1,kept,images_per_s,seconds\n";
    for (int epoch = 1; epoch <= run.done; ++epoch) {
        const double part = static_cast<double>(epoch) / run.done;
        const double kept = 1 - 0.25 * std::min(3, 6 * epoch / std::max(1, run.epochs));
        text += QStringLiteral("%1,%2,0.1,%3,%4,%5,%6,%7,1000,%8\n")
                    .arg(epoch)
                    .arg(epoch * stepsPerEpoch)
                    .arg(2.3 - 2 * part)
                    .arg(run.best * part)
                    .arg(2.4 - 2 * part)
                    .arg(run.best * part)
                    .arg(kept)
                    .arg(epoch * 2.5)
                    .toUtf8();
    }
    return text;
}

// In the store of the private home.
inline std::filesystem::path makeRun(const TestRun& run) {
    const std::filesystem::path folder = defaultRunStore() / toPath(run.name);
    std::filesystem::create_directories(folder);
    const RunRecord record = testRecord(run);
    if (auto ok = writeRunRecord(folder, record); !ok) qFatal("%s", ok.error().text().c_str());
    if (run.done > 0) writeText(folder / kMetricsName, metricsText(run, static_cast<int>(record.stepsPerEpoch)));
    if (run.model && run.done > 0) {
        if (auto ok = writeModelFile(folder / kModelName, makeModel()); !ok) qFatal("%s", ok.error().text().c_str());
    }
    if (run.checkpoint) writeText(folder / kCheckpointName, "not read");
    for (const int stage : run.stages) writeText(folder / stepModelName(stage), "not read");
    return folder;
}

}  // namespace condenser::testing
