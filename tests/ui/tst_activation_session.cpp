#include <QSignalSpy>
#include <QTest>

#include "classify/activation_session.h"
#include "session/engine_use.h"
#include "ui_support.h"

using namespace condenser;
using condenser::testing::kWaitMs;
using MapsPtr = std::shared_ptr<const ActivationMaps>;

class TestActivationSession : public QObject {
    Q_OBJECT

  private slots:
    void init() { testing::failOnWarnings(); }

    void mapsOfFilesAndOfPastedPicturesAreTheSame() {
        ActivationSession session;
        QSignalSpy computed(&session, &ActivationSession::computed), failed(&session, &ActivationSession::failed);
        session.compute(m_model, nullptr, toPath(m_home.makePicture(QStringLiteral("a.png"), 4)), {2, 7});
        QTRY_COMPARE_WITH_TIMEOUT(computed.count(), 1, kWaitMs);
        const auto ofFile = computed.at(0).at(0).value<MapsPtr>();
        QCOMPARE(ofFile->maps.size(), std::size_t{2});
        QCOMPARE(ofFile->maps[1].classIndex, 7);
        QCOMPARE(ofFile->seen.width, 32);

        const auto pasted = std::make_shared<const Picture>(drawShape(ShapesPart::kTest, 4).picture);
        session.compute(m_model, pasted, {}, {7});
        QTRY_COMPARE_WITH_TIMEOUT(computed.count(), 2, kWaitMs);
        QVERIFY(computed.at(1).at(0).value<MapsPtr>()->maps.front().values == ofFile->maps[1].values);

        // What is chosen again is there already; another class needs no file.
        session.compute(m_model, pasted, {}, {7});
        QTRY_COMPARE_WITH_TIMEOUT(computed.count(), 3, kWaitMs);
        QVERIFY(computed.at(2).at(0).value<MapsPtr>() == computed.at(1).at(0).value<MapsPtr>());
        session.compute(m_model, pasted, {}, {2});
        QTRY_COMPARE_WITH_TIMEOUT(computed.count(), 4, kWaitMs);
        QVERIFY(computed.at(3).at(0).value<MapsPtr>()->maps.front().values == ofFile->maps[0].values);
        QCOMPARE(failed.count(), 0);
    }

    void onlyTheNewestIsHeardOf() {
        ActivationSession session;
        QSignalSpy computed(&session, &ActivationSession::computed), failed(&session, &ActivationSession::failed);
        const auto picture = toPath(m_home.makePicture(QStringLiteral("a.png"), 4));
        for (int k = 0; k < 8; ++k) session.compute(m_model, nullptr, picture, {k});
        session.compute(m_model, nullptr, toPath(m_home.path(QStringLiteral("absent.png"))), {});
        QTRY_COMPARE_WITH_TIMEOUT(failed.count(), 1, kWaitMs);
        QCOMPARE(computed.count(), 0);
        session.compute(m_model, nullptr, picture, {});
        session.forget();
        session.compute(m_model, nullptr, picture, {3});
        QTRY_COMPARE_WITH_TIMEOUT(computed.count(), 1, kWaitMs);
        QCOMPARE(computed.at(0).at(0).value<MapsPtr>()->maps.front().classIndex, 3);
    }

    // Whoever measures has the engine; waiting for it must not keep the window from closing.
    void waitsForTheEngineAndCanBeLeft() {
        QVERIFY(engine().lock());
        {
            ActivationSession session;
            session.compute(m_model, nullptr, toPath(m_home.makePicture(QStringLiteral("a.png"), 4)), {});
            QTest::qWait(30);
        }
        engine().unlock();
    }

  private:
    testing::PrivateHome m_home;
    std::shared_ptr<const ModelFile> m_model = std::make_shared<const ModelFile>(testing::makeModel());
};

QTEST_GUILESS_MAIN(TestActivationSession)
#include "tst_activation_session.moc"
