#include <QtTest>
#include <algorithm>

#include <limits>

#include "network/network_spec.h"

using namespace condenser;

class NetworkSpecTest : public QObject {
    Q_OBJECT

  private slots:
    void everyPresetIsValidAndFull() {
        QCOMPARE(networkPresets().size(), std::size_t{11});
        for (const Preset& preset : networkPresets()) {
            const auto byName = parseNetworkSpec(preset.name);
            QVERIFY2(byName, preset.name);
            QCOMPARE(byName->text(), std::string(preset.text));
            QVERIFY(looksLikeSpec(preset.name));
        }
    }

    void presetsAreThePublishedNetworks() {
        const auto tiny = parseNetworkSpec("condensenet-tiny");
        QVERIFY(tiny);
        QCOMPARE(tiny->stages, (std::vector{4, 4, 4}));
        QCOMPARE(tiny->growth, (std::vector{8, 16, 32}));
        QCOMPARE(tiny->stemStride, 1);
        const auto large = parseNetworkSpec("condensenet-74-g8");
        QVERIFY(large);
        QCOMPARE(large->stages, (std::vector{4, 6, 8, 10, 8}));
        QCOMPARE(large->groups1x1, 8);
        QCOMPARE(large->groups3x3, 8);
        QCOMPARE(large->condenseFactor, 8);
        QCOMPARE(large->classes, 1000);
        QCOMPARE(large->height, 224);
        QCOMPARE(large->stemStride, 2);
        QCOMPARE(large->blockInputs(large->blocks()), 2064);  // the paper's
    }

    // All that is offered instead of an illegal spec is legal, and one number away.
    void nearestLegalSpecsAreLegal() {
        const auto changes = [](const char* text) {
            const auto numbers = parseNetworkNumbers(text);
            if (!numbers) qFatal("%s says nothing", text);
            std::vector<std::string> words;
            for (const LegalSpec& each : nearestLegalSpecs(*numbers)) {
                if (!validateSpec(each.spec)) qFatal("%s is not legal", each.change.c_str());
                words.push_back(each.change);
            }
            return words;
        };
        QVERIFY(changes("condensenet-86").empty());
        const auto growth = changes("condensenet:stages=4-4-4,growth=10-16-32");
        QVERIFY(growth.size() >= 2);
        QCOMPARE(growth[0], "growth=8-16-32");
        QCOMPARE(growth[1], "growth=12-16-32");
        QVERIFY(std::ranges::find(growth, "groups=2") == growth.end());  // C=4 divides 10 no better
        QCOMPARE(changes("condensenet:stages=1-1-1-1-1,growth=8-8-8-8-8,size=8"), std::vector<std::string>{"size=16"});
        const auto share = changes("condensenet:stages=2-2,growth=8-8,compression=0.4");  // 12 of 32 channels
        QVERIFY(share.empty());
        const auto shares = changes("condensenet:stages=2-2,growth=8-8,compression=0.45");  // 14 of 32
        QCOMPARE(shares, (std::vector<std::string>{"compression=0.4", "compression=0.5"}));
        // Out of range: words alone.
        QVERIFY(changes("condensenet:stages=4-4-4,growth=8-16").empty());
        QVERIFY(!parseNetworkNumbers("condensenet:stages=x"));
    }

    void keysLeftOutTakeTheirDefaults() {
        const auto spec = parseNetworkSpec("condensenet:");
        QVERIFY(spec);
        QVERIFY(*spec == NetworkSpec{});
        QCOMPARE(spec->text(),
                 std::string("condensenet:stages=14-14-14,growth=8-16-32,groups=4,condense=4,bottleneck=4,"
                             "group3x3=4,classes=10,size=32,stem_stride=1"));
    }

    void textIsReadBack() {
        const char* text =
            "condensenet:stages=1-2,growth=8-8,groups=2,condense=4,bottleneck=2,group3x3=4,classes=7,size=17x12,"
            "stem_stride=2";
        const auto spec = parseNetworkSpec(text);
        QVERIFY(spec);
        QCOMPARE(spec->height, 17);
        QCOMPARE(spec->width, 12);
        QCOMPARE(spec->text(), std::string(text));
    }

