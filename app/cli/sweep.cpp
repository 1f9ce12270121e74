// sweep: one thing about a CondenseNet in turn, all else alike.
#include <memory>

#include "cli/commands.h"
#include "cli/experiment_command.h"

namespace condenser::cli {

void addSweep(Frame& frame) {
    struct Options {
        ExperimentFlags flags;
        std::string over;
    };
    const auto options = std::make_shared<Options>();
    Command command = frame.command(
        "sweep", "Trains a network in several ways, and compares them: kinds of groups, C, G, pruning, group lasso",
        "condenser-cli sweep --over condense --values 1,2,4,8 --data shapes10 --out sweep-c\n"
        "The same command goes on with one that was stopped or killed",
        [options, &frame] { return runExperimentCommand(*experimentNamed(options->over), options->flags, frame); });
    Flag over{"--over", "WHAT",
              "convolution (learned groups, fixed ones, some drawn by lot, none), condense (C), groups (G), pruning "
              "(condensed while training, or once), lasso (lambda)",
              /*required=*/true};
    command.choice(over, {"convolution", "condense", "groups", "pruning", "lasso"}, options->over);
    command.text({"--values", "LIST",
                  "Of C, G or lambda (default: 1,2,4,8 for condense and groups, 2,4,8 for pruning, 0,1e-5,1e-4,1e-3 "
                  "for lasso)"},
                 options->flags.values);
    addExperimentFlags(command, options->flags);
}

}  // namespace condenser::cli
