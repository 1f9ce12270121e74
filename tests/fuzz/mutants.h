// Damaged versions of stored inputs, made on the fly: the same ones on every machine and in every run.
#pragma once

#include <cstdint>
#include <string>

namespace condenser::fuzz {

// The number-th mutant of `seed`: a few flipped bits, bytes set to what is special, lengths off by one or huge, pieces
// cut, doubled or taken from `other`, one upon another.
std::string mutantOf(const std::string& seed, const std::string& other, std::uint64_t number);

}  // namespace condenser::fuzz
