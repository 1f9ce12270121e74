#include <QtTest>

#include <bit>
#include <cmath>
#include <limits>

#include "condense/condense_step.h"
#include "condense/convert.h"
#include "exchange/reference_state.h"
#include "network/network.h"

using namespace condenser;

namespace {

NetworkSpec specOf(const std::string& text) {
    auto spec = parseNetworkSpec("condensenet:" + text);
    if (!spec) throw std::runtime_error(spec.error().text());
    return *spec;
}

constexpr const char* kSpecs[] = {
    "stages=2-2-2,growth=4-8-16,size=32",
    "stages=1-2,growth=8-8,groups=2,condense=4,group3x3=4,bottleneck=2,classes=7,size=32",
    "stages=2-1-1,growth=8-8-16,groups=4,condense=8,group3x3=8,classes=3,size=32",
    "stages=1-1-1-1-1,growth=4-4-4-4-4,groups=1,condense=2,group3x3=1,bottleneck=1,classes=11,size=224",
    "stages=2-1-1,growth=8-8-8,groups=2,condense=4,group3x3=2,classes=3,size=32,compression=0.5",
    "stages=1-1-1,growth=4-4-4,groups=2,condense=2,group3x3=1,classes=3,size=32,compression=0.34",
};

// What the network that was made from the inferred spec makes of the tensors.
std::string misfit(const StateDict& tensors) {
    const auto inferred = inferSpec(tensors, "toy");
    if (!inferred) return inferred.error().text();
    const auto network = Network::fromState(inferred->spec, tensors);
    return network ? "" : network.error().text();
}

bool assumes(const InferredSpec& inferred, const std::string& what) {
    for (const std::string& assumed : inferred.assumed) {
        if (assumed.find(what) != std::string::npos) return true;
    }
    return false;
}

template <class Word>
StoredTensor of(DType dtype, std::initializer_list<Word> values) {
    StoredTensor tensor{dtype, {static_cast<std::int64_t>(values.size())}, {}};
    const auto bytes = std::as_bytes(std::span(std::data(values), values.size()));
    tensor.bytes.assign(bytes.begin(), bytes.end());
    return tensor;
}

#define HOLDS(text, part) QVERIFY2(QString::fromStdString(text).contains(part), (text).c_str())

}  // namespace

class ReferenceStateTest : public QObject {
    Q_OBJECT

  private slots:
    void aCondensingNetworkTellsAll() {
        for (const char* text : kSpecs) {
            const NetworkSpec spec = specOf(text);
            Network network(spec, 1);
            for (int stage = 1; stage < spec.condenseFactor; ++stage) {
                condenseNetwork(network, stage, CondensingRules::kCorrected);
                const auto inferred = inferSpec(network.state(), "toy");
                QVERIFY2(inferred, inferred ? "" : inferred.error().text().c_str());
                QVERIFY2(inferred->spec == spec, (inferred->spec.text() + " of " + spec.text()).c_str());
                QVERIFY(assumes(*inferred, "pixels") && assumes(*inferred, "stride"));
                QVERIFY(!assumes(*inferred, "factor") && !assumes(*inferred, "groups"));
            }
            for (const double keep : {1.0, 0.5}) {
                auto condensed = condensedNetwork(network, {keep});
                QVERIFY(condensed);
                const auto inferred = inferSpec(condensed->state(), "toy");
                QVERIFY2(inferred, inferred ? "" : inferred.error().text().c_str());
                QVERIFY2(inferred->spec == spec, (inferred->spec.text() + " of " + spec.text()).c_str());
                QCOMPARE(misfit(condensed->state()), std::string());
            }
        }
    }

    // Before the first step, masks say nothing of groups, and counts nothing of C.
    void whatIsOpenTakesTheDefaults() {
        Network network(specOf("stages=2-2-2,growth=8-8-16,groups=8,condense=8,size=16"), 1);
        const auto inferred = inferSpec(network.state(), "toy");
        QVERIFY(inferred);
        QCOMPARE(inferred->spec.groups1x1, 4);
        QCOMPARE(inferred->spec.condenseFactor, 4);
        QCOMPARE(inferred->spec.height, 32);
        QVERIFY(assumes(*inferred, "condensation factor 4") && assumes(*inferred, "4 groups"));
        QCOMPARE(misfit(network.state()), std::string());
    }

