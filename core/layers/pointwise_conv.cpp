#include "layers/pointwise_conv.h"

#include <algorithm>

namespace condenser {

PointwiseConv::PointwiseConv(std::vector<int> sources, std::size_t weights)
    : input(std::move(sources)), weight(weights), dWeight(weights) {}

void PointwiseConv::setGroups(std::vector<PointwiseGroup> groups) {
    m_groups = std::move(groups);
    std::vector<int> planeOf(static_cast<std::size_t>(input.positions()), -1);
    for (const PointwiseGroup& group : m_groups) {
        for (int position : group.inputs) planeOf[static_cast<std::size_t>(position)] = 0;
    }
    m_tables = {};
    m_planePositions.clear();
    for (int p = 0; p < input.positions(); ++p) {
        int& plane = planeOf[static_cast<std::size_t>(p)];
        if (plane < 0) continue;
        plane = static_cast<int>(m_planePositions.size());
        m_planePositions.push_back(p);
        m_tables.channels.push_back(input.source(p));
    }
    m_rows.clear();
    m_columns.clear();
    std::size_t weightAt = 0;
    for (const PointwiseGroup& group : m_groups) {
        m_tables.groups.push_back({static_cast<int>(group.inputs.size()), static_cast<int>(group.outputs.size()),
                                   m_tables.planes.size(), m_tables.outputs.size(), weightAt});
        weightAt += group.inputs.size() * group.outputs.size();
        for (int position : group.inputs) m_tables.planes.push_back(planeOf[static_cast<std::size_t>(position)]);
        m_tables.outputs.insert(m_tables.outputs.end(), group.outputs.begin(), group.outputs.end());
        m_rows.insert(m_rows.end(), group.rows.begin(), group.rows.end());
        m_columns.insert(m_columns.end(), group.columns.begin(), group.columns.end());
    }
    m_norms.resize(m_planePositions.size());
    m_corrections.resize(m_tables.outputs.size());
    m_packed.reserve(m_tables);
}

std::size_t PointwiseConv::scratchFloats() const {
    return std::max(pointwiseForwardFloats(m_tables), pointwiseBackwardFloats(m_tables));
}

void PointwiseConv::prepareForward(const Features& in, Mode mode) {
    input.prepareForward(in, mode);
    for (std::size_t s = 0; s < m_norms.size(); ++s) m_norms[s] = input.affine(m_planePositions[s]);
    m_packed.pack(m_tables, {weight.data(), m_rows.data(), m_columns.data()}, m_norms.data(), in.value().strideC);
}

void PointwiseConv::forwardImages(const Features& in, ImageRange images, Features& out, Scratch& scratch) const {
    pointwiseForward(m_tables, m_packed, in.value(), out.value(), images,
                     scratch.floats(0, pointwiseForwardFloats(m_tables)), out.imageMoments(0), out.imageMomentStride());
}

void PointwiseConv::prepareBackward(const Features& out, int images, ChunkSums& sums) {
    m_images = images;
    for (std::size_t o = 0; o < m_corrections.size(); ++o) m_corrections[o] = out.correction(m_tables.outputs[o]);
    m_normSums.resize(static_cast<std::size_t>(chunkCount(images)) * m_tables.planes.size());
    sums.reserve(chunkCount(images), m_tables.weights());
}

void PointwiseConv::backwardChunk(Features& in, int chunk, int next, const Features& out, ChunkSums& sums,
                                  Scratch& scratch) {
    float* room = scratch.floats(0, pointwiseBackwardFloats(m_tables));
    const ImageRange ahead = next < chunkCount(m_images) ? chunkImages(m_images, next) : ImageRange{};
    pointwiseBackward({m_tables, m_packed, m_corrections.data()}, in.value(), in.gradient(), out.value(),
                      out.gradient(), chunkImages(m_images, chunk), ahead, room, sums.chunk(chunk),
                      m_normSums.data() + static_cast<std::size_t>(chunk) * m_tables.planes.size());
}

void PointwiseConv::finishBackward(Features& in, Mode mode, const ChunkSums& sums, ThreadPool& pool) {
    sums.forEachSum(pool, [&](const float* sum, std::size_t first, std::size_t last) {
        for (const PointwiseTables::Group& group : m_tables.groups) {
            const std::size_t outputs = static_cast<std::size_t>(group.outputs);
            const std::size_t begin = std::max(first, group.weightAt),
                              end = std::min(last, group.weightAt + outputs * static_cast<std::size_t>(group.inputs));
            for (std::size_t i = begin; i < end; ++i) {
                const std::size_t k = (i - group.weightAt) / outputs, m = (i - group.weightAt) % outputs;
                const float scale = m_packed.norms[static_cast<std::size_t>(m_tables.planes[group.pairAt + k])].scale;
                dWeight[static_cast<std::size_t>(m_rows[group.outputAt + m] + m_columns[group.pairAt + k])] +=
                    scale * sum[i - first];
            }
        }
    });
    const std::size_t pairs = m_tables.planes.size();
    input.prepareSums();
    for (std::size_t pair = 0; pair < pairs; ++pair) {
        NormSums all;
        for (std::size_t chunk = 0; chunk < static_cast<std::size_t>(chunkCount(m_images)); ++chunk) {
            all.gradient += m_normSums[chunk * pairs + pair].gradient;
            all.centred += m_normSums[chunk * pairs + pair].centred;
        }
        input.addSums(m_planePositions[static_cast<std::size_t>(m_tables.planes[pair])], all);
    }
    input.finishBackward(in, mode);
}

}  // namespace condenser
