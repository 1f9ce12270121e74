// The baselines against the same networks written out layer by layer with ops/reference.h: norms on their own, all in
// double. Writing them out makes the state dict on the way, so that names and shapes are stated here a second time.
#include <QtTest>

#include <fmt/format.h>

#include "infer/baselines.h"
#include "infer/reference_graph.h"
#include "network/network_spec.h"
#include "support/kernel_test.h"

using namespace condenser;
using reference::Array;

namespace {

// Layers that invent their tensors, as floats, and remember them.
class Layers {
  public:
    explicit Layers(std::uint64_t seed) : m_rng(seed, RandomStream::kTest) {}
    StateDict state;

    Array conv(const std::string& name, const Array& x, int outputs, int kernel, int stride = 1, int groups = 1) {
        const int inputs = x.c / groups;
        const double bound = std::sqrt(6.0 / (inputs * kernel * kernel));
        const Array weight(outputs, inputs, kernel, kernel,
                           tensor(name + ".weight", {outputs, inputs, kernel, kernel}, -bound, bound));
        return conv2dForward({stride, kernel / 2, groups}, x, weight);
    }

    Array norm(const std::string& name, const Array& x) {
        const auto weight = doubles(tensor(name + ".weight", {x.c}, 0.7, 1.3));
        const auto bias = doubles(tensor(name + ".bias", {x.c}, -0.2, 0.2));
        const auto mean = doubles(tensor(name + ".running_mean", {x.c}, -0.2, 0.2));
        const auto variance = doubles(tensor(name + ".running_var", {x.c}, 0.7, 1.3));
        state[name + ".num_batches_tracked"] = StoredTensor::ofInt64s({}, std::vector<std::int64_t>{5});
        return batchNormForward(x, {mean, variance, 1}, weight, bias);
    }

    Array normRelu(const std::string& name, const Array& x) { return reluForward(norm(name, x)); }

    // Adds "NAME.bias" to each channel.
    Array bias(const std::string& name, Array x) {
        const std::vector<float> values = tensor(name + ".bias", {x.c}, -0.2, 0.2);
        for (std::size_t i = 0; i < x.values.size(); ++i) {
            x.values[i] +=
                static_cast<double>(values[i / static_cast<std::size_t>(x.h * x.w) % static_cast<std::size_t>(x.c)]);
        }
        return x;
    }

    Array linear(const std::string& name, const Array& x, int outputs) {
        const double bound = std::sqrt(6.0 / x.c);
        const Array weight(outputs, x.c, 1, 1, tensor(name + ".weight", {outputs, x.c}, -bound, bound));
        return linearForward(x, weight, doubles(tensor(name + ".bias", {outputs}, -0.2, 0.2)));
    }

  private:
    std::vector<float> tensor(const std::string& name, std::vector<std::int64_t> shape, double low, double high) {
        std::size_t count = 1;
        for (const std::int64_t length : shape) count *= static_cast<std::size_t>(length);
        std::vector<float> values = test::randomFloats(m_rng, count, low, high);
        state[name] = StoredTensor::ofFloats(std::move(shape), values);
        return values;
    }
    static std::vector<double> doubles(const std::vector<float>& values) { return {values.begin(), values.end()}; }

