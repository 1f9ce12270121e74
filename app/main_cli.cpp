// condenser-cli: the engine on the command line.
#include <csignal>

#include "cli/commands.h"

int main(int argc, char** argv) {
    using namespace condenser::cli;
    // A write beyond `ulimit -f` is to fail like one to a full disk, with an error instead of a core dump.
    std::signal(SIGXFSZ, SIG_IGN);

    Interrupt interrupt;
    Frame frame(interrupt);
    addTrain(frame);
    addEval(frame);
    addCondense(frame);
    addExport(frame);
    addForward(frame);
    addClassify(frame);
    addInspect(frame);
    addBench(frame);
    addBenchTrain(frame);
    addImport(frame);
    addReport(frame);
    addAblate(frame);
    addSweep(frame);
    addStability(frame);

    frame.group("check", "Holds parts of the engine against files, or against plain reference code",
                "condenser-cli check kernels");
    addCheckGradients(frame);
    addCheckSteps(frame);
    addCheckPreprocess(frame);
    addCheckKernels(frame);

    frame.group("data", "Makes, downloads and checks data sets", "condenser-cli data check folder:pictures");
    addDataMake(frame);
    addDataGet(frame);
    addDataCheck(frame);

    return frame.run(argc, argv);
}
