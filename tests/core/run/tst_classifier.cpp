// A picture in, classes out: the answer is the network's own, dense and condensed agree, two threads can ask at once.
#include <QTest>

#include <cmath>
#include <thread>

#include "run/answer_table.h"
#include "run/classifier.h"
#include "support/io_scratch.h"
#include "support/tiny_model.h"

using namespace condenser;

namespace {

Classifier makeClassifier(const ModelFile& model, ThreadPool& pool) {
    auto classifier = Classifier::make(model, pool);
    if (!classifier) qFatal("%s", classifier.error().text().c_str());
    return std::move(*classifier);
}

}  // namespace

class TestClassifier : public QObject {
    Q_OBJECT

  private slots:
    void theAnswerIsTheNetworks() {
        ThreadPool pool(2);
        const ModelFile model = tinyModel(Variant::kDense);
        Classifier classifier = makeClassifier(model, pool);
        auto network = Network::fromState(model.spec, model.tensors);
        QVERIFY(network.has_value());
        for (int i = 0; i < 5; ++i) {
            const Prediction answer = classifier.classify(drawn(i), 99);
            QCOMPARE(answer.answer().top.size(), std::size_t{3});
            QCOMPARE(answer.height, 32);
            QCOMPARE(answer.width, 32);
            QCOMPARE(answer.seen.height, 16);

            Tensor x(1, 3, 16, 16);
            const Picture seen = fitPicture(drawn(i), model.preprocess);
            QCOMPARE(answer.seen.pixels, seen.pixels);
            normaliseInto(seen.pixels.data(), 16, 16, 0, 0, false, model.preprocess, x.view(), 0);
            const auto logits = network->forward(x.view(), Mode::kEval, pool);
            double total = 0, sum = 0;
            for (const float logit : logits) total += std::exp(static_cast<double>(logit));
            double before = 1;
            for (const ClassProbability& one : answer.answer().top) {
                const double expected =
                    std::exp(static_cast<double>(logits[static_cast<std::size_t>(one.index)])) / total;
                QVERIFY(std::abs(one.probability - expected) < 1e-6);
                QCOMPARE(one.name, model.classes[static_cast<std::size_t>(one.index)]);
                QVERIFY(one.probability <= before);
                before = one.probability;
                sum += one.probability;
            }
            QVERIFY(std::abs(sum - 1) < 1e-6);
            QCOMPARE(classifier.classify(drawn(i), 2).answer().top.size(), std::size_t{2});
            const Prediction one = classifier.classify(drawn(i), 1);  // the second counts, named or not
            QCOMPARE(one.answer().top.size(), std::size_t{1});
            QCOMPARE(one.answer().margin(), answer.answer().margin());
        }
    }

    void denseAndCondensedAgree() {
        ThreadPool pool(1);
        const ModelFile denseModel = tinyModel(Variant::kDense), condensedModel = tinyModel(Variant::kCondensed);
        Classifier dense = makeClassifier(denseModel, pool), condensed = makeClassifier(condensedModel, pool);
        for (int i = 0; i < 5; ++i) {
            const Prediction a = dense.classify(drawn(i)), b = condensed.classify(drawn(i));
            for (std::size_t k = 0; k < a.answer().top.size(); ++k) {
                QCOMPARE(a.answer().top[k].index, b.answer().top[k].index);
                QVERIFY(std::abs(a.answer().top[k].probability - b.answer().top[k].probability) < 1e-5);
            }
        }
    }

    void bothFormsAnswerSideBySide() {
        ThreadPool pool(1);
        for (const Variant stored : {Variant::kDense, Variant::kCondensed}) {
            auto both = Classifier::make(tinyModel(stored), pool, Forms::kBoth);
            QVERIFY2(both.has_value(), both ? "" : both.error().text().c_str());
            QCOMPARE(both->outstandingSteps(), 0);
            for (int i = 0; i < 3; ++i) {
                const Prediction answer = both->classify(drawn(i), 3);
                QCOMPARE(answer.forms.size(), std::size_t{2});
                QVERIFY(answer.forms[0].variant == Variant::kDense);
                QVERIFY(answer.answer().variant == Variant::kCondensed);
                QVERIFY(both->variant() == Variant::kCondensed);
                QVERIFY(answer.agree());
                for (std::size_t k = 0; k < 3; ++k)
                    QVERIFY(std::abs(answer.forms[0].logits[k] - answer.forms[1].logits[k]) < 1e-5f);
                // One alone says the same.
                const Prediction alone = makeClassifier(tinyModel(stored), pool).classify(drawn(i), 3);
                QVERIFY(std::abs(alone.answer().margin() - answer.answer().margin()) < 1e-5);
            }
        }
    }