    // The reference's DenseNet: its 1x1 convolutions have no masks at all.
    void aDenseNetHasNoMasks() {
        const NetworkSpec spec = specOf("stages=2-1-1,growth=3-3-3,groups=1,condense=1,group3x3=1,compression=0.5");
        Network network(spec, 1);
        const StateDict whole = network.state();
        StateDict plain = whole;
        std::erase_if(plain, [](const auto& entry) { return entry.first.find("._") != std::string::npos; });
        QVERIFY(plain.size() + 18 == whole.size());  // four layers and two transitions
        const auto inferred = inferSpec(plain, "toy");
        QVERIFY2(inferred, inferred ? "" : inferred.error().text().c_str());
        QVERIFY2(inferred->spec == spec, inferred->spec.text().c_str());
        QVERIFY(!assumes(*inferred, "factor") && !assumes(*inferred, "groups"));
        addMissingMasks(plain);
        QCOMPARE(plain.size(), whole.size());
        for (const auto& [name, tensor] : whole) {
            QVERIFY2(plain.at(name).shape == tensor.shape && plain.at(name).bytes == tensor.bytes, name.c_str());
        }
        // One mask that is missing among others is an error, not a DenseNet.
        plain.erase("features.transition_1.conv._mask");
        addMissingMasks(plain);
        const auto refused = Network::fromState(spec, plain);
        QVERIFY(!refused);
        HOLDS(refused.error().text(), "features.transition_1.conv._mask is missing");
    }

    // No one share makes 4 of 9 and 5 of 7 channels; a transition is missing; nobody knows what the second one keeps.
    void transitionsThatDoNotFit() {
        Network network(specOf("stages=1-1-1,growth=3-3-3,groups=1,condense=1,group3x3=1,compression=0.5"), 1);
        StateDict state = network.state();
        const std::string weight = "features.transition_2.conv.conv.weight";
        state[weight] = StoredTensor::ofFloats({5, 7, 1, 1}, std::vector<float>(35));
        HOLDS(misfit(state), "do not keep one and the same share of the channels");
        state.erase(weight);
        HOLDS(misfit(state), QString::fromStdString(weight) + " is missing");
    }

    // One of three steps took place, and `_stage` says 3: the reference loses steps that are passed over.
    void stepsThatWereLost() {
        Network network(specOf("stages=2-2-2,growth=8-8-16"), 1);
        condenseNetwork(network, 1, CondensingRules::kCorrected);
        StateDict state = network.state();
        for (auto& [name, tensor] : state) {
            if (name.ends_with("._stage")) tensor = StoredTensor::ofFloats({1}, std::vector{3.0F});
        }
        const auto inferred = inferSpec(state, "toy");
        QVERIFY(inferred);
        QCOMPARE(inferred->spec.condenseFactor, 4);
        QCOMPARE(inferred->spec.groups1x1, 4);
    }

