// Counter-based random numbers: every draw is a function of (seed, stream, index), so there is no generator state to
// save, and the order in which threads draw does not matter.
#pragma once

#include <cstdint>

namespace condenser {

// What a stream of random numbers is for; keeps the uses of one seed apart. Values are part of the file format
// (a resumed run must draw the same numbers), so they are never renumbered.
enum class RandomStream : std::uint64_t {
    kInit = 1,
    kShuffle = 2,
    kAugment = 3,
    kShapes = 4,
    kSplit = 5,
    kTest = 6,
    kConnections = 7
};

// A short sequence that starts at (seed, stream, a, b): a and b say which (epoch and image, tensor and element, ...).
// The generator is SplitMix64 over a hash of the four.
class Rng {
  public:
    Rng(std::uint64_t seed, RandomStream stream, std::uint64_t a = 0, std::uint64_t b = 0);

    std::uint64_t next();
    // Uniform in 0..n-1, n > 0, without bias that matters (n far below 2^64); integer arithmetic only.
    std::uint32_t below(std::uint32_t n);
    // Uniform in lo..hi, both included.
    int between(int lo, int hi);
    // Uniform in [0, 1), 53 bits.
    double uniform();
    // Standard normal (Box-Muller).
    double normal();

  private:
    std::uint64_t m_state;
};

}  // namespace condenser
