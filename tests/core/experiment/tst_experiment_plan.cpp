// What each kind of experiment trains, and the file that says so: there and back, and what is refused.
#include <QTest>
#include <functional>

#include "base/atomic_file.h"
#include "experiment/experiment_folder.h"
#include "experiment/experiment_state.h"
#include "network/summary.h"
#include "support/io_scratch.h"

using namespace condenser;

namespace {

ExperimentPlan planOf(ExperimentKind kind, const std::string& model = "condensenet-tiny",
                      std::vector<double> values = {}) {
    PlanRequest request;
    request.kind = kind;
    request.model = model;
    request.values = std::move(values);
    return planExperiment(request).value();
}

NetworkSpec specOf(const Arm& arm) {
    return parseNetworkSpec(arm.model).value();
}

std::vector<std::string> namesOf(const ExperimentPlan& plan) {
    std::vector<std::string> names;
    for (const Arm& arm : plan.arms) names.push_back(arm.name);
    return names;
}

using Names = std::vector<std::string>;

}  // namespace

class TestExperimentPlan : public QObject {
    Q_OBJECT
  private slots:
    void theAblationChangesOneThingAStep() {
        const ExperimentPlan plan = planOf(ExperimentKind::kAblation);
        QCOMPARE(namesOf(plan), (Names{"densenet", "densenet-lgc", "densenet-lgc-igr", "condensenet"}));
        const NetworkSpec dense = specOf(plan.arms[0]), lgc = specOf(plan.arms[1]), igr = specOf(plan.arms[2]);
        QCOMPARE(dense.growth, (std::vector{16, 16, 16}));
        QCOMPARE(dense.groups1x1 * dense.groups3x3 * dense.condenseFactor, 1);
        QCOMPARE(dense.compression, 0.5);
        NetworkSpec expected = dense;
        expected.groups1x1 = expected.groups3x3 = expected.condenseFactor = 4;
        QVERIFY(lgc == expected);
        expected.growth = {8, 16, 32};
        QVERIFY(igr == expected);
        QCOMPARE(plan.arms[3].model, "condensenet-tiny");
        for (const Arm& arm : plan.arms) QVERIFY(arm.settings == TrainSettings{});
    }

    void groupsOfAnyKindHaveOneCost() {
        const ExperimentPlan plan = planOf(ExperimentKind::kConvolution);
        QCOMPARE(namesOf(plan), (Names{"none", "none-small", "fixed", "random", "learned"}));
        QCOMPARE(specOf(plan.arms[0]).condenseFactor, 1);
        const auto condensed = static_cast<double>(summarize(specOf(plan.arms[4]), CountingMode::kCondensed).macs);
        const auto small = static_cast<double>(summarize(specOf(plan.arms[1]), CountingMode::kDense).macs);
        QVERIFY2(std::abs(small / condensed - 1) < 0.1, std::to_string(small / condensed).c_str());
        QCOMPARE(plan.arms[2].settings.condensing, Condensing::kFixed);
        QCOMPARE(plan.arms[3].settings.condensing, Condensing::kRandom);
        QCOMPARE(plan.arms[2].model, plan.arms[4].model);
    }

    void sweepsTakeTheirValues() {
        QCOMPARE(namesOf(planOf(ExperimentKind::kCondense)), (Names{"c1", "c2", "c4", "c8"}));
        const ExperimentPlan groups = planOf(ExperimentKind::kGroups, "condensenet-tiny", {2, 8});
        QCOMPARE(namesOf(groups), (Names{"g2", "g8"}));
        QCOMPARE(specOf(groups.arms[1]).groups1x1, 8);
        QCOMPARE(specOf(groups.arms[1]).condenseFactor, 4);
        const ExperimentPlan pruning = planOf(ExperimentKind::kPruning, "condensenet-tiny", {4});
        QCOMPARE(namesOf(pruning), (Names{"c4-gradual", "c4-once", "c4-gradual-long", "c4-once-long"}));
        for (const std::size_t i : {0, 1, 2, 3}) {
            const TrainSettings& settings = pruning.arms[i].settings;
            QCOMPARE(settings.condensing, i % 2 == 0 ? Condensing::kGradual : Condensing::kOnce);
            QCOMPARE(settings.epochs, i < 2 ? 12 : 24);
        }
        const ExperimentPlan lasso = planOf(ExperimentKind::kLasso);
        QCOMPARE(namesOf(lasso), (Names{"lambda=0", "lambda=1e-5", "lambda=1e-4", "lambda=1e-3"}));
        QCOMPARE(lasso.arms[1].settings.groupLassoLambda, 1e-5);
        QCOMPARE(planOf(ExperimentKind::kStability).arms.size(), std::size_t{1});
    }

