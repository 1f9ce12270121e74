#include "session/sample_run.h"

#include <QAction>
#include <QElapsedTimer>
#include <QFileDialog>
#include <QLabel>
#include <QLineEdit>
#include <QListView>
#include <QPushButton>
#include <QSettings>
#include <QSignalSpy>
#include <QStackedWidget>
#include <QtTest>

#include "classify/classify_page.h"
#include "connections/layer_weights.h"
#include "connections/map_pane.h"
#include "io/connections_file.h"
#include "main_window.h"
#include "run/classifier.h"
#include "run/stored_run.h"
#include "session/recent_files.h"
#include "support/gif_reader.h"
#include "ui_support.h"

using namespace condenser;
using condenser::testing::find;
using condenser::testing::kWaitMs;

namespace {

const QString kName = QStringLiteral("shapes10-tiny");
const QString kModelKey = QStringLiteral("last/model");

QString modelName(const MainWindow& window) {
    return window.findChild<QLabel*>(QStringLiteral("modelName"))->text();
}

}  // namespace

class SampleRunTest : public QObject {
    Q_OBJECT

  private slots:
    void init() {
        testing::failOnWarnings();
        m_home.settings().clear();
        QDir(m_home.path(QStringLiteral("unpacked"))).removeRecursively();
        QVERIFY(QDir().mkpath(m_home.path(QStringLiteral("unpacked"))));
    }

    void itIsARunLikeAnyOther() {
        const auto folder = toPath(m_home.path(QStringLiteral("unpacked")));
        const auto unpacked = unpackSample(folder);
        QVERIFY2(unpacked, unpacked ? "" : unpacked.error().text().c_str());
        const auto run = readStoredRun(folder);
        QVERIFY2(run, run ? "" : run.error().text().c_str());
        QVERIFY(run->state == StoredRunState::kFinished && !run->resumable);
        QCOMPARE(run->epochs.size(), std::size_t{12});
        QCOMPARE(run->record.data, std::string("shapes10"));
        // Nothing of the machine that trained it.
        QVERIFY(run->record.cpu.empty());
        QVERIFY(run->record.command.starts_with("condenser-cli train --data shapes10 --model condensenet-tiny"));
        QVERIFY(run->record.command.find('/') == std::string::npos);

        const auto index = readConnectionsIndex(folder);
        QVERIFY(index.has_value());
        QCOMPARE(index->records.size(), std::size_t{18});  // 12 epochs, before and after each of 3 steps
        const auto layout = layoutOf(run->record.spec, index->layers);
        QVERIFY(layout.has_value());
        QCOMPARE(layout->layers(), 12);
        for (std::size_t i = 0; i < index->records.size(); ++i) QVERIFY(readConnections(folder, i).has_value());
    }

    // The last thing that the record tells is what the model reads.
    void theRecordEndsInTheModel() {
        const auto folder = toPath(m_home.path(QStringLiteral("unpacked")));
        QVERIFY(unpackSample(folder).has_value());
        const auto model = readModelFile(folder / kModelName);
        QVERIFY(model.has_value());
        QVERIFY(model->variant == Variant::kCondensed);
        const auto now = connectionsOf(*model);
        QVERIFY(now.has_value());
        const auto last = readConnections(folder, 17);
        QVERIFY(last.has_value() && last->key.epoch == 12);
        QCOMPARE(now->record.layers.size(), last->layers.size());
        for (std::size_t i = 0; i < last->layers.size(); ++i)
            QCOMPARE(now->record.layers[i].mask, last->layers[i].mask);
    }

