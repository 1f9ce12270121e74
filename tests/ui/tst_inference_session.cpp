#include <QSignalSpy>
#include <QTest>

#include "session/engine_use.h"
#include "session/inference_session.h"
#include "ui_support.h"

using namespace condenser;
using condenser::testing::kWaitMs;

class TestInferenceSession : public QObject {
    Q_OBJECT

  private slots:
    void init() { testing::failOnWarnings(); }

    void answersPicturesAndRefusesWhatIsNone() {
        InferenceSession session;
        session.setModel({std::make_shared<const ModelFile>(testing::makeModel()), QStringLiteral("tiny"), {}, {}});
        const auto answers = ask(session, {request(1, m_home.makePicture(QStringLiteral("a.png"))),
                                           request(2, m_home.makePicture(QStringLiteral("b.jpg"), 3)),
                                           request(3, m_home.makeFile(QStringLiteral("c.png"), "no picture")),
                                           request(4, m_home.path(QStringLiteral("absent.png")))});
        QCOMPARE(answers.size(), std::size_t{4});
        for (std::size_t i : {0u, 1u}) {
            const auto& prediction = answers[i].result;
            QVERIFY(prediction.has_value());
            QCOMPARE(prediction->answer().top.size(), std::size_t{5});
            QCOMPARE(answers[i].seen.image().width(), 32);
            QCOMPARE(prediction->width, 32);
            for (std::size_t k = 1; k < 5; ++k)
                QVERIFY(prediction->answer().top[k - 1].probability >= prediction->answer().top[k].probability);
            QCOMPARE(answers[i].model.name, QStringLiteral("tiny"));
        }
        for (std::size_t i : {2u, 3u}) {
            QVERIFY(!answers[i].result.has_value());
            QVERIFY(!errorDetail(answers[i].result.error()).isEmpty());
        }
    }

    void pastedPicturesNeedNoFile() {
        InferenceSession session;
        session.setModel({std::make_shared<const ModelFile>(testing::makeModel()), {}, {}, {}});
        PictureRequest pasted;
        pasted.id = 7;
        pasted.picture = std::make_shared<const Picture>(drawShape(ShapesPart::kTest, 1).picture);
        const auto answers = ask(session, {pasted});
        QCOMPARE(answers.size(), std::size_t{1});
        QCOMPARE(answers[0].id, 7);
        QVERIFY(answers[0].result.has_value());
    }

    void gettingReadyAnswersNothing() {
        InferenceSession session;
        QSignalSpy answered(&session, &InferenceSession::answered);
        session.setModel({std::make_shared<const ModelFile>(testing::makeModel()), {}, {}, {}});
        session.getReady();
        QVERIFY(!session.busy());
        const auto answers = ask(session, {request(1, m_home.makePicture(QStringLiteral("a.png")))});
        session.getReady();
        QCOMPARE(answers.size(), std::size_t{1});
        QCOMPARE(answered.count(), 1);
    }

    void withoutAModelNothingHappens() {
        InferenceSession session;
        session.getReady();
        session.classify({request(1, m_home.makePicture(QStringLiteral("a.png")))});
        QVERIFY(!session.busy());
    }

    void aNewRequestCancelsTheOldOne() {
        InferenceSession session;
        session.setModel({std::make_shared<const ModelFile>(testing::makeModel()), {}, {}, {}});
        std::vector<PictureRequest> many;
        const QString picture = m_home.makePicture(QStringLiteral("a.png"));
        for (int i = 0; i < 2000; ++i) many.push_back(request(i, picture));
        session.classify(many);
        const auto answers = ask(session, {request(9999, m_home.makePicture(QStringLiteral("b.png")))});
        QCOMPARE(answers.size(), std::size_t{1});
        QCOMPARE(answers[0].id, 9999);
        QVERIFY(!session.busy());
    }

    // The same answers as without a window, each once, in the order of the request, whatever is decoded beside it.
    void hundredsOfPicturesKeepTheirOrderAndTheirAnswers() {
        const auto model = std::make_shared<const ModelFile>(testing::makeModel());
        InferenceSession session;
        session.setModel({model, {}, {}, {}});
        std::vector<QString> files;
        for (int i = 0; i < 12; ++i) files.push_back(m_home.makePicture(QStringLiteral("many/%1.png").arg(i), i));
        files.push_back(m_home.makeFile(QStringLiteral("many/broken.png"), "no picture"));
        std::vector<PictureRequest> requests;
        for (int i = 0; i < 300; ++i) requests.push_back(request(i, files[static_cast<std::size_t>(i) % files.size()]));
        QSignalSpy answered(&session, &InferenceSession::answered);
        const auto answers = ask(session, requests);
        QCOMPARE(answers.size(), requests.size());
        QVERIFY(answered.count() > 1);  // the first did not wait for the last
        ThreadPool pool(1);
        auto classifier = Classifier::make(*model, pool, Forms::kBoth);
        QVERIFY(classifier.has_value());
        for (std::size_t i = 0; i < answers.size(); ++i) {
            QCOMPARE(answers[i].id, static_cast<qint64>(i));
            const auto direct = classifier->classify(requests[i].path);
            QCOMPARE(answers[i].result.has_value(), direct.has_value());
            if (!direct) continue;
            for (std::size_t form = 0; form < 2; ++form)
                QVERIFY(answers[i].result->forms[form].logits == direct->forms[form].logits);
        }
    }