    void whatMakesNoExperimentIsRefused() {
        const auto error = [](const std::function<void(PlanRequest&)>& change) {
            PlanRequest request;
            change(request);
            const auto plan = planExperiment(request);
            return plan ? std::string("it was planned") : plan.error().text();
        };
        const auto holds = [](const std::string& text, const char* part) {
            return QTest::qVerify(text.find(part) != std::string::npos, part, text.c_str(), __FILE__, __LINE__);
        };
        // The rule of the spec, with its own words and remedy.
        const std::string rule = error([](PlanRequest& r) {
            r.kind = ExperimentKind::kGroups;
            r.values = {3};
        });
        if (!holds(rule, "\"G = 3\"") || !holds(rule, "must be divisible by groups=3") || !holds(rule, "nearest legal"))
            return;
        holds(error([](PlanRequest& r) { r.model = "densenet:stages=2-2,growth=4-4"; }), "without compression");
        holds(error([](PlanRequest& r) { r.model = "condensenet:condense=1"; }), "condense factor 1");
        holds(error([](PlanRequest& r) { r.model = "condensenet:stages=4-4-4,growth=8-8-8"; }), "the same in all");
        // Its compression is the experiment's: no remedy of the user's.
        const std::string made = error([](PlanRequest& r) { r.model = "condensenet:stages=1-1-1,growth=8-16-32"; });
        holds(made, "the transition before it adds 14. Give another --model than condensenet:stages=1-1-1");
        holds(error([](PlanRequest& r) { r.seeds = {1, 1}; }), "twice");
        holds(error([](PlanRequest& r) { r.values = {1}; }), "has none");
        holds(error([](PlanRequest& r) {
                  r.kind = ExperimentKind::kPruning;
                  r.values = {1};
              }),
              "from 2 to 1024");
        holds(error([](PlanRequest& r) {
                  r.kind = ExperimentKind::kStability;
                  r.seeds = {7};
              }),
              "at least two");
    }

    void theFileComesBack() {
        for (const auto kind :
             {ExperimentKind::kAblation, ExperimentKind::kConvolution, ExperimentKind::kCondense,
              ExperimentKind::kGroups, ExperimentKind::kPruning, ExperimentKind::kLasso, ExperimentKind::kStability}) {
            QCOMPARE(experimentNamed(experimentName(kind)), kind);
            const ExperimentRecord record{planOf(kind), "condenser-cli 'a b'", "2026-01-31T09:30:00Z"};
            QVERIFY(writeExperiment(m_scratch.path(), record).has_value());
            QVERIFY(isExperimentFolder(m_scratch.path()));
            QVERIFY(readExperiment(m_scratch.path()) == record);
        }
        QCOMPARE(readExperiment(m_scratch / "none").error().code, ErrorCode::kNotFound);
    }

