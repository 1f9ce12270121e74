#include "layers/grouped_conv.h"

#include <algorithm>
#include <numeric>

#include "ops/vector_lanes.h"

namespace condenser {
namespace {

std::vector<int> allChannels(int count) {
    std::vector<int> channels(static_cast<std::size_t>(count));
    std::iota(channels.begin(), channels.end(), 0);
    return channels;
}

}  // namespace

GroupedConv3x3::GroupedConv3x3(int inputs, int outputs, int groups)
    : input(allChannels(inputs)), m_inputs(inputs), m_outputs(outputs), m_groups(groups) {
    weight.resize(static_cast<std::size_t>(outputs) * static_cast<std::size_t>(inputs / groups) * 9);
    dWeight.resize(weight.size());
    m_corrections.resize(static_cast<std::size_t>(outputs));
}

void GroupedConv3x3::prepareForward(const Features& in, Mode mode) {
    input.prepareForward(in, mode);
    const PlaneShape plane = in.plane();
    if (!m_packed || m_packed->shape.h != plane.h || m_packed->shape.w != plane.w || m_lanes != vectorLanes()) {
        m_packed.emplace(Conv3x3Shape{m_inputs, m_outputs, m_groups, plane.h, plane.w});
        m_lanes = vectorLanes();
    }
    m_packed->pack(weight.data(), input.affines());
}

void GroupedConv3x3::forwardImages(const Features& in, ImageRange images, Features& out, int firstOut,
                                   Scratch& scratch) const {
    conv3x3Forward(*m_packed, in.value(), out.value().channels(firstOut, m_outputs), images,
                   scratch.floats(0, conv3x3ForwardFloats(*m_packed)), out.imageMoments(firstOut),
                   out.imageMomentStride());
}

std::size_t GroupedConv3x3::scratchFloats(int images) const {
    return std::max(conv3x3ForwardFloats(*m_packed), conv3x3BackwardFloats(*m_packed, images));
}

void GroupedConv3x3::prepareBackward(const Features& out, int firstOut, int images, ChunkSums& sums) {
    m_images = images;
    for (int o = 0; o < m_outputs; ++o) m_corrections[static_cast<std::size_t>(o)] = out.correction(firstOut + o);
    m_normSums.resize(static_cast<std::size_t>(chunkCount(images)) * static_cast<std::size_t>(m_inputs));
    sums.reserve(chunkCount(images), weight.size());
}

void GroupedConv3x3::backwardChunk(Features& in, int chunk, int next, const Features& out, int firstOut,
                                   ChunkSums& sums, Scratch& scratch) {
    const ImageRange images = chunkImages(m_images, chunk);
    const ImageRange ahead = next < chunkCount(m_images) ? chunkImages(m_images, next) : ImageRange{};
    conv3x3Backward(*m_packed, m_corrections.data(), in.value(), in.gradient(),
                    out.value().channels(firstOut, m_outputs), out.gradient().channels(firstOut, m_outputs), images,
                    ahead, scratch.floats(0, conv3x3BackwardFloats(*m_packed, images.count)), sums.chunk(chunk),
                    m_normSums.data() + static_cast<std::ptrdiff_t>(chunk) * m_inputs);
}

void GroupedConv3x3::finishBackward(Features& in, Mode mode, const ChunkSums& sums, ThreadPool& pool) {
    const std::size_t groupInputs = static_cast<std::size_t>(m_inputs / m_groups);
    const std::size_t groupWeights = groupInputs * 9 * static_cast<std::size_t>(m_outputs / m_groups);
    sums.forEachSum(pool, [&](const float* sum, std::size_t first, std::size_t last) {
        for (std::size_t i = first; i < last; ++i) {
            const std::size_t channel = i / groupWeights * groupInputs + i / 9 % groupInputs;
            dWeight[i] += m_packed->norms[channel].scale * sum[i - first];
        }
    });
    input.prepareSums();
    for (std::size_t i = 0; i < m_normSums.size(); ++i) input.addSums(static_cast<int>(i) % m_inputs, m_normSums[i]);
    input.finishBackward(in, mode);
}

void GroupedConv3x3::visitTensors(const std::string& prefix, const TensorVisitor& visit) {
    input.norm.visitTensors(prefix + "norm.", visit);
    visit({prefix + "conv.weight", {m_outputs, m_inputs / m_groups, 3, 3}, weight, dWeight, {}, {}});
}

}  // namespace condenser
