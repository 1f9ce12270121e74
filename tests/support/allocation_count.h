// Counts what a test program allocates. A program that calls this takes the definitions of allocation_count.cpp in
// place of the standard library's.
#pragma once

#include <cstdint>

namespace condenser::test {

// Allocations by operator new and by aligned_alloc, from which the memory of tensors comes, in all threads so far.
std::int64_t allocations();

}  // namespace condenser::test
