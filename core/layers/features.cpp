#include "layers/features.h"

#include "base/check.h"

namespace condenser {

void Features::reshape(int n, int c, int h, int w, View gradient) {
    m_value.reshape(n, c, h, w);
    m_gradient = gradient;
    const std::size_t channels = static_cast<std::size_t>(c);
    const bool training = gradient.data != nullptr;
    m_imageMoments.resize(training ? channels * static_cast<std::size_t>(n) : 0);
    m_moments.assign(training ? channels : 0, Moments{});
    m_correctA.assign(training ? channels : 0, 0.0);
    m_correctB.assign(training ? channels : 0, 0.0);
}

void Features::measureImage(int image, int first, int count) {
    const ConstView view = m_value.view();
    for (int c = first; c < first + count; ++c) {
        m_imageMoments[static_cast<std::size_t>(c) * static_cast<std::size_t>(view.n) +
                       static_cast<std::size_t>(image)] = planeMoments(view.plane(image, c), view.h * view.w);
    }
}

Moments* Features::imageMoments(int firstChannel) {
    if (m_imageMoments.empty()) return nullptr;
    return m_imageMoments.data() + static_cast<std::ptrdiff_t>(firstChannel) * m_value.n();
}

void Features::mergeMoments(int first, int count) {
    const std::size_t images = static_cast<std::size_t>(m_value.n());
    for (std::size_t c = static_cast<std::size_t>(first); c < static_cast<std::size_t>(first + count); ++c) {
        Moments all;
        for (std::size_t n = 0; n < images; ++n) all.merge(m_imageMoments[c * images + n]);
        m_moments[c] = all;
    }
}

void Features::deferCorrection(int channel, double a, double b) {
    m_correctA[static_cast<std::size_t>(channel)] += a;
    m_correctB[static_cast<std::size_t>(channel)] += b;
}

void Features::correctGradientImage(int image, int first, int count) {
    const ConstView view = m_value.view();
    for (int c = first; c < first + count; ++c) {
        normCorrect(view.plane(image, c), view.h * view.w, correction(c), m_gradient.plane(image, c));
    }
}

GradientCorrection Features::correction(int channel) const {
    const std::size_t i = static_cast<std::size_t>(channel);
    return {static_cast<float>(m_moments[i].mean), static_cast<float>(m_correctA[i]),
            static_cast<float>(m_correctB[i])};
}

}  // namespace condenser
