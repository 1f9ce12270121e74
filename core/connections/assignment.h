// The best way to give each of n to one of n others.
#pragma once

#include <cstdint>
#include <vector>

namespace condenser {

// `gains`: [n, n], row-major. For each row the column that it is given, each column once, so that the sum of the gains
// is largest; where several are, one that leaves as many rows as possible with the column of their own number. In
// n * n * n steps.
std::vector<int> bestAssignment(const std::vector<std::int64_t>& gains, int n);

}  // namespace condenser
