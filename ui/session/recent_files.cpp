#include "session/recent_files.h"

#include <QDir>
#include <QFileInfo>
#include <QSettings>
#include <QStringList>
#include <algorithm>
#include <array>
#include <optional>

namespace condenser {
namespace {

const QString kKey = QStringLiteral("recent/files");
constexpr qsizetype kLongestPath = 4096;  // PATH_MAX

struct KindName {
    RecentFiles::Kind kind;
    QLatin1String stored;  // before the path: "run:/home/…"
};
constexpr std::array kNames{KindName{RecentFiles::Kind::kModel, QLatin1String("model:")},
                            KindName{RecentFiles::Kind::kRun, QLatin1String("run:")},
                            KindName{RecentFiles::Kind::kExperiment, QLatin1String("experiment:")},
                            KindName{RecentFiles::Kind::kData, QLatin1String("data:")}};

std::optional<RecentFiles::Entry> parse(const QString& stored) {
    for (const KindName& name : kNames) {
        if (!stored.startsWith(name.stored)) continue;
        const QString path = stored.mid(name.stored.size());
        if (path.size() > kLongestPath || path.contains(QChar(u'\0')) || !QDir::isAbsolutePath(path)) return {};
        return RecentFiles::Entry{name.kind, path};
    }
    return {};
}

}  // namespace

RecentFiles::RecentFiles(QSettings& settings, QObject* parent) : QObject(parent), m_settings(settings) {
    for (const QString& stored : m_settings.value(kKey).toStringList()) {
        const auto entry = parse(stored);
        if (entry && !m_entries.contains(*entry)) m_entries << *entry;
        if (m_entries.size() == kMost) break;
    }
}

void RecentFiles::add(Kind kind, const QString& path) {
    const Entry entry{kind, QDir::cleanPath(QFileInfo(path).absoluteFilePath())};
    if (!m_entries.isEmpty() && m_entries.first() == entry) return;
    m_entries.removeAll(entry);
    m_entries.prepend(entry);
    if (m_entries.size() > kMost) m_entries.resize(kMost);
    store();
}

void RecentFiles::clear() {
    m_entries.clear();
    store();
}

void RecentFiles::store() {
    QStringList all;
    for (const Entry& entry : m_entries) {
        const auto* name =
            std::find_if(kNames.begin(), kNames.end(), [&](const KindName& known) { return known.kind == entry.kind; });
        all << name->stored + entry.path;
    }
    m_settings.setValue(kKey, all);
}

QString RecentFiles::nameOf(Kind kind) {
    switch (kind) {
        case Kind::kModel:
            return tr("Model");
        case Kind::kRun:
            return tr("Run");
        case Kind::kExperiment:
            return tr("Experiment");
        case Kind::kData:
            return tr("Data");
    }
    return {};
}

}  // namespace condenser