    void formsOfAModelInTrainingAreTwoFunctions() {
        ThreadPool pool(1);
        ModelFile model = tinyModel(Variant::kDense);
        model.tensors = Network(model.spec, 3).state();
        auto both = Classifier::make(model, pool, Forms::kBoth);
        QVERIFY(both.has_value());
        QCOMPARE(both->outstandingSteps(), 3);
        const Prediction answer = both->classify(drawn(0));
        QVERIFY(answer.forms[0].logits != answer.forms[1].logits);
        // What it has learned so far is in the dense one.
        QVERIFY(answer.answer().variant == Variant::kDense);
        QVERIFY(both->variant() == Variant::kDense);
        QCOMPARE(answerRow("a.png", answer).answer->probability, answer.forms[0].best().probability);
    }

    // Trained on after it was condensed: no dense network computes the same.
    void aCondensedModelWithoutADenseFormAnswersAlone() {
        ThreadPool pool(1);
        ModelFile model = tinyModelWithoutDenseForm();
        auto both = Classifier::make(model, pool, Forms::kBoth);
        QVERIFY2(both.has_value(), both ? "" : both.error().text().c_str());
        QVERIFY(both->denseProblem().has_value());
        QVERIFY(both->denseProblem()->text().find("trained after condensing") != std::string::npos);
        const Prediction answer = both->classify(drawn(0));
        QCOMPARE(answer.forms.size(), std::size_t{1});
        QVERIFY(answer.answer().variant == Variant::kCondensed);
        QVERIFY(answer.agree());
        QCOMPARE(answer.answer().logits, makeClassifier(model, pool).classify(drawn(0)).answer().logits);
        QVERIFY(!answerRow("a.png", answer).agree.has_value());
        // What is broken is refused all the same.
        model.tensors.erase("classifier.bias");
        QVERIFY(!Classifier::make(model, pool, Forms::kBoth).has_value());
    }

    void picturesFittedAheadGetTheSameAnswers() {
        ThreadPool pool(1);
        const ModelFile model = tinyModel(Variant::kCondensed);
        Classifier classifier = makeClassifier(model, pool);
        const Prediction whole = classifier.classify(drawn(1));
        const Prediction fitted = classifier.classify(fittedOf(drawn(1), model.preprocess));
        QCOMPARE(fitted.answer().logits, whole.answer().logits);
        QCOMPARE(fitted.seen.pixels, whole.seen.pixels);
        QCOMPARE(fitted.height, 32);
    }

    void filesAreReadAndBrokenOnesNamed() {
        const test::ScratchFolder folder;
        ThreadPool pool(1);
        Classifier classifier = makeClassifier(tinyModel(Variant::kDense), pool);
        QVERIFY(writePng(folder / "good.png", drawn(0)).has_value());
        test::writeBytes(folder / "empty.png", "");
        const auto good = classifier.classify(folder / "good.png");
        QVERIFY(good.has_value());
        QCOMPARE(good->answer().top.front().index, classifier.classify(drawn(0)).answer().top.front().index);
        for (const char* name : {"empty.png", "missing.png"}) {
            const auto bad = classifier.classify(folder / name);
            QVERIFY(!bad.has_value());
            QVERIFY(bad.error().text().find(name) != std::string::npos);
        }
    }

    void aModelThatDoesNotFitIsRefused() {
        ThreadPool pool(1);
        ModelFile model = tinyModel(Variant::kDense);
        model.tensors.erase("classifier.bias");
        const auto refused = Classifier::make(model, pool);
        QVERIFY(!refused.has_value());
        QVERIFY(refused.error().text().find("classifier.bias") != std::string::npos);
    }

    void twoThreadsAskAtOnce() {
        const ModelFile model = tinyModel(Variant::kDense);
        std::vector<int> answers[2];
        {
            std::vector<std::jthread> threads;
            for (std::vector<int>& mine : answers) {
                threads.emplace_back([&model, &mine] {
                    ThreadPool pool(2);
                    Classifier classifier = makeClassifier(model, pool);
                    for (int i = 0; i < 10; ++i)
                        mine.push_back(classifier.classify(drawn(i)).answer().top.front().index);
                });
            }
        }
        QCOMPARE(answers[0].size(), std::size_t{10});
        QCOMPARE(answers[0], answers[1]);
    }
};

QTEST_GUILESS_MAIN(TestClassifier)
#include "tst_classifier.moc"
