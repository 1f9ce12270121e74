// The 1x1 convolution of inference against plain loops over doubles: planes and taps, whole maps, parts and strips.
#include <QtTest>

#include <fmt/format.h>

#include <numeric>
#include <optional>

#include "ops/pointwise_kernel.h"
#include "ops/vector_lanes.h"
#include "support/kernel_test.h"

using namespace condenser;

namespace {

// Every kind of taps on vectors of 4, 8 and 16 lanes, rests of 1 to 4 pixels and more, and more stretches than are
// packed at a time.
constexpr test::MapSize kSizes[] = {{1, 1},  {2, 3},   {4, 4},  {4, 5},  {2, 9},  {7, 7},  {8, 8},
                                    {5, 13}, {14, 14}, {17, 3}, {3, 28}, {4, 30}, {3, 36}, {3, 56},
                                    {2, 64}, {2, 57},  {3, 21}, {7, 24}, {30, 30}};

constexpr float kSentinel = 12345.0f;

// Below the normal floats a rounding is no share of the number: w * s is off by up to 2^-149, whatever it is.
constexpr double kLeastRounded = 0x1p-149 / test::kUnitRoundoff;

struct Form {
    bool norm = true, relu = true, residual = false;
};

// A kernel's numbers. The channels that are read, and those that are written, are some of more, in any order.
struct Layer {
    int groups, inputs, outputs;  // inputs and outputs of a group
    Form form;
    int inputChannels, outputChannels;
    std::vector<int> sources, targets;
    std::vector<float> scale, shift, weight, bias;

