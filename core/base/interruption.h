// How work that takes long is held, or given up, by somebody else.
#pragma once

#include <functional>

namespace condenser {

// Asked on the thread that works, between two pieces of the work (layers, pictures). It may stand still before it
// answers: the work waits and nobody computes. True: the work is to be given up. Empty: it never is.
using Interruption = std::function<bool()>;

inline bool isInterrupted(const Interruption& interruption) {
    return interruption && interruption();
}

}  // namespace condenser
