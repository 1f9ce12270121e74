#include "layers/norm_relu.h"

#include <cmath>

namespace condenser {

NormRelu::NormRelu(std::vector<int> sources) : norm(static_cast<int>(sources.size())), m_sources(std::move(sources)) {
    m_affine.resize(m_sources.size());
}

void NormRelu::prepareForward(const Features& in, Mode mode) {
    for (int p = 0; p < positions(); ++p) {
        if (mode == Mode::kTrain) {
            const Moments& batch = in.moments(source(p));
            m_affine[static_cast<std::size_t>(p)] = norm.trainAffine(p, batch);
            norm.track(p, batch);
        } else {
            m_affine[static_cast<std::size_t>(p)] = norm.evalAffine(p);
        }
    }
    if (mode == Mode::kTrain) ++norm.batchesTracked;
}

void NormRelu::prepareBackward(int images) {
    m_images = images;
    m_sums.assign(static_cast<std::size_t>(images) * m_sources.size(), NormSums{});
}

void NormRelu::backwardPlane(Features& in, int image, int position, const float* da, std::ptrdiff_t daStride,
                             bool accumulate) {
    const ConstView x = in.value();
    const int channel = source(position);
    m_sums[static_cast<std::size_t>(image) * m_sources.size() + static_cast<std::size_t>(position)] =
        normBackward(in.plane(), x.plane(image, channel), x.strideRow, da, daStride, affine(position), /*relu=*/true,
                     accumulate, in.gradient().plane(image, channel), in.gradient().strideRow);
}

void NormRelu::finishBackward(Features& in, Mode mode) {
    for (int p = 0; p < positions(); ++p) {
        const std::size_t i = static_cast<std::size_t>(p);
        double gradient = 0, centred = 0;
        for (std::size_t n = 0; n < static_cast<std::size_t>(m_images); ++n) {
            gradient += m_sums[n * m_sources.size() + i].gradient;
            centred += m_sums[n * m_sources.size() + i].centred;
        }
        const bool train = mode == Mode::kTrain;
        const double variance = train ? in.moments(source(p)).variance() : static_cast<double>(norm.runningVar[i]);
        norm.dWeight[i] += static_cast<float>(centred / std::sqrt(variance + kBatchNormEpsilon));
        norm.dBias[i] += static_cast<float>(gradient);
        if (train) {
            const double perPixel =
                static_cast<double>(m_affine[i].scale) / static_cast<double>(in.moments(source(p)).count);
            in.deferCorrection(source(p), perPixel * gradient, perPixel * centred / (variance + kBatchNormEpsilon));
        }
    }
}

}  // namespace condenser
