#include <QSignalSpy>
#include <QTest>

#include "connections/connections_state.h"
#include "recorded_runs.h"

using namespace condenser;
using namespace condenser::testing;

namespace {

ConnectionsSourcePtr sourceOf(int epochs, bool training, const QString& name = QStringLiteral("run")) {
    const RunRecord record = testRecord({.epochs = 10, .done = epochs});
    auto source = std::make_shared<ConnectionsSource>();
    source->name = name;
    source->folder = toPath(QStringLiteral("/nowhere/") + name);
    source->training = training;
    source->spec = record.spec;
    source->layout = layoutOf(record.spec);
    source->layers = layersOf(record.spec);
    source->moments = recordedKeys(record, epochs);
    source->models.resize(source->moments.size());
    source->models.back() = source->folder / kLastName;
    source->stepsPerEpoch = record.stepsPerEpoch;
    return source;
}

}  // namespace

class TestConnectionsState : public QObject {
    Q_OBJECT

  private slots:
    void init() {
        failOnWarnings();
        m_state = std::make_unique<ConnectionsState>();
        m_wanted.clear();
        connect(m_state.get(), &ConnectionsState::recordWanted, this, [this](int moment) { m_wanted << moment; });
    }

    void theNewestMomentIsShownFirst() {
        QSignalSpy chosen(m_state.get(), &ConnectionsState::momentChosen);
        m_state->setSource(sourceOf(3, false));
        QCOMPARE(m_state->moment(), m_state->source()->count() - 1);
        QCOMPARE(m_wanted, QList<int>{m_state->moment()});
        QCOMPARE(chosen.count(), 0);
        m_state->setMoment(1);
        QCOMPARE(chosen.count(), 1);
        QVERIFY(!m_state->following());
        m_state->setMoment(99);
        QCOMPARE(m_state->moment(), 1);
    }

    void whoeverHearsOfASourceFindsAMomentOfIt() {
        m_state->setSource(sourceOf(9, false));
        int moment = -2;
        connect(m_state.get(), &ConnectionsState::sourceChanged, this, [&] { moment = m_state->moment(); });
        m_state->setSource(sourceOf(1, false, QStringLiteral("short")));
        QCOMPARE(moment, 0);
        m_state->setSource(nullptr);
        QCOMPARE(moment, -1);
        QVERIFY(m_state->record() == nullptr);
    }

    void aRunInTrainingIsFollowedUntilAnotherMomentIsChosen() {
        m_state->setSource(sourceOf(2, true));
        m_state->setSource(sourceOf(3, true));
        QCOMPARE(m_state->moment(), m_state->source()->count() - 1);
        m_state->setMoment(1);
        m_state->setSource(sourceOf(4, true));
        QCOMPARE(m_state->moment(), 1);
        m_state->setFollowing(true);
        QCOMPARE(m_state->moment(), m_state->source()->count() - 1);
        m_state->setMoment(1);
        m_state->setMoment(m_state->source()->count() - 1);
        QVERIFY(m_state->following());
    }

    void aMomentThatWasCutAwayGivesWayToTheLast() {
        m_state->setSource(sourceOf(8, true));
        m_state->setMoment(m_state->source()->count() - 2);
        m_state->setSource(sourceOf(2, true));
        QCOMPARE(m_state->moment(), m_state->source()->count() - 1);
    }

    void placeAndTraceAreKeptInRunsOfTheSameNetwork() {
        m_state->setSource(sourceOf(3, false));
        m_state->setPlace({MapLevel::kLayer, 4, 1});
        m_state->setTrace({.what = Trace::What::kReads, .layer = 4, .group = 1});
        m_state->setSource(sourceOf(5, false, QStringLiteral("twin")));
        QVERIFY(m_state->place() == (MapPlace{MapLevel::kLayer, 4, 1}));
        QVERIFY(m_state->trace().what == Trace::What::kReads);
        auto other = std::make_shared<ConnectionsSource>(*sourceOf(3, false, QStringLiteral("other")));
        other->spec = *parseNetworkSpec(kTinyModel);
        other->layout = layoutOf(other->spec);
        other->layers = layersOf(other->spec);
        m_state->setSource(other);
        QVERIFY(m_state->place() == MapPlace());
        QVERIFY(m_state->trace() == Trace());
    }

    void weightsAreReadOnceForAMomentThatIsShownOn() {
        QSignalSpy weights(m_state.get(), &ConnectionsState::weightsWanted);
        auto two = sourceOf(2, true);
        m_state->setSource(two);
        QCOMPARE(weights.count(), 1);
        m_state->setWeights(m_state->moment(), std::make_shared<const ModelFile>());
        m_state->setFollowing(false);
        // The same moment in a longer run, its file as before.
        auto three = std::make_shared<ConnectionsSource>(*sourceOf(3, true));
        three->models[two->models.size() - 1] = two->models.back();
        m_state->setSource(three);
        QCOMPARE(weights.count(), 1);
        QVERIFY(m_state->weights() != nullptr);
        // The file has become a later moment's.
        m_state->setSource(sourceOf(4, true));
        QVERIFY(m_state->weights() == nullptr);
    }

    void whatComesTooLateIsNotShown() {
        m_state->setSource(sourceOf(3, false));
        m_state->setMoment(1);
        m_state->setRecord(0, std::make_shared<const ConnectionsRecord>());
        QVERIFY(m_state->record() == nullptr);
        const auto record = std::make_shared<const ConnectionsRecord>();
        m_state->setRecord(1, record);
        QCOMPARE(m_state->record(), record);
        m_state->setMoment(2);
        QCOMPARE(m_state->recordMoment(), 1);  // until the new one is here
    }

  private:
    std::unique_ptr<ConnectionsState> m_state;
    QList<int> m_wanted;
};

QTEST_GUILESS_MAIN(TestConnectionsState)
#include "tst_connections_state.moc"
