// The fused layers against themselves: gradients in training mode against differences of the loss that their own
// forward pass gives, so that neither the reference nor its formulas have a say in it.
#include <QtTest>

#include <fmt/format.h>

#include "layers/learned_group_conv.h"
#include "ops/reference_condensing.h"
#include "support/norm_conv_layer.h"

using namespace condenser;
using reference::Array;
using test::toFloats;

namespace {

// All numbers are multiples of 2^-16 and the steps powers of 2, so that no step is rounded.
constexpr double kStep = 0x1p-6, kGrain = 0x1p-16;
// So far from the ReLU's kink that no step reaches it; that none did is checked.
constexpr double kMargin = 0.15;

double onGrain(double value) {
    return std::round(value / kGrain) * kGrain;
}

std::vector<double> randomGrains(Rng& rng, int count, double low, double high) {
    std::vector<double> values = test::randomValues(rng, count, low, high);
    for (double& value : values) value = onGrain(value);
    return values;
}

Array randomGrains(Rng& rng, int n, int c, int h, int w, double low, double high) {
    Array array(n, c, h, w);
    array.values = randomGrains(rng, static_cast<int>(array.values.size()), low, high);
    return array;
}

// All that the loss depends on.
struct Point {
    std::vector<double> weight, normWeight, normBias;
    Array x;
};
using Direction = std::vector<double>;  // -1, 0 or 1 for each number of one of these

struct Parameter {
    const char* name;
    std::vector<double>& (*of)(Point&);
    bool isLinear;  // y is, between the kinks
    // What is rounded anew when it changes.
    bool statistics, scale, bound, weights;
};
constexpr Parameter kParameters[] = {
    {"weight", [](Point& p) -> std::vector<double>& { return p.weight; }, true, false, false, false, true},
    {"norm.weight", [](Point& p) -> std::vector<double>& { return p.normWeight; }, true, false, true, true, true},
    {"norm.bias", [](Point& p) -> std::vector<double>& { return p.normBias; }, true, false, false, true, false},
    {"x", [](Point& p) -> std::vector<double>& { return p.x.values; }, false, true, true, true, true},
};

// How far rounding may move the loss. What is rounded once for a whole channel moves it by its own derivative: these
// are bounds. Pixels and outputs are rounded one by one; of n such errors of either sign only the root of the sum of
// squares shows (Higham and Mary, A new approach to probabilistic rounding error analysis, 2019).
class LossRounding {
  public:
    LossRounding(const reference::NormReluConv& layer, const Array& x, const Array& dy) : m_pixels(x.h * x.w) {
        const double u = test::kUnitRoundoff;
        const auto statistics = reference::batchStatistics(x);
        const Array pre = reference::batchNormForward(x, statistics, layer.normWeight, layer.normBias);
        const Array activated = reference::reluForward(pre);
        const Array g =
            reference::reluBackward(pre, reference::conv2dBackwardData(layer.conv, layer.weight, dy, x.h, x.w));
        const test::NormConvErrors errors = test::layerErrors(x, statistics, true);
        m_pixelErrors = g;
        for (std::size_t i = 0; i < g.values.size(); ++i) {
            m_pixelErrors.values[i] *= u * activated.values[i];  // the difference from the bound
        }
        for (int c = 0; c < x.c; ++c) {
            const auto channel = static_cast<std::size_t>(c);
            const double inverse = statistics.inverseDeviation(c);
            const double scale = std::abs(layer.normWeight[channel]) * inverse, mean = statistics.mean[channel];
            double sum = 0, centred = 0;
            for (int n = 0; n < x.n; ++n)
                for (int j = 0; j < x.h; ++j)
                    for (int i = 0; i < x.w; ++i) {
                        sum += g.at(n, c, j, i);
                        centred += g.at(n, c, j, i) * (x.at(n, c, j, i) - mean);
                    }
            m_statistics.push_back(scale * std::abs(sum) * errors.mean[channel] +
                                   scale * std::abs(centred) * errors.deviation[channel]);
            m_scale.push_back(u * scale * std::abs(centred));
            m_bound.push_back(u * (scale * std::abs(mean) + std::abs(layer.normBias[channel])) * std::abs(sum));
        }
        const Array dw = reference::conv2dBackwardWeight(layer.conv, activated, dy, layer.weight.h);
        m_weightOfChannel.resize(static_cast<std::size_t>(x.c));
        const int taps = layer.weight.h * layer.weight.w, groupOutputs = layer.weight.n / layer.conv.groups;
        for (int i = 0; i < static_cast<int>(dw.values.size()); ++i) {
            const int output = i / taps / layer.weight.c, input = i / taps % layer.weight.c;
            const std::size_t at = static_cast<std::size_t>(i);
            m_weight.push_back(u * std::abs(dw.values[at] * layer.weight.values[at]));
            m_weightOfChannel[static_cast<std::size_t>(output / groupOutputs * layer.weight.c + input)] +=
                m_weight.back();
        }
        m_outputErrors = reference::conv2dForward(layer.conv, activated, test::absolute(layer.weight));
        for (std::size_t i = 0; i < dy.values.size(); ++i) {
            m_outputErrors.values[i] *= test::sumError(layer.weight.c * taps) * dy.values[i];
        }
    }

