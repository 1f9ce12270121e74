// The weights of a layer as a model file has them: what is dense and what is condensed of one network say the same, and
// it is what PyTorch says.
#include <QtTest>

#include "condense/condense_step.h"
#include "condense/convert.h"
#include "connections/layer_weights.h"
#include "run/run_files.h"
#include "support/golden_test.h"
#include "support/toy_connections.h"

using namespace condenser;
using namespace condenser::test;

namespace {

ModelFile fileOf(Network& network) {
    ModelFile file;
    file.spec = network.spec();
    file.tensors = network.state();
    return file;
}

ModelFile condensedOf(Network& network) {
    ModelFile file;
    file.spec = network.spec();
    file.variant = Variant::kCondensed;
    file.tensors = condensedState(network).value();
    return file;
}

Network condensedTo(const NetworkSpec& spec, int stage) {
    Network network(spec, 5);
    condenseNetwork(network, stage, CondensingRules::kCorrected);
    return network;
}

LayerWeights weightsOf(const ModelFile& file, int layer) {
    auto weights = layerWeights(file, layoutOf(file.spec), layer);
    if (!weights) throw std::runtime_error(weights.error().text());
    return std::move(*weights);
}

QString problemOf(const ModelFile& file, int layer = 1) {
    const auto weights = layerWeights(file, layoutOf(file.spec), layer);
    return weights ? QString() : QString::fromStdString(weights.error().text());
}

constexpr const char* kLayer = "features.denseblock_1.denselayer_2.";

}  // namespace

class LayerWeightsTest : public QObject {
    Q_OBJECT

  private slots:
    void aDenseFileByHand() {
        Network network(toySpec(), 1);
        LearnedGroupConv& conv = *network.learnedLayers()[1].conv;  // 8 outputs, 6 inputs, 2 groups
        for (std::size_t i = 0; i < conv.conv.weight.size(); ++i) conv.conv.weight[i] = static_cast<float>(i) - 20;
        conv.drop({{0, 2, 4}, {1, 3, 5}}, 3);  // and keeps the weights, as the reference does
        const LayerWeights weights = weightsOf(fileOf(network), 1);
        QCOMPARE(weights.groups, 2);
        QCOMPARE(weights.inputs, 6);
        QCOMPARE(weights.outputs, 8);
        QCOMPARE(weights.groups3x3, 2);
        QCOMPARE(weights.channels3x3, 2);
        QCOMPARE(weights.mask, (std::vector<std::uint8_t>{0, 1, 0, 1, 0, 1, 1, 0, 1, 0, 1, 0}));
        for (std::size_t row = 0; row < 8; ++row) {
            for (std::size_t column = 0; column < 6; ++column) {
                const bool live = (row % 2 == 0) == (column % 2 == 1);  // even rows are group 1
                const float expected = live ? static_cast<float>(row * 6 + column) - 20 : 0.0f;
                QCOMPARE(weights.pointwise[row * 6 + column], expected);
            }
        }
        const auto& filters = network.blocks()[0].layers[1].conv2;
        QCOMPARE(weights.filters.size(), std::size_t{2 * 4 * 9});
        QCOMPARE(weights.filters, filters.weight);
    }

