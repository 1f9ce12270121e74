#include <QtTest>
#include <cmath>

#include "data/preprocess.h"
#include "support/pictures.h"
#include "tensor/tensor.h"

using namespace condenser;
using namespace condenser::test;

class PreprocessTest : public QObject {
    Q_OBJECT

  private slots:
    // Checksums of what Pillow 11 makes of the same noise (BILINEAR).
    void resizeIsPillows_data() {
        QTest::addColumn<int>("height");
        QTest::addColumn<int>("width");
        QTest::addColumn<int>("newHeight");
        QTest::addColumn<int>("newWidth");
        QTest::addColumn<quint32>("crc");
        struct Row {
            int height, width, newHeight, newWidth;
            quint32 crc;
        };
        for (const Row& row :
             {Row{20, 30, 20, 30, 0x14e53b38}, Row{20, 30, 10, 15, 0x9c02466d}, Row{20, 30, 7, 11, 0x6c210b89},
              Row{20, 30, 41, 63, 0xa830b7fb}, Row{20, 30, 20, 13, 0xa4091f87}, Row{20, 30, 33, 30, 0x644280d6},
              Row{1, 1, 5, 4, 0x99d3a04d}, Row{1, 64, 3, 3, 0x08e527bb}, Row{64, 1, 64, 7, 0x8e1968b2},
              Row{97, 53, 32, 32, 0x3182232d}, Row{31, 37, 224, 150, 0xcf6e3f2b}, Row{200, 3, 1, 1, 0x0b435758}}) {
            QTest::addRow("%dx%d to %dx%d", row.height, row.width, row.newHeight, row.newWidth)
                << row.height << row.width << row.newHeight << row.newWidth << row.crc;
        }
    }
    void resizeIsPillows() {
        QFETCH(int, height);
        QFETCH(int, width);
        QFETCH(int, newHeight);
        QFETCH(int, newWidth);
        QFETCH(quint32, crc);
        const Picture resized = resizeBilinear(noisePicture(height, width), newHeight, newWidth);
        QCOMPARE(resized.height, newHeight);
        QCOMPARE(resized.width, newWidth);
        QCOMPARE(crc32(resized.pixels), crc);
    }

    void shorterSideKeepsTheShape() {
        const Picture wide = resizeShorterSide(noisePicture(333, 500), 256);
        QCOMPARE(wide.height, 256);
        QCOMPARE(wide.width, 384);  // int(256 * 500 / 333)
        const Picture tall = resizeShorterSide(noisePicture(400, 300), 256);
        QCOMPARE(tall.height, 341);
        QCOMPARE(tall.width, 256);
    }

    void centreRoundsHalvesToEven() {
        QCOMPARE(centreOffset(341, 224), 58);  // 58.5
        QCOMPARE(centreOffset(343, 224), 60);  // 59.5
        QCOMPARE(centreOffset(256, 224), 16);
        QCOMPARE(centreOffset(33, 32), 0);  // 0.5
        QCOMPARE(centreOffset(35, 32), 2);  // 1.5
        QCOMPARE(centreOffset(32, 32), 0);
    }

    void defaultResizeIsTheCustomaryOne() {
        QCOMPARE(defaultResize(32, 32), 32);
        QCOMPARE(defaultResize(17, 12), 17);
        QCOMPARE(defaultResize(64, 64), 64);
        QCOMPARE(defaultResize(224, 224), 256);
        QCOMPARE(defaultResize(65, 20), 74);
        QVERIFY(defaultResize(1 << 30, 1) > 0);
    }

    // What is computed of the crop alone is what cropping the whole would give, for all parities of the sizes.
    void fittingIsResizingAndCropping() {
        for (const auto& [height, width] : {std::pair(40, 61), {61, 40}, {50, 50}, {9, 200}, {23, 8}, {1, 1}}) {
            const Picture picture = noisePicture(height, width);
            for (const int resize : {20, 21, 37}) {
                for (const int crop : {11, 12, 19, 20}) {
                    Preprocess preprocess;
                    preprocess.height = crop;
                    preprocess.width = crop - 3;
                    preprocess.resize = resize;
                    const Picture expected =
                        cropCentre(resizeShorterSide(picture, resize), preprocess.height, preprocess.width);
                    QCOMPARE(fitPicture(picture, preprocess).pixels, expected.pixels);
                    const Picture whole = fitWhole(picture, preprocess);
                    QCOMPARE(std::min(whole.height, whole.width), resize);
                    const int longer =
                        std::max(picture.height, picture.width) * resize / std::min(picture.height, picture.width);
                    QCOMPARE(std::max(whole.height, whole.width), std::min(longer, 2 * resize));
                    QCOMPARE(cropCentre(whole, preprocess.height, preprocess.width).pixels, expected.pixels);
                }
            }
        }
    }

    // Its shorter side scaled to 256, this one would have 7.7 thousand million pixels.
    void longAndThinPicturesFitIntoMemory() {
        Preprocess preprocess;
        preprocess.height = preprocess.width = 224;
        preprocess.resize = 256;
        Picture thin{1, 300'000, {}};
        thin.pixels.assign(900'000, 77);
        QCOMPARE(fitPicture(thin, preprocess).pixels, std::vector<std::uint8_t>(224 * 224 * 3, 77));
        QCOMPARE(fitWhole(thin, preprocess).pixels, std::vector<std::uint8_t>(256 * 512 * 3, 77));
    }

    void normalisingCropsPadsAndFlips() {
        const Picture picture = noisePicture(6, 5);
        Preprocess preprocess;
        preprocess.mean = {0.4914f, 0.4822f, 0.4465f};
        preprocess.std = {0.2023f, 0.1994f, 0.2010f};
        for (const bool flip : {false, true}) {
            for (const auto& [top, left] :
                 {std::pair(0, 0), {2, 1}, {-4, -4}, {4, 4}, {-1, 3}, {9, 0}, {0, -9}, {0, 9}}) {
                Tensor out(2, 3, 4, 5);
                normaliseInto(picture.pixels.data(), picture.height, picture.width, top, left, flip, preprocess,
                              out.view(), 1);
                for (int c = 0; c < 3; ++c) {
                    for (int y = 0; y < 4; ++y) {
                        for (int x = 0; x < 5; ++x) {
                            const int sourceY = y + top, sourceX = (flip ? 4 - x : x) + left;
                            const bool inside = sourceY >= 0 && sourceY < 6 && sourceX >= 0 && sourceX < 5;
                            const auto at = static_cast<std::size_t>((sourceY * 5 + sourceX) * 3 + c);
                            const float pixel = inside ? static_cast<float>(picture.pixels[at]) : 0.0f;
                            const auto channel = static_cast<std::size_t>(c);
                            const float expected =
                                (pixel / 255.0f - preprocess.mean[channel]) / preprocess.std[channel];
                            QCOMPARE(out.view().at(1, c, y, x), expected);
                            QCOMPARE(out.view().at(0, c, y, x), 0.0f);
                        }
                    }
                }
            }
        }
    }
};

QTEST_GUILESS_MAIN(PreprocessTest)
#include "tst_preprocess.moc"
