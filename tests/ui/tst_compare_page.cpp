// The Compare page: it shows the comparison's own figures, says when there are none and why, measures, refuses while a
// run trains, shows what was kept, and takes all of it out.
#include <QAction>
#include <QClipboard>
#include <QFileDialog>
#include <QGuiApplication>
#include <QItemSelectionModel>
#include <QLabel>
#include <QPushButton>
#include <QSignalSpy>
#include <QSpinBox>
#include <QTest>
#include <condition_variable>
#include <mutex>

#include "compare/bench_document.h"
#include "compare/compare_bars.h"
#include "compare/compare_tables.h"
#include "compare/compare_words.h"
#include "compare/paper_table.h"
#include "compare/text_table.h"
#include "comparison_by_hand.h"
#include "look/exhibit.h"
#include "plots/speedup_plot.h"
#include "plots/time_text.h"

using namespace condenser;
using condenser::testing::comparisonByHand;
using condenser::testing::find;
using condenser::testing::kWaitMs;

namespace {

// A meter that measures what it is given, once it is let go.
class Meter {
  public:
    CompareMeter meter() {
        CompareMeter meter;
        meter.forms = [this](const ModelFile&, const std::string& name,
                             const ComparisonOptions& options) -> Result<Comparison> {
            options.sampled(0, std::vector<double>{5.9, 5.8});
            std::unique_lock lock(m_mutex);
            m_asked = options.batch;
            m_wake.wait(lock, options.stop, [this] { return m_open; });
            if (options.stop.stop_requested()) return fail(ErrorCode::kCancelled, "stopped", name, "asked to");
            if (m_error) return tl::unexpected(*m_error);
            Comparison comparison = m_comparison;
            comparison.name = name;
            return comparison;
        };
        meter.sweep = [](const ModelFile&, const std::string&, const ComparisonOptions&) -> Result<BenchReport> {
            return BenchReport{};
        };
        return meter;
    }
    void set(const Comparison& comparison) {
        const std::lock_guard lock(m_mutex);
        m_comparison = comparison;
    }
    void setError(std::optional<Error> error) {
        const std::lock_guard lock(m_mutex);
        m_error = std::move(error);
    }
    void open(bool on) {
        {
            const std::lock_guard lock(m_mutex);
            m_open = on;
        }
        m_wake.notify_all();
    }
    int batch() {
        const std::lock_guard lock(m_mutex);
        return m_asked;
    }

  private:
    std::mutex m_mutex;
    std::condition_variable_any m_wake;
    bool m_open = true;
    int m_asked = 0;
    Comparison m_comparison = comparisonByHand();
    std::optional<Error> m_error;
};

}  // namespace

class TestComparePage : public QObject {
    Q_OBJECT

  private slots:
    void init() {
        testing::failOnWarnings();
        m_home = std::make_unique<testing::PrivateHome>();
        m_meter = std::make_unique<Meter>();
        m_inference = std::make_unique<InferenceSession>();
        m_training = std::make_unique<TrainingSession>();
        m_session =
            std::make_unique<CompareSession>(toPath(m_home->path(QStringLiteral("index.db"))), m_meter->meter());
        m_page = std::make_unique<ComparePage>(m_home->settings(), *m_inference, *m_training, *m_session);
        m_page->setTheme(darkTheme());
        m_page->resize(890, 620);
        m_page->show();
        QVERIFY(QTest::qWaitForWindowActive(m_page.get()));
    }
    void cleanup() {
        m_meter->open(true);
        m_page.reset();
        m_session.reset();
        m_training.reset();
        m_inference.reset();
    }

    // ---- figures ----------------------------------------------------------------------------------------------------

