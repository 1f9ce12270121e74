#include <QMap>
#include <QRegularExpression>
#include <QXmlStreamReader>
#include <QtTest>
#include <numeric>

#include "io/run_note.h"
#include "report/epoch_table.h"
#include "report/html_report.h"
#include "report/line_chart.h"
#include "report/run_settings.h"
#include "support/toy_experiment.h"
#include "support/toy_runs.h"

using namespace condenser;
using namespace condenser::test;

namespace fs = std::filesystem;

namespace {

constexpr const char* kNow = "2026-02-03T04:05:06Z";

std::vector<ConnectionsLayer> layersOf(const NetworkSpec& spec) {
    std::vector<ConnectionsLayer> layers;
    for (int b = 0; b < spec.blocks(); ++b) {
        for (int l = 0; l < spec.stages[static_cast<std::size_t>(b)]; ++l) {
            layers.push_back({fmt::format("features.denseblock_{}.denselayer_{}.conv_1", b + 1, l + 1), spec.groups1x1,
                              spec.layerInputs(b, l), spec.bottleneck * spec.growth[static_cast<std::size_t>(b)]});
        }
    }
    return layers;
}

// All live where `live` says so; importances differ from each to the next.
ConnectionsRecord recordOf(const std::vector<ConnectionsLayer>& layers, int epoch,
                           const std::function<bool(std::size_t layer, int group, int input)>& live) {
    ConnectionsRecord record;
    record.key = {ConnectionsMoment::kEpochEnd, epoch, epoch * 10LL, 3};
    for (std::size_t i = 0; i < layers.size(); ++i) {
        LayerConnections& layer = record.layers.emplace_back();
        for (int group = 0; group < layers[i].groups; ++group) {
            for (int input = 0; input < layers[i].inputs; ++input) {
                const bool lives = live(i, group, input);
                layer.mask.push_back(lives ? 1 : 0);
                layer.importance.push_back(lives ? static_cast<float>((input * 7 + group * 3) % 11 + 1) : 0.0f);
            }
        }
    }
    return record;
}

void addConnections(const fs::path& folder, const NetworkSpec& spec,
                    const std::function<bool(std::size_t, int, int)>& live) {
    const auto layers = layersOf(spec);
    must(appendConnections(folder, layers, recordOf(layers, 12, live)));
}

bool oneInFour(std::size_t, int group, int input) {
    return input % 4 == group % 4;
}

// A run as they are when all went well.
void makeWhole(const fs::path& folder, int epochs, int best) {
    makeRun(folder, toyRecord(epochs), epochs, best);
    std::vector<StepRecord> steps;
    for (int i = 0; i < epochs * 10; ++i) steps.push_back({2.0f / static_cast<float>(i + 1), 0.1f});
    must(appendSteps(folder, steps));
    addConnections(folder, toyRecord(1).spec, oneInFour);
}

QString reportOf(const std::vector<fs::path>& runs) {
    const auto html = htmlReport(runs, kNow);
    if (!html) throw std::runtime_error(html.error().text());
    return QString::fromStdString(*html);
}

// What a parser of XML finds in it: how often each element stands, and the text between.
struct Parsed {
    QMap<QString, int> elements;
    QStringList classes;
    QString text;
    QString problem;
};

Parsed parsed(const QString& html) {
    Parsed found;
    QXmlStreamReader reader(html);
    while (!reader.atEnd()) {
        reader.readNext();
        if (reader.isStartElement()) {
            const QString name = reader.name().toString();
            ++found.elements[name];
            for (const QXmlStreamAttribute& attribute : reader.attributes()) {
                const QString key = attribute.name().toString(), value = attribute.value().toString();
                if (key == "class") found.classes << value;
                // Nothing from elsewhere, nothing that runs.
                const bool refers = key == "src" || key == "srcset" || key == "data" || key == "xlink:href" ||
                                    (key == "href" && !value.startsWith('#')) || key.startsWith("on");
                if (refers || value.contains("url(")) found.problem = name + " " + key + "=" + value;
            }
            const QStringList foreign{"script", "link", "img", "iframe", "object", "embed", "base", "use", "image"};
            if (foreign.contains(name)) found.problem = name;
        } else if (reader.isCharacters()) {
            found.text += reader.text();
        }
    }
    if (reader.hasError()) found.problem = QString("line %1: ").arg(reader.lineNumber()) + reader.errorString();
    return found;
}

}  // namespace

