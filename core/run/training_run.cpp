#include "run/training_run.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <new>
#include <string_view>
#include <system_error>
#include <utility>

#include "data/loader.h"
#include "io/run_folder.h"
#include "ops/simd_target.h"
#include "run/run_checkpoint.h"
#include "run/run_files.h"
#include "run/run_settings.h"
#include "train/evaluate.h"
#include "train/learning_rate.h"
#include "train/trainer.h"

namespace condenser {
namespace {

using Clock = std::chrono::steady_clock;

constexpr double kCheckpointSeconds = 60;

double secondsSince(Clock::time_point start) {
    return std::chrono::duration<double>(Clock::now() - start).count();
}

DatasetOptions dataOptions(const RunRecord& record, std::uint64_t memory, const RunEvents& events,
                           const RunControl& control) {
    DatasetOptions options;
    options.height = record.spec.height;
    options.width = record.spec.width;
    options.validation = record.settings.validation;
    options.seed = record.splitSeed();
    options.augmentation = record.settings.augmentation;
    options.threads = record.threads;
    options.memoryLimit = memory;
    options.scanning = events.onScanning;
    options.progress = events.onLoading;
    options.stop = control.stopToken();
    return options;
}

class Run {
  public:
    Run(std::filesystem::path folder, RunRecord record, Dataset dataset, RunLock lock, ThreadPriority priority,
        const RunEvents& events, RunControl& control)
        : m_folder(std::move(folder)),
          m_record(std::move(record)),
          m_dataset(std::move(dataset)),
          m_lock(std::move(lock)),
          m_events(events),
          m_control(control),
          m_pool(m_record.threads, priority),
          m_network(m_record.spec, m_record.settings.seed),
          m_trainer(m_network, trainerOptions(m_record), m_pool) {}

    // Goes on from a checkpoint of this run (checkBelongs); `lastTop1` is the test accuracy of the latest epoch.
    Result<> restore(Checkpoint checkpoint, double lastTop1);
    Result<RunResult> go();

  private:
    std::int64_t totalSteps() const { return m_record.stepsPerEpoch * m_record.settings.epochs; }
    double seconds() const { return m_secondsBefore + secondsSince(m_started) - m_pausedSeconds; }
    bool condensingEnded() { return condensingStageOf(m_network) == m_record.spec.condenseFactor - 1; }

    void announce();
    Result<> loop();
    Result<> trainStep(const Batch& batch);
    Result<> endEpoch();
    // Asked between layers: stands still while the run is paused; true if the work in hand is to be given up.
    bool interrupted();
    // Of the end of the last step that is done; nothing to do if there is one already.
    Result<> checkpoint();
    Result<> writeState(RunState state, const std::string& message);
    // A number is not finite; nothing of it has been saved.
    tl::unexpected<Error> diverged(const std::string& why) const;
    Result<> checkFinite(const StateDict& tensors) const;

    std::filesystem::path m_folder;
    RunRecord m_record;
    Dataset m_dataset;
    RunLock m_lock;
    const RunEvents& m_events;
    RunControl& m_control;
    ThreadPool m_pool;
    Network m_network;
    Trainer m_trainer;

