#include "ops/conv_kernel.h"

#include <algorithm>

#include "ops/vector_lanes.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "conv_kernel.cpp"
#include "hwy/foreach_target.h"
#include "hwy/highway.h"
#include "ops/panel_tile-inl.h"

HWY_BEFORE_NAMESPACE();
namespace condenser {
namespace HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;
using D = hn::ScalableTag<float>;

// Output pixels of one row that stand in one stretch: `count` pixels from `from` in a frame to `to` in the panel.
struct Piece {
    std::ptrdiff_t from;
    int to, count;
};

// One tap of a stretch. Writes on to whole vectors: what is written too much lies under the next piece or behind the
// panel's row, which comes next.
HWY_INLINE void packTap(const float* frame, const Piece* pieces, int count, float* row) {
    const D d;
    const int lanes = static_cast<int>(hn::Lanes(d));
    for (int i = 0; i < count; ++i) {
        for (int p = 0; p < pieces[i].count; p += lanes) {
            hn::StoreU(hn::LoadU(d, frame + pieces[i].from + p), d, row + pieces[i].to + p);
        }
    }
}

// Every second float of x, `count` of them; x holds 2 * count - 1 floats at least.
void everySecond(const float* x, int count, float* y) {
    int i = 0;
#if HWY_TARGET != HWY_SCALAR
    const D d;
    const int lanes = static_cast<int>(hn::Lanes(d));
    for (; i + lanes < count; i += lanes) {
        hn::StoreU(hn::ConcatEven(d, hn::LoadU(d, x + 2 * i + lanes), hn::LoadU(d, x + 2 * i)), d, y + i);
    }
#endif
    for (; i < count; ++i) y[i] = x[2 * i];
}

// Output pixels of a stretch, as pieces of rows. Returns how many.
int cutPieces(const ConvKernel& kernel, int at, int pixels, Piece* pieces) {
    int count = 0;
    for (int p = 0; p < pixels;) {
        const int row = (at + p) / kernel.outWidth(), column = (at + p) % kernel.outWidth();
        const int length = std::min(kernel.outWidth() - column, pixels - p);
        pieces[count++] = {static_cast<std::ptrdiff_t>(row) * kernel.framedWidth() + column, p, length};
        p += length;
    }
    return count;
}

// Stretches of pixels for whose sake the weights are read once: as many as their sums stay in the cache.
constexpr int kMostStretches = 6;
constexpr int kStretchPixels = kTileVectors * hn::MaxLanes(D());

void convolve(const ConvKernel& kernel, const float* framed, float* y, const float* residual, float* panel, int begin,
              int end) {
    const ConvKernel::Tables& tables = kernel.tables();
    const int lanes = static_cast<int>(hn::Lanes(D())), taps = static_cast<int>(tables.taps.size());
    for (int at = begin; at < end;) {
        Stretch<PlainStore> stretches[kMostStretches];
        Piece pieces[kMostStretches][kStretchPixels];
        int from[kMostStretches], rests[kMostStretches], pieceCount[kMostStretches], count = 0;
        while (at < end && count < kMostStretches) {
            const int vectors = tileVectors(end - at, lanes);
            const int pixels = std::min(end - at, std::max(1, vectors) * lanes);
            stretches[count].vectors = vectors;
            from[count] = at;
            rests[count] = pixels % lanes;
            pieceCount[count] = cutPieces(kernel, at, pixels, pieces[count]);
            at += pixels;
            ++count;
        }
        const float* weight = tables.weight.data();
        for (int g = 0; g < kernel.groups(); ++g) {
            const float* frames = framed + g * kernel.groupFloats();
            const std::ptrdiff_t output = static_cast<std::ptrdiff_t>(g) * kernel.outputs();
            for (int first = 0; first < taps; first += kConvTapBlock) {
                const int block = std::min(kConvTapBlock, taps - first);
                const bool last = first + block == taps;
                float* to = panel;
                for (int i = 0; i < count; ++i) {
                    const std::ptrdiff_t row = static_cast<std::ptrdiff_t>(std::max(1, stretches[i].vectors)) * lanes;
                    stretches[i].panel = to;
                    stretches[i].sums = first > 0 ? y + from[i] : nullptr;
                    stretches[i].store = {y + from[i], last && residual != nullptr ? residual + from[i] : nullptr,
                                          last && kernel.relu(), rests[i]};
                    for (int t = 0; t < block; ++t, to += row) {
                        packTap(frames + tables.taps[static_cast<std::size_t>(first + t)], pieces[i], pieceCount[i],
                                to);
                    }
                }
                multiplyPanels(weight, block, kernel.outputs(), tables.bias.data() + output,
                               tables.targets.data() + output, stretches, count);
                weight += static_cast<std::ptrdiff_t>(block) * kernel.outputs();
            }
        }
    }
}

}  // namespace HWY_NAMESPACE
}  // namespace condenser
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace condenser {

HWY_EXPORT(convolve);
HWY_EXPORT(everySecond);

ConvKernel::ConvKernel(const ConvSpec& spec, std::ptrdiff_t outputStride)
    : m_groups(spec.groups),
      m_inputs(spec.inputs),
      m_outputs(spec.outputs),
      m_kernel(spec.kernel),
      m_stride(spec.stride),
      m_padding(spec.padding),
      m_height(spec.height),
      m_width(spec.width),
      m_outHeight(spec.outHeight()),
      m_outWidth(spec.outWidth()),
      m_relu(spec.relu),
      m_framedHeight(m_outHeight + (m_kernel - 1) / m_stride),
      m_framedWidth(m_outWidth + (m_kernel - 1) / m_stride),
      m_phaseFloats((static_cast<std::ptrdiff_t>(m_framedHeight) * m_framedWidth + 15) / 16 * 16),
      m_positionFloats(m_phaseFloats * m_stride * m_stride) {
    m_tables.sources.assign(spec.sources.begin(), spec.sources.end());
    for (int i = 0; i < m_inputs; ++i) {
        for (int dy = 0; dy < m_kernel; ++dy) {
            for (int dx = 0; dx < m_kernel; ++dx) {
                const int phase = dy % m_stride * m_stride + dx % m_stride;
                m_tables.taps.push_back(i * m_positionFloats + phase * m_phaseFloats +
                                        static_cast<std::ptrdiff_t>(dy / m_stride) * m_framedWidth + dx / m_stride);
            }
        }
    }
    for (const int channel : spec.targets) m_tables.targets.push_back(channel * outputStride);
    m_tables.bias.assign(spec.bias.begin(), spec.bias.end());
    const int taps = static_cast<int>(m_tables.taps.size());
    m_tables.weight.reserve(spec.weight.size());
    for (int g = 0; g < m_groups; ++g) {
        for (int first = 0; first < taps; first += kConvTapBlock) {
            const int last = std::min(first + kConvTapBlock, taps);
            for (int m = 0; m < m_outputs;) {
                const int rows = largestTileRows(m_outputs - m);
                for (int t = first; t < last; ++t) {
                    for (int r = 0; r < rows; ++r) {
                        m_tables.weight.push_back(spec.weight[static_cast<std::size_t>(g * m_outputs + m + r) *
                                                                  static_cast<std::size_t>(taps) +
                                                              static_cast<std::size_t>(t)]);
                    }
                }
                m += rows;
            }
        }
    }
}

std::size_t ConvKernel::framedFloats() const {
    // Whole vectors are read on from a row's last pixel.
    return static_cast<std::size_t>(positions() * m_positionFloats + 16);
}

std::size_t ConvKernel::panelFloats() const {
    const std::size_t taps = std::min<std::size_t>(m_tables.taps.size(), kConvTapBlock);
    return taps * 6 * 3 * static_cast<std::size_t>(vectorLanes()) + 16;
}

std::size_t ConvKernel::weightBytes() const {
    return (m_tables.weight.size() + m_tables.bias.size()) * sizeof(float) +
           (m_tables.taps.size() + m_tables.targets.size()) * sizeof(std::ptrdiff_t);
}

void ConvKernel::frame(const float* x, std::ptrdiff_t channelStride, std::ptrdiff_t rowStride, float* framed, int first,
                       int last) const {
    for (int p = first; p < last; ++p) {
        const float* plane = x + m_tables.sources[static_cast<std::size_t>(p)] * channelStride;
        for (int phaseY = 0; phaseY < m_stride; ++phaseY) {
            for (int phaseX = 0; phaseX < m_stride; ++phaseX) {
                float* to = framed + p * m_positionFloats + (phaseY * m_stride + phaseX) * m_phaseFloats;
                // Column c of the phase is the input's c * stride + phaseX - padding.
                const int begin = std::min(m_framedWidth, (m_padding - phaseX + m_stride - 1) / m_stride);
                const int last = m_width - 1 + m_padding - phaseX;  // negative: the phase has no pixel
                const int end = last < 0 ? begin : std::clamp(last / m_stride + 1, begin, m_framedWidth);
                for (int row = 0; row < m_framedHeight; ++row, to += m_framedWidth) {
                    const int y = row * m_stride + phaseY - m_padding;
                    if (y < 0 || y >= m_height) {
                        std::fill_n(to, m_framedWidth, 0.0f);
                        continue;
                    }
                    const float* from = plane + y * rowStride + begin * m_stride + phaseX - m_padding;
                    std::fill(to, to + begin, 0.0f);
                    if (m_stride == 1) {
                        std::copy_n(from, end - begin, to + begin);
                    } else if (m_stride == 2) {
                        HWY_DYNAMIC_DISPATCH(everySecond)(from, end - begin, to + begin);
                    } else {
                        for (int c = begin; c < end; ++c, from += m_stride) to[c] = *from;
                    }
                    std::fill(to + end, to + m_framedWidth, 0.0f);
                }
            }
        }
    }
}

void ConvKernel::run(const float* framed, float* y, const float* residual, float* panel, int begin, int end) const {
    HWY_DYNAMIC_DISPATCH(convolve)(*this, framed, y, residual, panel, begin, end);
}

}  // namespace condenser
#endif  // HWY_ONCE
