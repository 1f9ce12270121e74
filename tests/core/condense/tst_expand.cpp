// A condensed network made dense again: the connections are where they were, converting again gives the same bits, and
// both answer alike. What has no dense form is refused in words.
#include <QTest>

#include <algorithm>
#include <cmath>

#include "base/rng.h"
#include "condense/condense_step.h"
#include "condense/convert.h"
#include "condense/expand.h"
#include "support/golden_test.h"

using namespace condenser;

namespace {

constexpr const char* kSpec =
    "condensenet:stages=2-2,growth=8-8,groups=2,condense=4,bottleneck=2,group3x3=2,classes=5,size=12x9";
constexpr const char* kTransitionSpec =
    "condensenet:stages=2-2,growth=8-8,groups=2,condense=4,bottleneck=2,group3x3=2,classes=5,size=12x9,"
    "compression=0.75";

// Every norm and weight another, so that whatever stands at a wrong place shows.
Network condensedOf(double classifierKeep = 1, const char* spec = kSpec) {
    Network network(*parseNetworkSpec(spec), 4);
    Rng rng(7, RandomStream::kTest);
    network.visitTensors([&](const TensorSlot& slot) {
        const bool isVariance = slot.name.ends_with("running_var");
        if (slot.name.find("norm") == std::string::npos || slot.value.empty()) return;
        for (float& value : slot.value)
            value = static_cast<float>(isVariance ? 0.5 + rng.uniform() : 0.5 + rng.normal());
    });
    condenseNetwork(network, network.spec().condenseFactor - 1, CondensingRules::kCorrected);
    return std::move(*condensedNetwork(network, {classifierKeep}));
}

QString differences(const StateDict& a, const StateDict& b) {
    QString text;
    for (const auto& [name, tensor] : a) {
        const auto other = b.find(name);
        if (other == b.end() || other->second.shape != tensor.shape || other->second.bytes != tensor.bytes)
            text += QString::fromStdString(name) + " ";
    }
    return a.size() == b.size() ? text : text + "another number of tensors";
}

double largestDistance(std::span<const float> a, std::span<const float> b) {
    double largest = 0;
    for (std::size_t i = 0; i < a.size(); ++i)
        largest = std::max(largest, std::abs(static_cast<double>(a[i]) - static_cast<double>(b[i])));
    return largest;
}

}  // namespace

class TestExpand : public QObject {
    Q_OBJECT

  private slots:
    void convertingAgainGivesTheSameBits_data() {
        QTest::addColumn<double>("keep");
        QTest::addColumn<QByteArray>("spec");
        QTest::newRow("whole classifier") << 1.0 << QByteArray(kSpec);
        QTest::newRow("pruned classifier") << 0.5 << QByteArray(kSpec);
        QTest::newRow("transitions") << 0.5 << QByteArray(kTransitionSpec);
        QTest::newRow("DenseNet-BC") << 1.0 << QByteArray("densenet:stages=1-2-1,growth=3-3-3,classes=5,size=12x9");
    }
    void convertingAgainGivesTheSameBits() {
        QFETCH(double, keep);
        QFETCH(QByteArray, spec);
        Network condensed = condensedOf(keep, spec.constData());
        for (const auto& [name, tensor] : condensed.state()) QVERIFY2(!name.ends_with("_mask"), name.c_str());
        auto dense = expandedNetwork(condensed);
        QVERIFY2(dense.has_value(), dense ? "" : dense.error().text().c_str());
        QVERIFY(dense->variant() == Variant::kDense);
        QCOMPARE(condensingStageOf(*dense), dense->spec().condenseFactor - 1);
        QCOMPARE(condenseNetwork(*dense, dense->spec().condenseFactor - 1, CondensingRules::kCorrected).dropped,
                 std::int64_t{0});
        const auto again = condensedState(*dense, {keep});
        QVERIFY(again.has_value());
        QCOMPARE(differences(condensed.state(), *again), QString());

        ThreadPool pool(1);
        Tensor x(2, 3, 12, 9);
        Rng rng(1, RandomStream::kTest);
        for (int n = 0; n < 2; ++n) {
            for (int c = 0; c < 3; ++c) {
                for (int i = 0; i < 12 * 9; ++i)
                    x.view().plane(n, c)[i / 9 * x.view().strideRow + i % 9] = static_cast<float>(rng.normal());
            }
        }
        const auto answer = condensed.forward(x.view(), Mode::kEval, pool);
        QVERIFY(largestDistance(answer, dense->forward(x.view(), Mode::kEval, pool)) < 1e-5);
    }

