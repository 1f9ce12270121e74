// ONNX files: the graph of the golden network operator by operator, and answers of graphs of all kinds, computed by
// plain loops, against ours.
#include <QtTest>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "condense/condense_step.h"
#include "condense/convert.h"
#include "exchange/onnx_file.h"
#include "infer/inference.h"
#include "io/safetensors.h"
#include "network/network.h"
#include "support/io_scratch.h"
#include "support/kernel_test.h"
#include "support/onnx_graph.h"

using namespace condenser;
using test::OnnxGraph;
using test::OnnxNode;

namespace {

const std::string kFixtures = CONDENSER_FIXTURES;
constexpr const char* kTinySpec =
    "condensenet:stages=2-2-2,growth=4-8-16,groups=4,condense=4,bottleneck=4,group3x3=4,classes=10,size=16";
constexpr double kTolerance = 1e-4;

template <class T>
T taken(Result<T> result) {
    if (!result) qFatal("%s", result.error().text().c_str());
    return std::move(*result);
}

ModelFile modelOf(Network& network) {
    ModelFile model;
    model.spec = network.spec();
    model.variant = network.variant();
    for (int k = 0; k < model.spec.classes; ++k) model.classes.push_back("class \"" + std::to_string(k) + "\"");
    model.preprocess = {model.spec.height, model.spec.width, 70, {0.48f, 0.45f, 0.4f}, {0.2f, 0.25f, 0.3f}};
    model.trained = "{}";
    model.tensors = network.state();
    return model;
}

ModelFile goldenModel() {
    const TensorFile file = taken(readSafetensors(kFixtures + "/golden/net_tiny_condensed_state.safetensors"));
    Network network = taken(Network::fromState(taken(parseNetworkSpec(kTinySpec)), file.tensors));
    return modelOf(network);
}

OnnxGraph graphFor(const ModelFile& model, OnnxInput input = OnnxInput::kNormalised) {
    return test::parseOnnx(taken(onnxModel(model, input)).bytes);
}

// A network in which every value counts: norms and statistics are far from 1 and 0.
Network lively(const NetworkSpec& spec) {
    Network network(spec, 3);
    Rng rng(11, RandomStream::kTest);
    network.visitTensors([&](const TensorSlot& slot) {
        const bool variance = slot.name.ends_with("running_var");
        const bool norm = slot.name.find("norm") != std::string::npos;
        if (!variance && !norm && !slot.name.ends_with("classifier.bias")) return;
        for (float& value : slot.value) value = static_cast<float>(variance ? 0.5 + rng.uniform() : rng.normal());
    });
    return network;
}

StoredTensor firstImages(const StoredTensor& tensor, std::int64_t count) {
    StoredTensor some{tensor.dtype, tensor.shape, tensor.bytes};
    some.shape[0] = count;
    some.bytes.resize(static_cast<std::size_t>(some.elements()) * itemSize(some.dtype));
    return some;
}

// Largest difference of the first `expected.size()` values; a graph that gives fewer or others is far off.
double distance(const test::OnnxAnswer& got, std::span<const float> expected) {
    if (got.values.size() != expected.size()) return HUGE_VAL;
    double largest = 0;
    for (std::size_t i = 0; i < expected.size(); ++i) {
        const double error = std::abs(got.values[i] - static_cast<double>(expected[i]));
        largest = error <= largest ? largest : error;  // NaN is kept
    }
    return largest;
}

// The same pictures in both forms of input, and our logits.
struct Pictures {
    StoredTensor bytes, normalised;
    std::vector<float> logits;
};

Pictures answeredPictures(const Network& network, const Preprocess& preprocess, int n) {
    const int h = preprocess.height, w = preprocess.width;
    Rng rng(5, RandomStream::kTest);
    Tensor x(n, 3, h, w);
    std::vector<std::uint8_t> planes;
    for (int image = 0; image < n; ++image) {
        std::vector<std::uint8_t> pixels(static_cast<std::size_t>(h * w * 3));
        for (std::uint8_t& pixel : pixels) pixel = static_cast<std::uint8_t>(rng.below(256));
        normaliseInto(pixels.data(), h, w, 0, 0, false, preprocess, x.view(), image);
        for (std::size_t c = 0; c < 3; ++c) {
            for (std::size_t i = c; i < pixels.size(); i += 3) planes.push_back(pixels[i]);
        }
    }
    ThreadPool pool(1);
    Inference inference(network);
    const auto logits = inference.run(std::as_const(x).view(), pool);
    return {StoredTensor::ofBytes({n, 3, h, w}, planes),
            StoredTensor::ofFloats({n, 3, h, w}, x.toPacked()),
            {logits.begin(), logits.end()}};
}

}  // namespace

