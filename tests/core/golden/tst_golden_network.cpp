// Whole networks against PyTorch: forward, gradients, 20 training steps with their condensing, conversion. Every case
// of the group "net", on every instruction set of this machine.
#include <QtTest>

#include "condense/convert.h"
#include "infer/plan.h"
#include "network/network.h"
#include "ops/loss.h"
#include "support/golden_test.h"
#include "support/kernel_test.h"
#include "train/trainer.h"

using namespace condenser;
using golden::Case;
using golden::Check;

namespace {

std::string dashed(const nlohmann::json& numbers) {
    std::string text;
    for (const auto& number : numbers) text += (text.empty() ? "" : "-") + std::to_string(number.get<int>());
    return text;
}

// The size of the pictures is not part of the manifest's cfg.
Result<NetworkSpec> specOf(const nlohmann::json& cfg, int h, int w) {
    return parseNetworkSpec(fmt::format(
        "condensenet:stages={},growth={},groups={},condense={},bottleneck={},group3x3={},classes={},size={}"
        "x{},stem_stride={},compression={}",
        dashed(cfg.at("stages")), dashed(cfg.at("growth")), cfg.at("groups").get<int>(), cfg.at("condense").get<int>(),
        cfg.at("bottleneck").get<int>(), cfg.at("groups_3x3").get<int>(), cfg.at("num_classes").get<int>(), h, w,
        cfg.at("init_stride").get<int>(), cfg.value("compression", 0.0)));
}

// Batch `index` of x [..., N, 3, H, W].
Tensor imagesOf(const StoredTensor& x, std::size_t index = 0) {
    const std::size_t d = x.shape.size();
    const int n = static_cast<int>(x.shape[d - 4]), h = static_cast<int>(x.shape[d - 2]),
              w = static_cast<int>(x.shape[d - 1]);
    const std::size_t floats = static_cast<std::size_t>(n * 3 * h * w);
    return Tensor::fromPacked(n, 3, h, w, x.floats().subspan(index * floats, floats));
}

std::vector<std::int32_t> targetsOf(const StoredTensor& target, std::size_t index = 0) {
    const std::size_t n = static_cast<std::size_t>(target.shape.back());
    const auto values = target.int64s().subspan(index * n, n);
    return {values.begin(), values.end()};
}

std::vector<float> copied(std::span<const float> values) {
    return {values.begin(), values.end()};
}

}  // namespace

class TestGoldenNetwork : public QObject {
    Q_OBJECT

  private slots:
    void netCases_data() {
        QTest::addColumn<QString>("target");
        QTest::addColumn<QString>("name");
        for (const std::string& target : simdTargets()) {
            for (const Case* one : golden::casesOf("net")) {
                QTest::newRow((target + " " + one->name).c_str())
                    << QString::fromStdString(target) << QString::fromStdString(one->name);
            }
        }
    }

    void netCases() {
        const test::ForcedTarget forced;
        const Case& which = golden::caseOfRow();
        auto opened = Check::open(which);
        QVERIFY2(opened.has_value(), opened ? "" : opened.error().text().c_str());
        Check& check = *opened;
        const std::string stem = which.name.substr(0, which.name.find('_', 4));  // "net_tiny"
        const std::string what = which.name.substr(stem.size() + 1);
        if (what == "forward") {
            forward(check);
        } else if (what == "train") {
            train(check);
        } else if (what == "condensed") {
            condensed(check);
        } else if (what == "condensed_state") {
            condensedStateOf(check);
        } else if (what == "step1_state" || what == "final_state" || what == "final_momentum") {
            state(check, stem, what);
        } else if (what != "init_state") {  // which the others start from
            QFAIL("a kind of case that this test does not know");
        }
        QVERIFY2(check.problems().empty(), check.problems().c_str());
    }

  private:
    StateDict stateOf(const std::string& name) {
        const Case* which = golden::manifest().find(name);
        if (which == nullptr) qFatal("no case %s", name.c_str());
        auto check = Check::open(*which);
        if (!check) qFatal("%s", check.error().text().c_str());
        return check->tensorsWithPrefix("");
    }

    Network networkOf(const Case& which, const std::string& state, const StoredTensor& x) {
        const std::size_t d = x.shape.size();
        const auto spec =
            specOf(which.params.at("cfg"), static_cast<int>(x.shape[d - 2]), static_cast<int>(x.shape[d - 1]));
        if (!spec) qFatal("%s", spec.error().text().c_str());
        auto network = Network::fromState(*spec, stateOf(state));
        if (!network) qFatal("%s", network.error().text().c_str());
        return std::move(*network);
    }

    std::vector<float> plannedLogits(const Network& network, const Tensor& images, DroppedConnections dropped) {
        const Plan plan(graphOf(network, images.h(), images.w(), dropped), images.n(), m_pool.size());
        PlanMemory memory = plan.makeMemory();
        std::vector<float> logits(static_cast<std::size_t>(images.n() * plan.classes()));
        plan.run(images.view(), logits, memory, m_pool);
        return logits;
    }