class HtmlReportTest : public QObject {
    Q_OBJECT

  private slots:
    void aRunAsAPage() {
        ScratchFolder place;
        makeWhole(place / "run", 12, 9);
        must(writeRunNote(place / "run", {"My <first> & \"best\"", "one line\nanother"}));
        const QString html = reportOf({place / "run"});
        const Parsed page = parsed(html);
        QCOMPARE(page.problem, QString());
        QCOMPARE(page.elements["h1"], 1);
        QVERIFY(page.text.contains("My <first> & \"best\""));
        QVERIFY(page.text.contains("one line\nanother"));
        QVERIFY(page.text.contains("condenser-cli train"));  // the exact command
        for (const char* said : {"a fast one", "finished", "90.00 %", "AVX2", "Condenser 0.1.0", "2026-01-31 09:30 UTC",
                                 "epoch 9", "2026-02-03 04:05 UTC", "0.0001", "25.00 %", "33.33 %", "50.00 %"}) {
            QVERIFY2(page.text.contains(said), said);
        }
        // Four charts, each with the three condensing steps of C = 4.
        QCOMPARE(page.classes.count("chart"), 4);
        QCOMPARE(page.classes.count("mark"), 12);
        QCOMPARE(page.classes.count("best"), 1);
        QCOMPARE(page.classes.count("best-row"), 1);
        // Twelve layers: a map of each, and what each reads of those before it and of the stem.
        QCOMPARE(page.classes.count("layer"), 12);
        QCOMPARE(page.classes.filter(QRegularExpression("^q[1-6]$")).size(), 12 * 13 / 2);
        QVERIFY(page.text.contains("importance"));
        QVERIFY(!page.classes.contains("differs"));
        QVERIFY(!html.contains("http"));
    }

    void whatWasDroppedIsNotDrawn() {
        ScratchFolder place;
        makeRun(place / "run", toyRecord(12), 12, 9);
        // Layer 1.2 reads the stem alone; layer 1.3 one input only; the others all.
        addConnections(place / "run", toyRecord(1).spec, [](std::size_t layer, int group, int input) {
            if (layer == 1) return input < 16;
            if (layer == 2) return group == 2 && input == 17;
            return true;
        });
        const QString html = reportOf({place / "run"});
        const Parsed page = parsed(html);
        QCOMPARE(page.problem, QString());
        QCOMPARE(page.classes.filter(QRegularExpression("^q[1-6]$")).size(), 12 * 13 / 2 - 3);
        QVERIFY(page.text.contains("1.2 reads stem: 100 % kept"));
        QVERIFY(!page.text.contains("1.2 reads 1.1"));
        QVERIFY(page.text.contains("1.3 reads 1.1: 3 % kept"));
        const qsizetype third = html.indexOf("<b>layer 1.3</b>"), fourth = html.indexOf("<b>layer 1.4</b>");
        const QString map = html.mid(third, fourth - third);
        QCOMPARE(map.count("class=\"p"), 1);
        QVERIFY(map.contains("class=\"p6\" d=\"M0 0m17 2.5h1\""));  // alone, it is the strongest
    }

    void aBranchSaysWhereItCameFrom() {
        ScratchFolder place;
        RunRecord record = toyRecord(12);
        record.branch = RunBranch{"mother <1>", 2, 4, 40, 1};
        makeRun(place / "run", record, 12, 9);
        const Parsed page = parsed(reportOf({place / "run"}));
        QCOMPARE(page.problem, QString());
        QVERIFY(page.text.contains("branch of the run mother <1>, just before its condensing step 2, after 4 epochs"));
        record.branch->stage = 0;
        must(writeRunRecord(place / "run", record));
        QVERIFY(parsed(reportOf({place / "run"})).text.contains("from its checkpoint"));
    }

    void weakIsNotEmpty() {
        ScratchFolder place;
        makeRun(place / "run", toyRecord(12), 12, 9);
        const auto layers = layersOf(toyRecord(1).spec);
        ConnectionsRecord record = recordOf(layers, 12, oneInFour);
        for (LayerConnections& layer : record.layers) std::fill(layer.importance.begin(), layer.importance.end(), 0.0f);
        must(appendConnections(place / "run", layers, record));
        const Parsed page = parsed(reportOf({place / "run"}));
        QCOMPARE(page.classes.count("p1"), 12);
        QCOMPARE(page.classes.count("q1"), 12 * 13 / 2);
    }

