#include <QtTest>
#include <filesystem>

#include "data/csv_list.h"
#include "data/image_io.h"
#include "support/io_scratch.h"
#include "support/pictures.h"

using namespace condenser;
using namespace condenser::test;
namespace fs = std::filesystem;

namespace {

using Names = std::vector<std::string>;

// "path|label|part|line" of each row, or the error.
Names rowsOf(const std::string& text) {
    const auto rows = parseCsvList(text, "list.csv");
    if (!rows) return {rows.error().text()};
    Names shown;
    for (const CsvRow& row : *rows) {
        const char* part = row.part == NamedPart::kTrain ? "train" : row.part == NamedPart::kVal ? "val" : "test";
        shown.push_back(row.path + "|" + row.label + "|" + part + "|" + std::to_string(row.line));
    }
    return shown;
}

#define VERIFY_SAYS(text, part) QVERIFY2((text).find(part) != std::string::npos, (text).c_str())

std::string errorOf(const fs::path& file) {
    const auto source = openCsvList(file);
    return source ? "no error" : source.error().text();
}

}  // namespace

class CsvListTest : public QObject {
    Q_OBJECT

  private slots:
    void readsUsualForms_data() {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<int>("line");
        const auto add = [](const char* name, const std::string& text, int line) {
            QTest::newRow(name) << QByteArray::fromStdString(text) << line;
        };
        add("bare", "a.png,cat\nb c.png,dog\n", 1);
        add("no end", "a.png,cat\nb c.png,dog", 1);
        add("CRLF", "a.png,cat\r\nb c.png,dog\r\n", 1);
        add("CR", "a.png,cat\rb c.png,dog\r", 1);
        add("byte order mark",
            "\xEF\xBB\xBF"
            "a.png,cat\nb c.png,dog\n",
            1);
        add("semicolons", "a.png;cat\nb c.png;dog\n", 1);
        add("tabs", "a.png\tcat\nb c.png\tdog\n", 1);
        add("blanks about", " a.png , cat \nb c.png,  dog\n", 1);
        add("quotes", "\"a.png\",\"cat\"\n\"b c.png\", \"dog\" \n", 1);
        add("header", "path,label\na.png,cat\nb c.png,dog\n", 2);
        add("header after blank lines", "\n  \nFilename;Class\r\na.png;cat\r\nb c.png;dog\r\n", 4);
        add("other order", "label,width,image,split\ncat,3,a.png,train\ndog,4,b c.png,Training\n", 2);
        add("empty cells at the end", "a.png,cat\nb c.png,dog\n,\n,\n", 1);
        add("split", "a.png,cat,train\nb c.png,dog,train\n", 1);
    }
    void readsUsualForms() {
        QFETCH(QByteArray, text);
        QFETCH(int, line);
        QCOMPARE(rowsOf(text.toStdString()),
                 (Names{"a.png|cat|train|" + std::to_string(line), "b c.png|dog|train|" + std::to_string(line + 1)}));
    }

    void quotesHoldAnything() {
        QCOMPARE(rowsOf("\"a,b;c.png\",\"the \"\"cat\"\"\"\n\"two\nlines.png\",dog\nc.png,cat\n"),
                 (Names{"a,b;c.png|the \"cat\"|train|1", "two\nlines.png|dog|train|2", "c.png|cat|train|4"}));
        QCOMPARE(rowsOf("a,b.png;cat\n"), (Names{"a,b.png|cat|train|1"}));
        QCOMPARE(rowsOf("a.png,cat; tabby\n"), (Names{"a.png|cat; tabby|train|1"}));
        QCOMPARE(rowsOf("a.png,5\" pot\n"), (Names{"a.png|5\" pot|train|1"}));
    }

    void splits() {
        QCOMPARE(rowsOf("a.png,x,train\na.png,x,VAL\na.png,x,valid\na.png,x,validation\na.png,x,Test\n"),
                 (Names{"a.png|x|train|1", "a.png|x|val|2", "a.png|x|val|3", "a.png|x|val|4", "a.png|x|test|5"}));
    }