    void forward(Check& check) {
        const StoredTensor& x = check.tensor("in.x");
        Network network = networkOf(check.which(), check.which().params.at("state"), x);
        const Tensor images = imagesOf(x);
        const NetworkSpec& spec = network.spec();
        check.compare("out.logits_eval", plannedLogits(network, images, DroppedConnections::kCompute));
        check.compare("out.logits_eval", network.forward(images.view(), Mode::kEval, m_pool));
        const std::string features = "tap.features.";
        compareView(check, features + "init_conv", network.blockFeatures(0).value().channels(0, spec.stemChannels()));
        for (int b = 0; b < spec.blocks(); ++b) {
            const ConstView block = network.blockFeatures(b).value();
            if (b > 0)
                compareView(check, features + "transition_" + std::to_string(b),
                            block.channels(0, spec.blockInputs(b)));
            for (int l = 0; l < spec.stages[static_cast<std::size_t>(b)]; ++l) {
                const int channels = spec.layerInputs(b, l) + spec.growth[static_cast<std::size_t>(b)];
                compareView(check, fmt::format("{}denseblock_{}.denselayer_{}", features, b + 1, l + 1),
                            block.channels(0, channels));
            }
        }
        const Features& last = network.blockFeatures(spec.blocks() - 1);
        Tensor normed(images.n(), last.value().c, last.value().h, last.value().w);
        for (int n = 0; n < normed.n(); ++n) {
            for (int c = 0; c < normed.c(); ++c) {
                normForward(last.plane(), last.value().plane(n, c), last.value().strideRow,
                            network.lastNorm().affine(c), /*relu=*/false, normed.view().plane(n, c), normed.w());
            }
        }
        compareView(check, features + "norm_last", normed.view());
        if (check.has(features + "pool_last")) check.compare(features + "pool_last", network.pooled());

        const auto logits = network.forward(images.view(), Mode::kTrain, m_pool);
        check.compare("out.logits_train", logits);
        std::vector<float> dLogits(logits.size());
        const auto loss = softmaxCrossEntropy(logits, spec.classes, targetsOf(check.tensor("in.target")), dLogits);
        check.compare("out.loss_train", loss.loss);
        network.zeroGradients();
        Tensor dx(images.n(), 3, images.h(), images.w());
        network.backward(images.view(), dLogits, m_pool, dx.view());
        network.trackStatistics();
        check.compare("grad.x", dx.toPacked());
        network.visitTensors([&](const TensorSlot& slot) {
            if (slot.isParameter()) check.compare("grad." + slot.name, copied(slot.gradient));
            const std::string after = "state_after." + slot.name;
            if (!check.has(after)) return;
            if (slot.integers.empty()) {
                check.compare(after, copied(slot.value));
            } else {
                check.compare(after, slot.integers);
            }
        });
    }

    // Not every case tells of every map.
    static void compareView(Check& check, const std::string& name, ConstView view) {
        if (check.has(name)) check.compare(name, toPacked(view));
    }

    // The steps of a train case, with what `each` wants to see after every one.
    template <class Each>
    Network trainOn(Check& check, std::int64_t steps, StateDict* momentum, const Each& each) {
        const auto& params = check.which().params;
        const StoredTensor x = check.tensor("in.x"), target = check.tensor("in.target");
        Network network = networkOf(check.which(), params.at("state"), x);
        TrainerOptions options;
        options.totalSteps =
            params.at("epochs").get<std::int64_t>() * params.at("batches_per_epoch").get<std::int64_t>();
        options.learningRate = params.at("lr");
        options.momentum = params.at("momentum");
        options.weightDecay = params.at("weight_decay");
        options.groupLassoLambda = params.at("group_lasso_lambda");
        options.rules = CondensingRules::kReference;
        Trainer trainer(network, options, m_pool);
        const std::size_t batches = static_cast<std::size_t>(x.shape[0]);
        for (std::int64_t t = 0; t < std::min(steps, options.totalSteps); ++t) {
            const std::size_t batch = static_cast<std::size_t>(t) % batches;
            const Tensor images = imagesOf(x, batch);
            each(t, trainer.step(t, images.view(), targetsOf(target, batch)), network);
        }
        if (momentum != nullptr) *momentum = trainer.momentum();
        return network;
    }

