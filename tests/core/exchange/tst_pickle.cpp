#include <QtTest>

#include "base/memory_use.h"
#include "exchange/pickle.h"
#include "support/torch_maker.h"

using namespace condenser;
using namespace condenser::test;
using namespace std::string_literals;
using Kind = Pickle::Kind;

namespace {

// The bytes must outlive the pickle.
Result<Pickle> read(const std::string& bytes) {
    std::size_t offset = 0;
    return Pickle::read(std::as_bytes(std::span(bytes)), offset, {"cannot read the checkpoint", "toy.pth"});
}

// Why it is refused; empty if it is not.
std::string refusal(const std::string& bytes) {
    const auto pickle = read(bytes);
    return pickle ? "" : pickle.error().text();
}

std::string repeated(const std::string& piece, std::size_t times) {
    std::string all;
    for (std::size_t i = 0; i < times; ++i) all += piece;
    return all;
}

#define HOLDS(text, part) QVERIFY2(QString::fromStdString(text).contains(part), (text).c_str())

}  // namespace

class PickleTest : public QObject {
    Q_OBJECT

  private slots:
    void plainValues() {
        const std::string bytes = "\x80\x04\x95"s + bytesOf(std::uint64_t{0}) + "(N\x88\x89" +
                                  "K\xFFM\xFF\xFFJ\xFF\xFF\xFF\xFF" + "\x8a\x00"s + "\x8a\x02\x00\x80"s +
                                  "\x8b\x01\x00\x00\x00\x7F"s + "I140110123456789\nI01\nL-5L\n" +
                                  "G\x3F\xF8\x00\x00\x00\x00\x00\x00"s + "X\x02\x00\x00\x00\xc3\xa4"s + "\x8c\x01"s +
                                  "aU\x01"s + "b" + "C\x02\x00\x01"s + "\x8a\x09"s + std::string(9, '\1') + "t.";
        const auto pickle = read(bytes);
        QVERIFY2(pickle, pickle ? "" : pickle.error().text().c_str());
        QVERIFY(pickle->is(pickle->root(), Kind::kTuple));
        const auto items = pickle->items(pickle->root());
        QCOMPARE(items.size(), pickle->count(pickle->root()));
        QVERIFY(pickle->is(items[0], Kind::kNone));
        QCOMPARE(pickle->integer(items[1]), 1);
        QCOMPARE(pickle->integer(items[2]), 0);
        const std::int64_t expected[] = {255, 65535, -1, 0, -32768, 127, 140110123456789, 1, -5};
        for (std::size_t i = 0; i < std::size(expected); ++i) QCOMPARE(pickle->integer(items[3 + i]), expected[i]);
        QVERIFY(pickle->is(items[10], Kind::kBool));
        QCOMPARE(pickle->real(items[12]), 1.5);
        QCOMPARE(pickle->text(items[13]), std::string_view("\xc3\xa4"));
        QCOMPARE(pickle->text(items[14]), std::string_view("a"));
        QCOMPARE(pickle->text(items[15]), std::string_view("b"));
        QVERIFY(pickle->is(items[16], Kind::kBytes));
        QVERIFY(pickle->is(items[17], Kind::kBigInt));
        QCOMPARE(pickle->text(items[17]), std::string_view("\1\1\1\1\1\1\1\1\1"));
    }

