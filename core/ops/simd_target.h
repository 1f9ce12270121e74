// Instruction sets: which ones this machine has, which one the kernels use, and forcing a lower one.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace condenser {

// Names of the instruction sets that this machine has and our kernels were compiled for, best first: "AVX2", "SSE4".
std::vector<std::string> simdTargets();

// The one that kernels run with now.
std::string activeSimdTarget();

// Makes all kernels of the process run with `name` (case does not matter) from the next call on; "" goes back to the
// best. A name that this machine does not offer is refused with the list of those it does. Not to be called while
// kernels run.
Result<> forceSimdTarget(std::string_view name);

// Applies the environment variable CONDENSER_ISA, if set. Returns its value; "" if there is none.
Result<std::string> forceSimdTargetFromEnvironment();

}  // namespace condenser