    void train(Check& check) {
        std::vector<double> losses, entropies, lassos, rates, progress;
        std::vector<std::int32_t> stages, counts;
        std::map<std::string, std::vector<std::int32_t>> dropSteps;
        const double total = check.which().params.at("epochs").get<double>() *
                             check.which().params.at("batches_per_epoch").get<double>();
        trainOn(check, 1 << 20, nullptr, [&](std::int64_t t, const StepResult& step, Network& network) {
            losses.push_back(step.loss);
            entropies.push_back(step.crossEntropy);
            lassos.push_back(step.lasso);
            rates.push_back(step.learningRate);
            progress.push_back(static_cast<double>(t) / total);
            for (const auto& layer : network.learnedLayers()) {
                stages.push_back(layer.conv->stage());
                counts.push_back(layer.conv->droppedPerGroup());
                auto& steps = dropSteps["dropstep." + layer.name];
                steps.resize(static_cast<std::size_t>(layer.conv->groups() * layer.conv->inputs()), -1);
                for (int g = 0; g < layer.conv->groups(); ++g) {
                    for (int c = 0; c < layer.conv->inputs(); ++c) {
                        std::int32_t& when = steps[static_cast<std::size_t>(g * layer.conv->inputs() + c)];
                        if (when < 0 && !layer.conv->isLive(g, c)) when = static_cast<std::int32_t>(t);
                    }
                }
            }
        });
        for (const char* suffix : {"", "_f64"}) {
            check.compare(std::string("out.loss") + suffix, losses);
            check.compare(std::string("out.ce") + suffix, entropies);
            check.compare(std::string("out.lasso") + suffix, lassos);
        }
        check.compare("out.lr", rates);
        check.compare("out.progress", progress);
        const auto asStored = [&](const std::string& name, const std::vector<std::int32_t>& values) {
            StoredTensor tensor{DType::kI32, check.tensor(name).shape,
                                std::vector<std::byte>(values.size() * sizeof(std::int32_t))};
            std::memcpy(tensor.bytes.data(), values.data(), tensor.bytes.size());
            check.compare(name, tensor);
        };
        asStored("out.stage", stages);
        asStored("out.count", counts);
        for (const auto& [name, steps] : dropSteps) asStored(name, steps);
    }

    void state(Check& check, const std::string& stem, const std::string& what) {
        const Case* source = golden::manifest().find(stem + "_train");
        QVERIFY(source != nullptr);
        auto training = Check::open(*source);
        QVERIFY(training.has_value());
        StateDict momentum;
        Network network = trainOn(*training, what == "step1_state" ? 1 : 1 << 20, &momentum, [](auto&&...) {});
        for (const auto& [name, tensor] : what == "final_momentum" ? momentum : network.state())
            check.compare(name, tensor);
    }

    void condensedStateOf(Check& check) {
        const std::string source = check.which().params.at("source");
        const auto spec = specOf(check.which().params.at("cfg"), 32, 32);  // the weights do not depend on the size
        QVERIFY2(spec.has_value(), spec ? "" : spec.error().text().c_str());
        auto network = Network::fromState(*spec, stateOf(source));
        QVERIFY2(network.has_value(), network ? "" : network.error().text().c_str());
        const auto converted = condensedState(*network, {0.5});
        QVERIFY2(converted.has_value(), converted ? "" : converted.error().text().c_str());
        for (const auto& [name, tensor] : *converted) check.compare(name, tensor);
    }

    void condensed(Check& check) {
        const StoredTensor& x = check.tensor("in.x");
        Network dense = networkOf(check.which(), check.which().params.at("state"), x);
        Network whole = networkOf(check.which(), check.which().params.at("condensed_state"), x);
        auto convsOnly = condensedNetwork(dense);
        QVERIFY2(convsOnly.has_value(), convsOnly ? "" : convsOnly.error().text().c_str());
        const Tensor images = imagesOf(x);
        const auto answers = [&](std::span<const float> logits) {
            std::vector<std::int64_t> best;
            const std::size_t classes = static_cast<std::size_t>(dense.spec().classes);
            for (std::size_t n = 0; n < logits.size() / classes; ++n) {
                const auto row = logits.subspan(n * classes, classes);
                best.push_back(std::max_element(row.begin(), row.end()) - row.begin());
            }
            return best;
        };
        const auto denseLogits = dense.forward(images.view(), Mode::kEval, m_pool);
        check.compare("out.logits_dense", denseLogits);
        check.compare("out.argmax_dense", answers(denseLogits));
        check.compare("out.logits_convs_only", convsOnly->forward(images.view(), Mode::kEval, m_pool));
        const auto condensedLogits = whole.forward(images.view(), Mode::kEval, m_pool);
        check.compare("out.logits_condensed", condensedLogits);
        check.compare("out.logits_dense", plannedLogits(dense, images, DroppedConnections::kSkip));
        check.compare("out.logits_convs_only", plannedLogits(*convsOnly, images, DroppedConnections::kSkip));
        check.compare("out.logits_condensed", plannedLogits(whole, images, DroppedConnections::kSkip));
        check.compare("out.argmax_condensed", answers(condensedLogits));
    }

    ThreadPool m_pool{2};
};

QTEST_GUILESS_MAIN(TestGoldenNetwork)
#include "tst_golden_network.moc"