    void picturesWaitForWhoeverMeasuresAndGoOn() {
        InferenceSession session;
        session.setModel({std::make_shared<const ModelFile>(testing::makeModel()), {}, {}, {}});
        QSignalSpy waits(&session, &InferenceSession::waitsForEngineChanged);
        QSignalSpy finished(&session, &InferenceSession::finished);
        QVERIFY(engine().lock());
        session.classify({request(1, m_home.makePicture(QStringLiteral("a.png")))});
        QTRY_VERIFY_WITH_TIMEOUT(session.waitsForEngine(), kWaitMs);
        // Another model can be opened meanwhile.
        QSignalSpy opened(&session, &InferenceSession::opened);
        const QString file = m_home.path(QStringLiteral("other.safetensors"));
        QVERIFY(writeModelFile(toPath(file), testing::makeModel()).has_value());
        session.open(toPath(file));
        QTRY_COMPARE_WITH_TIMEOUT(opened.count(), 1, kWaitMs);
        QCOMPARE(finished.count(), 0);
        engine().unlock();
        QTRY_COMPARE_WITH_TIMEOUT(finished.count(), 1, kWaitMs);
        QTRY_VERIFY_WITH_TIMEOUT(!session.waitsForEngine(), kWaitMs);
        QCOMPARE(waits.count(), 2);
    }

    void aModelIsOpenedWhileThousandsWait() {
        const QString file = m_home.path(QStringLiteral("meanwhile.safetensors"));
        QVERIFY(writeModelFile(toPath(file), testing::makeModel()).has_value());
        InferenceSession session;
        session.setModel({std::make_shared<const ModelFile>(testing::makeModel()), {}, {}, {}});
        QSignalSpy opened(&session, &InferenceSession::opened), finished(&session, &InferenceSession::finished);
        const QString picture = m_home.makePicture(QStringLiteral("a.png"));
        std::vector<PictureRequest> many;
        for (int i = 0; i < 100'000; ++i) many.push_back(request(i, picture));
        session.classify(many);
        session.open(toPath(file));
        QTRY_COMPARE_WITH_TIMEOUT(opened.count(), 1, kWaitMs);
        QCOMPARE(finished.count(), 0);
        session.cancel();
        QVERIFY(!session.busy());
    }

    void opensModelFilesAndRefusesOthers() {
        const QString good = m_home.path(QStringLiteral("good.safetensors"));
        QVERIFY(writeModelFile(toPath(good), testing::makeModel()).has_value());
        InferenceSession session;
        QSignalSpy opened(&session, &InferenceSession::opened), failed(&session, &InferenceSession::openFailed);
        session.open(toPath(good));
        QTRY_COMPARE_WITH_TIMEOUT(opened.count(), 1, kWaitMs);
        const auto model = opened.at(0).at(0).value<CurrentModel>();
        QVERIFY(model.file != nullptr);
        QCOMPARE(model.path, good);
        QCOMPARE(trainingOf(*model.file), QStringLiteral("epoch 3 · 25.0\u202f% right"));

        session.open(toPath(m_home.makeFile(QStringLiteral("bad.safetensors"), "\1\2\3")));
        QTRY_COMPARE_WITH_TIMEOUT(failed.count(), 1, kWaitMs);

        // Tensors that do not fit their spec are found before anyone asks.
        ModelFile wrong = testing::makeModel();
        wrong.tensors.erase(wrong.tensors.begin());
        const QString misfit = m_home.path(QStringLiteral("misfit.safetensors"));
        QVERIFY(writeModelFile(toPath(misfit), wrong).has_value());
        session.open(toPath(misfit));
        QTRY_COMPARE_WITH_TIMEOUT(failed.count(), 2, kWaitMs);
        QCOMPARE(opened.count(), 1);
    }

    void opensCheckpointsAndSaysWhatTheyLeaveOpen() {
        InferenceSession session;
        QSignalSpy opened(&session, &InferenceSession::opened), failed(&session, &InferenceSession::openFailed);
        const std::filesystem::path fixtures = CONDENSER_FIXTURES;
        session.open(fixtures / "ckpt/condensed_zip.pth.tar");
        QTRY_COMPARE_WITH_TIMEOUT(opened.count(), 1, kWaitMs);
        const auto model = opened.at(0).at(0).value<CurrentModel>();
        QVERIFY(model.assumed.contains(QStringLiteral("32 x 32 pixels")));
        QCOMPARE(model.name, QStringLiteral("condensed_zip.pth.tar"));
        session.setModel(model);
        const auto answers = ask(session, {request(1, m_home.makePicture(QStringLiteral("a.png")))});
        QCOMPARE(answers.size(), std::size_t{1});
        QVERIFY(answers[0].result.has_value());
        QCOMPARE(answers[0].result->answer().top.size(), std::size_t{5});

        session.open(fixtures / "ckpt_bad/reduce_os_system_zip.pth");
        QTRY_COMPARE_WITH_TIMEOUT(failed.count(), 1, kWaitMs);
        QVERIFY(errorDetail(failed.at(0).at(0).value<Error>()).contains(QStringLiteral("os.system")));
    }

  private:
    static PictureRequest request(qint64 id, const QString& file) { return {id, toPath(file), nullptr}; }

    static std::vector<Answer> ask(InferenceSession& session, const std::vector<PictureRequest>& requests) {
        QSignalSpy answered(&session, &InferenceSession::answered), finished(&session, &InferenceSession::finished);
        session.classify(requests);
        if (!QTest::qWaitFor([&] { return finished.count() > 0; }, kWaitMs)) return {};
        std::vector<Answer> all;
        for (const auto& batch : answered) {
            const auto answers = batch.at(0).value<std::vector<Answer>>();
            all.insert(all.end(), answers.begin(), answers.end());
        }
        return all;
    }

    testing::PrivateHome m_home;
};

QTEST_GUILESS_MAIN(TestInferenceSession)
#include "tst_inference_session.moc"