    void denseAndCondensedAgree_data() {
        QTest::addColumn<QString>("spec");
        QTest::newRow("G = C") << "condensenet:stages=2-2,growth=8-16,groups=4,condense=4,size=16";
        QTest::newRow("G < C") << "condensenet:stages=2-2,growth=8-16,groups=2,condense=8,size=16";
        QTest::newRow("G > C") << "condensenet:stages=2-2,growth=8-16,groups=8,condense=2,size=16";
        QTest::newRow("C = 1") << "condensenet:stages=2-2,growth=8-16,groups=4,condense=1,size=16";
        QTest::newRow("transitions") << "condensenet:stages=2-1,growth=8-8,groups=2,condense=4,compression=0.5,size=16";
    }
    void denseAndCondensedAgree() {
        QFETCH(const QString, spec);
        const NetworkSpec parsed = parseNetworkSpec(spec.toStdString()).value();
        Network network = condensedTo(parsed, parsed.condenseFactor - 1);
        const ModelFile dense = fileOf(network), condensed = condensedOf(network);
        const ConnectionLayout layout = layoutOf(parsed);
        for (int layer = 0; layer < layout.layers(); ++layer) {
            const LayerWeights a = weightsOf(dense, layer), b = weightsOf(condensed, layer);
            QCOMPARE(a.mask, b.mask);
            QCOMPARE(a.pointwise, b.pointwise);
            QCOMPARE(a.filters, b.filters);
            QCOMPARE(a.filters.empty(), layout.reader(layer).transition);
            const auto live = std::ranges::count(a.mask, 1);
            QCOMPARE(live, std::ptrdiff_t{parsed.groups1x1} * a.inputs / parsed.condenseFactor);
            QVERIFY(std::ranges::any_of(a.pointwise, [](float w) { return w != 0; }));
        }
        const auto ofDense = connectionsOf(dense), ofCondensed = connectionsOf(condensed);
        QVERIFY(ofDense && ofCondensed);
        QCOMPARE(ofDense->layers, ofCondensed->layers);
        QCOMPARE(ofDense->layers, connectionLayers(network));  // as a run records them
        for (std::size_t i = 0; i < ofDense->layers.size(); ++i) {
            QCOMPARE(ofDense->record.layers[i].mask, ofCondensed->record.layers[i].mask);
            QCOMPARE(ofDense->record.layers[i].importance, ofCondensed->record.layers[i].importance);
        }
        QCOMPARE(ofDense->record.key.stage, parsed.condenseFactor - 1);
        QVERIFY(ofDense->record.key == ofCondensed->record.key);
    }

    // A model file says what the run that wrote it recorded.
    void aFileIsAsARunRecordsIt_data() {
        QTest::addColumn<int>("stage");
        for (int stage = 0; stage < 4; ++stage) QTest::newRow(qPrintable(QString::number(stage))) << stage;
    }
    void aFileIsAsARunRecordsIt() {
        QFETCH(const int, stage);
        Network network = condensedTo(parseNetworkSpec("condensenet-tiny").value(), stage);
        const ConnectionsRecord recorded = recordConnections(network, {});
        const auto found = connectionsOf(fileOf(network));
        QVERIFY2(found, found ? "" : found.error().text().c_str());
        QCOMPARE(found->layers, connectionLayers(network));
        QVERIFY(layoutOf(network.spec(), found->layers).has_value());
        QCOMPARE(found->record.key.stage, stage);
        for (std::size_t i = 0; i < recorded.layers.size(); ++i) {
            QCOMPARE(found->record.layers[i].mask, recorded.layers[i].mask);
            QCOMPARE(found->record.layers[i].importance, recorded.layers[i].importance);
        }
    }

    // The trained golden networks: what is left of each layer is what PyTorch's conversion keeps, bit by bit.
    void goldenNetworks_data() {
        QTest::addColumn<QString>("name");
        QTest::addColumn<QString>("spec");
        QTest::newRow("tiny") << "net_tiny"
                              << "condensenet:stages=2-2-2,growth=4-8-16,groups=4,condense=4,size=16";
        QTest::newRow("mixed, G = 2, C = 4")
            << "net_mixed"
            << "condensenet:stages=1-2,growth=8-8,groups=2,condense=4,bottleneck=2,classes=7,size=17x12,stem_stride=2";
    }
    void goldenNetworks() {
        QFETCH(const QString, name);
        QFETCH(const QString, spec);
        const auto fileOfCase = [&](const char* what, Variant variant) {
            const golden::Case* which = golden::manifest().find(name.toStdString() + what);
            if (which == nullptr) throw std::runtime_error("no such golden case");
            auto check = golden::Check::open(*which);
            if (!check) throw std::runtime_error(check.error().text());
            ModelFile file;
            file.spec = parseNetworkSpec(spec.toStdString()).value();
            file.variant = variant;
            file.tensors = check->tensorsWithPrefix("");
            return file;
        };
        const ModelFile dense = fileOfCase("_final_state", Variant::kDense),
                        condensed = fileOfCase("_condensed_state", Variant::kCondensed);
        const ConnectionLayout layout = layoutOf(dense.spec);
        for (int layer = 0; layer < layout.layers(); ++layer) {
            const LayerWeights a = weightsOf(dense, layer), b = weightsOf(condensed, layer);
            QCOMPARE(a.mask, b.mask);
            QCOMPARE(a.pointwise, b.pointwise);
            QCOMPARE(a.filters, b.filters);
        }
    }

