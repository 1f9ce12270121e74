#pragma once

namespace condenser {

// kDense: learned group convolutions over all inputs, with masks, as trained. kCondensed: index layers and standard
// group convolutions, as converted.
enum class Variant { kDense, kCondensed };

}  // namespace condenser
