// The reference operators against PyTorch: every case of the groups "ops" and "condensing".
#include <QtTest>

#include <fmt/format.h>

#include "ops/reference.h"
#include "ops/reference_condensing.h"
#include "support/golden_test.h"

using namespace condenser;
using golden::Check;
using reference::Array;

namespace {

// ---- operators ------------------------------------------------------------------------------------------------------

reference::Statistics runningStatistics(const Check& check, const std::string& prefix) {
    return {check.values(prefix + "running_mean"), check.values(prefix + "running_var"), 0};
}

void batchNorm(Check& check, bool training) {
    const Array x = check.array("in.x");
    const auto weight = check.values("in.weight");
    reference::Statistics running = runningStatistics(check, "in.");
    reference::Statistics used = running;
    if (training) {
        used = reference::batchStatistics(x);
        reference::updateRunning(used, running);
        std::vector<double> inverse;
        for (int c = 0; c < x.c; ++c) inverse.push_back(used.inverseDeviation(c));
        check.compare("out.batch_mean", used.mean);
        check.compare("out.batch_invstd", inverse);
        check.compare("out.running_mean", running.mean);
        check.compare("out.running_var", running.variance);
    }
    check.compare("out.y", reference::batchNormForward(x, used, weight, check.values("in.bias")).values);
    const auto gradients = reference::batchNormBackward(x, used, weight, check.array("in.grad_y"), training);
    check.compare("grad.x", gradients.dx.values);
    check.compare("grad.weight", gradients.dweight);
    check.compare("grad.bias", gradients.dbias);
}

void relu(Check& check) {
    const Array x = check.array("in.x");
    check.compare("out.y", reference::reluForward(x).values);
    check.compare("grad.x", reference::reluBackward(x, check.array("in.grad_y")).values);
}

void convolution(Check& check) {
    const auto& params = check.which().params;
    const reference::Conv2d conv{params.at("stride"), params.at("padding"), params.at("groups")};
    const Array x = check.array("in.x"), weight = check.array("in.weight"), dy = check.array("in.grad_y");
    check.compare("out.y", reference::conv2dForward(conv, x, weight).values);
    check.compare("grad.x", reference::conv2dBackwardData(conv, weight, dy, x.h, x.w).values);
    check.compare("grad.weight", reference::conv2dBackwardWeight(conv, x, dy, weight.h).values);
}

// Both forms of the learned convolution share what stands around the weights.
reference::NormReluConv normReluConv(const Check& check, int groups) {
    return {
        check.values("in.norm.weight"), check.values("in.norm.bias"), check.array("in.conv.weight"), {1, 0, groups}};
}

void compareGradients(Check& check, const reference::NormReluConvGradients& gradients) {
    check.compare("grad.x", gradients.dx.values);
    check.compare("grad.conv.weight", gradients.dweight.values);
    check.compare("grad.norm.weight", gradients.dnormWeight);
    check.compare("grad.norm.bias", gradients.dnormBias);
}

void learnedGroupConv(Check& check) {
    const bool training = check.which().params.at("train");
    const auto layer = normReluConv(check, 1);
    const Array x = check.array("in.x"), mask = check.array("in._mask");
    reference::Statistics running = runningStatistics(check, "in.norm.");
    reference::Statistics used = running;
    if (training) {
        used = reference::batchStatistics(x);
        reference::updateRunning(used, running);
    }
    // In evaluation too, where a case lists them: they must then be what they were.
    for (const auto& [name, values] :
         {std::pair("out.norm.running_mean", running.mean), std::pair("out.norm.running_var", running.variance)}) {
        if (check.has(name)) check.compare(name, values);
    }
    check.compare("out.y", reference::learnedGroupConvForward(layer, mask, x, used).values);
    compareGradients(check,
                     reference::learnedGroupConvBackward(layer, mask, x, used, check.array("in.grad_y"), training));
}

void condensedConv(Check& check) {
    const auto& params = check.which().params;
    const bool training = params.at("train");
    const auto layer = normReluConv(check, params.at("groups"));
    const Array x = check.array("in.x");
    const auto index = check.int64s("in.index");
    const auto used = training ? reference::batchStatistics(reference::gatherForward(x, index))
                               : runningStatistics(check, "in.norm.");
    check.compare("out.y", reference::condensedConvForward(layer, index, x, used).values);
    compareGradients(check,
                     reference::condensedConvBackward(layer, index, x, used, check.array("in.grad_y"), training));
}

void channelShuffle(Check& check) {
    check.compare("out.y", reference::shuffleForward(check.array("in.x"), check.which().params.at("groups")).values);
}

void averagePool2(Check& check) {
    const Array x = check.array("in.x");
    check.compare("out.y", reference::avgPool2Forward(x).values);
    check.compare("grad.x", reference::avgPool2Backward(check.array("in.grad_y"), x.h, x.w).values);
}

void globalPool(Check& check) {
    const Array x = check.array("in.x");
    check.compare("out.y", reference::globalPoolForward(x).values);
    check.compare("grad.x", reference::globalPoolBackward(check.array("in.grad_y"), x.h, x.w).values);
}

void linear(Check& check) {
    const Array x = check.array("in.x"), weight = check.array("in.weight");
    check.compare("out.y", reference::linearForward(x, weight, check.values("in.bias")).values);
    const auto gradients = reference::linearBackward(x, weight, check.array("in.grad_y"));
    check.compare("grad.x", gradients.dx.values);
    check.compare("grad.weight", gradients.dweight.values);
    check.compare("grad.bias", gradients.dbias);
}

void condensedLinear(Check& check) {
    const Array x = check.array("in.x"), weight = check.array("in.weight");
    const auto index = reference::classifierIndex(weight, weight.c / 2);
    const Array kept = reference::gatherForward(weight, index);
    check.compare("out.index", index);
    check.compare("out.weight", kept.values);
    check.compare("out.y",
                  reference::linearForward(reference::gatherForward(x, index), kept, check.values("in.bias")).values);
}

void softmaxCrossEntropy(Check& check) {
    const auto loss = reference::softmaxCrossEntropy(check.array("in.logits"), check.int64s("in.target"));
    check.compare("out.loss", loss.value);
    check.compare("grad.logits", loss.dlogits.values);
    check.compare("out.top1_correct", loss.top1);
    check.compare("out.top5_correct", loss.top5);
}

// Steps are the first dimension of lr and of the gradients; the results hold the state after each.
void sgdNesterov(Check& check) {
    const auto& params = check.which().params;
    const auto rates = check.tensor("in.lr").doubles();
    const auto gradients = check.values("in.grads");
    auto parameter = check.values("in.param");
    std::vector<double> buffer(parameter.size()), parameters, buffers;
    for (std::size_t step = 0; step < rates.size(); ++step) {
        const reference::Sgd sgd{rates[step], params.at("momentum"), params.at("weight_decay"), step == 0};
        const auto gradient = std::span(gradients).subspan(step * parameter.size(), parameter.size());
        reference::sgdStep(sgd, gradient, parameter, buffer);
        parameters.insert(parameters.end(), parameter.begin(), parameter.end());
        buffers.insert(buffers.end(), buffer.begin(), buffer.end());
    }
    check.compare("out.params", parameters);
    check.compare("out.momentum", buffers);
}

// ---- condensing -----------------------------------------------------------------------------------------------------

std::vector<std::int64_t> flat(const std::vector<std::vector<int>>& rows) {
    std::vector<std::int64_t> values;
    for (const auto& row : rows) values.insert(values.end(), row.begin(), row.end());
    return values;
}

// One layer through all steps; a "stageS.*" that a case leaves out is not looked at. stage0 is before any drop.
void trajectory(Check& check) {
    const auto& params = check.which().params;
    const int groups = params.at("groups"), condense = params.at("condense");
    Array weight = check.array(check.has("stage0.weight") ? "stage0.weight" : "stage1.weight");
    Array mask(weight.n, weight.c);
    std::fill(mask.values.begin(), mask.values.end(), 1.0);
    const int portion = weight.c / condense;
    int count = 0;
    for (int stage = 0; stage < condense; ++stage) {
        const std::string at = fmt::format("stage{}.", stage);
        const auto compare = [&](const char* what, const auto& got) {
            if (check.has(at + what)) check.compare(at + what, got);
        };
        if (check.has(at + "weight")) weight = check.array(at + "weight");
        if (stage > 0) {
            compare("importance", reference::importance(weight, mask, groups).values);
            const auto dropped = reference::inputsToDrop(weight, mask, groups, count, portion);
            compare("dropped", flat(dropped));
            reference::drop(dropped, mask);
            count += portion;
        }
        compare("count", static_cast<double>(count));
        compare("stage", static_cast<double>(stage));
        compare("mask", mask.values);
        const std::uint8_t active = reference::lassoActive(stage, groups, condense, /*quirks=*/true);
        compare("lasso_active", std::span(&active, 1));
        reference::Lasso lasso = reference::groupLasso(weight, mask, groups);
        if (active == 0) lasso = {0, Array(weight.n, weight.c)};
        compare("lasso", lasso.value);
        compare("lasso_grad", lasso.dweight.values);
    }
    const auto index = reference::conversionIndex(mask, groups, portion);
    check.compare("final.index", index);
    if (check.has("final.conv.weight")) {
        check.compare("final.conv.weight", reference::convertedWeight(weight, index, groups).values);
    }
    if (check.has("final.live_per_group")) {
        std::vector<std::int64_t> live(static_cast<std::size_t>(groups));
        for (int g = 0; g < groups; ++g) {
            for (int i = 0; i < mask.c; ++i) live[static_cast<std::size_t>(g)] += mask.at(g, i) != 0;
        }
        check.compare("final.live_per_group", live);
    }
}

// However many steps the progress jumps over, the public reference drops a single portion.
void skippedStage(Check& check) {
    const auto& params = check.which().params;
    const int groups = params.at("groups"), condense = params.at("condense");
    const Array weight = check.array("in.weight");
    Array mask(weight.n, weight.c);
    std::fill(mask.values.begin(), mask.values.end(), 1.0);
    const int portion = weight.c / condense;
    int stage = 0, count = 0;
    std::vector<std::int64_t> stages, counts;
    std::vector<double> masks;
    for (const double progress : check.tensor("in.progress").doubles()) {
        const int target = reference::condensingStage(progress, condense);
        if (stage < target) {
            stage = target;
            reference::drop(reference::inputsToDrop(weight, mask, groups, count, portion), mask);
            count += portion;
        }
        stages.push_back(stage);
        counts.push_back(count);
        masks.insert(masks.end(), mask.values.begin(), mask.values.end());
    }
    check.compare("out.stage", stages);
    check.compare("out.count", counts);
    check.compare("out.mask", masks);
    check.compare("out.index", reference::conversionIndex(mask, groups, portion));
}

// ---- which case goes where ------------------------------------------------------------------------------------------

constexpr golden::Handler kOperators[] = {
    {"op_bn_train", [](Check& check) { batchNorm(check, true); }},
    {"op_bn_eval", [](Check& check) { batchNorm(check, false); }},
    {"op_relu", relu},
    {"op_conv", convolution},
    {"op_lgc", learnedGroupConv},
    {"op_condensed_conv", condensedConv},
    {"op_channel_shuffle", channelShuffle},
    {"op_avgpool2", averagePool2},
    {"op_global_avgpool", globalPool},
    {"op_linear", linear},
    {"op_condensed_linear", condensedLinear},
    {"op_softmax_ce", softmaxCrossEntropy},
    {"op_sgd_nesterov", sgdNesterov},
};

constexpr golden::Handler kCondensing[] = {
    {"lgc_trajectory", trajectory},
    {"lgc_ties", trajectory},
    {"lgc_zero_columns", trajectory},
    {"lgc_skip_stage", skippedStage},
};

// Held to the golden data here or by another program of the tests; and those of parts that are not built yet.
constexpr const char* kGroups[] = {"ops", "condensing", "schedule", "net", "tables", "image"};
constexpr const char* kLaterGroups[] = {"checkpoints", "checkpoints_bad", "onnx"};

}  // namespace

class GoldenReferenceTest : public QObject {
    Q_OBJECT

  private slots:
    void everyGroupIsKnown() {
        for (const golden::Case& which : golden::manifest().cases) {
            const auto is = [&](const char* group) { return which.group == group; };
            QVERIFY2(std::any_of(std::begin(kGroups), std::end(kGroups), is) ||
                         std::any_of(std::begin(kLaterGroups), std::end(kLaterGroups), is),
                     fmt::format("{} is of the unknown group {}", which.name, which.group).c_str());
        }
    }

    void operators_data() { golden::addRows("ops"); }
    void operators() { golden::runRow(kOperators); }

    void condensing_data() { golden::addRows("condensing"); }
    void condensing() { golden::runRow(kCondensing); }
};

QTEST_GUILESS_MAIN(GoldenReferenceTest)
#include "tst_golden_reference.moc"
