#include <QSignalSpy>
#include <QTest>

#include "connections/connections_session.h"
#include "io/run_lock.h"
#include "recorded_runs.h"

using namespace condenser;
using namespace condenser::testing;

namespace {

// What the session has said so far.
struct Heard {
    explicit Heard(ConnectionsSession& session) {
        QObject::connect(&session, &ConnectionsSession::opened, [this](const ConnectionsSourcePtr& opened) {
            source = opened;
            ++times;
        });
        QObject::connect(&session, &ConnectionsSession::failed,
                         [this](const Error& failed) { errors.push_back(failed); });
        QObject::connect(&session, &ConnectionsSession::recordRead,
                         [this](int moment, const ConnectionsRecordPtr& read) {
                             records.push_back({moment, read});
                         });
        QObject::connect(&session, &ConnectionsSession::weightsRead, [this](int moment, const ModelFilePtr& read) {
            weights.push_back({moment, read});
        });
    }
    ConnectionsSourcePtr source;
    int times = 0;
    std::vector<Error> errors;
    std::vector<std::pair<int, ConnectionsRecordPtr>> records;
    std::vector<std::pair<int, ModelFilePtr>> weights;
};

bool equal(const ConnectionsRecord& a, const ConnectionsRecord& b) {
    if (a.key != b.key || a.layers.size() != b.layers.size()) return false;
    for (std::size_t i = 0; i < a.layers.size(); ++i) {
        if (a.layers[i].mask != b.layers[i].mask || a.layers[i].importance != b.layers[i].importance) return false;
    }
    return true;
}

}  // namespace

class TestConnectionsSession : public QObject {
    Q_OBJECT

  private slots:
    void init() { failOnWarnings(); }

    void aRunIsOpenedWithWhatItsFolderHolds() {
        const auto folder = makeRecordedRun({.name = QStringLiteral("whole"), .epochs = 10, .done = 10}, 8);
        ConnectionsSession session;
        Heard heard(session);
        session.openRun(folder, false, false);
        QTRY_VERIFY_WITH_TIMEOUT(heard.source != nullptr, kWaitMs);
        const ConnectionsSource& source = *heard.source;
        QCOMPARE(source.name, QStringLiteral("whole"));
        QCOMPARE(source.count(), 10 + 3 * 2);
        QVERIFY(!source.training && !source.sample);
        QCOMPARE(source.condensing.size(), std::size_t{3});
        QCOMPARE(source.epochs, 10.0);
        QCOMPARE(source.stepsPerEpoch, std::int64_t{10});
        QCOMPARE(QString::fromStdString(source.layout.reader(4).name), QStringLiteral("2.1"));
        QStringList kept;
        for (int moment = 0; moment < source.count(); ++moment) {
            if (source.keepsWeights(moment)) kept << source.wordsOf(moment);
        }
        QCOMPARE(kept,
                 QStringList({QStringLiteral("before step 1"), QStringLiteral("before step 2"),
                              QStringLiteral("before step 3"), QStringLiteral("epoch 8"), QStringLiteral("epoch 10")}));
    }

    void recordsAreThoseOfTheFileAndAllAreReadAhead() {
        const auto folder = makeRecordedRun({.name = QStringLiteral("ahead"), .epochs = 10, .done = 10});
        ConnectionsSession session;
        Heard heard(session);
        session.openRun(folder, false, false);
        QTRY_VERIFY_WITH_TIMEOUT(heard.source != nullptr, kWaitMs);
        session.readRecord(3);
        QTRY_COMPARE_WITH_TIMEOUT(heard.records.size(), std::size_t{1}, kWaitMs);
        QCOMPARE(heard.records[0].first, 3);
        QTRY_COMPARE_WITH_TIMEOUT(session.kept(), heard.source->count(), kWaitMs);
        QCOMPARE(heard.records.size(), std::size_t{1});  // nobody asked for the others
        for (int moment = 0; moment < heard.source->count(); ++moment) {
            heard.records.clear();
            session.readRecord(moment);  // from memory: at once
            QCOMPARE(heard.records.size(), std::size_t{1});
            QCOMPARE(heard.records[0].first, moment);
            const auto stored = readConnections(folder, static_cast<std::size_t>(moment));
            QVERIFY(stored && equal(*stored, *heard.records[0].second));
        }
    }

