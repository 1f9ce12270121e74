#include <QtTest>
#include <bit>
#include <cmath>
#include <limits>

#include "base/rng.h"
#include "io/json.h"

using namespace condenser;

namespace {

const Reading kReading{"cannot read the toy", "toy.json"};

// Why `text` is refused; "" where it is not.
QString refusal(std::string_view text) {
    const auto json = parseJson(text, kReading);
    return json ? QString() : QString::fromStdString(json.error().why);
}

std::string nested(int depth) {
    return std::string(static_cast<std::size_t>(depth), '[') + std::string(static_cast<std::size_t>(depth), ']');
}

}  // namespace

class JsonTest : public QObject {
    Q_OBJECT

  private slots:
    void textIsReadBack() {
        const std::string text =
            R"({"a":[1,-2,0.5,true,false,null,"text"],"b":{"c":{}},"d":[],"e":18446744073709551615})";
        const auto json = parseJson(text, kReading);
        QVERIFY(json);
        QCOMPARE(jsonText(*json), text);
        QVERIFY(jsonText(*json, 2).find("\n  \"a\"") != std::string::npos);
    }

    void doublesComeBackBitForBit() {
        Rng rng(1, RandomStream::kTest);
        for (int i = 0; i < 20000; ++i) {
            double value = std::bit_cast<double>(rng.next());
            if (i < 2) value = i == 0 ? -0.0 : std::numeric_limits<double>::denorm_min();
            if (!std::isfinite(value)) continue;
            const auto json = parseJson(jsonText({value}), kReading);
            QVERIFY(json);
            const auto* back = std::get_if<double>(&json->value);
            QVERIFY(back != nullptr);
            QCOMPARE(std::bit_cast<std::uint64_t>(*back), std::bit_cast<std::uint64_t>(value));
        }
    }

    void floatsAreShort() {
        QCOMPARE(jsonText({shortDouble(0.4914f)}), std::string("0.4914"));
        Rng rng(2, RandomStream::kTest);
        for (int i = 0; i < 20000; ++i) {
            const float value = std::bit_cast<float>(static_cast<std::uint32_t>(rng.next()));
            if (std::isfinite(value)) QCOMPARE(static_cast<float>(shortDouble(value)), value);
        }
    }

    void brokenTextIsRefused_data() {
        QTest::addColumn<QByteArray>("text");
        for (const char* text : {"",
                                 " ",
                                 "{",
                                 "}",
                                 "[1,]",
                                 "{\"a\":}",
                                 "{\"a\" 1}",
                                 "{a:1}",
                                 "{} {}",
                                 "{}x",
                                 "nul",
                                 "01",
                                 "1.",
                                 "+1",
                                 "NaN",
                                 "Infinity",
                                 "1e999",
                                 "\"",
                                 "\"\\x\"",
                                 "\"\n\"",
                                 "\"\\ud800\"",
                                 "'a'",
                                 "// comment\n1",
                                 "\"\xff\"",
                                 "\"\xc0\xaf\""}) {
            QTest::addRow("%s", text) << QByteArray(text);
        }
        QTest::addRow("zero byte") << QByteArray("{}\0", 3);
    }
    void brokenTextIsRefused() {
        QFETCH(QByteArray, text);
        const auto json = parseJson(text.toStdString(), kReading);
        QVERIFY(!json);
        QCOMPARE(json.error().code, ErrorCode::kBadFormat);
        QCOMPARE(json.error().what, kReading.what);
        QCOMPARE(json.error().where, kReading.where);
    }

    void aNameTwiceIsRefused() {
        QVERIFY(refusal(R"({"a":1,"b":2,"a":3})").contains("occurs twice"));
        QVERIFY(refusal(R"({"o":{"a":1,"\u0061":3}})").contains("occurs twice"));
        QCOMPARE(refusal(R"({"a":{"a":1},"b":{"a":1}})"), QString());
    }

    void depthIsLimited() {
        QCOMPARE(refusal(nested(kMaxJsonDepth)), QString());
        QVERIFY(refusal(nested(kMaxJsonDepth + 1)).contains("deep"));
        QVERIFY(refusal(nested(1'000'000)).contains("deep"));
        QVERIFY(refusal(std::string(1'000'000, '[')).contains("deep"));
        std::string objects;
        for (int i = 0; i < 100'000; ++i) objects += "{\"a\":";
        QVERIFY(refusal(objects).contains("deep"));
    }

    void theNumberOfValuesIsLimited() {
        const auto listOf = [](std::size_t count) {
            std::string text = "[0";
            for (std::size_t i = 1; i < count; ++i) text += ",0";
            return text + "]";
        };
        QCOMPARE(refusal(listOf(kMaxJsonValues - 1)), QString());  // the list is a value too
        QVERIFY(refusal(listOf(kMaxJsonValues)).contains("more than"));
    }

    void fieldsHaveTypesAndRanges() {
        const auto json = parseJson(R"({"text":"abc","flag":true,"number":7,"negative":-7,"real":0.5,
            "large":18446744073709551615,"huge":1e300,"texts":["a","b"],"reals":[1,-2,0.5],"null":null})",
                                    kReading);
        QVERIFY(json);
        JsonFields fields(*json, kReading);
        QCOMPARE(fields.text("text", 3), std::string("abc"));
        QVERIFY(fields.flag("flag"));
        QCOMPARE(fields.number("number", 0, 7), 7);
        QCOMPARE(fields.integer("negative", -7, 0), std::int64_t{-7});
        QCOMPARE(fields.unsignedInteger("large"), std::numeric_limits<std::uint64_t>::max());
        QCOMPARE(fields.real("real", 0, 1), 0.5);
        QCOMPARE(fields.real("number", 0, 10), 7.0);
        QCOMPARE(fields.texts("texts", 2, 1).size(), std::size_t{2});
        QCOMPARE(fields.reals("reals", 3, -2, 1), (std::vector{1.0, -2.0, 0.5}));
        QVERIFY(fields.has("null") && !fields.has("absent"));
        QVERIFY(fields.result());