    void containersAndMemo() {
        // A dict {"a": [1, 2], "b": the same list}, to which a third number is added afterwards through the memo.
        const std::string bytes = "}q\x00("s + pickled::text("a") + "]q\x01(K\x01K\x02"s + "e" + pickled::text("b") +
                                  "h\x01u"s + "h\x01K\x03"s + "a0.";
        const auto pickle = read(bytes);
        QVERIFY2(pickle, pickle ? "" : pickle.error().text().c_str());
        const auto items = pickle->items(pickle->root());
        QCOMPARE(items.size(), std::size_t{4});
        QCOMPARE(items[1], items[3]);
        const auto numbers = pickle->items(items[1]);
        QCOMPARE(numbers.size(), std::size_t{3});
        QCOMPARE(pickle->integer(numbers[2]), 3);

        // A list that holds itself is a value like any other.
        QCOMPARE(refusal("]q\0h\0a."s), std::string());
        // MEMOIZE counts, TUPLE1 to 3 take, STACK_GLOBAL names.
        const std::string fourth = "K\x07\x94"s + "K\x08\x94" + "\x87."s;
        HOLDS(refusal(fourth), "stack");
        const std::string good = "K\x07\x94K\x08\x94h\x00\x87."s;
        const auto memoized = read(good);
        QVERIFY(memoized && memoized->count(memoized->root()) == 3);
        QCOMPARE(memoized->integer(memoized->items(memoized->root())[2]), 7);
        const std::string named = pickled::text("torch") + pickled::text("FloatStorage") + "\x93.";
        const auto name = read(named);
        QVERIFY(name && name->isName(name->root(), "torch.FloatStorage"));
    }

    void anOrderedDictIsADict() {
        const std::string global = pickled::name("collections", "OrderedDict");
        // As Python 3 writes it, with attributes; as Python 2 does, with a list of pairs.
        const std::string three = global + ")R(" + pickled::text("k") + "K\x01u}" + pickled::text("_metadata") + "Nsb.";
        const std::string two = global + "](]("s + pickled::text("k") + "K\x01" + "ee\x85R.";
        for (const std::string& bytes : {three, two}) {
            const auto pickle = read(bytes);
            QVERIFY2(pickle, pickle ? "" : pickle.error().text().c_str());
            QVERIFY(pickle->is(pickle->root(), Kind::kDict));
            const auto items = pickle->items(pickle->root());
            QCOMPARE(items.size(), std::size_t{2});
            QCOMPARE(pickle->text(items[0]), std::string_view("k"));
            QCOMPARE(pickle->integer(items[1]), 1);
        }
        HOLDS(refusal(global + "K\x01\x85R."), "no list");
        HOLDS(refusal(global + "]K\x01" + "a\x85R."), "no pairs");
    }

    void onlyKnownNames() {
        for (const auto& [module, name] : std::vector<std::pair<std::string, std::string>>{{"os", "system"},
                                                                                           {"posix", "system"},
                                                                                           {"builtins", "eval"},
                                                                                           {"__builtin__", "getattr"},
                                                                                           {"torch", "load"},
                                                                                           {"torch", "FloatStorage2"},
                                                                                           {"torch._utils", "x"},
                                                                                           {"numpy", "load"}}) {
            for (const std::string& bytes :
                 {pickled::name(module, name) + ".", pickled::text(module) + pickled::text(name) + "\x93."}) {
                const auto pickle = read(bytes);
                QVERIFY(!pickle);
                QCOMPARE(pickle.error().code, ErrorCode::kUnsupported);
                HOLDS(pickle.error().why, QString::fromStdString("it asks for " + module + "." + name + ", which no"));
                HOLDS(pickle.error().why, "nothing was run");
                HOLDS(pickle.error().remedy, "state_dict()");
            }
        }
        // Known, but nothing to call; and things that are no names.
        HOLDS(refusal(pickled::name("torch", "FloatStorage") + ")R."), "no function");
        HOLDS(refusal("K\x01)R."), "no name");
        HOLDS(refusal(pickled::name("torch", "Size") + "K\x01R."), "no tuple");
        HOLDS(refusal("K\x01}b."), "attributes");
        const std::string hidden = "a\x1b[2Jb";
        QVERIFY(!QString::fromStdString(refusal(pickled::name("os", hidden))).contains(u'\x1b'));
    }

    void onlyKnownOpcodes() {
        // INST and OBJ make objects; PERSID, GET, PUT and the texts are of protocol 0; EXT, NEWOBJ_EX and the buffers
        // are used by nobody who saves tensors.
        for (const char opcode : "ioPgpVSFDE!?\x82\x83\x84\x92\x96\x97\x98\xFF") {
            HOLDS(refusal("NN" + std::string(1, opcode) + "x\nx\n."), "opcode");
        }
        HOLDS(refusal("\x80\x06N."), "protocol 6");
    }