    // Of the difference between two losses, whose y are these.
    double ofDifference(const Parameter& parameter, const Direction& direction, const std::vector<float>& y,
                        const std::vector<float>& otherY) const {
        const bool isPerWeight = parameter.weights && !parameter.bound;
        double bounds = 0, squares = 0;
        std::vector<bool> changes(m_bound.size());
        for (std::size_t i = 0; i < direction.size(); ++i) {
            if (direction[i] == 0) continue;
            if (isPerWeight) {
                bounds += m_weight[i];
            } else {
                changes[direction.size() == changes.size() ? i : channelOf(i)] = true;
            }
        }
        for (std::size_t c = 0; c < changes.size(); ++c) {
            if (!changes[c]) continue;
            bounds += (parameter.statistics ? m_statistics[c] : 0) + (parameter.scale ? m_scale[c] : 0) +
                      (parameter.bound ? m_bound[c] : 0) + (parameter.weights ? m_weightOfChannel[c] : 0);
        }
        for (std::size_t i = 0; i < m_pixelErrors.values.size(); ++i) {
            if (changes[channelOf(i)]) squares += m_pixelErrors.values[i] * m_pixelErrors.values[i];
        }
        for (std::size_t i = 0; i < y.size(); ++i) {
            if (y[i] != otherY[i]) squares += m_outputErrors.values[i] * m_outputErrors.values[i];
        }
        // By Hoeffding's inequality 6 roots are passed once in 30 million times. A step changes all of this by a few
        // percent.
        constexpr double kRoots = 6, kNearby = 1.1;
        return kNearby * (2 * bounds + kRoots * std::sqrt(2 * squares));
    }

  private:
    std::size_t channelOf(std::size_t i) const { return i / static_cast<std::size_t>(m_pixels) % m_bound.size(); }

    int m_pixels;
    Array m_pixelErrors, m_outputErrors;
    std::vector<double> m_statistics, m_scale, m_bound, m_weightOfChannel;  // [channels]
    std::vector<double> m_weight;
};

template <class Layer>
void load(Layer& conv, const Point& point) {
    conv.weight = toFloats(point.weight);
    conv.input.norm.weight = toFloats(point.normWeight);
    conv.input.norm.bias = toFloats(point.normBias);
}

template <class Layer>
std::vector<float> forward(Layer& conv, const Point& point, const Array& dy) {
    load(conv, point);
    Tensor unused(point.x.n, point.x.c, point.x.h, point.x.w);  // but it asks for moments
    Features in, out;
    test::setFeatures(in, point.x, unused.view());
    constexpr int kFirst = test::kOtherChannels<Layer>;
    out.reshape(dy.n, dy.c + 2 * kFirst, dy.h, dy.w, {});
    Scratch scratch;
    conv.prepareForward(in, Mode::kTrain);
    test::forwardImages(conv, in, {0, dy.n}, out, scratch);
    return toPacked(ConstView(out.value().channels(kFirst, dy.c)));
}

// One coordinate or, so that all of a tensor's gradient counts and stands out from the rounding, all of them.
std::vector<Direction> directionsOf(Rng& rng, const Parameter& parameter, Point& point) {
    const std::size_t count = parameter.of(point).size();
    std::vector<Direction> directions;
    for (int i = 0; i < 8; ++i) {
        directions.emplace_back(count, 0.0);
        directions.back()[rng.below(static_cast<std::uint32_t>(count))] = 1;
    }
    const auto sign = [&] { return rng.below(2) == 0 ? -1.0 : 1.0; };
    for (int i = 0; i < 3; ++i) {
        directions.emplace_back(count);
        for (double& step : directions.back()) step = sign();
    }
    if (parameter.isLinear) return directions;
    // Whole channels, which the norm takes back, and away from their means: here the terms through the statistics show.
    const auto statistics = reference::batchStatistics(point.x);
    const std::size_t pixels = static_cast<std::size_t>(point.x.h * point.x.w);
    std::vector<double> signs;
    for (int c = 0; c < point.x.c; ++c) signs.push_back(sign());
    Direction shift(count), spread(count);
    for (std::size_t i = 0; i < count; ++i) {
        const std::size_t c = i / pixels % signs.size();
        shift[i] = signs[c];
        spread[i] = point.x.values[i] > statistics.mean[c] ? signs[c] : -signs[c];
    }
    directions.push_back(shift);
    directions.push_back(spread);
    return directions;
}

}  // namespace