class OnnxFileTest : public QObject {
    Q_OBJECT

  private slots:
    // The evaluator itself, on a graph and answers that are not ours.
    void evaluatorAgreesWithAnotherRuntime() { compareWithGolden(goldenGraph()); }

    void goldenLogits() { compareWithGolden(graphFor(goldenModel())); }

    // The same operators in the same order with the same attributes, and the same weights bit for bit.
    void goldenGraphNodeByNode() {
        const OnnxGraph ours = graphFor(goldenModel()), golden = goldenGraph();
        QCOMPARE(ours.counts(), golden.counts());
        QCOMPARE(ours.nodes.size(), golden.nodes.size());
        for (std::size_t i = 0; i < ours.nodes.size(); ++i) {
            const OnnxNode &a = ours.nodes[i], &b = golden.nodes[i];
            const std::string which = fmt::format("node {}: {}, expected {}", i, a.op, b.op);
            QVERIFY2(a.op == b.op && a.domain.empty(), which.c_str());
            // A norm's momentum means nothing here.
            for (const auto& [name, value] : b.integers) QVERIFY2(a.integers.at(name) == value, which.c_str());
            if (b.reals.contains("epsilon")) QVERIFY2(a.reals.at("epsilon") == b.reals.at("epsilon"), which.c_str());
            for (std::size_t k = 0; k < b.inputs.size(); ++k) {
                const bool weight = golden.initializers.contains(b.inputs[k]) && b.op != "Reshape";
                if (weight) QVERIFY2(a.inputs.at(k) == b.inputs[k], which.c_str());
            }
        }
        int tensors = 0;
        for (const auto& [name, tensor] : golden.initializers) {
            if (name.starts_with("b")) continue;  // shapes of shuffles: names of its own
            ++tensors;
            const auto found = ours.initializers.find(name);
            QVERIFY2(found != ours.initializers.end(), name.c_str());
            QVERIFY2(found->second.shape == tensor.shape && found->second.dtype == tensor.dtype &&
                         found->second.bytes == tensor.bytes,
                     name.c_str());
        }
        QCOMPARE(tensors, 74);
        QCOMPARE(ours.initializers.size(), golden.initializers.size());
    }

    void contract() {
        const ModelFile model = goldenModel();
        const std::string bytes = taken(onnxModel(model, OnnxInput::kNormalised)).bytes;
        QCOMPARE(test::onnxComplaint(bytes), std::string());
        const OnnxGraph graph = test::parseOnnx(bytes);
        QVERIFY(graph.irVersion <= 8);
        QCOMPARE(graph.opsets, (std::map<std::string, std::int64_t>{{"", 13}}));
        QCOMPARE(graph.inputs.size(), std::size_t{1});
        QCOMPARE(graph.outputs.size(), std::size_t{1});
        QCOMPARE(graph.inputs[0].name, std::string("input"));
        QCOMPARE(graph.inputs[0].shape, (std::vector<std::string>{"N", "3", "16", "16"}));
        QVERIFY(graph.inputs[0].dtype == DType::kF32);
        QCOMPARE(graph.outputs[0].name, std::string("output"));
        QCOMPARE(graph.outputs[0].shape, (std::vector<std::string>{"N", "10"}));
        QVERIFY(graph.outputs[0].dtype == DType::kF32);
        QCOMPARE(taken(onnxModel(model, OnnxInput::kNormalised)).bytes, bytes);

        const OnnxGraph ofBytes = graphFor(model, OnnxInput::kBytes);
        QVERIFY(ofBytes.inputs[0].dtype == DType::kU8);
        QCOMPARE(ofBytes.inputs[0].name, std::string("input"));
        QCOMPARE(ofBytes.inputs[0].shape, graph.inputs[0].shape);
    }