    Rng m_rng;
};

Array sum(Array a, const Array& b) {
    for (std::size_t i = 0; i < a.values.size(); ++i) a.values[i] += b.values[i];
    return a;
}

Array maxPool(const Array& x, int kernel, int padding) {
    Array y(x.n, x.c, (x.h + 2 * padding - kernel) / 2 + 1, (x.w + 2 * padding - kernel) / 2 + 1);
    for (int n = 0; n < x.n; ++n) {
        for (int c = 0; c < x.c; ++c) {
            for (int oy = 0; oy < y.h; ++oy) {
                for (int ox = 0; ox < y.w; ++ox) {
                    double largest = -1e300;
                    for (int iy = std::max(0, 2 * oy - padding); iy < std::min(x.h, 2 * oy - padding + kernel); ++iy) {
                        for (int ix = std::max(0, 2 * ox - padding); ix < std::min(x.w, 2 * ox - padding + kernel);
                             ++ix) {
                            largest = std::max(largest, x.at(n, c, iy, ix));
                        }
                    }
                    y.at(n, c, oy, ox) = largest;
                }
            }
        }
    }
    return y;
}

Array resnet(Layers& layers, const Array& picture) {
    Array x = maxPool(layers.normRelu("bn1", layers.conv("conv1", picture, 64, 7, 2)), 3, 1);
    for (int stage = 1; stage <= 4; ++stage) {
        for (int block = 0; block < 2; ++block) {
            const std::string name = fmt::format("layer{}.{}", stage, block);
            const int outputs = 32 << stage, stride = stage > 1 && block == 0 ? 2 : 1;
            const Array y = layers.normRelu(name + ".bn1", layers.conv(name + ".conv1", x, outputs, 3, stride));
            if (stride == 2) {
                x = layers.norm(name + ".downsample.1", layers.conv(name + ".downsample.0", x, outputs, 1, 2));
            }
            x = reluForward(sum(layers.norm(name + ".bn2", layers.conv(name + ".conv2", y, outputs, 3)), x));
        }
    }
    return layers.linear("fc", globalPoolForward(x), 1000);
}

Array mobilenet(Layers& layers, const Array& picture) {
    Array x = layers.normRelu("features.norm0", layers.conv("features.conv0", picture, 32, 3, 2));
    const int outputs[] = {64, 128, 128, 256, 256, 512, 512, 512, 512, 512, 512, 1024, 1024};
    for (int b = 1; b <= 13; ++b) {
        const std::string name = fmt::format("features.block{}", b);
        const int stride = b == 2 || b == 4 || b == 6 || b == 12 ? 2 : 1;
        x = layers.normRelu(name + ".norm1", layers.conv(name + ".depthwise", x, x.c, 3, stride, x.c));
        x = layers.normRelu(name + ".norm2", layers.conv(name + ".pointwise", x, outputs[b - 1], 1));
    }
    return layers.linear("classifier", globalPoolForward(x), 1000);
}

// The features only: torchvision's numbers count ReLU and pooling.
Array vggFeatures(Layers& layers, Array x) {
    int outputs = 64;
    for (const int number : {0, 2, -1, 5, 7, -1, 10, 12, 14, -1, 17, 19, 21, -1, 24, 26, 28, -1}) {
        if (number < 0) {
            x = maxPool(x, 2, 0);
            outputs = std::min(512, 2 * outputs);
        } else {
            const std::string name = fmt::format("features.{}", number);
            x = reluForward(layers.bias(name, layers.conv(name, x, outputs, 3)));
        }
    }
    return x;
}

Graph take(Result<Graph> graph) {
    if (!graph) qFatal("%s", graph.error().text().c_str());
    return std::move(*graph);
}

using Forward = Array (*)(Layers&, const Array&);

struct Known {
    const char* name;
    Forward forward;
    std::int64_t macs, params;  // the published ones, in full
};
constexpr Known kNetworks[] = {{"resnet-18", resnet, 1'814'073'344, 11'689'512},
                               {"mobilenet-1.0", mobilenet, 568'740'352, 4'231'976}};

}  // namespace

class BaselinesTest : public QObject {
    Q_OBJECT

  private slots:
    void names() {
        QCOMPARE(baselines().size(), std::size_t{3});
        for (const Baseline& baseline : baselines()) {
            QVERIFY(isBaseline(baseline.name));
            // --model takes them for a network's name, and training refuses them.
            QVERIFY(looksLikeSpec(baseline.name));
            QVERIFY(!parseNetworkSpec(baseline.name));
        }
        for (const char* name : {"condensenet-86", "densenet-100", "resnet-34", "resnet-18.safetensors", ""})
            QVERIFY(!isBaseline(name));
    }

    void costs() {
        for (const Known& known : kNetworks) {
            const Graph graph = take(baselineGraph(known.name, 224, 224, 1));
            QCOMPARE(graphMacs(graph), known.macs);
            QCOMPARE(graph.params, known.params);
            QCOMPARE(graph.classes(), 1000);
        }
    }