    void figuresAreThoseOfTheComparison() {
        const Comparison comparison = comparisonByHand();
        show(comparison);
        const BenchPair pair = comparison.pair();
        QVERIFY(pair.interval.has_value());
        QCOMPARE(text("denseTime"), millisecondsText(comparison.dense().medianMs));
        QCOMPARE(text("condensedTime"), millisecondsText(comparison.condensed().medianMs));
        QVERIFY(text("denseTimeSmall").contains(millisecondsText(comparison.dense().p95Ms)));
        QCOMPARE(text("speedup"), timesText(pair.speedup.realised));
        QCOMPARE(text("speedupSmall"), intervalWords(pair.interval->low, pair.interval->high, 0.99));
        QVERIFY(text("speedupMore").contains(timesText(pair.speedup.theoretical)));
        QVERIFY(text("speedupMore").contains(formatWholeShare(pair.speedup.realised / pair.speedup.theoretical)));
        QVERIFY(text("compareStatus").contains(QStringLiteral("AVX2")));
        QVERIFY(text("compareStatus").contains(QStringLiteral("batch 1 · 1\u00a0thread")));

        const TextTable& table = find<TextTableView>(*m_page, "figuresTable")->table();
        QCOMPARE(table.rows[0].cells, (QStringList{QStringLiteral("latency"), text("denseTime"), text("condensedTime"),
                                                   QStringLiteral("÷ 2.56")}));
        QCOMPARE(table.rows[2].cells[1], formatAmount(comparison.dense().imagesPerSecond()));
        QCOMPARE(table.rows[3].cells[3], QStringLiteral("÷ ") + timesText(pair.speedup.theoretical).chopped(1));
        QVERIFY(table.rows[3].words.contains(formatCount(comparison.dense().macs)));
        QCOMPARE(table.rows[7].cells[3], QStringLiteral("same"));
    }

    void layersAreThoseOfBothForms() {
        const Comparison comparison = comparisonByHand();
        const auto bars = layerBars(comparison);
        QCOMPARE(bars.size(), comparison.dense().layers.size());
        QCOMPARE(bars[2].name, QStringLiteral("1.2, 1×1"));
        QCOMPARE(bars[2].block, 1);
        QCOMPARE(bars[2].denseUs, comparison.dense().layers[2].medianUs);
        QCOMPARE(bars[2].condensedUs, comparison.condensed().layers[2].medianUs);
        QVERIFY(bars[2].promisedUs > 0 && bars[2].promisedUs < bars[2].denseUs);
        double at = 0;
        for (const WaterfallBar& bar : waterfallBars(comparison)) {
            using Kind = WaterfallBar::Kind;
            if (bar.kind == Kind::kCondensed) QVERIFY(std::abs(at - bar.ms) < 1e-9);
            at = bar.kind == Kind::kDense || bar.kind == Kind::kPromised ? bar.ms : at + bar.ms;
        }
    }

    void theBadgeSaysWhatWasFound() {
        Comparison comparison = comparisonByHand();
        show(comparison);
        QCOMPARE(text("equalityBadge"), QStringLiteral("✓ condensed = dense"));
        QCOMPARE(text("equalityWords"),
                 QStringLiteral("Largest logit difference 3e-6 on 256 pictures (test part of shapes10)."));
        comparison.equality.agreeing = 250;
        comparison.equality.largestDifference = 0.31;
        comparison.equality.condensedTop1 = 0.922;
        show(comparison);
        QCOMPARE(text("equalityBadge"), QStringLiteral("✕ condensed ≠ dense"));
        QCOMPARE(find<QLabel>(*m_page, "equalityBadge")->property("tone").toString(), QStringLiteral("error"));
        for (const char* word : {"0.31", "250 of 256", "93.4", "92.2"})
            QVERIFY2(text("equalityWords").contains(QLatin1String(word)), word);
        comparison.outstandingSteps = 2;
        show(comparison);
        QVERIFY(text("equalityWords").contains(QStringLiteral("2\u00a0condensing steps are still to come")));
        comparison.storedCondensed = true;
        show(comparison);
        QVERIFY(text("compareNotes").contains(QStringLiteral("zeros put back")));
    }

    void noDifferenceIsSaidSo() {
        show(comparisonByHand(2.31, 2.31));
        QCOMPARE(text("speedup"), QStringLiteral("no difference"));
        const TextTable& table = find<TextTableView>(*m_page, "figuresTable")->table();
        QCOMPARE(table.rows[0].cells[3], QStringLiteral("no difference"));
    }

    void aPaceThatChangedIsTold() {
        Comparison comparison = comparisonByHand();
        show(comparison);
        QVERIFY(!text("compareNotes").contains(QStringLiteral("pace")));
        comparison.bench.rows[0].medianMs *= 1.2;
        show(comparison);
        QVERIFY(text("compareNotes").contains(QStringLiteral("changed its pace")));
        QCOMPARE(find<QLabel>(*m_page, "compareNotes")->property("tone").toString(), QStringLiteral("warning"));
    }

