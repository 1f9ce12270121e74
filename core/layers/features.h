// Feature maps that layers share: values, and in training their gradients and the statistics of the batch.
#pragma once

#include <vector>

#include "ops/batch_norm.h"
#include "tensor/tensor.h"

namespace condenser {

// A dense block owns one Features with room for all its channels: a layer reads the first ones and writes its own
// behind them, so that nothing is ever concatenated. The statistics of a channel are measured once, when it is
// produced, and shared by all its readers. The gradient terms through those statistics are the same for all readers
// but for two factors; these are summed and applied once, when the channel's producer asks for the gradient.
class Features {
  public:
    // For N images of C x H x W maps. `gradient`: where training keeps d loss / d value, of at least that size; empty
    // for evaluation. Contents are then undefined, statistics and deferred terms cleared.
    void reshape(int n, int c, int h, int w, View gradient);

    View value() { return m_value.view(); }
    ConstView value() const { return m_value.view(); }
    View gradient() const { return m_gradient; }
    PlaneShape plane() const { return {m_value.h(), m_value.w()}; }

    // Measures one image's channels first..first+count-1 (images may be measured in parallel), then merges all images.
    void measureImage(int image, int first, int count);
    void mergeMoments(int first, int count);
    // Where whoever makes channels may put their moments himself, instead of having them measured: those of the first
    // image, the others behind it, the next channel's imageMomentStride() further on. nullptr without a gradient:
    // nobody wants to know.
    Moments* imageMoments(int firstChannel);
    std::ptrdiff_t imageMomentStride() const { return m_value.n(); }
    // Of the batch, for one channel; valid after mergeMoments.
    const Moments& moments(int channel) const { return m_moments[static_cast<std::size_t>(channel)]; }

    // A reader's part of the deferred terms (see normCorrect): a and b of one channel.
    void deferCorrection(int channel, double a, double b);
    // Applies them to one image's gradient; the gradient of these channels is then complete.
    void correctGradientImage(int image, int first, int count);
    // The same for whoever applies them as he reads the gradient.
    GradientCorrection correction(int channel) const;

  private:
    Tensor m_value;
    View m_gradient;
    std::vector<Moments> m_imageMoments;  // [C, N]
    std::vector<Moments> m_moments;       // [C]
    std::vector<double> m_correctA, m_correctB;
};

}  // namespace condenser
