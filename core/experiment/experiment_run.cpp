#include "experiment/experiment_run.h"
