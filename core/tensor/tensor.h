// Owned 4-d float arrays in the layout of view.h.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "tensor/view.h"

namespace condenser {

// Floats on a 64-byte boundary, with 16 floats of slack behind the end so that a full vector may be loaded anywhere.
// Zeroed when made. Movable, copyable.
class AlignedBuffer {
  public:
    AlignedBuffer() = default;
    explicit AlignedBuffer(std::size_t size);
    AlignedBuffer(const AlignedBuffer& other);
    AlignedBuffer& operator=(const AlignedBuffer& other);
    AlignedBuffer(AlignedBuffer&&) noexcept = default;
    AlignedBuffer& operator=(AlignedBuffer&&) noexcept = default;

    float* data() { return m_data.get(); }
    const float* data() const { return m_data.get(); }
    std::size_t size() const { return m_size; }

  private:
    struct Free {
        void operator()(float* p) const;
    };
    std::unique_ptr<float[], Free> m_data;
    std::size_t m_size = 0;
};

// [N, C, H, W], zeroed when made.
class Tensor {
  public:
    Tensor() = default;
    Tensor(int n, int c, int h, int w);

    int n() const { return m_view.n; }
    int c() const { return m_view.c; }
    int h() const { return m_view.h; }
    int w() const { return m_view.w; }
    View view();
    ConstView view() const;

    // Makes this an N x C x H x W tensor, reusing the memory where it suffices; the contents are then undefined.
    void reshape(int n, int c, int h, int w);

    // To and from densely packed row-major N*C*H*W floats (the order of PyTorch and of files).
    static Tensor fromPacked(int n, int c, int h, int w, std::span<const float> packed);
    std::vector<float> toPacked() const;

  private:
    AlignedBuffer m_buffer;
    View m_view;
};

// A view's values as packed row-major floats.
std::vector<float> toPacked(ConstView view);
// The other way; `packed` must hold exactly view.n*c*h*w floats.
void copyPacked(std::span<const float> packed, View view);

}  // namespace condenser
