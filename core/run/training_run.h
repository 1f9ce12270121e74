// A training as a whole, for the command line and the window alike: data, network, condensing, checkpoints, files.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/thread_pool.h"
#include "condense/schedule.h"
#include "data/dataset.h"
#include "io/model_file.h"
#include "io/run_record.h"
#include "io/train_settings.h"
#include "network/network_spec.h"

namespace condenser {

struct TrainRequest {
    std::string data = "shapes10";           // as --data
    std::string model = "condensenet-tiny";  // preset or spec; the classes come from the data
    std::filesystem::path folder;            // empty: a new one in the store
    TrainSettings settings;
    int threads = 0;  // 0: availableCores()
    ThreadPriority priority = ThreadPriority::kNormal;
    std::uint64_t dataMemory = 0;  // as DatasetOptions::memoryLimit
    std::string command;           // the exact command, for run.json; may be empty
};

// A condensing step: what it will do is known before the run starts.
struct CondensingStep {
    int stage = 0;          // 1..C-1
    std::int64_t step = 0;  // the training step (from 0) before which it happens
    double epoch = 0;       // the same as an epoch: step / stepsPerEpoch
    double keptAfter = 1;   // share of a learned convolution's connections that remain: 1 - stage / C
};

// Sent once, when data and network stand.
struct RunStarted {
    std::filesystem::path folder;
    NetworkSpec spec;
    std::vector<std::string> classes;
    std::int64_t trainImages = 0, testImages = 0;
    std::string testName;  // "test", "val", "validation"
    std::int64_t stepsPerEpoch = 0, totalSteps = 0;
    std::int64_t firstStep = 0;  // > 0 where a run is resumed
    std::vector<CondensingStep> condensing;
    std::vector<UnreadableFile> unreadable;
    int threads = 1;
    std::string isa;  // "AVX2"

    std::int64_t epochs() const { return totalSteps / std::max<std::int64_t>(1, stepsPerEpoch); }
};

struct StepReport {
    std::int64_t step = 0;  // from 0
    double learningRate = 0;
    double loss = 0;             // cross-entropy + lambda * lasso
    double top1 = 0;             // share of the batch
    double imagesPerSecond = 0;  // of late, evaluation left out
    int stage = 0;               // condensing steps done
};

struct EpochReport {
    int epoch = 0;          // 1 after the first
    std::int64_t step = 0;  // steps done
    double learningRate = 0;
    double trainLoss = 0, trainTop1 = 0, testLoss = 0, testTop1 = 0;
    double kept = 1;  // share of the learned convolutions' connections
    std::vector<double> keptPerBlock;
    double imagesPerSecond = 0, seconds = 0;  // seconds since the start, pauses and stops left out
    bool best = false;                        // became model.safetensors' content
};

// Just done, before the step it belongs to.
struct CondenseReport {
    CondensingStep step;
    std::int64_t dropped = 0;  // connections (group x input pairs) dropped over all layers
    double kept = 1;           // share that remains, over all layers
};

// A copy of the weights that anyone may classify with while training goes on.
struct ModelSnapshot {
    ModelFile model;
    int epoch = 0;  // epochs done when it was taken
};

// All are called on the thread that trains, any may be empty, none may block for long but onStanding.
struct RunEvents {
    std::function<void(std::int64_t found)> onScanning;                    // pictures found so far
    std::function<void(std::int64_t done, std::int64_t total)> onLoading;  // pictures decoded
    std::function<void(const RunStarted&)> onStarted;
    std::function<void(const StepReport&)> onStep;
    std::function<void(const CondenseReport&)> onCondensed;
    std::function<void(const EpochReport&)> onEpoch;
    std::function<void(std::int64_t done, std::int64_t total)> onEvaluating;  // test pictures, at an epoch's end
    std::function<void(std::shared_ptr<const ModelSnapshot>)> onSnapshot;     // at each epoch's end
    std::function<void(const std::string&)> onNotice;  // a sentence for the user that is no error
    // Of a pause: true when it has taken effect and its checkpoint is written, false before the training goes on or
    // gives up. This one may block, as a pause does: nothing is computed between the two.
    std::function<void(bool standing)> onStanding;
    std::function<void()> onLayer;  // each time before pause and stop are looked at: between layers, steps, pictures
};

// Shared by whoever trains and whoever steers. Both take effect between two layers, wherever the training is: a pause
// holds the step in hand, a stop gives it up and ends a pause.
class RunControl {
  public:
    void pause(bool on);
    bool paused() const { return m_paused.load(); }
    void requestStop();
    bool stopRequested() const { return m_stop.stop_requested(); }
    std::stop_token stopToken() const { return m_stop.get_token(); }
    // For whoever trains: returns when not paused or when stopped. `first` is called once, standing still.
    void waitWhilePaused(const std::function<void()>& first = {});
    // A pause was asked for and has taken effect: whoever trains stands still in waitWhilePaused.
    bool waiting() const { return m_waiting.load(); }

  private:
    std::atomic<bool> m_paused{false};
    std::atomic<bool> m_waiting{false};  // set and cleared by waitWhilePaused
    std::stop_source m_stop;
};

enum class RunEnd { kFinished, kStopped };

struct RunResult {
    RunEnd end = RunEnd::kFinished;
    std::filesystem::path folder;
    int epochs = 0;  // done, in all
    double seconds = 0;
    int bestEpoch = 0;                  // 0: none yet
    double bestTop1 = 0, bestLoss = 0;  // on the test part, of model.safetensors
    double finalTop1 = 0;               // of the last epoch
    double waitedShare = 0;             // of the time of steps, since this start: waiting for pictures
    std::string testName;
};

// Trains in `request.folder`, which must be absent or empty. Stopped: nothing remains of the step in hand, a checkpoint
// of the end of the step before is on the disk, and resumeRun goes on from it. Paused: the same checkpoint is written
// while the step stands still. A loss that is not finite ends the run with kNotFinite, the last good checkpoint kept.
Result<RunResult> startRun(const TrainRequest& request, const RunEvents& events, RunControl& control);

// Goes on as if never stopped: the same bits, on any number of threads. All settings come from run.json.
// `dataMemory` as in TrainRequest.
Result<RunResult> resumeRun(const std::filesystem::path& folder, int threads, ThreadPriority priority,
                            const RunEvents& events, RunControl& control, std::uint64_t dataMemory = 0);

// "${XDG_DATA_HOME:-~/.local/share}/condenser/data": where the window puts what it downloads.
std::filesystem::path defaultDataStore();
// "${XDG_DATA_HOME:-~/.local/share}/condenser/runs".
std::filesystem::path defaultRunStore();

// The condensing steps of a run, from its numbers alone. C-1 steps for Condensing::kGradual where the run is long
// enough, at most one for the others.
std::vector<CondensingStep> planCondensing(int condenseFactor, std::int64_t stepsPerEpoch, int epochs,
                                           bool referenceQuirks, Condensing condensing = Condensing::kGradual);
// Of a run that is recorded.
std::vector<CondensingStep> planCondensing(const RunRecord& record);

}  // namespace condenser
