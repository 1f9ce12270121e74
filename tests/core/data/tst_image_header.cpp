#include <QtTest>
#include <string>

#include "data/image_header.h"
#include "support/io_scratch.h"

using namespace condenser;
using namespace condenser::test;

namespace {

Result<ImageHeader> read(const std::string& bytes) {
    return readImageHeader(std::as_bytes(std::span(bytes)), "x");
}

std::string fixture(const char* name) {
    return readBytes(std::filesystem::path(CONDENSER_FIXTURES) / "image" / name);
}

}  // namespace

class ImageHeaderTest : public QObject {
    Q_OBJECT

  private slots:
    void tellsFormatSizeAndOrientation_data() {
        QTest::addColumn<int>("format");
        QTest::addColumn<int>("orientation");
        const auto add = [](const char* name, ImageFormat format, int orientation = 1) {
            QTest::newRow(name) << static_cast<int>(format) << orientation;
        };
        add("colour.png", ImageFormat::kPng);
        add("turned.png", ImageFormat::kPng, 6);
        add("colour.jpg", ImageFormat::kJpeg);
        add("progressive.jpg", ImageFormat::kJpeg);
        add("turned.jpg", ImageFormat::kJpeg, 6);
        add("colour.bmp", ImageFormat::kBmp);
        add("grey.bmp", ImageFormat::kBmp);
        add("colour.webp", ImageFormat::kWebp);
        add("alpha.webp", ImageFormat::kWebp);
        add("turned.webp", ImageFormat::kWebp, 6);
        add("colour.tif", ImageFormat::kTiff);
        add("turned.tif", ImageFormat::kTiff);  // its decoder turns it
        add("colour.ppm", ImageFormat::kPnm);
        add("grey.pgm", ImageFormat::kPnm);
        add("bits.pbm", ImageFormat::kPnm);
        add("picture.gif", ImageFormat::kGif);
    }
    void tellsFormatSizeAndOrientation() {
        QFETCH(int, format);
        QFETCH(int, orientation);
        const auto header = read(fixture(QTest::currentDataTag()));
        QVERIFY2(header, header ? "" : header.error().text().c_str());
        QCOMPARE(static_cast<int>(header->format), format);
        QCOMPARE(header->width, 30);
        QCOMPARE(header->height, 20);
        QCOMPARE(header->orientation, orientation);
    }

    void textPnm() {
        const auto header = read("P3 # a comment\n 2 1\n# another 7\n255\n1 2 3 # and 9\n4 5 6\n");
        QVERIFY(header);
        QCOMPARE(header->width, 2);
        QCOMPARE(header->height, 1);
        QVERIFY(!read("P3 2 1 255 1 2 3 4 5 # 6\n"));
        QVERIFY(read("P1 4 2 01011010"));
        QVERIFY(!read("P1 4 2 0101101"));
    }

    // Sizes whose products leave 64 bits, and tables that point anywhere.
    void absurdNumbersAreErrors() {
        QVERIFY(!read("P6 2147483647 2147483647 65535\n"));
        QVERIFY(!read("P3 99999999999999999999 99999999999999999999 255\n"));
        std::string bmp = fixture("colour.bmp");
        bmp.replace(18, 8, "\xff\xff\xff\x7f\xff\xff\xff\x7f");
        QVERIFY(!read(bmp));
        bmp.replace(22, 4, std::string("\0\0\0\x80", 4));
        QVERIFY(!read(bmp));
        for (const char* name : {"colour.tif", "lzw.tif", "turned.tif", "turned.jpg", "turned.webp"}) {
            const std::string whole = fixture(name);
            for (std::size_t at = 0; at + 4 <= whole.size() && at < 400; ++at) {
                std::string bent = whole;
                bent.replace(at, 4, "\xff\xff\xff\xff");
                const auto header = read(bent);  // an error or a header, and nothing read beyond the end
                QVERIFY(!header || (header->width >= 1 && header->height >= 1 && header->orientation >= 1 &&
                                    header->orientation <= 8));
            }
        }
    }

    // A second one, of a small picture, must not hide the first from the limits.
    void theFirstFrameOfAJpegCounts() {
        const std::string jpeg = fixture("colour.jpg");
        const std::size_t frame = jpeg.find("\xff\xc0");
        QVERIFY(frame != std::string::npos && jpeg.ends_with("\xff\xd9"));
        std::string small = jpeg.substr(frame, 2 + static_cast<unsigned char>(jpeg[frame + 3]));
        for (const std::size_t at : {5, 6, 7, 8}) small[at] = at % 2 == 0 ? '\1' : '\0';
        const auto plain = read(jpeg), twice = read(jpeg.substr(0, jpeg.size() - 2) + small + "\xff\xd9");
        QVERIFY(plain && twice);
        QVERIFY(plain->width > 1 && plain->height > 1);
        QCOMPARE(twice->width, plain->width);
        QCOMPARE(twice->height, plain->height);
    }

    void endlessScansAreRefused() {
        const std::string jpeg = fixture("progressive.jpg");
        const std::size_t scan = jpeg.find("\xff\xda");
        QVERIFY(scan != std::string::npos);
        std::string many = jpeg.substr(0, scan);
        const std::size_t length = 2 + static_cast<unsigned char>(jpeg[scan + 3]);
        for (int i = 0; i < 1000; ++i) many += jpeg.substr(scan, length);
        QVERIFY(!read(many + "\xff\xd9"));
    }
};

QTEST_GUILESS_MAIN(ImageHeaderTest)
#include "tst_image_header.moc"
