// What a training was asked for, as its run.json keeps it, and what its trainer is told.
#pragma once

#include "io/run_record.h"
#include "run/training_run.h"
#include "train/trainer.h"

namespace condenser {

// The record of a run that begins now: all that the request, the network and this machine say; what the data say is
// still to come.
RunRecord newRunRecord(const TrainRequest& request, const NetworkSpec& spec);

TrainerOptions trainerOptions(const RunRecord& record);

}  // namespace condenser
