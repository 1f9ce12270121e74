// The pixels of a batch cut into blocks that training kernels work on, and what comes next brought nearer meanwhile.
// Included once a target (Highway).
#if defined(CONDENSER_OPS_BLOCKS_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef CONDENSER_OPS_BLOCKS_INL_H_
#undef CONDENSER_OPS_BLOCKS_INL_H_
#else
#define CONDENSER_OPS_BLOCKS_INL_H_
#endif

#include <algorithm>
#include <cstddef>

#include "hwy/highway.h"
#include "ops/gradient_chunks.h"
#include "tensor/view.h"

HWY_BEFORE_NAMESPACE();
namespace condenser {
namespace HWY_NAMESPACE {

// Asks for a line of memory that will be needed soon. Into the second-level cache: many more lines can be on their way
// there than to the first, and the memory is far away.
HWY_INLINE void fetch(const float* p) {
    __builtin_prefetch(p, /*to write=*/0, /*locality=*/2);
}

// What is worked on at once: a run of pixels of one image, or several small images, so that the sums over pixels run
// long enough to pay for their ends while a tile's rows stay in the first-level cache.
constexpr std::ptrdiff_t kBlockFloats = 512;

struct Segment {
    int image;
    std::ptrdiff_t first;   // pixel
    std::ptrdiff_t pixels;  // of them
    std::ptrdiff_t floats;  // the same in whole runs of 16, which rows in the scratch have; zeros stand in the rest
};

// The rows of a block in the scratch: its segments, one behind the other.
constexpr int kMostSegments = static_cast<int>(kBlockFloats / 16);
struct Block {
    Segment segments[kMostSegments];
    int count = 0;
    std::ptrdiff_t floats = 0;
};

// Walks over the blocks of a run of images.
class Blocks {
  public:
    Blocks(ImageRange images, std::ptrdiff_t pixels)
        : m_image(images.first), m_end(images.first + images.count), m_pixels(pixels) {}

    // The next one; count 0 when there is none.
    Block next() {
        const std::ptrdiff_t mapFloats = (m_pixels + 15) / 16 * 16;
        Block block;
        while (m_image < m_end) {
            const std::ptrdiff_t floats = std::min(kBlockFloats, mapFloats - m_first);
            if (block.floats + floats > kBlockFloats) break;
            block.segments[block.count++] = {m_image, m_first, std::min(floats, m_pixels - m_first), floats};
            block.floats += floats;
            m_first += floats;
            if (m_first < m_pixels) continue;
            m_first = 0;
            ++m_image;
        }
        return block;
    }

  private:
    int m_image, m_end;
    std::ptrdiff_t m_pixels, m_first = 0;
};

// Asks for what the next block will read, a few lines at a time, while the current one is being computed: the block's
// segments in a run of channels of two arrays of the same shape.
class Herald {
  public:
    // To be asked for in `calls` steps.
    Herald(const Block& block, ConstView a, ConstView b, int firstChannel, int channels, int calls)
        : m_block(block),
          m_a(a),
          m_b(b),
          m_channel(firstChannel),
          m_end(block.count > 0 ? firstChannel + channels : 0) {
        const std::ptrdiff_t lines = block.floats / kLine * channels;
        m_step = calls > 0 ? (lines + calls - 1) / calls : 0;
    }
    HWY_INLINE void step() {
        for (std::ptrdiff_t i = 0; i < m_step && m_channel < m_end; ++i) {
            const Segment& segment = m_block.segments[m_segment];
            fetch(m_a.plane(segment.image, m_channel) + segment.first + m_at);
            fetch(m_b.plane(segment.image, m_channel) + segment.first + m_at);
            m_at += kLine;
            if (m_at < segment.floats) continue;
            m_at = 0;
            if (++m_segment < m_block.count) continue;
            m_segment = 0;
            ++m_channel;
        }
    }

  private:
    static constexpr std::ptrdiff_t kLine = 16;

    const Block& m_block;
    ConstView m_a, m_b;
    int m_channel, m_end, m_segment = 0;
    std::ptrdiff_t m_step, m_at = 0;
};

// to[i] = f(i-th vector of the segment's pixels), zeros in the last lanes.
template <class Function>
HWY_INLINE void fillSegment(const Segment& segment, float* HWY_RESTRICT to, const Function& f) {
    namespace hn = hwy::HWY_NAMESPACE;
    const hn::ScalableTag<float> d;
    const std::ptrdiff_t lanes = static_cast<std::ptrdiff_t>(hn::Lanes(d));
    std::ptrdiff_t p = 0;
    for (; p + lanes <= segment.pixels; p += lanes) hn::Store(f(p), d, to + p);
    if (p < segment.pixels) {
        const auto rest = hn::FirstN(d, static_cast<std::size_t>(segment.pixels - p));
        hn::Store(hn::IfThenElseZero(rest, f(p)), d, to + p);
        p += lanes;
    }
    for (; p < segment.floats; p += lanes) hn::Store(hn::Zero(d), d, to + p);
}

}  // namespace HWY_NAMESPACE
}  // namespace condenser
HWY_AFTER_NAMESPACE();

#endif  // per-target include guard