    void figuresAreWrittenOnce() {
        QCOMPARE(intervalWords(2.512, 2.604, 0.99), QStringLiteral("99\u202f% interval 2.51 to 2.60"));
        QCOMPARE(intervalWords(2.5561, 2.5589, 0.99), QStringLiteral("99\u202f% interval 2.556 to 2.559"));
        QCOMPARE(millisecondsText(0.12345), QStringLiteral("0.123\u202fms"));
        QCOMPARE(millisecondsText(5.905), QStringLiteral("5.91\u202fms"));
        QCOMPARE(millisecondsText(48.04), QStringLiteral("48.0\u202fms"));
        QCOMPARE(millisecondsText(1204.4), QStringLiteral("1\u202f204\u202fms"));
        QCOMPARE(timesText(0.984), QStringLiteral("0.98×"));
        QCOMPARE(timesText(31.04), QStringLiteral("31.0×"));
        QCOMPARE(formatDifference(9.7e-7), QStringLiteral("1e-6"));
        QCOMPARE(formatDifference(0), QStringLiteral("0"));
    }

    void otherNetworksHaveThePublishedTimesInAColumnOfTheirOwn() {
        auto* table = find<TextTableView>(*m_page, "networksTable");
        QCOMPARE(table->table().rows.size(), std::size_t(5));
        QCOMPARE(table->table().rows[0].cells.last(), QStringLiteral("354 s"));
        QCOMPARE(table->table().rows[0].cells[3], QStringLiteral("–"));
        BenchReport report;
        double ms = 400;
        for (const PaperNetwork& network : paperNetworks()) {
            report.rows.push_back(testing::rowByHand("dense", ms, 1'000'000, 1'000));
            report.rows.back().model = network.preset;
            ms /= 2;
        }
        emit m_session->networksMeasured(std::make_shared<const BenchReport>(report));
        QCOMPARE(table->table().rows[0].cells[3], millisecondsText(report.rows[0].medianMs));
        QCOMPARE(table->table().rows[0].cells[4], QStringLiteral("16.0"));
        QCOMPARE(table->table().rows[4].cells[4], QStringLiteral("1.00"));
        QCOMPARE(table->table().rows[4].cells.last(), QStringLiteral("0.99 s"));
    }

    // ---- measuring --------------------------------------------------------------------------------------------------

    void withoutAModelItSaysWhereToGetOne() {
        QVERIFY(!find<QPushButton>(*m_page, "measureButton")->isEnabled());
        QVERIFY(!find<QPushButton>(*m_page, "sweepButton")->isEnabled());
        QVERIFY(find<QPushButton>(*m_page, "networksButton")->isEnabled());
        QSignalSpy train(m_page.get(), &ComparePage::trainingWanted), open(m_page.get(), &ComparePage::modelWanted);
        QTest::keyClick(find<QPushButton>(*m_page, "compareTrainButton"), Qt::Key_Space);
        QTest::keyClick(find<QPushButton>(*m_page, "compareOpenButton"), Qt::Key_Space);
        QCOMPARE(train.size() + open.size(), 2);
        QVERIFY(!m_page->exhibit().has_value());
    }

    void itMeasuresAndCanBeCancelled() {
        m_meter->open(false);
        setModel();
        auto* measure = find<QPushButton>(*m_page, "measureButton");
        auto* cancel = find<QPushButton>(*m_page, "cancelMeasuring");
        QVERIFY(text("compareWords").contains(QStringLiteral("10 s")));
        find<QSpinBox>(*m_page, "compareBatch")->setValue(8);
        measure->setFocus();
        QTest::keyClick(measure, Qt::Key_Space);
        QVERIFY(m_session->busy());
        QVERIFY(cancel->isVisible() && cancel->hasFocus() && !measure->isVisible());
        QTRY_COMPARE_WITH_TIMEOUT(m_meter->batch(), 8, kWaitMs);
        QTest::keyClick(cancel, Qt::Key_Space);
        QTRY_VERIFY_WITH_TIMEOUT(!m_session->busy(), kWaitMs);
        QVERIFY(text("compareStatus").startsWith(QStringLiteral("Cancelled")));
        QVERIFY(measure->hasFocus());
        m_meter->open(true);
        m_page->mainAction();
        QTRY_COMPARE_WITH_TIMEOUT(text("speedup"), timesText(comparisonByHand().pair().speedup.realised), kWaitMs);
        QTRY_COMPARE_WITH_TIMEOUT(measure->text(), QStringLiteral("Measure again"), kWaitMs);
        // The settings are remembered.
        QCOMPARE(m_home->settings().value(QStringLiteral("compare/batch")).toInt(), 8);

        m_meter->setError(Error{ErrorCode::kUnsupported, "cannot measure", "shapes", "it is broken", "train it again"});
        m_page->mainAction();
        QTRY_VERIFY_WITH_TIMEOUT(m_page->findChild<QWidget*>(QStringLiteral("compareFailed")) != nullptr, kWaitMs);
        QTRY_VERIFY_WITH_TIMEOUT(!m_session->busy(), kWaitMs);
        QVERIFY(!text("speedup").isEmpty());  // what was there before
    }

    void aSweepGoesToAllCores() {
        setModel();
        find<QPushButton>(*m_page, "showScaling")->click();
        find<QPushButton>(*m_page, "sweepButton")->click();
        QCOMPARE(m_session->request().threads, availableCores());
        QTRY_VERIFY_WITH_TIMEOUT(!m_session->busy(), kWaitMs);
    }

    void anotherModelIsNotTakenForTheOneThatWasMeasured() {
        setModel();
        m_page->mainAction();
        QTRY_VERIFY_WITH_TIMEOUT(!m_session->busy() && text("speedup").endsWith(u'×'), kWaitMs);
        QVERIFY(text("compareNotes").isEmpty());
        setModel(QStringLiteral("other"));
        QCOMPARE(text("compareNotes"), QStringLiteral("This is shapes; the current model is other."));
        setModel();
        QCOMPARE(text("compareNotes"), QStringLiteral("Measured with an earlier state of shapes."));
    }

    void whileARunTrainsItRefuses() {
        setModel();
        m_training->start(testing::tinyRequest(m_home->makeDataFolder(QStringLiteral("pictures"), 8), 10'000));
        QVERIFY(find<QPushButton>(*m_page, "pauseAndMeasure")->isVisible());
        QVERIFY(!find<QPushButton>(*m_page, "measureButton")->isEnabled());
        QVERIFY(text("compareRefusal").contains(QStringLiteral("would say nothing")));
        m_page->mainAction();
        QVERIFY(!m_session->busy());
        QVERIFY(find<QPushButton>(*m_page, "pauseAndMeasure")->hasFocus());
        QTRY_COMPARE_WITH_TIMEOUT(m_training->state(), TrainingSession::State::kRunning, kWaitMs);
        find<QPushButton>(*m_page, "pauseAndMeasure")->click();
        QTRY_VERIFY_WITH_TIMEOUT(text("speedup").endsWith(u'×'), kWaitMs);
        QTRY_COMPARE_WITH_TIMEOUT(m_training->state(), TrainingSession::State::kRunning, kWaitMs);
    }

    // ---- earlier results --------------------------------------------------------------------------------------------

    void earlierResultsAreShownComparedRemovedAndBroughtBack() {
        setModel();
        auto* table = find<TextTableView>(*m_page, "resultsTable");
        Comparison old = comparisonByHand(9, 3);
        old.bench.cpu = "Some Other CPU";
        measure(old, 1);
        measure(comparisonByHand(), 2);
        find<QPushButton>(*m_page, "showResults")->click();
        QVERIFY(table->isVisible());
        const QString latest = text("speedup");
        table->selectRow(1);
        QTRY_COMPARE_WITH_TIMEOUT(text("speedup"), timesText(old.pair().speedup.realised), kWaitMs);
        for (const char* word : {"earlier result", "Some Other CPU", "another machine"})
            QVERIFY2(text("compareNotes").contains(QLatin1String(word)), qPrintable(text("compareNotes")));

        table->selectionModel()->select(table->model()->index(0, 0),
                                        QItemSelectionModel::Select | QItemSelectionModel::Rows);
        QVERIFY(text("resultsCaption").contains(QStringLiteral("Not the same: processor")));
        QVERIFY(text("resultsCaption").contains(QStringLiteral("do not meet")));

        // Of those over time, one was measured otherwise.
        const auto* speedups = find<SpeedupPlot>(*m_page, "speedupsPlot");
        QCOMPARE(speedups->exhibit().csv().count(u'\n'), 2);
        QVERIFY(speedups->caption().endsWith(QStringLiteral("left out: 1\u00a0result.")));

        table->selectRow(1);
        QSignalSpy removed(m_page.get(), &Page::removed);
        QTRY_VERIFY_WITH_TIMEOUT(find<QPushButton>(*m_page, "removeResult")->isEnabled(), kWaitMs);
        table->setFocus();
        QTest::keyClick(table, Qt::Key_Delete);
        QTRY_COMPARE_WITH_TIMEOUT(table->table().rows.size(), std::size_t(1), kWaitMs);
        QCOMPARE(text("speedup"), latest);
        QVERIFY(table->hasFocus());
        QVERIFY(!find<QPushButton>(*m_page, "compareBackToLatest")->isVisible());
        QCOMPARE(removed.size(), 1);
        removed.at(0).at(1).value<std::function<void()>>()();
        QTRY_COMPARE_WITH_TIMEOUT(table->table().rows.size(), std::size_t(2), kWaitMs);
    }

    // ---- taking it out ----------------------------------------------------------------------------------------------

    void everythingIsTakenOut() {
        const Comparison comparison = comparisonByHand();
        show(comparison);
        const QString json = save("saveJson", "c.json");
        const auto again = readComparison(json.toStdString(), "c.json");
        QVERIFY2(again.has_value(), again ? "" : again.error().why.c_str());
        QCOMPARE(again->dense().samplesMs, comparison.dense().samplesMs);
        QVERIFY(save("saveCsv", "c.csv").contains(QStringLiteral("condensed")));
        QVERIFY(save("saveLayersCsv", "l.csv").contains(QStringLiteral("denselayer_2")));
        QVERIFY(save("saveMarkdown", "c.md").contains(QStringLiteral("| ")));
        find<QAction>(*m_page, "copyMarkdown")->trigger();
        QVERIFY(QGuiApplication::clipboard()->text().contains(QStringLiteral("| ")));
        const auto exhibit = m_page->exhibit();
        QVERIFY(exhibit.has_value());
        for (const char* suffix : {"png", "svg", "pdf", "csv"}) {
            const QString file = m_home->path(QStringLiteral("page.") + QLatin1String(suffix));
            QVERIFY(writeExhibit(*exhibit, toPath(file)).has_value());
            QVERIFY(QFileInfo(file).size() > 100);
        }
    }

  private:
    QString text(const char* label) const { return find<QLabel>(*m_page, label)->text(); }
    void show(const Comparison& comparison) {
        setModel();
        emit m_session->compared(std::make_shared<const Comparison>(comparison));
    }
    void setModel(const QString& name = QStringLiteral("shapes")) {
        CurrentModel model;
        model.file = std::make_shared<const ModelFile>(testing::makeModel());
        model.name = name;
        m_inference->setModel(model);
    }
    void measure(const Comparison& comparison, std::size_t rows) {
        m_meter->set(comparison);
        m_page->mainAction();
        QTRY_COMPARE_WITH_TIMEOUT(find<TextTableView>(*m_page, "resultsTable")->table().rows.size(), rows, kWaitMs);
        QTRY_VERIFY_WITH_TIMEOUT(!m_session->busy(), kWaitMs);
    }
    // Through the menu and the dialog; gives what is in the file.
    QString save(const char* action, const char* name) {
        find<QAction>(*m_page, action)->trigger();
        auto* dialog = m_page->findChild<QFileDialog*>(QStringLiteral("exportDialog"));
        if (dialog == nullptr) return {};
        const QString path = m_home->path(QLatin1String(name));
        emit dialog->fileSelected(path);
        delete dialog;
        if (!QTest::qWaitFor([&] { return QFile::exists(path); }, kWaitMs)) return {};
        QFile file(path);
        return file.open(QIODevice::ReadOnly) ? QString::fromUtf8(file.readAll()) : QString();
    }

    std::unique_ptr<testing::PrivateHome> m_home;
    std::unique_ptr<Meter> m_meter;
    std::unique_ptr<InferenceSession> m_inference;
    std::unique_ptr<TrainingSession> m_training;
    std::unique_ptr<CompareSession> m_session;
    std::unique_ptr<ComparePage> m_page;
};

QTEST_MAIN(TestComparePage)
#include "tst_compare_page.moc"
