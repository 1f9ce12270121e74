#include "session/sample_run.h"

#include <QDir>
#include <QFile>
#include <exception>
#include <span>
#include <string>

#include "base/thread_pool.h"
#include "data/archive.h"
#include "io/run_folder.h"
#include "look/format.h"

namespace condenser {
namespace {

constexpr const char* kWhat = "cannot unpack the sample";
const QString kName = QStringLiteral("shapes10-tiny");  // as it is shown
constexpr ArchiveLimits kLimits{.entryBytes = 16 << 20};

Result<> unpackFile(const QString& name, bool packed, const std::filesystem::path& folder) {
    const QString resource = QStringLiteral(":/sample/") + name + (packed ? QStringLiteral(".gz") : QString());
    QFile in(resource);
    if (!in.open(QIODevice::ReadOnly)) {
        return fail(ErrorCode::kNotFound, kWhat, resource.toStdString(), "it was left out of this program");
    }
    const QByteArray bytes = in.readAll();
    std::string content = bytes.toStdString();
    if (packed) {
        auto unpacked = unpackGzip(std::as_bytes(std::span(content)), resource.toStdString(), kLimits);
        if (!unpacked) return tl::unexpected(unpacked.error());
        content = std::move(*unpacked);
    }
    // Not atomically and not flushed: nobody knows the folder yet, and nobody needs it after this start.
    QFile out(toQString(folder / toPath(name)));
    const auto size = static_cast<qint64>(content.size());
    if (!out.open(QIODevice::WriteOnly) || out.write(content.data(), size) != size || !out.flush()) {
        return fail(ErrorCode::kWrite, kWhat, out.fileName().toStdString(), out.errorString().toStdString());
    }
    return {};
}

}  // namespace

Result<> unpackSample(const std::filesystem::path& folder) {
    try {
        for (const char* name : {kRunRecordName, kMetricsName}) {
            if (auto done = unpackFile(QString::fromLatin1(name), false, folder); !done) return done;
        }
        for (const char* name : {kConnectionsName, kModelName}) {
            if (auto done = unpackFile(QString::fromLatin1(name), true, folder); !done) return done;
        }
        return {};
    } catch (const std::exception& error) {
        return fail(ErrorCode::kTooLarge, kWhat, folder.string(), error.what(), "close other programs");
    }
}

SampleRun::SampleRun(QObject* parent) : QObject(parent) {}

SampleRun::~SampleRun() = default;

void SampleRun::unpack() {
    if (!m_folder.empty()) return emit unpacked();
    if (m_place) return;
    m_place.emplace(QDir::temp().filePath(QStringLiteral("condenser-sample-XXXXXX")));
    if (!m_place->isValid()) return;
    m_worker = std::jthread([this, folder = toPath(m_place->filePath(kName))] {
        lowerThreadPriority();
        std::error_code error;
        std::filesystem::create_directory(folder, error);
        if (error || !unpackSample(folder)) return;
        QMetaObject::invokeMethod(
            this,
            [this, folder] {
                m_folder = folder;
                emit unpacked();
            },
            Qt::QueuedConnection);
    });
}

std::filesystem::path SampleRun::modelFile() const {
    return m_folder.empty() ? m_folder : m_folder / kModelName;
}

}  // namespace condenser