    void memoryIsBoundedAndHoldsWhatLiesNearest() {
        const auto folder = makeRecordedRun({.name = QStringLiteral("bounded"), .epochs = 10, .done = 10});
        const NetworkSpec spec = testRecord({}).spec;
        std::size_t bytes = 0;
        for (const ConnectionsLayer& layer : layersOf(spec))
            bytes += static_cast<std::size_t>(layer.groups) * static_cast<std::size_t>(layer.inputs) * 5;
        ConnectionsSession session(nullptr, 5 * bytes);
        Heard heard(session);
        session.openRun(folder, false, false);
        QTRY_VERIFY_WITH_TIMEOUT(heard.source != nullptr, kWaitMs);
        session.readRecord(8);
        QTRY_COMPARE_WITH_TIMEOUT(session.kept(), 5, kWaitMs);
        for (const int moment : {6, 7, 8, 9, 10}) {
            session.readRecord(8);
            heard.records.clear();
            session.readRecord(moment);
            QCOMPARE(heard.records.size(), std::size_t{1});
            QTest::qWait(20);
            QVERIFY(session.kept() <= 5);
        }
        // Far away: read from the file, and the bound holds.
        session.readRecord(0);
        QTRY_COMPARE_WITH_TIMEOUT(heard.records.back().first, 0, kWaitMs);
        QVERIFY(session.kept() <= 5);
    }

    void theLatestRequestWins() {
        const auto folder = makeRecordedRun({.name = QStringLiteral("latest"), .epochs = 10, .done = 10}, 8);
        ConnectionsSession session(nullptr, 1);  // nothing is kept but the latest
        Heard heard(session);
        session.openRun(folder, false, false);
        QTRY_VERIFY_WITH_TIMEOUT(heard.source != nullptr, kWaitMs);
        for (int moment = 0; moment < heard.source->count(); ++moment) session.readRecord(moment);
        QTRY_VERIFY_WITH_TIMEOUT(!heard.records.empty() && heard.records.back().first == heard.source->count() - 1,
                                 kWaitMs);
        QVERIFY(heard.records.size() <= 2);
        for (int moment = 0; moment < heard.source->count(); ++moment) session.readWeights(moment);
        QTRY_VERIFY_WITH_TIMEOUT(!heard.weights.empty(), kWaitMs);
        QCOMPARE(heard.weights.back().first, heard.source->count() - 1);
        QCOMPARE(heard.weights.size(), std::size_t{1});
        QCOMPARE(epochOf(*heard.weights[0].second), 10);
        // Where none are kept, there is nothing to be read.
        session.readWeights(0);
        QTest::qWait(20);
        QCOMPARE(heard.weights.size(), std::size_t{1});
        QVERIFY(heard.errors.empty());
    }

    void aGrowingRunIsFollowed() {
        const TestRun run{.name = QStringLiteral("growing"), .epochs = 10, .done = 2, .state = RunState::kRunning};
        const auto folder = makeRecordedRun(run);
        ConnectionsSession session;
        Heard heard(session);
        session.openRun(folder, false, true);
        QTRY_VERIFY_WITH_TIMEOUT(heard.source != nullptr, kWaitMs);
        QVERIFY(heard.source->training);
        const int before = heard.source->count();
        session.readRecord(before - 1);
        QTRY_COMPARE_WITH_TIMEOUT(session.kept(), before, kWaitMs);
        const auto keys = recordedKeys(testRecord(run), 3);
        for (std::size_t i = static_cast<std::size_t>(before); i < keys.size(); ++i)
            appendRecord(folder, testRecord(run).spec, keys[i]);
        session.lookAgain();
        QTRY_COMPARE_WITH_TIMEOUT(heard.source->count(), static_cast<int>(keys.size()), kWaitMs);
        // What was in memory has stayed there.
        heard.records.clear();
        session.readRecord(0);
        QCOMPARE(heard.records.size(), std::size_t{1});
        // Nothing new: nothing is said.
        const int times = heard.times;
        session.lookAgain();
        QTest::qWait(50);
        QCOMPARE(heard.times, times);
        session.setTraining(false);
        QTRY_VERIFY_WITH_TIMEOUT(!heard.source->training, kWaitMs);
    }

