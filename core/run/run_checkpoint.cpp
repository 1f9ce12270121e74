#include "run/run_checkpoint.h"

#include <fmt/format.h>

#include <algorithm>

#include "network/network.h"

namespace condenser {
namespace {

bool countsItsImages(const RunRecord& record, const Checkpoint& checkpoint, std::int64_t steps) {
    const std::int64_t all = std::min(steps * record.settings.batch, record.trainImages);
    // In the epoch in which a branch left a condensing step, its sums begin there.
    if (record.branch && record.branch->epoch == checkpoint.epoch) {
        return checkpoint.images <= all && (checkpoint.images > 0 || checkpoint.step == record.branch->step);
    }
    return checkpoint.images == all;
}

}  // namespace

Result<> checkBelongs(const RunRecord& record, const Checkpoint& checkpoint) {
    const auto foreign = [](std::string why) {
        return fail(ErrorCode::kBadData, "cannot go on with the run", kCheckpointName, std::move(why));
    };
    if (!checkpoint.run.empty() && checkpoint.run != runIdentity(record)) return foreign("it is of another run");
    // An epoch that is done in all its steps, but not yet evaluated, is still in hand.
    const std::int64_t steps = checkpoint.step - checkpoint.epoch * record.stepsPerEpoch;
    const bool inRange = checkpoint.epoch <= record.settings.epochs && steps >= 0 && steps <= record.stepsPerEpoch &&
                         (checkpoint.epoch < record.settings.epochs || steps == 0);
    if (!inRange || !countsItsImages(record, checkpoint, steps)) {
        return foreign(fmt::format("epoch {}, step {} and {} pictures do not go together in this run", checkpoint.epoch,
                                   checkpoint.step, checkpoint.images));
    }
    StateDict weights;
    for (const auto& [name, tensor] : checkpoint.tensors) {
        if (!name.starts_with(kMomentumPrefix)) weights.emplace(name, tensor);
    }
    const auto network = Network::fromState(record.spec, weights);
    if (!network) return tl::unexpected(network.error());
    if (network->variant() != Variant::kDense) return foreign("it holds a condensed network");
    return {};
}

}  // namespace condenser
