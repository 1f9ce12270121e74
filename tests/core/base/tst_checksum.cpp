#include <QtTest>

#include "base/checksum.h"

using namespace condenser;

class ChecksumTest : public QObject {
    Q_OBJECT

  private slots:
    // Values of the reference implementation (xxHash 0.8), over the bytes 0, 1, 2, ...: each length takes another path.
    void isXxh64_data() {
        QTest::addColumn<int>("length");
        QTest::addColumn<quint64>("seed");
        QTest::addColumn<quint64>("expected");
        QTest::addRow("0, no seed") << 0 << quint64{0x0} << quint64{0xef46db3751d8e999};
        QTest::addRow("0, seed") << 0 << quint64{0x123456789abcdef0} << quint64{0x7fef5b0c316777ed};
        QTest::addRow("1, no seed") << 1 << quint64{0x0} << quint64{0xe934a84adb052768};
        QTest::addRow("1, seed") << 1 << quint64{0x123456789abcdef0} << quint64{0x0a9efd78b83ca7a4};
        QTest::addRow("3, no seed") << 3 << quint64{0x0} << quint64{0xe5c7bb4533bc65dd};
        QTest::addRow("3, seed") << 3 << quint64{0x123456789abcdef0} << quint64{0x1eef4d8d8d0a4655};
        QTest::addRow("4, no seed") << 4 << quint64{0x0} << quint64{0xffced8604453cc1e};
        QTest::addRow("4, seed") << 4 << quint64{0x123456789abcdef0} << quint64{0x1a725257c823a7de};
        QTest::addRow("5, no seed") << 5 << quint64{0x0} << quint64{0xdd0274386e26030c};
        QTest::addRow("5, seed") << 5 << quint64{0x123456789abcdef0} << quint64{0x53613a1af0435036};
        QTest::addRow("7, no seed") << 7 << quint64{0x0} << quint64{0x14cc643f630c72d2};
        QTest::addRow("7, seed") << 7 << quint64{0x123456789abcdef0} << quint64{0x8b80eabe2289dfaf};
        QTest::addRow("8, no seed") << 8 << quint64{0x0} << quint64{0x884a173614b81b8d};
        QTest::addRow("8, seed") << 8 << quint64{0x123456789abcdef0} << quint64{0x3628c1fc52d8cfda};
        QTest::addRow("9, no seed") << 9 << quint64{0x0} << quint64{0x67d85784a7c78c5b};
        QTest::addRow("9, seed") << 9 << quint64{0x123456789abcdef0} << quint64{0xc9b7cbc1b7a2bd55};
        QTest::addRow("12, no seed") << 12 << quint64{0x0} << quint64{0x424af23f1f08dca5};
        QTest::addRow("12, seed") << 12 << quint64{0x123456789abcdef0} << quint64{0xbcb33f86316d597d};
        QTest::addRow("15, no seed") << 15 << quint64{0x0} << quint64{0xa948f5f0f6abac2d};
        QTest::addRow("15, seed") << 15 << quint64{0x123456789abcdef0} << quint64{0x858f60062275a44b};
        QTest::addRow("16, no seed") << 16 << quint64{0x0} << quint64{0x44b6ef2fb84169f7};
        QTest::addRow("16, seed") << 16 << quint64{0x123456789abcdef0} << quint64{0x451a6e6a9fe0a5cc};
        QTest::addRow("31, no seed") << 31 << quint64{0x0} << quint64{0xc346d2b59b4d8ee1};
        QTest::addRow("31, seed") << 31 << quint64{0x123456789abcdef0} << quint64{0x4dc93917dd69cc0f};
        QTest::addRow("32, no seed") << 32 << quint64{0x0} << quint64{0xcbf59c5116ff32b4};
        QTest::addRow("32, seed") << 32 << quint64{0x123456789abcdef0} << quint64{0xee4cfa0342f3ee7b};
        QTest::addRow("33, no seed") << 33 << quint64{0x0} << quint64{0x0c535d1acafb8ead};
        QTest::addRow("33, seed") << 33 << quint64{0x123456789abcdef0} << quint64{0xcb469aa381b2d18b};
        QTest::addRow("44, no seed") << 44 << quint64{0x0} << quint64{0xa733d156db2bb292};
        QTest::addRow("44, seed") << 44 << quint64{0x123456789abcdef0} << quint64{0x983960abd43e51df};
        QTest::addRow("63, no seed") << 63 << quint64{0x0} << quint64{0xe26aa9e2a95f8e4f};
        QTest::addRow("63, seed") << 63 << quint64{0x123456789abcdef0} << quint64{0x77066d2e3628f795};
        QTest::addRow("64, no seed") << 64 << quint64{0x0} << quint64{0xf7c67301db6713f0};
        QTest::addRow("64, seed") << 64 << quint64{0x123456789abcdef0} << quint64{0x5ef63339845139fe};
        QTest::addRow("100, no seed") << 100 << quint64{0x0} << quint64{0x6ac1e58032166597};
        QTest::addRow("100, seed") << 100 << quint64{0x123456789abcdef0} << quint64{0x31da36536b451675};
        QTest::addRow("255, no seed") << 255 << quint64{0x0} << quint64{0x0f7d97507caad693};
        QTest::addRow("255, seed") << 255 << quint64{0x123456789abcdef0} << quint64{0xaa880e7a583cbd37};
    }
    void isXxh64() {
        QFETCH(int, length);
        QFETCH(quint64, seed);
        QFETCH(quint64, expected);
        std::string bytes;
        for (int i = 0; i < length; ++i) bytes += static_cast<char>(i);
        QCOMPARE(quint64{xxh64(bytes, seed)}, expected);
        QCOMPARE(quint64{xxh64(std::as_bytes(std::span(bytes)), seed)}, expected);
    }

    void everyBitCounts() {
        std::string bytes(100, 'x');
        const std::uint64_t hash = xxh64(bytes);
        for (std::size_t i = 0; i < bytes.size() * 8; ++i) {
            std::string other = bytes;
            other[i / 8] = static_cast<char>(other[i / 8] ^ (1 << (i % 8)));
            QVERIFY(xxh64(other) != hash);
        }
    }
};

QTEST_GUILESS_MAIN(ChecksumTest)
#include "tst_checksum.moc"
