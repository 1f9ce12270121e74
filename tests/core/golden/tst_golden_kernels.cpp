// The product's kernels and layers against PyTorch: every case of the group "ops", on every instruction set of this
// machine. What is fused in the product (ReLU into the norm, the shuffle into a choice of planes) is taken as it comes.
#include <QtTest>

#include <fmt/format.h>

#include <numeric>

#include "base/check.h"
#include "layers/condense_conv.h"
#include "layers/learned_group_conv.h"
#include "ops/conv2d.h"
#include "ops/conv3x3_training.h"
#include "ops/linear.h"
#include "ops/loss.h"
#include "ops/plane_gemm.h"
#include "ops/pool.h"
#include "ops/reference_condensing.h"
#include "ops/sgd.h"
#include "support/golden_test.h"
#include "support/kernel_test.h"

using namespace condenser;
using golden::Check;

namespace {

int side(const StoredTensor& tensor, std::size_t dimension) {
    return static_cast<int>(tensor.shape[dimension]);
}

// [N, C, H, W], with NaN in the padding.
Tensor mapsOf(const Check& check, const std::string& name) {
    return test::poisonedTensor(check.array(name));
}

std::vector<float> floatsOf(const Check& check, const std::string& name) {
    const auto values = check.floats(name);
    return {values.begin(), values.end()};
}

// ---- norms ----------------------------------------------------------------------------------------------------------

void batchNorm(Check& check, bool training) {
    const Tensor x = mapsOf(check, "in.x"), dy = mapsOf(check, "in.grad_y");
    const int pixels = x.h() * x.w();
    const PlaneShape shape{x.h(), x.w()};
    Tensor y = mapsOf(check, "in.x"), dx = mapsOf(check, "in.x");
    BatchNorm norm(x.c());
    norm.weight = floatsOf(check, "in.weight");
    norm.bias = floatsOf(check, "in.bias");
    norm.runningMean = floatsOf(check, "in.running_mean");
    norm.runningVar = floatsOf(check, "in.running_var");
    std::vector<double> means, inverses;
    for (int c = 0; c < x.c(); ++c) {
        const auto i = static_cast<std::size_t>(c);
        Moments batch;
        for (int n = 0; n < x.n(); ++n) batch.merge(planeMoments(x.view().plane(n, c), pixels));
        const NormAffine affine = training ? norm.trainAffine(c, batch) : norm.evalAffine(c);
        const double variance = training ? batch.variance() : static_cast<double>(norm.runningVar[i]);
        if (training) norm.track(c, batch);
        means.push_back(batch.mean);
        inverses.push_back(1 / std::sqrt(variance + kBatchNormEpsilon));

        NormSums sums;
        for (int n = 0; n < x.n(); ++n) {
            normForward(shape, x.view().plane(n, c), x.w(), affine, /*relu=*/false, y.view().plane(n, c), y.w());
            const NormSums part =
                normBackward(shape, x.view().plane(n, c), x.w(), dy.view().plane(n, c), dy.w(), affine,
                             /*relu=*/false, /*accumulate=*/false, dx.view().plane(n, c), dx.w());
            sums.gradient += part.gradient;
            sums.centred += part.centred;
        }
        norm.dBias[i] = static_cast<float>(sums.gradient);
        norm.dWeight[i] = static_cast<float>(sums.centred * inverses.back());
        if (!training) continue;
        const double perPixel = static_cast<double>(affine.scale) / static_cast<double>(batch.count);
        for (int n = 0; n < x.n(); ++n) {
            normCorrect(x.view().plane(n, c), pixels,
                        {affine.mean, static_cast<float>(perPixel * sums.gradient),
                         static_cast<float>(perPixel * sums.centred / (variance + kBatchNormEpsilon))},
                        dx.view().plane(n, c));
        }
    }
    check.compare("out.y", y.toPacked());
    check.compare("grad.x", dx.toPacked());
    check.compare("grad.weight", norm.dWeight);
    check.compare("grad.bias", norm.dBias);
    if (!training) return;
    check.compare("out.batch_mean", means);
    check.compare("out.batch_invstd", inverses);
    check.compare("out.running_mean", norm.runningMean);
    check.compare("out.running_var", norm.runningVar);
}

// A norm that changes nothing, with its ReLU.
void relu(Check& check) {
    const std::vector<float> x = floatsOf(check, "in.x"), dy = floatsOf(check, "in.grad_y");
    const int count = static_cast<int>(x.size());
    std::vector<float> y(x.size()), dx(x.size());
    normForward({1, count}, x.data(), count, {}, /*relu=*/true, y.data(), count);
    normBackward({1, count}, x.data(), count, dy.data(), count, {}, /*relu=*/true, /*accumulate=*/false, dx.data(),
                 count);
    for (std::size_t i = 0; i < x.size(); ++i) {
        // -0 + 0 is 0: the sign of a zero does not outlive the affine map that the ReLU is fused with. A gradient that
        // is stopped is multiplied by the scale all the same.
        if (x[i] == 0 && y[i] == 0) y[i] = x[i];
    }
    check.compare("out.y", y);
    check.compare("grad.x", dx);
}

// ---- convolutions ---------------------------------------------------------------------------------------------------

void generalConvolution(Check& check, const Conv2dShape& shape) {
    const Tensor x = mapsOf(check, "in.x"), dy = mapsOf(check, "in.grad_y");
    const std::vector<float> weight = floatsOf(check, "in.weight");
    ThreadPool pool(2);
    std::vector<Scratch> scratch(2);
    Tensor y = mapsOf(check, "in.grad_y"), dx = mapsOf(check, "in.x");
    std::vector<float> dw(weight.size());
    conv2dForward(shape, x.view(), weight.data(), y.view(), pool, scratch);
    conv2dBackward(shape, x.view(), weight.data(), dy.view(), dw.data(), dx.view(), pool, scratch);
    check.compare("out.y", y.toPacked());
    check.compare("grad.x", dx.toPacked());
    check.compare("grad.weight", dw);
}

// The same through the kernel of dense layers, whose norm and ReLU take the positive values in one run and the negative
// ones in another: x = relu(x) - relu(-x).
void denseConvolution(Check& check, const Conv2dShape& general) {
    const Conv3x3Shape shape{general.inputs, general.outputs, general.groups, general.h, general.w};
    const Tensor x = mapsOf(check, "in.x");
    const std::vector<float> weight = floatsOf(check, "in.weight");
    const std::vector<float> dyFloats = floatsOf(check, "in.grad_y"), xFloats = floatsOf(check, "in.x");
    const ImageRange images{0, x.n()};
    std::vector<float> sumY(dyFloats.size()), sumDx(xFloats.size()), sumDw(weight.size());
    for (const float sign : {1.0f, -1.0f}) {
        PackedConv3x3 packed(shape);
        packed.pack(weight.data(), std::vector<NormAffine>(static_cast<std::size_t>(shape.inputs), {0, sign, 0}));
        Tensor y = mapsOf(check, "in.grad_y"), dy = mapsOf(check, "in.grad_y"), dx = mapsOf(check, "in.x");
        for (float& value : std::span(dy.view().data, static_cast<std::size_t>(dy.n() * dy.view().strideN))) {
            value *= sign;
        }
        AlignedBuffer scratch(std::max(conv3x3ForwardFloats(packed), conv3x3BackwardFloats(packed, images.count)));
        conv3x3Forward(packed, x.view(), y.view(), images, scratch.data(), nullptr, 0);
        const std::vector<GradientCorrection> corrections(static_cast<std::size_t>(shape.outputs));
        std::vector<float> dw(weight.size());
        std::vector<NormSums> sums(static_cast<std::size_t>(shape.inputs));
        conv3x3Backward(packed, corrections.data(), x.view(), dx.view(), y.view(), dy.view(), images, {},
                        scratch.data(), dw.data(), sums.data());
        const std::vector<float> yFloats = y.toPacked(), dxFloats = dx.toPacked();
        for (std::size_t i = 0; i < sumY.size(); ++i) sumY[i] += sign * yFloats[i];
        for (std::size_t i = 0; i < sumDx.size(); ++i) sumDx[i] += dxFloats[i];
        for (std::size_t i = 0; i < sumDw.size(); ++i) sumDw[i] += dw[i];
    }
    // Neither run lets the gradient of a 0 pass.
    if (std::count(xFloats.begin(), xFloats.end(), 0.0f) != 0) check.problem("x must not be 0");
    check.compare("out.y", sumY);
    check.compare("grad.x", sumDx);
    check.compare("grad.weight", sumDw);
}

void convolution(Check& check) {
    const auto& params = check.which().params;
    const StoredTensor& x = check.tensor("in.x");
    const StoredTensor& weight = check.tensor("in.weight");
    Conv2dShape shape{side(x, 1),          side(weight, 0),      side(weight, 2),
                      params.at("stride"), params.at("padding"), params.at("groups")};
    shape.h = side(x, 2);
    shape.w = side(x, 3);
    generalConvolution(check, shape);
    if (shape.kernel == 3 && shape.stride == 1 && shape.padding == 1) denseConvolution(check, shape);
}

// ---- 1x1 layers -----------------------------------------------------------------------------------------------------

// Sets a layer's tensors from the case's inputs.
template <class Layer>
void load(const Check& check, Layer& layer) {
    layer.visitTensors("in.", [&](const TensorSlot& slot) {
        if (!check.has(slot.name) || !slot.integers.empty()) return;
        const auto values = check.floats(slot.name);
        CORE_CHECK(values.size() == slot.value.size());
        std::copy(values.begin(), values.end(), slot.value.begin());
    });
}

// Forward and backward of a layer's convolution as the network drives it, and what the case expects of it.
template <class Layer>
void runPointwise(Check& check, Layer& layer) {
    const Mode mode = check.which().params.at("train").get<bool>() ? Mode::kTrain : Mode::kEval;
    const Tensor x = mapsOf(check, "in.x");
    Tensor dy = mapsOf(check, "in.grad_y"), gradient(x.n(), x.c(), x.h(), x.w());
    Features features, out;
    features.reshape(x.n(), x.c(), x.h(), x.w(), gradient.view());
    copyPacked(x.toPacked(), features.value());
    for (int n = 0; n < x.n(); ++n) features.measureImage(n, 0, x.c());
    features.mergeMoments(0, x.c());
    out.reshape(dy.n(), dy.c(), dy.h(), dy.w(), dy.view());

    Scratch scratch;
    ThreadPool pool(1);
    ChunkSums sums;
    PointwiseConv& conv = layer.conv;
    conv.prepareForward(features, mode);
    if (mode == Mode::kTrain) conv.input.track(features);
    conv.forwardImages(features, {0, x.n()}, out, scratch);
    conv.prepareBackward(out, x.n(), sums);
    const int chunks = chunkCount(x.n());
    for (int chunk = 0; chunk < chunks; ++chunk) conv.backwardChunk(features, chunk, chunk + 1, out, sums, scratch);
    conv.finishBackward(features, mode, sums, pool);
    for (int n = 0; n < x.n(); ++n) features.correctGradientImage(n, 0, x.c());

    check.compare("out.y", toPacked(ConstView(out.value())));
    check.compare("grad.x", gradient.toPacked());
    layer.visitTensors("", [&](const TensorSlot& slot) {
        const std::vector<float> values(slot.value.begin(), slot.value.end());
        if (slot.isParameter()) check.compare("grad." + slot.name, slot.gradient);
        if (check.has("out." + slot.name)) check.compare("out." + slot.name, values);
    });
}

void learnedGroupConv(Check& check) {
    const auto& params = check.which().params;
    const StoredTensor& weight = check.tensor("in.conv.weight");
    LearnedGroupConv layer(side(weight, 1), side(weight, 0), params.at("groups"), params.at("condense"));
    load(check, layer);
    layer.refreshGroups();
    runPointwise(check, layer);
}

void condensedConv(Check& check) {
    const auto index = check.int64s("in.index");
    CondenseConv layer({index.begin(), index.end()}, side(check.tensor("in.conv.weight"), 0),
                       check.which().params.at("groups"));
    load(check, layer);
    runPointwise(check, layer);
}

// The product shuffles by writing a product's rows to other planes. Here the products are with 1.
void channelShuffle(Check& check) {
    const Tensor x = mapsOf(check, "in.x");
    Tensor y = mapsOf(check, "in.x");
    const int groups = check.which().params.at("groups"), perGroup = x.c() / groups;
    const float one = 1;
    std::vector<float> packed(packedWeightFloats(1, 1));
    packMatrix(&one, 1, 1, 1, 1, packed.data());
    for (int n = 0; n < x.n(); ++n) {
        for (int c = 0; c < x.c(); ++c) {
            const float* in = x.view().plane(n, c);
            float* out = y.view().plane(n, c % perGroup * groups + c / perGroup);
            planeGemm(packed.data(), 1, &in, 1, &out, x.h() * x.w(), false);
        }
    }
    check.compare("out.y", y.toPacked());
}

// ---- pooling and the classifier -------------------------------------------------------------------------------------

void averagePool2(Check& check) {
    const Tensor x = mapsOf(check, "in.x"), dy = mapsOf(check, "in.grad_y");
    Tensor y = mapsOf(check, "in.grad_y"), dx = mapsOf(check, "in.x");
    for (int n = 0; n < x.n(); ++n) {
        for (int c = 0; c < x.c(); ++c) {
            averagePool2Forward({x.h(), x.w()}, x.view().plane(n, c), y.view().plane(n, c));
            averagePool2Backward({x.h(), x.w()}, dy.view().plane(n, c), dx.view().plane(n, c));
        }
    }
    check.compare("out.y", y.toPacked());
    check.compare("grad.x", dx.toPacked());
}

// The product's has a ReLU in front: the average of the positive values less that of the negative ones.
void globalPool(Check& check) {
    const Tensor x = mapsOf(check, "in.x");
    const std::vector<float> dy = floatsOf(check, "in.grad_y");
    const int pixels = x.h() * x.w();
    std::vector<float> y;
    Tensor dx = mapsOf(check, "in.x");
    for (int n = 0; n < x.n(); ++n) {
        for (int c = 0; c < x.c(); ++c) {
            const float* plane = x.view().plane(n, c);
            y.push_back(normReluAverage(plane, pixels, {0, 1, 0}) - normReluAverage(plane, pixels, {0, -1, 0}));
            const std::vector<float> spread(static_cast<std::size_t>(pixels),
                                            dy[static_cast<std::size_t>(n * x.c() + c)] / static_cast<float>(pixels));
            normBackward({1, pixels}, plane, pixels, spread.data(), pixels, {}, /*relu=*/false, /*accumulate=*/false,
                         dx.view().plane(n, c), pixels);
        }
    }
    check.compare("out.y", y);
    check.compare("grad.x", dx.toPacked());
}

void linear(Check& check) {
    const StoredTensor& weight = check.tensor("in.weight");
    const LinearShape shape{side(check.tensor("in.x"), 0), side(weight, 1), side(weight, 0)};
    Scratch scratch;
    std::vector<float> y(check.floats("in.grad_y").size()), dx(check.floats("in.x").size());
    std::vector<float> dw(weight.floats().size()), dbias(check.floats("in.bias").size());
    linearForward(shape, check.floats("in.x").data(), weight.floats().data(), check.floats("in.bias").data(), y.data(),
                  scratch);
    linearBackward(shape, check.floats("in.x").data(), weight.floats().data(), check.floats("in.grad_y").data(),
                   dx.data(), dw.data(), dbias.data(), scratch);
    check.compare("out.y", y);
    check.compare("grad.x", dx);
    check.compare("grad.weight", dw);
    check.compare("grad.bias", dbias);
}

// Which inputs to keep is the conversion's affair (the group "net"); here the kernel multiplies them.
void condensedLinear(Check& check) {
    const reference::Array weight = check.array("in.weight");
    const auto index = reference::classifierIndex(weight, weight.c / 2);
    const std::vector<float> kept = reference::gatherForward(weight, index).toFloats();
    const std::vector<float> x = reference::gatherForward(check.array("in.x"), index).toFloats();
    const int images = side(check.tensor("in.x"), 0);
    std::vector<float> y(static_cast<std::size_t>(images * weight.n));
    Scratch scratch;
    linearForward({images, weight.c / 2, weight.n}, x.data(), kept.data(), check.floats("in.bias").data(), y.data(),
                  scratch);
    check.compare("out.index", index);
    check.compare("out.weight", kept);
    check.compare("out.y", y);
}

void crossEntropy(Check& check) {
    const auto wide = check.int64s("in.target");
    const std::vector<std::int32_t> targets(wide.begin(), wide.end());
    const auto logits = check.floats("in.logits");
    const int classes = side(check.tensor("in.logits"), 1);
    std::vector<float> gradient(logits.size());
    const LossReport report = softmaxCrossEntropy(logits, classes, targets, gradient);
    std::vector<std::uint8_t> top1, top5;
    for (std::size_t n = 0; n < targets.size(); ++n) {
        const auto width = static_cast<std::size_t>(classes);
        const LossReport one = softmaxCrossEntropy(logits.subspan(n * width, width), classes, {&targets[n], 1}, {});
        top1.push_back(static_cast<std::uint8_t>(one.top1));
        top5.push_back(static_cast<std::uint8_t>(one.top5));
    }
    check.compare("out.loss", report.loss);
    check.compare("grad.logits", gradient);
    check.compare("out.top1_correct", top1);
    check.compare("out.top5_correct", top5);
    if (report.top1 != std::accumulate(top1.begin(), top1.end(), 0))
        check.problem("top1 of the batch is not their sum");
    if (report.top5 != std::accumulate(top5.begin(), top5.end(), 0))
        check.problem("top5 of the batch is not their sum");
}

void sgdNesterov(Check& check) {
    const auto& params = check.which().params;
    const auto gradients = check.floats("in.grads");
    std::vector<float> parameter = floatsOf(check, "in.param");
    std::vector<float> velocity(parameter.size()), parameters, velocities;
    std::size_t at = 0;
    for (const double rate : check.tensor("in.lr").doubles()) {
        const SgdSettings settings{static_cast<float>(rate), params.at("momentum"), params.at("weight_decay")};
        sgdStep(settings, parameter.data(), gradients.data() + at, velocity.data(), parameter.size());
        at += parameter.size();
        parameters.insert(parameters.end(), parameter.begin(), parameter.end());
        velocities.insert(velocities.end(), velocity.begin(), velocity.end());
    }
    check.compare("out.params", parameters);
    check.compare("out.momentum", velocities);
}

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
    {"op_softmax_ce", crossEntropy},
    {"op_sgd_nesterov", sgdNesterov},
};

}  // namespace

class GoldenKernelsTest : public QObject {
    Q_OBJECT

  private slots:
    void operators_data() {
        QTest::addColumn<QString>("target");
        QTest::addColumn<QString>("name");
        for (const std::string& target : simdTargets()) {
            for (const golden::Case* which : golden::casesOf("ops")) {
                QTest::newRow(fmt::format("{}, {}", target, which->name).c_str())
                    << QString::fromStdString(target) << QString::fromStdString(which->name);
            }
        }
    }
    void operators() {
        const test::ForcedTarget forced;
        golden::runRow(kOperators);
    }
};

QTEST_GUILESS_MAIN(GoldenKernelsTest)
#include "tst_golden_kernels.moc"
