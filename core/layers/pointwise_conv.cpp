#include "layers/pointwise_conv.h"

#include <algorithm>
#include <cstring>

#include "ops/plane_gemm.h"

namespace condenser {
namespace {

// Images whose planes are multiplied in one go: small maps are taken several at a time, so that the sums of planeDot
// run long enough to pay for their setting up.
int imagesAtOnce(int pixels) {
    return std::max(1, 1024 / pixels);
}

std::size_t weightsOf(const PointwiseGroup& group) {
    return group.inputs.size() * group.outputs.size();
}

}  // namespace

PointwiseConv::PointwiseConv(std::vector<int> sources, std::size_t weights)
    : input(std::move(sources)), weight(weights), dWeight(weights) {}

void PointwiseConv::setGroups(std::vector<PointwiseGroup> groups) {
    m_groups = std::move(groups);
    std::vector<int> readers(static_cast<std::size_t>(input.positions()));
    for (const PointwiseGroup& group : m_groups) {
        for (int position : group.inputs) ++readers[static_cast<std::size_t>(position)];
    }
    m_used.clear();
    m_slot.assign(readers.size(), -1);
    m_shared = false;
    for (std::size_t p = 0; p < readers.size(); ++p) {
        if (readers[p] == 0) continue;
        m_slot[p] = static_cast<int>(m_used.size());
        m_used.push_back(static_cast<int>(p));
        m_shared = m_shared || readers[p] > 1;
    }
    m_packedAt.clear();
    m_packedBackAt.clear();
    m_sumsAt.clear();
    std::size_t packed = 0, packedBack = 0, sums = 0;
    for (const PointwiseGroup& group : m_groups) {
        const int inputs = static_cast<int>(group.inputs.size()), outputs = static_cast<int>(group.outputs.size());
        m_packedAt.push_back(packed);
        m_packedBackAt.push_back(packedBack);
        m_sumsAt.push_back(sums);
        packed += packedWeightFloats(outputs, inputs);
        packedBack += packedWeightFloats(inputs, outputs);
        sums += weightsOf(group);
    }
    m_sumsAt.push_back(sums);
    m_packed.resize(packed);
    m_packedBack.resize(packedBack);
}

void PointwiseConv::prepareForward(const Features& in, Mode mode) {
    input.prepareForward(in, mode);
    for (std::size_t g = 0; g < m_groups.size(); ++g) {
        const PointwiseGroup& group = m_groups[g];
        packWeights(weight.data(), group.rows.data(), static_cast<int>(group.rows.size()), group.columns.data(),
                    static_cast<int>(group.columns.size()), m_packed.data() + m_packedAt[g]);
    }
}

void PointwiseConv::normalise(const Features& in, int image, float* planes) const {
    const ConstView x = in.value();
    const std::ptrdiff_t stride = planeStride(x.h, x.w);
    for (std::size_t i = 0; i < m_used.size(); ++i) {
        const int position = m_used[i];
        normForward(in.plane(), x.plane(image, input.source(position)), x.strideRow, input.affine(position),
                    /*relu=*/true, planes + static_cast<std::ptrdiff_t>(i) * stride, x.w);
    }
}

void PointwiseConv::forwardImage(const Features& in, int image, View out, Scratch& scratch) const {
    const std::ptrdiff_t stride = planeStride(out.h, out.w);
    float* planes = scratch.floats(0, m_used.size() * static_cast<std::size_t>(stride));
    normalise(in, image, planes);
    for (std::size_t g = 0; g < m_groups.size(); ++g) {
        const PointwiseGroup& group = m_groups[g];
        scratch.inputs.clear();
        scratch.outputs.clear();
        for (int p : group.inputs) scratch.inputs.push_back(planes + m_slot[static_cast<std::size_t>(p)] * stride);
        for (int o : group.outputs) scratch.outputs.push_back(out.plane(image, o));
        planeGemm(m_packed.data() + m_packedAt[g], static_cast<int>(group.outputs.size()), scratch.inputs.data(),
                  static_cast<int>(group.inputs.size()), scratch.outputs.data(), out.h * out.w, /*accumulate=*/false);
    }
}

void PointwiseConv::prepareBackward(int images) {
    m_images = images;
    input.prepareBackward(images);
    for (std::size_t g = 0; g < m_groups.size(); ++g) {
        const PointwiseGroup& group = m_groups[g];
        packWeights(weight.data(), group.columns.data(), static_cast<int>(group.columns.size()), group.rows.data(),
                    static_cast<int>(group.rows.size()), m_packedBack.data() + m_packedBackAt[g]);
    }
    m_sums.reset(chunkCount(images), m_sumsAt.back());
}

void PointwiseConv::backwardChunk(Features& in, int chunk, ConstView dOut, Scratch& scratch) {
    const int pixels = dOut.h * dOut.w;
    const std::ptrdiff_t stride = planeStride(dOut.h, dOut.w);
    const std::size_t imageFloats = m_used.size() * static_cast<std::size_t>(stride);
    const ImageRange range = chunkImages(m_images, chunk);
    const int atOnce = std::min(imagesAtOnce(pixels), range.count);
    float* planes = scratch.floats(0, imageFloats * static_cast<std::size_t>(atOnce));
    float* gradients = scratch.floats(1, imageFloats);
    for (int first = range.first; first < range.first + range.count; first += atOnce) {
        const int images = std::min(atOnce, range.first + range.count - first);
        for (int i = 0; i < images; ++i) normalise(in, first + i, planes + static_cast<std::size_t>(i) * imageFloats);
        for (std::size_t g = 0; g < m_groups.size(); ++g) {
            const PointwiseGroup& group = m_groups[g];
            scratch.inputs.clear();
            scratch.gradients.clear();
            for (int i = 0; i < images; ++i) {
                for (int p : group.inputs) {
                    scratch.inputs.push_back(planes + static_cast<std::size_t>(i) * imageFloats +
                                             m_slot[static_cast<std::size_t>(p)] * stride);
                }
                for (int o : group.outputs) scratch.gradients.push_back(dOut.plane(first + i, o));
            }
            planeDot(scratch.gradients.data(), static_cast<int>(group.outputs.size()), scratch.inputs.data(),
                     static_cast<int>(group.inputs.size()), images, pixels, m_sums.chunk(chunk) + m_sumsAt[g],
                     static_cast<std::ptrdiff_t>(group.inputs.size()));
        }
        for (int i = 0; i < images; ++i) {
            if (m_shared) std::memset(gradients, 0, imageFloats * sizeof(float));
            for (std::size_t g = 0; g < m_groups.size(); ++g) {
                const PointwiseGroup& group = m_groups[g];
                scratch.inputs.clear();
                scratch.outputs.clear();
                for (int o : group.outputs) scratch.inputs.push_back(dOut.plane(first + i, o));
                for (int p : group.inputs)
                    scratch.outputs.push_back(gradients + m_slot[static_cast<std::size_t>(p)] * stride);
                planeGemm(m_packedBack.data() + m_packedBackAt[g], static_cast<int>(group.inputs.size()),
                          scratch.inputs.data(), static_cast<int>(group.outputs.size()), scratch.outputs.data(), pixels,
                          m_shared);
            }
            for (std::size_t u = 0; u < m_used.size(); ++u) {
                input.backwardPlane(in, first + i, m_used[u], gradients + static_cast<std::ptrdiff_t>(u) * stride,
                                    dOut.w,
                                    /*accumulate=*/true);
            }
        }
    }
}

void PointwiseConv::finishBackward(Features& in, Mode mode) {
    std::vector<float> sums(m_sumsAt.back());
    m_sums.addTo(sums.data(), sums.size());
    const float* sum = sums.data();
    for (const PointwiseGroup& group : m_groups) {
        for (std::ptrdiff_t row : group.rows) {
            for (std::ptrdiff_t column : group.columns) dWeight[static_cast<std::size_t>(row + column)] += *sum++;
        }
    }
    input.finishBackward(in, mode);
}

}  // namespace condenser
