// How a batch is cut so that sums over it come out the same on any number of threads: the cut depends on the batch
// alone, each chunk sums on its own, and the chunks are added in order.
#pragma once

#include <algorithm>
#include <vector>

#include "base/thread_pool.h"
#include "tensor/tensor.h"

namespace condenser {

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

// One zeroed run of floats a chunk, and their sum.
class ChunkSums {
  public:
    void reset(int chunks, std::size_t floats) {
        m_chunks = chunks;
        m_floats = (floats + 15) / 16 * 16;
        const std::size_t all = static_cast<std::size_t>(chunks) * m_floats;
        if (m_buffer.size() < all) m_buffer = AlignedBuffer(all);
        std::fill_n(m_buffer.data(), all, 0.0f);
    }
    float* chunk(int index) { return m_buffer.data() + static_cast<std::size_t>(index) * m_floats; }
    // out[i] += the chunks' i-th floats, added up in order, in double.
    void addTo(float* out, std::size_t floats) const {
        for (std::size_t i = 0; i < floats; ++i) {
            double sum = 0;
            for (int c = 0; c < m_chunks; ++c)
                sum += static_cast<double>(m_buffer.data()[static_cast<std::size_t>(c) * m_floats + i]);
            out[i] += static_cast<float>(sum);
        }
    }

  private:
    AlignedBuffer m_buffer;
    int m_chunks = 0;
    std::size_t m_floats = 0;
};

}  // namespace condenser
