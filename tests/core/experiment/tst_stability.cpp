#include "experiment/stability.h"

#include <QTest>
#include <QXmlStreamReader>
#include <algorithm>
#include <cmath>

#include "base/rng.h"
#include "connections/connection_layout.h"
#include "connections/feature_reuse.h"
#include "report/stability_part.h"
#include "support/toy_connections.h"
#include "support/toy_runs.h"

using namespace condenser;
using namespace condenser::test;

namespace {

const NetworkSpec& spec() {
    static const NetworkSpec spec =
        parseNetworkSpec("condensenet:stages=3-3,growth=8-8,groups=4,condense=4,group3x3=4,classes=2,size=8").value();
    return spec;
}

// Each group keeps a quarter of its inputs, drawn by lot; where `shared`, how strongly a layer reads a source is the
// same in all of them.
ConnectionsRecord lots(const NetworkSpec& spec, std::uint64_t seed, bool shared) {
    const ConnectionLayout layout = layoutOf(spec);
    ConnectionsRecord record{{ConnectionsMoment::kEpochEnd, 4, 40, 3}, {}};
    std::uint64_t number = 0;
    for (const ConnectionsLayer& layer : layersOf(spec)) {
        const int firstChannel = layout.firstChannel(static_cast<int>(number));
        Rng mine(seed, RandomStream::kTest, ++number), all(0, RandomStream::kTest, number);
        std::vector<double> strength;
        for (std::size_t i = 0; i < layout.sources.size(); ++i)
            strength.push_back(shared ? 1 + 9 * all.uniform() : 1 + 9 * mine.uniform());
        const auto pairs = static_cast<std::size_t>(layer.groups * layer.inputs);
        LayerConnections connections{std::vector<std::uint8_t>(pairs), std::vector<float>(pairs)};
        for (int group = 0; group < layer.groups; ++group) {
            for (int kept = 0; kept < layer.inputs / 4;) {
                const auto input = static_cast<int>(mine.below(static_cast<std::uint32_t>(layer.inputs)));
                const std::size_t place = placeOf(layer, group, input);
                if (connections.mask[place] != 0) continue;
                const auto source = static_cast<std::size_t>(layout.sourceOf(firstChannel + input));
                connections.mask[place] = 1;
                connections.importance[place] = static_cast<float>(strength[source]);
                ++kept;
            }
        }
        record.layers.push_back(std::move(connections));
    }
    return record;
}

// The last group of each layer becomes its first.
ConnectionsRecord rotated(const NetworkSpec& spec, ConnectionsRecord record) {
    const std::vector<ConnectionsLayer> layers = layersOf(spec);
    for (std::size_t l = 0; l < layers.size(); ++l) {
        LayerConnections& layer = record.layers[l];
        std::rotate(layer.mask.begin(), layer.mask.end() - layers[l].inputs, layer.mask.end());
        std::rotate(layer.importance.begin(), layer.importance.end() - layers[l].inputs, layer.importance.end());
    }
    return record;
}

class Runs {
  public:
    std::filesystem::path add(std::uint64_t seed, const NetworkSpec& spec, const ConnectionsRecord& record,
                              Condensing condensing = Condensing::kGradual) {
        const auto folder = m_scratch / ("run" + std::to_string(++m_number));
        RunRecord run = toyRecord(4);
        run.spec = spec;
        run.preprocess.height = spec.height;
        run.preprocess.width = spec.width;
        run.settings.seed = seed;
        run.settings.condensing = condensing;
        makeRun(folder, run, 4, 4);
        if (!record.layers.empty()) must(appendConnections(folder, layersOf(spec), record));
        return folder;
    }

  private:
    ScratchFolder m_scratch;
    int m_number = 0;
};

Stability stabilityOfTwo(const ConnectionsRecord& a, const ConnectionsRecord& b) {
    Runs runs;
    return stabilityOf({runs.add(1, spec(), a), runs.add(2, spec(), b)}).value();
}

}  // namespace

class StabilityTest : public QObject {
    Q_OBJECT

  private slots:
    void mapByHand() {
        const double none = std::numeric_limits<double>::quiet_NaN();
        const auto same = [](const LayerMap& map, const std::vector<double>& expected) {
            return std::ranges::equal(map.value, expected, [](double a, double b) {
                return std::isnan(a) == std::isnan(b) && (std::isnan(a) || std::abs(a - b) < 1e-12);
            });
        };
        const LayerMap map = layerMap(toySpec(), toyLayers(), toyConnections(), false);
        QCOMPARE(map.sources, 4);
        QCOMPARE(map.layers, 3);
        QVERIFY(same(map, {20 / 4.0, 11 / 4.0, 6 / 4.0,  //
                           none, 8 / 2.0, 20 / 2.0,      //
                           none, none, 8 / 2.0,          //
                           none, none, none}));
        const LayerMap scaled = layerMap(toySpec(), toyLayers(), toyConnections(), true);
        QVERIFY(same(scaled, {0, 0, 0,                //
                              none, 1, 1,             //
                              none, none, 2.5 / 8.5,  //
                              none, none, none}));
        QCOMPARE(correlationOf(scaled, scaled), 1.0);
    }

