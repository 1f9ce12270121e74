#include <QtTest>

#include "io/run_note.h"
#include "support/io_scratch.h"

using namespace condenser;
using namespace condenser::test;

class RunNoteTest : public QObject {
    Q_OBJECT

  private slots:
    void comesBackAsItWas() {
        ScratchFolder folder;
        const auto none = readRunNote(folder.path());
        QVERIFY(none && none->name.empty() && none->note.empty());
        std::string longest, longestNote;
        for (int i = 0; i < 200; ++i) longest += "\xf0\x9f\x98\x80";
        for (int i = 0; i < 10'000; ++i) longestNote += "\xe2\x82\xac";
        for (const RunNote& note :
             {RunNote{"caf\xc3\xa9 <b>\"1\"</b>", ""}, {"", "two\r\nlines\tof it\n"}, {longest, longestNote}}) {
            const auto written = writeRunNote(folder.path(), note);
            QVERIFY2(written, written ? "" : written.error().text().c_str());
            const auto read = readRunNote(folder.path());
            QVERIFY2(read, read ? "" : read.error().text().c_str());
            QCOMPARE(read->name, note.name);
            QCOMPARE(read->note, note.note);
        }
        QCOMPARE(folder.entries(), 1);
    }

    void bothEmptyRemovesTheFile() {
        ScratchFolder folder;
        QVERIFY(writeRunNote(folder.path(), {"a", ""}));
        QCOMPARE(folder.entries(), 1);
        QVERIFY(writeRunNote(folder.path(), {}));
        QCOMPARE(folder.entries(), 0);
        QVERIFY(writeRunNote(folder.path(), {}));
    }

    void whatIsNoNoteIsNotWritten() {
        ScratchFolder folder;
        QVERIFY(writeRunNote(folder.path(), {"a", "b"}));
        const std::string before = readBytes(folder / kRunNoteName);
        for (const RunNote& note : {RunNote{"two\nlines", ""},
                                    {"\xff", ""},
                                    {"a", "\xff"},
                                    {std::string(201, 'a'), ""},
                                    {"", std::string(10'001, 'a')},
                                    {"a", std::string("b\0c", 3)}}) {
            const auto written = writeRunNote(folder.path(), note);
            QVERIFY(!written);
            QCOMPARE(written.error().code, ErrorCode::kUsage);
        }
        QCOMPARE(readBytes(folder / kRunNoteName), before);
        const auto nowhere = writeRunNote(folder / "gone", {"a", ""});
        QVERIFY(!nowhere);
        QCOMPARE(nowhere.error().code, ErrorCode::kWrite);
    }

    void whatIsNoNoteIsNotRead_data() {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("why");
        QTest::newRow("empty") << ""
                               << "JSON";
        QTest::newRow("list") << "[]"
                              << "not an object";
        QTest::newRow("number") << R"({"version":1,"name":1,"note":""})"
                                << "\"name\" is not a text";
        QTest::newRow("newer") << R"({"version":2})"
                               << "version 2";
        QTest::newRow("two lines") << R"({"version":1,"name":"a\nb","note":""})"
                                   << "one line";
        QTest::newRow("control") << R"({"version":1,"name":"a","note":"\u0007"})"
                                 << "the note";
        QTest::newRow("long") << QStringLiteral("{\"version\":1,\"name\":\"%1\",\"note\":\"\"}").arg(QString(201, 'a'))
                              << "201 characters";
        QTest::newRow("huge") << QString(200'000, ' ') << "bytes";
    }
    void whatIsNoNoteIsNotRead() {
        QFETCH(const QString, text);
        QFETCH(const QString, why);
        ScratchFolder folder;
        writeBytes(folder / kRunNoteName, text.toStdString());
        const auto note = readRunNote(folder.path());
        QVERIFY(!note);
        QVERIFY2(note.error().text().find(why.toStdString()) != std::string::npos, note.error().text().c_str());
        QCOMPARE(note.error().where, (folder / kRunNoteName).string());
    }
};

QTEST_GUILESS_MAIN(RunNoteTest)
#include "tst_run_note.moc"