    void compressionIsReadBack() {
        const auto dense = parseNetworkSpec("densenet:");
        QVERIFY(dense);
        QCOMPARE(dense->text(),
                 std::string("condensenet:stages=16-16-16,growth=12-12-12,groups=1,condense=1,bottleneck=4,"
                             "group3x3=1,classes=10,size=32,stem_stride=1,compression=0.5"));
        QCOMPARE(dense->blockOutputs(0), 216);
        QCOMPARE(dense->blockInputs(1), 108);
        QCOMPARE(dense->blockInputs(3), 342);
        QVERIFY(looksLikeSpec("densenet:growth=24-24-24"));
        // Rounded down; every digit of the number comes back.
        const auto third = parseNetworkSpec("densenet:stages=1-1,growth=3-3,compression=0.4333333333333333");
        QVERIFY(third);
        QCOMPARE(third->blockInputs(1), 3);  // of 9
        QVERIFY(parseNetworkSpec(third->text()) == *third);
        // 0 is a pooling alone, which older texts say by saying nothing.
        const auto pooled = parseNetworkSpec("densenet:compression=0");
        QVERIFY(pooled);
        QVERIFY(!pooled->hasTransitions());
        QVERIFY(pooled->text().find("compression") == std::string::npos);
        QVERIFY(parseNetworkSpec(pooled->text()) == *pooled);
    }

    void stemStrideFollowsTheSize() {
        QCOMPARE(parseNetworkSpec("condensenet:size=64")->stemStride, 1);
        QCOMPARE(parseNetworkSpec("condensenet:size=65")->stemStride, 2);
        QCOMPARE(parseNetworkSpec("condensenet:size=32x96")->stemStride, 2);
        QCOMPARE(parseNetworkSpec("condensenet:size=96,stem_stride=1")->stemStride, 1);
    }

    void channelsAndMaps() {
        const auto spec = parseNetworkSpec("condensenet:stages=1-2,growth=8-16,size=17x12,stem_stride=2");
        QVERIFY(spec);
        QCOMPARE(spec->stemChannels(), 16);
        QCOMPARE(spec->blockInputs(0), 16);
        QCOMPARE(spec->blockInputs(1), 24);
        QCOMPARE(spec->layerInputs(1, 1), 40);
        QCOMPARE(spec->blockInputs(2), 56);
        QCOMPARE(spec->mapSize(0, spec->height), 9);
        QCOMPARE(spec->mapSize(1, spec->height), 4);
        QCOMPARE(spec->mapSize(1, spec->width), 3);
    }

