#include "experiment/results.h"