    // A transition reads its block; the next block reads the transition alone.
    void mapWithTransitions() {
        const NetworkSpec light =
            parseNetworkSpec(
                "condensenet:stages=1-2,growth=2-2,groups=2,condense=2,group3x3=2,compression=0.7,classes=2,size=8")
                .value();
        // Layers 1.1 (4 inputs), T1 (6), 2.1 (4), 2.2 (6).
        const ConnectionsRecord record{{ConnectionsMoment::kEpochEnd, 1, 10, 1},
                                       {drawn({"8.4.", "..44"}), drawn({"1.2.4.", "..8.4."}), drawn({"1..1", ".2.."}),
                                        drawn({"3...2.", ".3..4."})}};
        const LayerMap map = layerMap(light, layersOf(light), record, false);
        QCOMPARE(map.sources, 5);
        QCOMPARE(map.layers, 4);
        std::vector<std::pair<int, int>> cells;
        for (int source = 0; source < map.sources; ++source) {
            for (int layer = 0; layer < map.layers; ++layer) {
                if (!std::isnan(map.at(source, layer))) cells.emplace_back(source, layer);
            }
        }
        QCOMPARE(cells, (std::vector<std::pair<int, int>>{{0, 0}, {0, 1}, {1, 1}, {2, 2}, {2, 3}, {3, 3}}));
        QCOMPARE(map.at(0, 0), 20 / 4.0);
        QCOMPARE(map.at(0, 1), 11 / 4.0);  // T1 reads the stem
        QCOMPARE(map.at(1, 1), 8 / 2.0);   // and 1.1
        QCOMPARE(map.at(2, 2), 4 / 4.0);   // 2.1 reads T1
        QCOMPARE(map.at(2, 3), 6 / 4.0);
        QCOMPARE(map.at(3, 3), 6 / 2.0);  // 2.2 reads 2.1
    }

    // Groups have no common numbering.
    void theSameInOtherGroups() {
        const ConnectionsRecord record = lots(spec(), 1, false);
        const Stability stability = stabilityOfTwo(record, rotated(spec(), record));
        QCOMPARE(stability.pairs.size(), 1);
        const PairStability& pair = stability.pairs[0];
        QVERIFY(std::abs(pair.correlation - 1) < 1e-9);
        QCOMPARE(pair.overlap, 1.0);
        QVERIFY(pair.chance > 0.25 && pair.chance < 0.5);
        QCOMPARE(pair.shuffled.reaching, 0.0);
        QVERIFY(pair.shuffled.highest < 1);
        QVERIFY(std::ranges::all_of(pair.layers, [](const Overlap& layer) { return layer.share() == 1.0; }));
    }

    void independentRunsAgreeByChance() {
        Runs runs;
        std::vector<std::filesystem::path> folders;
        for (std::uint64_t seed = 1; seed <= 6; ++seed)
            folders.push_back(runs.add(seed, spec(), lots(spec(), seed, false)));
        const Stability stability = stabilityOf(folders).value();
        QCOMPARE(stability.pairs.size(), 15);
        const Overlap all = stability.overlapOfAll();
        QVERIFY2(std::abs(all.share() - all.shareByChance()) < 0.02, groupLevelWords(stability).c_str());
        QVERIFY2(std::abs(stability.meanCorrelation() - stability.shuffled().mean) < 0.1,
                 layerLevelWords(stability).c_str());
        QVERIFY(stability.shuffled().reaching > 0.2 && stability.shuffled().reaching < 0.8);
    }

    // What the paper saw: layers agree, groups do not.
    void layersMayAgreeWhereGroupsDoNot() {
        // Strengths differ tenfold, so that how many channels of a source are kept matters less.
        const Stability stability = stabilityOfTwo(lots(spec(), 1, true), lots(spec(), 2, true));
        const PairStability& pair = stability.pairs[0];
        QVERIFY2(pair.correlation > 0.5 && pair.shuffled.reaching < 0.01, layerLevelWords(stability).c_str());
        QVERIFY2(std::abs(pair.overlap - pair.chance) < 0.05, groupLevelWords(stability).c_str());
    }