    PointwiseSpec spec() const {
        return {groups, inputs, outputs, sources, scale, shift, weight, bias, targets, form.relu};
    }
};

std::vector<int> shuffled(Rng& rng, int count) {
    std::vector<int> numbers(static_cast<std::size_t>(count));
    std::iota(numbers.begin(), numbers.end(), 0);
    for (int i = count - 1; i > 0; --i) {
        std::swap(numbers[static_cast<std::size_t>(i)], numbers[static_cast<std::size_t>(rng.between(0, i))]);
    }
    return numbers;
}

Layer randomLayer(Rng& rng, int groups, int inputs, int outputs, Form form) {
    const int positions = groups * inputs, written = groups * outputs;
    Layer layer{groups, inputs, outputs, form, positions + 1, written + 2, {}, shuffled(rng, written + 2),
                {},     {},     {},      {}};
    for (int i = 0; i < positions; ++i) layer.sources.push_back(rng.between(0, positions));  // one may serve several
    layer.targets.resize(static_cast<std::size_t>(written));
    if (form.norm) {
        layer.scale = test::randomFloats(rng, static_cast<std::size_t>(positions));
        layer.shift = test::randomFloats(rng, static_cast<std::size_t>(positions));
    }
    layer.weight = test::randomFloats(rng, static_cast<std::size_t>(written * inputs));
    layer.bias = test::randomFloats(rng, static_cast<std::size_t>(written));
    return layer;
}

// Planes, `stride` floats apart, as the kernel may read them: between and behind them 16 floats of NaN.
struct Planes {
    std::ptrdiff_t stride;
    std::vector<float> floats;
};

Planes randomPlanes(Rng& rng, int channels, int pixels) {
    Planes planes{(pixels + 15) / 16 * 16 + 16, {}};
    planes.floats.assign(static_cast<std::size_t>((channels - 1) * planes.stride + pixels + 16), test::kPoison);
    planes.floats.shrink_to_fit();
    for (int c = 0; c < channels; ++c) {
        const std::vector<float> values = test::randomFloats(rng, static_cast<std::size_t>(pixels), -2, 2);
        std::copy(values.begin(), values.end(), planes.floats.begin() + c * planes.stride);
    }
    return planes;
}

// What an output is at a pixel, and the sum of the absolute values that went into it. The kernel multiplies w * s with
// max(x, -t / s) and adds w * t to the bias, so that a shift counts twice.
struct Value {
    double value, scale;
};

Value expectedAt(const Layer& layer, int output, int pixel, const Planes& x, double residual) {
    const auto inputs = static_cast<std::size_t>(layer.inputs), o = static_cast<std::size_t>(output);
    double value = static_cast<double>(layer.bias[o]) + residual;
    double scale = std::abs(static_cast<double>(layer.bias[o])) + std::abs(residual);
    for (std::size_t i = 0; i < inputs; ++i) {
        const std::size_t position = o / static_cast<std::size_t>(layer.outputs) * inputs + i;
        const double in =
            static_cast<double>(x.floats[static_cast<std::size_t>(layer.sources[position] * x.stride + pixel)]);
        const double w = static_cast<double>(layer.weight[o * inputs + i]);
        const double s = layer.form.norm ? static_cast<double>(layer.scale[position]) : 1;
        const double t = layer.form.norm ? static_cast<double>(layer.shift[position]) : 0;
        value += w * (layer.form.norm ? std::max(0.0, s * in + t) : in);
        scale += std::abs(w) * (std::abs(s * in) + 2 * std::abs(t));
        scale += kLeastRounded * (1 + std::abs(in));
    }
    return {layer.form.relu ? std::max(0.0, value) : value, scale};
}

// Roundings of a term: of w * s, of -t / s, of the sum of the biases, of the residual.
double allowedShare(const Layer& layer) {
    return test::sumError(layer.inputs + 5);
}

std::string wrongValue(float got, const Value& expected, double share, const std::string& where) {
    const double error = std::abs(static_cast<double>(got) - expected.value);
    if (error <= share * expected.scale) return {};
    return fmt::format("{}: {:.9g}, expected {:.9g}, {:.3g} off where {:.3g} is allowed", where, got, expected.value,
                       error, share * expected.scale);
}

// How a map is cut: parts of its pixels, in the order in which they run, and parts of the groups.
struct Cut {
    std::vector<std::pair<int, int>> pixels, groups;
};

Cut whole(int pixels, int groups) {
    return {{{0, pixels}}, {{0, groups}}};
}

// Parts beginning at multiples of 16, the last first: as threads may run them.
Cut inParts(int pixels, int groups) {
    Cut cut;
    for (int begin = 0; begin < pixels; begin += 32) {
        cut.pixels.insert(cut.pixels.begin(), {begin, std::min(begin + 32, pixels)});
    }
    cut.groups = {{groups / 2, groups}, {0, groups / 2}};
    return cut;
}

void run(const PointwiseKernel& kernel, const Planes& x, float* y, const float* residual, const Cut& cut,
         int rowShift = 0) {
    std::vector<float> panel(kernel.panelFloats(), test::kPoison);
    for (const auto& [firstGroup, lastGroup] : cut.groups) {
        for (const auto& [begin, end] : cut.pixels) {
            kernel.run(x.floats.data(), y, residual, panel.data(), begin, end, rowShift, firstGroup, lastGroup);
        }
    }
}

bool sameBits(const std::vector<float>& a, const std::vector<float>& b) {
    return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size() * sizeof(float)) == 0;
}

// To planes: what differs, or nothing.
std::string planesProblem(const Layer& layer, Rng& rng, int pixels) {
    const Planes x = randomPlanes(rng, layer.inputChannels, pixels);
    const std::ptrdiff_t stride = pixels + 5;
    const std::size_t floats = static_cast<std::size_t>(layer.outputChannels * stride);
    const std::vector<float> residual = test::randomFloats(rng, layer.form.residual ? floats : 0);
    const float* added = layer.form.residual ? residual.data() : nullptr;
    const PointwiseKernel kernel(layer.spec(), x.stride, stride, std::nullopt);
    std::vector<float> y(floats, kSentinel), again = y;
    run(kernel, x, y.data(), added, whole(pixels, layer.groups));
    run(kernel, x, again.data(), added, inParts(pixels, layer.groups));
    if (!sameBits(y, again)) return "other bits in parts";
    for (std::size_t o = 0; o < layer.targets.size(); ++o) {
        float* plane = y.data() + layer.targets[o] * stride;
        for (int p = 0; p < pixels; ++p) {
            const double before = added == nullptr ? 0 : static_cast<double>(added[layer.targets[o] * stride + p]);
            const std::string wrong = wrongValue(plane[p], expectedAt(layer, static_cast<int>(o), p, x, before),
                                                 allowedShare(layer), fmt::format("output {} at {}", o, p));
            if (!wrong.empty()) return wrong;
        }
        std::fill_n(plane, pixels, kSentinel);
    }
    return std::all_of(y.begin(), y.end(), [](float f) { return f == kSentinel; }) ? "" : "wrote beside its pixels";
}

