#include "look/format.h"

#include <QCoreApplication>
#include <QFile>
#include <QStringList>
#include <algorithm>
#include <cmath>

namespace condenser {
namespace {

constexpr QChar kNarrowSpace(0x202f);

QString tr(const char* text) {
    return QCoreApplication::translate("format", text);
}

QString sentence(const std::string& text) {
    QString words = QString::fromStdString(text).trimmed();
    if (words.isEmpty()) return words;
    words[0] = words.at(0).toUpper();
    if (!words.endsWith(u'.') && !words.endsWith(u'?')) words += u'.';
    return words;
}

// "1, 2 and 3"
QString enumeration(const QStringList& words) {
    if (words.size() < 2) return words.join(QString());
    return tr("%1 and %2").arg(words.mid(0, words.size() - 1).join(QStringLiteral(", ")), words.last());
}

}  // namespace

QString toQString(const std::filesystem::path& path) {
    return QFile::decodeName(QByteArray::fromStdString(path.string()));
}

std::filesystem::path toPath(const QString& path) {
    return QFile::encodeName(path).toStdString();
}

QString formatCount(std::int64_t count) {
    QString digits = QString::number(count);
    const qsizetype first = count < 0 ? 1 : 0;
    for (qsizetype at = digits.size() - 3; at > first; at -= 3) digits.insert(at, kNarrowSpace);
    return digits;
}

QString formatAmount(double amount) {
    struct Unit {
        double size;
        const char* name;
    };
    for (const Unit& unit : {Unit{1e9, "G"}, Unit{1e6, "M"}, Unit{1e3, "k"}}) {
        const double value = amount / unit.size;
        if (value < 0.9995) continue;
        const int decimals = value < 9.995 ? 2 : value < 99.95 ? 1 : 0;
        return QString::number(value, 'f', decimals) + kNarrowSpace + QString::fromLatin1(unit.name);
    }
    return QString::number(amount, 'f', 0);
}

QString formatShare(double share) {
    return QString::number(share * 100, 'f', 1) + kNarrowSpace + u'%';
}

QString formatWholeShare(double share) {
    const double percent = std::round(share * 100);
    const double shown = share > 0 && share < 1 ? std::clamp(percent, 1.0, 99.0) : percent;
    return QString::number(shown, 'f', 0) + kNarrowSpace + u'%';
}

QString formatDuration(double seconds) {
    const auto whole = static_cast<std::int64_t>(std::llround(std::max(0.0, seconds)));
    if (whole < 60) return tr("%1 s").arg(whole);
    if (whole < 3600) return tr("%1 min %2 s").arg(whole / 60).arg(whole % 60);
    return tr("%1 h %2 min").arg(whole / 3600).arg(whole % 3600 / 60);
}

QString formatTimeLeft(double seconds) {
    if (seconds < 45) return tr("less than a minute left");
    const auto minutes = static_cast<std::int64_t>(std::llround(seconds / 60));
    if (minutes < 60) return tr("about %1 min left").arg(std::max<std::int64_t>(1, minutes));
    return tr("about %1 h %2 min left").arg(minutes / 60).arg(minutes % 60);
}

QString formatPlural(std::int64_t count, const QString& one, const QString& many) {
    return formatCount(count) + QChar(QChar::Nbsp) + (count == 1 ? one : many);
}

QString errorTitle(const Error& error) {
    std::string text = error.what;
    if (!error.where.empty()) text += (text.empty() ? "" : ": ") + error.where;
    QString title = sentence(text);
    title.chop(title.endsWith(u'.') ? 1 : 0);
    return title;
}

QString errorDetail(const Error& error) {
    const QString why = sentence(error.why), remedy = sentence(error.remedy);
    return why.isEmpty() || remedy.isEmpty() ? why + remedy : why + u' ' + remedy;
}

QString errorWords(const Error& error) {
    return errorTitle(error) + QStringLiteral(". ") + errorDetail(error);
}

QStringList removedShares(const std::vector<CondensingStep>& steps) {
    QStringList shares;
    double before = 1;
    for (const CondensingStep& step : steps) {
        // A short run may do two steps at once: then it is no simple fraction.
        const double removed = 1 - step.keptAfter / before;
        const double parts = 1 / removed;
        const bool simple = std::abs(parts - std::round(parts)) < 1e-6;
        shares << (simple ? QStringLiteral("1/%1").arg(std::lround(parts)) : formatShare(removed));
        before = step.keptAfter;
    }
    return shares;
}

QString condensingSentence(const std::vector<CondensingStep>& steps) {
    if (steps.empty()) return tr("No condensing step: every connection is kept.");
    QStringList numbers, shares = removedShares(steps);
    for (const CondensingStep& step : steps) numbers << QString::number(step.stage);
    if (steps.size() == 1 && steps.front().step == 0) {
        return tr("Condensing step %1 comes before the first training step: %2 of the connections are kept throughout.")
            .arg(numbers.first(), formatShare(steps.front().keptAfter));
    }
    if (steps.size() == 1) {
        return tr("Condensing step %1 removes %2 of the connections; a jump there is expected.")
            .arg(numbers.first(), shares.first());
    }
    if (steps.size() > 3) {
        numbers = {tr("%1 to %2").arg(numbers.first(), numbers.last())};
        shares = {tr("%1 up to %2").arg(shares.first(), shares.last())};
    }
    return tr("Condensing steps %1 remove %2 of the connections that are left; a jump at each is expected.")
        .arg(enumeration(numbers), enumeration(shares));
}

}  // namespace condenser