    void hostileTextsStayTexts() {
        ScratchFolder place;
        const std::string evil = "</title><script>alert('1')</script><img src=x onerror=\"x\">&amp;";
        RunRecord record = toyRecord(12);
        record.data = "folder:" + evil;
        record.command = evil + "\xff\x01";
        record.message = evil;
        record.testName = "<b>";
        record.isa = "<i>";
        record.program = "\"><s>";
        record.state = RunState::kFailed;
        const fs::path folder = place / "<u>'&\xe9";
        makeRun(folder, record, 3, 2);
        must(writeRunNote(folder, {"", evil}));
        const auto layers = std::vector<ConnectionsLayer>{{evil, 2, 4, 2}};
        must(appendConnections(folder, layers, recordOf(layers, 1, oneInFour)));
        const fs::path second = place / "second";
        makeRun(second, record, 3, 2);
        must(writeRunNote(second, {evil, ""}));
        for (const auto& runs : {std::vector<fs::path>{folder}, {second}, {folder, second}}) {
            const QString html = reportOf(runs);
            const Parsed page = parsed(html);
            QCOMPARE(page.problem, QString());
            QVERIFY(page.text.contains("<script>"));
            for (const char* tag : {"<u>", "<s>", "<script", "onerror=\""}) QVERIFY2(!html.contains(tag), tag);
        }
    }

    void aRunThatWasKilled() {
        ScratchFolder place;
        makeWhole(place / "run", 12, 9);
        RunRecord record = toyRecord(12);
        record.state = RunState::kRunning;
        must(writeRunRecord(place / "run", record));
        makeRun(place / "run", record, 5, 5);  // in the middle, before the last condensing step
        std::string torn = readBytes(place / "run" / kMetricsName) + "6,60,0.1,1.";
        writeBytes(place / "run" / kMetricsName, torn);
        torn = readBytes(place / "run" / kConnectionsName);
        writeBytes(place / "run" / kConnectionsName, torn + torn.substr(200, 300));
        must(cutSteps(place / "run", 55));
        const Parsed page = parsed(reportOf({place / "run"}));
        QCOMPARE(page.problem, QString());
        QVERIFY(page.text.contains("interrupted"));
        QVERIFY(page.text.contains("5 of 12"));
        QVERIFY(page.text.contains("still to come"));
        QCOMPARE(page.classes.count("best"), 0);
        QCOMPARE(page.classes.count("layer"), 12);
    }

    void aRunThatHasNothingYet() {
        ScratchFolder place;
        makeRun(place / "run", toyRecord(12), 0, 0);
        fs::remove(place / "run" / kMetricsName);
        const Parsed page = parsed(reportOf({place / "run"}));
        QCOMPARE(page.problem, QString());
        QVERIFY(page.text.contains("0 of 12"));
        QVERIFY(page.text.contains("No epoch was finished."));
        QVERIFY(page.text.contains("no record of its connections"));
        QCOMPARE(page.classes.count("chart"), 0);
        makeRun(place / "run", toyRecord(12), 1, 1);
        const Parsed one = parsed(reportOf({place / "run"}));
        QCOMPARE(one.problem, QString());
        QCOMPARE(one.classes.count("chart"), 4);
    }

    void whatCannotBeReadIsTold() {
        ScratchFolder place;
        makeWhole(place / "run", 12, 9);
        writeBytes(place / "run" / kConnectionsName, "something else than connections");
        writeBytes(place / "run" / kRunNoteName, "{");
        const Parsed page = parsed(reportOf({place / "run"}));
        QCOMPARE(page.problem, QString());
        QVERIFY(page.text.contains("cannot read the connections"));
        QVERIFY(page.text.contains("cannot read the run's note"));

        const std::vector<fs::path> none{place / "nowhere"};
        QCOMPARE(htmlReport(none, kNow).error().code, ErrorCode::kNotFound);
        writeBytes(place / "run" / kMetricsName, "what?\n");
        const std::vector<fs::path> broken{place / "run"};
        QCOMPARE(htmlReport(broken, kNow).error().code, ErrorCode::kBadFormat);
        QCOMPARE(htmlReport({}, kNow).error().code, ErrorCode::kUsage);
        const std::vector<fs::path> many(kMaxReportRuns + 1, place / "run");
        QCOMPARE(htmlReport(many, kNow).error().code, ErrorCode::kUsage);
    }