class NormConvGradientsTest : public QObject {
    Q_OBJECT

  private slots:
    void cleanupTestCase() { qInfo("%d directions, largest distance %.3f of what is allowed", m_directions, m_worst); }

    void pointwise_data() { addRows(); }
    void pointwise() {
        const test::ForcedTarget forced;
        QFETCH(int, images);
        QFETCH(int, side);
        Rng rng(1, RandomStream::kTest, static_cast<std::uint64_t>(images));
        constexpr int kInputs = 8, kOutputs = 6;
        LearnedGroupConv product(kInputs, kOutputs, 2, 4);
        // Input 3 has no reader left, 1 and 6 have one.
        const std::vector<std::vector<int>> dropped{{1, 3}, {3, 6}};
        product.drop(dropped, 2);
        Array mask(kOutputs, kInputs);
        std::fill(mask.values.begin(), mask.values.end(), 1.0);
        reference::drop(dropped, mask);
        const std::string problem = problemOf(product.conv, mask, {}, images, side, rng);
        QVERIFY2(problem.empty(), problem.c_str());
    }

    void grouped3x3_data() { addRows(); }
    void grouped3x3() {
        const test::ForcedTarget forced;
        QFETCH(int, images);
        QFETCH(int, side);
        Rng rng(2, RandomStream::kTest, static_cast<std::uint64_t>(images));
        constexpr int kInputs = 4, kOutputs = 6, kGroups = 2;
        GroupedConv3x3 product(kInputs, kOutputs, kGroups);
        Array mask(kOutputs, kInputs / kGroups, 3, 3);
        std::fill(mask.values.begin(), mask.values.end(), 1.0);
        const std::string problem = problemOf(product, mask, {1, 1, kGroups}, images, side, rng);
        QVERIFY2(problem.empty(), problem.c_str());
    }

  private:
    static void addRows() {
        QTest::addColumn<QString>("target");
        QTest::addColumn<int>("images");
        QTest::addColumn<int>("side");
        for (const std::string& target : simdTargets()) {
            for (const auto& [images, side] : {std::pair{1, 6}, {3, 3}, {64, 2}}) {
                QTest::newRow(fmt::format("{}, {} images", target, images).c_str())
                    << QString::fromStdString(target) << images << side;
            }
        }
    }