        // Each of these is wrong on its own.
        const std::vector<std::function<void(JsonFields&)>> wrong{
            [](JsonFields& f) { f.text("text", 2); },
            [](JsonFields& f) { f.text("number", 9); },
            [](JsonFields& f) { f.text("absent", 9); },
            [](JsonFields& f) { f.flag("number"); },
            [](JsonFields& f) { f.number("number", 8, 9); },
            [](JsonFields& f) { f.number("number", 0, 6); },
            [](JsonFields& f) { f.number("negative", -6, 0); },
            [](JsonFields& f) { f.number("real", 0, 9); },
            [](JsonFields& f) { f.number("text", 0, 9); },
            [](JsonFields& f) { f.integer("large", -1, std::numeric_limits<std::int64_t>::max()); },
            [](JsonFields& f) { f.unsignedInteger("negative"); },
            [](JsonFields& f) { f.unsignedInteger("huge"); },
            [](JsonFields& f) { f.real("real", 0.6, 1); },
            [](JsonFields& f) { f.real("null", -1, 1); },
            [](JsonFields& f) { f.real("text", -1, 1); },
            [](JsonFields& f) { f.texts("texts", 1, 9); },
            [](JsonFields& f) { f.texts("texts", 9, 0); },
            [](JsonFields& f) { f.texts("reals", 9, 9); },
            [](JsonFields& f) { f.texts("text", 9, 9); },
            [](JsonFields& f) { f.reals("reals", 2, -9, 9); },
            [](JsonFields& f) { f.reals("reals", 3, -1, 9); },
            [](JsonFields& f) { f.reals("texts", 2, -9, 9); },
            [](JsonFields& f) { f.any("absent"); },
            [](JsonFields& f) { f.version1("a toy"); },
        };
        for (std::size_t i = 0; i < wrong.size(); ++i) {
            JsonFields other(*json, kReading);
            wrong[i](other);
            QVERIFY2(!other.result(), qPrintable(QString::number(i)));
            QCOMPARE(other.result().error().code, ErrorCode::kBadFormat);
        }
    }

    void theFirstErrorStands() {
        const auto json = parseJson("{}", kReading);
        JsonFields fields(*json, kReading);
        QCOMPARE(fields.number("first", 3, 5), 3);
        QCOMPARE(fields.text("second", 9), std::string());
        QVERIFY(fields.result().error().why.find("first") != std::string::npos);

        const auto list = parseJson("[]", kReading);
        JsonFields none(*list, kReading);
        QVERIFY(!none.result());
    }

    void newerVersionsAreRefusedInWords() {
        const auto json = parseJson(R"({"version":2})", kReading);
        JsonFields fields(*json, kReading);
        fields.version1("a toy");
        QCOMPARE(fields.result().error().code, ErrorCode::kUnsupported);
        QVERIFY(!fields.result().error().remedy.empty());
        for (const char* text : {R"({"version":0})", R"({"version":-1})", R"({"version":1.0})", R"({"version":"1"})"}) {
            const auto bad = parseJson(text, kReading);
            JsonFields other(*bad, kReading);
            other.version1("a toy");
            QCOMPARE(other.result().error().code, ErrorCode::kBadFormat);
        }
    }

    void quotesAreShortAndHarmless() {
        QCOMPARE(inQuotes("abc"), std::string("\"abc\""));
        QCOMPARE(inQuotes("a\x1b[31m\n\x7f"), std::string("\"a?[31m??\""));
        QVERIFY(inQuotes(std::string(1000, 'x')).size() < 70);
        // Two-byte characters, of which 60 bytes hold 29 and a half.
        std::string umlauts = "x";
        for (int i = 0; i < 100; ++i) umlauts += "\xc3\xa4";
        const QString shown = QString::fromStdString(inQuotes(umlauts));
        QVERIFY(!shown.contains(QChar::ReplacementCharacter));
    }

    void badUtf8IsReplacedInText() { QCOMPARE(jsonText({std::string("a\xff")}), std::string("\"a\xef\xbf\xbd\"")); }
};

QTEST_GUILESS_MAIN(JsonTest)
#include "tst_json.moc"
