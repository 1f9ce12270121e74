#include <cmath>

#include "ops/pointwise_training.h"
#include "ops/vector_lanes.h"

namespace condenser {

std::size_t PointwiseTables::weights() const {
    std::size_t count = 0;
    for (const Group& group : groups)
        count += static_cast<std::size_t>(group.inputs) * static_cast<std::size_t>(group.outputs);
    return count;
}

void PackedPointwise::reserve(const PointwiseTables& tables) {
    constexpr std::size_t kMostRows = 6;  // of a backward tile, on any instruction set
    norms.resize(tables.channels.size());
    backward.resize(tables.weights());
    rows.resize(tables.planes.size() + kMostRows);
    forward.resize(tables.weights());
    sources.resize(tables.planes.size());
    bounds.resize(tables.planes.size());
    positive.resize(tables.groups.size());
    m_order.resize(tables.planes.size());
}

void PackedPointwise::pack(const PointwiseTables& tables, const PointwiseWeights& weights, const NormAffine* affine,
                           std::ptrdiff_t stride) {
    for (std::size_t plane = 0; plane < norms.size(); ++plane) norms[plane] = foldNorm(affine[plane]);
    const std::size_t pairs = tables.planes.size();
    for (std::size_t pair = 0; pair < pairs; ++pair) {
        const auto plane = static_cast<std::size_t>(tables.planes[pair]);
        rows[pair] = {norms[plane], tables.channels[plane] * stride};
    }
    for (std::size_t i = pairs; pairs > 0 && i < rows.size(); ++i) rows[i] = rows[i - pairs];
    packForward(tables, weights);
    packBackward(tables, weights);
}

void PackedPointwise::packForward(const PointwiseTables& tables, const PointwiseWeights& weights) {
    float* to = forward.data();
    for (std::size_t g = 0; g < tables.groups.size(); ++g) {
        const PointwiseTables::Group& group = tables.groups[g];
        const std::size_t first = group.pairAt, last = first + static_cast<std::size_t>(group.inputs);
        std::size_t next = first;
        for (const bool negative : {false, true}) {
            for (std::size_t pair = first; pair < last; ++pair) {
                if (std::signbit(rows[pair].norm.sign) == negative) m_order[next++] = pair;
            }
            if (!negative) positive[g] = static_cast<int>(next - first);
        }
        for (std::size_t i = first; i < last; ++i) {
            const Row& row = rows[m_order[i]];
            sources[i] = row.source;
            bounds[i] = std::signbit(row.norm.sign) ? -row.norm.bound : row.norm.bound;
        }
        for (int m = 0; m < group.outputs;) {
            const int tile = largestTileRows(group.outputs - m);
            const std::ptrdiff_t* row = weights.rows + group.outputAt + m;
            for (std::size_t i = first; i < last; ++i) {
                const float* column = weights.w + weights.columns[m_order[i]];
                const float scale = rows[m_order[i]].norm.scale;
                for (int r = 0; r < tile; ++r) *to++ = column[row[r]] * scale;
            }
            m += tile;
        }
    }
}

void PackedPointwise::packBackward(const PointwiseTables& tables, const PointwiseWeights& weights) {
    float* to = backward.data();
    for (const PointwiseTables::Group& group : tables.groups) {
        const std::ptrdiff_t* row = weights.rows + group.outputAt;
        for (int k = 0; k < group.inputs;) {
            const int tile = nextGradientTile(group.inputs - k);
            const std::size_t pair = group.pairAt + static_cast<std::size_t>(k);
            for (int r = 0; r < tile; ++r) {
                const float* column = weights.w + weights.columns[pair + static_cast<std::size_t>(r)];
                const float scale = rows[pair + static_cast<std::size_t>(r)].norm.signedScale();
                for (int m = 0; m < group.outputs; ++m) to[m * tile + r] = column[row[m]] * scale;
            }
            to += static_cast<std::ptrdiff_t>(tile) * group.outputs;
            k += tile;
        }
    }
}

}  // namespace condenser