    void aRunThatSomebodyElseTrainsIsLookedAtOfItself() {
        const TestRun run{.name = QStringLiteral("others"), .epochs = 10, .done = 2, .state = RunState::kRunning};
        const auto folder = makeRecordedRun(run);
        const auto lock = RunLock::take(folder);
        QVERIFY(lock.has_value());
        ConnectionsSession session;
        Heard heard(session);
        session.openRun(folder, false, false);
        QTRY_VERIFY_WITH_TIMEOUT(heard.source != nullptr, kWaitMs);
        QVERIFY(heard.source->training);
        const int before = heard.source->count();
        appendRecord(folder, testRecord(run).spec, {ConnectionsMoment::kEpochEnd, 3, 30, 1});
        QTRY_COMPARE_WITH_TIMEOUT(heard.source->count(), before + 1, kWaitMs);
    }

    void aRunThatWentOnFromACheckpointIsReadAnew() {
        const TestRun run{.name = QStringLiteral("cut"), .epochs = 10, .done = 4, .state = RunState::kRunning};
        const auto folder = makeRecordedRun(run);
        ConnectionsSession session;
        Heard heard(session);
        session.openRun(folder, false, true);
        QTRY_VERIFY_WITH_TIMEOUT(heard.source != nullptr, kWaitMs);
        const int before = heard.source->count();
        session.readRecord(before - 1);
        QTRY_COMPARE_WITH_TIMEOUT(session.kept(), before, kWaitMs);
        QVERIFY(cutConnections(folder, 2, 20).has_value());
        session.lookAgain();
        QTRY_VERIFY_WITH_TIMEOUT(heard.source->count() < before, kWaitMs);
        QVERIFY(session.kept() <= heard.source->count());
    }

    void aRunWithoutARecordingHasNoMoments() {
        ConnectionsSession session;
        Heard heard(session);
        session.openRun(makeRun({.name = QStringLiteral("unrecorded")}), true, false);
        QTRY_VERIFY_WITH_TIMEOUT(heard.source != nullptr, kWaitMs);
        QCOMPARE(heard.source->count(), 0);
        QVERIFY(heard.source->sample);
        QVERIFY(heard.source->layers == layersOf(heard.source->spec));
    }

    void aModelAloneIsOneMomentWithItsWeights() {
        ConnectionsSession session;
        Heard heard(session);
        const auto file = std::make_shared<const ModelFile>(makeModel());
        session.openModel({file, QStringLiteral("mine"), {}, QStringLiteral("/nowhere/mine.safetensors")});
        QTRY_VERIFY_WITH_TIMEOUT(heard.source != nullptr, kWaitMs);
        QCOMPARE(heard.source->name, QStringLiteral("mine"));
        QCOMPARE(heard.source->count(), 1);
        QVERIFY(heard.source->folder.empty() && heard.source->keepsWeights(0));
        session.readRecord(0);
        session.readWeights(0);
        QCOMPARE(heard.records.size(), std::size_t{1});
        QCOMPARE(heard.weights.size(), std::size_t{1});
        QVERIFY(heard.weights[0].second == file);
    }

    void whatCannotBeReadIsSaid_data() {
        QTest::addColumn<QString>("fault");
        for (const char* fault : {"no folder", "no run", "a damaged run", "a damaged recording", "another network"})
            QTest::addRow("%s", fault) << QString::fromLatin1(fault);
    }
    void whatCannotBeReadIsSaid() {
        QFETCH(QString, fault);
        const auto folder = makeRecordedRun({.name = fault, .epochs = 10, .done = 2});
        if (fault == QStringLiteral("no folder")) std::filesystem::remove_all(folder);
        if (fault == QStringLiteral("no run")) std::filesystem::remove(folder / kRunRecordName);
        if (fault == QStringLiteral("a damaged run")) writeText(folder / kRunRecordName, "{");
        if (fault == QStringLiteral("a damaged recording")) writeText(folder / kConnectionsName, "noise, and no more");
        if (fault == QStringLiteral("another network")) {
            RunRecord record = testRecord({});
            record.spec = *parseNetworkSpec(kTinyModel);
            QVERIFY(writeRunRecord(folder, record).has_value());
        }
        ConnectionsSession session;
        Heard heard(session);
        session.openRun(folder, false, false);
        QTRY_COMPARE_WITH_TIMEOUT(heard.errors.size(), std::size_t{1}, kWaitMs);
        QVERIFY(session.source() == nullptr && heard.source == nullptr);
        QVERIFY(!heard.errors[0].what.empty() && !heard.errors[0].why.empty());
        // It is as good as new.
        session.openRun(makeRecordedRun({.name = QStringLiteral("sound"), .done = 1}), false, false);
        QTRY_VERIFY_WITH_TIMEOUT(heard.source != nullptr, kWaitMs);
    }

