// Numbers and errors in words, the same everywhere in the window.
#pragma once

#include <QString>
#include <QStringList>
#include <cstdint>
#include <filesystem>
#include <vector>

#include "base/result.h"
#include "run/training_run.h"

namespace condenser {

QString toQString(const std::filesystem::path& path);
std::filesystem::path toPath(const QString& path);

// "10 000", with narrow no-break spaces.
QString formatCount(std::int64_t count);
// Three significant figures: "65.8 M", "520 k", "96".
QString formatAmount(double amount);
// "91.8 %"; `share` is from 0 to 1.
QString formatShare(double share);
// "92 %"; never all, or nothing, unless it is.
QString formatWholeShare(double share);
// "12 s", "4 min 5 s", "3 h 2 min".
QString formatDuration(double seconds);
// "about 6 min left".
QString formatTimeLeft(double seconds);
// "3 pictures", "1 picture": `one` and `many` without the number.
QString formatPlural(std::int64_t count, const QString& one, const QString& many);

// "cannot read the model: x.safetensors" with a capital letter; empty parts left out.
QString errorTitle(const Error& error);
// Why and how to mend it, as sentences.
QString errorDetail(const Error& error);
// Both in a row, where there is one place for words.
QString errorWords(const Error& error);

// What each condensing step takes of the connections that are left: "1/4", "1/3", "1/2".
QStringList removedShares(const std::vector<CondensingStep>& steps);
// "Steps 1, 2 and 3 remove 1/4, 1/3 and 1/2 of the connections that are left; a jump at each is expected."
QString condensingSentence(const std::vector<CondensingStep>& steps);

}  // namespace condenser
