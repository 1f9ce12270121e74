#include <QtTest>
#include <string>

#include "data/gif_decoder.h"
#include "data/image_header.h"
#include "data/image_io.h"
#include "support/gif_writer.h"
#include "support/io_scratch.h"
#include "support/pictures.h"

using namespace condenser;
using namespace condenser::test;

namespace {

std::span<const std::byte> bytesOf(const std::string& text) {
    return std::as_bytes(std::span(text));
}

std::string errorOf(const Result<Picture>& picture) {
    return picture ? "no error" : picture.error().text();
}

// 256 colours that can be told apart.
std::vector<GifColour> colours(std::uint8_t blue) {
    std::vector<GifColour> table;
    for (int i = 0; i < 256; ++i) {
        table.push_back({static_cast<std::uint8_t>(i), static_cast<std::uint8_t>(255 - i), blue});
    }
    return table;
}

GifFrame frameOf(int left, int top, int width, int height) {
    GifFrame frame{left, top, width, height, {}};
    for (int i = 0; i < width * height; ++i) frame.indices.push_back(static_cast<std::uint8_t>(i * 7));
    return frame;
}

std::string gifOf(int width, int height, const GifFrame& frame) {
    GifWriter writer(width, height, colours(50));
    writer.frame(frame);
    return writer.end();
}

// What must come out of a frame on a screen.
Picture composed(int width, int height, const GifFrame& frame, std::uint8_t blue = 50) {
    Picture picture{height, width, std::vector<std::uint8_t>(static_cast<std::size_t>(width * height * 3), 255)};
    for (int y = 0; y < frame.height; ++y) {
        for (int x = 0; x < frame.width; ++x) {
            const int index = frame.indices[static_cast<std::size_t>(y * frame.width + x)];
            if (index == frame.transparent) continue;
            const auto at = static_cast<std::size_t>(((y + frame.top) * width + x + frame.left) * 3);
            picture.pixels[at] = static_cast<std::uint8_t>(index);
            picture.pixels[at + 1] = static_cast<std::uint8_t>(255 - index);
            picture.pixels[at + 2] = blue;
        }
    }
    return picture;
}

#define VERIFY_DECODES(gif, expected)                                              \
    do {                                                                           \
        const std::string file = gif;                                              \
        const Picture wanted = expected;                                           \
        const auto picture = decodePicture(bytesOf(file), "a.gif");                \
        QVERIFY2(picture, errorOf(picture).c_str());                               \
        QCOMPARE(picture->height, wanted.height);                                  \
        QCOMPARE(picture->width, wanted.width);                                    \
        QCOMPARE(picture->pixels, wanted.pixels);                                  \
        const auto header = readImageHeader(bytesOf(file), "a.gif");               \
        QVERIFY(header && header->format == ImageFormat::kGif);                    \
        QVERIFY(header->width == wanted.width && header->height == wanted.height); \
    } while (false)

}  // namespace

class GifDecoderTest : public QObject {
    Q_OBJECT

  private slots:
    void wholeScreen() {
        for (const auto& [width, height] : {std::pair(1, 1), {17, 9}, {200, 30}}) {
            const GifFrame frame = frameOf(0, 0, width, height);
            VERIFY_DECODES(gifOf(width, height, frame), composed(width, height, frame));
        }
    }

    // One that another program packed, with codes that grow.
    void anotherProgramsFile() {
        const std::string bytes = readBytes(std::filesystem::path(CONDENSER_FIXTURES) / "image" / "picture.gif");
        const auto picture = decodePicture(bytesOf(bytes), "picture.gif");
        QVERIFY2(picture, errorOf(picture).c_str());
        const Picture pattern = patternPicture();
        QCOMPARE(picture->height, pattern.height);
        QCOMPARE(picture->width, pattern.width);
        for (std::size_t i = 0; i < pattern.pixels.size(); ++i) {
            QVERIFY(std::abs(picture->pixels[i] - pattern.pixels[i]) <= 40);  // 256 colours were all it could have
        }
    }

    void interlaced() {
        for (const int height : {1, 2, 3, 8, 13, 40}) {
            GifFrame frame = frameOf(0, 0, 11, height);
            frame.isInterlaced = true;
            VERIFY_DECODES(gifOf(11, height, frame), composed(11, height, frame));
        }
    }

