#include <QSignalSpy>
#include <QTest>
#include <atomic>
#include <new>

#include "compare/pause_and_measure.h"
#include "ops/simd_target.h"
#include "session/engine_use.h"
#include "support/run_compare.h"
#include "ui_support.h"

using namespace condenser;
using condenser::testing::kWaitMs;
using State = TrainingSession::State;
using Stage = ComparisonOptions::Stage;

namespace {

Comparison comparisonNamed(const std::string& name) {
    Comparison comparison;
    comparison.name = name;
    comparison.bench.isa = activeSimdTarget();
    comparison.bench.measured = "2026-01-02T03:04:05Z";
    for (const double ms : {2.0, 1.0}) {
        BenchRow row;
        row.model = name;
        row.variant = ms > 1 ? "dense" : "condensed";
        row.height = row.width = 32;
        row.runs = 1;
        row.medianMs = row.p5Ms = row.p95Ms = ms;
        row.macs = static_cast<std::int64_t>(ms * 4);
        row.samplesMs = {ms};
        row.blocks = {{0, 1, 0}};
        comparison.bench.rows.push_back(row);
    }
    return comparison;
}

// Measures until it is told to end, or let go.
class HeldMeter {
  public:
    CompareMeter meter() {
        CompareMeter meter;
        meter.forms = [this](const ModelFile&, const std::string& name,
                             const ComparisonOptions& options) -> Result<Comparison> {
            ++begun;
            isa = activeSimdTarget();
            while (!letGo && !options.stop.stop_requested()) std::this_thread::sleep_for(std::chrono::milliseconds(1));
            if (options.stop.stop_requested()) return fail(ErrorCode::kCancelled, "stopped", "", "");
            return comparisonNamed(name);
        };
        return meter;
    }

    std::atomic<int> begun = 0;
    std::atomic<bool> letGo = false;
    std::string isa;  // of the latest; to be read when it has begun
};

// Whether a kernel may run now.
bool isFree() {
    return std::shared_lock(engine(), std::try_to_lock).owns_lock();
}

std::string worstIsa() {
    return simdTargets().back();
}

}  // namespace

class TestCompareSession : public QObject {
    Q_OBJECT

  private slots:
    void initTestCase() { m_data = m_home.makeDataFolder(QStringLiteral("pictures"), 16); }
    void init() { testing::failOnWarnings(); }
    void cleanup() {
        QVERIFY(isFree());
        QCOMPARE(activeSimdTarget(), simdTargets().front());
    }