    // At sizes that no stride divides, down to the smallest: the folded norms against norms on their own. Every
    // parameter of the graph is rounded to a float once, 2^-24 of it: the errors of some 100 such layers, all of one
    // sign, would stay below 1e-5 of the largest logit.
    void againstLayers_data() {
        QTest::addColumn<int>("network");
        QTest::addColumn<int>("height");
        QTest::addColumn<int>("width");
        const auto row = [](int network, int h, int w) {
            const char* name = kNetworks[network].name;
            QTest::newRow(fmt::format("{} {}x{}", name, h, w).c_str()) << network << h << w;
        };
        row(0, 33, 47);
        row(0, 1, 1);
        row(1, 33, 47);
        row(1, 1, 1);
    }
    void againstLayers() {
        QFETCH(int, network);
        QFETCH(int, height);
        QFETCH(int, width);
        const Known& known = kNetworks[network];
        Layers layers(7);
        Rng rng(1, RandomStream::kTest);
        const Array x = test::randomArray(rng, 1, 3, height, width, -2, 2);
        const Array expected = known.forward(layers, x);
        const Graph graph = take(baselineGraph(known.name, height, width, layers.state));
        double largest = 0;
        for (const double logit : expected.values) largest = std::max(largest, std::abs(logit));
        QVERIFY(largest > 0.1);
        VERIFY_CLOSE(known.name, referenceLogits(graph, test::poisonedTensor(x).view()), expected.values,
                     std::vector<double>(expected.values.size(), largest), 1e-5);
        // The counts of norms' batches may be missing.
        StateDict without;
        for (const auto& [name, tensor] : layers.state) {
            if (!name.ends_with(".num_batches_tracked")) without[name] = tensor;
        }
        QVERIFY(without.size() < layers.state.size());
        QVERIFY(baselineGraph(known.name, height, width, without));
    }

    // Its 224 pixels are too many for plain loops: the features run on a smaller picture, as the first nodes of the
    // graph with smaller maps.
    void vgg() {
        constexpr int kHeight = 32, kWidth = 35;
        Layers layers(3);
        Rng rng(1, RandomStream::kTest);
        const Array x = test::randomArray(rng, 1, 3, kHeight, kWidth, -2, 2);
        const Array expected = globalPoolForward(vggFeatures(layers, x));
        QCOMPARE(layers.state.size(), std::size_t{26});

        // Without a classifier: its six tensors are named, the first five of them.
        const auto none = baselineGraph("vgg-16", 224, 224, layers.state);
        QVERIFY(!none);
        const std::string text = none.error().text();
        QVERIFY2(text.find("classifier.0.weight is missing; classifier.0.bias is missing; classifier.3.weight is "
                           "missing; classifier.3.bias is missing; classifier.6.weight is missing; and 1 more") !=
                     std::string::npos,
                 text.c_str());

        for (const auto& [number, inputs, outputs] :
             {std::tuple{0, 25088, 4096}, std::tuple{3, 4096, 4096}, std::tuple{6, 4096, 1000}}) {
            const std::size_t count = static_cast<std::size_t>(inputs) * static_cast<std::size_t>(outputs);
            layers.state[fmt::format("classifier.{}.weight", number)] =
                StoredTensor::ofFloats({outputs, inputs}, std::vector<float>(count, 0.5f));
            layers.state[fmt::format("classifier.{}.bias", number)] =
                StoredTensor::ofFloats({outputs}, std::vector<float>(static_cast<std::size_t>(outputs), 0.25f));
        }
        Graph graph = take(baselineGraph("vgg-16", 224, 255, layers.state));
        layers.state.clear();
        // 255 is odd, and so is what each pooling makes of it, down to 7.
        QCOMPARE(graph.params, 138'357'544);
        QCOMPARE(graph.nodes.size(), std::size_t{13 + 5 + 3});
        QCOMPARE(graph.maps[1].width, 255);
        const GraphMaps last = graph.maps[18];
        QVERIFY(last.channels == 512 && last.height == 7 && last.width == 7);
        const auto& first = std::get<GraphLinear>(graph.nodes[18].op);
        QVERIFY(first.relu && first.weight[0] == 0.5f && first.bias[0] == 0.25f);
        QVERIFY(std::get<GraphLinear>(graph.nodes[19].op).relu);
        QVERIFY(!std::get<GraphLinear>(graph.nodes[20].op).relu);

        graph.nodes.resize(18);
        graph.maps.resize(19);
        int height = kHeight, width = kWidth;
        for (std::size_t map = 0; map < graph.maps.size(); ++map) {
            const bool pooled = map > 0 && std::holds_alternative<GraphPool>(graph.nodes[map - 1].op);
            if (pooled) {
                height /= 2;
                width /= 2;
            }
            graph.maps[map].height = height;
            graph.maps[map].width = width;
        }
        GraphGlobalAverage average;
        average.input = 18;
        average.output = graph.addMaps(512, 1, 1);
        graph.nodes.push_back({"average", average});
        double largest = 0;
        for (const double value : expected.values) largest = std::max(largest, value);
        QVERIFY(largest > 0.1);
        VERIFY_CLOSE("features", referenceLogits(graph, test::poisonedTensor(x).view()), expected.values,
                     std::vector<double>(expected.values.size(), largest), 1e-6);
    }

