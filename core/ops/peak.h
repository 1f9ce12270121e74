// What the processor does at most, for rooflines: multiply-adds that wait for nothing, and memory that is only read.
#pragma once

#include <cstddef>
#include <cstdint>

namespace condenser {

// The work that multiplyAdds has done, and what came of it, so that no compiler may leave it out.
struct MultiplyAdds {
    std::int64_t flops = 0;  // 2 a multiply-add and lane
    float mean = 0;          // of all chains; x = factor * x + summand tends to summand / (1 - factor)
};

// `rounds` steps of x = factor * x + summand in as many independent chains as hide the latency, all in registers, with
// the instruction set in force. |factor| < 1 keeps the numbers finite.
MultiplyAdds multiplyAdds(std::int64_t rounds, float factor, float summand);

// The sum of x[0..count-1], at the speed of the memory that they lie in.
float sumFloats(const float* x, std::size_t count);

}  // namespace condenser
