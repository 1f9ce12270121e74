// One training step, in the open: rate, condensing, forward, loss, backward, lasso, update.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "base/interruption.h"
#include "base/thread_pool.h"
#include "condense/condense_step.h"
#include "condense/group_lasso.h"
#include "condense/schedule.h"
#include "network/network.h"
#include "ops/loss.h"

namespace condenser {

struct TrainerOptions {
    std::int64_t totalSteps = 0;
    double learningRate = 0.1;  // at step 0
    double momentum = 0.9;
    double weightDecay = 1e-4;
    double groupLassoLambda = 0;
    CondensingRules rules = CondensingRules::kCorrected;
    Condensing condensing = Condensing::kGradual;  // all others want kCorrected
    std::uint64_t seed = 1;                        // of the draw of Condensing::kRandom
};

// Where a step's time went.
struct StepSeconds {
    double forward = 0;   // with the loss
    double backward = 0;  // with the group lasso
    double optimizer = 0;
};

struct StepResult {
    double learningRate = 0;
    double crossEntropy = 0;                    // mean over the batch
    double lasso = 0;                           // without lambda; 0 where that is
    double loss = 0;                            // crossEntropy + lambda * lasso
    int correct = 0;                            // images whose largest logit is the target's
    std::optional<CondensingReport> condensed;  // what was dropped before this step
    bool givenUp = false;                       // interrupted: nothing else in here counts
    StepSeconds seconds;
};

// Whether so many images suffice for a step: a channel of the last maps must have more than one value to be normalised.
Result<> checkBatch(const NetworkSpec& spec, int images);

// Owns the momentum, borrows the network (dense) and the pool.
class Trainer {
  public:
    Trainer(Network& network, const TrainerOptions& options, ThreadPool& pool);

    // Step t (from 0) on images [N, 3, H, W] with targets [N]. A loss that is not finite is returned as it is, and the
    // weights are left alone. `interruption` is asked between layers. A step that is given up leaves weights, running
    // statistics and momentum as they were; only what was condensed before it stays condensed.
    StepResult step(std::int64_t t, ConstView images, std::span<const std::int32_t> targets,
                    const Interruption& interruption = {});

    // The condensing stage that step t brings; the same as the network's own if nothing is due.
    int stageDue(std::int64_t t) const;

    // Momentum by parameter name, to and from checkpoints. Loading names what is missing or misshapen.
    StateDict momentum() const;
    Result<> loadMomentum(const StateDict& momentum);

  private:
    // Takes the network to stage `due`; what is gone neither coasts nor decays.
    CondensingReport condense(int due);

    struct Velocity {
        TensorSlot slot;
        std::vector<float> value;
    };

    Network& m_network;
    TrainerOptions m_options;
    ThreadPool& m_pool;
    GroupLasso m_lasso;
    std::vector<Velocity> m_velocities;  // one a parameter, in the network's order
    std::vector<float> m_dLogits;
};

}  // namespace condenser
