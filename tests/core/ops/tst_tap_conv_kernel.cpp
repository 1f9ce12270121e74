// The 3x3 convolution over taps against the plain reference: whole maps, parts of their rows and groups, and strips.
#include <QtTest>

#include <fmt/format.h>

#include <numeric>

#include "ops/tap_conv_kernel.h"
#include "ops/vector_lanes.h"
#include "support/kernel_test.h"

using namespace condenser;
using reference::Array;

namespace {

// Every kind of taps on vectors of 4, 8 and 16 lanes, and rests of 1 to 4 pixels and more.
constexpr test::MapSize kSizes[] = {{1, 1},  {2, 3},  {4, 4},  {4, 5},  {2, 9},  {7, 7},  {8, 8},  {5, 13}, {14, 14},
                                    {17, 3}, {33, 5}, {6, 16}, {3, 28}, {4, 30}, {3, 36}, {3, 56}, {19, 8}, {35, 16},
                                    {2, 64}, {2, 57}, {7, 21}, {7, 24}, {3, 88}, {1, 40}, {9, 67}};

constexpr float kSentinel = 12345.0f;

struct Layer {
    int groups, inputs, outputs;  // inputs and outputs of a group
    bool relu;
    std::vector<int> sources, targets;
    std::vector<float> weight, bias;

    TapConvSpec spec() const { return {groups, inputs, outputs, sources, weight, bias, targets, relu}; }
    int inputChannels() const { return groups * inputs + 1; }
    int outputChannels() const { return groups * outputs + 1; }
};

// Reads all channels but the first, writes all but the last, both from behind.
Layer randomLayer(Rng& rng, int groups, int inputs, int outputs, bool relu) {
    Layer layer{groups, inputs, outputs, relu, {}, {}, {}, {}};
    for (int i = groups * inputs; i > 0; --i) layer.sources.push_back(i);
    for (int o = groups * outputs; o > 0; --o) layer.targets.push_back(o - 1);
    layer.weight = test::randomFloats(rng, static_cast<std::size_t>(groups * outputs * inputs * 9));
    layer.bias = test::randomFloats(rng, static_cast<std::size_t>(groups * outputs));
    return layer;
}

// Taps that hold the rows of x from `firstRow` on, zeros outside of the map, and NaN wherever no tap is.
std::vector<float> tapsOf(const TapMaps& taps, const Array& x, int firstRow) {
    std::vector<float> floats(static_cast<std::size_t>(x.c * taps.planeFloats), test::kPoison);
    for (int c = 0; c < x.c; ++c) {
        for (int row = 0; row < taps.height; ++row) {
            for (int column = 0; column < taps.width; ++column) {
                for (int dy = -1; dy <= 1; ++dy) {
                    for (int dx = -1; dx <= 1; ++dx) {
                        const int v = firstRow + row + dy, u = column + dx;
                        const bool inside = v >= 0 && v < x.h && u >= 0 && u < x.w;
                        floats[static_cast<std::size_t>(c * taps.planeFloats + taps.tap(row, column, dy, dx))] =
                            inside ? static_cast<float>(x.at(0, c, v, u)) : 0.0f;
                    }
                }
            }
        }
    }
    return floats;
}

struct Expected {
    Array value, scale;  // [1, outputs, h, w]
};

Expected expectedOf(const Layer& layer, const Array& x) {
    const Array gathered =
        reference::gatherForward(x, std::vector<std::int64_t>(layer.sources.begin(), layer.sources.end()));
    const Array weight(layer.groups * layer.outputs, layer.inputs, 3, 3, layer.weight);
    const reference::Conv2d conv{1, 1, layer.groups};
    Expected expected{conv2dForward(conv, gathered, weight),
                      conv2dForward(conv, test::absolute(gathered), test::absolute(weight))};
    const std::size_t pixels = static_cast<std::size_t>(x.h * x.w);
    for (std::size_t i = 0; i < expected.value.values.size(); ++i) {
        const double bias = static_cast<double>(layer.bias[i / pixels]);
        expected.value.values[i] += bias;
        expected.scale.values[i] += std::abs(bias);
    }
    if (layer.relu) expected.value = reference::reluForward(expected.value);
    return expected;
}

// Rows firstRow..lastRow-1 of y, and that nothing else was written.
std::string problemOf(const Layer& layer, const Expected& expected, std::vector<float> y, std::ptrdiff_t stride,
                      int firstRow, int lastRow) {
    const int w = expected.value.w;
    const double share = test::sumError(9 * layer.inputs + 1);
    for (int o = 0; o < expected.value.c; ++o) {
        float* plane = y.data() + layer.targets[static_cast<std::size_t>(o)] * stride;
        for (int row = firstRow; row < lastRow; ++row) {
            for (int column = 0; column < w; ++column) {
                float& got = plane[row * w + column];
                const double error = std::abs(static_cast<double>(got) - expected.value.at(0, o, row, column));
                if (!(error <= share * expected.scale.at(0, o, row, column))) {
                    return fmt::format("output {} at {}, {}: {:.9g}, expected {:.9g}", o, row, column, got,
                                       expected.value.at(0, o, row, column));
                }
                got = kSentinel;
            }
        }
    }
    return std::all_of(y.begin(), y.end(), [](float f) { return f == kSentinel; }) ? "" : "wrote beside its rows";
}

bool sameBits(const std::vector<float>& a, const std::vector<float>& b) {
    return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size() * sizeof(float)) == 0;
}

