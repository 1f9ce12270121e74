#include <QtTest>
#include <algorithm>
#include <numeric>

#include "base/rng.h"
#include "data/loader.h"
#include "support/allocation_count.h"
#include "support/pictures.h"

using namespace condenser;
using namespace condenser::test;

namespace {

constexpr Augmentation kNone = Augmentation::kNone, kPadCrop = Augmentation::kPadCrop;

void storeTraining(Dataset& data, const std::vector<std::uint8_t>& pixels) {
    auto store = PixelStore::make("noise", pixels.size(), pixels.size(), pixels.size());
    QVERIFY(store);
    const auto offset = store->take(pixels.size());
    QVERIFY(offset);
    std::copy(pixels.begin(), pixels.end(), store->at(*offset));
    data.pixels = std::move(*store);
}

// `count` noise pictures, picture i of class i % 3; stored larger than the network reads if asked.
Dataset noiseData(int count, int stored = 8, int size = 8) {
    Dataset data;
    data.classes = {"a", "b", "c"};
    data.preprocess.height = data.preprocess.width = size;
    data.preprocess.resize = stored;
    const Picture noise = noisePicture(stored * count, stored);
    storeTraining(data, noise.pixels);
    for (int i = 0; i < count; ++i) {
        data.train.pictures.push_back({static_cast<std::size_t>(i * stored * stored * 3), stored, stored});
        data.train.labels.push_back(i % 3);
    }
    return data;
}

std::vector<float> contentOf(const Batch& batch) {
    std::vector<float> content = batch.images.toPacked();
    for (const std::int32_t label : batch.labels) content.push_back(static_cast<float>(label));
    return content;
}

// Every batch of the epochs, made one after the other in this thread.
std::vector<std::vector<float>> plainly(const Dataset& data, const BatchPlan& plan, int epochs) {
    std::vector<std::vector<float>> all;
    RegionResizer resizer;
    for (int epoch = 0; epoch < epochs; ++epoch) {
        const auto order = epochOrder(data.train.count(), plan, epoch);
        for (int i = 0; i < batchesPerEpoch(data.train, plan); ++i) {
            Batch batch;
            makeBatch(data, data.train, plan, order, epoch, i, resizer, batch);
            all.push_back(contentOf(batch));
        }
    }
    return all;
}

}  // namespace

class LoaderTest : public QObject {
    Q_OBJECT

  private slots:
    void lastBatchIsKept() {
        const Dataset data = noiseData(10);
        Loader loader(data, data.train, {4});
        QCOMPARE(loader.batchesPerEpoch(), 3);
        QCOMPARE(loader.next(0, 0).count(), 4);
        QCOMPARE(loader.next(0, 2).count(), 2);
        QCOMPARE(loader.next(0, 2).images.n(), 2);
        QCOMPARE(loader.next(1, 1).labels, (std::vector<std::int32_t>{1, 2, 0, 1}));
        const Dataset one = noiseData(1);
        Loader single(one, one.train, {64, true, kPadCrop, 1});
        QCOMPARE(single.batchesPerEpoch(), 1);
        QCOMPARE(single.next(5, 0).count(), 1);
    }

    void ordersArePermutations() {
        const BatchPlan plan{4, true, kNone, 7};
        const auto first = epochOrder(100, plan, 0), second = epochOrder(100, plan, 1);
        QVERIFY(first != second);
        QVERIFY(first == epochOrder(100, plan, 0));
        QVERIFY((first != epochOrder(100, {4, true, kNone, 8}, 0)));
        std::vector<std::int32_t> sorted = first, all(100);
        std::sort(sorted.begin(), sorted.end());
        std::iota(all.begin(), all.end(), 0);
        QCOMPARE(sorted, all);
        QVERIFY(first != all);
        QCOMPARE((epochOrder(100, {4, false, kPadCrop, 7}, 3)), all);
    }

    // Prepared ahead or not: the same bits.
    void aheadIsAsPlain() {
        const Dataset data = noiseData(23, 10, 8);
        const BatchPlan plan{4, true, kPadCrop, 3};
        const auto expected = plainly(data, plan, 3);
        Loader loader(data, data.train, plan);
        for (std::size_t i = 0; i < expected.size(); ++i) {
            const int perEpoch = loader.batchesPerEpoch();
            QCOMPARE(contentOf(loader.next(static_cast<int>(i) / perEpoch, static_cast<int>(i) % perEpoch)),
                     expected[i]);
        }
    }

    void startsAndJumpsAnywhere() {
        const Dataset data = noiseData(23);
        const BatchPlan plan{4, true, kPadCrop, 3};
        const auto expected = plainly(data, plan, 4);
        const int perEpoch = batchesPerEpoch(data.train, plan);
        for (const int start : {0, 1, 5, 6, 13, 23}) {
            Loader resumed(data, data.train, plan);
            for (int i = start; i < std::min(start + 7, 4 * perEpoch); ++i) {
                QCOMPARE(contentOf(resumed.next(i / perEpoch, i % perEpoch)), expected[static_cast<std::size_t>(i)]);
            }
        }
        Loader jumping(data, data.train, plan);
        Rng rng(1, RandomStream::kTest);
        for (int step = 0; step < 200; ++step) {
            const int i = static_cast<int>(rng.below(static_cast<std::uint32_t>(4 * perEpoch)));
            QCOMPARE(contentOf(jumping.next(i / perEpoch, i % perEpoch)), expected[static_cast<std::size_t>(i)]);
        }
    }

