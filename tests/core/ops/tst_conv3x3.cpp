#include <QtTest>

#include <fmt/format.h>

#include "ops/conv3x3.h"
#include "support/kernel_test.h"

using namespace condenser;
using reference::Array;

namespace {

constexpr reference::Conv2d conv(int groups) {
    return {1, 1, groups};
}

// All channels of all images, each in its frame; whatever is no frame holds NaN.
std::vector<float> framesOf(const Array& x) {
    const FrameShape frame{x.h, x.w};
    std::vector<float> frames(static_cast<std::size_t>(x.n * x.c * frame.floats()), test::kPoison);
    const Tensor maps = test::poisonedTensor(x);
    float* to = frames.data();
    for (int n = 0; n < x.n; ++n) {
        for (int c = 0; c < x.c; ++c, to += frame.floats()) {
            fillFrame(frame, maps.view().plane(n, c), maps.view().strideRow, to);
        }
    }
    return frames;
}

// The maps out of one image's result planes.
std::vector<float> mapsOf(const FrameShape& frame, const std::vector<float>& results) {
    std::vector<float> maps;
    const auto planes = static_cast<std::ptrdiff_t>(results.size()) / frame.resultFloats();
    for (std::ptrdiff_t c = 0; c < planes; ++c) {
        for (int y = 0; y < frame.h; ++y) {
            const float* row = results.data() + c * frame.resultFloats() + y * frame.stride();
            maps.insert(maps.end(), row, row + frame.w);
        }
    }
    return maps;
}

void append(const std::vector<float>& more, std::vector<float>& all) {
    all.insert(all.end(), more.begin(), more.end());
}

// Forward and both backward passes of two images, on every instruction set: what differs, or nothing.
std::string problemOf(const Conv3x3Shape& shape, Rng& rng) {
    constexpr int kImages = 2;
    const int groups = shape.groups, h = shape.frame.h, w = shape.frame.w;
    const Array x = test::randomArray(rng, kImages, shape.inputs, h, w);
    const Array weight = test::randomArray(rng, shape.outputs, shape.groupInputs(), 3, 3);
    const Array dy = test::randomArray(rng, kImages, shape.outputs, h, w);
    const Array bigX = test::absolute(x), bigWeight = test::absolute(weight), bigDy = test::absolute(dy);
    const Array expectedY = reference::conv2dForward(conv(groups), x, weight);
    const Array scaleY = reference::conv2dForward(conv(groups), bigX, bigWeight);
    const Array expectedDx = reference::conv2dBackwardData(conv(groups), weight, dy, h, w);
    const Array scaleDx = reference::conv2dBackwardData(conv(groups), bigWeight, bigDy, h, w);
    const Array expectedDw = reference::conv2dBackwardWeight(conv(groups), x, dy, 3);
    const Array scaleDw = reference::conv2dBackwardWeight(conv(groups), bigX, bigDy, 3);

    const std::vector<float> weights = weight.toFloats(), frames = framesOf(x), dyFrames = framesOf(dy);
    const auto xImage = shape.inputs * shape.frame.floats(), dyImage = shape.outputs * shape.frame.floats();
    std::vector<float> packed(shape.packedForwardFloats()), packedBack(shape.packedBackwardFloats());
    packConv3x3Forward(shape, weights.data(), packed.data());
    packConv3x3Backward(shape, weights.data(), packedBack.data());
    for (const std::string& target : simdTargets()) {
        const test::ForcedTarget forced(target);
        Scratch scratch;
        std::vector<float> y, dx;
        for (int n = 0; n < kImages; ++n) {
            std::vector<float> results(static_cast<std::size_t>(shape.outputs * shape.frame.resultFloats()),
                                       test::kPoison);
            conv3x3Forward(shape, packed.data(), frames.data() + n * xImage, results.data(), scratch);
            append(mapsOf(shape.frame, results), y);
            results.assign(static_cast<std::size_t>(shape.inputs * shape.frame.resultFloats()), test::kPoison);
            conv3x3BackwardData(shape, packedBack.data(), dyFrames.data() + n * dyImage, results.data(), scratch);
            append(mapsOf(shape.frame, results), dx);
        }
        std::vector<float> dw(shape.weights(), 0.0f);
        conv3x3BackwardWeights(shape, frames.data(), xImage, dyFrames.data(), dyImage, kImages, dw.data(), scratch);

        const std::string wrongY =
            test::difference(y, expectedY.values, scaleY.values, test::sumError(9 * shape.groupInputs()));
        if (!wrongY.empty()) return target + ", y: " + wrongY;
        const std::string wrongDx =
            test::difference(dx, expectedDx.values, scaleDx.values, test::sumError(9 * shape.groupOutputs()));
        if (!wrongDx.empty()) return target + ", dx: " + wrongDx;
        const std::string wrongDw =
            test::difference(dw, expectedDw.values, scaleDw.values, test::sumError(kImages * h * w));
        if (!wrongDw.empty()) return target + ", dw: " + wrongDw;
    }
    return {};
}

}  // namespace

class Conv3x3Test : public QObject {
    Q_OBJECT

  private slots:
    void forwardAndBackward_data() {
        QTest::addColumn<int>("groups");
        for (int groups = 1; groups <= 8; ++groups) QTest::newRow(fmt::format("{} groups", groups).c_str()) << groups;
    }
    void forwardAndBackward() {
        QFETCH(int, groups);
        Rng rng(1, RandomStream::kTest, static_cast<std::uint64_t>(groups));
        for (const int groupInputs : {1, 2, 5}) {
            for (const int groupOutputs : {1, 2, 4, 7}) {
                for (const test::MapSize size : test::kMapSizes) {
                    const Conv3x3Shape shape{groups * groupInputs, groups * groupOutputs, groups, {size.h, size.w}};
                    const std::string problem = problemOf(shape, rng);
                    QVERIFY2(problem.empty(), fmt::format("{} -> {} channels, {}x{}, {}", shape.inputs, shape.outputs,
                                                          size.h, size.w, problem)
                                                  .c_str());
                }
            }
        }
    }

    // The frame's promise: around the map there are zeros, as far as the taps reach, and nothing else was touched.
    void frames() {
        for (const test::MapSize size : test::kMapSizes) {
            const FrameShape frame{size.h, size.w};
            std::vector<float> floats(static_cast<std::size_t>(frame.floats()), 9.0f);
            clearFrameBorder(frame, floats.data());
            for (int y = -1; y <= size.h; ++y) {
                for (int x = -1; x <= size.w; ++x) {
                    const bool inside = y >= 0 && y < size.h && x >= 0 && x < size.w;
                    const float value = floats[static_cast<std::size_t>(frame.origin() + y * frame.stride() + x)];
                    QCOMPARE(value, inside ? 9.0f : 0.0f);
                }
            }
            // What planeGemm may read beyond, rounding up to 16 at the last tap, still lies in the frame.
            QVERIFY(frame.origin() + frame.stride() + 1 + frame.resultFloats() <= frame.floats());
            QVERIFY(frame.origin() >= frame.stride() + 1);
        }
    }
};

QTEST_GUILESS_MAIN(Conv3x3Test)
#include "tst_conv3x3.moc"