    void whatIsMissing() {
        for (const std::string& bytes :
             {""s, "N"s, "\x80"s, "X\xFF\xFF\xFF\xFF"s, "X\x04\x00\x00\x00"s + "abc", "G123"s, "\x8a\xFF"s,
              "cos\nsystem"s, "I12"s, "\x8d" + bytesOf(~std::uint64_t{0}),
              "\x8b" + bytesOf(std::int32_t{0x7FFFFFFF})}) {
            HOLDS(refusal(bytes), "cut short");
        }
        HOLDS(refusal("\x8b" + bytesOf(std::int32_t{-1})), "negative length");
        HOLDS(refusal("I1x\n."), "no whole number");
        HOLDS(refusal("I99999999999999999999\n."), "no whole number");
        for (const std::string& bytes : {"."s, "R"s, "0"s, "2"s, "K\x01\x86"s, "a"s,
                                         "K\x01"
                                         "a"s,
                                         "s"s, "q\0"s, "b"s, "Q"s, "\x94"s,
                                         "(K\x01t(."
                                         ""s}) {
            HOLDS(refusal(bytes), "stack");
        }
        for (const std::string& bytes : {"t."s, "]e."s, "}u."s, "1"s}) HOLDS(refusal(bytes), "mark");
        // A mark hides what is below it.
        HOLDS(refusal("]K\x01(a."), "stack");
        HOLDS(refusal("K\x01K\x02"
                      "a."),
              "no list or dict");
        HOLDS(refusal("}(K\x01u."), "without a value");
        HOLDS(refusal("(K\x01"
                      "d."),
              "without a value");
        HOLDS(refusal("h\x01."), "nothing is");
        HOLDS(refusal("Nr" + bytesOf(std::uint32_t{0xFFFFFFFF}) + "."), "memo");
    }

    void depthIsBounded() {
        QCOMPARE(refusal(")" + repeated("\x85", 64) + "."), std::string());
        HOLDS(refusal(")" + repeated("\x85", 65) + "."), "64 deep");
        HOLDS(refusal(")" + repeated("\x85", 100'000) + "."), "64 deep");
        HOLDS(refusal(repeated("]", 100'000) + repeated("a", 99'999) + "."), "64 deep");
        HOLDS(refusal(repeated("(", 100'000) + repeated("t", 100'000) + "."), "64 deep");
        // Persistent things, and functions of functions.
        HOLDS(refusal("N" + repeated("Q", 100'000) + "."), "64 deep");
    }

    // A few bytes that ask for much get nothing; what is honest takes a small multiple of its bytes.
    void memoryIsBounded() {
        const std::string pair = "K\x01K\x02\x86q\x01"s;
        const std::string bombs[] = {
            // Memo places far away, many duplicates, and one long list made into dict after dict.
            "N" + repeated("r" + bytesOf(std::uint32_t{200'000}), 200'000 / 5) + ".",
            "(N" + repeated("2", 3'000'000) + "t.",
            repeated(")", 3'000'000) + ".",
            "](" + pair + repeated("h\x01", 100'000) + "eq\x02"s +
                repeated(pickled::name("collections", "OrderedDict") + "h\x02\x85R"s, 1000) + ".",
        };
#ifdef __SANITIZE_ADDRESS__
        constexpr std::size_t kMost = std::size_t{800} << 20;  // it keeps what was freed, for a while
#else
        constexpr std::size_t kMost = std::size_t{200} << 20;
#endif
        for (const std::string& bomb : bombs) {
            resetPeakMemory();
            const std::size_t before = peakMemoryBytes();
            const auto pickle = read(bomb);
            QVERIFY2(peakMemoryBytes() < before + kMost, bomb.substr(0, 20).c_str());
        }
        HOLDS(refusal(bombs[2]), "values");
        HOLDS(refusal(bombs[3]), "items");
        HOLDS(refusal("](" + repeated("N", 40 << 20) + "e."), "longer than can be read");
    }
};

QTEST_GUILESS_MAIN(PickleTest)
#include "tst_pickle.moc"
