#include "tensor/tensor.h"

#include <sys/mman.h>

#include <cstdlib>
#include <cstring>
#include <new>

#include "base/check.h"

namespace condenser {
namespace {

constexpr std::size_t kAlignment = 64;
constexpr std::size_t kSlack = 16;
// Large buffers begin on a large page of the processor, and ask the system for such pages: planes lie a small page or
// more apart, and a kernel walks over hundreds of them.
constexpr std::size_t kLargePage = std::size_t{2} << 20;

View viewOf(float* data, int n, int c, int h, int w) {
    const std::ptrdiff_t plane = spreadPlaneStride(h, w);
    return {data, n, c, h, w, plane * c, plane, w};
}

std::size_t floatsOf(int n, int c, int h, int w) {
    return static_cast<std::size_t>(n) * static_cast<std::size_t>(c) *
           static_cast<std::size_t>(spreadPlaneStride(h, w));
}

}  // namespace

AlignedBuffer::AlignedBuffer(std::size_t size) : m_size(size) {
    if (size == 0) return;
    const std::size_t least = (size + kSlack) * sizeof(float);
    const std::size_t alignment = least >= 2 * kLargePage ? kLargePage : kAlignment;
    const std::size_t bytes = (least + alignment - 1) / alignment * alignment;
    void* memory = std::aligned_alloc(alignment, bytes);
    if (memory == nullptr) throw std::bad_alloc();
    if (alignment == kLargePage) madvise(memory, bytes, MADV_HUGEPAGE);  // refused: it works with small pages, too
    std::memset(memory, 0, bytes);
    m_data.reset(static_cast<float*>(memory));
}

AlignedBuffer::AlignedBuffer(const AlignedBuffer& other) : AlignedBuffer(other.m_size) {
    if (m_size > 0) std::memcpy(m_data.get(), other.m_data.get(), m_size * sizeof(float));
}

AlignedBuffer& AlignedBuffer::operator=(const AlignedBuffer& other) {
    if (this != &other) *this = AlignedBuffer(other);
    return *this;
}

void AlignedBuffer::Free::operator()(float* p) const {
    std::free(p);
}

Tensor::Tensor(int n, int c, int h, int w) : m_buffer(floatsOf(n, c, h, w)) {
    m_view = viewOf(m_buffer.data(), n, c, h, w);
}

View Tensor::view() {
    View view = m_view;
    view.data = m_buffer.data();  // a copied tensor has a buffer of its own
    return view;
}

ConstView Tensor::view() const {
    ConstView view = m_view;
    view.data = m_buffer.data();
    return view;
}

void Tensor::reshape(int n, int c, int h, int w) {
    const std::size_t floats = floatsOf(n, c, h, w);
    if (floats > m_buffer.size()) m_buffer = AlignedBuffer(floats);
    m_view = viewOf(m_buffer.data(), n, c, h, w);
}

Tensor Tensor::fromPacked(int n, int c, int h, int w, std::span<const float> packed) {
    Tensor tensor(n, c, h, w);
    copyPacked(packed, tensor.view());
    return tensor;
}

std::vector<float> Tensor::toPacked() const {
    return condenser::toPacked(view());
}

std::vector<float> toPacked(ConstView view) {
    std::vector<float> packed;
    packed.reserve(static_cast<std::size_t>(view.n) * static_cast<std::size_t>(view.c) *
                   static_cast<std::size_t>(view.h) * static_cast<std::size_t>(view.w));
    for (int n = 0; n < view.n; ++n) {
        for (int c = 0; c < view.c; ++c) {
            for (int y = 0; y < view.h; ++y) {
                const float* row = view.plane(n, c) + y * view.strideRow;
                packed.insert(packed.end(), row, row + view.w);
            }
        }
    }
    return packed;
}

void copyPacked(std::span<const float> packed, View view) {
    CORE_CHECK(packed.size() == static_cast<std::size_t>(view.n) * static_cast<std::size_t>(view.c) *
                                    static_cast<std::size_t>(view.h) * static_cast<std::size_t>(view.w));
    const float* from = packed.data();
    for (int n = 0; n < view.n; ++n) {
        for (int c = 0; c < view.c; ++c) {
            for (int y = 0; y < view.h; ++y, from += view.w) {
                std::memcpy(view.plane(n, c) + y * view.strideRow, from,
                            static_cast<std::size_t>(view.w) * sizeof(float));
            }
        }
    }
}

}  // namespace condenser
