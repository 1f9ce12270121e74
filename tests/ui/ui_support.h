// What the window's tests share: a private home, tiny data, tiny models, and no warning left unseen.
#pragma once

#include <QDir>
#include <QFile>
#include <QImage>
#include <QRegularExpression>
#include <QSettings>
#include <QTemporaryDir>
#include <QTest>
#include <memory>
#include <string_view>

#include "data/shapes10.h"
#include "io/model_file.h"
#include "look/format.h"
#include "network/network.h"
#include "run/training_run.h"
#include "session/data_preview.h"

namespace condenser::testing {

constexpr int kWaitMs = 120'000;  // for what takes a moment; far above what it takes

// The smallest network that condenses: one condensing step.
inline const std::string kTinyModel =
    "condensenet:stages=1-1,growth=4-4,groups=2,condense=2,bottleneck=2,group3x3=2,size=32";

// Any warning of Qt's fails the test, but the one that the offscreen platform gives for every window.
inline void failOnWarnings() {
    QTest::failOnWarning(QRegularExpression(QStringLiteral("^(?!.*propagateSizeHints).*$")));
}

// Nothing outside this folder is read or written: runs, settings, pictures.
class PrivateHome {
  public:
    PrivateHome() {
        qputenv("XDG_DATA_HOME", QFile::encodeName(path(QStringLiteral("data"))));
        qputenv("XDG_CONFIG_HOME", QFile::encodeName(path(QStringLiteral("config"))));
        m_settings = std::make_unique<QSettings>(path(QStringLiteral("settings.ini")), QSettings::IniFormat);
    }
    QString path(const QString& name) const { return m_folder.filePath(name); }
    QSettings& settings() { return *m_settings; }

    // A drawn picture as a file; the ending says of which kind.
    QString makePicture(const QString& name, int index = 0) const {
        const QString file = path(name);
        QDir().mkpath(QFileInfo(file).path());
        if (!toImage(drawShape(ShapesPart::kTest, index).picture).save(file)) qFatal("cannot write a test picture");
        return file;
    }
    QString makeFile(const QString& name, const QByteArray& content) const {
        QFile file(path(name));
        QDir().mkpath(QFileInfo(file).path());
        if (!file.open(QIODevice::WriteOnly) || file.write(content) != content.size())
            qFatal("cannot write a test file");
        return file.fileName();
    }
    // Two classes, `count` training pictures of each and half as many to test with: the same ones, or those from
    // `firstTest` on.
    QString makeDataFolder(const QString& name, int count, int firstTest = 0) const {
        for (const char* part : {"train", "test"}) {
            const int pictures = QLatin1String(part) == QLatin1String("train") ? count : count / 2;
            for (int i = 0; i < pictures * 2; ++i) {
                makePicture(QStringLiteral("%1/%2/%3/%4.png")
                                .arg(name, QLatin1String(part))
                                .arg(QLatin1String(i % 2 ? "round" : "edgy"))
                                .arg(i),
                            (i / 2 + (part == std::string_view("test") ? firstTest : 0)) * 10 + i % 2 * 5);
            }
        }
        return path(name);
    }

  private:
    QTemporaryDir m_folder;
    std::unique_ptr<QSettings> m_settings;
};

// Untrained, which is all the same to whoever asks it.
inline ModelFile makeModel() {
    auto spec = parseNetworkSpec(kTinyModel);
    if (!spec) qFatal("the test's network is not legal");
    Network network(*spec, 1);
    ModelFile model;
    model.spec = *spec;
    model.classes = shapesClasses();
    model.trained = R"({"epoch": 3, "test_top1": 0.25})";
    model.tensors = network.state();
    return model;
}

inline TrainRequest tinyRequest(const QString& dataFolder, int epochs) {
    TrainRequest request;
    request.data = "folder:" + toPath(dataFolder).string();
    request.model = kTinyModel;
    request.settings.epochs = epochs;
    request.settings.batch = 8;
    return request;
}

template <class Widget>
Widget* find(QObject& parent, const char* name) {
    auto* widget = parent.findChild<Widget*>(QString::fromLatin1(name));
    if (widget == nullptr) qFatal("there is no widget named %s", name);
    return widget;
}

}  // namespace condenser::testing
