// What a measurement has come to, in words and figures: each is written in one place, the same wherever it shows.
#pragma once

#include <QString>
#include <QStringList>
#include <optional>
#include <utility>

#include "compare/comparison.h"
#include "store/comparison_store.h"

namespace condenser {

// "3e-6": one figure, which is enough of a difference.
QString formatDifference(double difference);
// "2026-11-27 21:30", the time of here; as it stands where it is no time.
QString formatMoment(const std::string& utc);

// Of the headline: whether both forms are the same function.
struct EqualityWords {
    QString badge;  // "✓ condensed = dense"
    const char* tone = "muted";
    QString sentence;
};
EqualityWords equalityWords(const Comparison& comparison);

struct SpeedupWords {
    QString figure;    // "2.56×", or "no difference"
    QString interval;  // "99 % interval 2.51 to 2.60"
    QString promise;   // "of 2.60× that the multiply-adds promise: 98 %"
};
// Of the two rows of a comparison; nothing where they are no pair.
std::optional<SpeedupWords> speedupWords(const Comparison& comparison);
// The medians say something else than the blocks side by side (BenchPair): no figure is worth much then.
bool paceChanged(const Comparison& comparison);
// Both ends without a sign; where both would be written alike there is a figure more.
std::pair<QString, QString> intervalEnds(double low, double high);
QString intervalWords(double low, double high, double confidence);

// Sentences on what must be known of its figures; `earlier`: it was kept, and where and when it was measured, too.
QStringList notesOf(const Comparison& comparison, bool earlier);

// "p5–p95 5.80–6.20 ms"
QString spreadWords(const BenchRow& row);
// "32×32 · batch 1 · 1 thread · AVX2 · AMD EPYC · 412 and 930 calls"
QString circumstances(const Comparison& comparison);
QString threadsWords(int threads);

// In what they were measured differently, but for the version of the program: "threads", "batch".
QStringList differencesOf(const StoredComparison& one, const StoredComparison& other);
// Two results side by side: both speed-ups, whether they differ, and what else does.
QString comparedWords(const StoredComparison& one, const StoredComparison& other);

}  // namespace condenser
