// The plain reference of graphs: each operator against numbers worked out by hand or against ops/reference.h, and whole
// networks against Network::forward.
#include <QtTest>

#include <fmt/format.h>

#include "condense/condense_step.h"
#include "condense/convert.h"
#include "infer/reference_graph.h"
#include "network/network.h"
#include "support/kernel_test.h"

using namespace condenser;
using reference::Array;

namespace {

// A graph whose logits are the values of `maps`, C H W, by a linear layer that changes nothing.
Graph flattened(Graph graph, int maps) {
    const GraphMaps shape = graph.maps[static_cast<std::size_t>(maps)];
    const int count = shape.channels * shape.height * shape.width;
    GraphLinear linear;
    linear.input = maps;
    linear.output = graph.addMaps(count, 1, 1);
    for (int o = 0; o < count; ++o) {
        for (int i = 0; i < count; ++i) linear.weight.push_back(o == i ? 1.0f : 0.0f);
    }
    linear.bias.resize(static_cast<std::size_t>(count));
    graph.nodes.push_back({"flat", linear});
    return graph;
}

Graph pictureOf(int height, int width) {
    Graph graph;
    graph.addMaps(3, height, width);
    return graph;
}

std::vector<float> logitsOf(const Graph& graph, const Array& x) {
    return referenceLogits(graph, test::poisonedTensor(x).view());
}

// Three planes: 1..H*W, ten times that, minus that.
Array countedPicture(int h, int w) {
    Array x(1, 3, h, w);
    for (int p = 0; p < h * w; ++p) {
        x.values[static_cast<std::size_t>(p)] = p + 1;
        x.values[static_cast<std::size_t>(p + h * w)] = 10 * (p + 1);
        x.values[static_cast<std::size_t>(p + 2 * h * w)] = -(p + 1);
    }
    return x;
}

// A convolution with all that a node may have.
struct ConvCase {
    int kernel, stride, padding, groups, inputs, outputs;  // inputs and outputs of a group
    bool norm, residual, relu;
    int h, w;
};

// The same from ops/reference.h: gather, scale and shift, ReLU, convolution, bias and sum, scatter.
Array expectedConv(const ConvCase& which, const GraphConv& conv, const Array& x, const Array& before) {
    Array gathered = reference::gatherForward(x, std::vector<std::int64_t>(conv.sources.begin(), conv.sources.end()));
    if (which.norm) {
        const int positions = gathered.c;
        reference::Statistics none{std::vector<double>(static_cast<std::size_t>(positions), 0.0),
                                   std::vector<double>(static_cast<std::size_t>(positions), 1.0), 1};
        std::vector<double> scale(conv.scale.begin(), conv.scale.end()), shift(conv.shift.begin(), conv.shift.end());
        for (int c = 0; c < positions; ++c) scale[static_cast<std::size_t>(c)] /= none.inverseDeviation(c);
        gathered = reference::reluForward(reference::batchNormForward(gathered, none, scale, shift));
    }
    const Array weight(which.groups * which.outputs, which.inputs, which.kernel, which.kernel, conv.weight);
    const Array product = conv2dForward({which.stride, which.padding, which.groups}, gathered, weight);
    Array expected = before;
    for (int n = 0; n < x.n; ++n) {
        for (int o = 0; o < product.c; ++o) {
            const auto output = static_cast<std::size_t>(o);
            for (int p = 0; p < product.h * product.w; ++p) {
                const int row = p / product.w, column = p % product.w, target = conv.targets[output];
                double value = product.at(n, o, row, column) + static_cast<double>(conv.bias[output]);
                if (which.residual) value += before.at(n, target, row, column);
                expected.at(n, target, row, column) = which.relu ? std::max(0.0, value) : value;
            }
        }
    }
    return expected;
}

// A network with norms that matter.
Network unevenNetwork(const NetworkSpec& spec) {
    Network fresh(spec, 7);
    StateDict state = fresh.state();
    Rng rng(3, RandomStream::kTest);
    for (auto& [name, tensor] : state) {
        const bool variance = name.ends_with(".running_var"), weight = name.ends_with("norm.weight");
        const bool other = name.ends_with("norm.bias") || name.ends_with(".running_mean");
        if (!variance && !weight && !other) continue;
        const double low = other ? -0.3 : 0.5, high = other ? 0.3 : 1.5;
        tensor = StoredTensor::ofFloats(
            tensor.shape, test::randomFloats(rng, static_cast<std::size_t>(tensor.elements()), low, high));
    }
    auto network = Network::fromState(spec, state);
    if (!network) qFatal("%s", network.error().text().c_str());
    return std::move(*network);
}

// Where the graph leaves Network::forward by more than 1e-5 of the largest logit; empty if nowhere.
std::string networkDifference(Network& network, int h, int w, DroppedConnections dropped) {
    Rng rng(5, RandomStream::kTest);
    const Tensor x = test::poisonedTensor(test::randomArray(rng, 3, 3, h, w, -2, 2));
    ThreadPool pool(1);
    const std::span<const float> expected = network.forward(x.view(), Mode::kEval, pool);
    const std::vector<float> got = referenceLogits(graphOf(network, h, w, dropped), x.view());
    double largest = 0;
    for (const float logit : expected) largest = std::max(largest, std::abs(static_cast<double>(logit)));
    for (std::size_t i = 0; i < expected.size(); ++i) {
        const double error = std::abs(static_cast<double>(got[i]) - static_cast<double>(expected[i]));
        if (!(error <= 1e-5 * largest)) return fmt::format("logit {}: {:.3g} of {:.3g} off", i, error, largest);
    }
    return {};
}

}  // namespace

