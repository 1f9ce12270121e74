#include <QtTest>
#include <cmath>

#include "data/augmentation.h"
#include "data/preprocess.h"
#include "support/pictures.h"

using namespace condenser;
using namespace condenser::test;

class AugmentationTest : public QObject {
    Q_OBJECT

  private slots:
    void namesComeBack() {
        for (const char* name : {"auto", "none", "pad-crop", "random-resized-crop"}) {
            const auto named = augmentationNamed(name);
            QVERIFY(named);
            QCOMPARE(augmentationName(*named), name);
        }
        QVERIFY(!augmentationNamed("") && !augmentationNamed("crop"));
    }

    void theSizeDecides() {
        QVERIFY(augmentationFor(Augmentation::kAuto, 64, 32) == Augmentation::kPadCrop);
        QVERIFY(augmentationFor(Augmentation::kAuto, 32, 65) == Augmentation::kRandomResizedCrop);
        QVERIFY(augmentationFor(Augmentation::kNone, 224, 224) == Augmentation::kNone);
        QVERIFY(augmentationFor(Augmentation::kPadCrop, 224, 224) == Augmentation::kPadCrop);
    }

    // Inside, of all areas from 8 % on, of all proportions from 3/4 to 4/3, everywhere.
    void regionsAreAsStated() {
        constexpr int kHeight = 300, kWidth = 400;
        int small = 0, large = 0, narrow = 0, wide = 0, left = 0, right = 0;
        for (std::uint64_t i = 0; i < 2000; ++i) {
            Rng rng(1, RandomStream::kTest, i);
            const Region region = randomResizedRegion(rng, kHeight, kWidth);
            QVERIFY(region.top >= 0 && region.left >= 0 && region.height > 0 && region.width > 0);
            QVERIFY(region.top + region.height <= kHeight && region.left + region.width <= kWidth);
            const double area = static_cast<double>(region.height) * region.width / (kHeight * kWidth);
            const double proportion = static_cast<double>(region.width) / region.height;
            QVERIFY(area > 0.079 && proportion > 0.74 && proportion < 1.35);
            small += area < 0.2 ? 1 : 0;
            large += area > 0.7 ? 1 : 0;
            narrow += proportion < 0.85 ? 1 : 0;
            wide += proportion > 1.2 ? 1 : 0;
            left += region.left < 50 ? 1 : 0;
            right += region.left + region.width > kWidth - 50 ? 1 : 0;
        }
        for (const int count : {small, large, narrow, wide, left, right}) QVERIFY(count > 150);
    }

    void thinPicturesFallBackToTheCentre() {
        int whole = 0;
        for (std::uint64_t i = 0; i < 200; ++i) {
            Rng tall(1, RandomStream::kTest, i), broad(1, RandomStream::kTest, i);
            const Region a = randomResizedRegion(tall, 1000, 12), b = randomResizedRegion(broad, 12, 1000);
            QVERIFY(a.width <= 12 && a.height <= 1000 && b.height <= 12 && b.width <= 1000);
            if (a == Region{492, 0, 16, 12} && b == Region{0, 492, 12, 16}) ++whole;
        }
        QCOMPARE(whole, 200);  // 8 % of the area are too much for these proportions
        Rng rng(1, RandomStream::kTest);
        QVERIFY((randomResizedRegion(rng, 1, 1) == Region{0, 0, 1, 1}));
    }

    // Bit for bit what resizing the cut-out gives, up and down and not at all, and from a picture's border.
    void regionsAreResizedExactly() {
        const Picture picture = noisePicture(50, 70);
        RegionResizer resizer;
        for (const Region& region : {Region{0, 0, 50, 70}, {3, 9, 20, 31}, {49, 69, 1, 1}, {10, 50, 40, 20}}) {
            Picture cut{region.height, region.width, {}};
            for (int y = 0; y < region.height; ++y) {
                const auto row = picture.pixels.begin() + ((region.top + y) * 70 + region.left) * 3;
                cut.pixels.insert(cut.pixels.end(), row, row + region.width * 3);
            }
            for (const auto& [height, width] : {std::pair(16, 16), {40, 20}, {20, 31}, {64, 33}, {1, 1}}) {
                const std::uint8_t* resized = resizer.resize(picture.pixels.data(), 70, region, height, width);
                const Picture expected = resizeBilinear(cut, height, width);
                QVERIFY(std::equal(expected.pixels.begin(), expected.pixels.end(), resized));
            }
        }
    }
};

QTEST_GUILESS_MAIN(AugmentationTest)
#include "tst_augmentation.moc"