    Checkpoint m_state;               // all but the tensors; its step is the next one to do
    std::vector<StepRecord> m_steps;  // done since the last write to steps.bin
    double m_lastTop1 = 0;
    bool m_stopped = false;
    std::optional<Error> m_pauseError;                      // no checkpoint could be written in a pause
    std::optional<std::pair<int, std::int64_t>> m_savedAt;  // epoch and step of the latest checkpoint
    double m_secondsBefore = 0, m_pausedSeconds = 0, m_rate = 0;
    double m_waitedSeconds = 0, m_steppedSeconds = 0;  // for pictures, and in steps
    Clock::time_point m_started = Clock::now(), m_saved = Clock::now();
};

Result<> Run::restore(Checkpoint checkpoint, double lastTop1) {
    StateDict weights, momentum;
    for (auto& [name, tensor] : checkpoint.tensors) {
        if (name.starts_with(kMomentumPrefix)) {
            momentum[name.substr(std::string_view(kMomentumPrefix).size())] = std::move(tensor);
        } else {
            weights[name] = std::move(tensor);
        }
    }
    checkpoint.tensors.clear();
    // Into the network that the trainer holds: its tensors keep their places.
    m_network.visitTensors([&](const TensorSlot& slot) {
        const auto found = weights.find(slot.name);
        if (found == weights.end()) return;
        if (slot.integers.empty()) {
            std::copy_n(found->second.floats().begin(), slot.value.size(), slot.value.begin());
        } else {
            std::copy_n(found->second.int64s().begin(), slot.integers.size(), slot.integers.begin());
        }
    });
    for (const Network::LearnedLayer& layer : m_network.learnedLayers()) layer.conv->refreshGroups();
    if (auto loaded = m_trainer.loadMomentum(momentum); !loaded) return loaded;
    m_secondsBefore = checkpoint.seconds;
    m_state = std::move(checkpoint);
    m_lastTop1 = lastTop1;
    return {};
}

void Run::announce() {
    if (!m_events.onStarted) return;
    RunStarted started;
    started.folder = m_folder;
    started.spec = m_record.spec;
    started.classes = m_record.classes;
    started.trainImages = m_dataset.train.count();
    started.testImages = m_dataset.test.count();
    started.testName = m_dataset.testName;
    started.stepsPerEpoch = m_record.stepsPerEpoch;
    started.totalSteps = totalSteps();
    started.firstStep = m_state.step;
    started.condensing = planCondensing(m_record);
    started.unreadable = m_dataset.unreadable;
    started.threads = m_pool.size();
    started.isa = m_record.isa;
    m_events.onStarted(started);
}

tl::unexpected<Error> Run::diverged(const std::string& why) const {
    std::error_code ignored;
    const bool saved = std::filesystem::exists(m_folder / kCheckpointName, ignored);
    return fail(ErrorCode::kNotFinite, "the training diverged", m_folder.string(),
                why + (saved ? "; the last good checkpoint is kept" : "; this was before the first checkpoint"),
                saved ? fmt::format("branch from that checkpoint with half the learning rate, {}",
                                    m_record.settings.learningRate / 2)
                      : "start again with a lower learning rate, in another folder");
}

Result<> Run::writeState(RunState state, const std::string& message) {
    m_record.state = state;
    m_record.message = message;
    return writeRunRecord(m_folder, m_record);
}

Result<RunResult> Run::go() {
    announce();
    m_started = m_saved = Clock::now();
    if (auto done = loop(); !done) {
        // The error is what the user must hear; that run.json could not be written either adds nothing to it.
        (void)writeState(RunState::kFailed, done.error().text());
        return tl::unexpected(done.error());
    }
    if (auto written = writeState(m_stopped ? RunState::kStopped : RunState::kFinished, ""); !written) {
        return tl::unexpected(written.error());
    }
    RunResult result;
    result.end = m_stopped ? RunEnd::kStopped : RunEnd::kFinished;
    result.folder = m_folder;
    result.epochs = m_state.epoch;
    result.seconds = seconds();
    result.bestEpoch = m_state.bestEpoch;
    result.bestTop1 = m_state.bestTop1;
    result.bestLoss = m_state.bestLoss;
    result.finalTop1 = m_lastTop1;
    result.waitedShare = m_waitedSeconds / std::max(m_waitedSeconds + m_steppedSeconds, 1e-9);
    result.testName = m_dataset.testName;
    return result;
}

Result<> Run::loop() {
    Loader loader(m_dataset, m_dataset.train,
                  {m_record.settings.batch, /*shuffle=*/true, m_record.settings.augmentation, m_record.settings.seed});
    for (;;) {
        if (interrupted()) {
            if (m_pauseError) return tl::unexpected(*m_pauseError);
            m_stopped = true;
            return checkpoint();
        }
        if (m_state.epoch < m_state.step / m_record.stepsPerEpoch) {
            if (auto done = endEpoch(); !done) return done;
            continue;
        }
        if (m_state.step == totalSteps()) return {};
        const int iteration = static_cast<int>(m_state.step % m_record.stepsPerEpoch);
        const Clock::time_point wait = Clock::now();
        const Batch& batch = loader.next(m_state.epoch, iteration);
        m_waitedSeconds += secondsSince(wait);
        if (auto done = trainStep(batch); !done) return done;
        if (secondsSince(m_saved) > kCheckpointSeconds) {
            if (auto saved = checkpoint(); !saved) return saved;
        }
    }
}

Result<> Run::trainStep(const Batch& batch) {
    const Clock::time_point start = Clock::now();
    const std::int64_t t = m_state.step;
    const int stage = condensingStageOf(m_network), due = m_trainer.stageDue(t);
    const std::vector<ConnectionsLayer> layers =
        due > stage ? connectionLayers(m_network) : std::vector<ConnectionsLayer>{};
    std::optional<ModelFile> before;
    std::optional<ConnectionsRecord> connectionsBefore;
    if (due > stage) {
        // What is condensed is not restored if the step is given up: the checkpoint of that is written beforehand.
        if (auto saved = checkpoint(); !saved) return saved;
        before = describeModel(m_record, m_network, {m_state.epoch, m_lastTop1, 0});
        connectionsBefore = recordConnections(m_network, {ConnectionsMoment::kBeforeStep, m_state.epoch, t, due - 1});
    }
    const double pausedBefore = m_pausedSeconds;
    const StepResult step = m_trainer.step(t, batch.images.view(), batch.labels, [this] { return interrupted(); });
    if (step.givenUp) return {};
    if (before) {
        if (auto written = writeModelFile(m_folder / stepModelName(due), *before); !written) return written;
        if (auto done = appendConnections(m_folder, layers, *connectionsBefore); !done) return done;
    }
    if (!std::isfinite(step.loss)) {
        return diverged("the loss of step " + std::to_string(t + 1) + " is not finite");
    }
    if (step.condensed) {
        const ConnectionsKey key{ConnectionsMoment::kAfterStep, m_state.epoch, t, due};
        if (auto done = appendConnections(m_folder, layers, recordConnections(m_network, key)); !done) return done;
        if (m_events.onCondensed) {
            const double epoch = static_cast<double>(t) / static_cast<double>(m_record.stepsPerEpoch);
            m_events.onCondensed({{due, t, epoch, 1.0 - static_cast<double>(due) / m_record.spec.condenseFactor},
                                  step.condensed->dropped,
                                  step.condensed->kept});
        }
    }
    const double elapsed = secondsSince(start) - (m_pausedSeconds - pausedBefore);
    m_state.step = t + 1;
    m_state.stage = std::max(stage, due);
    m_state.lossSum += step.loss * batch.count();
    m_state.correct += step.correct;
    m_state.images += batch.count();
    m_state.epochSeconds += elapsed;
    m_steppedSeconds += elapsed;
    m_steps.push_back({static_cast<float>(step.loss), static_cast<float>(step.learningRate)});
    const double rate = batch.count() / std::max(elapsed, 1e-9);
    m_rate = m_rate > 0 ? 0.9 * m_rate + 0.1 * rate : rate;
    if (m_events.onStep) {
        m_events.onStep({t, step.learningRate, step.loss, static_cast<double>(step.correct) / batch.count(), m_rate,
                         m_state.stage});
    }
    return {};
}

Result<> Run::endEpoch() {
    EvaluateOptions options;
    options.progress = m_events.onEvaluating;
    options.interruption = [this] { return interrupted(); };
    auto evaluation = evaluate(m_network, m_dataset, m_dataset.test, m_pool, options);
    if (!evaluation) {
        if (evaluation.error().code != ErrorCode::kCancelled) return tl::unexpected(evaluation.error());
        return {};  // given up: the evaluation is done again, at the same place, when the run goes on
    }
    if (!std::isfinite(evaluation->loss)) {
        return diverged("the test loss is not finite");
    }
    if (auto finite = checkFinite(m_network.state()); !finite) return finite;
    ++m_state.epoch;
    m_lastTop1 = evaluation->top1;
    EpochReport report;
    report.epoch = m_state.epoch;
    report.step = m_state.step;
    report.learningRate =
        learningRate(m_record.settings.condensing, m_record.settings.learningRate, m_state.step - 1, totalSteps());
    report.trainLoss = m_state.lossSum / static_cast<double>(m_state.images);
    report.trainTop1 = static_cast<double>(m_state.correct) / static_cast<double>(m_state.images);
    report.testLoss = evaluation->loss;
    report.testTop1 = evaluation->top1;
    report.kept = keptShare(m_network);
    for (int b = 0; b < m_record.spec.blocks(); ++b) report.keptPerBlock.push_back(keptShare(m_network, b));
    report.imagesPerSecond = m_state.epochSeconds > 0 ? static_cast<double>(m_state.images) / m_state.epochSeconds : 0;
    report.seconds = seconds();
    const bool ended = condensingEnded();
    report.best = ended && (m_state.bestEpoch == 0 || report.testTop1 > m_state.bestTop1 ||
                            (report.testTop1 == m_state.bestTop1 && report.testLoss < m_state.bestLoss));
    if (report.best) {
        m_state.bestEpoch = report.epoch;
        m_state.bestTop1 = report.testTop1;
        m_state.bestLoss = report.testLoss;
    }
    m_state.lossSum = m_state.epochSeconds = 0;
    m_state.correct = m_state.images = 0;

    const ConnectionsKey key{ConnectionsMoment::kEpochEnd, m_state.epoch, m_state.step, m_state.stage};
    if (auto done = appendConnections(m_folder, connectionLayers(m_network), recordConnections(m_network, key)); !done)
        return done;
    if (auto done = appendMetrics(
            m_folder, {report.epoch, report.step, report.learningRate, report.trainLoss, report.trainTop1,
                       report.testLoss, report.testTop1, report.kept, report.imagesPerSecond, report.seconds});
        !done) {
        return done;
    }
    auto snapshot = std::make_shared<ModelSnapshot>();
    snapshot->epoch = m_state.epoch;
    snapshot->model = describeModel(m_record, m_network, {m_state.epoch, report.testTop1, report.testLoss});
    if (report.best || !ended) {
        if (auto done = writeModelFile(m_folder / kModelName, snapshot->model); !done) return done;
    }
    if (auto done = writeModelFile(m_folder / kLastName, snapshot->model); !done) return done;
    if (auto saved = checkpoint(); !saved) return saved;
    if (m_events.onSnapshot) m_events.onSnapshot(snapshot);
    if (m_events.onEpoch) m_events.onEpoch(report);
    return {};
}

bool Run::interrupted() {
    if (m_events.onLayer) m_events.onLayer();
    if (m_control.paused()) {
        const Clock::time_point pause = Clock::now();
        bool stood = false;
        m_control.waitWhilePaused([&] {
            // Nothing of the step in hand has touched the network yet, so this is the end of the step before.
            if (auto saved = checkpoint(); !saved) m_pauseError = saved.error();
            stood = true;
            if (m_events.onStanding) m_events.onStanding(true);
        });
        if (stood && m_events.onStanding) m_events.onStanding(false);
        m_pausedSeconds += secondsSince(pause);
    }
    return m_pauseError || m_control.stopRequested();
}

Result<> Run::checkpoint() {
    const std::pair here{m_state.epoch, m_state.step};
    if (m_savedAt == here) return {};
    if (auto done = appendSteps(m_folder, m_steps); !done) return done;
    m_steps.clear();
    Checkpoint checkpoint = m_state;
    checkpoint.run = runIdentity(m_record);
    checkpoint.seconds = seconds();
    checkpoint.tensors = m_network.state();
    for (auto& [name, tensor] : m_trainer.momentum()) checkpoint.tensors[kMomentumPrefix + name] = tensor;
    if (auto finite = checkFinite(checkpoint.tensors); !finite) return finite;
    m_saved = Clock::now();
    if (auto written = writeCheckpoint(m_folder, checkpoint); !written) return written;
    m_savedAt = here;
    return {};
}

// Weights can be infinite while the loss still looks sound: batch norm hides much.
Result<> Run::checkFinite(const StateDict& tensors) const {
    for (const auto& [name, tensor] : tensors) {
        if (tensor.dtype != DType::kF32) continue;
        const std::span<const float> values = tensor.floats();
        if (std::all_of(values.begin(), values.end(), [](float v) { return std::isfinite(v); })) continue;
        return diverged(name + " holds a number that is not finite");
    }
    return {};
}

// Loading and checks that a fresh and a resumed run share; `checkpoint` is empty for a fresh one.
Result<RunResult> carryOut(const std::filesystem::path& folder, RunRecord record, Dataset dataset, RunLock lock,
                           ThreadPriority priority, std::optional<Checkpoint> checkpoint, const RunEvents& events,
                           RunControl& control) {
    if (auto written = writeRunRecord(folder, record); !written) return tl::unexpected(written.error());
    Run run(folder, std::move(record), std::move(dataset), std::move(lock), priority, events, control);
    if (checkpoint) {
        const auto rows = readMetrics(folder);
        const double lastTop1 = rows && !rows->empty() ? rows->back().testTop1 : 0;
        if (auto restored = run.restore(std::move(*checkpoint), lastTop1); !restored)
            return tl::unexpected(restored.error());
    }
    return run.go();
}

Result<RunResult> start(const TrainRequest& request, const RunEvents& events, RunControl& control) {
    if (request.settings.referenceQuirks && request.settings.condensing != Condensing::kGradual) {
        return fail(ErrorCode::kUsage, "cannot train", condensingName(request.settings.condensing),
                    "the reference's accidents are reproduced for gradual condensing alone",
                    "leave out the reference quirks, or condense gradually");
    }
    auto spec = parseNetworkSpec(request.model);
    if (!spec) return tl::unexpected(spec.error());
    const std::filesystem::path folder =
        request.folder.empty() ? newRunFolder(request.data, request.model) : request.folder;
    if (auto is = checkFolderIsFree(folder); !is) return tl::unexpected(is.error());

    RunRecord record = newRunRecord(request, *spec);
    auto dataset = openDataset(request.data, dataOptions(record, request.dataMemory, events, control));
    if (!dataset) return tl::unexpected(dataset.error());
    record.classes = dataset->classes;
    record.spec.classes = static_cast<int>(dataset->classes.size());
    record.preprocess = dataset->preprocess;
    record.trainImages = dataset->train.count();
    record.testImages = dataset->test.count();
    record.testName = dataset->testName;
    record.stepsPerEpoch = batchesPerEpoch(dataset->train, {record.settings.batch});
    const int rest = dataset->train.count() % record.settings.batch;  // the last batch of an epoch
    if (auto fits = checkBatch(record.spec, rest == 0 ? record.settings.batch : rest); !fits)
        return tl::unexpected(fits.error());

    std::error_code error;
    std::filesystem::create_directories(folder, error);
    if (error)
        return fail(ErrorCode::kWrite, "cannot make the run's folder", folder.string(), error.message(),
                    "choose another folder");
    auto lock = RunLock::take(folder);
    if (!lock) return tl::unexpected(lock.error());
    // Again, since reading the pictures took its time: another run may have come and gone.
    if (auto is = checkFolderIsFree(folder); !is) return tl::unexpected(is.error());
    removeUnfinishedWrites(folder);
    return carryOut(folder, std::move(record), std::move(*dataset), std::move(*lock), request.priority, std::nullopt,
                    events, control);
}

Result<RunResult> resume(const std::filesystem::path& folder, int threads, ThreadPriority priority,
                         std::uint64_t dataMemory, const RunEvents& events, RunControl& control) {
    auto record = readRunRecord(folder);
    if (!record) return tl::unexpected(record.error());
    auto lock = RunLock::take(folder);
    if (!lock) return tl::unexpected(lock.error());
    removeUnfinishedWrites(folder);
    record->threads = threads > 0 ? threads : availableCores();
    record->cpu = cpuName();
    if (record->isa != activeSimdTarget()) {
        if (events.onNotice) {
            events.onNotice("this run was begun with " + record->isa + " instructions and goes on with " +
                            activeSimdTarget() + ": the last bits of its numbers will differ");
        }
        record->isa = activeSimdTarget();
    }
    std::optional<Checkpoint> checkpoint;
    if (auto loaded = readCheckpoint(folder, [&](const Checkpoint& found) { return checkBelongs(*record, found); })) {
        if (!loaded->notice.empty() && events.onNotice) events.onNotice(loaded->notice);
        checkpoint = std::move(loaded->checkpoint);
    } else if (loaded.error().code != ErrorCode::kNotFound) {
        return tl::unexpected(loaded.error());
    } else if (events.onNotice) {
        events.onNotice("the run has no checkpoint yet: it begins from the start");
    }
    auto dataset = openDataset(record->data, dataOptions(*record, dataMemory, events, control));
    if (!dataset) return tl::unexpected(dataset.error());
    if (dataset->classes != record->classes || dataset->train.count() != record->trainImages ||
        dataset->test.count() != record->testImages) {
        return fail(ErrorCode::kBadData, "cannot go on with the run", record->data,
                    "the data have changed since it began (" + std::to_string(dataset->train.count()) +
                        " training and " + std::to_string(dataset->test.count()) + " test pictures, then " +
                        std::to_string(record->trainImages) + " and " + std::to_string(record->testImages) + ")",
                    "bring the pictures back, or start a new run");
    }
    dataset->preprocess = record->preprocess;
    const int epoch = checkpoint ? checkpoint->epoch : 0;
    const std::int64_t step = checkpoint ? checkpoint->step : 0;
    for (Result<> cut : {cutMetrics(folder, epoch), cutSteps(folder, step), cutConnections(folder, epoch, step)}) {
        if (!cut) return tl::unexpected(cut.error());
    }
    record->state = RunState::kRunning;
    record->message.clear();
    return carryOut(folder, std::move(*record), std::move(*dataset), std::move(*lock), priority, std::move(checkpoint),
                    events, control);
}

// The standard library's own exceptions end here.
template <class Body>
Result<RunResult> guarded(const std::string& where, const Body& body) {
    try {
        return body();
    } catch (const std::bad_alloc&) {
        return fail(ErrorCode::kTooLarge, "cannot train", where, "the memory does not suffice",
                    "use a smaller batch, network or picture size");
    } catch (const std::system_error& error) {
        return fail(ErrorCode::kTooLarge, "cannot train", where,
                    std::string("no thread can be started: ") + error.what(),
                    "end other programs, or raise the limit of processes");
    }
}

}  // namespace

Result<RunResult> startRun(const TrainRequest& request, const RunEvents& events, RunControl& control) {
    return guarded(request.model, [&] { return start(request, events, control); });
}

Result<RunResult> resumeRun(const std::filesystem::path& folder, int threads, ThreadPriority priority,
                            const RunEvents& events, RunControl& control, std::uint64_t dataMemory) {
    return guarded(folder.string(), [&] { return resume(folder, threads, priority, dataMemory, events, control); });
}

}  // namespace condenser
