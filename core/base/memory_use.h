// How much memory this process has taken.
#pragma once

#include <cstddef>

namespace condenser {

// The most bytes of memory that this process held at a time, since it began or since resetPeakMemory(); 0 where the
// system does not say.
std::size_t peakMemoryBytes();

// Gives back to the system what was freed, and begins anew with what is held now. Where the system does not let it
// (it needs /proc), the peak goes on counting from the beginning.
void resetPeakMemory();

}  // namespace condenser