    void measuresAloneAndTellsWhatComes() {
        MeasureRequest wanted = request();
        wanted.isa = worstIsa();
        wanted.batch = 8;
        wanted.model.sample = true;
        bool alone = false;
        std::string data;
        CompareMeter meter;
        meter.forms = [&](const ModelFile&, const std::string& name,
                          const ComparisonOptions& options) -> Result<Comparison> {
            alone = !isFree() && options.batch == 8 && options.threads == 1 && options.seconds == 3;
            data = options.data;
            options.progress(Stage::kEquality, 256, 256);
            for (int block = 0; block < 4; ++block) {
                options.sampled(0, std::vector{2.0, 2.1});
                options.sampled(1, std::vector{1.0});
                options.progress(Stage::kTiming, block + 1, 4);
            }
            options.progress(Stage::kLayers, 1, 2);
            return comparisonNamed(name);
        };
        CompareSession session(storeFile("told.db"), meter);
        QSignalSpy started(&session, &CompareSession::started), progress(&session, &CompareSession::progress),
            sampled(&session, &CompareSession::sampled), compared(&session, &CompareSession::compared),
            failed(&session, &CompareSession::failed), ended(&session, &CompareSession::ended),
            listed(&session, &CompareSession::listed);
        session.measure(wanted);
        QVERIFY(session.busy());
        QCOMPARE(started.count(), 1);
        QTRY_COMPARE_WITH_TIMEOUT(ended.count(), 1, kWaitMs);
        QVERIFY(!session.busy());
        QVERIFY(alone);
        QCOMPARE(data, std::string("folder:pets"));
        QCOMPARE(failed.count(), 0);
        QCOMPARE(compared.count(), 1);
        const auto comparison = compared.at(0).at(0).value<ComparisonPtr>();
        QCOMPARE(comparison->name, std::string("the model"));
        QVERIFY(comparison->sample);
        QCOMPARE(comparison->bench.isa, worstIsa());
        // However fast they came, they are told together.
        std::array<std::vector<double>, 2> all;
        for (const auto& some : sampled) {
            const auto ms = some.at(1).value<std::vector<double>>();
            auto& form = all.at(some.at(0).value<std::size_t>());
            form.insert(form.end(), ms.begin(), ms.end());
        }
        QCOMPARE(all[0], (std::vector{2.0, 2.1, 2.0, 2.1, 2.0, 2.1, 2.0, 2.1}));
        QCOMPARE(all[1], (std::vector{1.0, 1.0, 1.0, 1.0}));
        QCOMPARE(progress.at(0).at(1).toDouble(), 0.0);
        QCOMPARE(progress.back().at(1).toDouble(), 0.8);
        QVERIFY(progress.back().at(0).toString().contains(QStringLiteral("layer")));
        // And kept.
        QTRY_COMPARE_WITH_TIMEOUT(listed.count(), 1, kWaitMs);
        const auto kept = listed.at(0).at(0).value<std::vector<StoredComparison>>();
        QCOMPARE(kept.size(), std::size_t{1});
        QCOMPARE(kept[0].name, std::string("the model"));
        QCOMPARE(kept[0].ratio, 2.0);
        session.remove(kept[0].id);
        QTRY_COMPARE_WITH_TIMEOUT(listed.count(), 2, kWaitMs);
        QVERIFY(listed.at(1).at(0).value<std::vector<StoredComparison>>().empty());
        session.read(kept[0].id);
        QTRY_COMPARE_WITH_TIMEOUT(failed.count(), 1, kWaitMs);
        QVERIFY(failed.at(0).at(0).value<Error>().code == ErrorCode::kNotFound);
        session.keep(comparison);
        QTRY_COMPARE_WITH_TIMEOUT(listed.count(), 3, kWaitMs);
        QCOMPARE(listed.at(2).at(0).value<std::vector<StoredComparison>>().size(), std::size_t{1});
    }

    void sweepsAndTheTableOfThePaper() {
        CompareMeter meter;
        const auto report = [](const ComparisonOptions& options) {
            if (options.sampled) options.sampled(0, std::vector{1.0});
            options.progress(Stage::kTiming, 1, 4);
            BenchReport some;
            some.threads = options.threads;
            return some;
        };
        meter.sweep = [&](const ModelFile&, const std::string&, const ComparisonOptions& options) {
            return Result<BenchReport>(report(options));
        };
        meter.paperNetworks = [&](const ComparisonOptions& options) { return Result<BenchReport>(report(options)); };
        CompareSession session({}, meter);
        QSignalSpy swept(&session, &CompareSession::swept), networks(&session, &CompareSession::networksMeasured),
            sampled(&session, &CompareSession::sampled), ended(&session, &CompareSession::ended),
            progress(&session, &CompareSession::progress);
        MeasureRequest wanted = request();
        wanted.what = MeasureRequest::What::kSweep;
        wanted.threads = 2;
        session.measure(wanted);
        QTRY_COMPARE_WITH_TIMEOUT(ended.count(), 1, kWaitMs);
        QCOMPARE(swept.count(), 1);
        QCOMPARE(swept.at(0).at(0).value<BenchReportPtr>()->threads, 2);
        QCOMPARE(progress.back().at(1).toDouble(), 0.25);
        wanted.what = MeasureRequest::What::kPaperNetworks;
        wanted.model = {};
        session.measure(wanted);
        QTRY_COMPARE_WITH_TIMEOUT(ended.count(), 2, kWaitMs);
        QCOMPARE(networks.count(), 1);
        QCOMPARE(sampled.count(), 0);
        wanted.what = MeasureRequest::What::kSweep;  // of no model
        session.measure(wanted);
        QVERIFY(!session.busy());
    }

