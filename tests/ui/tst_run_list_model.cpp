// The table of runs and its sorting and filtering: the true values decide, updates disturb nothing.
#include <QAbstractItemModelTester>
#include <QApplication>
#include <QSignalSpy>
#include <QTest>

#include "models/run_list_model.h"
#include "models/run_settings_model.h"
#include "models/run_words.h"
#include "run_folders.h"

using namespace condenser;
using namespace condenser::testing;

namespace {

RunSummary summary(const char* name, double best, std::int64_t macs) {
    RunSummary run;
    run.folder = std::filesystem::path("/store") / name;
    run.name = name;
    run.record = testRecord({});
    run.state = StoredRunState::kFinished;
    run.epochs = 10;
    run.bestTop1 = best;
    run.bestEpoch = 9;
    run.condensedMacs = macs;
    run.bytes = 1'500'000;
    return run;
}

std::vector<RunSummary> three() {
    return {summary("run-10", 0.9, 65'800'000), summary("run-9", 0.95, 9'000'000), summary("b", 0.1, 520'000'000)};
}

QString cell(const QAbstractItemModel& model, int row, int column) {
    return model.index(row, column).data().toString();
}

QStringList names(const QAbstractItemModel& model) {
    QStringList all;
    for (int row = 0; row < model.rowCount(); ++row) all << cell(model, row, RunListModel::kName);
    return all;
}

}  // namespace

class RunListModelTest : public QObject {
    Q_OBJECT

  private slots:
    void namesAreShortenedToWhatTellsThemApart() {
        const QString dated = QStringLiteral("2026-11-27-12.40.14-shapes10"),
                      undated = QStringLiteral("12.40.14-shapes10");
        QCOMPARE(runNameWithoutDate(dated), undated);
        for (const char* name : {"2026-11-27-birds", "birds 2026-11-27-12.40.14-x", "run"})
            QCOMPARE(runNameWithoutDate(QString::fromLatin1(name)), QString::fromLatin1(name));
        QCOMPARE(shortRunNames({dated}), QStringList{dated});
        QCOMPARE(shortRunNames({dated, QStringLiteral("birds")}), QStringList({undated, QStringLiteral("birds")}));
        // The same time on two days: the days must stay.
        const QString nextDay = QStringLiteral("2026-11-28-12.40.14-shapes10");
        QCOMPARE(shortRunNames({dated, nextDay, QStringLiteral("b")}),
                 QStringList({dated, nextDay, QStringLiteral("b")}));
        QCOMPARE(shortRunNames({QStringLiteral("long beginning 27"), QStringLiteral("long beginning 55")}),
                 QStringList({QStringLiteral("…27"), QStringLiteral("…55")}));
    }

    void init() { failOnWarnings(); }

    void modelAndProxyKeepTheRules() {
        RunListModel model;
        RunFilterModel proxy;
        QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        proxy.setSourceModel(&model);
        QAbstractItemModelTester proxyTester(&proxy, QAbstractItemModelTester::FailureReportingMode::QtTest);
        model.setRuns(three());
        proxy.sort(RunListModel::kBest, Qt::DescendingOrder);
        auto runs = three();
        runs.erase(runs.begin());
        runs.push_back(summary("new", 0.99, 1));
        runs.front().bestTop1 = 0.01;
        model.setRuns(runs);
        model.setColours({{runs.front().folder, 2}});
        proxy.setFilter(QStringLiteral("new"));
        proxy.setFilter({});
        model.setRuns({});
        QCOMPARE(model.rowCount(), 0);
    }

    void cellsAreInWords() {
        RunListModel model;
        auto runs = three();
        runs[0].record.data = "folder:/pictures/my flowers/";
        runs[0].latency = RunLatency{2.314, 2.2, 2.5, 2, "AVX2", "a CPU", "2026-01-31T09:30:00Z"};
        runs[1].record.model = "condensenet:stages=2-2,growth=4-8,condense=1,size=32";
        runs[1].record.spec = *parseNetworkSpec("condensenet:stages=2-2,growth=4-8,groups=2,condense=1,size=32");
        runs[1].bestTop1.reset();
        model.setRuns(runs);
        QCOMPARE(cell(model, 0, RunListModel::kState), QStringLiteral("finished"));
        QCOMPARE(cell(model, 0, RunListModel::kData), QStringLiteral("folder: my flowers"));
        QCOMPARE(cell(model, 0, RunListModel::kNetwork), QStringLiteral("condensenet-tiny"));
        QCOMPARE(cell(model, 0, RunListModel::kEpochs), QStringLiteral("10 / 10"));
        QCOMPARE(cell(model, 0, RunListModel::kBest), QStringLiteral("90.0\u202f%"));
        QCOMPARE(cell(model, 0, RunListModel::kMacs), QStringLiteral("65.8\u202fM"));
        QCOMPARE(cell(model, 0, RunListModel::kLatency), QStringLiteral("2.31\u202fms"));
        QCOMPARE(cell(model, 0, RunListModel::kDisk), QStringLiteral("1.5\u202fMB"));
        QCOMPARE(cell(model, 1, RunListModel::kNetwork), QStringLiteral("2-2 · growth 4-8"));
        QCOMPARE(cell(model, 1, RunListModel::kCondensing), QStringLiteral("none · G\u202f2"));
        QCOMPARE(cell(model, 1, RunListModel::kBest), QStringLiteral("–"));
        QCOMPARE(cell(model, 1, RunListModel::kLatency), QStringLiteral("–"));
    }