    void whatDoesNotFitIsNamed() {
        Network network(specOf("stages=1-1,growth=8-8"), 1);
        const StateDict good = network.state();
        const std::string layer = "features.denseblock_1.denselayer_1.";
        const auto without = [&](const std::string& name) {
            StateDict state = good;
            if (state.erase(name) != 1) throw std::runtime_error("there is no " + name);
            return misfit(state);
        };
        for (const char* name : {"features.init_conv.weight", "classifier.weight", "classifier.bias"}) {
            HOLDS(without(name), QString::fromLatin1(name) + " is missing");
        }
        for (const char* name : {"conv_1.conv.weight", "conv_2.conv.weight", "conv_1._mask", "conv_1.norm.bias"}) {
            HOLDS(without(layer + name), QString::fromStdString(layer + name) + " is missing");
        }
        QCOMPARE(without(layer + "conv_1.norm.num_batches_tracked"), std::string());
        const auto with = [&](const std::string& name, std::vector<std::int64_t> shape) {
            StateDict state = good;
            StoredTensor tensor{DType::kF32, std::move(shape), {}};
            tensor.bytes.resize(static_cast<std::size_t>(tensor.elements()) * 4);
            state[name] = std::move(tensor);
            return misfit(state);
        };
        HOLDS(with("features.init_conv.weight", {16, 3, 3}), "4 dimensions");
        HOLDS(with("features.init_conv.weight", {0, 3, 3, 3}), "4 dimensions");
        HOLDS(with("features.init_conv.weight", {14, 3, 3, 3}), "twice the growth");
        HOLDS(with("features.init_conv.weight", {16, 3, 5, 5}), "expected F32 [16, 3, 3, 3]");
        HOLDS(with("extra", {1}), "extra is not part");
        HOLDS(with(layer + "conv_2.conv.weight", {5, 8, 3, 3}), "no whole bottleneck");
        HOLDS(with(layer + "conv_2.conv.weight", {16, 8, 3, 3}), "not made like");
        HOLDS(with("classifier.weight", {10, 999}), "classifier.weight is F32 [10, 999], expected");
        HOLDS(misfit({{"conv1.weight", StoredTensor::ofFloats({1}, std::vector{1.0F})}}), "conv1.weight");
        HOLDS(misfit({}), "init_conv.weight is missing");
        // Masks without groups.
        Network condensing(specOf("stages=1-1,growth=8-8"), 1);
        condenseNetwork(condensing, 1, CondensingRules::kCorrected);
        StateDict state = condensing.state();
        auto* mask = reinterpret_cast<float*>(state.at(layer + "conv_1._mask").bytes.data());
        mask[0] = 1 - mask[0];
        HOLDS(misfit(state), "groups of filters");
    }

    void singlePrecision() {
        StateDict state;
        state["half"] = of<std::uint16_t>(DType::kF16, {0x0000, 0x8000, 0x3C00, 0xC000, 0x7BFF, 0x0400, 0x0001, 0x83FF,
                                                        0x7C00, 0xFC00, 0x7E01, 0x3555});
        state["brain"] = of<std::uint16_t>(DType::kBF16, {0x3F80, 0xC000, 0x0001, 0x7F80});
        state["double"] = of<double>(DType::kF64, {0.1, -2.0, 1e300, 1e-300});
        state["float"] = of<float>(DType::kF32, {0.1F});
        state["long"] = of<std::int64_t>(DType::kI64, {3});
        const SingleState single = inSinglePrecision(state);
        QCOMPARE(single.converted, 3);
        const auto half = single.tensors.at("half").floats();
        const float expected[] = {0.0F,     -0.0F,         1.0F,     -2.0F,     65504.0F,      0x1p-14F,
                                  0x1p-24F, -0x1.ff8p-15F, INFINITY, -INFINITY, std::nanf(""), 0x1.554p-2F};
        for (std::size_t i = 0; i < std::size(expected); ++i) {
            QVERIFY2(std::isnan(expected[i])
                         ? std::isnan(half[i])
                         : std::bit_cast<std::uint32_t>(half[i]) == std::bit_cast<std::uint32_t>(expected[i]),
                     std::to_string(i).c_str());
        }
        const auto brain = single.tensors.at("brain").floats();
        QCOMPARE(brain[0], 1.0F);
        QCOMPARE(brain[1], -2.0F);
        QCOMPARE(brain[2], 0x1p-133F);
        QCOMPARE(brain[3], std::numeric_limits<float>::infinity());
        const auto rounded = single.tensors.at("double").floats();
        QCOMPARE(rounded[0], 0.1F);
        QVERIFY(std::isinf(rounded[2]));
        QCOMPARE(single.tensors.at("long").int64s()[0], 3);
        QCOMPARE(single.tensors.at("float").floats()[0], 0.1F);
    }
};

QTEST_GUILESS_MAIN(ReferenceStateTest)
#include "tst_reference_state.moc"