class ReferenceGraphTest : public QObject {
    Q_OBJECT

  private slots:
    void linear() {
        Graph graph = pictureOf(1, 2);
        GraphLinear all;
        all.input = 0;
        all.output = graph.addMaps(2, 1, 1);
        all.weight = {1, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, -1};
        all.bias = {0.5f, 0.25f};
        graph.nodes.push_back({"all", all});
        // 1 + 20 + 0.5; 2 + 2 + 0.25
        QCOMPARE(logitsOf(graph, countedPicture(1, 2)), (std::vector<float>{21.5f, 4.25f}));

        GraphLinear chosen;
        chosen.input = 1;
        chosen.output = graph.addMaps(3, 1, 1);
        chosen.sources = {1};
        chosen.weight = {2, -2, 1};
        chosen.bias = {0, 0, -1};
        chosen.relu = true;
        graph.nodes.push_back({"chosen", chosen});
        QCOMPARE(logitsOf(graph, countedPicture(1, 2)), (std::vector<float>{8.5f, 0, 3.25f}));
    }

    void globalAverage() {
        Graph graph = pictureOf(2, 2);
        GraphGlobalAverage average;
        average.output = graph.addMaps(3, 1, 1);
        graph.nodes.push_back({"average", average});
        QCOMPARE(logitsOf(graph, countedPicture(2, 2)), (std::vector<float>{2.5f, 25, -2.5f}));
        auto& normed = std::get<GraphGlobalAverage>(graph.nodes[0].op);
        normed.scale = {1, 1, -1};
        normed.shift = {-2, 0, 1};
        // ReLU of -1 0 1 2; 10 20 30 40; 2 3 4 5
        QCOMPARE(logitsOf(graph, countedPicture(2, 2)), (std::vector<float>{0.75f, 25, 3.5f}));
    }

    void averagePool() {
        Graph graph = pictureOf(3, 5);
        GraphPool pool;
        pool.output = graph.addMaps(3, 1, 2);
        graph.nodes.push_back({"pool", pool});
        // 1 2 6 7 and 3 4 8 9; the last row and column are left out
        QCOMPARE(logitsOf(flattened(graph, 1), countedPicture(3, 5)), (std::vector<float>{4, 6, 40, 60, -4, -6}));
    }

