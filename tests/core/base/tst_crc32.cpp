#include <QtTest>
#include <string_view>

#include "base/crc32.h"

using namespace condenser;

class Crc32Test : public QObject {
    Q_OBJECT

  private slots:
    void isTheOneOfPngAndGzip() {
        const std::string_view digits = "123456789";
        const auto bytes = std::as_bytes(std::span(digits));
        QCOMPARE(crc32(bytes), 0xCBF43926u);  // the check value that catalogues of checksums give
        QCOMPARE(crc32(bytes.subspan(4), crc32(bytes.first(4))), crc32(bytes));
        QCOMPARE(crc32({}), 0u);
    }
};

QTEST_GUILESS_MAIN(Crc32Test)
#include "tst_crc32.moc"