    void unreadableRunsSayWhy() {
        RunListModel model;
        RunSummary run = summary("broken", 0, 0);
        run.problem = "cannot read run.json: line 3";
        model.setRuns({run});
        QCOMPARE(cell(model, 0, RunListModel::kState), QStringLiteral("unreadable"));
        QCOMPARE(cell(model, 0, RunListModel::kData), QStringLiteral("cannot read run.json: line 3"));
        QVERIFY(cell(model, 0, RunListModel::kBest).isEmpty());
    }

    void tooltipsHoldNoMarkup() {
        RunListModel model;
        RunSummary run = summary("x", 0.5, 1);
        run.note = "<b>bold</b>";
        model.setRuns({run});
        QCOMPARE(model.index(0, 0).data(Qt::ToolTipRole).toString(), QStringLiteral("&lt;b&gt;bold&lt;/b&gt;"));
    }

    void sortsByTrueValues_data() {
        QTest::addColumn<int>("column");
        QTest::addColumn<bool>("descending");
        QTest::addColumn<QStringList>("order");
        const QString a = QStringLiteral("run-9"), b = QStringLiteral("run-10"), c = QStringLiteral("b");
        QTest::newRow("names, numbers in them counted") << int{RunListModel::kName} << false << QStringList{c, a, b};
        QTest::newRow("accuracy") << int{RunListModel::kBest} << true << QStringList{a, b, c};
        // As texts "520 M" would stand before "65.8 M".
        QTest::newRow("multiply-adds") << int{RunListModel::kMacs} << false << QStringList{a, b, c};
        QTest::newRow("not measured comes last, rising")
            << int{RunListModel::kLatency} << false << QStringList{a, b, c};
        QTest::newRow("not measured comes last, falling")
            << int{RunListModel::kLatency} << true << QStringList{b, a, c};
    }
    void sortsByTrueValues() {
        QFETCH(int, column);
        QFETCH(bool, descending);
        QFETCH(QStringList, order);
        RunListModel model;
        RunFilterModel proxy;
        proxy.setSourceModel(&model);
        auto runs = three();
        runs[0].latency = RunLatency{10, 9, 11, 1, {}, {}, {}};
        runs[1].latency = RunLatency{9.5, 9, 11, 1, {}, {}, {}};
        model.setRuns(runs);
        proxy.sort(column, descending ? Qt::DescendingOrder : Qt::AscendingOrder);
        QCOMPARE(names(proxy), order);
    }

    void filtersByEveryWordInAnyColumnOrTheNote() {
        RunListModel model;
        RunFilterModel proxy;
        proxy.setSourceModel(&model);
        auto runs = three();
        runs[2].note = "the wide one";
        model.setRuns(runs);
        const auto shown = [&](const char* words) {
            proxy.setFilter(QString::fromLatin1(words));
            return proxy.rowCount();
        };
        QCOMPARE(shown("RUN-"), 2);
        QCOMPARE(shown("wide"), 1);
        QCOMPARE(shown("wide run-"), 0);
        QCOMPARE(shown("65.8 M"), 1);
        QCOMPARE(shown("finished shapes10"), 3);
        QCOMPARE(shown(""), 3);
    }