    void whatDoesNotFitIsTold() {
        Network network = condensedTo(toySpec(), 1);
        const ModelFile dense = fileOf(network), condensed = condensedOf(network);
        QCOMPARE(problemOf(dense), QString());
        QCOMPARE(problemOf(condensed), QString());
        const auto broken = [](ModelFile file, const std::string& tensor,
                               const std::function<void(StoredTensor&)>& how) {
            how(file.tensors.at(kLayer + tensor));
            return problemOf(file);
        };
        for (const char* tensor : {"conv_1.conv.weight", "conv_1._mask", "conv_2.conv.weight"}) {
            ModelFile without = dense;
            without.tensors.erase(kLayer + std::string(tensor));
            QVERIFY(problemOf(without).contains(tensor));
            QCOMPARE(problemOf(without, 0), QString());  // the other layers are there
            // As many elements, but another shape.
            const QString turned = broken(dense, tensor, [](StoredTensor& t) { std::swap(t.shape[0], t.shape[1]); });
            QVERIFY2(turned.contains(tensor) && turned.contains("expected"), qPrintable(turned));
            const QString nan = broken(dense, tensor, [](StoredTensor& t) {
                std::vector<float> values(t.floats().begin(), t.floats().end());
                values[2] = std::numeric_limits<float>::quiet_NaN();
                t = StoredTensor::ofFloats(t.shape, values);
            });
            QVERIFY2(nan.contains(tensor) && nan.contains("finite"), qPrintable(nan));
        }
        for (const std::int64_t channel : {-1, 6, 1 << 30}) {
            const QString outside = broken(condensed, "conv_1.index", [&](StoredTensor& t) {
                std::vector<std::int64_t> index(t.int64s().begin(), t.int64s().end());
                index[4] = channel;  // the second of group 2
                t = StoredTensor::ofInt64s(t.shape, index);
            });
            QVERIFY2(outside.contains("conv_1.index") && outside.contains("group 2"), qPrintable(outside));
        }
        const QString twice = broken(condensed, "conv_1.index", [](StoredTensor& t) {
            std::vector<std::int64_t> index(t.int64s().begin(), t.int64s().end());
            index[1] = index[0];
            t = StoredTensor::ofInt64s(t.shape, index);
        });
        QVERIFY2(twice.contains("twice"), qPrintable(twice));
        const QString ofFloats = broken(condensed, "conv_1.index", [](StoredTensor& t) { t.dtype = DType::kF64; });
        QVERIFY2(ofFloats.contains("expected"), qPrintable(ofFloats));
        QVERIFY(!connectionsOf([&] {
            ModelFile file = dense;
            file.tensors.erase(kLayer + std::string("conv_1._stage"));
            return file;
        }()));
    }

    // Weights that a sum of floats cannot hold are refused instead of drawn.
    void hugeWeightsAreTold() {
        Network network(toySpec(), 1);
        for (float& weight : network.learnedLayers()[0].conv->conv.weight) weight = 3e38f;
        const auto found = connectionsOf(fileOf(network));
        QVERIFY(!found);
        QCOMPARE(found.error().code, ErrorCode::kNotFinite);
    }
};

QTEST_GUILESS_MAIN(LayerWeightsTest)
#include "tst_layer_weights.moc"
