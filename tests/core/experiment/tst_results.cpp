#include <QMap>
#include <QXmlStreamReader>
#include <QtTest>
#include <cmath>

#include "experiment/label_places.h"
#include "experiment/results.h"
#include "experiment/spread_plot.h"
#include "support/toy_experiment.h"

using namespace condenser;
using namespace condenser::test;

namespace fs = std::filesystem;

namespace {

ExperimentResults resultsOf(const fs::path& folder) {
    auto results = readResults(folder);
    if (!results) throw std::runtime_error(results.error().text());
    return std::move(*results);
}

bool isNear(double value, double expected) {
    return std::abs(value - expected) < 1e-12;
}

struct Parsed {
    QMap<QString, int> elements;
    QString text, problem;
};
Parsed parsed(const std::string& svg) {
    Parsed found;
    QXmlStreamReader reader(QByteArray::fromStdString(svg));
    while (!reader.atEnd()) {
        reader.readNext();
        if (reader.isStartElement()) ++found.elements[reader.name().toString()];
        if (reader.isCharacters()) found.text += reader.text();
    }
    if (reader.hasError()) found.problem = reader.errorString();
    return found;
}

bool overlap(const LabelBox& a, const LabelBox& b) {
    return a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
}

}  // namespace

class ResultsTest : public QObject {
    Q_OBJECT

  private slots:
    void spreads() {
        const Spread three = spreadOf({0.25, 0.75, 0.5});
        QCOMPARE(three.count, 3);
        QCOMPARE(three.mean, 0.5);
        QCOMPARE(three.deviation, 0.25);  // sqrt(2 * 0.25^2 / 2)
        QCOMPARE(three.low, 0.25);
        QCOMPARE(three.high, 0.75);
        const Spread one = spreadOf({0.25});
        QCOMPARE(one.mean, 0.25);
        QCOMPARE(one.deviation, 0.0);
        QCOMPARE(spreadOf({}).count, 0);
    }

    void errorsAndCostsAreReadFromTheRuns() {
        ScratchFolder place;
        const ExperimentPlan plan = toyPlan({1, 2});
        makeExperiment(place.path(), plan);
        const ExperimentResults results = resultsOf(place.path());
        QVERIFY(results.complete());
        QCOMPARE(results.arms.size(), std::size_t{2});
        QCOMPARE(results.testImages, 2000);
        const ArmOutcome& dense = results.arms[0];
        const ArmOutcome& condensed = results.arms[1];
        // toyRow: the last of 12 epochs is 0.001 a step from the best, which is epoch 9 + seed.
        QVERIFY(isNear(dense.runs[0].finalError, 0.102));
        QVERIFY(isNear(dense.runs[1].finalError, 0.101));
        QVERIFY(isNear(dense.runs[0].bestError, 0.1));
        QVERIFY(isNear(dense.error.mean, 0.1015));
        QVERIFY(isNear(dense.error.deviation, 0.001 / std::sqrt(2.0)));
        QCOMPARE(dense.runs[0].seconds, 30.0);
        // The form that is left: dense where nothing is condensed; with the classes of the data.
        QCOMPARE(dense.spec.classes, 2);
        QCOMPARE(dense.cost.macs, summarize(dense.spec, CountingMode::kDense).macs);
        QCOMPARE(condensed.cost.macs, summarize(condensed.spec, CountingMode::kCondensed).macs);
        QCOMPARE(condensed.dense.macs, summarize(condensed.spec, CountingMode::kDense).macs);
        QVERIFY(condensed.cost.macs < condensed.dense.macs);
    }