    void updatesTellOnlyWhatHasChanged() {
        RunListModel model;
        model.setRuns(three());
        QSignalSpy reset(&model, &QAbstractItemModel::modelReset);
        QSignalSpy changed(&model, &QAbstractItemModel::dataChanged);
        QSignalSpy inserted(&model, &QAbstractItemModel::rowsInserted);
        model.setRuns(three());
        QCOMPARE(changed.size(), 0);
        auto runs = three();
        runs[1].epochs = 11;
        model.setRuns(runs);
        QCOMPARE(changed.size(), 1);
        const auto from = changed.at(0).at(0).toModelIndex(), to = changed.at(0).at(1).toModelIndex();
        QCOMPARE(from.row(), 1);
        QCOMPARE(from.column(), int{RunListModel::kEpochs});
        QCOMPARE(to.column(), int{RunListModel::kEpochs});
        runs.insert(runs.begin(), summary("newest", 0.5, 5));
        model.setRuns(runs);
        QCOMPARE(inserted.size(), 1);
        QCOMPARE(reset.size(), 0);
    }

    void aNewNameIsToldOnce() {
        RunListModel model;
        model.setRuns(three());
        QSignalSpy renamed(&model, &RunListModel::renamed);
        QVERIFY(model.setData(model.index(0, 0), QStringLiteral("  a  better\nname "), Qt::EditRole));
        QCOMPARE(renamed.size(), 1);
        QCOMPARE(renamed.at(0).at(1).toString(), QStringLiteral("a better name"));
        QCOMPARE(cell(model, 0, 0), QStringLiteral("a better name"));
        QVERIFY(model.setData(model.index(0, 0), QStringLiteral("a better name"), Qt::EditRole));
        QCOMPARE(renamed.size(), 1);
        // Without one, the folder's counts again.
        QVERIFY(model.setData(model.index(0, 0), QString(), Qt::EditRole));
        QCOMPARE(cell(model, 0, 0), QStringLiteral("run-10"));
        QVERIFY(!model.setData(model.index(0, 1), QStringLiteral("x"), Qt::EditRole));
    }

    void settingsOfOneRunAreAll() {
        RunSettingsModel model;
        QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        model.setRuns({three()[0]});
        QCOMPARE(model.columnCount(), 2);
        QCOMPARE(model.rowCount(), static_cast<int>(settingsOf(three()[0]).size()));
        model.setRuns({});
        QCOMPARE(model.rowCount(), 0);
    }

    void settingsOfSeveralRunsAreThoseThatDiffer() {
        RunSettingsModel model;
        auto runs = three();
        runs[1].record.settings.groupLassoLambda = 1e-5;
        runs[2].record.settings.epochs = 300;
        runs[2].record.settings.condensing = Condensing::kOnce;
        model.setRuns(runs);
        QCOMPARE(model.rowCount(), 3);
        QCOMPARE(cell(model, 2, 0), QStringLiteral("condensing"));
        QCOMPARE(cell(model, 2, 2), QStringLiteral("step by step"));
        QCOMPARE(cell(model, 2, 3), QStringLiteral("at half time, at once"));
        QVERIFY(runCondensingWords(runs[2].record).endsWith(QStringLiteral("at once")));
        QCOMPARE(model.columnCount(), 4);
        QCOMPARE(cell(model, 0, 0), QStringLiteral("epochs"));
        QCOMPARE(cell(model, 0, 3), QStringLiteral("300"));
        QCOMPARE(cell(model, 1, 0), QStringLiteral("group lasso"));
        QCOMPARE(cell(model, 1, 2), QStringLiteral("1e-05"));
        QCOMPARE(model.headerData(2, Qt::Horizontal, Qt::DisplayRole).toString(), QStringLiteral("run-9"));
    }

    void namesAreToldApartByTheirEnds() {
        RunSettingsModel model;
        auto runs = three();
        runs[0].name = "shapes10-tiny-1";
        runs[1].name = "shapes10-tiny-27";
        runs[1].record.settings.seed = 2;
        runs.pop_back();
        model.setRuns(runs);
        QCOMPARE(model.headerData(1, Qt::Horizontal, Qt::DisplayRole).toString(), QStringLiteral("…1"));
        QCOMPARE(model.headerData(2, Qt::Horizontal, Qt::DisplayRole).toString(), QStringLiteral("…27"));
        QCOMPARE(model.headerData(2, Qt::Horizontal, Qt::ToolTipRole).toString(), QStringLiteral("shapes10-tiny-27"));
    }

    void statesAreSentences() {
        RunSummary run = three()[0];
        run.state = StoredRunState::kInterrupted;
        run.resumable = true;
        QVERIFY(runStateSentence(run).contains(QStringLiteral("continued")));
        run.resumable = false;
        QVERIFY(!runStateSentence(run).contains(QStringLiteral("continued")));
        run.state = StoredRunState::kFailed;
        run.record.message = "the loss is not finite";
        QVERIFY(runStateSentence(run).contains(QStringLiteral("not finite")));
    }
};

QTEST_MAIN(RunListModelTest)
#include "tst_run_list_model.moc"
