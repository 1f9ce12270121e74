#include <QTemporaryDir>
#include <QtTest>

#include <cmath>
#include <fstream>
#include <set>

#include "compare/comparison.h"
#include "compare/gain_waterfall.h"
#include "network/summary.h"
#include "support/tiny_model.h"

using namespace condenser;

namespace {

// An untrained network of three classes of shapes10, `steps` condensing steps done.
ModelFile tinyModel(int steps) {
    ModelFile model = condenser::tinyModel(Variant::kDense);
    Network network(model.spec, 3);
    if (steps > 0) condenseNetwork(network, steps, CondensingRules::kCorrected);
    model.classes = {shapesClasses().begin(), shapesClasses().begin() + 3};
    model.trained = "{}";
    model.tensors = network.state();
    return model;
}

constexpr int kDone = 3;  // condensing steps of kTinySpec

Result<Equality> equalityOf(const ModelFile& model, EqualityOptions options) {
    ThreadPool pool(2);
    const auto forms = NetworkForms::make(model);
    return measureEquality(*forms, model, pool, options);
}

}  // namespace

class ComparisonTest : public QObject {
    Q_OBJECT

  private slots:
    // The folder has five pictures of each class, one of them damaged.
    void equalityOnData() {
        QTemporaryDir folder;
        const std::filesystem::path place = folder.filePath("tiny").toStdString();
        writeTinyFolder(place, 1, 5);
        std::ofstream(place / "test" / shapesClasses()[1] / "2.png", std::ios::trunc) << "no picture";
        EqualityOptions options;
        options.data = "folder:" + place.string();
        options.mustReadData = true;
        const auto equality = equalityOf(tinyModel(kDone), options);
        QVERIFY2(equality.has_value(), equality ? "" : equality.error().text().c_str());
        QCOMPARE(equality->images, 14);
        QCOMPARE(equality->agreeing, 14);
        QVERIFY(equality->same());
        QCOMPARE(equality->of, "test part of " + options.data);
        QVERIFY(equality->denseTop1 && equality->condensedTop1);
        QCOMPARE(*equality->denseTop1, *equality->condensedTop1);
    }

    // Steps that are applied for the condensed form make it another function.
    void outstandingStepsDiffer() {
        EqualityOptions options;
        options.images = 40;
        const auto equality = equalityOf(tinyModel(0), options);
        QVERIFY(equality.has_value());
        QCOMPARE(equality->images, 40);
        QVERIFY(equality->largestDifference > Equality::kSameLogit);
        QVERIFY(!equality->same());
        // Three of the ten classes drawn are the model's.
        QCOMPARE(equality->of, std::string("pictures of shapes10"));
        QVERIFY(!equality->denseTop1);
    }

    void dataThatAreGone() {
        EqualityOptions options;
        options.images = 5;
        options.data = "folder:/nowhere/at/all";
        const auto drawn = equalityOf(tinyModel(kDone), options);
        QVERIFY(drawn.has_value());
        QCOMPARE(drawn->of, std::string("pictures of shapes10"));
        options.mustReadData = true;
        QVERIFY(!equalityOf(tinyModel(kDone), options).has_value());
        std::stop_source stop;
        stop.request_stop();
        options.data.clear();
        options.stop = stop.get_token();
        QCOMPARE(equalityOf(tinyModel(kDone), options).error().code, ErrorCode::kCancelled);
    }

    void bothFormsAreMeasured() {
        ComparisonOptions options;
        options.threads = 2;
        options.seconds = 0.15;
        std::vector<std::size_t> samples(2);
        std::set<ComparisonOptions::Stage> stages;
        options.sampled = [&](std::size_t form, std::span<const double> ms) { samples.at(form) += ms.size(); };
        options.progress = [&](ComparisonOptions::Stage stage, double done, double total) {
            stages.insert(stage);
            QVERIFY(done <= total + 1e-9);
        };
        const auto made = compareForms(tinyModel(kDone), "mine", options);
        QVERIFY2(made.has_value(), made ? "" : made.error().text().c_str());
        QCOMPARE(stages.size(), std::size_t{3});
        QCOMPARE(made->dense().variant, std::string("dense"));
        QCOMPARE(made->dense().samplesMs.size(), samples[0]);
        QCOMPARE(made->condensed().samplesMs.size(), samples[1]);
        QVERIFY(made->dense().blocks.size() >= 10);
        QVERIFY(made->pair().interval.has_value());
        const auto spec = parseNetworkSpec(kTinySpec);
        QCOMPARE(made->dense().params, summarize(*spec, CountingMode::kDense).params);
        QCOMPARE(made->condensed().params, summarize(*spec, CountingMode::kCondensed).params);
        QVERIFY(made->equality.same());
        QCOMPARE(made->outstandingSteps, 0);
        QVERIFY(!made->bench.build.empty() && !made->bench.measured.empty() && !made->bench.isa.empty());
        const auto waterfall = gainWaterfall(made->dense(), made->condensed());
        QVERIFY(waterfall.has_value());
        double sum = 0;
        for (std::size_t i = 0; i + 1 < waterfall->size(); ++i) sum += (*waterfall)[i].ms;
        QVERIFY(std::abs(sum - made->condensed().medianMs) < 1e-9);

        // As large as the file that is written.
        QTemporaryDir folder;
        const std::filesystem::path file = folder.filePath("m.safetensors").toStdString();
        QVERIFY(writeModelFile(file, tinyModel(kDone)).has_value());
        QCOMPARE(made->denseFileBytes, std::uint64_t{std::filesystem::file_size(file)});
        QVERIFY(made->condensedFileBytes < made->denseFileBytes);
    }

    void sweepsEndWithTheMost() {
        QCOMPARE(sweepThreads(1), std::vector<int>{1});
        QCOMPARE(sweepThreads(2), (std::vector<int>{1, 2}));
        QCOMPARE(sweepThreads(6), (std::vector<int>{1, 2, 4, 6}));
    }

    // In the words of what forbids it.
    void aModelWithoutADenseFormIsRefused() {
        const auto made = compareForms(tinyModelWithoutDenseForm(), "mine", {});
        QVERIFY(!made.has_value());
        QVERIFY(made.error().text().find("trained after condensing") != std::string::npos);
    }

    void aStopEndsIt() {
        ComparisonOptions options;
        options.seconds = 100;
        std::stop_source stop;
        options.stop = stop.get_token();
        options.sampled = [&](std::size_t, std::span<const double>) { stop.request_stop(); };
        QCOMPARE(compareForms(tinyModel(kDone), "mine", options).error().code, ErrorCode::kCancelled);
    }
};

QTEST_GUILESS_MAIN(ComparisonTest)
#include "tst_comparison.moc"