    void csvAndMarkdown() {
        ScratchFolder place;
        makeExperiment(place.path(), toyPlan({1, 2}));
        writeToyRun(place.path(), toyPlan({1, 2}), 1, 2, /*epochsDone=*/4);
        const ExperimentResults results = resultsOf(place.path());
        QVERIFY(!results.complete());
        const NetworkSummary &dense = results.arms[0].cost, &condensed = results.arms[1].cost;
        const std::string csv =
            "arm,seed,macs,params,ref_flops,final_error,best_error,final_loss,epochs,seconds,finished\n" +
            fmt::format(
                "densenet,1,{0},{1},{2},0.102000,0.100000,0.20833333333333334,12,30.0,1\n"
                "densenet,2,{0},{1},{2},0.101000,0.100000,0.20833333333333334,12,30.0,1\n",
                dense.macs, dense.params, dense.refFlops) +
            fmt::format(
                "c4,1,{0},{1},{2},0.102000,0.100000,0.20833333333333334,12,30.0,1\n"
                "c4,2,{0},{1},{2},,,,4,10.0,0\n",
                condensed.macs, condensed.params, condensed.refFlops);
        QCOMPARE(resultsCsv(results), csv);

        const auto millions = [](std::int64_t count) { return static_cast<double>(count) / 1e6; };
        const std::string markdown = resultsMarkdown(results);
        const std::string expected = fmt::format(
            "# {}\n\n{}\n\n"
            "| Network | Multiply-adds | As trained | Parameters | Error | Lowest to highest | Training "
            "time |\n| --- | ---: | ---: | ---: | ---: | ---: | ---: |\n"
            "| Dense \\<Net> | {:.2f} M | {:.2f} M | {:.3f} M | 10.15 ± 0.07 % (2 seeds) | 10.10 to 10.20 "
            "% | 30 s |\n"
            "| C = 4, a \\| b | {:.2f} M | {:.2f} M | {:.3f} M | 10.20 % (1 seed) | – | 30 s |\n\n"
            "- Not complete: 1 of 4 runs still to be finished: C = 4, a \\| b (seed 2).\n"
            "- Error: share of wrong answers (top-1) on the test part of folder:/pictures, 2000 pictures; "
            "trained on 10000. It is that of the last epoch, so no choice was made on the test part.\n"
            "- Mean ± standard deviation (of a sample, n - 1), and lowest to highest, over the seeds 1, 2. "
            "A difference between two rows that is smaller than their spread is no finding.\n",
            experimentTitle(ExperimentKind::kAblation), experimentQuestion(ExperimentKind::kAblation),
            millions(dense.macs), millions(dense.macs), millions(dense.params), millions(condensed.macs),
            millions(results.arms[1].dense.macs), millions(condensed.params));
        QCOMPARE(QString::fromStdString(markdown.substr(0, expected.size())), QString::fromStdString(expected));
        QVERIFY(markdown.find("a fast one, 2 threads, AVX2") != std::string::npos);
        QVERIFY(markdown.ends_with("```\ncondenser-cli ablate --out <here>\n```\n"));
    }

    void aRunThatIsNotThePlans() {
        ScratchFolder place;
        const ExperimentPlan plan = toyPlan({1, 2});
        makeExperiment(place.path(), plan);
        const fs::path folder = runsOf(plan, place.path()).back().folder;
        RunRecord record = readRunRecord(folder).value();
        record.settings.learningRate = 0.05;
        must(writeRunRecord(folder, record));
        const auto refused = readResults(place.path());
        QVERIFY(!refused);
        QCOMPARE(refused.error().code, ErrorCode::kBadData);
        QCOMPARE(refused.error().where, folder.string());
        QVERIFY(refused.error().why.find("learning rate is 0.05, and the experiment's is 0.1") != std::string::npos);
        record.settings.learningRate = 0.1;
        record.classes = {"a", "c"};
        must(writeRunRecord(folder, record));
        const auto others = readResults(place.path());
        QVERIFY(!others && others.error().why.find("which have other names") != std::string::npos);
        QCOMPARE(readResults(place / "nowhere").error().code, ErrorCode::kNotFound);
    }

    void aTrainingOfOneStepCondensesNothing() {
        ScratchFolder place;
        ExperimentPlan plan = toyPlan({1});
        for (Arm& arm : plan.arms) arm.settings.epochs = 1;
        makeExperiment(place.path(), plan);
        QCOMPARE(resultsOf(place.path()).arms[1].cost.macs,
                 summarize(resultsOf(place.path()).arms[1].spec, CountingMode::kCondensed).macs);
        for (const PlannedRun& run : runsOf(plan, place.path())) {
            RunRecord record = readRunRecord(run.folder).value();
            record.stepsPerEpoch = 1;
            must(writeRunRecord(run.folder, record));
        }
        const ArmOutcome arm = resultsOf(place.path()).arms[1];
        QCOMPARE(arm.cost.macs, arm.dense.macs);
        QCOMPARE(arm.best.count, 0);
        QCOMPARE(arm.error.count, 1);
    }

    void nothingHasBegun() {
        ScratchFolder place;
        must(writeExperiment(place.path(), {toyPlan({1, 2, 3}), "", "2026-01-31T09:30:00Z"}));
        const ExperimentResults results = resultsOf(place.path());
        QCOMPARE(results.runs(), 6);
        QCOMPARE(results.finished(), 0);
        QVERIFY(resultsMarkdown(results).find("| – | – | – |") != std::string::npos);
        const Parsed svg = parsed(resultsSvg(results));
        QCOMPARE(svg.problem, QString());
        QVERIFY(svg.text.contains("No run is finished yet."));
        must(writeResults(results, place.path()));
        for (const char* name : {"table.csv", "table.md", "plot.svg"}) QVERIFY2(fs::exists(place / name), name);
    }

