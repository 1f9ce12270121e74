#include "base/rng.h"

#include <cmath>
#include <numbers>

namespace condenser {
namespace {

constexpr std::uint64_t kGolden = 0x9E3779B97F4A7C15ull;

std::uint64_t mix(std::uint64_t z) {
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ull;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBull;
    return z ^ (z >> 31);
}

}  // namespace

Rng::Rng(std::uint64_t seed, RandomStream stream, std::uint64_t a, std::uint64_t b)
    // Each number is mixed before the next is added, so that (1, 2) and (2, 1) lie far apart.
    : m_state(mix(mix(mix(mix(seed + kGolden) + static_cast<std::uint64_t>(stream)) + a) + b)) {}

std::uint64_t Rng::next() {
    m_state += kGolden;
    return mix(m_state);
}

std::uint32_t Rng::below(std::uint32_t n) {
    return static_cast<std::uint32_t>(((next() >> 32) * n) >> 32);
}

int Rng::between(int lo, int hi) {
    return lo + static_cast<int>(below(static_cast<std::uint32_t>(hi - lo + 1)));
}

double Rng::uniform() {
    return static_cast<double>(next() >> 11) * 0x1p-53;
}

double Rng::normal() {
    const double u = 1.0 - uniform();  // in (0, 1]: its logarithm is finite
    const double v = uniform();
    return std::sqrt(-2.0 * std::log(u)) * std::cos(2.0 * std::numbers::pi * v);
}

}  // namespace condenser
