#include "layers/grouped_conv.h"

#include <algorithm>
#include <cstring>
#include <numeric>

namespace condenser {
namespace {

std::vector<int> allChannels(int count) {
    std::vector<int> channels(static_cast<std::size_t>(count));
    std::iota(channels.begin(), channels.end(), 0);
    return channels;
}

// Images whose weight gradients are summed in one go; see PointwiseConv.
int imagesAtOnce(int pixels) {
    return std::max(1, 512 / pixels);
}

}  // namespace

GroupedConv3x3::GroupedConv3x3(int inputs, int outputs, int groups)
    : input(allChannels(inputs)), m_inputs(inputs), m_outputs(outputs), m_groups(groups) {
    weight.resize(static_cast<std::size_t>(outputs) * static_cast<std::size_t>(inputs / groups) * 9);
    dWeight.resize(weight.size());
}

Conv3x3Shape GroupedConv3x3::shapeFor(const Features& in) const {
    return {m_inputs, m_outputs, m_groups, {in.plane().h, in.plane().w}};
}

void GroupedConv3x3::prepareForward(const Features& in, Mode mode) {
    input.prepareForward(in, mode);
    const Conv3x3Shape shape = shapeFor(in);
    m_packed.resize(shape.packedForwardFloats());
    packConv3x3Forward(shape, weight.data(), m_packed.data());
}

void GroupedConv3x3::fillFrames(const Features& in, int image, FrameShape frame, float* frames) const {
    const ConstView x = in.value();
    for (int c = 0; c < m_inputs; ++c, frames += frame.floats()) {
        clearFrameBorder(frame, frames);
        normForward(in.plane(), x.plane(image, c), x.strideRow, input.affine(c), /*relu=*/true, frames + frame.origin(),
                    frame.stride());
    }
}

void GroupedConv3x3::forwardImage(const Features& in, int image, View out, Scratch& scratch) const {
    const Conv3x3Shape shape = shapeFor(in);
    const FrameShape& frame = shape.frame;
    float* frames = scratch.floats(0, static_cast<std::size_t>(m_inputs * frame.floats()));
    float* results = scratch.floats(1, static_cast<std::size_t>(m_outputs * frame.resultFloats()));
    fillFrames(in, image, frame, frames);
    conv3x3Forward(shape, m_packed.data(), frames, results, scratch);
    for (int o = 0; o < m_outputs; ++o) {
        for (int y = 0; y < out.h; ++y) {
            std::memcpy(out.plane(image, o) + y * out.strideRow,
                        results + o * frame.resultFloats() + y * frame.stride(),
                        static_cast<std::size_t>(out.w) * sizeof(float));
        }
    }
}

void GroupedConv3x3::prepareBackward(const Features& in, int images) {
    m_images = images;
    input.prepareBackward(images);
    const Conv3x3Shape shape = shapeFor(in);
    m_packedBack.resize(shape.packedBackwardFloats());
    packConv3x3Backward(shape, weight.data(), m_packedBack.data());
    m_sums.reset(chunkCount(images), weight.size());
}

void GroupedConv3x3::backwardChunk(Features& in, int chunk, ConstView dOut, Scratch& scratch) {
    const Conv3x3Shape shape = shapeFor(in);
    const FrameShape& frame = shape.frame;
    const std::ptrdiff_t xImage = m_inputs * frame.floats(), dyImage = m_outputs * frame.floats();
    const ImageRange range = chunkImages(m_images, chunk);
    const int atOnce = std::min(imagesAtOnce(frame.pixels()), range.count);
    float* frames = scratch.floats(0, static_cast<std::size_t>(atOnce * xImage));
    float* dyFrames = scratch.floats(1, static_cast<std::size_t>(atOnce * dyImage));
    float* dx = scratch.floats(2, static_cast<std::size_t>(m_inputs * frame.resultFloats()));
    for (int first = range.first; first < range.first + range.count; first += atOnce) {
        const int images = std::min(atOnce, range.first + range.count - first);
        for (int i = 0; i < images; ++i) {
            fillFrames(in, first + i, frame, frames + i * xImage);
            for (int o = 0; o < m_outputs; ++o) {
                fillFrame(frame, dOut.plane(first + i, o), dOut.strideRow, dyFrames + i * dyImage + o * frame.floats());
            }
        }
        conv3x3BackwardWeights(shape, frames, xImage, dyFrames, dyImage, images, m_sums.chunk(chunk), scratch);
        for (int i = 0; i < images; ++i) {
            conv3x3BackwardData(shape, m_packedBack.data(), dyFrames + i * dyImage, dx, scratch);
            for (int c = 0; c < m_inputs; ++c) {
                input.backwardPlane(in, first + i, c, dx + c * frame.resultFloats(), frame.stride(),
                                    /*accumulate=*/false);
            }
        }
    }
}

void GroupedConv3x3::finishBackward(Features& in, Mode mode) {
    m_sums.addTo(dWeight.data(), dWeight.size());
    input.finishBackward(in, mode);
}

void GroupedConv3x3::visitTensors(const std::string& prefix, const TensorVisitor& visit) {
    input.norm.visitTensors(prefix + "norm.", visit);
    visit({prefix + "conv.weight", {m_outputs, m_inputs / m_groups, 3, 3}, weight, dWeight, {}, {}});
}

}  // namespace condenser