    void whatGoesWrongIsAValue() {
        CompareMeter meter;
        meter.forms = [](const ModelFile&, const std::string&, const ComparisonOptions&) -> Result<Comparison> {
            throw std::bad_alloc();
        };
        CompareSession session({}, meter);
        QSignalSpy failed(&session, &CompareSession::failed), ended(&session, &CompareSession::ended);
        MeasureRequest wanted = request();
        wanted.isa = worstIsa();
        session.measure(wanted);
        QTRY_COMPARE_WITH_TIMEOUT(ended.count(), 1, kWaitMs);
        QVERIFY(failed.at(0).at(0).value<Error>().code == ErrorCode::kTooLarge);
        QCOMPARE(activeSimdTarget(), simdTargets().front());
        wanted.isa = "AVX1024";
        session.measure(wanted);
        QTRY_COMPARE_WITH_TIMEOUT(ended.count(), 2, kWaitMs);
        QCOMPARE(failed.count(), 2);
        QCOMPARE(QString::fromStdString(failed.at(1).at(0).value<Error>().where), QStringLiteral("AVX1024"));
    }

    void aCancelledOneIsNotHeardOf() {
        HeldMeter held;
        CompareSession session({}, held.meter());
        QSignalSpy failed(&session, &CompareSession::failed), ended(&session, &CompareSession::ended),
            compared(&session, &CompareSession::compared);
        session.measure(request());
        QTRY_COMPARE_WITH_TIMEOUT(held.begun.load(), 1, kWaitMs);
        session.cancel();
        QTRY_COMPARE_WITH_TIMEOUT(ended.count(), 1, kWaitMs);
        {
            // It waits for a picture that is being answered, before which no other one begins.
            const std::shared_lock picture(engine());
            session.measure(request());
            QTRY_VERIFY_WITH_TIMEOUT(engine().wanted(), kWaitMs);
            QVERIFY(!isFree());
            session.cancel();
            QTRY_COMPARE_WITH_TIMEOUT(ended.count(), 2, kWaitMs);
            QCOMPARE(held.begun.load(), 1);
            QVERIFY(isFree());

            session.measure(request());
            QTRY_VERIFY_WITH_TIMEOUT(engine().wanted(), kWaitMs);
        }
        QTRY_COMPARE_WITH_TIMEOUT(held.begun.load(), 2, kWaitMs);
        QCOMPARE(failed.count() + compared.count(), 0);
        // The destructor gives it up, too.
    }

    // The last bits of a training would tell if any of it were computed with what measuring forces.
    void pausesARunMeasuresAndHasItGoOn() {
        // Steps of some milliseconds: long enough to be paused twice, with few epochs' files to flush.
        TrainRequest plain = tiny(4);
        plain.model = "condensenet:stages=8-8,growth=16-32,groups=4,condense=4,bottleneck=4,group3x3=4,size=32";
        plain.settings.batch = 4;
        TrainingSession undisturbed;
        undisturbed.start(plain);
        QTRY_COMPARE_WITH_TIMEOUT(undisturbed.state(), State::kFinished, kWaitMs);

        HeldMeter held;
        TrainingSession training;
        CompareSession session({}, held.meter());
        PauseAndMeasure both(training, session);
        QSignalSpy awaits(&both, &PauseAndMeasure::awaitsPauseChanged), ended(&session, &CompareSession::ended),
            compared(&session, &CompareSession::compared);
        training.start(plain);
        QVERIFY(both.mustPause());
        MeasureRequest wanted = request();
        wanted.isa = worstIsa();
        both.measure(wanted);
        QVERIFY(!session.busy());
        both.pauseAndMeasure(wanted);  // while it still reads its pictures
        QVERIFY(both.awaitsPause());
        QTRY_COMPARE_WITH_TIMEOUT(held.begun.load(), 1, kWaitMs);
        QVERIFY(!both.awaitsPause());
        QCOMPARE(awaits.count(), 2);
        QCOMPARE(held.isa, worstIsa());
        QCOMPARE(training.state(), State::kPaused);
        const auto there = training.stepsDone();
        // The user's "Continue" ends the measuring, and the run goes on when the engine is free.
        training.unpause();
        QTRY_COMPARE_WITH_TIMEOUT(ended.count(), 1, kWaitMs);
        QCOMPARE(compared.count(), 0);
        QCOMPARE(training.state(), State::kRunning);

        both.pauseAndMeasure(wanted);
        QTRY_COMPARE_WITH_TIMEOUT(held.begun.load(), 2, kWaitMs);
        QCOMPARE(training.state(), State::kPaused);
        held.letGo = true;
        QTRY_COMPARE_WITH_TIMEOUT(compared.count(), 1, kWaitMs);
        QTRY_COMPARE_WITH_TIMEOUT(training.state(), State::kFinished, kWaitMs);
        QVERIFY(there < training.stepsDone());
        const std::string difference = test::runDifference(undisturbed.run()->folder, training.run()->folder);
        QVERIFY2(difference.empty(), difference.c_str());
    }

