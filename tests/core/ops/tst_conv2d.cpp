#include <QtTest>

#include <fmt/format.h>

#include "ops/conv2d.h"
#include "support/kernel_test.h"

using namespace condenser;
using reference::Array;

namespace {

struct Shape {
    int kernel, stride, padding, groups, inputs, outputs;
};
constexpr Shape kShapes[] = {
    {3, 1, 1, 1, 3, 8}, {3, 2, 1, 1, 3, 5},  {3, 2, 1, 1, 1, 1}, {3, 1, 1, 8, 8, 16}, {3, 1, 1, 3, 6, 9},
    {1, 1, 0, 1, 5, 7}, {1, 1, 0, 5, 5, 10}, {5, 3, 2, 1, 2, 3}, {2, 2, 0, 2, 4, 6},  {7, 2, 3, 1, 3, 4},
};

Conv2dShape shapeOf(const Shape& s, test::MapSize size) {
    return {s.inputs, s.outputs, s.kernel, s.stride, s.padding, s.groups, size.h, size.w};
}

bool fits(const Shape& s, test::MapSize size) {
    return std::min(size.h, size.w) + 2 * s.padding >= s.kernel;
}

std::string name(const Shape& s, test::MapSize size) {
    return fmt::format("{} -> {} channels, {}x{}, kernel {}, stride {}, padding {}, {} groups", s.inputs, s.outputs,
                       size.h, size.w, s.kernel, s.stride, s.padding, s.groups);
}

}  // namespace

class Conv2dTest : public QObject {
    Q_OBJECT

  private slots:
    void forwardAndBackward_data() { test::addTargetRows(); }
    void forwardAndBackward() {
        const test::ForcedTarget forced;
        constexpr int kImages = 3;
        Rng rng(1, RandomStream::kTest);
        ThreadPool pool(2);
        std::vector<Scratch> scratch(2);
        for (const Shape& s : kShapes) {
            for (const test::MapSize size : test::kMapSizes) {
                if (!fits(s, size)) continue;
                const Conv2dShape shape = shapeOf(s, size);
                const reference::Conv2d conv{s.stride, s.padding, s.groups};
                const Array x = test::randomArray(rng, kImages, s.inputs, size.h, size.w);
                const Array weight = test::randomArray(rng, s.outputs, s.inputs / s.groups, s.kernel, s.kernel);
                const Array dy = test::randomArray(rng, kImages, s.outputs, shape.outH(), shape.outW());
                const Array bigX = test::absolute(x), bigWeight = test::absolute(weight), bigDy = test::absolute(dy);
                const std::vector<float> w = weight.toFloats();
                const Tensor in = test::poisonedTensor(x), gradient = test::poisonedTensor(dy);

                Tensor y = test::poisonedTensor(dy);
                conv2dForward(shape, in.view(), w.data(), y.view(), pool, scratch);
                VERIFY_CLOSE(name(s, size), y, reference::conv2dForward(conv, x, weight),
                             reference::conv2dForward(conv, bigX, bigWeight), test::sumError(shape.columns()));

                Tensor dx = test::poisonedTensor(x);
                std::vector<float> dw(shape.weights(), 0.5f);
                conv2dBackward(shape, in.view(), w.data(), gradient.view(), dw.data(), dx.view(), pool, scratch);
                const int reach = s.outputs / s.groups * s.kernel * s.kernel;
                VERIFY_CLOSE(name(s, size), dx, reference::conv2dBackwardData(conv, weight, dy, size.h, size.w),
                             reference::conv2dBackwardData(conv, bigWeight, bigDy, size.h, size.w),
                             test::sumError(reach));
                Array expected = reference::conv2dBackwardWeight(conv, x, dy, s.kernel);
                Array scale = reference::conv2dBackwardWeight(conv, bigX, bigDy, s.kernel);
                for (double& value : expected.values) value += 0.5;  // added to what was there
                for (double& value : scale.values) value += 0.5;
                VERIFY_CLOSE(name(s, size), dw, expected.values, scale.values,
                             test::sumError(kImages * shape.outH() * shape.outW() + 2));

                std::vector<float> again(shape.weights(), 0.5f);
                conv2dBackward(shape, in.view(), w.data(), gradient.view(), again.data(), {}, pool, scratch);
                QVERIFY(again == dw);  // leaving dx out changes nothing
            }
        }
    }

    void sameBitsOnAnyNumberOfThreads_data() { test::addTargetRows(); }
    void sameBitsOnAnyNumberOfThreads() {
        const test::ForcedTarget forced;
        const Conv2dShape shape{3, 6, 3, 2, 1, 1, 9, 7};
        Rng rng(2, RandomStream::kTest);
        const Tensor x = test::poisonedTensor(test::randomArray(rng, 37, 3, 9, 7));
        const Tensor dy = test::poisonedTensor(test::randomArray(rng, 37, 6, shape.outH(), shape.outW()));
        const auto w = test::randomFloats(rng, shape.weights());
        std::vector<float> first;
        for (const int threads : {1, 2, 5}) {
            ThreadPool pool(threads);
            std::vector<Scratch> scratch(static_cast<std::size_t>(threads));
            std::vector<float> dw(shape.weights());
            conv2dBackward(shape, x.view(), w.data(), dy.view(), dw.data(), {}, pool, scratch);
            if (first.empty()) first = dw;
            QVERIFY(dw == first);
        }
    }
};

QTEST_GUILESS_MAIN(Conv2dTest)
#include "tst_conv2d.moc"