    void lastEpochEndCounts() {
        Runs runs;
        const ConnectionsRecord last = lots(spec(), 1, false);
        ConnectionsRecord before = lots(spec(), 7, false), after = lots(spec(), 8, false);
        before.key = {ConnectionsMoment::kEpochEnd, 3, 30, 3};
        after.key = {ConnectionsMoment::kAfterStep, 4, 45, 3};
        const auto a = runs.add(1, spec(), before), b = runs.add(2, spec(), last);
        must(appendConnections(a, layersOf(spec()), last));
        must(appendConnections(a, layersOf(spec()), after));
        QCOMPARE(stabilityOf({a, b}).value().pairs[0].overlap, 1.0);
    }

    void refusals() {
        Runs runs;
        const auto refusal = [&](const std::vector<std::filesystem::path>& folders) {
            const auto stability = stabilityOf(folders);
            return stability ? QString("accepted") : QString::fromStdString(stability.error().text());
        };
        const auto whole = [](const NetworkSpec& of) {
            ConnectionsRecord record = lots(of, 1, false);
            for (LayerConnections& layer : record.layers) std::ranges::fill(layer.mask, std::uint8_t{1});
            return record;
        };
        NetworkSpec other = spec(), dense = spec();
        other.stages = {3, 4};
        dense.condenseFactor = 1;
        ConnectionsRecord early = lots(spec(), 2, false);
        early.key.stage = 2;
        const auto run = runs.add(1, spec(), lots(spec(), 1, false));
        QVERIFY(refusal({run}).contains("1 of at least 2 runs is there"));
        QVERIFY(refusal({run, runs.add(2, other, lots(other, 2, false))}).contains("stages=3-4"));
        QVERIFY(refusal({run, runs.add(1, spec(), lots(spec(), 2, false))}).contains("both have the seed 1"));
        QVERIFY(refusal({run, runs.add(2, spec(), early)}).contains("3 and 2 condensing steps"));
        QVERIFY(refusal({run, runs.add(2, spec(), {})}).contains("no record of connections"));
        QVERIFY(refusal({run, runs.add(2, spec(), whole(spec()))}).contains("nothing is dropped yet"));
        QVERIFY(refusal({runs.add(1, dense, whole(dense)), run}).contains("condense factor is 1"));
        QVERIFY(refusal({run, runs.add(2, spec(), lots(spec(), 2, false), Condensing::kFixed)}).contains("fixed"));
    }

    void asText() {
        const ConnectionsRecord record = lots(spec(), 1, false);
        Stability stability = stabilityOfTwo(record, record);
        stability.pairs[0].correlation = 0.75;
        stability.pairs[0].shuffled = {0.125, 0.5, 0};
        stability.pairs[0].chance = 0.25;
        const std::string heading =
            "seed_a,seed_b,correlation,shuffled_mean,shuffled_highest,shuffled_reaching,overlap,chance\n";
        QCOMPARE(stabilityCsv(stability), heading + "1,2,0.75,0.125,0.5,0,1,0.25\n");
        stability.pairs[0].correlation = std::numeric_limits<double>::quiet_NaN();
        QCOMPARE(stabilityCsv(stability), heading + "1,2,,0.125,0.5,0,1,0.25\n");
        const QString markdown = QString::fromStdString(stabilityMarkdown(stability));
        QVERIFY(markdown.contains("| 1 and 2 | – |"));
        QVERIFY(markdown.contains("| 2.3 | 56 | 100.0 % |"));
    }

    // A square for every cell that exists, in every map.
    void asHtml() {
        const Stability stability = stabilityOfTwo(lots(spec(), 1, true), lots(spec(), 2, true));
        QXmlStreamReader xml("<body>" + QString::fromStdString(report::stabilityPart(stability)) + "</body>");
        int squares = 0, dots = 0;
        while (!xml.atEnd()) {
            xml.readNext();
            if (!xml.isStartElement()) continue;
            squares += xml.name() == u"rect" ? 1 : 0;
            dots += xml.name() == u"circle" && xml.attributes().value("class") == u"q4" ? 1 : 0;
        }
        QVERIFY2(!xml.hasError(), qPrintable(xml.errorString()));
        QCOMPARE(squares, 2 * (6 * 7 / 2));
        QCOMPARE(dots, 6 + 1);  // and one in the legend

        ExperimentRecord record;
        record.plan.seeds = {1, 2, 3};
        const QString early = QString::fromStdString(report::stabilityPart(record, {"nowhere"}));
        QVERIFY(early.contains("1 of 3 runs are finished"));
        const QString gone = QString::fromStdString(report::stabilityPart(record, {"nowhere", "elsewhere"}));
        QVERIFY(gone.contains("class=\"problem\"") && gone.contains("nowhere"));
    }
};

QTEST_GUILESS_MAIN(StabilityTest)
#include "tst_stability.moc"