    void aBatchStaysUntilTheNextCall() {
        const Dataset data = noiseData(40);
        Loader loader(data, data.train, {4, true, kPadCrop, 3});
        const Batch& batch = loader.next(0, 0);
        const auto before = contentOf(batch);
        QTest::qWait(20);  // time enough for the worker to run into it, if it would
        QCOMPARE(contentOf(batch), before);
    }

    void endsWhileBusy() {
        const Dataset data = noiseData(200, 64, 64);
        for (int i = 0; i < 30; ++i) {
            Loader loader(data, data.train, {64, true, kPadCrop, 1});
            if (i % 3 > 0) loader.next(i, 0);
            if (i % 3 > 1) loader.next(i, 1);
        }
    }

    // Every augmented picture is one of the 81 crops of the framed picture or the mirror of one; over many epochs all
    // 162 turn up, which also says that the draws are not correlated.
    void augmentingMovesAndMirrors() {
        const Dataset data = noiseData(1);
        const BatchPlan plan{1, false, kPadCrop, 11};
        std::vector<std::vector<float>> crops;
        for (int place = 0; place < 162; ++place) {
            Tensor image(1, 3, 8, 8);
            normaliseInto(data.pixels.at(0), 8, 8, place / 2 / 9 - 4, place / 2 % 9 - 4, place % 2 == 1,
                          data.preprocess, image.view(), 0);
            crops.push_back(image.toPacked());
        }
        std::vector<int> seen(crops.size());
        RegionResizer resizer;
        for (int epoch = 0; epoch < 2500; ++epoch) {
            Batch batch;
            makeBatch(data, data.train, plan, {0}, epoch, 0, resizer, batch);
            const auto crop = std::find(crops.begin(), crops.end(), batch.images.toPacked());
            QVERIFY(crop != crops.end());
            ++seen[static_cast<std::size_t>(crop - crops.begin())];
        }
        QVERIFY(*std::min_element(seen.begin(), seen.end()) > 0);
        QVERIFY(*std::max_element(seen.begin(), seen.end()) < 50);  // 15 are expected
    }

    // Without augmentation a picture of any size is read at its centre.
    void theCentreOfLargerPictures() {
        const Dataset data = noiseData(1, 12, 9);
        Tensor expected(1, 3, 9, 9);
        normaliseInto(data.pixels.at(0), 12, 12, 2, 2, false, data.preprocess, expected.view(), 0);  // 1.5 rounds to 2
        RegionResizer resizer;
        Batch batch;
        makeBatch(data, data.train, {1}, {0}, 0, 0, resizer, batch);
        QCOMPARE(batch.images.toPacked(), expected.toPacked());
    }

    // Each is the region that (seed, epoch, index) draws, resized as a cut-out is, mirrored or not.
    void randomResizedCrops() {
        Dataset data = noiseData(2, 40, 24);
        data.train.pictures[1] = {40 * 3, 24, 60};  // of another size, anywhere in the bytes
        const BatchPlan plan{2, false, Augmentation::kRandomResizedCrop, 5};
        RegionResizer resizer;
        Batch batch;
        int mirrored = 0;
        for (int epoch = 0; epoch < 40; ++epoch) {
            makeBatch(data, data.train, plan, {0, 1}, epoch, 0, resizer, batch);
            Tensor expected(2, 3, 24, 24);
            for (int n = 0; n < 2; ++n) {
                const StoredPicture& stored = data.train.pictures[static_cast<std::size_t>(n)];
                Rng rng(plan.seed, RandomStream::kAugment, static_cast<std::uint64_t>(epoch),
                        static_cast<std::uint64_t>(n));
                const Region region = randomResizedRegion(rng, stored.height, stored.width);
                const bool flip = rng.below(2) == 1;
                mirrored += flip ? 1 : 0;
                Picture cut{region.height, region.width, {}};
                for (int y = 0; y < region.height; ++y) {
                    const std::uint8_t* row =
                        data.pixelsOf(stored) + ((region.top + y) * stored.width + region.left) * 3;
                    cut.pixels.insert(cut.pixels.end(), row, row + region.width * 3);
                }
                const Picture resized = resizeBilinear(cut, 24, 24);
                normaliseInto(resized.pixels.data(), 24, 24, 0, 0, flip, data.preprocess, expected.view(), n);
            }
            QCOMPARE(batch.images.toPacked(), expected.toPacked());
        }
        QVERIFY(mirrored > 20 && mirrored < 60);
    }

    void randomResizedCropsAhead() {
        const Dataset data = noiseData(13, 30, 20);
        const BatchPlan plan{4, true, Augmentation::kRandomResizedCrop, 3};
        const auto expected = plainly(data, plan, 2);
        Loader loader(data, data.train, plan);
        for (std::size_t i = 0; i < expected.size(); ++i) {
            QCOMPARE(contentOf(loader.next(static_cast<int>(i) / 4, static_cast<int>(i) % 4)), expected[i]);
        }
    }

    // Once it is made, a loader has all its memory: what it does meanwhile in its thread is counted, too.
    void cutsWithoutAllocating() {
        const Dataset data = noiseData(64, 70, 32);
        const BatchPlan plan{8, true, Augmentation::kRandomResizedCrop, 9};
        Loader loader(data, data.train, plan);
        loader.next(0, 0);
        loader.next(0, 1);  // the order of this epoch is there
        const std::int64_t before = allocations();
        for (int i = 2; i < 6; ++i) loader.next(0, i);
        QCOMPARE(allocations() - before, 0);
    }
};

QTEST_GUILESS_MAIN(LoaderTest)
#include "tst_loader.moc"
