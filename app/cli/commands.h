// The commands, one a file of its name. Each function adds its command to the frame.
#pragma once

#include "cli/frame.h"

namespace condenser::cli {

void addTrain(Frame& frame);
void addEval(Frame& frame);
void addCondense(Frame& frame);
void addExport(Frame& frame);
void addForward(Frame& frame);
void addClassify(Frame& frame);
void addInspect(Frame& frame);
void addBench(Frame& frame);
void addBenchTrain(Frame& frame);
void addImport(Frame& frame);
void addReport(Frame& frame);

void addAblate(Frame& frame);
void addSweep(Frame& frame);
void addStability(Frame& frame);

void addCheckGradients(Frame& frame);
void addCheckSteps(Frame& frame);
void addCheckPreprocess(Frame& frame);
void addCheckKernels(Frame& frame);

void addDataMake(Frame& frame);
void addDataGet(Frame& frame);
void addDataCheck(Frame& frame);

}  // namespace condenser::cli