// One channel of taps whose rows firstRow..lastRow-1 hold the map's pixels from `pixel` on, and zeros else.
std::string tapsProblem(const Layer& layer, int output, const Planes& x, const TapMaps& taps, const float* channel,
                        int firstRow, int lastRow, int pixel) {
    for (int row = 0; row < taps.height; ++row) {
        for (int column = 0; column < taps.width; ++column) {
            const bool written = output >= 0 && row >= firstRow && row < lastRow;
            const float value = channel[taps.tap(row, column, 0, 0)];
            const std::string where = fmt::format("output {} at {}, {}", output, row, column);
            if (written) {
                const int from = pixel + (row - firstRow) * taps.width + column;
                const std::string wrong =
                    wrongValue(value, expectedAt(layer, output, from, x, 0), allowedShare(layer), where);
                if (!wrong.empty()) return wrong;
            } else if (value != 0) {
                return where + ": not zero";
            }
            for (int dy = -1; dy <= 1; ++dy) {
                for (int dx = -1; dx <= 1; ++dx) {
                    const int v = row + dy, u = column + dx;
                    const bool inside = v >= 0 && v < taps.height && u >= 0 && u < taps.width;
                    const float neighbour = inside ? channel[taps.tap(v, u, 0, 0)] : 0.0f;
                    if (channel[taps.tap(row, column, dy, dx)] != neighbour) {
                        return fmt::format("{}: tap {}, {} is not its neighbour", where, dy, dx);
                    }
                }
            }
        }
    }
    return {};
}

// All channels of the taps.
std::string allTapsProblem(const Layer& layer, const Planes& x, const TapMaps& taps, const std::vector<float>& y,
                           int firstRow, int lastRow, int pixel) {
    for (int c = 0; c < layer.outputChannels; ++c) {
        const auto target = std::find(layer.targets.begin(), layer.targets.end(), c);
        const int output = target == layer.targets.end() ? -1 : static_cast<int>(target - layer.targets.begin());
        std::string wrong =
            tapsProblem(layer, output, x, taps, y.data() + c * taps.planeFloats, firstRow, lastRow, pixel);
        if (!wrong.empty()) return wrong;
    }
    const auto guard = y.begin() + layer.outputChannels * taps.planeFloats;
    return std::all_of(guard, y.end(), [](float f) { return f == kSentinel; }) ? "" : "wrote behind the taps";
}

// Zeroed, with a guard behind.
std::vector<float> emptyTaps(const Layer& layer, const TapMaps& taps) {
    std::vector<float> y(static_cast<std::size_t>(layer.outputChannels * taps.planeFloats), 0.0f);
    y.insert(y.end(), 16, kSentinel);
    return y;
}

// To the taps of a whole map, twice into the same memory: what an earlier image left must not matter.
std::string wholeTapsProblem(const Layer& layer, Rng& rng, test::MapSize size) {
    const int pixels = size.h * size.w;
    const TapMaps taps(size.h, size.w, vectorLanes());
    const Planes before = randomPlanes(rng, layer.inputChannels, pixels),
                 x = randomPlanes(rng, layer.inputChannels, pixels);
    const PointwiseKernel kernel(layer.spec(), x.stride, 0, taps);
    std::vector<float> y = emptyTaps(layer, taps), again = y;
    run(kernel, before, y.data(), nullptr, whole(pixels, layer.groups));
    run(kernel, x, y.data(), nullptr, whole(pixels, layer.groups));
    run(kernel, x, again.data(), nullptr, inParts(pixels, layer.groups));
    if (!sameBits(y, again)) return "other bits in parts";
    return allTapsProblem(layer, x, taps, y, 0, size.h, 0);
}

