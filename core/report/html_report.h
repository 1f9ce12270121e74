// Runs as one HTML file that can be sent to anybody: settings, curves, condensing steps, epochs and connection maps.
#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>

#include "base/result.h"

namespace condenser {

inline constexpr std::size_t kMaxReportRuns = 32;

// Everything is inside: no script, no reference to anything else, texts escaped; it is well-formed XML, too. Follows
// the reader's choice of light or dark, and prints. Of several runs, the curves are overlaid and the settings that
// differ come first. `written` is the time it gives, as RunRecord::created has it. About 100 KB a run of an ordinary
// network, below 3 MB for a large one. A folder that is no run's, or whose logs cannot be read, fails the whole;
// connections or a note that cannot be read are told of in their place.
Result<std::string> htmlReport(std::span<const std::filesystem::path> runs, const std::string& written);

// The same, now, into a file, atomically; its size in bytes. A file that is one of the runs' own is refused.
Result<std::uint64_t> writeHtmlReport(std::span<const std::filesystem::path> runs, const std::filesystem::path& out);

}  // namespace condenser
