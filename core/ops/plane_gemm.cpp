#include "ops/plane_gemm.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "plane_gemm.cpp"
#include "hwy/foreach_target.h"
#include "hwy/highway.h"
#include "ops/tail-inl.h"

HWY_BEFORE_NAMESPACE();
namespace condenser {
namespace HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;
using D = hn::ScalableTag<float>;
using V = hn::Vec<D>;

// kRows outputs x kVectors vectors of pixels; the sums stay in registers while the inputs stream by.
template <int kRows, int kVectors>
HWY_INLINE void gemmTile(const float* HWY_RESTRICT packed, const float* const* x, int inputs, float* const* y,
                         std::ptrdiff_t at, bool accumulate) {
    const D d;
    const std::ptrdiff_t lanes = static_cast<std::ptrdiff_t>(hn::Lanes(d));
    V sum[kRows][kVectors];
    for (int m = 0; m < kRows; ++m) {
        for (int v = 0; v < kVectors; ++v) {
            sum[m][v] = accumulate ? hn::LoadU(d, y[m] + at + v * lanes) : hn::Zero(d);
        }
    }
    for (int k = 0; k < inputs; ++k) {
        const float* plane = x[k] + at;
        V in[kVectors];
        for (int v = 0; v < kVectors; ++v) in[v] = hn::LoadU(d, plane + v * lanes);
        for (int m = 0; m < kRows; ++m) {
            const V weight = hn::Set(d, packed[k * kGemmRows + m]);
            for (int v = 0; v < kVectors; ++v) sum[m][v] = hn::MulAdd(weight, in[v], sum[m][v]);
        }
    }
    for (int m = 0; m < kRows; ++m) {
        for (int v = 0; v < kVectors; ++v) hn::StoreU(sum[m][v], d, y[m] + at + v * lanes);
    }
}

// All outputs at one stretch of pixels, so that the inputs there are read from the first-level cache but once.
template <int kVectors>
HWY_INLINE void gemmStretch(const float* packed, int rows, const float* const* x, int inputs, float* const* y,
                            std::ptrdiff_t at, bool accumulate) {
    int m = 0;
    for (; m + kGemmRows <= rows; m += kGemmRows) {
        gemmTile<kGemmRows, kVectors>(packed + static_cast<std::ptrdiff_t>(m) * inputs, x, inputs, y + m, at,
                                      accumulate);
    }
    packed += static_cast<std::ptrdiff_t>(m) * inputs;
    switch (rows - m) {
        case 3:
            gemmTile<3, kVectors>(packed, x, inputs, y + m, at, accumulate);
            break;
        case 2:
            gemmTile<2, kVectors>(packed, x, inputs, y + m, at, accumulate);
            break;
        case 1:
            gemmTile<1, kVectors>(packed, x, inputs, y + m, at, accumulate);
            break;
        default:
            break;
    }
}

void gemm(const float* packed, int rows, const float* const* x, int inputs, float* const* y, int pixels,
          bool accumulate) {
    const std::ptrdiff_t lanes = static_cast<std::ptrdiff_t>(hn::Lanes(D()));
    const std::ptrdiff_t end = (static_cast<std::ptrdiff_t>(pixels) + 15) / 16 * 16;
    std::ptrdiff_t at = 0;
    for (; at + 3 * lanes <= end; at += 3 * lanes) gemmStretch<3>(packed, rows, x, inputs, y, at, accumulate);
    for (; at + 2 * lanes <= end; at += 2 * lanes) gemmStretch<2>(packed, rows, x, inputs, y, at, accumulate);
    for (; at + lanes <= end; at += lanes) gemmStretch<1>(packed, rows, x, inputs, y, at, accumulate);
}

template <int kRows, int kColumns>
HWY_INLINE void dotTile(const float* const* y, int rows, const float* const* x, int columns, int segments, int pixels,
                        float* dw, std::ptrdiff_t rowStride) {
    const D d;
    const int lanes = static_cast<int>(hn::Lanes(d));
    V sum[kRows][kColumns];
    for (int m = 0; m < kRows; ++m) {
        for (int k = 0; k < kColumns; ++k) sum[m][k] = hn::Zero(d);
    }
    const int whole = pixels / lanes * lanes;
    const std::size_t rest = static_cast<std::size_t>(pixels - whole);
    for (int s = 0; s < segments; ++s) {
        const float* yp[kRows];
        const float* xp[kColumns];
        for (int m = 0; m < kRows; ++m) yp[m] = y[s * rows + m];
        for (int k = 0; k < kColumns; ++k) xp[k] = x[s * columns + k];
        for (int p = 0; p < whole; p += lanes) {
            V in[kColumns];
            for (int k = 0; k < kColumns; ++k) in[k] = hn::LoadU(d, xp[k] + p);
            for (int m = 0; m < kRows; ++m) {
                const V out = hn::LoadU(d, yp[m] + p);
                for (int k = 0; k < kColumns; ++k) sum[m][k] = hn::MulAdd(out, in[k], sum[m][k]);
            }
        }
        if (whole < pixels) {
            V in[kColumns];
            for (int k = 0; k < kColumns; ++k) in[k] = loadTail(d, xp[k] + whole, rest);
            for (int m = 0; m < kRows; ++m) {
                const V out = loadTail(d, yp[m] + whole, rest);
                for (int k = 0; k < kColumns; ++k) sum[m][k] = hn::MulAdd(out, in[k], sum[m][k]);
            }
        }
    }
    for (int m = 0; m < kRows; ++m) {
        for (int k = 0; k < kColumns; ++k) dw[m * rowStride + k] += hn::GetLane(hn::SumOfLanes(d, sum[m][k]));
    }
}

template <int kRows>
HWY_INLINE void dotRows(const float* const* y, int rows, const float* const* x, int columns, int segments, int pixels,
                        float* dw, std::ptrdiff_t rowStride) {
    int k = 0;
    for (; k + 3 <= columns; k += 3) dotTile<kRows, 3>(y, rows, x + k, columns, segments, pixels, dw + k, rowStride);
    if (columns - k == 2) dotTile<kRows, 2>(y, rows, x + k, columns, segments, pixels, dw + k, rowStride);
    if (columns - k == 1) dotTile<kRows, 1>(y, rows, x + k, columns, segments, pixels, dw + k, rowStride);
}

void dot(const float* const* y, int rows, const float* const* x, int columns, int segments, int pixels, float* dw,
         std::ptrdiff_t rowStride) {
    int m = 0;
    for (; m + 4 <= rows; m += 4) {
        dotRows<4>(y + m, rows, x, columns, segments, pixels, dw + m * rowStride, rowStride);
    }
    switch (rows - m) {
        case 3:
            dotRows<3>(y + m, rows, x, columns, segments, pixels, dw + m * rowStride, rowStride);
            break;
        case 2:
            dotRows<2>(y + m, rows, x, columns, segments, pixels, dw + m * rowStride, rowStride);
            break;
        case 1:
            dotRows<1>(y + m, rows, x, columns, segments, pixels, dw + m * rowStride, rowStride);
            break;
        default:
            break;
    }
}

}  // namespace HWY_NAMESPACE
}  // namespace condenser
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace condenser {

HWY_EXPORT(gemm);
HWY_EXPORT(dot);

void packMatrix(const float* w, std::ptrdiff_t rowStep, int rows, std::ptrdiff_t columnStep, int inputs,
                float* packed) {
    for (int tile = 0; tile < rows; tile += kGemmRows) {
        for (int k = 0; k < inputs; ++k) {
            for (int m = tile; m < tile + kGemmRows; ++m) *packed++ = m < rows ? w[m * rowStep + k * columnStep] : 0.0f;
        }
    }
}

void planeGemm(const float* packed, int rows, const float* const* x, int inputs, float* const* y, int pixels,
               bool accumulate) {
    HWY_DYNAMIC_DISPATCH(gemm)(packed, rows, x, inputs, y, pixels, accumulate);
}

void planeDot(const float* const* y, int rows, const float* const* x, int columns, int segments, int pixels, float* dw,
              std::ptrdiff_t rowStride) {
    HWY_DYNAMIC_DISPATCH(dot)(y, rows, x, columns, segments, pixels, dw, rowStride);
}

}  // namespace condenser
#endif  // HWY_ONCE