// To the taps of a strip of `rows` rows and one above and below, each strip in memory of its own.
std::string stripsProblem(const Layer& layer, Rng& rng, test::MapSize size, int rows) {
    const TapMaps taps(rows + 2, size.w, vectorLanes());
    const Planes x = randomPlanes(rng, layer.inputChannels, size.h * size.w);
    const PointwiseKernel kernel(layer.spec(), x.stride, 0, taps);
    for (int top = 0; top < size.h; top += rows) {
        std::vector<float> y = emptyTaps(layer, taps);
        const int shift = 1 - top, from = std::max(0, top - 1), to = std::min(size.h, top + rows + 1);
        run(kernel, x, y.data(), nullptr, {{{from * size.w, to * size.w}}, {{0, layer.groups}}}, shift);
        std::string wrong = allTapsProblem(layer, x, taps, y, from + shift, to + shift, from * size.w);
        if (!wrong.empty()) return fmt::format("strip at {}, {}", top, wrong);
    }
    return {};
}

}  // namespace

class PointwiseKernelTest : public QObject {
    Q_OBJECT

  private slots:
    void planes_data() { test::addTargetRows(); }
    void planes() {
        const test::ForcedTarget forced;
        Rng rng(1, RandomStream::kTest);
        for (const test::MapSize size : kSizes) {
            for (int outputs = 1; outputs <= 18; ++outputs) {
                const Form form{rng.below(3) != 0, rng.below(2) == 0, rng.below(2) == 0};
                const Layer layer =
                    randomLayer(rng, rng.between(1, 3), rng.between(1, 40), outputs == 18 ? 32 : outputs, form);
                const std::string problem = planesProblem(layer, rng, size.h * size.w);
                QVERIFY2(problem.empty(),
                         fmt::format("{} groups of {} -> {}, {} pixels, norm {}, residual {}: {}", layer.groups,
                                     layer.inputs, layer.outputs, size.h * size.w, form.norm, form.residual, problem)
                             .c_str());
            }
        }
    }

    // So many inputs that the panel does not hold many stretches, or but one.
    void manyInputs_data() { test::addTargetRows(); }
    void manyInputs() {
        const test::ForcedTarget forced;
        Rng rng(2, RandomStream::kTest);
        for (const int inputs : {150, 1400}) {
            for (const int outputs : {5, 19}) {
                for (const bool norm : {false, true}) {
                    const Layer layer = randomLayer(rng, 1, inputs, outputs, {norm, false, false});
                    const std::string problem = planesProblem(layer, rng, 199);
                    QVERIFY2(problem.empty(), fmt::format("{} -> {}: {}", inputs, outputs, problem).c_str());
                }
            }
        }
    }

    // Without inputs an output is its bias.
    void noInputs_data() { test::addTargetRows(); }
    void noInputs() {
        const test::ForcedTarget forced;
        Rng rng(3, RandomStream::kTest);
        for (const int outputs : {1, 4, 11}) {
            const Layer layer = randomLayer(rng, 2, 0, outputs, {false, true, true});
            const std::string problem = planesProblem(layer, rng, 37);
            QVERIFY2(problem.empty(), fmt::format("{} outputs: {}", outputs, problem).c_str());
        }
    }

    void taps_data() { test::addTargetRows(); }
    void taps() {
        const test::ForcedTarget forced;
        Rng rng(4, RandomStream::kTest);
        for (const test::MapSize size : kSizes) {
            for (int outputs = 1; outputs <= 18; ++outputs) {
                const Form form{rng.below(3) != 0, true, false};
                const Layer layer =
                    randomLayer(rng, rng.between(1, 3), rng.between(1, 20), outputs == 18 ? 32 : outputs, form);
                const std::string problem = wholeTapsProblem(layer, rng, size);
                QVERIFY2(problem.empty(), fmt::format("{} groups of {} -> {}, {} x {}: {}", layer.groups, layer.inputs,
                                                      layer.outputs, size.h, size.w, problem)
                                              .c_str());
            }
        }
    }

