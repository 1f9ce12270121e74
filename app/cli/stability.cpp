// stability: one network trained with several seeds; whether they keep the same connections.
#include <memory>

#include "cli/commands.h"
#include "cli/experiment_command.h"

namespace condenser::cli {

void addStability(Frame& frame) {
    const auto flags = std::make_shared<ExperimentFlags>();
    Command command =
        frame.command("stability", "Trains one network with several seeds, and compares the connections that they keep",
                      "condenser-cli stability --data shapes10 --out stability --seeds 1,2,3\n"
                      "The same command goes on with one that was stopped or killed",
                      [flags, &frame] { return runExperimentCommand(ExperimentKind::kStability, *flags, frame); });
    addExperimentFlags(command, *flags);
}

}  // namespace condenser::cli
