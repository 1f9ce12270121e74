#include "experiment/stability.h"