    void itKnowsItsShapes() {
        const auto folder = toPath(m_home.path(QStringLiteral("unpacked")));
        QVERIFY(unpackSample(folder).has_value());
        const auto model = readModelFile(folder / kModelName);
        QVERIFY(model.has_value());
        ThreadPool pool(1);
        auto classifier = Classifier::make(*model, pool);
        QVERIFY(classifier.has_value());
        int right = 0;
        for (int i = 0; i < 100; ++i) {
            const auto shape = drawShape(ShapesPart::kTest, i);
            const auto answer = classifier->classify(shape.picture);
            right += answer.answer().top.front().name == model->classes[static_cast<std::size_t>(shape.label)];
        }
        QVERIFY(right >= 90);
    }

    void itStaysSmall() {
        qint64 size = 0;
        for (const QFileInfo& file : QDir(QStringLiteral(CONDENSER_FIXTURES "/../../resources/sample")).entryInfoList())
            size += file.isFile() ? file.size() : 0;
        QVERIFY(size > 0 && size < 500'000);
    }

    void unpackedOnceAndRemovedInTheEnd() {
        std::filesystem::path folder;
        {
            SampleRun sample;
            QVERIFY(sample.folder().empty() && sample.modelFile().empty());
            QSignalSpy unpacked(&sample, &SampleRun::unpacked);
            sample.unpack();
            sample.unpack();
            QTRY_COMPARE_WITH_TIMEOUT(unpacked.size(), 1, kWaitMs);
            folder = sample.folder();
            QCOMPARE(toQString(folder.filename()), kName);
            QVERIFY(std::filesystem::exists(sample.modelFile()));
            sample.unpack();
            QCOMPARE(unpacked.size(), 2);
            QCOMPARE(sample.folder(), folder);
        }
        QVERIFY(!std::filesystem::exists(folder.parent_path()));
    }

    void withoutRoomThereIsNone() {
        const auto nowhere = unpackSample(toPath(m_home.path(QStringLiteral("not/there"))));
        QVERIFY(!nowhere);
        QCOMPARE(nowhere.error().code, ErrorCode::kWrite);
        const QByteArray temporary = qgetenv("TMPDIR");
        qputenv("TMPDIR", QFile::encodeName(m_home.makeFile(QStringLiteral("no-folder"), "")));
        {
            SampleRun sample;
            QSignalSpy unpacked(&sample, &SampleRun::unpacked);
            sample.unpack();
            QTest::qWait(20);
            QCOMPARE(unpacked.size(), 0);
            QVERIFY(sample.folder().empty());
        }
        temporary.isEmpty() ? qunsetenv("TMPDIR") : qputenv("TMPDIR", temporary);
    }

    // All pages share it, all say what it is, and nothing remembers it.
    void aFirstStartShowsIt() {
        MainWindow window(m_home.settings());
        window.resize(1100, 700);
        window.show();
        QVERIFY(QTest::qWaitForWindowExposed(&window));
        QElapsedTimer clock;
        clock.start();
        window.restoreLastTime();
        const qint64 took = clock.elapsed();
        qInfo("restoring took %lld ms on the window's thread", took);
        QVERIFY(took < 100);  // about 1 on a quiet machine
        QTRY_COMPARE_WITH_TIMEOUT(modelName(window), kName, kWaitMs);
        QVERIFY(find<QLabel>(window, "modelDetail")->text().startsWith(QStringLiteral("sample\nepoch ")));
        QCOMPARE(find<QStackedWidget>(window, "pages")->currentIndex(), 0);

        window.open({toPath(m_home.makePicture(QStringLiteral("one.png")))});
        auto* answers = find<QListView>(window, "answerList");
        QTRY_COMPARE_WITH_TIMEOUT(answers->model()->rowCount(), 1, kWaitMs);
        const auto& answer = find<ClassifyPage>(window, "classifyPage")->answers().at(0);
        QTRY_VERIFY_WITH_TIMEOUT(answer.state == AnsweredPicture::State::kAnswered, kWaitMs);
        QVERIFY(answer.model.contains(QStringLiteral("sample")));
        QVERIFY(find<QLabel>(window, "answerModel")->text().contains(QStringLiteral("sample")));
        QVERIFY(find<QLabel>(window, "classifySample")->isVisible());
        QVERIFY(find<QLabel>(window, "classifySample")->text().startsWith(QStringLiteral("The sample answers")));
        QVERIFY(find<QLabel>(window, "classifySample")->text().contains(QStringLiteral("triangle")));
        keep(window, "classify");
        // Its record, on the Connections page.
        find<QPushButton>(window, "navConnections")->click();
        QTRY_VERIFY_WITH_TIMEOUT(find<QLabel>(window, "connectionsSample")->isVisible(), kWaitMs);
        QCOMPARE(find<MapPane>(window, "mapPane")->title(), QStringLiteral("shapes10-tiny (sample) · epoch 12"));
        keep(window, "connections");
        exportAnimation(window);
        keep(window, "animation");
        QVERIFY(!m_home.settings().contains(kModelKey));
        QVERIFY(!m_home.settings().contains(QStringLiteral("last/run")));
        QVERIFY(RecentFiles(m_home.settings()).entries().isEmpty());

        // The first that is opened takes its place.
        const QString file = m_home.path(QStringLiteral("mine.safetensors"));
        QVERIFY(writeModelFile(toPath(file), testing::makeModel()).has_value());
        window.open({toPath(file)});
        QTRY_COMPARE_WITH_TIMEOUT(modelName(window), QStringLiteral("mine.safetensors"), kWaitMs);
        QVERIFY(!find<QLabel>(window, "modelDetail")->text().contains(QStringLiteral("sample")));
        QVERIFY(!find<QLabel>(window, "classifySample")->isVisible());
        QVERIFY(m_home.settings().value(kModelKey).toString().endsWith(QStringLiteral("mine.safetensors")));
    }

    void whatIsOpenedAtOnceComesInstead() {
        const QString file = m_home.path(QStringLiteral("mine.safetensors"));
        QVERIFY(writeModelFile(toPath(file), testing::makeModel()).has_value());
        MainWindow window(m_home.settings());
        window.show();
        window.restoreLastTime();
        window.open({toPath(file)});
        QTRY_COMPARE_WITH_TIMEOUT(modelName(window), QStringLiteral("mine.safetensors"), kWaitMs);
        QTest::qWait(100);
        QCOMPARE(modelName(window), QStringLiteral("mine.safetensors"));
    }

    void theSecondTimeThereIsNone() {
        m_home.settings().setValue(kModelKey, m_home.path(QStringLiteral("gone.safetensors")));
        MainWindow window(m_home.settings());
        window.show();
        window.restoreLastTime();
        QTest::qWait(100);
        QCOMPARE(modelName(window), QStringLiteral("none yet"));
    }

  private:
    // All of its moments, as the window exports them.
    void exportAnimation(MainWindow& window) {
        const QString file = m_home.path(QStringLiteral("film.gif"));
        find<QAction>(*find<QWidget>(window, "mapPane"), "saveAnimation")->trigger();
        auto* dialog = find<QFileDialog>(window, "exportDialog");
        dialog->findChild<QLineEdit*>(QStringLiteral("fileNameEdit"))->setText(file);
        QTest::keyClick(dialog, Qt::Key_Return);
        QTRY_VERIFY_WITH_TIMEOUT(
            find<QLabel>(window, "animationTitle")->text().startsWith(QStringLiteral("Saved as film.gif")), kWaitMs);
        QCOMPARE(test::decodeWholeGif(toPath(file)).frames.size(), std::size_t{18});
    }
    // To be looked at, if a folder is named.
    static void keep(QWidget& window, const char* page) {
        const QString folder = qEnvironmentVariable("CONDENSER_GRABS");
        if (!folder.isEmpty())
            QVERIFY(window.grab().save(QStringLiteral("%1/sample-%2.png").arg(folder, QLatin1String(page))));
    }

    testing::PrivateHome m_home;
};

QTEST_MAIN(SampleRunTest)
#include "tst_sample_run.moc"
