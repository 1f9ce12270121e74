#include <QtTest>
#include <filesystem>
#include <string>

#include "data/fitted_picture.h"
#include "data/image_io.h"
#include "support/io_scratch.h"
#include "support/pictures.h"

using namespace condenser;
using namespace condenser::test;

namespace {

const std::filesystem::path kPictures = std::filesystem::path(CONDENSER_FIXTURES) / "image";

// The pattern as one of the fixtures should show it.
Picture greyPattern() {
    Picture picture = patternPicture();
    for (std::size_t i = 0; i < picture.pixels.size(); i += 3) {
        picture.pixels[i + 1] = picture.pixels[i + 2] = picture.pixels[i];
    }
    return picture;
}

Picture bitPattern() {
    Picture picture = greyPattern();
    for (std::uint8_t& value : picture.pixels) value = value > 127 ? 255 : 0;
    return picture;
}

// Over white; alpha is the red channel.
Picture overWhite(Picture picture, bool alphaIsGreen = false) {
    const Picture pattern = patternPicture();
    for (std::size_t i = 0; i < picture.pixels.size(); ++i) {
        const int alpha = pattern.pixels[i / 3 * 3 + (alphaIsGreen ? 1 : 0)];
        picture.pixels[i] = static_cast<std::uint8_t>((picture.pixels[i] * alpha + 127) / 255 + 255 - alpha);
    }
    return picture;
}

int largestDifference(const Picture& a, const Picture& b) {
    if (a.height != b.height || a.width != b.width) return 256;
    int largest = 0;
    for (std::size_t i = 0; i < a.pixels.size(); ++i) largest = std::max(largest, std::abs(a.pixels[i] - b.pixels[i]));
    return largest;
}

std::string fixture(const char* name) {
    return readBytes(kPictures / name);
}

Result<Picture> decodeText(const std::string& bytes) {
    return decodePicture(std::as_bytes(std::span(bytes)), "some.jpg");
}

// Errors as the user reads them.
std::string errorOf(const Result<Picture>& picture) {
    return picture ? "no error" : picture.error().text();
}

// Where the EXIF orientation stands in the fixture turned.jpg (little-endian, tag 274).
std::size_t orientationAt(const std::string& bytes) {
    const std::size_t entry = bytes.find(std::string("\x12\x01\x03\x00", 4));
    const std::size_t bigEntry = bytes.find(std::string("\x01\x12\x00\x03", 4));
    return entry != std::string::npos ? entry + 8 : bigEntry + 9;
}

std::uint8_t pixelAt(const Picture& picture, int y, int x, int channel) {
    return picture.pixels[static_cast<std::size_t>((y * picture.width + x) * 3 + channel)];
}

}  // namespace

class ImageIoTest : public QObject {
    Q_OBJECT

  private slots:
    void readsEveryKind_data() {
        QTest::addColumn<int>("tolerance");
        QTest::addColumn<QByteArray>("expected");
        const auto add = [](const char* name, const Picture& picture, int tolerance = 0) {
            QTest::newRow(name) << tolerance
                                << QByteArray(reinterpret_cast<const char*>(picture.pixels.data()),
                                              static_cast<qsizetype>(picture.pixels.size()));
        };
        for (const char* name : {"colour.png", "colour.bmp", "colour.ppm", "colour.webp", "colour.tif", "cmyk.tif",
                                 "lzw.tif", "colour16.png", "odd_profile.png"}) {
            add(name, patternPicture());
        }
        // Lossy, but close to what was drawn.
        for (const char* name : {"colour.jpg", "progressive.jpg", "cmyk.jpg", "lossy.webp"}) {
            add(name, patternPicture(), 40);
        }
        for (const char* name : {"palette.png", "palette.bmp", "palette.tif", "picture.gif"})
            add(name, patternPicture(), 40);
        for (const char* name : {"grey.png", "grey.pgm", "grey.bmp", "grey.tif", "grey16.png", "grey16.tif"}) {
            add(name, greyPattern());
        }
        add("grey.jpg", greyPattern(), 40);
        for (const char* name : {"bits.png", "bits.pbm"}) add(name, bitPattern());
        for (const char* name : {"alpha.png", "alpha16.png", "alpha.webp"}) add(name, overWhite(patternPicture()));
        add("alpha.tif", overWhite(patternPicture()), 1);  // multiplied by the library, which rounds elsewhere
        add("grey_alpha.png", overWhite(greyPattern(), true));
    }
    void readsEveryKind() {
        QFETCH(int, tolerance);
        QFETCH(QByteArray, expected);
        const auto picture = decodePicture(kPictures / QTest::currentDataTag());
        QVERIFY2(picture, errorOf(picture).c_str());
        Picture wanted{20, 30, {expected.begin(), expected.end()}};
        const int difference = largestDifference(*picture, wanted);
        QVERIFY2(difference <= tolerance, qPrintable(QString::number(difference)));
    }

