#include "compare/compare_words.h"

#include <QCoreApplication>
#include <QDateTime>
#include <algorithm>
#include <cmath>

#include "base/thread_pool.h"
#include "look/format.h"
#include "plots/time_text.h"

namespace condenser {
namespace {

constexpr double kNarrow = 0.02;  // of an interval

QString tr(const char* text) {
    return QCoreApplication::translate("compare", text);
}

// "same answer for 201 of 256 pictures; right: dense 61.3 %, condensed 59.0 %"
QString agreement(const Equality& equality) {
    QString words =
        tr("the same answer for %1 of %2 pictures (%3)")
            .arg(formatCount(equality.agreeing), formatCount(equality.images), QString::fromStdString(equality.of));
    if (equality.denseTop1 && equality.condensedTop1) {
        words += tr("; right: dense %1, condensed %2")
                     .arg(formatShare(*equality.denseTop1), formatShare(*equality.condensedTop1));
    }
    return words;
}

QString sentence(QString words) {
    words[0] = words.at(0).toUpper();
    return words + u'.';
}

}  // namespace

QString formatDifference(double difference) {
    if (!(difference > 0)) return QStringLiteral("0");
    if (!std::isfinite(difference)) return tr("not finite");
    if (difference >= 1e-2) return QString::number(difference, 'g', 2);
    int exponent = static_cast<int>(std::floor(std::log10(difference)));
    auto figure = std::lround(difference / std::pow(10.0, exponent));
    if (figure == 10) {
        figure = 1;
        ++exponent;
    }
    return QStringLiteral("%1e%2").arg(figure).arg(exponent);
}

QString formatMoment(const std::string& utc) {
    const QString text = QString::fromStdString(utc);
    const QDateTime time = QDateTime::fromString(text, Qt::ISODate);
    return time.isValid() ? time.toLocalTime().toString(QStringLiteral("yyyy-MM-dd hh:mm")) : text;
}

EqualityWords equalityWords(const Comparison& comparison) {
    const Equality& equality = comparison.equality;
    if (equality.images == 0) return {tr("not checked"), "muted", tr("No picture went through both forms.")};
    if (comparison.outstandingSteps > 0) {
        const QString steps =
            formatPlural(comparison.outstandingSteps, tr("condensing step is"), tr("condensing steps are"));
        return {tr("≠ two networks still"), "warning",
                tr("%1 still to come, which the condensed form does in advance. %2")
                    .arg(steps, sentence(agreement(equality)))};
    }
    if (equality.same()) {
        return {tr("✓ condensed = dense"), "test",
                tr("Largest logit difference %1 on %2 pictures (%3).")
                    .arg(formatDifference(equality.largestDifference), formatCount(equality.images),
                         QString::fromStdString(equality.of))};
    }
    return {
        tr("✕ condensed ≠ dense"), "error",
        tr("Largest logit difference %1; %2.").arg(formatDifference(equality.largestDifference), agreement(equality))};
}

bool paceChanged(const Comparison& comparison) {
    const auto pairs = pairsOf(comparison.bench);
    return !pairs.empty() && pairs.front().paceChanged();
}

std::pair<QString, QString> intervalEnds(double low, double high) {
    const bool narrow = high - low < kNarrow;
    const auto written = [&](double ratio) {
        return narrow ? QString::number(ratio, 'f', 3) : timesText(ratio).chopped(1);
    };
    return {written(low), written(high)};
}

QString intervalWords(double low, double high, double confidence) {
    const auto [from, to] = intervalEnds(low, high);
    return tr("%1 interval %2 to %3").arg(formatWholeShare(confidence), from, to);
}

std::optional<SpeedupWords> speedupWords(const Comparison& comparison) {
    const auto pairs = pairsOf(comparison.bench);
    if (pairs.empty()) return std::nullopt;
    const BenchPair& pair = pairs.front();
    SpeedupWords words{.figure = timesText(pair.speedup.realised), .interval = {}, .promise = {}};
    if (!pair.interval) {
        words.interval = tr("too few blocks for an interval");
    } else {
        words.interval = intervalWords(pair.interval->low, pair.interval->high, pair.interval->confidence);
        if (pair.interval->noDifference()) {
            words.figure = tr("no difference");
            words.interval = tr("%1 · %2").arg(timesText(pair.speedup.realised), words.interval);
        }
    }
    if (pair.speedup.theoretical > 0) {
        words.promise = tr("of %1 that multiply-adds promise: %2")
                            .arg(timesText(pair.speedup.theoretical),
                                 formatWholeShare(pair.speedup.realised / pair.speedup.theoretical));
    }
    return words;
}

QStringList notesOf(const Comparison& comparison, bool earlier) {
    QStringList words;
    const BenchReport& bench = comparison.bench;
    const QString name = QString::fromStdString(comparison.name);
    if (paceChanged(comparison)) words << tr("The machine changed its pace while it was measured: measure again.");
    if (earlier) {
        words << tr("An earlier result: measured on %1 with %2 on %3, Condenser %4.")
                     .arg(formatMoment(bench.measured), QString::fromStdString(bench.isa),
                          QString::fromStdString(bench.cpu), QString::fromStdString(bench.build));
        if (bench.cpu != cpuName()) words << tr("That is another machine than this one.");
    }
    if (comparison.sample) words << tr("%1 is the sample that comes with the program.").arg(name);
    if (comparison.storedCondensed) {
        words << tr("The file holds the condensed form; dense is the same network with zeros put back.");
    }
    return words;
}

QString spreadWords(const BenchRow& row) {
    return tr("p5–p95 %1–%2").arg(threeFigures(row.p5Ms), millisecondsText(row.p95Ms));
}

QString threadsWords(int threads) {
    return formatPlural(threads, tr("thread"), tr("threads"));
}

QString circumstances(const Comparison& comparison) {
    const BenchReport& bench = comparison.bench;
    if (bench.rows.size() < 2) return {};
    const BenchRow &dense = comparison.dense(), &condensed = comparison.condensed();
    return tr("%1×%2 · batch %3 · %4 · %5 · %6 · %7 and %8 calls")
        .arg(dense.height)
        .arg(dense.width)
        .arg(dense.batch)
        .arg(threadsWords(dense.threads), QString::fromStdString(bench.isa), QString::fromStdString(bench.cpu),
             formatCount(dense.runs), formatCount(condensed.runs));
}

QStringList differencesOf(const StoredComparison& one, const StoredComparison& other) {
    QStringList different;
    if (one.cpu != other.cpu) different << tr("processor");
    if (one.isa != other.isa) different << tr("instruction set");
    if (one.threads != other.threads) different << tr("threads");
    if (one.batch != other.batch) different << tr("batch");
    if (one.height != other.height || one.width != other.width) different << tr("size of pictures");
    return different;
}

QString comparedWords(const StoredComparison& one, const StoredComparison& other) {
    const auto result = [](const StoredComparison& stored) {
        const bool known = stored.high > 0;
        return known ? tr("%1 (%2)").arg(timesText(stored.ratio), intervalWords(stored.low, stored.high, 0.99))
                     : timesText(stored.ratio);
    };
    QString words = tr("%1, %2: %3 · %4, %5: %6.")
                        .arg(QString::fromStdString(one.name), formatMoment(one.measured), result(one),
                             QString::fromStdString(other.name), formatMoment(other.measured), result(other));
    if (one.high > 0 && other.high > 0) {
        const bool apart = one.high < other.low || other.high < one.low;
        words += u' ' + (apart ? tr("The intervals do not meet: the speed-ups differ.")
                               : tr("The intervals meet: no difference can be told."));
    }
    if (other.condensedMs > 0) {
        words += u' ' + tr("The condensed form took %1 and %2.")
                            .arg(millisecondsText(one.condensedMs), millisecondsText(other.condensedMs));
    }
    QStringList different = differencesOf(one, other);
    if (one.build != other.build) different << tr("version");
    if (!different.isEmpty()) words += u' ' + tr("Not the same: %1.").arg(different.join(QStringLiteral(", ")));
    return words;
}

}  // namespace condenser