    void whatTheUserDoesWithTheRunCounts() {
        HeldMeter held;
        TrainingSession training;
        CompareSession session({}, held.meter());
        PauseAndMeasure both(training, session);
        QSignalSpy ended(&session, &CompareSession::ended), steps(&training, &TrainingSession::stepsAdded);
        training.start(tiny(100'000));
        QTRY_VERIFY_WITH_TIMEOUT(steps.count() > 0, kWaitMs);

        // Cancelled before the run stands still: it goes on at once.
        both.pauseAndMeasure(request());
        QCOMPARE(training.state(), State::kPausing);
        both.cancel();
        QCOMPARE(training.state(), State::kRunning);
        // Going on is not left to this where the user does it, or where it was he who paused.
        both.pauseAndMeasure(request());
        training.unpause();
        QVERIFY(!both.awaitsPause());
        training.pause();
        QTRY_COMPARE_WITH_TIMEOUT(training.state(), State::kPaused, kWaitMs);
        both.measure(request());
        QTRY_COMPARE_WITH_TIMEOUT(held.begun.load(), 1, kWaitMs);
        both.cancel();
        QTRY_COMPARE_WITH_TIMEOUT(ended.count(), 1, kWaitMs);
        QCOMPARE(training.state(), State::kPaused);

        // A run that is stopped is stopped; one that begins waits for the engine, the window does not.
        both.measure(request());
        QTRY_COMPARE_WITH_TIMEOUT(held.begun.load(), 2, kWaitMs);
        training.stop();
        QTRY_COMPARE_WITH_TIMEOUT(ended.count(), 2, kWaitMs);
        QTRY_COMPARE_WITH_TIMEOUT(training.state(), State::kStopped, kWaitMs);
        both.measure(request());
        QTRY_COMPARE_WITH_TIMEOUT(held.begun.load(), 3, kWaitMs);
        training.start(tiny(1));
        QTRY_COMPARE_WITH_TIMEOUT(ended.count(), 3, kWaitMs);
        QTRY_COMPARE_WITH_TIMEOUT(training.state(), State::kFinished, kWaitMs);
    }

    void aRunWaitsForTheEngineAndCanBeStoppedMeanwhile() {
        TrainingSession training;
        QSignalSpy started(&training, &TrainingSession::started), steps(&training, &TrainingSession::stepsAdded);
        {
            QVERIFY(engine().lock());
            const std::unique_lock whole(engine(), std::adopt_lock);
            training.start(tiny(1));
            training.stop();
            QTRY_COMPARE_WITH_TIMEOUT(training.state(), State::kIdle, kWaitMs);
        }
        training.start(tiny(100'000));
        QTRY_VERIFY_WITH_TIMEOUT(steps.count() > 0, kWaitMs);
        training.pause();
        QTRY_COMPARE_WITH_TIMEOUT(training.state(), State::kPaused, kWaitMs);
        QVERIFY(engine().lock());
        std::unique_lock whole(engine(), std::adopt_lock);
        const auto there = training.stepsDone();
        training.unpause();
        QTest::qWait(250);
        QCOMPARE(training.stepsDone(), there);
        whole.unlock();
        QTRY_VERIFY_WITH_TIMEOUT(training.stepsDone() > there, kWaitMs);
    }

  private:
    static MeasureRequest request() {
        MeasureRequest request;
        ModelFile model = testing::makeModel();
        model.trained = R"({"data": "folder:pets"})";
        request.model.file = std::make_shared<const ModelFile>(std::move(model));
        request.model.name = QStringLiteral("the model");
        return request;
    }

    TrainRequest tiny(int epochs) const { return testing::tinyRequest(m_data, epochs); }

    std::filesystem::path storeFile(const char* name) const { return toPath(m_home.path(QLatin1String(name))); }

    testing::PrivateHome m_home;
    QString m_data;
};

QTEST_GUILESS_MAIN(TestCompareSession)
#include "tst_compare_session.moc"
