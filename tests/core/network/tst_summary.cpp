#include <QtTest>

#include <fmt/format.h>

#include "network/network_spec.h"
#include "network/published_counts.h"
#include "network/summary.h"
#include "support/golden.h"

using namespace condenser;
using nlohmann::json;

namespace {

struct Column {
    const char* suffix;
    CountingMode mode;
};
constexpr Column kModes[] = {
    {".dense", CountingMode::kDense}, {".learned", CountingMode::kLearned}, {".condensed", CountingMode::kCondensed}};

bool endsWith(const std::string& text, const std::string& end) {
    return text.size() >= end.size() && text.compare(text.size() - end.size(), end.size(), end) == 0;
}

// The network that a golden table is about. The published networks use as many groups in the 3x3 as in the 1x1.
NetworkSpec specOf(const json& config) {
    NetworkSpec spec;
    spec.stages = config.at("stages").get<std::vector<int>>();
    spec.growth = config.at("growth").get<std::vector<int>>();
    spec.groups1x1 = spec.groups3x3 = config.at("groups");
    spec.condenseFactor = config.at("condense");
    spec.classes = config.at("classes");
    spec.height = spec.width = config.at("size");
    spec.stemStride = config.at("imagenet").get<bool>() ? 2 : 1;
    return spec;
}

// Halving the classifier is what the reference's conversion does.
NetworkSummary summaryOf(const std::string& name, const json& config) {
    for (const Column& column : kModes) {
        if (endsWith(name, column.suffix)) return summarize(specOf(config), column.mode, 0.5);
    }
    return {};
}

}  // namespace

class SummaryTest : public QObject {
    Q_OBJECT

  private slots:
    void initTestCase() {
        const auto folder = golden::folder(CONDENSER_FIXTURES);
        for (auto [json, file] : {std::pair(&m_totals, "arch_totals.json"), std::pair(&m_layers, "arch_layers.json")}) {
            auto read = golden::readJson(folder / file);
            QVERIFY2(read, read ? "" : read.error().text().c_str());
            *json = std::move(*read);
        }
    }

    // The tables have other networks too, which are known by having no "config".
    void totals_data() {
        QTest::addColumn<QString>("name");
        for (const auto& [name, table] : m_totals.items()) {
            if (table.contains("config")) QTest::newRow(name.c_str()) << QString::fromStdString(name);
        }
    }
    void totals() {
        QFETCH(QString, name);
        const json& expected = m_totals.at(name.toStdString());
        const NetworkSummary summary = summaryOf(name.toStdString(), expected.at("config"));
        QCOMPARE(summary.macs, expected.at("macs").get<std::int64_t>());
        QCOMPARE(summary.params, expected.at("params").get<std::int64_t>());
        QCOMPARE(summary.refFlops, expected.at("ref_flops").get<std::int64_t>());
        std::map<std::string, std::int64_t> macs, params, refOps;
        for (const LayerSummary& layer : summary.layers) {
            macs[layer.op] += layer.macs;
            params[layer.op] += layer.params;
            refOps[layer.op] += layer.refOps;
        }
        QCOMPARE(macs["conv"], expected.at("macs_conv").get<std::int64_t>());
        QCOMPARE(macs["linear"], expected.at("macs_linear").get<std::int64_t>());
        QCOMPARE(params["conv"], expected.at("params_conv").get<std::int64_t>());
        QCOMPARE(params["bn"], expected.at("params_bn").get<std::int64_t>());
        QCOMPARE(params["linear"], expected.at("params_linear").get<std::int64_t>());
        QCOMPARE(refOps["relu"], expected.at("relu_ops").get<std::int64_t>());
        QCOMPARE(refOps["pool"], expected.at("pool_ops").get<std::int64_t>());
    }