    void thePlotShowsEveryRun() {
        ScratchFolder place;
        makeExperiment(place.path(), toyPlan({1, 2, 3}));
        const ExperimentResults results = resultsOf(place.path());
        const SpreadPlot plot = resultsPlot(results);
        QCOMPARE(plot.points.size(), std::size_t{2});
        QVERIFY(std::abs(plot.points[0].low - 10.0) < 1e-9 && std::abs(plot.points[0].high - 10.2) < 1e-9);
        QVERIFY(plot.places.empty());
        const Parsed svg = parsed(resultsSvg(results));
        QCOMPARE(svg.problem, QString());
        QCOMPARE(svg.elements["circle"], 6 + 1);  // the runs, and the round one of the two marks
        for (const char* text : {"Dense <Net>", "C = 4, a | b", "multiply-adds (millions)", "test error (%)"}) {
            QVERIFY2(svg.text.contains(text), text);
        }
        // Side by side: named once, the series by the legend.
        ExperimentResults series = results;
        series.arms[0] = series.arms[1];
        series.arms[0].arm.label = "C = 4, once";
        series.arms[0].arm.series = "once";
        series.arms[1].arm.label = "C = 4, twice";
        series.arms[1].arm.series = "twice";
        series.arms.push_back(results.arms[0]);
        const SpreadPlot named = resultsPlot(series);
        QCOMPARE(named.points[0].label, "C = 4");
        QCOMPARE(named.points[1].label, "");
        QVERIFY(parsed(named.figure()).text.contains("twice"));
        // Where the weight of the lasso is asked for, it is the axis.
        ExperimentResults lasso = results;
        lasso.record.plan.kind = ExperimentKind::kLasso;
        lasso.arms[1].arm.settings.groupLassoLambda = 1e-4;
        QCOMPARE(resultsPlot(lasso).places, (std::vector<std::string>{"0", "10⁻⁴"}));
        QCOMPARE(resultsPlot(lasso).points[1].x, 1.0);
    }

    void oddValuesAreDrawn() {
        for (const double odd : {0.0, -5.0, 1e300, std::numeric_limits<double>::quiet_NaN()}) {
            SpreadPlot plot;
            plot.title = "<odd> & \"so\"";
            plot.points = {{"a", "s", "", 1, odd, odd, odd, {}}, {"b", "s", "", odd, 2, 1, 3, {1, 3}}};
            for (const std::string& svg : {plot.file(), plot.figure()}) {
                const Parsed page = parsed(svg);
                QCOMPARE(page.problem, QString());
                QVERIFY(page.elements["text"] < 60);
                QVERIFY(svg.find("nan") == std::string::npos && svg.find("inf") == std::string::npos);
            }
        }
    }

    void labelsKeepClearOfOneAnother() {
        // A crowd: 5 x 4 points, 40 pixels apart, words of 60 pixels.
        std::vector<LabelPoint> points;
        for (int i = 0; i < 20; ++i) {
            const double x = 200 + 40 * (i % 5), y = 120 + 40 * (i / 5);
            points.push_back({x, y, {x - 6, y - 10, x + 6, y + 10}, 60, 15});
        }
        const LabelBox room{0, 0, 600, 400};
        const auto placed = placeLabels(points, {}, room);
        QCOMPARE(placed.size(), points.size());
        for (std::size_t i = 0; i < placed.size(); ++i) {
            const LabelBox& box = placed[i].box;
            QVERIFY(box.left >= 0 && box.top >= 0 && box.right <= 600 && box.bottom <= 400);
            for (const LabelPoint& point : points) QVERIFY(!overlap(box, point.drawn));
            for (std::size_t k = 0; k < i; ++k) QVERIFY(!overlap(box, placed[k].box));
        }
        QVERIFY(std::ranges::any_of(placed, [](const PlacedLabel& label) { return label.leader; }));
        // Alone it stands right, or left where there is no room, away from a line.
        QCOMPARE(placeLabels({points[0]}, {}, room)[0].box.left, points[0].drawn.right + 5);
        QCOMPARE(placeLabels({points[0]}, {}, {0, 0, 230, 400})[0].box.right, points[0].drawn.left - 5);
        QCOMPARE(placeLabels({points[0]}, {{200, 120, 400, 120}}, room)[0].box.right, points[0].drawn.left - 5);
    }
};

QTEST_GUILESS_MAIN(ResultsTest)
#include "tst_results.moc"
