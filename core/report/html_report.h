// Runs and experiments as one HTML file that can be sent to anybody: settings, curves, condensing steps, epochs and
// connection maps; of an experiment its table and figure.
#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>

#include "base/result.h"

namespace condenser {

inline constexpr std::size_t kMaxReportRuns = 32;  // given one by one
inline constexpr int kMaxExperimentRuns = 200;     // of all experiments in one report

// Everything is inside: no script, no reference to anything else, texts escaped; it is well-formed XML, too. Follows
// the reader's choice of light or dark, and prints. Of several runs, the curves are overlaid and the settings that
// differ come first. Folders of experiments may stand among those of runs; their parts come before. `written` is the
// time it gives, as RunRecord::created has it. About 100 KB a run of an ordinary network, below 3 MB for a large one. A
// folder that is neither, or whose logs cannot be read, fails the whole; connections or a note that cannot be read are
// told of in their place.
Result<std::string> htmlReport(std::span<const std::filesystem::path> folders, const std::string& written);

// The same, now, into a file, atomically; its size in bytes. A run's or an experiment's own file is refused.
Result<std::uint64_t> writeHtmlReport(std::span<const std::filesystem::path> folders, const std::filesystem::path& out);

}  // namespace condenser
