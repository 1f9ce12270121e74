// Named tensors as they stand in files: any dtype, row-major, little-endian. Names are those of PyTorch.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <vector>

namespace condenser {

enum class DType { kBool, kU8, kI8, kI16, kI32, kI64, kF16, kBF16, kF32, kF64 };

std::size_t itemSize(DType dtype);
// "F32" and so on, as safetensors spells them.
const char* dtypeName(DType dtype);

struct StoredTensor {
    DType dtype = DType::kF32;
    std::vector<std::int64_t> shape;  // empty: a scalar
    std::vector<std::byte> bytes;     // elements() * itemSize(dtype)

    std::int64_t elements() const;  // 1 for a scalar, 0 if a dimension is 0
    static StoredTensor ofFloats(std::vector<std::int64_t> shape, std::span<const float> values);
    static StoredTensor ofDoubles(std::vector<std::int64_t> shape, std::span<const double> values);
    static StoredTensor ofInt64s(std::vector<std::int64_t> shape, std::span<const std::int64_t> values);
    static StoredTensor ofBytes(std::vector<std::int64_t> shape, std::span<const std::uint8_t> values);

    // The elements in place; the dtype must be the one named (checked).
    std::span<const float> floats() const;
    std::span<const double> doubles() const;
    std::span<const std::int64_t> int64s() const;
    std::span<const std::int32_t> int32s() const;
    std::span<const std::uint8_t> bytesU8() const;
};

using StateDict = std::map<std::string, StoredTensor>;

// "[64, 3, 3, 3]", for messages.
std::string shapeText(std::span<const std::int64_t> shape);

}  // namespace condenser