    template <class Layer>
    std::string problemOf(Layer& conv, const Array& mask, const reference::Conv2d& shape, int images, int side,
                          Rng& rng) {
        const int inputs = conv.input.positions();
        Point point;
        point.weight = randomGrains(rng, static_cast<int>(mask.values.size()), -1, 1);
        point.normWeight = randomGrains(rng, inputs, 0.5, 1.25);
        point.normWeight[1] = -point.normWeight[1];
        point.normBias = randomGrains(rng, inputs, -0.5, 0.5);
        point.x = randomGrains(rng, images, inputs, side, side, -2, 2);
        reference::NormReluConv layer{point.normWeight, point.normBias, mask, shape};
        for (std::size_t i = 0; i < mask.values.size(); ++i) layer.weight.values[i] *= point.weight[i];
        test::avoidKinks(layer, point.x, reference::batchStatistics, kMargin);
        for (double& value : point.x.values) value = onGrain(value);
        const Array dy = randomGrains(rng, images, mask.n, side, side, -1, 1);

        load(conv, point);
        std::fill(conv.dWeight.begin(), conv.dWeight.end(), 0.0f);
        const test::LayerOutcome got = test::runLayer(conv, point.x, dy, Mode::kTrain, m_pool);
        const auto allowed = test::allowanceOf(layer, point.x, reference::batchStatistics(point.x), dy, true);
        const std::vector<float>* gradients[] = {&got.dweight, &got.dnormWeight, &got.dnormBias, &got.dx};
        const std::vector<double>* gradientErrors[] = {&allowed.dweight.values, &allowed.dnormWeight,
                                                       &allowed.dnormBias, &allowed.dx.values};
        const LossRounding rounding(layer, point.x, dy);
        for (std::size_t t = 0; t < std::size(kParameters); ++t) {
            const std::vector<Direction> directions = directionsOf(rng, kParameters[t], point);
            for (std::size_t which = 0; which < directions.size(); ++which) {
                const Direction& direction = directions[which];
                double gradient = 0, gradientError = 0;
                for (std::size_t i = 0; i < direction.size(); ++i) {
                    gradient += direction[i] * static_cast<double>((*gradients[t])[i]);
                    gradientError += std::abs(direction[i]) * (*gradientErrors[t])[i];
                }
                const Slope slope = slopeOf(conv, kParameters[t], point, direction, dy, rounding);
                if (slope.crossesKink)
                    return fmt::format("{}, direction {} crosses a kink", kParameters[t].name, which);
                const double error = std::abs(slope.value - gradient), allowance = slope.error + gradientError;
                ++m_directions;
                m_worst = std::max(m_worst, allowance > 0 ? error / allowance : 0);
                if (error <= allowance) continue;
                return fmt::format(
                    "{}, direction {}: gradient {:.9g}, differences {:.9g}, {:.3g} off where {:.3g} is "
                    "allowed",
                    kParameters[t].name, which, gradient, slope.value, error, allowance);
            }
        }
        return {};
    }

    struct Slope {
        double value = 0, error = 0;
        bool crossesKink = false;
    };

    // Along a direction. Where y is linear a central difference is exact but for the rounding of y. The statistics of
    // the batch make it a curve of x: there two steps give an extrapolation (Richardson), whose own error is of fourth
    // order, below a tenth of the second order that it takes away.
    template <class Layer>
    static Slope slopeOf(Layer& conv, const Parameter& parameter, const Point& point, const Direction& direction,
                         const Array& dy, const LossRounding& rounding) {
        const Slope whole = difference(conv, parameter, point, direction, kStep, dy, rounding);
        if (parameter.isLinear) return whole;
        const Slope half = difference(conv, parameter, point, direction, kStep / 2, dy, rounding);
        return {(4 * half.value - whole.value) / 3,
                (4 * half.error + whole.error) / 3 + std::abs(half.value - whole.value) / 10,
                whole.crossesKink || half.crossesKink};
    }

    template <class Layer>
    static Slope difference(Layer& conv, const Parameter& parameter, const Point& point, const Direction& direction,
                            double step, const Array& dy, const LossRounding& rounding) {
        Point forth = point, back = point;
        for (std::size_t i = 0; i < direction.size(); ++i) {
            parameter.of(forth)[i] += step * direction[i];
            parameter.of(back)[i] -= step * direction[i];
        }
        const std::vector<float> here = forward(conv, forth, dy), there = forward(conv, back, dy);
        Slope slope;
        for (std::size_t i = 0; i < here.size(); ++i) {
            slope.value += dy.values[i] * (static_cast<double>(here[i]) - static_cast<double>(there[i]));
        }
        slope.error = rounding.ofDifference(parameter, direction, here, there);
        slope.value /= 2 * step;
        slope.error /= 2 * step;
        slope.crossesKink = passes(forth) != passes(back);
        return slope;
    }

    // Where the ReLU lets pass.
    static std::vector<bool> passes(const Point& point) {
        const Array pre =
            reference::batchNormForward(point.x, reference::batchStatistics(point.x), point.normWeight, point.normBias);
        std::vector<bool> passes;
        for (const double value : pre.values) passes.push_back(value > 0);
        return passes;
    }

    ThreadPool m_pool{2};
    int m_directions = 0;
    double m_worst = 0;
};

QTEST_GUILESS_MAIN(NormConvGradientsTest)
#include "tst_norm_conv_gradients.moc"
