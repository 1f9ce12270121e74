#include "store/run_scan.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <charconv>
#include <ctime>
#include <string_view>

#include "base/atomic_file.h"
#include "io/run_note.h"
#include "network/summary.h"
#include "run/best_epoch.h"

namespace condenser {
namespace {

constexpr std::size_t kMaxRecordBytes = std::size_t{16} << 20;  // as the reader of run.json has it
constexpr std::int64_t kYoungNs = 1'000'000'000;                // clocks of file systems tick every few milliseconds

std::int64_t nanoseconds(const timespec& time) {
    return std::int64_t{time.tv_sec} * 1'000'000'000 + time.tv_nsec;
}

// K of "step-K.safetensors"; 0: it is another file.
int stageOf(std::string_view name) {
    constexpr std::string_view kFront = "step-", kEnd = ".safetensors";
    if (!name.starts_with(kFront) || !name.ends_with(kEnd) || name.size() <= kFront.size() + kEnd.size()) return 0;
    name = name.substr(kFront.size(), name.size() - kFront.size() - kEnd.size());
    int stage = 0;
    const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), stage);
    return error == std::errc() && end == name.data() + name.size() && stage > 0 ? stage : 0;
}

// What of a file changes with its content; the program's version, for another one may read the same otherwise.
std::string fingerprintOf(const std::filesystem::path& folder) {
    timespec now{};
    ::clock_gettime(CLOCK_REALTIME, &now);
    std::string text = CONDENSER_VERSION;
    for (const char* name : {kRunRecordName, kMetricsName, kRunNoteName}) {
        struct stat status {};
        if (::stat((folder / name).c_str(), &status) != 0) {
            text += ";-";
            continue;
        }
        if (nanoseconds(status.st_mtim) > nanoseconds(now) - kYoungNs) return {};
        text += fmt::format(";{}:{}:{}", status.st_ino, status.st_size, nanoseconds(status.st_mtim));
    }
    return text;
}

void countCosts(const NetworkSpec& spec, RunSummary& summary) {
    const NetworkSummary condensed = summarize(spec, CountingMode::kCondensed);
    summary.denseMacs = summarize(spec, CountingMode::kDense).macs;
    summary.condensedMacs = condensed.macs;
    summary.condensedParams = condensed.params;
}

void addProblem(RunSummary& summary, const Error& error) {
    if (summary.problem.empty()) summary.problem = error.text();
}

}  // namespace

std::optional<RunScan> scanRunFolder(const std::filesystem::path& folder) {
    if (!isRunFolder(folder)) return std::nullopt;
    RunScan scan;
    scan.fingerprint = fingerprintOf(folder);  // before anything is read: what changes meanwhile is read again
    struct stat status {};
    if (::stat(folder.c_str(), &status) != 0) return std::nullopt;
    scan.identity = {status.st_dev, status.st_ino};
    std::error_code error;
    for (std::filesystem::directory_iterator entry(folder, error), end; !error && entry != end;
         entry.increment(error)) {
        if (::lstat(entry->path().c_str(), &status) != 0 || !S_ISREG(status.st_mode)) continue;
        scan.bytes += static_cast<std::uint64_t>(status.st_size);
        const std::string name = entry->path().filename().string();
        if (const int stage = stageOf(name); stage > 0) scan.stages.push_back(stage);
        if (name == kCheckpointName || name == kPreviousCheckpointName) scan.checkpoint = true;
    }
    std::ranges::sort(scan.stages);
    return scan;
}

Result<RunRecord> recordOf(const std::string& text, const std::filesystem::path& folder) {
    auto record = parseRunRecord(text, (folder / kRunRecordName).string());
    if (record) record->classes.clear();
    return record;
}

ReadRun readRun(const std::filesystem::path& folder) {
    ReadRun run;
    RunSummary& summary = run.summary;
    summary.folder = folder;
    summary.name = folder.filename().string();
    if (auto note = readRunNote(folder)) {
        if (!note->name.empty()) summary.name = std::move(note->name);
        summary.note = std::move(note->note);
    } else {
        summary.noteProblem = note.error().text();
    }
    auto text = readWholeFile(folder / kRunRecordName, kMaxRecordBytes);
    if (!text) {
        addProblem(summary, text.error());
        return run;
    }
    auto record = recordOf(*text, folder);
    if (!record) {
        addProblem(summary, record.error());
        return run;
    }
    summary.record = std::move(*record);
    run.text = std::move(*text);
    run.identity = runIdentity(summary.record);
    countCosts(summary.record.spec, summary);
    const auto epochs = readMetrics(folder);
    if (!epochs) {
        addProblem(summary, epochs.error());
        return run;
    }
    if (epochs->empty()) return run;
    summary.epochs = epochs->back().epoch;
    summary.lastTop1 = epochs->back().testTop1;
    summary.seconds = epochs->back().seconds;
    if (const MetricsRow* best = bestEpoch(summary.record, *epochs)) {
        summary.bestEpoch = best->epoch;
        summary.bestTop1 = best->testTop1;
    }
    return run;
}

void putPresent(const RunScan& scan, RunSummary& summary) {
    summary.bytes = scan.bytes;
    summary.stages = scan.stages;
    const bool known = !summary.record.created.empty();
    summary.state = known                         ? stateOfRun(summary.folder, summary.record)
                    : isRunLocked(summary.folder) ? StoredRunState::kRunning
                                                  : StoredRunState::kStopped;
    summary.resumable = known && scan.checkpoint && summary.state != StoredRunState::kFinished &&
                        summary.state != StoredRunState::kRunning;
}

Result<std::vector<std::filesystem::path>> listRunFolders(const std::filesystem::path& store) {
    std::vector<std::filesystem::path> folders;
    std::error_code error;
    std::filesystem::directory_iterator entry(store, error), end;
    for (; !error && entry != end; entry.increment(error)) {
        if (isRunFolder(entry->path())) folders.push_back(entry->path());
    }
    if (!error || error == std::errc::no_such_file_or_directory) return folders;
    return fail(ErrorCode::kUnreadable, "cannot list the runs", store.string(), error.message());
}

}  // namespace condenser