    void twoRunsSideBySide() {
        ScratchFolder place;
        makeWhole(place / "first", 12, 9);
        makeWhole(place / "second", 12, 8);
        RunRecord record = toyRecord(12);
        record.settings.learningRate = 0.05;
        record.settings.seed = 7;
        must(writeRunRecord(place / "second", record));
        const Parsed page = parsed(reportOf({place / "first", place / "second"}));
        QCOMPARE(page.problem, QString());
        QCOMPARE(page.elements["h2"], 2);
        QCOMPARE(page.classes.count("chart"), 9);
        QCOMPARE(page.classes.count("curve s0 d0"), 2);  // in the legend, too
        QCOMPARE(page.classes.count("curve s1 d1"), 2);
        QCOMPARE(page.classes.count("differs"), 4);  // two settings in each run's table
        const qsizetype from = page.text.indexOf("Settings that differ"), to = page.text.indexOf("1. first", from + 60);
        const QString table = page.text.mid(from, to - from);
        QVERIFY(table.contains("Learning rate") && table.contains("0.05") && table.contains("Seed"));
        QVERIFY(!table.contains("Momentum"));
        makeWhole(place / "third", 12, 9);
        const Parsed same = parsed(reportOf({place / "first", place / "third"}));
        QVERIFY(same.text.contains("All settings are the same."));
        QVERIFY(!same.classes.contains("differs"));
    }

    void anExperimentAsAPage() {
        ScratchFolder place;
        const ExperimentPlan plan = toyPlan({1, 2});
        const fs::path folder = place / "<u>&abl";
        makeExperiment(folder, plan);
        writeToyRun(folder, plan, 1, 2, /*epochsDone=*/4);
        addConnections(runsOf(plan, folder)[1].folder, parseNetworkSpec(plan.arms[1].model).value(), oneInFour);
        const QString html = reportOf({folder});
        const Parsed page = parsed(html);
        QCOMPARE(page.problem, QString());
        QCOMPARE(page.elements["h1"], 1);
        QCOMPARE(page.elements["h2"], 0);
        for (const char* said :
             {"<u>&abl", "3 of 4 runs finished", experimentTitle(plan.kind), experimentQuestion(plan.kind),
              "Dense <Net>", "10.15 ± 0.07 % (2 seeds)", "10.10 to 10.20 %", "(seed 2)", "no finding",
              "condenser-cli ablate --out <here>", "densenet-seed1", "c4-seed2", "1, 2", "AVX2",
              "multiply-adds (millions)", "logarithmic", "no record of its connections"}) {
            QVERIFY2(page.text.contains(said), said);
        }
        QCOMPARE(page.classes.count("plot"), 1);
        QCOMPARE(page.classes.count("chart"), 2);
        QCOMPARE(page.classes.filter("thin").size(), 2 * 4);  // each run in both charts
        QCOMPARE(page.classes.count("mark"), 2 * 3);          // only the CondenseNet condenses
        QCOMPARE(page.elements["details"], 1 + 2);            // commands, connections of both networks
        QCOMPARE(page.classes.count("layer"), 12);
        // What differs: the network's own numbers, but not the seed.
        const qsizetype differs = page.text.indexOf("What differs");
        QVERIFY(differs > 0 && page.text.indexOf("Condensing factor C", differs) > 0);
        QVERIFY(page.text.indexOf("Seed", differs) == -1);

        // Among runs; and its files are its own.
        makeWhole(place / "run", 12, 9);
        const Parsed both = parsed(reportOf({place / "run", folder}));
        QCOMPARE(both.problem, QString());
        QVERIFY(both.text.contains("1 experiment and 1 run"));
        QCOMPARE(both.elements["h2"], 2);
        const std::vector<fs::path> one{folder};
        QCOMPARE(writeHtmlReport(one, folder / kExperimentName).error().code, ErrorCode::kUsage);
    }