    void metadata() {
        const ModelFile model = goldenModel();
        const std::map<std::string, std::string> told = graphFor(model).metadata;
        QCOMPARE(told.size(), std::size_t{6});
        QCOMPARE(told.at("spec"), model.spec.text());
        QCOMPARE(told.at("variant"), std::string("condensed"));
        QCOMPARE(nlohmann::json::parse(told.at("classes")).get<std::vector<std::string>>(), model.classes);
        QCOMPARE(nlohmann::json::parse(told.at("mean")), nlohmann::json({0.48, 0.45, 0.4}));
        QCOMPARE(nlohmann::json::parse(told.at("std")), nlohmann::json({0.2, 0.25, 0.3}));
        QCOMPARE(told.at("resize"), std::string("70"));
    }

    void answersAsInference_data() {
        QTest::addColumn<QString>("spec");
        const auto row = [](const char* name, const char* keys) { QTest::newRow(name) << QString(keys); };
        row("golden's shape", kTinySpec);
        row("one block, one layer", "condensenet:stages=1,growth=8,classes=3,size=8");
        row("C > G, stride 2, odd",
            "condensenet:stages=1-2,growth=8-8,groups=2,condense=4,bottleneck=2,group3x3=4,classes=7,size=17x12,"
            "stem_stride=2");
        row("C < G, wide", "condensenet:stages=2-1,growth=8-16,groups=8,condense=2,group3x3=2,classes=5,size=9x14");
        row("five blocks",
            "condensenet:stages=1-1-1-1-2,growth=4-4-4-8-8,groups=4,condense=2,bottleneck=2,group3x3=1,classes=4,"
            "size=33x47");
        row("G = 1", "condensenet:stages=2,growth=4,groups=1,condense=4,group3x3=1,classes=2,size=6");
        row("transitions, G = C = 1", "densenet:stages=2-1-1,growth=4-4-4,classes=3,size=9x13");
        row("transitions in groups",
            "condensenet:stages=1-2,growth=8-4,groups=4,condense=2,bottleneck=2,group3x3=2,classes=3,size=10x7,"
            "compression=0.5");
        row("C = 1", "condensenet:stages=1-1,growth=4-4,groups=4,condense=1,group3x3=4,classes=2,size=6");
    }

    void answersAsInference() {
        QFETCH(QString, spec);
        const NetworkSpec parsed = taken(parseNetworkSpec(spec.toStdString()));
        Network network = lively(parsed);
        verifyAnswers(network, "dense");
        condenseNetwork(network, parsed.condenseFactor - 1, CondensingRules::kCorrected);
        // Dropped weights of a reference training go on living; the mask must still hide them.
        network.visitTensors([](const TensorSlot& slot) {
            for (std::size_t i = 0; i < slot.mask.size(); ++i) {
                if (slot.mask[i] == 0) slot.value[i] = 7;
            }
        });
        verifyAnswers(network, "pruned");
        for (const double keep : {1.0, 0.5}) {
            Network condensed = taken(condensedNetwork(network, {keep}));
            verifyAnswers(condensed, keep < 1 ? "condensed, half a classifier" : "condensed");
        }
    }

