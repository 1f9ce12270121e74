#include "ops/reference.h"

#include <algorithm>
#include <cmath>

#include "base/check.h"
#include "ops/batch_norm.h"
#include "tensor/tensor.h"

namespace condenser::reference {
namespace {

std::size_t idx(int i) {
    return static_cast<std::size_t>(i);
}

// An array like `x`, of f at every place.
template <class F>
Array elementwise(const Array& x, F f) {
    Array y(x.n, x.c, x.h, x.w);
    for (std::size_t i = 0; i < x.values.size(); ++i) y.values[i] = f(i);
    return y;
}

// Calls visit(n, o, i, oy, ox, ky, kx, y, x) for every product of a convolution: output (n, o, oy, ox) takes input
// (n, group * inputsPerGroup + i, y, x) times weight (o, i, ky, kx). Taps that fall into the padding are left out.
template <class Visit>
void forEachTap(const Conv2d& conv, int inputsPerGroup, int kernel, int h, int w, const Array& y, Visit visit) {
    CORE_CHECK(y.c % conv.groups == 0);
    for (int n = 0; n < y.n; ++n) {
        for (int o = 0; o < y.c; ++o) {
            const int firstInput = o / (y.c / conv.groups) * inputsPerGroup;
            for (int oy = 0; oy < y.h; ++oy) {
                for (int ox = 0; ox < y.w; ++ox) {
                    for (int i = 0; i < inputsPerGroup; ++i) {
                        for (int ky = 0; ky < kernel; ++ky) {
                            for (int kx = 0; kx < kernel; ++kx) {
                                const int iy = oy * conv.stride - conv.padding + ky;
                                const int ix = ox * conv.stride - conv.padding + kx;
                                if (iy < 0 || iy >= h || ix < 0 || ix >= w) continue;
                                visit(n, o, i, oy, ox, ky, kx, firstInput + i, iy, ix);
                            }
                        }
                    }
                }
            }
        }
    }
}

}  // namespace

Array::Array(int images, int channels, int height, int width)
    : n(images), c(channels), h(height), w(width), values(idx(n) * idx(c) * idx(h) * idx(w)) {}

Array::Array(int images, int channels, int height, int width, std::span<const float> packed)
    : n(images), c(channels), h(height), w(width), values(packed.begin(), packed.end()) {
    CORE_CHECK(values.size() == idx(n) * idx(c) * idx(h) * idx(w));
}

Array::Array(ConstView view) : Array(view.n, view.c, view.h, view.w, toPacked(view)) {}

std::vector<float> Array::toFloats() const {
    std::vector<float> floats;
    floats.reserve(values.size());
    for (const double value : values) floats.push_back(static_cast<float>(value));
    return floats;
}

std::size_t Array::offset(int image, int channel, int y, int x) const {
    return ((idx(image) * idx(c) + idx(channel)) * idx(h) + idx(y)) * idx(w) + idx(x);
}

// ---- batch norm ---------------------------------------------------------------------------------------------------

double Statistics::inverseDeviation(int channel) const {
    return 1 / std::sqrt(variance[idx(channel)] + kBatchNormEpsilon);
}

Statistics batchStatistics(const Array& x) {
    Statistics statistics{std::vector<double>(idx(x.c)), std::vector<double>(idx(x.c)), x.n * x.h * x.w};
    for (int c = 0; c < x.c; ++c) {
        double sum = 0;
        for (int n = 0; n < x.n; ++n)
            for (int y = 0; y < x.h; ++y)
                for (int i = 0; i < x.w; ++i) sum += x.at(n, c, y, i);
        const double mean = sum / statistics.count;
        double squares = 0;
        for (int n = 0; n < x.n; ++n)
            for (int y = 0; y < x.h; ++y)
                for (int i = 0; i < x.w; ++i) squares += (x.at(n, c, y, i) - mean) * (x.at(n, c, y, i) - mean);
        statistics.mean[idx(c)] = mean;
        statistics.variance[idx(c)] = squares / statistics.count;
    }
    return statistics;
}

void updateRunning(const Statistics& batch, Statistics& running) {
    CORE_CHECK(batch.count > 1);
    constexpr double m = kBatchNormMomentum;
    for (std::size_t c = 0; c < batch.mean.size(); ++c) {
        const double unbiased = batch.variance[c] * batch.count / (batch.count - 1);
        running.mean[c] = (1 - m) * running.mean[c] + m * batch.mean[c];
        running.variance[c] = (1 - m) * running.variance[c] + m * unbiased;
    }
}

Array batchNormForward(const Array& x, const Statistics& statistics, std::span<const double> weight,
                       std::span<const double> bias) {
    Array y(x.n, x.c, x.h, x.w);
    for (int n = 0; n < x.n; ++n)
        for (int c = 0; c < x.c; ++c)
            for (int j = 0; j < x.h; ++j)
                for (int i = 0; i < x.w; ++i) {
                    const double normalized =
                        (x.at(n, c, j, i) - statistics.mean[idx(c)]) * statistics.inverseDeviation(c);
                    y.at(n, c, j, i) = normalized * weight[idx(c)] + bias[idx(c)];
                }
    return y;
}

BatchNormGradients batchNormBackward(const Array& x, const Statistics& statistics, std::span<const double> weight,
                                     const Array& dy, bool training) {
    BatchNormGradients gradients{Array(x.n, x.c, x.h, x.w), std::vector<double>(idx(x.c)),
                                 std::vector<double>(idx(x.c))};
    for (int c = 0; c < x.c; ++c) {
        const double inverse = statistics.inverseDeviation(c);
        const auto normalized = [&](int n, int j, int i) {
            return (x.at(n, c, j, i) - statistics.mean[idx(c)]) * inverse;
        };
        double& dweight = gradients.dweight[idx(c)];
        double& dbias = gradients.dbias[idx(c)];
        for (int n = 0; n < x.n; ++n)
            for (int j = 0; j < x.h; ++j)
                for (int i = 0; i < x.w; ++i) {
                    dweight += dy.at(n, c, j, i) * normalized(n, j, i);
                    dbias += dy.at(n, c, j, i);
                }
        const double count = x.n * x.h * x.w;
        const double throughMean = training ? dbias / count : 0;
        const double throughVariance = training ? dweight / count : 0;
        for (int n = 0; n < x.n; ++n)
            for (int j = 0; j < x.h; ++j)
                for (int i = 0; i < x.w; ++i) {
                    gradients.dx.at(n, c, j, i) =
                        weight[idx(c)] * inverse *
                        (dy.at(n, c, j, i) - throughMean - throughVariance * normalized(n, j, i));
                }
    }
    return gradients;
}

// ---- the rest of a layer ------------------------------------------------------------------------------------------

Array reluForward(const Array& x) {
    return elementwise(x, [&](std::size_t i) { return x.values[i] < 0 ? 0 : x.values[i]; });
}

Array reluBackward(const Array& x, const Array& dy) {
    return elementwise(x, [&](std::size_t i) { return x.values[i] > 0 ? dy.values[i] : 0; });
}

Array conv2dForward(const Conv2d& conv, const Array& x, const Array& weight) {
    const int kernel = weight.h;
    CORE_CHECK(x.c == weight.c * conv.groups && weight.w == kernel);
    const int h = (x.h + 2 * conv.padding - kernel) / conv.stride + 1;
    const int w = (x.w + 2 * conv.padding - kernel) / conv.stride + 1;
    Array y(x.n, weight.n, h, w);
    forEachTap(conv, weight.c, kernel, x.h, x.w, y,
               [&](int n, int o, int i, int oy, int ox, int ky, int kx, int c, int iy, int ix) {
                   y.at(n, o, oy, ox) += x.at(n, c, iy, ix) * weight.at(o, i, ky, kx);
               });
    return y;
}

Array conv2dBackwardData(const Conv2d& conv, const Array& weight, const Array& dy, int h, int w) {
    Array dx(dy.n, weight.c * conv.groups, h, w);
    forEachTap(conv, weight.c, weight.h, h, w, dy,
               [&](int n, int o, int i, int oy, int ox, int ky, int kx, int c, int iy, int ix) {
                   dx.at(n, c, iy, ix) += dy.at(n, o, oy, ox) * weight.at(o, i, ky, kx);
               });
    return dx;
}

Array conv2dBackwardWeight(const Conv2d& conv, const Array& x, const Array& dy, int kernel) {
    Array dw(dy.c, x.c / conv.groups, kernel, kernel);
    forEachTap(conv, dw.c, kernel, x.h, x.w, dy,
               [&](int n, int o, int i, int oy, int ox, int ky, int kx, int c, int iy, int ix) {
                   dw.at(o, i, ky, kx) += dy.at(n, o, oy, ox) * x.at(n, c, iy, ix);
               });
    return dw;
}

Array gatherForward(const Array& x, std::span<const std::int64_t> index) {
    Array y(x.n, static_cast<int>(index.size()), x.h, x.w);
    for (int n = 0; n < y.n; ++n)
        for (int c = 0; c < y.c; ++c)
            for (int j = 0; j < y.h; ++j)
                for (int i = 0; i < y.w; ++i) y.at(n, c, j, i) = x.at(n, static_cast<int>(index[idx(c)]), j, i);
    return y;
}

Array gatherBackward(const Array& dy, std::span<const std::int64_t> index, int channels) {
    Array dx(dy.n, channels, dy.h, dy.w);
    for (int n = 0; n < dy.n; ++n)
        for (int c = 0; c < dy.c; ++c)
            for (int j = 0; j < dy.h; ++j)
                for (int i = 0; i < dy.w; ++i) dx.at(n, static_cast<int>(index[idx(c)]), j, i) += dy.at(n, c, j, i);
    return dx;
}

namespace {

// index[k * groups + g] = g * (channels / groups) + k
std::vector<std::int64_t> shuffleIndex(int channels, int groups) {
    std::vector<std::int64_t> index(idx(channels));
    const int perGroup = channels / groups;
    for (int g = 0; g < groups; ++g)
        for (int k = 0; k < perGroup; ++k) index[idx(k * groups + g)] = g * perGroup + k;
    return index;
}

}  // namespace

Array shuffleForward(const Array& x, int groups) {
    return gatherForward(x, shuffleIndex(x.c, groups));
}

Array shuffleBackward(const Array& dy, int groups) {
    return gatherBackward(dy, shuffleIndex(dy.c, groups), dy.c);
}

Array avgPool2Forward(const Array& x) {
    Array y(x.n, x.c, x.h / 2, x.w / 2);
    for (int n = 0; n < y.n; ++n)
        for (int c = 0; c < y.c; ++c)
            for (int j = 0; j < y.h; ++j)
                for (int i = 0; i < y.w; ++i) {
                    y.at(n, c, j, i) = (x.at(n, c, 2 * j, 2 * i) + x.at(n, c, 2 * j, 2 * i + 1) +
                                        x.at(n, c, 2 * j + 1, 2 * i) + x.at(n, c, 2 * j + 1, 2 * i + 1)) /
                                       4;
                }
    return y;
}

Array avgPool2Backward(const Array& dy, int h, int w) {
    Array dx(dy.n, dy.c, h, w);
    for (int n = 0; n < dy.n; ++n)
        for (int c = 0; c < dy.c; ++c)
            for (int j = 0; j < 2 * dy.h; ++j)
                for (int i = 0; i < 2 * dy.w; ++i) dx.at(n, c, j, i) = dy.at(n, c, j / 2, i / 2) / 4;
    return dx;
}

Array globalPoolForward(const Array& x) {
    Array y(x.n, x.c);
    for (int n = 0; n < x.n; ++n)
        for (int c = 0; c < x.c; ++c) {
            for (int j = 0; j < x.h; ++j)
                for (int i = 0; i < x.w; ++i) y.at(n, c) += x.at(n, c, j, i);
            y.at(n, c) /= x.h * x.w;
        }
    return y;
}

Array globalPoolBackward(const Array& dy, int h, int w) {
    Array dx(dy.n, dy.c, h, w);
    for (int n = 0; n < dy.n; ++n)
        for (int c = 0; c < dy.c; ++c)
            for (int j = 0; j < h; ++j)
                for (int i = 0; i < w; ++i) dx.at(n, c, j, i) = dy.at(n, c) / (h * w);
    return dx;
}

Array linearForward(const Array& x, const Array& weight, std::span<const double> bias) {
    CORE_CHECK(x.c == weight.c && idx(weight.n) == bias.size());
    Array y(x.n, weight.n);
    for (int n = 0; n < x.n; ++n)
        for (int o = 0; o < weight.n; ++o) {
            y.at(n, o) = bias[idx(o)];
            for (int i = 0; i < x.c; ++i) y.at(n, o) += x.at(n, i) * weight.at(o, i);
        }
    return y;
}

LinearGradients linearBackward(const Array& x, const Array& weight, const Array& dy) {
    LinearGradients gradients{Array(x.n, x.c), Array(weight.n, weight.c), std::vector<double>(idx(weight.n))};
    for (int n = 0; n < x.n; ++n)
        for (int o = 0; o < weight.n; ++o) {
            gradients.dbias[idx(o)] += dy.at(n, o);
            for (int i = 0; i < x.c; ++i) {
                gradients.dx.at(n, i) += dy.at(n, o) * weight.at(o, i);
                gradients.dweight.at(o, i) += dy.at(n, o) * x.at(n, i);
            }
        }
    return gradients;
}

// ---- whole 1x1 layers ---------------------------------------------------------------------------------------------

Array normReluConvForward(const NormReluConv& layer, const Array& x, const Statistics& statistics) {
    const Array normalized = batchNormForward(x, statistics, layer.normWeight, layer.normBias);
    return conv2dForward(layer.conv, reluForward(normalized), layer.weight);
}

NormReluConvGradients normReluConvBackward(const NormReluConv& layer, const Array& x, const Statistics& statistics,
                                           const Array& dy, bool training) {
    const Array normalized = batchNormForward(x, statistics, layer.normWeight, layer.normBias);
    const Array activated = reluForward(normalized);
    const Array dweight = conv2dBackwardWeight(layer.conv, activated, dy, layer.weight.h);
    const Array dactivated = conv2dBackwardData(layer.conv, layer.weight, dy, x.h, x.w);
    const Array dnormalized = reluBackward(normalized, dactivated);
    const BatchNormGradients norm = batchNormBackward(x, statistics, layer.normWeight, dnormalized, training);
    return {norm.dx, dweight, norm.dweight, norm.dbias};
}

namespace {

Array product(const Array& a, const Array& b) {
    return elementwise(a, [&](std::size_t i) { return a.values[i] * b.values[i]; });
}

NormReluConv masked(const NormReluConv& layer, const Array& mask) {
    NormReluConv result = layer;
    result.weight = product(layer.weight, mask);
    return result;
}

}  // namespace

Array learnedGroupConvForward(const NormReluConv& layer, const Array& mask, const Array& x,
                              const Statistics& statistics) {
    return normReluConvForward(masked(layer, mask), x, statistics);
}

NormReluConvGradients learnedGroupConvBackward(const NormReluConv& layer, const Array& mask, const Array& x,
                                               const Statistics& statistics, const Array& dy, bool training) {
    NormReluConvGradients gradients = normReluConvBackward(masked(layer, mask), x, statistics, dy, training);
    gradients.dweight = product(gradients.dweight, mask);
    return gradients;
}

Array condensedConvForward(const NormReluConv& layer, std::span<const std::int64_t> index, const Array& x,
                           const Statistics& statistics) {
    const Array y = normReluConvForward(layer, gatherForward(x, index), statistics);
    return shuffleForward(y, layer.conv.groups);
}

NormReluConvGradients condensedConvBackward(const NormReluConv& layer, std::span<const std::int64_t> index,
                                            const Array& x, const Statistics& statistics, const Array& dy,
                                            bool training) {
    const Array dconv = shuffleBackward(dy, layer.conv.groups);
    NormReluConvGradients gradients = normReluConvBackward(layer, gatherForward(x, index), statistics, dconv, training);
    gradients.dx = gatherBackward(gradients.dx, index, x.c);
    return gradients;
}

// ---- loss and update ----------------------------------------------------------------------------------------------

Loss softmaxCrossEntropy(const Array& logits, std::span<const std::int64_t> target) {
    CORE_CHECK(target.size() == idx(logits.n));
    Loss loss{0, Array(logits.n, logits.c), {}, {}};
    for (int n = 0; n < logits.n; ++n) {
        const int label = static_cast<int>(target[idx(n)]);
        // exp overflows for large logits, but not for their distance from the largest.
        double largest = logits.at(n, 0);
        for (int c = 1; c < logits.c; ++c) largest = std::max(largest, logits.at(n, c));
        double sum = 0;
        for (int c = 0; c < logits.c; ++c) sum += std::exp(logits.at(n, c) - largest);
        loss.value += (std::log(sum) - (logits.at(n, label) - largest)) / logits.n;

        int rank = 0;  // classes before the target
        for (int c = 0; c < logits.c; ++c) {
            const double probability = std::exp(logits.at(n, c) - largest) / sum;
            loss.dlogits.at(n, c) = (probability - (c == label ? 1 : 0)) / logits.n;
            if (logits.at(n, c) > logits.at(n, label) || (logits.at(n, c) == logits.at(n, label) && c < label)) ++rank;
        }
        loss.top1.push_back(rank < 1);
        loss.top5.push_back(rank < 5);
    }
    return loss;
}

void sgdStep(const Sgd& sgd, std::span<const double> gradient, std::span<double> parameter, std::span<double> buffer) {
    for (std::size_t i = 0; i < parameter.size(); ++i) {
        const double d = gradient[i] + sgd.weightDecay * parameter[i];
        buffer[i] = sgd.firstStep ? d : sgd.momentum * buffer[i] + d;
        parameter[i] -= sgd.learningRate * (d + sgd.momentum * buffer[i]);
    }
}

}  // namespace condenser::reference
