// What the Runs page says of a run, in the words that its table, its panels and its tooltips share.
#pragma once

#include <QString>
#include <QStringList>
#include <filesystem>

#include "store/run_index.h"

namespace condenser {

// "unreadable" where there is a problem, else "running", "interrupted", "stopped", "finished", "failed".
QString runStateWord(const RunSummary& run);
// A sentence: what the state means and what can be done.
QString runStateSentence(const RunSummary& run);
// "shapes10", "folder: flowers".
QString runDataWords(const RunRecord& record);
// A preset's name, or "4-4-4 · growth 8-16-32".
QString runNetworkWords(const RunRecord& record);
// "C 4 · G 4"; "none · G 4" for a network that is not condensed; "C 4 · G 4 · at once" in another way than the usual.
QString runCondensingWords(const RunRecord& record);
// "step by step", "at half time, at once", "fixed groups, not learned", "drawn by lot, not learned".
QString condensingWords(Condensing condensing);
// "12.40.14-shapes10-condensenet-tiny" for a name that begins with its day, as those do that nobody gave: the day
// stands elsewhere, and the beginning is all that is seen of a name where there is little room.
QString runNameWithoutDate(const QString& name);
// What tells names apart: their days, and a long beginning that all of them share, are left out. "…27", "…55".
QStringList shortRunNames(QStringList names);
// The folder that it lies in, which for one of an experiment is the experiment's: "ablation".
QString runPlaceWords(const std::filesystem::path& folder);
// The same training with another seed; where and when it ran does not matter.
bool differInSeedAlone(const RunRecord& a, const RunRecord& b);
// "2026-01-31 10:30", in the time of this place; as it stands where it is no time.
QString runDateWords(const RunRecord& record);
// "2.31 ms".
QString formatMilliseconds(double ms);
// "31 kB", "1.2 GB".
QString formatBytes(double bytes);

}  // namespace condenser