    void layers_data() {
        QTest::addColumn<QString>("name");
        int rows = 0;
        for (const auto& [name, table] : m_layers.items()) {
            if (!m_totals.contains(name) || !m_totals.at(name).contains("config")) continue;
            QTest::newRow(name.c_str()) << QString::fromStdString(name);
            ++rows;
        }
        QVERIFY(rows > 0);
    }
    void layers() {
        QFETCH(QString, name);
        const json& expected = m_layers.at(name.toStdString());
        const NetworkSummary summary = summaryOf(name.toStdString(), m_totals.at(name.toStdString()).at("config"));
        QCOMPARE(summary.layers.size(), expected.size());
        for (std::size_t i = 0; i < expected.size(); ++i) {
            const LayerSummary& layer = summary.layers[i];
            json ours{{"name", layer.name},
                      {"type", layer.op},
                      {"macs", layer.macs},
                      {"params", layer.params},
                      {"ref_ops", layer.refOps}};
            if (layer.op == "linear") {
                ours["cin"] = layer.inputs;
                ours["cout"] = layer.channels;
                ours["out"] = {layer.channels};
            } else {
                ours["out"] = {layer.channels, layer.height, layer.width};
            }
            if (layer.op == "conv") {
                ours["cin"] = layer.inputs;
                ours["cout"] = layer.channels;
                ours["groups"] = layer.groups;
                ours["kernel"] = layer.kernel;
                ours["stride"] = layer.stride;
            }
            QVERIFY2(ours == expected[i], fmt::format("{}, expected {}", ours.dump(), expected[i].dump()).c_str());
        }
    }

    // One group, nothing dropped, transitions that halve: the DenseNet-BC of the tables, however it is counted.
    void denseNetBc() {
        const json& expected = m_totals.at("densenet-bc-100-12");
        const auto spec = parseNetworkSpec("densenet:");
        QVERIFY(spec);
        for (const CountingMode mode : {CountingMode::kDense, CountingMode::kLearned, CountingMode::kCondensed}) {
            const NetworkSummary summary = summarize(*spec, mode);
            QCOMPARE(summary.macs, expected.at("macs").get<std::int64_t>());
            QCOMPARE(summary.params, expected.at("params").get<std::int64_t>());
            QCOMPARE(summary.refFlops, expected.at("ref_flops").get<std::int64_t>());
        }
    }

    // The order in which they run: learned convolution, pooling, next block.
    void transitionsStandBehindTheirBlock() {
        const auto spec =
            parseNetworkSpec("condensenet:stages=1-1,growth=8-8,groups=2,condense=4,size=9,compression=0.5");
        QVERIFY(spec);
        const std::vector<LayerSummary> layers = summarize(*spec, CountingMode::kCondensed).layers;
        const auto first = std::find_if(layers.begin(), layers.end(), [](const LayerSummary& layer) {
            return layer.name == "features.transition_1.conv.norm";
        });
        QVERIFY(layers.end() - first > 4);
        QCOMPARE((first - 1)->name, std::string("features.denseblock_1.denselayer_1.conv_2.conv"));
        QCOMPARE((first + 1)->name, std::string("features.transition_1.conv.relu"));
        QCOMPARE((first + 2)->name, std::string("features.transition_1.conv.conv"));
        QCOMPARE((first + 3)->name, std::string("features.transition_1.pool"));
        QCOMPARE((first + 4)->name, std::string("features.denseblock_2.denselayer_1.conv_1.norm"));
        QCOMPARE(first->channels, 12);                        // 2 groups x 24/4 inputs
        QCOMPARE((first + 2)->params, std::int64_t{12 * 6});  // half of the 24 channels, each from one group's inputs
        QCOMPARE((first + 2)->macs, std::int64_t{12 * 6 * 9 * 9});
        QCOMPARE((first + 3)->refOps, std::int64_t{12 * 4 * 4 * 4});
    }

    // Without a smaller classifier, conversion saves in the learned convolutions what "learned" counts before it.
    void condensedWithTheWholeClassifierCountsAsLearned() {
        const auto spec = parseNetworkSpec("condensenet-86");
        QVERIFY(spec);
        const NetworkSummary learned = summarize(*spec, CountingMode::kLearned);
        const NetworkSummary condensed = summarize(*spec, CountingMode::kCondensed);
        QCOMPARE(condensed.macs, learned.macs);
        QCOMPARE(condensed.params, learned.params);
        QCOMPARE(condensed.layers.back().name, std::string("classifier"));
    }