    void whatIsLeftFreeIsWhite() {
        VERIFY_DECODES(gifOf(20, 10, frameOf(3, 2, 5, 4)), composed(20, 10, frameOf(3, 2, 5, 4)));
        GifFrame frame = frameOf(0, 0, 20, 10);
        frame.transparent = 7;
        VERIFY_DECODES(gifOf(20, 10, frame), composed(20, 10, frame));
        // A screen that does not hold the frame, or that was left out.
        VERIFY_DECODES(gifOf(4, 4, frameOf(3, 2, 5, 4)), composed(8, 6, frameOf(3, 2, 5, 4)));
        VERIFY_DECODES(gifOf(0, 0, frameOf(0, 0, 5, 4)), composed(5, 4, frameOf(0, 0, 5, 4)));
    }

    void itsOwnTableAndTheFirstFrame() {
        GifFrame frame = frameOf(0, 0, 6, 5);
        frame.colours = colours(200);
        GifWriter alone(6, 5, {});
        alone.frame(frame);
        VERIFY_DECODES(alone.end(), composed(6, 5, frame, 200));
        GifWriter film(6, 5, colours(50));
        film.frame(frame);
        GifFrame second = frameOf(0, 0, 6, 5);
        second.transparent = 0;
        film.frame(second);
        VERIFY_DECODES(film.end(), composed(6, 5, frame, 200));
        // What is behind the first frame may be missing.
        const std::string bytes = film.end();
        VERIFY_DECODES(bytes.substr(0, bytes.size() - 20), composed(6, 5, frame, 200));
        GifWriter none(6, 5, {});
        none.frame(frameOf(0, 0, 6, 5));
        const std::string colourless = none.end();
        QVERIFY(errorOf(decodeGif(bytesOf(colourless), "a.gif")).find("no table of colours") != std::string::npos);
    }

    void aCutIsAnError() {
        const GifFrame frame = frameOf(0, 0, 40, 30);
        const std::string whole = gifOf(40, 30, frame);
        const Picture expected = composed(40, 30, frame);
        for (std::size_t size = 0; size < whole.size(); ++size) {
            const std::string cut = whole.substr(0, size);
            const auto picture = decodePicture(bytesOf(cut), "a.gif");
            QVERIFY2(!picture || size + 1 == whole.size(), qPrintable(QString::number(size)));
            QVERIFY(!picture || picture->pixels == expected.pixels);
            // By itself the decoder is content when it has all pixels.
            const auto decoded = decodeGif(bytesOf(cut), "a.gif");
            QVERIFY(!decoded || decoded->pixels == expected.pixels);
        }
        GifFrame few = frame;
        few.indices.resize(40 * 20);
        few.height = 20;
        std::string half = gifOf(40, 30, few);
        const std::size_t at = half.find(std::string("\x28\0\x14\0", 4));
        QVERIFY(at != std::string::npos);
        half[at + 2] = 30;
        QVERIFY(errorOf(decodePicture(bytesOf(half), "a.gif")).find("damaged or cut short") != std::string::npos);
    }

    void saysWhatIsWrong() {
        const auto says = [](const std::string& bytes, const char* why, ErrorCode code) {
            const auto picture = decodePicture(bytesOf(bytes), "a.gif");
            QVERIFY2(errorOf(picture).find(why) != std::string::npos, errorOf(picture).c_str());
            QCOMPARE(picture.error().code, code);
        };
        says(GifWriter(6, 5, colours(1)).end(), "without a picture", ErrorCode::kBadFormat);
        says(gifOf(6, 5, frameOf(0, 0, 0, 0)), "no pixels", ErrorCode::kBadFormat);
        says(gifOf(60000, 60000, frameOf(0, 0, 5, 5)), "60000 x 60000 pixels", ErrorCode::kTooLarge);
        says(gifOf(5, 5, frameOf(65000, 65000, 5, 5)), "65005 x 65005 pixels", ErrorCode::kTooLarge);
        std::string odd = gifOf(6, 5, frameOf(0, 0, 6, 5));
        odd[13 + 3 * 256] = 'x';
        says(odd, "a part of unknown kind", ErrorCode::kBadFormat);
        says("GIF88a" + std::string(100, '\0'), "no known picture format", ErrorCode::kUnsupported);
    }
};

QTEST_GUILESS_MAIN(GifDecoderTest)
#include "tst_gif_decoder.moc"
