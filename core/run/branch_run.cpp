#include "run/branch_run.h"

#include <fmt/format.h>

#include <algorithm>
#include <new>
#include <system_error>

#include "base/atomic_file.h"
#include "base/unfinished_folder.h"
#include "condense/condense_step.h"
#include "io/run_folder.h"
#include "run/run_checkpoint.h"
#include "run/run_files.h"
#include "run/training_run.h"

namespace condenser {
namespace {

namespace fs = std::filesystem;

constexpr const char* kWhat = "cannot branch from the run";

// "/store/run" for "run", "run/" and "/store/../store/run".
fs::path plainPath(const fs::path& path) {
    std::error_code error;
    const fs::path whole = fs::absolute(path, error).lexically_normal();
    return whole.has_filename() ? whole : whole.parent_path();
}

Result<Checkpoint> atCheckpoint(const fs::path& from, const RunRecord& record) {
    auto loaded = readCheckpoint(from, [&](const Checkpoint& found) { return checkBelongs(record, found); });
    if (!loaded) {
        if (loaded.error().code != ErrorCode::kNotFound) return tl::unexpected(loaded.error());
        return fail(ErrorCode::kNotFound, kWhat, from.string(), "it has no checkpoint yet", "start a new run instead");
    }
    if (loaded->checkpoint.epoch >= record.settings.epochs) {
        return fail(ErrorCode::kUsage, kWhat, from.string(), "it is finished: its checkpoint has no step left to train",
                    "branch from one of its condensing steps");
    }
    return std::move(loaded->checkpoint);
}

Result<Checkpoint> atCondensingStep(const fs::path& from, const RunRecord& record, int stage) {
    const std::vector<CondensingStep> plan = planCondensing(record);
    const auto planned = std::find_if(plan.begin(), plan.end(), [&](const auto& step) { return step.stage == stage; });
    if (planned == plan.end()) {
        return fail(ErrorCode::kNotFound, kWhat, from.string(), fmt::format("it has no condensing step {}", stage),
                    plan.empty() ? "branch from its checkpoint"
                                 : fmt::format("give one from {} to {}", plan.front().stage, plan.back().stage));
    }
    const fs::path file = from / stepModelName(stage);
    auto model = readModelFile(file);
    if (!model) {
        if (model.error().code != ErrorCode::kNotFound) return tl::unexpected(model.error());
        return fail(ErrorCode::kNotFound, kWhat, file.string(),
                    fmt::format("there is no model of condensing step {}: the run has not come so far", stage),
                    "branch from an earlier step, or from its checkpoint");
    }
    const auto foreign = [&](std::string why) {
        return fail(ErrorCode::kBadData, kWhat, file.string(), std::move(why), "branch from another step");
    };
    if (model->spec != record.spec || model->variant != Variant::kDense) return foreign("it is of another network");
    auto network = Network::fromState(record.spec, model->tensors);
    if (!network) return tl::unexpected(network.error());
    const int reached = condensingStageOf(*network);
    if (reached >= stage) return foreign(fmt::format("it has condensing step {} behind it", reached));

    Checkpoint checkpoint;
    network->visitTensors([&](const TensorSlot& slot) {
        if (!slot.isParameter()) return;
        const std::vector<float> zeros(slot.value.size());
        checkpoint.tensors[kMomentumPrefix + slot.name] = StoredTensor::ofFloats(slot.shape, zeros);
    });
    checkpoint.tensors.merge(std::move(model->tensors));
    checkpoint.step = planned->step;
    checkpoint.epoch = static_cast<int>(planned->step / record.stepsPerEpoch);
    checkpoint.stage = reached;
    const auto rows = readMetrics(from);
    if (!rows) return tl::unexpected(rows.error());
    for (const MetricsRow& row : *rows) {
        if (row.epoch <= checkpoint.epoch) checkpoint.seconds = row.seconds;
    }
    return checkpoint;
}

// `from` may be training, and its models may be of a later epoch than its checkpoint: such a one is left out. If it was
// the best one, it is lost to the branch, which then looks for a new one.
Result<> copyModels(const fs::path& from, const fs::path& to, Checkpoint& checkpoint) {
    const auto copyIfOf = [&](const char* name, int epoch) -> Result<bool> {
        const auto model = readModelFile(from / name);
        if (!model && model.error().code != ErrorCode::kNotFound) return tl::unexpected(model.error());
        if (!model || epochOf(*model) != epoch) return false;
        if (auto written = writeModelFile(to / name, *model); !written) return tl::unexpected(written.error());
        return true;
    };
    if (auto last = copyIfOf(kLastName, checkpoint.epoch); !last) return tl::unexpected(last.error());
    const bool hasBest = checkpoint.bestEpoch > 0;
    const auto copied = copyIfOf(kModelName, hasBest ? checkpoint.bestEpoch : checkpoint.epoch);
    if (!copied) return tl::unexpected(copied.error());
    if (hasBest && !*copied) {
        checkpoint.bestEpoch = 0;
        checkpoint.bestTop1 = checkpoint.bestLoss = 0;
    }
    return {};
}

// On the disk when it returns. A file that is not there is nothing to copy.
Result<> copyFile(const fs::path& from, const fs::path& to) {
    std::error_code error;
    if (!fs::exists(from, error)) return {};
    fs::copy_file(from, to, error);
    if (error) return fail(ErrorCode::kWrite, kWhat, to.string(), "it cannot be copied: " + error.message());
    return cutFile(to, fs::file_size(to, error));
}

Result<> copyHistory(const fs::path& from, const fs::path& to, const RunRecord& record, const Checkpoint& checkpoint) {
    std::vector<std::string> names{kMetricsName, kStepsName, kConnectionsName};
    for (const CondensingStep& step : planCondensing(record)) {
        if (step.step < checkpoint.step) names.push_back(stepModelName(step.stage));
    }
    for (const std::string& name : names) {
        if (auto copied = copyFile(from / name, to / name); !copied) return copied;
    }
    if (auto cut = cutMetrics(to, checkpoint.epoch); !cut) return cut;
    if (auto cut = cutSteps(to, checkpoint.step); !cut) return cut;
    return cutConnections(to, checkpoint.epoch, checkpoint.step);
}

Result<> fill(const fs::path& folder, const BranchRequest& request) {
    const fs::path from = plainPath(request.from);
    auto record = readRunRecord(from);
    if (!record) return tl::unexpected(record.error());
    // The checkpoint before the logs: they only grow, and so hold all that it stands for.
    auto checkpoint = request.stage == 0 ? atCheckpoint(from, *record) : atCondensingStep(from, *record, request.stage);
    if (!checkpoint) return tl::unexpected(checkpoint.error());
    if (request.stage == 0) {
        if (auto copied = copyModels(from, folder, *checkpoint); !copied) return copied;
    }
    if (auto copied = copyHistory(from, folder, *record, *checkpoint); !copied) return copied;

    record->branch =
        RunBranch{from.filename().string(), request.stage, checkpoint->epoch, checkpoint->step, record->splitSeed()};
    record->settings.learningRate = request.learningRate.value_or(record->settings.learningRate);
    record->settings.groupLassoLambda = request.groupLassoLambda.value_or(record->settings.groupLassoLambda);
    record->settings.seed = request.seed.value_or(record->settings.seed);
    record->command = request.command;
    record->program = CONDENSER_VERSION;
    record->created = utcNow();
    record->state = RunState::kStopped;
    record->message.clear();
    checkpoint->run = runIdentity(*record);
    if (auto written = writeCheckpoint(folder, *checkpoint); !written) return written;
    return writeRunRecord(folder, *record);  // last: a folder with a run.json is a run
}

Result<fs::path> branch(const BranchRequest& request) {
    const auto record = readRunRecord(request.from);
    if (!record) return tl::unexpected(record.error());
    const fs::path folder =
        request.folder.empty() ? newRunFolder(record->data, record->model) : plainPath(request.folder);
    if (auto is = checkFolderIsFree(folder); !is) return tl::unexpected(is.error());
    const UnfinishedFolder unfinished(folder);
    if (auto made = unfinished.make("cannot make the run's folder"); !made) return tl::unexpected(made.error());
    auto done = fill(unfinished.path(), request);
    if (done) done = unfinished.moveIntoPlace();
    if (!done) return tl::unexpected(unfinished.translated(done.error()));
    return request.folder.empty() ? folder : request.folder;
}

}  // namespace

Result<fs::path> branchRun(const BranchRequest& request) {
    try {
        return branch(request);
    } catch (const std::bad_alloc&) {
        return fail(ErrorCode::kTooLarge, kWhat, request.from.string(), "the memory does not suffice");
    }
}

}  // namespace condenser
