// The general convolution of inference against the plain reference: the frame and the product, whole and in parts.
#include <QtTest>

#include <fmt/format.h>

#include "ops/conv_kernel.h"
#include "support/kernel_test.h"

using namespace condenser;
using reference::Array;

namespace {

constexpr float kSentinel = 12345.0f;

struct Layer {
    int groups, inputs, outputs;  // inputs and outputs of a group
    int kernel, stride, padding;
    bool relu, residual;
    int h, w;
    std::vector<int> sources, targets;
    std::vector<float> weight, bias;

    ConvSpec spec() const {
        return {groups, inputs, outputs, kernel, stride, padding, h, w, sources, weight, bias, targets, relu};
    }
    int inputChannels() const { return groups * inputs + 1; }
    int outputChannels() const { return groups * outputs + 1; }
    std::string name() const {
        return fmt::format("{} groups of {} -> {}, kernel {}, stride {}, padding {}, {} x {}{}{}", groups, inputs,
                           outputs, kernel, stride, padding, h, w, relu ? ", relu" : "", residual ? ", residual" : "");
    }
};

// Reads all channels but the first, writes all but the last, both from behind.
void fill(Rng& rng, Layer& layer) {
    for (int i = layer.groups * layer.inputs; i > 0; --i) layer.sources.push_back(i);
    for (int o = layer.groups * layer.outputs; o > 0; --o) layer.targets.push_back(o - 1);
    const int outputs = layer.groups * layer.outputs;
    layer.weight =
        test::randomFloats(rng, static_cast<std::size_t>(outputs * layer.inputs * layer.kernel * layer.kernel));
    layer.bias = test::randomFloats(rng, static_cast<std::size_t>(outputs));
}

bool sameBits(const std::vector<float>& a, const std::vector<float>& b) {
    return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size() * sizeof(float)) == 0;
}

// The channels of x with rows 2 floats longer than theirs and NaN between; nothing behind the last pixel.
struct Rows {
    std::ptrdiff_t channelStride, rowStride;
    std::vector<float> floats;
};

Rows rowsOf(const Array& x) {
    const std::ptrdiff_t rowStride = x.w + 2, channelStride = x.h * rowStride + 3;
    Rows rows{channelStride, rowStride, {}};
    rows.floats.assign(static_cast<std::size_t>((x.c - 1) * channelStride + (x.h - 1) * rowStride + x.w),
                       test::kPoison);
    rows.floats.shrink_to_fit();
    for (int c = 0; c < x.c; ++c) {
        for (int v = 0; v < x.h; ++v) {
            for (int u = 0; u < x.w; ++u) {
                rows.floats[static_cast<std::size_t>(c * channelStride + v * rowStride + u)] =
                    static_cast<float>(x.at(0, c, v, u));
            }
        }
    }
    return rows;
}

// On the instruction set in force: what differs, or nothing.
std::string problemOf(Layer layer, Rng& rng) {
    fill(rng, layer);
    const Array x = test::randomArray(rng, 1, layer.inputChannels(), layer.h, layer.w);
    const Array gathered =
        reference::gatherForward(x, std::vector<std::int64_t>(layer.sources.begin(), layer.sources.end()));
    const Array weight(layer.groups * layer.outputs, layer.inputs, layer.kernel, layer.kernel, layer.weight);
    const reference::Conv2d conv{layer.stride, layer.padding, layer.groups};
    Array expected = conv2dForward(conv, gathered, weight);
    Array scale = conv2dForward(conv, test::absolute(gathered), test::absolute(weight));
    const int pixels = expected.h * expected.w;

    const std::ptrdiff_t stride = pixels + 5;
    // A last vector of sums is read whole: 16 floats behind the last plane.
    const std::size_t floats = static_cast<std::size_t>(layer.outputChannels() * stride + 16);
    const std::vector<float> residual = test::randomFloats(rng, layer.residual ? floats : 0);
    const float* added = layer.residual ? residual.data() : nullptr;
    const ConvKernel kernel(layer.spec(), stride);
    if (kernel.outPixels() != pixels) return "not as many pixels as expected";
    const Rows rows = rowsOf(x);

    // NaN where the kernel lays nothing out.
    std::vector<float> framed(kernel.framedFloats(), test::kPoison), panel(kernel.panelFloats(), test::kPoison);
    kernel.frame(rows.floats.data(), rows.channelStride, rows.rowStride, framed.data(), 0, kernel.positions());
    std::vector<float> y(floats, kSentinel);
    kernel.run(framed.data(), y.data(), added, panel.data(), 0, pixels);

    // In parts, the last first: as threads may run them.
    std::vector<float> again(floats, kSentinel), framedAgain(kernel.framedFloats(), test::kPoison);
    for (int p = kernel.positions() - 1; p >= 0; --p) {
        kernel.frame(rows.floats.data(), rows.channelStride, rows.rowStride, framedAgain.data(), p, p + 1);
    }
    for (int begin = (pixels - 1) / 32 * 32; begin >= 0; begin -= 32) {
        kernel.run(framedAgain.data(), again.data(), added, panel.data(), begin, std::min(begin + 32, pixels));
    }
    if (!sameBits(y, again)) return "other bits in parts";

    const double share = test::sumError(layer.inputs * layer.kernel * layer.kernel + 2);
    for (std::size_t o = 0; o < layer.targets.size(); ++o) {
        for (int p = 0; p < pixels; ++p) {
            const std::size_t at = o * static_cast<std::size_t>(pixels) + static_cast<std::size_t>(p);
            float& got = y[static_cast<std::size_t>(layer.targets[o] * stride + p)];
            const double bias = static_cast<double>(layer.bias[o]);
            const double before = added == nullptr ? 0 : static_cast<double>(added[layer.targets[o] * stride + p]);
            double value = expected.values[at] + bias + before;
            if (layer.relu) value = std::max(0.0, value);
            const double allowed = share * (scale.values[at] + std::abs(bias) + std::abs(before));
            const double error = std::abs(static_cast<double>(got) - value);
            if (!(error <= allowed)) {
                return fmt::format("output {} at {}: {:.9g}, expected {:.9g}, {:.3g} off where {:.3g} is allowed", o, p,
                                   got, value, error, allowed);
            }
            got = kSentinel;
        }
    }
    return std::all_of(y.begin(), y.end(), [](float f) { return f == kSentinel; }) ? "" : "wrote beside its pixels";
}

}  // namespace

