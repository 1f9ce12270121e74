#include "experiment/experiment_folder.h"