    void maxPool() {
        Graph graph = pictureOf(2, 4);
        GraphPool pool;
        pool.kind = GraphPool::Kind::kMax;
        pool.kernel = 3;
        pool.padding = 1;
        pool.output = graph.addMaps(4, 1, 2);  // one channel more than there are: it keeps its zeros
        graph.nodes.push_back({"pool", pool});
        // Rows 1 2 3 4 and 5 6 7 8; windows of columns -1..1 and 1..3. A tap outside is no 0: -1 and -2 stay.
        Array x = countedPicture(2, 4);
        QCOMPARE(logitsOf(flattened(graph, 1), x), (std::vector<float>{6, 8, 60, 80, -1, -2, 0, 0}));
        x.at(0, 0, 0, 0) = std::numeric_limits<double>::quiet_NaN();
        const std::vector<float> logits = referenceLogits(graph, test::poisonedTensor(x).view());
        QVERIFY(std::isnan(logits[0]));
    }

    void convByHand() {
        Graph graph = pictureOf(2, 3);
        GraphConv conv;
        conv.kernel = 3;
        conv.stride = 2;
        conv.padding = 1;
        conv.sources = {2};
        conv.weight = {1, 0, 0, 0, 2, 0, 0, 0, 3};  // the diagonal
        conv.bias = {100};
        conv.targets = {1};
        conv.output = graph.addMaps(2, 1, 2);
        graph.nodes.push_back({"conv", conv});
        // At (0, 0): 100 - 2 * 1 - 3 * 5; at (0, 2): 100 - 2 * 3
        QCOMPARE(logitsOf(flattened(graph, 1), countedPicture(2, 3)), (std::vector<float>{0, 0, 83, 94}));
    }

    void convAgainstOperators() {
        Rng rng(1, RandomStream::kTest);
        for (const ConvCase& which : {ConvCase{1, 1, 0, 1, 3, 5, false, false, false, 3, 4},
                                      {1, 1, 0, 2, 4, 3, true, true, true, 3, 5},
                                      {1, 2, 0, 1, 3, 4, true, false, false, 5, 4},
                                      {3, 1, 1, 1, 3, 4, false, true, true, 1, 1},
                                      {3, 2, 1, 2, 3, 2, false, false, true, 7, 4},
                                      {3, 1, 1, 6, 1, 1, false, false, false, 4, 2},
                                      {7, 2, 3, 1, 3, 3, false, true, false, 5, 9}}) {
            const std::string name = fmt::format("kernel {} stride {} groups {} map {} x {}", which.kernel,
                                                 which.stride, which.groups, which.h, which.w);
            Graph graph = pictureOf(which.h, which.w);
            GraphConv conv;
            conv.kernel = which.kernel;
            conv.stride = which.stride;
            conv.padding = which.padding;
            conv.groups = which.groups;
            const int positions = which.groups * which.inputs, outputs = which.groups * which.outputs;
            for (int i = 0; i < positions; ++i) conv.sources.push_back((2 * i + 1) % 3);
            const auto size = [](int count) { return static_cast<std::size_t>(count); };
            if (which.norm) {
                conv.scale = test::randomFloats(rng, size(positions));
                conv.shift = test::randomFloats(rng, size(positions));
            }
            conv.weight = test::randomFloats(rng, size(outputs * which.inputs * which.kernel * which.kernel));
            conv.bias = test::randomFloats(rng, size(outputs));
            for (int o = 0; o < outputs; ++o) conv.targets.push_back(outputs - o);  // channel 0 stays free
            const auto behind = [&](int pixels) {
                return (pixels + 2 * which.padding - which.kernel) / which.stride + 1;
            };
            conv.output = graph.addMaps(outputs + 1, behind(which.h), behind(which.w));

            // What stands in the output before: written by a convolution of its own, and added where it is the
            // residual.
            GraphConv first;
            first.output = conv.output;
            first.kernel = which.kernel;
            first.stride = which.stride;
            first.padding = which.padding;
            first.sources = {0};
            for (int o = 0; o <= outputs; ++o) first.targets.push_back(o);
            first.weight = test::randomFloats(rng, size((outputs + 1) * which.kernel * which.kernel));
            first.bias.resize(size(outputs + 1));
            if (which.residual) conv.residual = conv.output;
            conv.relu = which.relu;
            graph.nodes.push_back({"first", first});
            graph.nodes.push_back({"conv", conv});

            const Array x = test::randomArray(rng, 2, 3, which.h, which.w);
            const Array before = conv2dForward({which.stride, which.padding, 1},
                                               reference::gatherForward(x, std::vector<std::int64_t>{0}),
                                               Array(outputs + 1, 1, which.kernel, which.kernel, first.weight));
            const Array expected = expectedConv(which, conv, x, before);
            // Both in double: the rounding of the logits to floats is all that is left, relative to the value, and
            // double's own, relative to the 150 products of values below 1.
            const std::vector<float> got = logitsOf(flattened(graph, conv.output), x);
            for (std::size_t i = 0; i < got.size(); ++i) {
                const double error = std::abs(static_cast<double>(got[i]) - expected.values[i]);
                QVERIFY2(error <= test::kUnitRoundoff * std::abs(expected.values[i]) + 150 * 150 * 0x1p-53,
                         fmt::format("{}, value {}: {} off", name, i, error).c_str());
            }
            QCOMPARE(got.size(), expected.values.size());
        }
    }