    // Which the reference's own conversion made: its dense source has the same connections and weights there.
    void goldenNetworks_data() {
        QTest::addColumn<QString>("name");
        for (const char* name : {"tiny", "mixed"}) QTest::newRow(name) << name;
    }
    void goldenNetworks() {
        QFETCH(QString, name);
        const auto stateOf = [&](const char* suffix) {
            const golden::Case* which = golden::manifest().find("net_" + name.toStdString() + suffix);
            if (which == nullptr) qFatal("no such case");
            return golden::Check::open(*which)->tensorsWithPrefix("");
        };
        const auto spec = parseNetworkSpec(
            name == "tiny" ? "condensenet:stages=2-2-2,growth=4-8-16,size=16"
                           : "condensenet:stages=1-2,growth=8-8,groups=2,bottleneck=2,classes=7,size=17x12,"
                             "stem_stride=2");
        QVERIFY2(spec.has_value(), spec ? "" : spec.error().text().c_str());
        auto condensed = Network::fromState(*spec, stateOf("_condensed_state"));
        QVERIFY2(condensed.has_value(), condensed ? "" : condensed.error().text().c_str());
        auto dense = expandedNetwork(*condensed);
        QVERIFY2(dense.has_value(), dense ? "" : dense.error().text().c_str());
        const auto again = condensedState(*dense, {0.5});
        QVERIFY(again.has_value());
        QCOMPARE(differences(condensed->state(), *again), QString());
        auto source = Network::fromState(*spec, stateOf("_final_state"));
        QVERIFY(source.has_value());
        const auto before = source->learnedLayers(), after = dense->learnedLayers();
        for (std::size_t l = 0; l < before.size(); ++l) {
            const LearnedGroupConv &was = *before[l].conv, &is = *after[l].conv;
            for (int o = 0; o < was.outputs(); ++o) {
                for (int c = 0; c < was.inputs(); ++c) {
                    const std::size_t i = static_cast<std::size_t>(o * was.inputs() + c);
                    QCOMPARE(is.isLive(o % was.groups(), c), was.isLive(o % was.groups(), c));
                    QCOMPARE(is.conv.weight[i], was.isLive(o % was.groups(), c) ? was.conv.weight[i] : 0.0f);
                }
            }
        }
    }

    void whatHasNoDenseFormIsRefusedInWords() {
        const auto refused = [](Network& network, const char* where, const char* why) {
            const auto dense = expandedState(network);
            QVERIFY(!dense.has_value());
            QVERIFY2(dense.error().text().find(where) != std::string::npos, dense.error().text().c_str());
            QVERIFY2(dense.error().text().find(why) != std::string::npos, dense.error().text().c_str());
        };
        const auto setIndex = [](Network network, const std::string& name, std::int64_t position, std::int64_t to) {
            network.visitTensors([&](const TensorSlot& slot) {
                if (slot.name == name) slot.integers[static_cast<std::size_t>(position)] = to;
            });
            return std::move(*Network::fromState(network.spec(), network.state()));
        };
        const std::string layer = "features.denseblock_1.denselayer_1.conv_1";
        Network one = condensedOf();
        const std::vector<std::int64_t> index = one.condensedLayers().front().conv->index();  // 4 for each of 2 groups
        Network twice = setIndex(condensedOf(), layer + ".index", 1, index.front());
        refused(twice, layer.c_str(), "twice");
        // Group 1 reads a channel of group 0 that it did not read, through the norm of another one.
        const auto alone = std::find_if(index.begin(), index.begin() + 4, [&](std::int64_t channel) {
            return std::find(index.begin() + 4, index.end(), channel) == index.end();
        });
        QVERIFY(alone != index.begin() + 4);
        Network shared = setIndex(condensedOf(), layer + ".index", 4, *alone);
        refused(shared, layer.c_str(), "differently");
        Network pruned = condensedOf(0.5);
        Network classifier = setIndex(condensedOf(0.5), "classifier.index", 1, pruned.classifier().index.front());
        refused(classifier, "classifier.index", "twice");
    }
};

QTEST_GUILESS_MAIN(TestExpand)
#include "tst_expand.moc"
