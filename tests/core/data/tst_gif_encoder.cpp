#include <QtTest>
#include <cmath>
#include <set>
#include <string>

#include "data/frame_palette.h"
#include "data/gif_decoder.h"
#include "data/gif_encoder.h"
#include "data/image_io.h"
#include "support/gif_reader.h"
#include "support/io_scratch.h"

using namespace condenser;
using condenser::test::DecodedGif;
using condenser::test::decodeWholeGif;
using condenser::test::readBytes;
using condenser::test::ScratchFolder;
using condenser::test::writeBytes;

namespace {

using Rgb = std::vector<std::uint8_t>;

// `colours` of them, in an order that no run of one colour has.
Rgb pattern(int width, int height, int colours, int seed) {
    Rgb rgb;
    for (int i = 0; i < width * height; ++i) {
        const int colour = (i * 7 + seed) % colours;
        rgb.push_back(static_cast<std::uint8_t>(colour));
        rgb.push_back(static_cast<std::uint8_t>(colour / 256 * 40 + seed));
        rgb.push_back(static_cast<std::uint8_t>(255 - colour % 256));
    }
    return rgb;
}

std::string errorOf(const Result<>& result) {
    return result ? "no error" : result.error().text();
}

#define VERIFY_OK(call)                            \
    do {                                           \
        const Result<> result = call;              \
        QVERIFY2(result, errorOf(result).c_str()); \
    } while (false)

}  // namespace

class GifEncoderTest : public QObject {
    Q_OBJECT

  private slots:
    // Each with a table of its own, of one colour up to 256.
    void framesComeBackAsTheyWere() {
        const ScratchFolder folder;
        for (const auto& [width, height] : {std::pair(1, 1), {17, 9}, {300, 40}, {16, 16}}) {
            const auto file = folder / (std::to_string(width) + ".gif");
            GifWriter writer(file, width, height);
            VERIFY_OK(writer.open());
            std::vector<Rgb> frames;
            for (const int colours : {1, 2, 3, 17, 255, 256}) {
                frames.push_back(pattern(width, height, colours, colours % 7));
                VERIFY_OK(writer.addFrame(frames.back(), 10 + colours));
            }
            QVERIFY(!std::filesystem::exists(file));  // not before it is whole
            VERIFY_OK(writer.commit());
            const DecodedGif gif = decodeWholeGif(file);
            QCOMPARE(gif.width, width);
            QCOMPARE(gif.height, height);
            QVERIFY(gif.forEver);
            QCOMPARE(gif.frames.size(), frames.size());
            for (std::size_t i = 0; i < frames.size(); ++i) QCOMPARE(gif.frames[i].pixels, frames[i]);
            QCOMPARE(gif.frames.front().delay, 11);
            QCOMPARE(gif.frames.back().delay, 266);
            // Our own decoder shows the first.
            const std::string bytes = readBytes(file);
            const auto first = decodePicture(std::as_bytes(std::span(bytes)), "a.gif");
            QVERIFY2(first, first ? "" : first.error().text().c_str());
            QCOMPARE(first->pixels, frames.front());
        }
    }

    // What is seen most stays exactly, all else is near.
    void moreColoursThanATableHas() {
        constexpr int kWidth = 200, kHeight = 200;
        Rgb rgb;
        for (int y = 0; y < kHeight; ++y) {
            for (int x = 0; x < kWidth; ++x) {
                const bool surface = x % 2 == 0;
                rgb.push_back(static_cast<std::uint8_t>(surface ? 28 : x));
                rgb.push_back(static_cast<std::uint8_t>(surface ? 33 : y));
                rgb.push_back(static_cast<std::uint8_t>(surface ? 39 : (x + y) / 2));
            }
        }
        const FramePalette palette = paletteOf(rgb);
        QCOMPARE(palette.colours.size(), std::size_t{256});
        double error = 0;
        for (std::size_t i = 0; i < palette.indices.size(); ++i) {
            for (std::size_t c = 0; c < 3; ++c) {
                const int distance = palette.colours[palette.indices[i]][c] - rgb[i * 3 + c];
                error += distance * distance;
                if (i % 2 == 0) QCOMPARE(distance, 0);
                QVERIFY(std::abs(distance) <= 32);
            }
        }
        QVERIFY(std::sqrt(error / static_cast<double>(rgb.size())) < 6);

        const ScratchFolder folder;
        GifWriter writer(folder / "b.gif", kWidth, kHeight);
        VERIFY_OK(writer.open());
        VERIFY_OK(writer.addFrame(rgb, 1));
        VERIFY_OK(writer.commit());
        const DecodedGif gif = decodeWholeGif(folder / "b.gif");
        QCOMPARE(gif.frames.size(), std::size_t{1});
        for (std::size_t i = 0; i < palette.indices.size(); ++i) {
            for (std::size_t c = 0; c < 3; ++c) {
                QCOMPARE(gif.frames[0].pixels[i * 3 + c], palette.colours[palette.indices[i]][c]);
            }
        }
    }

    void exactUpTo256() {
        for (const int colours : {1, 2, 200, 256}) {
            const Rgb rgb = pattern(64, 64, colours, 3);
            const FramePalette palette = paletteOf(rgb);
            QCOMPARE(palette.colours.size(), static_cast<std::size_t>(colours));
            for (std::size_t i = 0; i < palette.indices.size(); ++i) {
                for (std::size_t c = 0; c < 3; ++c) QCOMPARE(palette.colours[palette.indices[i]][c], rgb[i * 3 + c]);
            }
        }
        QCOMPARE(paletteOf(pattern(64, 64, 257, 0)).colours.size(), std::size_t{256});
    }

    // Nothing under its name, nothing beside it; what was there stays.
    void givenUp() {
        const ScratchFolder folder;
        writeBytes(folder / "a.gif", "old");
        {
            GifWriter writer(folder / "a.gif", 30, 30);
            VERIFY_OK(writer.open());
            VERIFY_OK(writer.addFrame(pattern(30, 30, 100, 1), 10));
        }
        QCOMPARE(readBytes(folder / "a.gif"), std::string("old"));
        QCOMPARE(folder.entries(), 1);
    }

    void saysWhatIsWrong() {
        const ScratchFolder folder;
        for (const auto& [width, height] : {std::pair(0, 5), {5, 0}, {65536, 1}, {1, 70000}, {60000, 60000}}) {
            GifWriter writer(folder / "a.gif", width, height);
            const Result<> opened = writer.open();
            QVERIFY(!opened);
            QCOMPARE(opened.error().code, ErrorCode::kTooLarge);
            QVERIFY(!writer.addFrame({}, 10) && !writer.commit());
        }
        GifWriter nowhere(folder / "none" / "a.gif", 5, 5);
        const Result<> opened = nowhere.open();
        QVERIFY(!opened);
        QCOMPARE(opened.error().code, ErrorCode::kWrite);
        QVERIFY(errorOf(opened).find("none") != std::string::npos);
        QCOMPARE(errorOf(nowhere.addFrame(pattern(5, 5, 2, 0), 10)), errorOf(opened));
        QCOMPARE(errorOf(nowhere.commit()), errorOf(opened));
        QCOMPARE(folder.entries(), 0);
    }
};

QTEST_GUILESS_MAIN(GifEncoderTest)
#include "tst_gif_encoder.moc"