    // Curves of one series have its colour, and of two arms never the same look.
    void curvesAreToldApart() {
        ScratchFolder place;
        ExperimentPlan plan = toyPlan({1});
        plan.arms.clear();
        for (const char* series : {"gradual", "once", "long"}) {
            for (const int factor : {2, 4, 8}) {
                const std::string name = std::to_string(factor) + series;
                plan.arms.push_back({name,
                                     name,
                                     series,
                                     "condensenet:stages=4-4-4,growth=8-16-32,condense=" + std::to_string(factor),
                                     {}});
            }
        }
        const fs::path folder = place / "series";
        makeExperiment(folder, plan);
        const Parsed page = parsed(reportOf({folder}));
        QCOMPARE(page.problem, QString());
        for (const char* colour : {"s0", "s1", "s2"}) {
            for (const char* dashes : {"d0", "d1", "d2"}) {
                const QString look = QStringLiteral("curve %1 %2").arg(colour, dashes);
                QCOMPARE(page.classes.count(look), 2 * 2);                        // legend and mean
                QCOMPARE(page.classes.count(look + QStringLiteral(" thin")), 2);  // the one run
            }
        }
    }

    void stabilityHasItsOwnPart() {
        ScratchFolder place;
        ExperimentPlan plan = toyPlan({1, 2});
        plan.kind = ExperimentKind::kStability;
        plan.arms.erase(plan.arms.begin());
        makeExperiment(place / "stable", plan);
        for (const PlannedRun& run : runsOf(plan, place / "stable")) {
            addConnections(run.folder, parseNetworkSpec(plan.arms[0].model).value(), oneInFour);
        }
        const Parsed page = parsed(reportOf({place / "stable"}));
        QCOMPARE(page.problem, QString());
        QVERIFY(!page.classes.contains("plot"));
        QVERIFY(page.text.contains("chance"));
    }

    void howManyRunsOfExperiments() {
        ScratchFolder place;
        std::vector<std::uint64_t> seeds(100);
        std::iota(seeds.begin(), seeds.end(), std::uint64_t{1});
        must(writeExperiment(place.path(), {toyPlan(seeds), "", kNow}));
        const Parsed page = parsed(reportOf({place.path()}));  // of which none has begun
        QCOMPARE(page.problem, QString());
        QVERIFY(page.text.contains("No run has begun."));
        const std::vector<fs::path> twice{place.path(), place.path()};
        QCOMPARE(htmlReport(twice, kNow).error().code, ErrorCode::kUsage);
    }

