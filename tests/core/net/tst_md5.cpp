#include <QtTest>

#include "net/md5.h"
#include "support/io_scratch.h"

using namespace condenser;
using namespace condenser::test;

class Md5Test : public QObject {
    Q_OBJECT

  private slots:
    // Test suite of RFC 1321.
    void agreesWithTheStandard() {
        ScratchFolder folder;
        const auto md5 = [&](const std::string& text) {
            writeBytes(folder / "file", text);
            return QString::fromStdString(md5OfFile(folder / "file").value());
        };
        QCOMPARE(md5(""), QStringLiteral("d41d8cd98f00b204e9800998ecf8427e"));
        QCOMPARE(md5("abc"), QStringLiteral("900150983cd24fb0d6963f7d28e17f72"));
        QCOMPARE(md5("12345678901234567890123456789012345678901234567890123456789012345678901234567890"),
                 QStringLiteral("57edf4a22be3c955ac49da2e2107b67a"));
    }

    void agreesOverManyBlocks() {
        ScratchFolder folder;
        std::string text;
        for (int i = 0; text.size() < 3'000'001; ++i) text += static_cast<char>(i % 251);
        writeBytes(folder / "file", text);
        QCOMPARE(QByteArray::fromStdString(md5OfFile(folder / "file").value()),
                 QCryptographicHash::hash(QByteArray::fromStdString(text), QCryptographicHash::Md5).toHex());
    }

    void whatCannotBeReadIsAnError() {
        ScratchFolder folder;
        QCOMPARE(md5OfFile(folder / "missing").error().code, ErrorCode::kNotFound);
        QCOMPARE(md5OfFile(folder.path()).error().code, ErrorCode::kUnreadable);
        writeBytes(folder / "file", "text");
        std::stop_source stop;
        stop.request_stop();
        QCOMPARE(md5OfFile(folder / "file", stop.get_token()).error().code, ErrorCode::kCancelled);
    }
};

QTEST_GUILESS_MAIN(Md5Test)
#include "tst_md5.moc"
