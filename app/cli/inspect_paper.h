// inspect --paper: the counts published for CondenseNets, and ours beside them.
#pragma once

#include "cli/frame.h"

namespace condenser::cli {

Outcome inspectPaper(const Common& common);

}  // namespace condenser::cli
