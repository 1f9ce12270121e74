#include "tensor/state_dict.h"

#include <cstring>

#include "base/check.h"

namespace condenser {
namespace {

template <class T>
StoredTensor store(DType dtype, std::vector<std::int64_t> shape, std::span<const T> values) {
    StoredTensor tensor{dtype, std::move(shape), std::vector<std::byte>(values.size_bytes())};
    CORE_CHECK(tensor.elements() == static_cast<std::int64_t>(values.size()));
    if (!values.empty()) std::memcpy(tensor.bytes.data(), values.data(), values.size_bytes());
    return tensor;
}

template <class T>
std::span<const T> elementsOf(const StoredTensor& tensor, DType dtype) {
    CORE_CHECK(tensor.dtype == dtype);
    // operator new aligns the bytes for any element type.
    return {reinterpret_cast<const T*>(tensor.bytes.data()), tensor.bytes.size() / sizeof(T)};
}

}  // namespace

std::size_t itemSize(DType dtype) {
    switch (dtype) {
        case DType::kBool:
        case DType::kU8:
        case DType::kI8:
            return 1;
        case DType::kI16:
        case DType::kF16:
        case DType::kBF16:
            return 2;
        case DType::kI32:
        case DType::kF32:
            return 4;
        case DType::kI64:
        case DType::kF64:
            return 8;
    }
    CORE_CHECK(false);
}

const char* dtypeName(DType dtype) {
    switch (dtype) {
        case DType::kBool:
            return "BOOL";
        case DType::kU8:
            return "U8";
        case DType::kI8:
            return "I8";
        case DType::kI16:
            return "I16";
        case DType::kI32:
            return "I32";
        case DType::kI64:
            return "I64";
        case DType::kF16:
            return "F16";
        case DType::kBF16:
            return "BF16";
        case DType::kF32:
            return "F32";
        case DType::kF64:
            return "F64";
    }
    CORE_CHECK(false);
}

std::int64_t StoredTensor::elements() const {
    std::int64_t count = 1;
    for (std::int64_t dimension : shape) count *= dimension;
    return count;
}

StoredTensor StoredTensor::ofFloats(std::vector<std::int64_t> shape, std::span<const float> values) {
    return store(DType::kF32, std::move(shape), values);
}

StoredTensor StoredTensor::ofDoubles(std::vector<std::int64_t> shape, std::span<const double> values) {
    return store(DType::kF64, std::move(shape), values);
}

StoredTensor StoredTensor::ofInt64s(std::vector<std::int64_t> shape, std::span<const std::int64_t> values) {
    return store(DType::kI64, std::move(shape), values);
}

StoredTensor StoredTensor::ofBytes(std::vector<std::int64_t> shape, std::span<const std::uint8_t> values) {
    return store(DType::kU8, std::move(shape), values);
}

std::span<const float> StoredTensor::floats() const {
    return elementsOf<float>(*this, DType::kF32);
}

std::span<const double> StoredTensor::doubles() const {
    return elementsOf<double>(*this, DType::kF64);
}

std::span<const std::int64_t> StoredTensor::int64s() const {
    return elementsOf<std::int64_t>(*this, DType::kI64);
}

std::span<const std::int32_t> StoredTensor::int32s() const {
    return elementsOf<std::int32_t>(*this, DType::kI32);
}

std::span<const std::uint8_t> StoredTensor::bytesU8() const {
    return elementsOf<std::uint8_t>(*this, DType::kU8);
}

std::string shapeText(std::span<const std::int64_t> shape) {
    std::string text = "[";
    for (std::size_t i = 0; i < shape.size(); ++i) {
        if (i > 0) text += ", ";
        text += std::to_string(shape[i]);
    }
    return text + "]";
}

}  // namespace condenser