    void strips_data() { test::addTargetRows(); }
    void strips() {
        const test::ForcedTarget forced;
        Rng rng(5, RandomStream::kTest);
        for (const int width : {1, 3, 7, 8, 13, 16, 28, 30, 36, 56, 64}) {
            for (const int rows : {1, 4, 5}) {
                for (const int outputs : {1, 3, 8, 17}) {
                    const Layer layer = randomLayer(rng, 2, rng.between(1, 12), outputs, {});
                    const std::string problem = stripsProblem(layer, rng, {11, width}, rows);
                    QVERIFY2(problem.empty(),
                             fmt::format("{} outputs, width {}, {} rows: {}", outputs, width, rows, problem).c_str());
                }
            }
        }
    }

    // Norms whose scale is nothing, or so small that the bound of x is no float, or next to it.
    void extremeNorms_data() { test::addTargetRows(); }
    void extremeNorms() {
        const test::ForcedTarget forced;
        Rng rng(6, RandomStream::kTest);
        const float scales[] = {0.0f, -0.0f, 1e-30f, -1e-30f, 1e-42f, 1e-19f, -1e-19f, 1e-6f, 1e6f, -1e6f, 1.0f};
        const float shifts[] = {0.0f, -0.0f, 0.5f, -0.5f, 1e-20f, -1e-20f, 1e4f, -1e4f};
        for (const int outputs : {1, 2, 6, 8, 20}) {
            Layer layer = randomLayer(rng, 1, static_cast<int>(std::size(scales) * std::size(shifts)), outputs,
                                      {true, false, false});
            for (std::size_t i = 0; i < layer.scale.size(); ++i) {
                layer.scale[i] = scales[i / std::size(shifts)];
                layer.shift[i] = shifts[i % std::size(shifts)];
            }
            // One at a time, so that the large do not hide the small, and all at once.
            for (std::size_t i = 0; i < layer.scale.size(); ++i) {
                Layer one = randomLayer(rng, 1, 1, outputs, {true, false, false});
                one.bias.assign(one.bias.size(), 0.0f);
                one.scale = {layer.scale[i]};
                one.shift = {layer.shift[i]};
                const std::string problem = planesProblem(one, rng, 21);
                QVERIFY2(problem.empty(), fmt::format("{} outputs, scale {}, shift {}: {}", outputs, layer.scale[i],
                                                      layer.shift[i], problem)
                                              .c_str());
            }
            const std::string problem = planesProblem(layer, rng, 21);
            QVERIFY2(problem.empty(), fmt::format("{} outputs: {}", outputs, problem).c_str());
        }
    }

    // A NaN reaches the outputs that read its channel, at its pixel, and no other.
    void notANumber_data() { test::addTargetRows(); }
    void notANumber() {
        const test::ForcedTarget forced;
        Rng rng(7, RandomStream::kTest);
        for (const bool norm : {false, true}) {
            for (const int outputs : {1, 3, 8, 17}) {
                for (const int pixels : {1, 17, 50}) {
                    Layer layer = randomLayer(rng, 2, 5, outputs, {norm, true, false});
                    std::iota(layer.sources.begin(), layer.sources.end(), 0);
                    Planes x = randomPlanes(rng, layer.inputChannels, pixels);
                    const int channel = rng.between(0, 9), pixel = rng.between(0, pixels - 1);
                    x.floats[static_cast<std::size_t>(channel * x.stride + pixel)] = test::kPoison;
                    std::vector<float> y(static_cast<std::size_t>(layer.outputChannels * pixels), 0.0f);
                    run(PointwiseKernel(layer.spec(), x.stride, pixels, std::nullopt), x, y.data(), nullptr,
                        whole(pixels, 2));
                    for (std::size_t o = 0; o < layer.targets.size(); ++o) {
                        for (int p = 0; p < pixels; ++p) {
                            const bool reached = p == pixel && static_cast<int>(o) / outputs == channel / 5;
                            QCOMPARE(std::isnan(y[static_cast<std::size_t>(layer.targets[o] * pixels + p)]), reached);
                        }
                    }
                }
            }
        }
    }
};

QTEST_GUILESS_MAIN(PointwiseKernelTest)
#include "tst_pointwise_kernel.moc"
