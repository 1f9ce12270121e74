#include "compare/compare_tables.h"

#include <QCoreApplication>
#include <algorithm>
#include <cmath>

#include "compare/compare_words.h"
#include "compare/paper_table.h"
#include "look/format.h"
#include "models/run_words.h"
#include "plots/time_text.h"

namespace condenser {
namespace {

const QString kMissing = QStringLiteral("–");

QString tr(const char* text) {
    return QCoreApplication::translate("compare", text);
}

// "÷ 2.56": how many times less the condensed form has of it.
QString less(double dense, double condensed) {
    if (!(dense > 0) || !(condensed > 0)) return kMissing;
    return QStringLiteral("÷ ") + timesText(dense / condensed).chopped(1);
}

QString more(double dense, double condensed) {
    if (!(dense > 0) || !(condensed > 0)) return kMissing;
    return QStringLiteral("× ") + timesText(condensed / dense).chopped(1);
}

QString points(double dense, double condensed) {
    const double difference = (condensed - dense) * 100;
    if (difference == 0) return tr("same");
    return (difference > 0 ? QStringLiteral("+") : QStringLiteral("−")) +
           tr("%1 points").arg(std::abs(difference), 0, 'f', 1);
}

QString known(double bytes) {
    return bytes > 0 ? formatBytes(bytes) : kMissing;
}

}  // namespace

TextTable numbersTable(const Comparison* comparison) {
    TextTable table{.heads = {QString(), tr("dense"), tr("condensed"), tr("difference")},
                    .inks = {Ink::kDense, Ink::kCondensed},
                    .rows = {}};
    const auto add = [&](const QString& name, const QString& dense, const QString& condensed, const QString& difference,
                         const QString& words) {
        table.rows.push_back({{name, dense, condensed, difference}, words});
    };
    const QString latency = tr("latency"), spread = tr("p5–p95, ms"), speed = tr("images/s"), macs = tr("mult-adds"),
                  params = tr("parameters"), file = tr("file"), memory = tr("memory"), right = tr("accuracy");
    if (comparison == nullptr || comparison->bench.rows.size() < 2) {
        for (const QString& name : {latency, spread, speed, macs, params, file, memory, right}) {
            add(name, kMissing, kMissing, kMissing, {});
        }
        return table;
    }
    const BenchRow &dense = comparison->dense(), &condensed = comparison->condensed();
    const auto pairs = pairsOf(comparison->bench);
    const bool same = !pairs.empty() && pairs.front().interval && pairs.front().interval->noDifference();
    const auto timed = [&](const QString& difference) { return same ? tr("no difference") : difference; };
    add(latency, millisecondsText(dense.medianMs), millisecondsText(condensed.medianMs),
        timed(less(dense.medianMs, condensed.medianMs)), tr("The median of a call: the whole batch"));
    const auto spreadOf = [](const BenchRow& row) {
        return QStringLiteral("%1–%2").arg(threeFigures(row.p5Ms), threeFigures(row.p95Ms));
    };
    add(spread, spreadOf(dense), spreadOf(condensed), {},
        tr("Five calls in a hundred were faster than the first, five slower than the second"));
    add(speed, formatAmount(dense.imagesPerSecond()), formatAmount(condensed.imagesPerSecond()),
        timed(more(dense.imagesPerSecond(), condensed.imagesPerSecond())), {});
    const auto macsOf = [](const BenchRow& row) { return static_cast<double>(row.macs); };
    const auto paramsOf = [](const BenchRow& row) { return static_cast<double>(row.params); };
    add(macs, formatAmount(macsOf(dense)), formatAmount(macsOf(condensed)), less(macsOf(dense), macsOf(condensed)),
        tr("Multiply-adds of one picture: %1 and %2").arg(formatCount(dense.macs), formatCount(condensed.macs)));
    add(params, formatAmount(paramsOf(dense)), formatAmount(paramsOf(condensed)),
        less(paramsOf(dense), paramsOf(condensed)),
        tr("%1 and %2").arg(formatCount(dense.params), formatCount(condensed.params)));
    const auto denseFile = static_cast<double>(comparison->denseFileBytes),
               condensedFile = static_cast<double>(comparison->condensedFileBytes);
    add(file, known(denseFile), known(condensedFile), less(denseFile, condensedFile),
        tr("As a model file in each of the forms"));
    const auto memoryOf = [](const BenchRow& row) { return static_cast<double>(row.memoryBytes + row.weightBytes); };
    const auto memoryWords = [](const BenchRow& row) {
        return tr("maps %1, weights %2")
            .arg(formatBytes(static_cast<double>(row.memoryBytes)), formatBytes(static_cast<double>(row.weightBytes)));
    };
    add(memory, known(memoryOf(dense)), known(memoryOf(condensed)), less(memoryOf(dense), memoryOf(condensed)),
        tr("Of a run. Dense: %1. Condensed: %2.").arg(memoryWords(dense), memoryWords(condensed)));
    const Equality& equality = comparison->equality;
    if (equality.denseTop1 && equality.condensedTop1) {
        add(right, formatShare(*equality.denseTop1), formatShare(*equality.condensedTop1),
            points(*equality.denseTop1, *equality.condensedTop1),
            tr("Right answers to %1 pictures (%2)")
                .arg(formatCount(equality.images), QString::fromStdString(equality.of)));
    } else {
        add(right, kMissing, kMissing, kMissing,
            tr("The true classes of the pictures (%1) are not known to the model.")
                .arg(QString::fromStdString(equality.of)));
    }
    return table;
}

TextTable networksTable(const BenchReport* report) {
    TextTable table{.heads = {tr("network"), tr("mult-adds"), tr("params"), tr("here"), tr("÷ C=G=8"), tr("published")},
                    .inks = {Ink::kText, Ink::kText, Ink::kText, Ink::kText, Ink::kMuted},
                    .rows = {}};
    const auto rowOf = [&](const PaperNetwork& network) -> const BenchRow* {
        if (report == nullptr) return nullptr;
        const auto at = std::find_if(report->rows.begin(), report->rows.end(),
                                     [&](const BenchRow& row) { return row.model == network.preset; });
        return at == report->rows.end() ? nullptr : &*at;
    };
    const BenchRow* last = rowOf(paperNetworks().back());
    for (const PaperNetwork& network : paperNetworks()) {
        const BenchRow* row = rowOf(network);
        // Here all of them are of the same depth.
        QString name = QString::fromLatin1(network.name).remove(QStringLiteral("-74"));
        QStringList cells{name.replace(QStringLiteral(" C="), QStringLiteral("\nC="))};
        if (row != nullptr) {
            cells << formatAmount(static_cast<double>(row->macs)) << formatAmount(static_cast<double>(row->params))
                  << millisecondsText(row->medianMs)
                  << (last == nullptr ? kMissing : timesText(row->medianMs / last->medianMs).chopped(1));
        } else {
            cells << kMissing << kMissing << kMissing << kMissing;
        }
        cells << tr("%1 s").arg(network.publishedSeconds);
        QString words = QString::fromLatin1(network.name) + QStringLiteral(". ");
        if (row != nullptr) words += spreadWords(*row) + QStringLiteral(". ");
        words += tr("Published: %1 times that of CondenseNet-74 C=G=8")
                     .arg(timesText(network.publishedSeconds / paperNetworks().back().publishedSeconds).chopped(1));
        table.rows.push_back({cells, words, network.condensed ? Ink::kCondensed : Ink::kText});
    }
    return table;
}

TextTable resultsTable(const std::vector<StoredComparison>& kept) {
    TextTable table{.heads = {tr("measured"), tr("model"), tr("speed-up"), tr("99 %"), tr("dense"), tr("condensed"),
                              tr("batch"), tr("threads"), tr("instructions"), tr("processor")},
                    .inks = {Ink::kText, Ink::kText, Ink::kText, Ink::kDense, Ink::kCondensed},
                    .rows = {},
                    .texts = 2};
    for (const StoredComparison& stored : kept) {
        const bool interval = stored.high > 0;
        const auto ends = intervalEnds(stored.low, stored.high);
        const bool same = interval && stored.low <= 1 && 1 <= stored.high;
        TextRow row{
            {formatMoment(stored.measured), QString::fromStdString(stored.name), timesText(stored.ratio),
             interval ? QStringLiteral("%1–%2").arg(timesText(stored.low).chopped(1), timesText(stored.high).chopped(1))
                      : kMissing,
             millisecondsText(stored.denseMs), millisecondsText(stored.condensedMs), QString::number(stored.batch),
             QString::number(stored.threads), QString::fromStdString(stored.isa), QString::fromStdString(stored.cpu)},
            tr("%1, pictures of %2×%3, Condenser %4")
                .arg(QString::fromStdString(stored.name))
                .arg(stored.height)
                .arg(stored.width)
                .arg(QString::fromStdString(stored.build))};
        if (same) row.words += tr(": no difference");
        table.rows.push_back(row);
    }
    return table;
}

}  // namespace condenser
