#include "layers/norm_relu.h"

#include <cmath>

namespace condenser {

NormRelu::NormRelu(std::vector<int> sources) : norm(static_cast<int>(sources.size())), m_sources(std::move(sources)) {
    m_affine.resize(m_sources.size());
    m_sums.resize(m_sources.size());
}

void NormRelu::prepareForward(const Features& in, Mode mode) {
    for (int p = 0; p < positions(); ++p) {
        m_affine[static_cast<std::size_t>(p)] =
            mode == Mode::kTrain ? norm.trainAffine(p, in.moments(source(p))) : norm.evalAffine(p);
    }
}

void NormRelu::track(const Features& in) {
    for (int p = 0; p < positions(); ++p) norm.track(p, in.moments(source(p)));
    ++norm.batchesTracked;
}

void NormRelu::prepareSums() {
    m_sums.assign(m_sources.size(), NormSums{});
}

void NormRelu::addSums(int position, const NormSums& sums) {
    NormSums& mine = m_sums[static_cast<std::size_t>(position)];
    mine.gradient += sums.gradient;
    mine.centred += sums.centred;
}

void NormRelu::finishBackward(Features& in, Mode mode) {
    for (int p = 0; p < positions(); ++p) {
        const std::size_t i = static_cast<std::size_t>(p);
        const auto [gradient, centred] = m_sums[i];
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