    void formsStayWhatTheyAre() {
        const NetworkSpec spec = taken(parseNetworkSpec(kTinySpec));
        Network network = lively(spec);
        condenseNetwork(network, 3, CondensingRules::kCorrected);
        const OnnxGraph dense = graphFor(modelOf(network));
        QCOMPARE(dense.counts(), (std::map<std::string, int>{{"AveragePool", 2},
                                                             {"BatchNormalization", 13},
                                                             {"Concat", 6},
                                                             {"Conv", 13},
                                                             {"Flatten", 1},
                                                             {"Gemm", 1},
                                                             {"GlobalAveragePool", 1},
                                                             {"Relu", 13}}));
        Network condensed = taken(condensedNetwork(network));
        const OnnxGraph grouped = graphFor(modelOf(condensed));
        QCOMPARE(grouped.counts().at("Gather"), 6);  // a whole classifier needs none
        for (const OnnxGraph* graph : {&dense, &grouped}) {
            for (const OnnxNode& node : graph->nodes) {
                if (node.op != "Conv") continue;
                const bool first = node.name.ends_with("conv_1.conv"), second = node.name.ends_with("conv_2.conv");
                QVERIFY(first || second || node.name == "features.init_conv");
                const int groups = second || (first && graph == &grouped) ? 4 : 1;
                QCOMPARE(node.integer("group", 1), std::int64_t{groups});
            }
        }
        // Dropped weights are zeros of an ordinary convolution.
        const std::string weight = "features.denseblock_3.denselayer_2.conv_1.conv.weight";
        const auto values = dense.initializers.at(weight).floats();
        QCOMPARE(values.size(), std::size_t{64 * 48});
        QCOMPARE(std::count(values.begin(), values.end(), 0.0f), std::ptrdiff_t{64 * 36});
    }

    void tooLargeIsRefused() {
        const ModelFile model = goldenModel();
        const std::size_t size = taken(onnxModel(model, OnnxInput::kNormalised)).bytes.size();
        QVERIFY(onnxModel(model, OnnxInput::kNormalised, size).has_value());
        // The weights fit, but not what stands around them; and not even the weights.
        for (const std::size_t limit : {size - 1, std::size_t{1000}, std::size_t{0}}) {
            const auto refused = onnxModel(model, OnnxInput::kNormalised, limit);
            QVERIFY(!refused.has_value());
            QVERIFY(refused.error().code == ErrorCode::kTooLarge);
            QVERIFY(!refused.error().remedy.empty());
        }
    }

    // What ONNX's own check finds comes back as an error on one line.
    void whatTheCheckerFindsIsAnError() {
        ModelFile model = goldenModel();
        model.spec.classes = 11;  // the weights are for 10
        const auto refused = onnxModel(model, OnnxInput::kNormalised);
        QVERIFY(!refused.has_value());
        QVERIFY2(refused.error().why.find("ONNX's own check") != std::string::npos, refused.error().why.c_str());
        QVERIFY(refused.error().text().find('\n') == std::string::npos);
    }

  private:
    static OnnxGraph goldenGraph() {
        return test::parseOnnx(test::readBytes(kFixtures + "/onnx/onnx_tiny_condensed.onnx"));
    }

    static void compareWithGolden(const OnnxGraph& graph) {
        const StateDict io = taken(readSafetensors(kFixtures + "/onnx/onnx_tiny_io.safetensors")).tensors;
        for (const std::string batch : {"1", "3"}) {
            const auto expected = io.at("out.logits" + batch).floats();
            const auto got = test::evaluateOnnx(graph, io.at("in.x" + batch));
            QCOMPARE(got.shape, io.at("out.logits" + batch).shape);
            const double error = distance(got, expected);
            QVERIFY2(error <= 2e-5, fmt::format("batch {}: {:.3g} off", batch, error).c_str());
        }
    }

    static void verifyAnswers(Network& network, const char* state) {
        const ModelFile model = modelOf(network);
        const Pictures pictures = answeredPictures(network, model.preprocess, 3);
        const auto classes = static_cast<std::size_t>(model.spec.classes);
        for (const OnnxInput form : {OnnxInput::kNormalised, OnnxInput::kBytes}) {
            const std::string bytes = taken(onnxModel(model, form)).bytes;
            QCOMPARE(test::onnxComplaint(bytes), std::string());
            const OnnxGraph graph = test::parseOnnx(bytes);
            for (const int n : {1, 3}) {
                const auto got = test::evaluateOnnx(
                    graph, firstImages(form == OnnxInput::kBytes ? pictures.bytes : pictures.normalised, n));
                const double error =
                    distance(got, std::span(pictures.logits).first(static_cast<std::size_t>(n) * classes));
                QVERIFY2(error <= kTolerance, fmt::format("{}, batch {}: {:.3g} off", state, n, error).c_str());
            }
        }
    }
};

QTEST_GUILESS_MAIN(OnnxFileTest)
#include "tst_onnx_file.moc"