    // A palette may have a colour that is transparent.
    void aTransparentColourIsWhite() {
        const auto picture = decodePicture(kPictures / "palette_alpha.png");
        QVERIFY2(picture, errorOf(picture).c_str());
        const Picture pattern = patternPicture();
        QCOMPARE(picture->pixels.size(), pattern.pixels.size());
        int transparent = 0;
        for (int y = 0; y < pattern.height; ++y) {
            for (int x = 0; x < pattern.width; ++x) {
                int largest = 0, least = 255;
                for (int c = 0; c < 3; ++c) {
                    largest = std::max(largest, std::abs(pixelAt(*picture, y, x, c) - pixelAt(pattern, y, x, c)));
                    least = std::min(least, static_cast<int>(pixelAt(*picture, y, x, c)));
                }
                QVERIFY(largest <= 40 || least == 255);
                if (largest > 40) ++transparent;
            }
        }
        QVERIFY(transparent >= 1 && transparent < 30);
        QVERIFY(pixelAt(*picture, 0, 0, 0) == 255 && pixelAt(*picture, 0, 0, 1) == 255);
    }

    void onePixelIsAPicture() {
        const auto picture = decodePicture(kPictures / "pixel.png");
        QVERIFY2(picture, errorOf(picture).c_str());
        QCOMPARE(picture->height, 1);
        QCOMPARE(picture->width, 1);
        QCOMPARE(picture->pixels, (std::vector<std::uint8_t>{7, 77, 177}));
    }

    // 1 as it is, 2 mirrored, 3 turned by 180 degrees, 4 upside down, 5 to 8 with rows and columns exchanged.
    void turnsByTheOrientation_data() {
        QTest::addColumn<int>("orientation");
        for (int orientation = 1; orientation <= 8; ++orientation) {
            for (const char* name : {"turned.jpg", "turned.webp", "turned.tif"}) {
                QTest::addRow("%s %d", name, orientation) << orientation;
            }
        }
        QTest::newRow("turned.png 6") << 6;  // its checksum does not let another be written in
    }
    void turnsByTheOrientation() {
        QFETCH(int, orientation);
        const std::string name = QString(QTest::currentDataTag()).section(' ', 0, 0).toStdString();
        std::string bytes = fixture(name.c_str());
        if (name != "turned.png") {
            QVERIFY(bytes[orientationAt(bytes)] == 6);
            bytes[orientationAt(bytes)] = static_cast<char>(orientation);
        }
        const auto picture = decodeText(bytes);
        QVERIFY2(picture, errorOf(picture).c_str());
        const Picture straight = patternPicture();
        QCOMPARE(picture->height, orientation < 5 ? 20 : 30);
        QCOMPARE(picture->width, orientation < 5 ? 30 : 20);
        const int tolerance = name == "turned.jpg" ? 40 : 0;
        for (int y = 0; y < 20; ++y) {
            for (int x = 0; x < 30; ++x) {
                const int down = 19 - y, across = 29 - x;
                const auto [toY, toX] =
                    std::array<std::pair<int, int>, 8>{{{y, x},
                                                        {y, across},
                                                        {down, across},
                                                        {down, x},
                                                        {x, y},
                                                        {x, down},
                                                        {across, down},
                                                        {across, y}}}[static_cast<std::size_t>(orientation - 1)];
                for (int c = 0; c < 3; ++c) {
                    QVERIFY(std::abs(pixelAt(*picture, toY, toX, c) - pixelAt(straight, y, x, c)) <= tolerance);
                }
            }
        }
    }

