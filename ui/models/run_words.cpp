#include "models/run_words.h"

#include <QCoreApplication>
#include <QDateTime>
#include <QFileInfo>
#include <QRegularExpression>
#include <QSet>
#include <algorithm>

#include "look/format.h"

namespace condenser {
namespace {

constexpr QChar kNarrowSpace(0x202f);

QString tr(const char* text) {
    return QCoreApplication::translate("runs", text);
}

QString dashed(const std::vector<int>& numbers) {
    QStringList words;
    for (const int number : numbers) words << QString::number(number);
    return words.join(u'-');
}

}  // namespace

QString runStateWord(const RunSummary& run) {
    if (!run.problem.empty()) return tr("unreadable");
    switch (run.state) {
        case StoredRunState::kRunning:
            return tr("running");
        case StoredRunState::kInterrupted:
            return tr("interrupted");
        case StoredRunState::kStopped:
            return tr("stopped");
        case StoredRunState::kFinished:
            return tr("finished");
        case StoredRunState::kFailed:
            break;
    }
    return tr("failed");
}

QString runStateSentence(const RunSummary& run) {
    if (!run.problem.empty()) return QString::fromStdString(run.problem);
    const QString goesOn = run.resumable ? tr(" It can be continued from its last checkpoint.")
                                         : tr(" It has no checkpoint to go on from.");
    switch (run.state) {
        case StoredRunState::kRunning:
            return tr("It trains now, here or in another program.");
        case StoredRunState::kInterrupted:
            return tr("It was cut short while it trained.") + goesOn;
        case StoredRunState::kStopped:
            return tr("It was stopped.") + goesOn;
        case StoredRunState::kFinished:
            return tr("It has done all of its epochs.");
        case StoredRunState::kFailed:
            break;
    }
    const QString why = QString::fromStdString(run.record.message);
    return (why.isEmpty() ? tr("It failed.") : tr("It failed: %1.").arg(why.endsWith(u'.') ? why.chopped(1) : why)) +
           goesOn;
}

QString runDataWords(const RunRecord& record) {
    const QString data = QString::fromStdString(record.data);
    const qsizetype colon = data.indexOf(u':');
    if (colon < 0) return data;
    QString path = data.mid(colon + 1);
    while (path.size() > 1 && path.endsWith(u'/')) path.chop(1);
    return tr("%1: %2").arg(data.left(colon), QFileInfo(path).fileName());
}

QString runNetworkWords(const RunRecord& record) {
    const auto& presets = networkPresets();
    const bool preset =
        std::any_of(presets.begin(), presets.end(), [&](const Preset& known) { return record.model == known.name; });
    if (preset) return QString::fromStdString(record.model);
    const QString words = tr("%1 · growth %2").arg(dashed(record.spec.stages), dashed(record.spec.growth));
    return record.spec.hasTransitions() ? tr("%1 · compression %2").arg(words).arg(record.spec.compression) : words;
}

QString runCondensingWords(const RunRecord& record) {
    const QString groups = tr("G%1%2").arg(kNarrowSpace).arg(record.spec.groups1x1);
    if (record.spec.condenseFactor < 2) return tr("none · %1").arg(groups);
    const QString words = tr("C%1%2 · %3").arg(kNarrowSpace).arg(record.spec.condenseFactor).arg(groups);
    switch (record.settings.condensing) {
        case Condensing::kGradual:
            break;
        case Condensing::kOnce:
            return tr("%1 · at once").arg(words);
        case Condensing::kFixed:
            return tr("%1 · fixed").arg(words);
        case Condensing::kRandom:
            return tr("%1 · by lot").arg(words);
    }
    return words;
}

QString condensingWords(Condensing condensing) {
    switch (condensing) {
        case Condensing::kGradual:
            break;
        case Condensing::kOnce:
            return tr("at half time, at once");
        case Condensing::kFixed:
            return tr("fixed groups, not learned");
        case Condensing::kRandom:
            return tr("drawn by lot, not learned");
    }
    return tr("step by step");
}

QString runNameWithoutDate(const QString& name) {
    static const QRegularExpression dated(QStringLiteral("^\\d{4}-\\d\\d-\\d\\d-(?=\\d\\d\\.\\d\\d\\.\\d\\d-)"));
    return QString(name).remove(dated);
}

QStringList shortRunNames(QStringList names) {
    constexpr qsizetype kWorthIt = 8;  // letters
    if (names.size() < 2) return names;
    QStringList undated;
    for (const QString& name : names) undated << runNameWithoutDate(name);
    if (QSet<QString>(undated.begin(), undated.end()).size() == names.size()) names = undated;
    const auto [first, last] = std::minmax_element(names.begin(), names.end());
    qsizetype same = 0;
    while (same < first->size() && same < last->size() && first->at(same) == last->at(same)) ++same;
    // Whole words and numbers only.
    while (same > 0 && first->at(same - 1).isLetterOrNumber()) --same;
    if (same < kWorthIt) return names;
    for (QString& name : names) name = u'…' + name.mid(same);
    return names;
}

QString runPlaceWords(const std::filesystem::path& folder) {
    const std::filesystem::path above = folder.parent_path();
    return toQString((above.filename() == "runs" ? above.parent_path() : above).filename());
}

bool differInSeedAlone(const RunRecord& a, const RunRecord& b) {
    if (a.settings.seed == b.settings.seed) return false;
    RunRecord other = b;
    other.settings.seed = a.settings.seed;
    other.preprocess = a.preprocess;  // of the training part, which the seed draws
    other.threads = a.threads;
    other.isa = a.isa;
    other.cpu = a.cpu;
    other.command = a.command;
    other.program = a.program;
    other.created = a.created;
    other.state = a.state;
    other.message = a.message;
    return other == a;
}

QString runDateWords(const RunRecord& record) {
    const QString text = QString::fromStdString(record.created);
    const QDateTime time = QDateTime::fromString(text, Qt::ISODate);
    return time.isValid() ? time.toLocalTime().toString(QStringLiteral("yyyy-MM-dd hh:mm")) : text;
}

QString formatMilliseconds(double ms) {
    return QString::number(ms, 'f', ms < 10 ? 2 : ms < 100 ? 1 : 0) + kNarrowSpace + QStringLiteral("ms");
}

QString formatBytes(double bytes) {
    struct Unit {
        double size;
        const char* name;
    };
    for (const Unit& unit : {Unit{1e9, "GB"}, Unit{1e6, "MB"}, Unit{1e3, "kB"}}) {
        const double value = bytes / unit.size;
        if (value < 0.95) continue;
        return QString::number(value, 'f', value < 9.95 ? 1 : 0) + kNarrowSpace + QString::fromLatin1(unit.name);
    }
    return QString::number(bytes, 'f', 0) + kNarrowSpace + u'B';
}

}  // namespace condenser