    // Each with words that the message must hold: the rule, and the nearest legal values.
    void brokenSpecs_data() {
        QTest::addColumn<QString>("spec");
        QTest::addColumn<QStringList>("words");
        const auto row = [](const char* name, const char* spec, QStringList words) {
            QTest::newRow(name) << QString(spec) << words;
        };
        row("growth against condense", "condensenet:stages=2-2,growth=10-16,groups=2,group3x3=2",
            {"condense=4", "growth 10", "growth=8-16", "growth=12-16", "condense=2"});
        row("growth against groups", "condensenet:stages=2-2,growth=10-16,condense=1,group3x3=2",
            {"groups=4", "growth=8-16", "growth=12-16", "groups=2"});
        row("stem against groups", "condensenet:stages=1,growth=9,groups=4,condense=1,group3x3=1",
            {"the stem", "18", "groups=4", "growth=8", "growth=10", "groups=3"});
        row("bottleneck outputs", "condensenet:stages=1,growth=6,groups=4,condense=1,group3x3=1,bottleneck=3",
            {"bottleneck*growth = 18", "groups=4", "growth=4", "growth=8", "bottleneck=2", "bottleneck=4"});
        row("growth against group3x3", "condensenet:stages=2-2,growth=8-16,group3x3=3",
            {"group3x3=3", "growth=12-12", "growth=12-24", "group3x3=2", "group3x3=4"});
        row("every block is put right", "condensenet:stages=2-2-2,growth=9-18-32",
            {"growth=8-16-32", "growth=12-20-32"});
        row("nothing below", "condensenet:stages=2,growth=2", {"growth=4"});
        row("maps vanish", "condensenet:stages=1-1-1-1,growth=8-8-8-8,size=7",
            {"7 pixels", "3 2x2 poolings", "at least 8 pixels", "at most 3 blocks"});
        row("maps vanish, strided", "condensenet:stages=1-1,growth=8-8,size=32x2,stem_stride=2",
            {"2 pixels", "at least 3 pixels", "at most 1 blocks"});
        row("no growth number", "condensenet:stages=4-4-4,growth=8-16", {"2 growth numbers", "3 blocks"});
        row("zero layers", "condensenet:stages=4-0,growth=8-16", {"stages=0", "1 to 256", "nearest legal value is 1"});
        row("too many layers", "condensenet:stages=257,growth=8", {"nearest legal value is 256"});
        row("too many blocks", "condensenet:stages=1-1-1-1-1-1-1-1-1-1-1-1-1-1-1-1-1,growth=8", {"17 blocks", "16"});
        row("growth zero", "condensenet:stages=2,growth=0", {"growth=0", "nearest legal value is 1"});
        row("growth large", "condensenet:stages=2,growth=4096", {"nearest legal value is 1024"});
        row("groups zero", "condensenet:groups=0", {"groups=0", "nearest legal value is 1"});
        row("condense zero", "condensenet:condense=0", {"condense=0"});
        row("condense negative", "condensenet:condense=-4", {"condense=-4", "nearest legal value is 1"});
        row("group3x3 zero", "condensenet:group3x3=0", {"group3x3=0"});
        row("bottleneck zero", "condensenet:bottleneck=0", {"bottleneck=0"});
        row("classes zero", "condensenet:classes=0", {"classes=0"});
        row("classes large", "condensenet:classes=100001", {"nearest legal value is 100000"});
        row("size zero", "condensenet:size=0", {"size=0", "nearest legal value is 1"});
        row("size large", "condensenet:size=32x4097", {"nearest legal value is 4096"});
        row("stem stride", "condensenet:stem_stride=3", {"stem_stride=3", "nearest legal value is 2"});
        row("size of three", "condensenet:size=3x32x32", {"HEIGHTxWIDTH"});
        row("too many channels", "condensenet:stages=256,growth=1024", {"channels", "fewer layers"});
        row("too many weights", "condensenet:stages=90,growth=1024,bottleneck=64", {"weights", "fewer layers"});
        row("transition against condense", "condensenet:stages=2-2,growth=8-8,groups=2,compression=0.45",
            {"block 2", "transition before it", "condense=4", "14", "compression=0.4", "compression=0.5",
             "condense=2"});
        row("transition against groups", "condensenet:stages=2-2,growth=8-8,condense=2,compression=0.45",
            {"transition before it", "groups=4", "14", "groups=2", "compression=0.4", "compression=0.5"});
        row("compression negative", "condensenet:compression=-0.5", {"compression=-0.5", "at most 1", "0.5"});
        row("compression large", "densenet:compression=1.01", {"compression=1.01", "at most 1"});
        row("compression nan", "condensenet:compression=nan", {"compression=nan", "at most 1"});
        row("compression no number", "condensenet:compression=half", {"compression=half", "a number"});
        row("nothing left", "densenet:stages=1-1,growth=2-2,compression=0.1",
            {"compression=0.1", "6 channels of block 1", "larger"});
        row("unknown key", "condensenet:stages=4,growth=8,depth=4",
            {"depth", "no such key", "stem_stride", "condense"});
        row("key twice", "condensenet:size=32,size=16", {"size", "twice"});
        row("no equals", "condensenet:stages", {"key=value"});
        row("trailing comma", "condensenet:size=32,", {"key=value"});
        row("no number", "condensenet:growth=8-x-32", {"whole number"});
        row("empty number", "condensenet:stages=4--4", {"whole number"});
        row("fraction", "condensenet:condense=4.5", {"whole number"});
        row("beyond int", "condensenet:classes=99999999999999999999", {"whole number"});
        row("another network", "resnet-18",
            {"CondenseNets and DenseNets only", "condensenet-tiny", "condensenet-74-g8"});
        row("unknown preset", "condensenet-87", {"condensenet-87", "neither a preset nor a spec", "condensenet-86"});
        row("empty", "", {"neither a preset nor a spec"});
    }
    void brokenSpecs() {
        QFETCH(QString, spec);
        QFETCH(QStringList, words);
        const auto parsed = parseNetworkSpec(spec.toStdString());
        QVERIFY(!parsed);
        const QString text = QString::fromStdString(parsed.error().text());
        QVERIFY(!text.contains('\n'));
        for (const QString& word : words)
            QVERIFY2(text.contains(word), qPrintable("\"" + word + "\" is not in: " + text));
    }

