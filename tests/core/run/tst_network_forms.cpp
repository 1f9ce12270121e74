// Both forms of a model, whichever of them it is stored in: alike where its condensing is done, and said to be two
// functions where steps were outstanding.
#include <QTest>

#include <cmath>

#include "infer/inference.h"
#include "run/network_forms.h"
#include "support/tiny_model.h"

using namespace condenser;

namespace {

std::vector<float> answerOf(const NetworkForms& forms, Variant variant) {
    ThreadPool pool(1);
    Inference inference([&](int height, int width) { return forms.graph(variant, height, width); });
    Tensor x(1, 3, 16, 16);
    const Picture seen = fitPicture(drawn(3), tinyModel(Variant::kDense).preprocess);
    normaliseInto(seen.pixels.data(), 16, 16, 0, 0, false, tinyModel(Variant::kDense).preprocess, x.view(), 0);
    const auto logits = inference.run(x.view(), pool);
    return {logits.begin(), logits.end()};
}

double largestDistance(const std::vector<float>& a, const std::vector<float>& b) {
    double largest = 0;
    for (std::size_t i = 0; i < a.size(); ++i)
        largest = std::max(largest, std::abs(static_cast<double>(a[i]) - static_cast<double>(b[i])));
    return largest;
}

}  // namespace

class TestNetworkForms : public QObject {
    Q_OBJECT

  private slots:
    void bothFormsOfEitherFile() {
        std::vector<float> first;
        for (const Variant stored : {Variant::kDense, Variant::kCondensed}) {
            const auto forms = NetworkForms::make(tinyModel(stored));
            QVERIFY2(forms.has_value(), forms ? "" : forms.error().text().c_str());
            QVERIFY(forms->dense.variant() == Variant::kDense);
            QVERIFY(forms->condensed.variant() == Variant::kCondensed);
            QCOMPARE(forms->outstandingSteps, 0);
            const auto dense = answerOf(*forms, Variant::kDense), condensed = answerOf(*forms, Variant::kCondensed);
            QVERIFY(largestDistance(dense, condensed) < 1e-5);
            if (first.empty()) first = dense;
            QVERIFY(largestDistance(dense, first) < 1e-5);
        }
    }

    // The dense form computes what was dropped, the condensed one does not.
    void theDenseFormComputesEverything() {
        const auto forms = NetworkForms::make(tinyModel(Variant::kCondensed));
        const auto macs = [&](Variant variant) { return graphMacs(forms->graph(variant, 16, 16)); };
        QVERIFY(macs(Variant::kDense) > macs(Variant::kCondensed));
        QCOMPARE(macs(Variant::kDense),
                 graphMacs(graphOf(Network(forms->dense.spec(), 1), 16, 16, DroppedConnections::kCompute)));
    }

    void outstandingStepsAreCounted() {
        ModelFile model = tinyModel(Variant::kDense);
        Network network(model.spec, 3);
        for (const int stage : {0, 1, 3}) {
            condenseNetwork(network, stage, CondensingRules::kCorrected);
            model.tensors = network.state();
            const auto forms = NetworkForms::make(model);
            QVERIFY(forms.has_value());
            QCOMPARE(forms->outstandingSteps, 3 - stage);
            QCOMPARE(condensingStageOf(forms->dense), stage);  // as it is stored
        }
        // All steps taken, but by the reference's rules, which lose what was skipped.
        Network lossy(model.spec, 3);
        condenseNetwork(lossy, 3, CondensingRules::kReference);
        model.tensors = lossy.state();
        QCOMPARE(NetworkForms::make(model)->outstandingSteps, 1);
    }
};

QTEST_GUILESS_MAIN(TestNetworkForms)
#include "tst_network_forms.moc"
