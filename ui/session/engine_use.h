// Who may compute. Measuring wants the machine for itself, and may force another instruction set, which no kernel
// survives that is running (ops/simd_target.h): so whoever runs kernels beside the window's thread does it under a
// share of the engine, and whoever measures has the whole of it.
#pragma once

#include <mutex>
#include <shared_mutex>

namespace condenser {

// Of the program. Shared: kernels run as usual; held for a picture, a step of measuring, never for minutes. Exclusive:
// held by CompareSession from the first call to the last, until the instruction set is the machine's own again.
std::shared_mutex& engine();

}  // namespace condenser