class ConvKernelTest : public QObject {
    Q_OBJECT

  private slots:
    void everyForm_data() { test::addTargetRows(); }
    void everyForm() {
        const test::ForcedTarget forced;
        Rng rng(1, RandomStream::kTest);
        for (const test::MapSize size :
             {test::MapSize{1, 1}, {1, 2}, {2, 1}, {3, 5}, {7, 7}, {8, 8}, {17, 12}, {4, 35}, {12, 67}}) {
            for (const int kernel : {1, 3, 5, 7}) {
                for (const int stride : {1, 2, 3}) {
                    for (int padding = 0; padding <= 3; ++padding) {
                        if (std::min(size.h, size.w) + 2 * padding < kernel) continue;
                        const Layer layer{rng.between(1, 3),
                                          rng.between(1, 4),
                                          rng.between(1, 18),
                                          kernel,
                                          stride,
                                          padding,
                                          rng.below(2) == 0,
                                          rng.below(2) == 0,
                                          size.h,
                                          size.w,
                                          {},
                                          {},
                                          {},
                                          {}};
                        const std::string problem = problemOf(layer, rng);
                        QVERIFY2(problem.empty(), fmt::format("{}: {}", layer.name(), problem).c_str());
                    }
                }
            }
        }
    }

    // Every number of outputs, and maps that end in every rest.
    void outputs_data() { test::addTargetRows(); }
    void outputs() {
        const test::ForcedTarget forced;
        Rng rng(2, RandomStream::kTest);
        for (int outputs = 1; outputs <= 40; ++outputs) {
            for (const int width : {1 + outputs % 16, 17 + outputs % 16, 49 + outputs % 16}) {
                const Layer layer{2, 3, outputs, 3, 1, 1, true, true, 3, width, {}, {}, {}, {}};
                const std::string problem = problemOf(layer, rng);
                QVERIFY2(problem.empty(), fmt::format("{}: {}", layer.name(), problem).c_str());
            }
        }
    }

    // More taps than a block holds: exactly one, one and a tap, two and more.
    void blocksOfTaps_data() { test::addTargetRows(); }
    void blocksOfTaps() {
        const test::ForcedTarget forced;
        Rng rng(3, RandomStream::kTest);
        for (const auto& [inputs, kernel] :
             {std::pair{kConvTapBlock, 1}, {kConvTapBlock + 1, 1}, {29, 3}, {64, 3}, {7, 7}}) {
            for (const int outputs : {1, 3, 20}) {
                for (const test::MapSize size : {test::MapSize{1, 1}, {5, 7}, {14, 14}, {3, 33}}) {
                    for (const bool both : {false, true}) {
                        const Layer layer{2,    inputs, outputs, kernel, 1,  kernel / 2, both,
                                          both, size.h, size.w,  {},     {}, {},         {}};
                        const std::string problem = problemOf(layer, rng);
                        QVERIFY2(problem.empty(), fmt::format("{}: {}", layer.name(), problem).c_str());
                    }
                }
            }
        }
    }
};

QTEST_GUILESS_MAIN(ConvKernelTest)
#include "tst_conv_kernel.moc"
