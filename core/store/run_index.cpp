#include "store/run_index.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "base/user_folders.h"
#include "store/index_file.h"
#include "store/run_scan.h"

namespace condenser {
namespace {

// One name a folder, whatever the working folder is.
std::filesystem::path namedOnce(const std::filesystem::path& folder) {
    std::error_code error;
    std::filesystem::path path = std::filesystem::absolute(folder, error).lexically_normal();
    return path.has_filename() ? path : path.parent_path();  // "run/" is "run"
}

// Newest first; those whose time cannot be read, last.
void sortRuns(std::vector<RunSummary>& runs) {
    std::ranges::sort(runs, [](const RunSummary& a, const RunSummary& b) {
        if (a.record.created != b.record.created) return a.record.created > b.record.created;
        return a.folder < b.folder;
    });
}

void putRecord(IndexedRun& run) {
    if (run.text.empty()) return;
    auto record = recordOf(run.text, run.summary.folder);
    if (record) {
        run.summary.record = std::move(*record);
    } else if (run.summary.problem.empty()) {
        run.summary.problem = record.error().text();
    }
}

bool looksTheSame(const RunSummary& a, const RunSummary& b) {
    return a.bytes == b.bytes && a.stages == b.stages && a.state == b.state && a.resumable == b.resumable;
}

// A run opened by hand that is not where it was.
RunSummary missingRun(const std::filesystem::path& folder) {
    RunSummary summary;
    summary.folder = folder;
    summary.name = folder.filename().string();
    summary.problem = "no run is there any more: " + folder.string();
    return summary;
}

}  // namespace

struct RunIndex::Database {
    IndexFile file;
    std::string notice;  // beside the file's own
};

Result<RunIndex> RunIndex::open(const std::filesystem::path& file) {
    auto opened = IndexFile::open(file);
    if (!opened) return tl::unexpected(opened.error());
    return RunIndex(std::make_unique<Database>(Database{std::move(*opened), {}}));
}

RunIndex::RunIndex(std::unique_ptr<Database> database) : m_database(std::move(database)) {}
RunIndex::RunIndex(RunIndex&&) noexcept = default;
RunIndex& RunIndex::operator=(RunIndex&&) noexcept = default;
RunIndex::~RunIndex() = default;

std::string RunIndex::notice() const {
    const std::string& first = m_database->file.notice();
    return first.empty() ? m_database->notice : first;
}

Result<std::vector<RunSummary>> RunIndex::cached() const {
    auto runs = m_database->file.runs();
    if (!runs) return tl::unexpected(runs.error());
    std::vector<RunSummary> summaries;
    for (IndexedRun& run : *runs) {
        putRecord(run);
        summaries.push_back(std::move(run.summary));
    }
    sortRuns(summaries);
    return summaries;
}

Result<std::vector<RunSummary>> RunIndex::refresh(const std::filesystem::path& store, const std::stop_token& stop) {
    IndexFile& file = m_database->file;
    auto folders = listRunFolders(namedOnce(store));
    if (!folders) return tl::unexpected(folders.error());
    std::ranges::sort(*folders);
    // A list that cannot be read or written is no reason not to show the runs.
    m_database->notice.clear();
    const auto note = [&](const Error& error) { m_database->notice = error.text(); };
    const auto opened = file.opened();
    if (!opened) note(opened.error());
    auto known = file.runs();
    if (!known) note(known.error());
    std::map<std::filesystem::path, IndexedRun> before;
    if (known) {
        for (IndexedRun& run : *known) before.emplace(run.summary.folder, std::move(run));
    }

    std::vector<RunSummary> summaries;
    std::vector<IndexedRun> changed;
    std::set<FolderIdentity> seen;
    std::set<std::filesystem::path> listed;
    const auto cancelled = [&] { return fail(ErrorCode::kCancelled, "cannot list the runs", "", "it was cancelled"); };
    const auto look = [&](const std::filesystem::path& folder, bool byHand) {
        const auto scan = scanRunFolder(folder);
        if (!scan && !byHand) return;                             // it vanished meanwhile
        if (scan && !seen.insert(scan->identity).second) return;  // another name of the same folder
        listed.insert(folder);
        const auto found = before.find(folder);
        IndexedRun run = found != before.end() ? std::move(found->second) : IndexedRun{};
        if (!scan) {
            summaries.push_back(missingRun(folder));
            if (run.summary.problem != summaries.back().problem) changed.push_back({summaries.back(), {}, {}, {}});
            return;
        }
        const bool fresh = !run.fingerprint.empty() && run.fingerprint == scan->fingerprint;
        if (fresh) {
            putRecord(run);
        } else {
            ReadRun read = readRun(folder);
            if (auto latency = file.latency(read.identity)) read.summary.latency = std::move(*latency);
            run = {std::move(read.summary), std::move(read.text), std::move(read.identity), scan->fingerprint};
        }
        RunSummary present = run.summary;
        putPresent(*scan, present);
        summaries.push_back(present);
        if (fresh && looksTheSame(present, run.summary)) return;
        run.summary = std::move(present);
        changed.push_back(std::move(run));
    };
    for (const std::filesystem::path& folder : *folders) {
        if (stop.stop_requested()) return cancelled();
        look(folder, false);
    }
    if (opened) {
        for (const std::filesystem::path& folder : *opened) {
            if (stop.stop_requested()) return cancelled();
            if (!listed.contains(folder)) look(folder, true);
        }
    }
    std::vector<std::filesystem::path> gone;
    for (const auto& [folder, run] : before) {
        if (!listed.contains(folder)) gone.push_back(folder);
    }
    if (const auto written = file.update(changed, gone); !written) note(written.error());
    sortRuns(summaries);
    return summaries;
}

Result<> RunIndex::remember(const std::filesystem::path& folder) {
    const std::filesystem::path path = namedOnce(folder);
    if (!isRunFolder(path)) {
        return fail(ErrorCode::kNotFound, "cannot open the run", path.string(), "it holds no run.json",
                    "give the folder of a run");
    }
    return m_database->file.addOpened(path);
}

Result<> RunIndex::forget(const std::filesystem::path& folder) {
    return m_database->file.removeOpened(namedOnce(folder));
}

Result<> RunIndex::setLatency(const std::filesystem::path& folder, const RunLatency& latency) {
    return m_database->file.setLatency(namedOnce(folder), latency);
}

std::filesystem::path defaultRunIndexFile() {
    return userDataFolder() / "runs.db";
}

}  // namespace condenser