    void vggCosts() {
        const Graph graph = take(baselineGraph("vgg-16", 224, 224, 1));
        QCOMPARE(graphMacs(graph), 15'470'264'320);
        QCOMPARE(graph.params, 138'357'544);
    }

    void sizes() {
        const auto refuses = [](const char* name, int h, int w, const char* why) {
            const auto graph = baselineGraph(name, h, w, 1);
            return !graph && graph.error().text().find(why) != std::string::npos;
        };
        QVERIFY(refuses("vgg-16", 223, 224, "7 x 7"));
        QVERIFY(refuses("vgg-16", 224, 256, "from 224 to 255 pixels"));
        QVERIFY(refuses("resnet-18", 0, 5, "from 1"));
        QVERIFY(refuses("resnet-18", 5, -1, "from 1"));
        QVERIFY(refuses("mobilenet-1.0", 5000, 5, "to 4096"));
    }

    void seeds() {
        for (const Known& known : kNetworks) {
            const Array x = countedPicture(64);
            const auto logits = [&](std::uint64_t seed) {
                return referenceLogits(take(baselineGraph(known.name, x.h, x.w, seed)), test::poisonedTensor(x).view());
            };
            const std::vector<float> first = logits(1);
            QCOMPARE(logits(1), first);
            QVERIFY(logits(2) != first);
            // Neither vanished nor exploded.
            const float largest = *std::max_element(first.begin(), first.end());
            QVERIFY2(largest > 1e-3f && largest < 1e3f, std::to_string(largest).c_str());
        }
    }

    void whatDoesNotFit() {
        Layers layers(7);
        Rng rng(1, RandomStream::kTest);
        (void)mobilenet(layers, test::randomArray(rng, 1, 3, 1, 1));
        StateDict state = layers.state;
        state.erase("features.block3.depthwise.weight");
        state["classifier.bias"] = StoredTensor::ofFloats({10}, std::vector<float>(10));
        state["features.norm0.bias"] = StoredTensor::ofDoubles({32}, std::vector<double>(32));
        state["features.block13.norm2.num_batches_tracked"] = StoredTensor::ofFloats({1}, std::vector<float>(1));
        state["features.block14.depthwise.weight"] = state["features.conv0.weight"];
        const auto graph = baselineGraph("mobilenet-1.0", 33, 33, state);
        QVERIFY(!graph);
        const std::string text = graph.error().text();
        for (const char* part :
             {"features.block3.depthwise.weight is missing", "classifier.bias is F32 [10], expected F32 [1000]",
              "features.norm0.bias is F64 [32], expected F32 [32]",
              "features.block13.norm2.num_batches_tracked is F32 [1], expected I64 []",
              "features.block14.depthwise.weight is not part of this network", "mobilenet-1.0"}) {
            QVERIFY2(text.find(part) != std::string::npos, text.c_str());
        }
    }

  private:
    static Array countedPicture(int size) {
        Array x(1, 3, size, size);
        for (std::size_t i = 0; i < x.values.size(); ++i) x.values[i] = static_cast<double>(i % 7) - 3;
        return x;
    }
};

QTEST_GUILESS_MAIN(BaselinesTest)
#include "tst_baselines.moc"