    void aFileThatIsNotRightIsRefused_data() {
        QTest::addColumn<QString>("from");
        QTest::addColumn<QString>("to");
        QTest::addColumn<QString>("part");
        QTest::newRow("newer") << "\"version\": 1"
                               << "\"version\": 2"
                               << "newer";
        QTest::newRow("kind") << "\"kind\": \"groups\""
                              << "\"kind\": \"tea\""
                              << "does not know";
        QTest::newRow("name") << "\"name\": \"g2\""
                              << "\"name\": \"../g2\""
                              << "letters, digits";
        QTest::newRow("names twice") << "\"name\": \"g2\""
                                     << "\"name\": \"g8\""
                                     << "two arms";
        QTest::newRow("network") << "groups=2"
                                 << "groups=3"
                                 << "divisible";
        QTest::newRow("epochs") << "\"epochs\": 12"
                                << "\"epochs\": 0"
                                << "epochs";
        QTest::newRow("seeds twice") << "2,\n    3"
                                     << "2,\n    2"
                                     << "twice";
        QTest::newRow("no seeds") << "1,\n    2,\n    3"
                                  << ""
                                  << "list of 1 to";
        QTest::newRow("way") << "\"gradual\""
                             << "\"slow\""
                             << "does not know";
        QTest::newRow("no way") << "\"condensing\": "
                                << "\"other\": "
                                << "condensing";
        QTest::newRow("flag") << "\"augment\": \"auto\""
                              << "\"augment\": true"
                              << "augment";
        QTest::newRow("cut") << "}"
                             << ""
                             << "JSON";
    }

    void aFileThatIsNotRightIsRefused() {
        QFETCH(QString, from);
        QFETCH(QString, to);
        QFETCH(QString, part);
        const ExperimentRecord record{planOf(ExperimentKind::kGroups, "condensenet-tiny", {2, 8}), "", ""};
        QVERIFY(writeExperiment(m_scratch.path(), record).has_value());
        QString text = QString::fromStdString(test::readBytes(m_scratch / kExperimentName));
        QVERIFY(text.contains(from));
        text.replace(from, to);
        const auto read = parseExperiment(text.toStdString(), "the file");
        QVERIFY(!read.has_value());
        QVERIFY2(QString::fromStdString(read.error().text()).contains(part), read.error().text().c_str());
    }

    void runsGoSeedBySeed() {
        ExperimentPlan plan = planOf(ExperimentKind::kGroups, "condensenet-tiny", {2, 8});
        plan.data = "folder:my pictures";
        const std::vector<PlannedRun> runs = runsOf(plan, "out");
        QCOMPARE(runs.size(), std::size_t{6});
        QCOMPARE(runs[1].folder, std::filesystem::path("out/runs/g8-seed1"));
        QCOMPARE(runs[2].folder, std::filesystem::path("out/runs/g2-seed2"));
        QCOMPARE(trainCommand(plan, runs[2]), "condenser-cli train --data 'folder:my pictures' --model " +
                                                  plan.arms[0].model +
                                                  " --epochs 12 --batch 64 --lr 0.1 --seed 2 --out out/runs/g2-seed2");
        plan.arms[1].settings.condensing = Condensing::kOnce;
        QVERIFY(trainCommand(plan, runs[1]).find("--condensing once") != std::string::npos);
    }

    // Against macsSpent's own reckoning of a run, epoch by epoch.
    void workIsWhatConnectionsCost() {
        const NetworkSpec spec = parseNetworkSpec("condensenet-tiny").value();
        const auto dense = static_cast<double>(3 * summarize(spec, CountingMode::kDense).macs);
        TrainSettings settings;
        QCOMPARE(plannedWork(spec, settings, 2), 2 * dense);  // the first of three steps is due after 2 of 12 epochs
        const double condensed = plannedWork(spec, settings, 12) - plannedWork(spec, settings, 11);
        QVERIFY(condensed < dense);
        QCOMPARE(plannedWork(spec, settings, 6),
                 2 * dense + 2 * (dense - (dense - condensed) / 3) + 2 * (dense - 2 * (dense - condensed) / 3));
        settings.condensing = Condensing::kOnce;
        QCOMPARE(plannedWork(spec, settings, 12), 6 * dense + 6 * condensed);
        settings.condensing = Condensing::kFixed;
        QCOMPARE(plannedWork(spec, settings, 12), 12 * condensed);
    }

  private:
    test::ScratchFolder m_scratch;
};

QTEST_APPLESS_MAIN(TestExperimentPlan)
#include "tst_experiment_plan.moc"