    void costs() {
        Graph graph = pictureOf(8, 6);
        GraphConv conv;
        conv.output = graph.addMaps(5, 4, 3);
        conv.sources = {0, 1, 2};
        conv.weight.resize(15);
        conv.targets = {0, 1, 2, 3, 4};
        graph.nodes.push_back({"conv", conv});
        conv.groups = 3;
        conv.targets = {0, 1, 2};
        conv.weight.resize(3);
        graph.nodes.push_back({"depthwise", conv});
        graph.nodes.push_back({"pool", GraphGlobalAverage{}});
        GraphLinear linear;
        linear.weight.resize(50);
        graph.nodes.push_back({"linear", linear});
        for (const GraphNode& node : graph.nodes) QCOMPARE(graphOp(node), node.name.c_str());
        QCOMPARE(graphMacs(graph), 15 * 12 + 3 * 12 + 0 + 50);
    }

    void networks() {
        for (const char* text : {"condensenet:stages=2-2,growth=4-8,groups=2,condense=2,group3x3=2,classes=5,size=9x13",
                                 "condensenet:stages=2-1-2,growth=8-8-16,groups=4,condense=4,size=16,stem_stride=2",
                                 "densenet:stages=2-2-1,growth=3-3-3,classes=4,size=11x14",
                                 "condensenet:stages=2-1-1,growth=4-4-8,groups=2,condense=2,group3x3=2,size=9x13,"
                                 "compression=0.5"}) {
            const auto spec = parseNetworkSpec(text);
            QVERIFY(spec);
            Network network = unevenNetwork(*spec);
            const auto verify = [&](Network& which, const char* state, DroppedConnections dropped) {
                const std::string difference = networkDifference(which, spec->height, spec->width, dropped);
                QVERIFY2(difference.empty(), fmt::format("{}, {}: {}", text, state, difference).c_str());
            };
            verify(network, "dense", DroppedConnections::kCompute);
            verify(network, "dense, groups", DroppedConnections::kSkip);
            condenseNetwork(network, spec->condenseFactor - 1, CondensingRules::kCorrected);
            verify(network, "pruned", DroppedConnections::kCompute);
            verify(network, "pruned, groups", DroppedConnections::kSkip);
            for (const double keep : {1.0, 0.5}) {
                auto condensed = condensedNetwork(network, {keep});
                QVERIFY(condensed);
                verify(*condensed, "condensed", DroppedConnections::kSkip);
            }
        }
    }
};

QTEST_GUILESS_MAIN(ReferenceGraphTest)
#include "tst_reference_graph.moc"