    void saysWhatIsWrong_data() {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<QString>("why");
        const auto add = [](const char* name, const std::string& text, const char* why) {
            QTest::newRow(name) << QByteArray::fromStdString(text) << why;
        };
        add("empty", "", "list.csv: there is nothing in it");
        add("blank", "\n \n", "there is nothing in it");
        add("binary", std::string("a.png,cat\0\n", 11), "no text file");
        add("UTF-16",
            std::string("\xFF\xFE"
                        "a\0",
                        4),
            "UTF-16");
        add("one column", "a.png\nb.png\n", "line 1 has 1 column, and lines of path,label");
        add("four columns", "a.png,cat,train,7\n", "line 1 has 4 columns");
        add("no label column", "path,weight\na.png,3\n", "names no column for the labels. Call that column label");
        add("no path column", "id,breed\na,pug\n", "names no column for the paths. Call that column path");
        add("columns change", "a.png,cat\nb.png,dog,train\n", "line 2: it has 3 columns, and the first line has 2");
        add("no path", "a.png,cat\n,dog\n", "line 2: the path is missing");
        add("no label", "a.png,cat\nb.png,\n", "line 2: the label is missing");
        add("label", "a.png,c\xff\n", "line 1: the label is not UTF-8");
        add("long label", "a.png," + std::string(256, 'x') + "\n", "line 1: the label has more than 255");
        add("split", "a.png,cat,train\nb.png,cat,holdout\n",
            "line 2: the split is \"holdout\", and train, val or test");
        add("open quote", "a.png,cat\n\"b.png,cat\n", "line 2: the quote is not closed");
        add("after the quote", "a.png,cat\n\"b.png\"x,cat\n", "line 2: there is something behind the closing quote");
        add("long line", "a.png," + std::string(100'000, 'x'), "line 1 has more than 65536 bytes");
        add("long quote", "a.png,\"" + std::string(100'000, 'x'), "line 1 has more than 65536 bytes");
        add("many columns", std::string(5000, ','), "line 1 has more than 1000 columns");
    }
    void saysWhatIsWrong() {
        QFETCH(QByteArray, text);
        QFETCH(QString, why);
        const Names rows = rowsOf(text.toStdString());
        QCOMPARE(rows.size(), 1u);
        VERIFY_SAYS(rows[0], why.toStdString());
    }

    void opensPictures() {
        const ScratchFolder folder;
        fs::create_directories(folder / "pictures/deep");
        for (int i = 0; i < 4; ++i) {
            QVERIFY(writePng(folder / ("pictures/" + std::to_string(i) + ".png"), noisePicture(2, 3 + i)));
        }
        QVERIFY(writePng(folder / "pictures/deep/\xf0\x9f\x90\x88 6.png", noisePicture(2, 9)));
        writeBytes(folder / "list.csv",
                   "path,label,split\n"
                   "pictures/0.png,dog,train\n"
                   "pictures\\1.png,cat,train\n" +
                       (folder / "pictures/2.png").string() +
                       ",ape,test\n"
                       "pictures/none.png,cat,train\n"
                       "pictures,cat,test\n"
                       "pictures/deep/\xf0\x9f\x90\x88 6.png,Dog,train\n"
                       "pictures/0.png,cat,test\n");
        std::int64_t found = 0;
        const auto source = openCsvList(folder / "list.csv", {[&](std::int64_t count) { found = count; }, {}});
        QVERIFY2(source, errorOf(folder / "list.csv").c_str());
        QVERIFY(found <= 5);
        QCOMPARE(source->classes, (Names{"Dog", "ape", "cat", "dog"}));
        QCOMPARE(source->testName, std::string("test"));
        QCOMPARE(source->train.size(), 3u);
        QCOMPARE(source->test.size(), 2u);
        const auto widthOf = [&](const LabelledPicture& picture) {
            const auto read = source->read(picture.index);
            return read ? read->width : 0;
        };
        QCOMPARE(source->train[0].label, 3);
        QCOMPARE(widthOf(source->train[0]), 3);
        QCOMPARE(source->train[1].label, 2);
        QCOMPARE(widthOf(source->train[1]), 4);
        QCOMPARE(source->train[2].label, 0);
        QCOMPARE(widthOf(source->train[2]), 9);
        QCOMPARE(source->test[0].label, 1);
        QCOMPARE(source->place(source->test[0].index), folder / "pictures/2.png");
        QCOMPARE(source->unreadable.size(), 2u);
        QCOMPARE(source->unreadable[0].path, folder / "pictures/none.png");
        QCOMPARE(source->unreadable[0].why, std::string("line 5: no such file"));
        QCOMPARE(source->unreadable[1].why, std::string("line 6: it is a folder"));
        QCOMPARE(source->warnings.size(), 2u);
        VERIFY_SAYS(source->warnings[0], "\"Dog\" and \"dog\"");
        VERIFY_SAYS(source->warnings[1],
                    "1 line gives a picture another label than a line before: pictures/0.png, "
                    "\"dog\" in line 2 and \"cat\" in line 8");
    }

    void valComesBeforeTest() {
        const ScratchFolder folder;
        QVERIFY(writePng(folder / "a.png", noisePicture(2, 2)));
        writeBytes(folder / "list.csv", "a.png,x,train\na.png,y,val\na.png,x,test\na.png,y,test\n");
        auto source = openCsvList(folder / "list.csv");
        QVERIFY(source);
        QCOMPARE(source->testName, std::string("val"));
        QCOMPARE(source->test.size(), 1u);
        VERIFY_SAYS(source->warnings.back(), "the 2 pictures of test are not used");
        writeBytes(folder / "list.csv", "a.png,x\na.png,y\n");
        source = openCsvList(folder / "list.csv");
        QVERIFY(source && source->testName.empty() && source->test.empty());
    }

    void badPlaces() {
        const ScratchFolder folder;
        VERIFY_SAYS(errorOf(folder / "absent.csv"), "there is no such file. Check the name after csv:");
        VERIFY_SAYS(errorOf(folder.path()), "this is a folder");
        writeBytes(folder / "one.csv", "a.png,x\nb.png,x\n");
        VERIFY_SAYS(errorOf(folder / "one.csv"), "labels are of 1 class,");
        writeBytes(folder / "none.csv", "a.png,x\nb.png,y\n");
        VERIFY_SAYS(errorOf(folder / "none.csv"), "none of its 2 pictures is there; the first: " +
                                                      (folder / "a.png").string() + ": line 1: no such file");
        std::stop_source stop;
        stop.request_stop();
        QCOMPARE(openCsvList(folder / "none.csv", {{}, stop.get_token()}).error().code, ErrorCode::kCancelled);
        fs::resize_file(folder / "none.csv", std::uintmax_t{300} << 20);  // a hole: it takes no room
        VERIFY_SAYS(errorOf(folder / "none.csv"), "at most");
    }
};

QTEST_GUILESS_MAIN(CsvListTest)
#include "tst_csv_list.moc"