    void aDamagedRecordIsSaidWhenItIsAskedForAndTheOthersAreThere() {
        const auto folder = makeRecordedRun({.name = QStringLiteral("spotted"), .epochs = 10, .done = 4});
        const auto index = readConnectionsIndex(folder);
        QVERIFY(index.has_value());
        // A byte in the middle of the second record.
        QFile file(toQString(folder / kConnectionsName));
        QVERIFY(file.open(QIODevice::ReadWrite));
        const qint64 record = static_cast<qint64>(file.size()) / static_cast<qint64>(index->records.size());
        QVERIFY(file.seek(record * 3 / 2 + 400));
        QVERIFY(file.putChar('\x5a'));
        file.close();
        ConnectionsSession session;
        Heard heard(session);
        session.openRun(folder, false, false);
        QTRY_VERIFY_WITH_TIMEOUT(heard.source != nullptr, kWaitMs);
        const int count = heard.source->count();
        session.readRecord(count - 1);
        QTRY_COMPARE_WITH_TIMEOUT(session.kept(), count - 1, kWaitMs);
        QVERIFY(heard.errors.empty());
        session.readRecord(1);
        QTRY_COMPARE_WITH_TIMEOUT(heard.errors.size(), std::size_t{1}, kWaitMs);
        QVERIFY(QString::fromStdString(heard.errors[0].why).contains(QStringLiteral("record 2")));
        QVERIFY(session.source() != nullptr);
    }

    void aFolderThatVanishesLeavesWhatWasRead() {
        const auto folder = makeRecordedRun({.name = QStringLiteral("vanishing"), .epochs = 10, .done = 4});
        ConnectionsSession session;
        Heard heard(session);
        session.openRun(folder, false, false);
        QTRY_VERIFY_WITH_TIMEOUT(heard.source != nullptr, kWaitMs);
        session.readRecord(0);
        QTRY_COMPARE_WITH_TIMEOUT(session.kept(), heard.source->count(), kWaitMs);
        std::filesystem::remove_all(folder);
        session.lookAgain();
        QTRY_COMPARE_WITH_TIMEOUT(heard.errors.size(), std::size_t{1}, kWaitMs);
        QVERIFY(session.source() != nullptr);
        heard.records.clear();
        session.readRecord(2);
        QCOMPARE(heard.records.size(), std::size_t{1});
        session.readWeights(heard.source->count() - 1);
        QTRY_COMPARE_WITH_TIMEOUT(heard.errors.size(), std::size_t{2}, kWaitMs);
    }

    void whatWasOpenedBeforeIsHeardOfNoMore() {
        const auto first = makeRecordedRun({.name = QStringLiteral("first"), .done = 2});
        const auto second = makeRecordedRun({.name = QStringLiteral("second"), .done = 2});
        ConnectionsSession session;
        Heard heard(session);
        session.openRun(first, false, false);
        session.openRun(second, false, false);
        QTRY_VERIFY_WITH_TIMEOUT(heard.source != nullptr, kWaitMs);
        QCOMPARE(heard.source->name, QStringLiteral("second"));
        QCOMPARE(heard.times, 1);
        session.readRecord(0);
        session.close();
        QTest::qWait(50);
        QVERIFY(heard.records.empty() && session.source() == nullptr);
    }

  private:
    PrivateHome m_home;
};

QTEST_MAIN(TestConnectionsSession)
#include "tst_connections_session.moc"
