#include "help_pages.h"

#include <QFile>
#include <QRegularExpression>
#include <QSettings>
#include <QThread>

#include "base/thread_pool.h"
#include "look/format.h"
#include "look/markdown.h"
#include "ops/simd_target.h"
#include "run/training_run.h"

namespace condenser {

std::optional<HelpText> helpText(const QString& name) {
    static const QRegularExpression plainName(QStringLiteral("^[a-z]{1,20}$"));
    if (!plainName.match(name).hasMatch()) return std::nullopt;
    QFile file(QStringLiteral(":/help/%1.md").arg(name));
    if (!file.open(QIODevice::ReadOnly)) return std::nullopt;
    const QString text = QString::fromUtf8(file.readAll());
    const qsizetype lineEnd = text.indexOf(u'\n');
    return HelpText{text.left(lineEnd).mid(2), text.mid(lineEnd + 1)};  // "# TITLE"
}

HelpText aboutText(const QSettings& settings) {
    HelpText about = helpText(QStringLiteral("about")).value_or(HelpText{});
    const int threads = availableCores();
    const std::pair<const char*, QString> facts[] = {
        {"VERSION", QStringLiteral(CONDENSER_VERSION)},
        {"CPU", QString::fromUtf8(cpuName())},
        {"ISA", QString::fromStdString(activeSimdTarget())},
        {"THREADS", formatPlural(threads, QStringLiteral("thread"), QStringLiteral("threads"))},
        {"RUNS", toQString(defaultRunStore())},
        {"DATA", toQString(defaultDataStore())},
        {"SETTINGS", settings.fileName()},
        {"QT", QString::fromLatin1(qVersion())},
    };
    for (const auto& [word, value] : facts) {
        about.markdown.replace(QStringLiteral("{%1}").arg(QLatin1String(word)), markdownEscaped(value));
    }
    return about;
}

}  // namespace condenser