    void largeNetworksStaySmallFiles_data() {
        QTest::addColumn<QString>("preset");
        QTest::addColumn<bool>("thinned");
        QTest::newRow("86") << "condensenet-86" << false;
        QTest::newRow("182") << "condensenet-182" << true;
    }
    void largeNetworksStaySmallFiles() {
        QFETCH(const QString, preset);
        QFETCH(const bool, thinned);
        ScratchFolder place;
        RunRecord record = toyRecord(300);
        record.spec = parseNetworkSpec(preset.toStdString()).value();
        record.classes.clear();
        for (int i = 0; i < record.spec.classes; ++i) record.classes.push_back(fmt::format("class {}", i));
        makeRun(place / "run", record, 300, 200);
        std::vector<StepRecord> steps(200'000);
        for (std::size_t i = 0; i < steps.size(); ++i) steps[i].loss = static_cast<float>(i * 7919 % 1000) / 500;
        must(appendSteps(place / "run", steps));
        addConnections(place / "run", record.spec, [](auto...) { return true; });  // the worst: nothing dropped
        const QString html = reportOf({place / "run"});
        QVERIFY2(html.size() < 3'000'000, qPrintable(QString::number(html.size())));
        qInfo("%lld bytes", static_cast<long long>(html.size()));
        const Parsed page = parsed(html);
        QCOMPARE(page.problem, QString());
        QCOMPARE(page.text.contains("to keep this file small"), thinned);
        QCOMPARE(page.classes.count("best-row"), 1);
        QCOMPARE(html.count("<tr class=\"step-row\""), 3);
    }

    void theTableKeepsWhatMatters() {
        const auto few = report::chosenRows(3, {1}, 60);
        QCOMPARE(few, (std::vector<std::size_t>{0, 1, 2}));
        QVERIFY(report::chosenRows(0, {}, 60).empty());
        const auto many = report::chosenRows(300, {7, 8, 201}, 60);
        QVERIFY(many.size() <= 60 && many.size() >= 55);
        QVERIFY(std::is_sorted(many.begin(), many.end()));
        for (const std::size_t row : {0, 7, 8, 201, 299}) QVERIFY(std::ranges::find(many, row) != many.end());
        for (std::size_t i = 1; i < many.size(); ++i) QVERIFY(many[i] - many[i - 1] <= 7);
    }

    void thinningKeepsPeaks() {
        report::Points points;
        for (int i = 0; i < 10'000; ++i) points.emplace_back(i, i == 5003 ? 9.0 : i == 5004 ? -9.0 : 1.0);
        points[77].second = std::numeric_limits<double>::quiet_NaN();
        const auto thin = report::thinned(points, 100);
        QVERIFY(thin.size() <= 200 && thin.size() >= 100);
        QVERIFY(std::ranges::count(thin, std::pair{5003.0, 9.0}) == 1);
        QVERIFY(std::ranges::count(thin, std::pair{5004.0, -9.0}) == 1);
        QVERIFY(std::is_sorted(thin.begin(), thin.end()));
        QCOMPARE(report::thinned(thin, 100).size(), thin.size());
    }

    void aChartOfOddValues() {
        constexpr double kInfinity = std::numeric_limits<double>::infinity();
        for (const double odd : {0.0, 1e300, 1e-300, 1e-6, 1e6, -5.0, kInfinity, std::nan("")}) {
            for (const bool logarithmic : {false, true}) {
                report::LineChart chart;
                chart.title = "odd";
                chart.logarithmic = logarithmic;
                chart.curves = {{"a", "test", {{0, odd}, {1, 1}, {1, odd}}}};
                const QString html = QString::fromStdString(chart.html());
                const Parsed page = parsed(html);
                QCOMPARE(page.problem, QString());
                QVERIFY(page.elements["text"] >= 3 && page.elements["text"] < 40);
                QVERIFY(!html.contains("nan") && !html.contains("inf"));
            }
        }
    }

    void aLogarithmicAxisHasEqualStepsForEqualRatios() {
        report::LineChart chart;
        chart.logarithmic = chart.shares = true;
        chart.curves = {{"a", "test", {{0, 0.01}, {0.5, 0.1}, {1, 1}}}};
        const QString html = QString::fromStdString(chart.html());
        // The axis ends at the values, which are nice ones already.
        QVERIFY(html.contains("M52.0 224.0L298.0 125.0L544.0 26.0"));
        for (const char* tick : {">1 %<", ">2 %<", ">5 %<", ">10 %<", ">20 %<", ">50 %<", ">100 %<"}) {
            QVERIFY2(html.contains(tick), tick);
        }
        QVERIFY(!html.contains(">0 %<") && !html.contains(">200 %<"));
        QVERIFY(parsed(html).text.contains("logarithmic"));
        // A zero has no place on such an axis.
        chart.curves[0].points[0].second = 0;
        const QString linear = QString::fromStdString(chart.html());
        QVERIFY(linear.contains("M52.0 224.0L298.0 204.2L544.0 26.0"));
        QVERIFY(!parsed(linear).text.contains("logarithmic"));
    }

    void writtenToAFile() {
        ScratchFolder place;
        makeWhole(place / "run", 12, 9);
        const std::vector<fs::path> runs{place / "run"};
        const auto bytes = writeHtmlReport(runs, place / "run" / "report.html");
        QVERIFY2(bytes, bytes ? "" : bytes.error().text().c_str());
        QCOMPARE(*bytes, std::uint64_t{fs::file_size(place / "run" / "report.html")});
        const std::string before = readBytes(place / "run" / kRunRecordName);
        for (const char* own : {kRunRecordName, kMetricsName, kCheckpointName, kLockName, kStepsName}) {
            const auto refused = writeHtmlReport(runs, place / "run" / own);
            QVERIFY(!refused);
            QCOMPARE(refused.error().code, ErrorCode::kUsage);
        }
        QCOMPARE(readBytes(place / "run" / kRunRecordName), before);
        const auto nowhere = writeHtmlReport(runs, place / "nowhere" / "report.html");
        QVERIFY(!nowhere);
        QCOMPARE(nowhere.error().code, ErrorCode::kWrite);
        QVERIFY(!nowhere.error().where.empty());
    }
};

QTEST_GUILESS_MAIN(HtmlReportTest)
#include "tst_html_report.moc"