    // Whatever is missing at the end, there is no picture that is grey from somewhere on.
    void aFileCutShortIsAnError_data() {
        QTest::addColumn<QString>("name");
        for (const char* name : {"colour.png", "palette.png", "colour.jpg", "progressive.jpg", "colour.webp",
                                 "colour.bmp", "colour.ppm", "colour.tif", "lzw.tif", "bits.pbm"}) {
            QTest::newRow(name) << name;
        }
    }
    void aFileCutShortIsAnError() {
        QFETCH(QString, name);
        const std::string whole = fixture(qPrintable(name));
        const auto expected = decodeText(whole);
        QVERIFY(expected);
        int refused = 0;
        for (std::size_t size = 0; size < whole.size(); ++size) {
            const auto picture = decodeText(whole.substr(0, size));
            // A last byte that only fills up may be missing.
            if (picture) {
                QCOMPARE(picture->pixels, expected->pixels);
                QVERIFY2(size + 4 >= whole.size(), qPrintable(QString::number(size)));
            } else {
                ++refused;
                QVERIFY(!picture.error().why.empty());
            }
        }
        QVERIFY(refused > 0);
    }

    void saysWhatIsWrong_data() {
        QTest::addColumn<QByteArray>("bytes");
        QTest::addColumn<QString>("why");
        QTest::addColumn<int>("code");
        const auto add = [](const char* name, const std::string& bytes, const char* why, ErrorCode code) {
            QTest::newRow(name) << QByteArray::fromStdString(bytes) << QString(why) << static_cast<int>(code);
        };
        const std::string png = fixture("colour.png"), jpeg = fixture("colour.jpg");
        std::string bent = png;
        bent[bent.size() / 2] = static_cast<char>(bent[bent.size() / 2] ^ 1);
        std::string vast = jpeg;
        const std::size_t frame = vast.find(std::string("\xff\xc0\x00\x11\x08", 5));
        QVERIFY(frame != std::string::npos);
        vast.replace(frame + 5, 4, "\xff\xff\xff\xff");
        std::string large = jpeg;  // 400 megapixels that a few hundred bytes claim
        large.replace(frame + 5, 4, "\x4e\x20\x4e\x20");
        std::string empty = jpeg;
        empty.replace(frame + 5, 4, std::string(4, '\0'));
        add("no bytes", "", "is empty", ErrorCode::kBadFormat);
        add("text", "a text that was named picture.jpg\n", "text", ErrorCode::kUnsupported);
        add("web page", "<!DOCTYPE html><html>404</html>", "web page", ErrorCode::kUnsupported);
        add("zeros", std::string(1000, '\0'), "no known picture format", ErrorCode::kUnsupported);
        add("animation", fixture("animated.webp"), "animated", ErrorCode::kUnsupported);
        add("HEIC",
            std::string("\0\0\0\x18"
                        "ftypheic\0\0\0\0",
                        16),
            "HEIC", ErrorCode::kUnsupported);
        add("floats", fixture("floats.tif"), "neither 8 nor 16 bits", ErrorCode::kUnsupported);
        add("PNG signature only", png.substr(0, 8), "cut short", ErrorCode::kBadFormat);
        add("half a PNG", png.substr(0, png.size() / 2), "cut short", ErrorCode::kBadFormat);
        add("half a JPEG", jpeg.substr(0, jpeg.size() / 2), "cut short", ErrorCode::kBadFormat);
        add("flipped bit", bent, "damaged", ErrorCode::kBadFormat);
        add("half the rows", fixture("half.png"), "damaged", ErrorCode::kBadFormat);
        add("huge PNG", fixture("huge.png"), "60000 x 60000", ErrorCode::kTooLarge);
        add("huge JPEG", vast, "65535 x 65535", ErrorCode::kTooLarge);
        add("large JPEG", large, "20000 x 20000", ErrorCode::kTooLarge);
        add("JPEG without pixels", empty, "no pixels", ErrorCode::kBadFormat);
        add("PNM without end", "P6 60000 60000 255\n", "cut short", ErrorCode::kBadFormat);
        add("PNM of text cut short", "P2 2 2 255 1 2 3", "cut short", ErrorCode::kBadFormat);
        std::string dicom = "P5 20 20 255\n" + std::string(400, 'x');
        dicom.replace(128, 4, "DICM");
        add("DICOM in disguise", dicom, "DICOM", ErrorCode::kUnsupported);
        std::string dted = jpeg;
        dted.insert(2, std::string("\xff\xfe\x00\xc8", 4) + std::string(198, 'x'));  // a comment
        dted.replace(140, 4, "DTED");
        add("DTED in disguise", dted, "DTED", ErrorCode::kUnsupported);
        add("nearly a PNM", "P5#\n2 2 255\nabcd", "text, not a picture", ErrorCode::kUnsupported);
        add("PNM without size", "P5 0 0 255\n", "no pixels", ErrorCode::kBadFormat);
    }
    void saysWhatIsWrong() {
        QFETCH(QByteArray, bytes);
        QFETCH(QString, why);
        QFETCH(int, code);
        const auto picture = decodeText(bytes.toStdString());
        QVERIFY(!picture);
        QVERIFY2(QString::fromStdString(picture.error().why).contains(why), errorOf(picture).c_str());
        QCOMPARE(static_cast<int>(picture.error().code), code);
        QCOMPARE(picture.error().where, std::string("some.jpg"));
    }

