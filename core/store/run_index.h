// An index of run folders, so that hundreds of them show at once. The folders are the truth: the index is a cache of
// what was last read from them, made anew where it is missing, damaged or of an unknown version.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "base/result.h"
#include "io/run_record.h"
#include "run/stored_run.h"

namespace condenser {

// How fast the run's model answers on this machine, as measured (bench/model_bench.h), batch 1.
struct RunLatency {
    double medianMs = 0, p5Ms = 0, p95Ms = 0;
    int threads = 1;
    std::string isa, cpu, measured;  // ISO 8601
};

// A line of the Runs page.
struct RunSummary {
    std::filesystem::path folder;
    std::string name, note;   // run_note.h; the name is the folder's where none was given
    RunRecord record;         // without the class names; as far as it could be read
    std::string problem;      // why it cannot be read; else empty
    std::string noteProblem;  // why its note cannot be read, which hinders nothing; else empty
    StoredRunState state = StoredRunState::kStopped;
    bool resumable = false;
    int epochs = 0;     // done
    int bestEpoch = 0;  // of model.safetensors' content; 0: none yet
    std::optional<double> bestTop1, lastTop1;
    double seconds = 0;  // of training
    std::int64_t denseMacs = 0, condensedMacs = 0, condensedParams = 0;
    std::uint64_t bytes = 0;  // on the disk
    std::vector<int> stages;  // condensing steps K whose step-K.safetensors is there
    std::optional<RunLatency> latency;
};

// For one thread at a time; several processes may have the same file open. Only the runs opened by hand and the
// latencies are nowhere else: they are lost with the file.
class RunIndex {
  public:
    // Makes or migrates the file (SQLite, WAL); FILE.lock beside it says that somebody has it open. One that is damaged
    // is set aside (FILE.damaged) and made anew. Where that cannot be (a folder that may not be written to, a full
    // disk, a file that a newer version made, which is left as it is), the index lives in memory until it is closed. So
    // a failure is one of memory only; notice() tells of all others.
    static Result<RunIndex> open(const std::filesystem::path& file);
    RunIndex(RunIndex&&) noexcept;
    RunIndex& operator=(RunIndex&&) noexcept;
    ~RunIndex();

    // Empty, or a sentence for the user: the file was set aside, or nothing will be remembered, and why.
    std::string notice() const;

    // What was last read, without touching a folder: for the first paint. States are those of then.
    Result<std::vector<RunSummary>> cached() const;

    // Every folder of `store` with a run.json, and those opened by hand: read again where a file of it has changed,
    // its state, size and stages always looked at anew. Newest first. Folders that are gone leave the index, those
    // opened by hand excepted: they have a `problem` until they are forgotten. kCancelled where `stop` asks for it.
    Result<std::vector<RunSummary>> refresh(const std::filesystem::path& store, const std::stop_token& stop = {});

    // A run outside the store, opened by hand: listed until it is forgotten. kNotFound where it is no run's folder.
    Result<> remember(const std::filesystem::path& folder);
    Result<> forget(const std::filesystem::path& folder);

    // Kept for the run, not for its folder: it stays when the folder is moved. kNotFound before a refresh has seen it.
    Result<> setLatency(const std::filesystem::path& folder, const RunLatency& latency);

  private:
    struct Database;
    explicit RunIndex(std::unique_ptr<Database> database);
    std::unique_ptr<Database> m_database;
};

// "${XDG_DATA_HOME:-~/.local/share}/condenser/runs.db".
std::filesystem::path defaultRunIndexFile();

}  // namespace condenser