    // A remedy is worth nothing unless it is legal itself.
    void suggestedGrowthIsLegal() {
        for (int groups = 1; groups <= 8; ++groups) {
            for (int growth = 1; growth <= 40; ++growth) {
                NetworkSpec spec;
                spec.stages = {2, 1};
                spec.growth = {growth, 24};
                spec.groups1x1 = groups;
                const auto valid = validateSpec(spec);
                if (valid) continue;
                const QString remedy = QString::fromStdString(valid.error().remedy);
                const QRegularExpression list("growth=(\\d+)-(\\d+)");
                for (auto it = list.globalMatch(remedy); it.hasNext();) {
                    const auto match = it.next();
                    NetworkSpec better = spec;
                    better.growth = {match.captured(1).toInt(), match.captured(2).toInt()};
                    QVERIFY2(validateSpec(better), qPrintable(remedy));
                }
            }
        }
    }

    // A layer whose output only the classifier reads needs no divisible growth.
    void theLastLayerIsFree() {
        QVERIFY(parseNetworkSpec("condensenet:stages=2-1,growth=8-6,group3x3=2"));
        QVERIFY(!parseNetworkSpec("condensenet:stages=2-2,growth=8-6,group3x3=2"));
    }

    void otherNetworksAreUnsupportedNotUnknown() {
        for (const char* name : {"resnet-18", "mobilenet-1.0", "vgg-16"}) {
            const auto parsed = parseNetworkSpec(name);
            QVERIFY(!parsed);
            QCOMPARE(parsed.error().code, ErrorCode::kUnsupported);
            QVERIFY(looksLikeSpec(name));
        }
    }

    void filesAreNoSpecs() {
        QVERIFY(looksLikeSpec("condensenet:stages=1"));
        QVERIFY(looksLikeSpec("condensenet-87"));
        QVERIFY(looksLikeSpec("densenet-101"));
        QVERIFY(!looksLikeSpec("condensenet-86.safetensors"));
        QVERIFY(!looksLikeSpec("condensenet-86/model.safetensors"));
        QVERIFY(!looksLikeSpec("run"));
        QVERIFY(!looksLikeSpec(""));
    }

    // A spec may come from a hostile file: no product overflows, nothing loops for long.
    void extremeNumbersAreRefused() {
        constexpr int kHuge = std::numeric_limits<int>::max();
        for (int NetworkSpec::*field :
             {&NetworkSpec::groups1x1, &NetworkSpec::groups3x3, &NetworkSpec::condenseFactor, &NetworkSpec::bottleneck,
              &NetworkSpec::classes, &NetworkSpec::height, &NetworkSpec::width, &NetworkSpec::stemStride}) {
            for (const int value : {kHuge, -kHuge - 1, 0, -1}) {
                NetworkSpec spec;
                spec.*field = value;
                QVERIFY(!validateSpec(spec));
            }
        }
        NetworkSpec spec;
        spec.stages.clear();
        spec.growth.clear();
        QVERIFY(!validateSpec(spec));
        spec.stages.assign(16, 256);
        spec.growth.assign(16, 1024);
        QCOMPARE(validateSpec(spec).error().code, ErrorCode::kTooLarge);
    }
};

QTEST_GUILESS_MAIN(NetworkSpecTest)
#include "tst_network_spec.moc"