    void filesThatAreNotThere() {
        QCOMPARE(decodePicture(kPictures / "absent.png").error().code, ErrorCode::kNotFound);
        QVERIFY(!decodePicture(kPictures));  // a folder
        const ScratchFolder folder;
        std::filesystem::create_symlink("loop.png", folder / "loop.png");
        std::filesystem::create_symlink("gone.png", folder / "nowhere.png");
        QVERIFY(errorOf(decodePicture(folder / "loop.png")).find("symbolic links") != std::string::npos);
        QCOMPARE(decodePicture(folder / "nowhere.png").error().code, ErrorCode::kNotFound);
    }

    // Read ahead, on any thread: the same picture, and the same errors.
    void readFittedIsDecodeAndFit() {
        PixelBudget budget;
        const Preprocess preprocess;  // 32 x 32
        const auto fitted = readFitted(kPictures / "turned.jpg", preprocess, budget);
        const auto picture = decodePicture(kPictures / "turned.jpg");
        QVERIFY(fitted && picture);
        QCOMPARE(fitted->seen.pixels, fitPicture(*picture, preprocess).pixels);
        QCOMPARE(fitted->height, picture->height);
        QCOMPARE(fitted->width, picture->width);
        for (const char* name : {"huge.png", "half.png", "absent.png"}) {
            const auto bad = readFitted(kPictures / name, preprocess, budget);
            QVERIFY(!bad);
            QCOMPARE(bad.error().text(), errorOf(decodePicture(kPictures / name)));
        }
    }

    void pngComesBack() {
        ScratchFolder folder;
        const Picture picture = noisePicture(13, 37);
        QVERIFY(writePng(folder / "a.png", picture));
        const auto read = decodePicture(folder / "a.png");
        QVERIFY2(read, errorOf(read).c_str());
        QCOMPARE(read->height, 13);
        QCOMPARE(read->width, 37);
        QCOMPARE(read->pixels, picture.pixels);
        QVERIFY(!writePng(folder / "no folder" / "a.png", picture));
        QCOMPARE(folder.entries(), 1);
    }

    void knowsPictureFilesByName() {
        for (const char* name : {"a.jpg", "a.JPEG", "dir.x/b.Png", "c.webp", "d.tif", "e.ppm", "f.bmp", "g.gif"}) {
            QVERIFY2(isPictureFile(name), name);
        }
        for (const char* name : {"a.txt", "jpg", ".png", "a.jpg.txt", "a", ""}) QVERIFY2(!isPictureFile(name), name);
    }
};

QTEST_GUILESS_MAIN(ImageIoTest)
#include "tst_image_io.moc"
