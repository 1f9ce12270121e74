#include "io/checkpoint.h"

#include <fmt/format.h>

#include <cmath>
#include <limits>
#include <utility>

#include "base/atomic_file.h"
#include "base/checksum.h"
#include "io/json.h"

namespace condenser {
namespace {

constexpr const char* kReadWhat = "cannot read the checkpoint";
constexpr const char* kWriteWhat = "cannot write the checkpoint";
constexpr const char* kStateKey = "condenser_checkpoint";
constexpr const char* kChecksumKey = "checksum";
constexpr std::int64_t kMost = std::int64_t{1} << 53;
constexpr int kMostEpochs = 1'000'000;
constexpr std::size_t kMaxRunBytes = 64;
constexpr double kLargest = std::numeric_limits<double>::max();

// JSON's shortest form of a double reads back as the same bits.
std::string stateText(const Checkpoint& checkpoint) {
    return jsonText({Json::Object{{"version", {std::uint64_t{1}}},
                                  {"run", {checkpoint.run}},
                                  {"step", {checkpoint.step}},
                                  {"epoch", {std::int64_t{checkpoint.epoch}}},
                                  {"stage", {std::int64_t{checkpoint.stage}}},
                                  {"best_epoch", {std::int64_t{checkpoint.bestEpoch}}},
                                  {"best_top1", {checkpoint.bestTop1}},
                                  {"best_loss", {checkpoint.bestLoss}},
                                  {"loss_sum", {checkpoint.lossSum}},
                                  {"correct", {checkpoint.correct}},
                                  {"images", {checkpoint.images}},
                                  {"epoch_seconds", {checkpoint.epochSeconds}},
                                  {"seconds", {checkpoint.seconds}}}});
}

Result<Checkpoint> parseState(const std::string& text, const Reading& reading) {
    const auto json = parseJson(text, reading);
    if (!json) return tl::unexpected(json.error());
    JsonFields fields(*json, reading);
    fields.version1("a checkpoint");
    Checkpoint checkpoint;
    if (fields.has("run")) checkpoint.run = fields.text("run", kMaxRunBytes);
    checkpoint.step = fields.integer("step", 0, kMost);
    checkpoint.epoch = fields.number("epoch", 0, kMostEpochs);
    checkpoint.stage = fields.number("stage", 0, kMostEpochs);
    checkpoint.bestEpoch = fields.number("best_epoch", 0, checkpoint.epoch);
    checkpoint.bestTop1 = fields.real("best_top1", 0, 1);
    checkpoint.bestLoss = fields.real("best_loss", -kLargest, kLargest);
    checkpoint.lossSum = fields.real("loss_sum", -kLargest, kLargest);
    checkpoint.images = fields.integer("images", 0, kMost);
    checkpoint.correct = fields.integer("correct", 0, checkpoint.images);
    checkpoint.epochSeconds = fields.real("epoch_seconds", 0, kLargest);
    checkpoint.seconds = fields.real("seconds", 0, kLargest);
    if (auto ok = fields.result(); !ok) return tl::unexpected(ok.error());
    return checkpoint;
}

// Over every name, type, shape, byte and number.
std::string checksumOf(const StateDict& tensors, const std::string& state) {
    std::uint64_t hash = xxh64(state);
    for (const auto& [name, tensor] : tensors) {
        hash = xxh64(fmt::format("{} {} {}", name, dtypeName(tensor.dtype), shapeText(tensor.shape)), hash);
        hash = xxh64(std::span<const std::byte>(tensor.bytes), hash);
    }
    return fmt::format("xxh64:{:016x}", hash);
}

Result<Checkpoint> readOne(const std::filesystem::path& path) {
    auto file = readSafetensors(path);
    if (file) return checkpointFromTensors(std::move(*file), path.string());
    file.error().what = kReadWhat;
    return tl::unexpected(std::move(file.error()));
}

}  // namespace

Result<> writeCheckpoint(const std::filesystem::path& folder, const Checkpoint& checkpoint) {
    const std::filesystem::path newest = folder / kCheckpointName;
    const std::filesystem::path next = folder / kNextCheckpointName;
    const Reading writing{kWriteWhat, newest.string()};
    const std::string state = stateText(checkpoint);
    if (const auto back = parseState(state, writing); !back) return tl::unexpected(back.error());  // NaN, for one

    const TensorFile file{
        checkpoint.tensors,
        {{"format", "pt"}, {kStateKey, state}, {kChecksumKey, checksumOf(checkpoint.tensors, state)}}};
    Result<> ok = writeSafetensors(next, file);
    // From here to the end two renames are left; between them the previous one stands in.
    const auto old = readOne(newest);
    const bool isOurs = old && (old->run.empty() || old->run == checkpoint.run);
    if (ok && isOurs) ok = renameDurably(newest, folder / kPreviousCheckpointName);
    if (ok) ok = renameDurably(next, newest);
    if (!ok) {
        ok.error().what = kWriteWhat;
        ok.error().where = newest.string();
        std::error_code ignored;
        std::filesystem::remove(next, ignored);
    }
    return ok;
}

Result<LoadedCheckpoint> readCheckpoint(const std::filesystem::path& folder,
                                        const std::function<Result<>(const Checkpoint&)>& fits) {
    const auto usable = [&](const char* name) -> Result<Checkpoint> {
        auto checkpoint = readOne(folder / name);
        if (!checkpoint || !fits) return checkpoint;
        if (auto ok = fits(*checkpoint); !ok) return tl::unexpected(ok.error());
        return checkpoint;
    };
    auto newest = usable(kCheckpointName);
    // A newer program has gone on with this run: what it left as the previous one is older still.
    if (!newest && newest.error().code == ErrorCode::kUnsupported) return tl::unexpected(newest.error());
    auto previous = usable(kPreviousCheckpointName);
    if (newest && (!previous || previous->step <= newest->step)) return LoadedCheckpoint{std::move(*newest), {}};
    if (previous) {
        const std::string why = newest ? fmt::format("it is older, of step {}", newest->step) : newest.error().why;
        return LoadedCheckpoint{std::move(*previous), fmt::format("{} cannot be used ({}); going on from {}",
                                                                  kCheckpointName, why, kPreviousCheckpointName)};
    }
    if (newest.error().code == ErrorCode::kNotFound && previous.error().code == ErrorCode::kNotFound) {
        return fail(ErrorCode::kNotFound, kReadWhat, folder.string(), "the run has no checkpoint yet",
                    "start it anew in another folder");
    }
    return fail(ErrorCode::kBadFormat, kReadWhat, folder.string(),
                fmt::format("neither {} ({}) nor {} ({}) can be used", kCheckpointName, newest.error().why,
                            kPreviousCheckpointName, previous.error().why),
                "start the run anew in another folder");
}

Result<Checkpoint> checkpointFromTensors(TensorFile file, const std::string& name) {
    const Reading reading{kReadWhat, name};
    const auto state = file.metadata.find(kStateKey), checksum = file.metadata.find(kChecksumKey);
    if (state == file.metadata.end() || checksum == file.metadata.end()) {
        return reading.bad("it holds tensors, but is no checkpoint");
    }
    auto checkpoint = parseState(state->second, reading);
    if (!checkpoint) return checkpoint;
    if (checksum->second != checksumOf(file.tensors, state->second)) {
        return reading.bad("its checksum does not hold: the file is damaged");
    }
    checkpoint->tensors = std::move(file.tensors);
    return checkpoint;
}

}  // namespace condenser