    // With G != C the index layer makes more or fewer channels than there were: they are normalised one by one.
    void gatheredChannelsCount() {
        const auto spec = parseNetworkSpec("condensenet:stages=1,growth=8,groups=2,condense=4,group3x3=4,size=8");
        QVERIFY(spec);
        const NetworkSummary summary = summarize(*spec, CountingMode::kCondensed);
        QCOMPARE(summary.layers[1].name, std::string("features.denseblock_1.denselayer_1.conv_1.norm"));
        QCOMPARE(summary.layers[1].channels, 8);  // 2 groups x 16/4 inputs
        QCOMPARE(summary.layers[1].params, std::int64_t{16});
        QCOMPARE(summary.layers[3].inputs, 8);
        QCOMPARE(summary.layers[3].params, std::int64_t{32 * 4});
    }

    // To the digits that were printed, in the form that was counted; the other form has
    // other digits in some rows, which is how the form is known.
    void publishedCountsAreReproduced() {
        QCOMPARE(publishedCounts().size(), std::size_t{9});
        for (const PublishedCount& row : publishedCounts()) {
            const RecountedRow ours = recount(row);
            QVERIFY2(ours.sameFlops && ours.sameParams, row.name);
            QCOMPARE(inDigitsOf(static_cast<std::int64_t>(row.flops.value), row.flops.text), row.flops.text);
            QCOMPARE(inDigitsOf(static_cast<std::int64_t>(row.params.value), row.params.text), row.params.text);
            QCOMPARE(ours.condensed.params, ours.trained.params);  // G = C, and the whole classifier
        }
        const PublishedCount &cifar = publishedCounts()[5], &imageNet = publishedCounts()[7];
        QCOMPARE(inDigitsOf(recount(cifar).converted.params, cifar.params.text), std::string("0.94M"));
        QCOMPARE(inDigitsOf(recount(imageNet).trained.params, imageNet.params.text), std::string("5.8M"));
        QCOMPARE(inDigitsOf(recount(imageNet).trained.refFlops, imageNet.flops.text), std::string("530M"));
        // Pure multiply-adds are something else.
        for (const PublishedCount& row : publishedCounts())
            QVERIFY(inDigitsOf(recount(row).counted(row.form).macs, row.flops.text) != row.flops.text);
    }

    void digitsOfPrint() {
        QCOMPARE(inDigitsOf(28'641'834, "28.6M"), std::string("28.6M"));
        QCOMPARE(inDigitsOf(28'641'834, "28.6M", 2), std::string("28.642M"));
        QCOMPARE(inDigitsOf(512'671'594, "513M"), std::string("513M"));
        QCOMPARE(inDigitsOf(512'171'594, "513M"), std::string("512M"));
        QCOMPARE(inDigitsOf(216'506, "0.22M"), std::string("0.22M"));
    }

    // What the public reference's counter says of its networks with transitions (densenet_LGC), millions.
    void transitions_data() {
        QTest::addColumn<QString>("spec");
        QTest::addColumn<CountingMode>("mode");
        QTest::addColumn<double>("refFlops");
        QTest::addColumn<double>("params");
        const QString light94 = "condensenet:stages=15-15-15,growth=16-16-16,compression=0.5";
        const QString light160 = "condensenet:stages=26-26-26,growth=32-32-32,compression=0.5";
        QTest::newRow("light-94 learned") << light94 << CountingMode::kLearned << 121.93 << 0.331;
        QTest::newRow("light-94 condensed") << light94 << CountingMode::kCondensed << 121.92 << 0.328;
        QTest::newRow("light-160 learned") << light160 << CountingMode::kLearned << 1136.58 << 3.147;
    }
    void transitions() {
        QFETCH(QString, spec);
        QFETCH(CountingMode, mode);
        QFETCH(double, refFlops);
        QFETCH(double, params);
        const auto parsed = parseNetworkSpec(spec.toStdString());
        QVERIFY2(parsed, parsed ? "" : parsed.error().text().c_str());
        const NetworkSummary summary = summarize(*parsed, mode, 0.5);
        QVERIFY(std::abs(static_cast<double>(summary.refFlops) / 1e6 - refFlops) < 0.005);
        QVERIFY(std::abs(static_cast<double>(summary.params) / 1e6 - params) < 0.0005);
    }

  private:
    json m_totals, m_layers;
};

QTEST_GUILESS_MAIN(SummaryTest)
#include "tst_summary.moc"
