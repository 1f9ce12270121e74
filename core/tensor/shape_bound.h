// How many bytes a shape from a file takes, told before anything is made of it.
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>

#include "tensor/state_dict.h"

namespace condenser {

// -1 where the product passes 2^63. A zero counts as one here: whoever multiplies the shape later, in any order, must
// not overflow. No dimension is negative.
inline std::int64_t boundOfBytes(std::span<const std::int64_t> shape, DType dtype) {
    auto bytes = static_cast<std::int64_t>(itemSize(dtype));
    for (const std::int64_t dimension : shape) {
        if (__builtin_mul_overflow(bytes, std::max<std::int64_t>(dimension, 1), &bytes)) return -1;
    }
    return bytes;
}

}  // namespace condenser
