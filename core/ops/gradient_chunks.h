// How a batch is cut so that sums over it come out the same on any number of threads: the cut depends on the batch
// alone, each chunk sums on its own, and the chunks are added by halves.
#pragma once

#include <algorithm>
#include <vector>

#include "base/thread_pool.h"
#include "tensor/tensor.h"

namespace condenser {

// sum[i] = the sum of runs[r * stride + i] over the runs r, by halves: (r0 + r1) + (r2 + r3) and so on.
void sumRuns(const float* runs, int count, std::ptrdiff_t stride, std::size_t floats, float* sum);

// At most this many chunks: enough for any desktop, few enough that their sums stay small beside the work.
constexpr int kMaxChunks = 16;

struct ImageRange {
    int first = 0, count = 0;
};

inline int chunkCount(int images) {
    return std::min(images, kMaxChunks);
}

inline ImageRange chunkImages(int images, int chunk) {
    const int chunks = chunkCount(images);
    const int first = images * chunk / chunks;
    return {first, images * (chunk + 1) / chunks - first};
}

// One run of floats a chunk, and their sum.
class ChunkSums {
  public:
    // Makes room; the contents are undefined.
    void reserve(int chunks, std::size_t floats) {
        m_chunks = chunks;
        m_floats = floats;
        m_stride = (floats + 15) / 16 * 16;
        const std::size_t all = static_cast<std::size_t>(chunks) * m_stride;
        if (m_buffer.size() < all) m_buffer = AlignedBuffer(all);
    }
    float* chunk(int index) { return m_buffer.data() + static_cast<std::size_t>(index) * m_stride; }

    // take(sum, first, last): sum[i - first] is the sum of all chunks' float i, always added up in the same order.
    // Stretches of floats in parallel.
    template <class Take>
    void forEachSum(ThreadPool& pool, const Take& take) const {
        constexpr std::size_t kStretch = 1024;
        pool.parallelFor((m_floats + kStretch - 1) / kStretch, [&](std::size_t stretch, int) {
            const std::size_t first = stretch * kStretch, last = std::min(m_floats, first + kStretch);
            alignas(64) float sum[kStretch];
            sumRuns(m_buffer.data() + first, m_chunks, static_cast<std::ptrdiff_t>(m_stride), last - first, sum);
            take(sum, first, last);
        });
    }

  private:
    AlignedBuffer m_buffer;
    int m_chunks = 0;
    std::size_t m_floats = 0, m_stride = 0;
};

}  // namespace condenser
