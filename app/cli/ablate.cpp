// ablate: from a DenseNet to a CondenseNet, one change a step, each trained alike.
#include <memory>

#include "cli/commands.h"
#include "cli/experiment_command.h"

namespace condenser::cli {

void addAblate(Frame& frame) {
    const auto flags = std::make_shared<ExperimentFlags>();
    Command command = frame.command(
        "ablate",
        "Trains a DenseNet, + learned groups, + increasing growth, + full dense connectivity: what each brings",
        "condenser-cli ablate --data shapes10 --out ablation --epochs 12 --seeds 1,2,3\n"
        "The same command goes on with one that was stopped or killed",
        [flags, &frame] { return runExperimentCommand(ExperimentKind::kAblation, *flags, frame); });
    addExperimentFlags(command, *flags);
}

}  // namespace condenser::cli