std::string mapProblem(const Layer& layer, Rng& rng, test::MapSize size) {
    const Array x = test::randomArray(rng, 1, layer.inputChannels(), size.h, size.w);
    const Expected expected = expectedOf(layer, x);
    const TapMaps taps(size.h, size.w, vectorLanes());
    const std::ptrdiff_t stride = size.h * size.w + 3;
    const TapConvKernel kernel(layer.spec(), taps, stride);
    const std::vector<float> in = tapsOf(taps, x, 0);
    const std::vector<float> untouched(static_cast<std::size_t>(layer.outputChannels() * stride), kSentinel);
    std::vector<float> y = untouched;
    kernel.run(in.data(), y.data(), 0, size.h, 0, 0, layer.groups);
    std::string wrong = problemOf(layer, expected, y, stride, 0, size.h);
    if (!wrong.empty()) return wrong;
    // In parts, the last first: as threads may run them.
    std::vector<float> again = untouched;
    const int half = layer.groups / 2;
    for (int row = (size.h - 1) / 3 * 3; row >= 0; row -= 3) {
        const int last = std::min(row + 3, size.h);
        kernel.run(in.data(), again.data(), row, last, 0, half, layer.groups);
        kernel.run(in.data(), again.data(), row, last, 0, 0, half);
    }
    if (!sameBits(y, again)) return "other bits in parts";
    y = untouched;
    const int first = size.h / 3, last = (size.h + 2) / 2;
    kernel.run(in.data(), y.data(), first, last, 0, 0, layer.groups);
    wrong = problemOf(layer, expected, y, stride, first, last);
    return wrong.empty() ? "" : "a part, " + wrong;
}

// The whole map by strips of `rows` rows, each with taps for a row more above and below.
std::string stripsProblem(const Layer& layer, Rng& rng, test::MapSize size, int rows) {
    const Array x = test::randomArray(rng, 1, layer.inputChannels(), size.h, size.w);
    const Expected expected = expectedOf(layer, x);
    const TapMaps taps(rows + 2, size.w, vectorLanes());
    const std::ptrdiff_t stride = size.h * size.w + 3;
    const TapConvKernel kernel(layer.spec(), taps, stride);
    for (int top = 0; top < size.h; top += rows) {
        std::vector<float> y(static_cast<std::size_t>(layer.outputChannels() * stride), kSentinel);
        const int bottom = std::min(top + rows, size.h);
        kernel.run(tapsOf(taps, x, top - 1).data(), y.data(), top, bottom, 1 - top, 0, layer.groups);
        const std::string wrong = problemOf(layer, expected, y, stride, top, bottom);
        if (!wrong.empty()) return fmt::format("strip at {}, {}", top, wrong);
    }
    return {};
}

}  // namespace

class TapConvKernelTest : public QObject {
    Q_OBJECT

  private slots:
    // What the rest of this test relies on: the sizes reach every kind, and no tap of one pixel is another's pixel.
    void kinds_data() { test::addTargetRows(); }
    void kinds() {
        const test::ForcedTarget forced;
        bool seen[3] = {};
        for (const test::MapSize size : kSizes) {
            const TapMaps taps(size.h, size.w, vectorLanes());
            seen[static_cast<int>(taps.kind)] = true;
            QVERIFY(taps.tap(0, 0, -1, -1) >= 0);
            QVERIFY(taps.tap(size.h - 1, size.w - 1, 1, 1) < taps.planeFloats);
        }
        QVERIFY(seen[0]);
        QVERIFY(vectorLanes() == 1 || (seen[1] && seen[2]));  // on one lane all rows are whole vectors
    }

    void maps_data() { test::addTargetRows(); }
    void maps() {
        const test::ForcedTarget forced;
        Rng rng(1, RandomStream::kTest);
        for (const test::MapSize size : kSizes) {
            for (int outputs = 1; outputs <= 18; ++outputs) {
                const Layer layer = randomLayer(rng, rng.between(1, 3), rng.between(1, 9), outputs == 18 ? 32 : outputs,
                                                rng.below(2) == 0);
                const std::string problem = mapProblem(layer, rng, size);
                QVERIFY2(problem.empty(), fmt::format("{} groups of {} -> {}, {} x {}: {}", layer.groups, layer.inputs,
                                                      layer.outputs, size.h, size.w, problem)
                                              .c_str());
            }
        }
    }

    void manyInputs_data() { test::addTargetRows(); }
    void manyInputs() {
        const test::ForcedTarget forced;
        Rng rng(2, RandomStream::kTest);
        for (const int inputs : {0, 24, 40}) {
            for (const test::MapSize size : {test::MapSize{7, 7}, {3, 30}, {4, 64}}) {
                for (const int outputs : {2, 8, 64}) {
                    const Layer layer = randomLayer(rng, 1, inputs, outputs, true);
                    const std::string problem = mapProblem(layer, rng, size);
                    QVERIFY2(problem.empty(),
                             fmt::format("{} -> {}, {} x {}: {}", inputs, outputs, size.h, size.w, problem).c_str());
                }
            }
        }
    }

    void strips_data() { test::addTargetRows(); }
    void strips() {
        const test::ForcedTarget forced;
        Rng rng(3, RandomStream::kTest);
        for (const int width : {1, 3, 7, 8, 13, 16, 28, 30, 36, 56, 64}) {
            for (const int rows : {1, 4, 5, 9}) {
                for (const int outputs : {1, 2, 4, 13}) {
                    const Layer layer = randomLayer(rng, 2, rng.between(1, 6), outputs, false);
                    const std::string problem = stripsProblem(layer, rng, {11, width}, rows);
                    QVERIFY2(problem.empty(),
                             fmt::format("{} outputs, width {}, {} rows: {}", outputs, width, rows, problem).c_str());
                }
            }
        }
    }
};

QTEST_GUILESS_MAIN(TapConvKernelTest)
#include "tst_tap_conv_kernel.moc"
