#include "connections/animation_export.h"

#include <QFileDialog>
#include <QLabel>
#include <QLineEdit>
#include <QPainter>
#include <QProgressBar>
#include <QPushButton>
#include <QtTest>
#include <algorithm>
#include <atomic>
#include <numeric>

#include "connections/map_frames.h"
#include "run_folders.h"
#include "support/gif_reader.h"
#include "ui_support.h"

using namespace condenser;
using condenser::testing::find;
using condenser::testing::kWaitMs;

namespace fs = std::filesystem;

namespace {

constexpr int kWidth = 240, kHeight = 90, kMoments = 6;

// What is painted tells what was read: as grey as connections are left, `weights` red.
Exhibit frameOf(const AnimationMoment& moment) {
    const auto& mask = moment.record->layers.front().mask;
    const int kept = static_cast<int>(std::ranges::count(mask, 1)) * 255 / static_cast<int>(mask.size());
    const QColor colour(moment.weights != nullptr ? 255 : kept, kept, kept);
    return {QStringLiteral("x"),
            QSize(kWidth, kHeight),
            [colour](QPainter& painter) { painter.fillRect(QRect(0, 0, kWidth, kHeight), colour); },
            {}};
}

// Epochs 1, 2, before and after the one step, epochs 3, 4. A connection less at each.
ConnectionsSourcePtr makeSource(const fs::path& folder) {
    auto source = std::make_shared<ConnectionsSource>();
    source->name = QStringLiteral("run one");
    source->folder = folder;
    source->spec = parseNetworkSpec(testing::kTinyModel).value();
    source->layout = layoutOf(source->spec);
    source->stepsPerEpoch = 10;
    source->epochs = 4;
    source->condensing = {{1, 20, 2.0, 0.5}};
    source->layers = {{"features.denseblock_1.denselayer_1.conv_1", 2, 8, 8},
                      {"features.denseblock_2.denselayer_1.conv_1", 2, 12, 8}};
    using Moment = ConnectionsMoment;
    source->moments = {{Moment::kEpochEnd, 1, 10, 0},  {Moment::kEpochEnd, 2, 20, 0}, {Moment::kBeforeStep, 2, 20, 0},
                       {Moment::kAfterStep, 2, 20, 1}, {Moment::kEpochEnd, 3, 30, 1}, {Moment::kEpochEnd, 4, 40, 1}};
    source->models.resize(kMoments);
    fs::create_directories(folder);
    for (int moment = 0; moment < kMoments; ++moment) {
        ConnectionsRecord record{source->moments[static_cast<std::size_t>(moment)], {}};
        for (const ConnectionsLayer& layer : source->layers) {
            const auto cells = static_cast<std::size_t>(layer.groups * layer.inputs);
            LayerConnections connections{std::vector<std::uint8_t>(cells, 1), std::vector<float>(cells, 1)};
            std::fill_n(connections.mask.begin(), moment, std::uint8_t{0});
            std::fill_n(connections.importance.begin(), moment, 0.0f);
            record.layers.push_back(connections);
        }
        if (auto ok = appendConnections(folder, source->layers, record); !ok) qFatal("%s", ok.error().text().c_str());
    }
    return source;
}

int greyOf(int moment) {
    return (16 - moment) * 255 / 16;
}

}  // namespace

class AnimationExportTest : public QObject {
    Q_OBJECT

  private slots:
    void init() {
        testing::failOnWarnings();
        m_place = std::make_unique<QTemporaryDir>();
        m_source = makeSource(path("run"));
        m_state = std::make_unique<ConnectionsState>();
        m_state->setSource(m_source);
        m_export = std::make_unique<AnimationExport>(*m_state);
        m_export->setTheme(lightTheme());
        QVERIFY(!m_export->isVisible());
    }
    void cleanup() {
        m_export.reset();
        m_state.reset();
    }

    void everyMomentIsAFrameOfTheGif() {
        m_export->write(path("film.gif"), frameOf);
        QVERIFY(m_export->active() && m_export->isVisible());
        waitForEnd();
        const test::DecodedGif gif = test::decodeWholeGif(path("film.gif"));
        QCOMPARE(gif.frames.size(), std::size_t{kMoments});
        QCOMPARE(gif.width, kWidth);
        QVERIFY(gif.height > kHeight);  // the caption
        QVERIFY(gif.forEver);
        for (int moment = 0; moment < kMoments; ++moment) {
            const auto& pixels = gif.frames[static_cast<std::size_t>(moment)].pixels;
            for (std::size_t i = 0; i < 3; ++i) QCOMPARE(int{pixels[i]}, greyOf(moment));
            // The caption differs from moment to moment, too.
            const auto captionAt = static_cast<std::ptrdiff_t>(kWidth) * kHeight * 3;
            for (int other = 0; other < moment; ++other) {
                const auto& otherPixels = gif.frames[static_cast<std::size_t>(other)].pixels;
                QVERIFY(!std::equal(pixels.begin() + captionAt, pixels.end(), otherPixels.begin() + captionAt));
            }
        }
        QCOMPARE(gif.frames.back().delay, 200);
        QVERIFY(title().contains(QStringLiteral("film.gif")));
        QVERIFY(detail().startsWith(QStringLiteral("6")) && detail().contains(QStringLiteral("frames")));
        QVERIFY(find<QPushButton>(*m_export, "animationOpen")->isVisible());
        find<QPushButton>(*m_export, "animationClose")->click();
        QVERIFY(!m_export->isVisible());
        QVERIFY(fs::exists(path("film.gif")));
    }

    void orAFolderOfPictures() {
        m_export->write(path("film.png"), frameOf);
        waitForEnd();
        QCOMPARE(entries(path("film")), kMoments);
        for (int moment = 0; moment < kMoments; ++moment) {
            const QImage frame(toQString(path("film") / ("frame-000" + std::to_string(moment + 1) + ".png")));
            QVERIFY(!frame.isNull());
            QCOMPARE(frame.width(), 2 * kWidth);
            QCOMPARE(frame.pixelColor(5, 5).red(), greyOf(moment));
        }
        QCOMPARE(entries(path("")), 2);  // it and the run
        // Not into a folder that has something in it.
        m_export->write(path("film.png"), frameOf);
        waitForEnd();
        QVERIFY(detail().contains(QStringLiteral("something of this name")));
        QCOMPARE(entries(path("film")), kMoments);
    }

    // Slow at first, so that condensing is seen, and never a slide show.
    void delays() {
        const std::vector<int> all{0, 1, 2, 3, 4, 5};
        QCOMPARE(frameDelays(*m_source, all), (std::vector<int>{50, 50, 50, 50, 50, 200}));
        ConnectionsSource longRun = *m_source;
        longRun.moments.assign(100, {ConnectionsMoment::kEpochEnd, 1, 10, 0});
        longRun.moments[50].moment = ConnectionsMoment::kBeforeStep;
        std::vector<int> many(100);
        std::iota(many.begin(), many.end(), 0);
        const std::vector<int> delays = frameDelays(longRun, many);
        QCOMPARE(delays[0], 10);
        QCOMPARE(delays[50], 50);
        QCOMPARE(delays[99], 200);
    }

    // One group needs the weights, which are kept at few moments.
    void aGroupHasTheMomentsThatKeepWeights() {
        auto source = std::make_shared<ConnectionsSource>(*m_source);
        const fs::path model = path("step-1.safetensors");
        QVERIFY(writeModelFile(model, testing::makeModel()).has_value());
        source->models[2] = model;
        m_state->setSource(source);
        m_state->setPlace({MapLevel::kGroup, 0, 1});
        m_export->write(path("one.gif"), frameOf);
        QVERIFY(!m_export->active());
        QVERIFY(detail().contains(QStringLiteral("one level up")));
        QVERIFY(!fs::exists(path("one.gif")));

        source = std::make_shared<ConnectionsSource>(*source);
        source->models[5] = model;
        m_state->setSource(source);
        m_state->setPlace({MapLevel::kGroup, 0, 1});
        m_export->write(path("two.gif"), frameOf);
        QVERIFY(detail().contains(QStringLiteral("Weights are kept at 2 of 6 moments")));
        waitForEnd();
        QVERIFY(detail().contains(QStringLiteral("Weights are kept at 2 of 6 moments")));
        const test::DecodedGif gif = test::decodeWholeGif(path("two.gif"));
        QCOMPARE(gif.frames.size(), std::size_t{2});
        QCOMPARE(int{gif.frames[1].pixels[0]}, 255);
        QCOMPARE(int{gif.frames[1].pixels[1]}, greyOf(5));
    }

    void whatWouldNotMoveIsSaid() {
        auto single = std::make_shared<ConnectionsSource>(*m_source);
        single->moments.resize(1);
        single->models.resize(1);
        for (const ConnectionsSourcePtr& source : {ConnectionsSourcePtr(single), ConnectionsSourcePtr()}) {
            m_state->setSource(source);
            m_export->ask(QStringLiteral("film"), frameOf);
            QVERIFY(m_export->isVisible() && !m_export->active());
            QVERIFY(detail().contains(QStringLiteral("more than one moment")));
            QVERIFY(m_export->findChild<QFileDialog*>() == nullptr);
            find<QPushButton>(*m_export, "animationClose")->click();
        }
    }

    // Nothing remains, and what comes late from the worker shows nothing any more.
    void cancelled() {
        for (const char* name : {"film.gif", "film.png"}) {
            std::atomic<int> begun = 0;
            std::atomic<bool> goOn = false;
            m_export->write(path(name), [&](const AnimationMoment& moment) {
                ++begun;
                while (!goOn) QThread::msleep(1);
                return frameOf(moment);
            });
            QTRY_COMPARE_WITH_TIMEOUT(begun.load(), 1, kWaitMs);
            QCOMPARE(find<QPushButton>(*m_export, "animationClose")->text(), QStringLiteral("Cancel"));
            find<QPushButton>(*m_export, "animationClose")->click();
            QVERIFY(!m_export->isVisible() && !m_export->active());
            goOn = true;
            QTRY_COMPARE_WITH_TIMEOUT(entries(path("")), 1, kWaitMs);  // the run
            QTest::qWait(20);
            QVERIFY(!m_export->isVisible());
            QCOMPARE(begun.load(), 1);
        }
    }

    // As a window that is closed.
    void destroyedAmidItsWork() {
        m_export->write(path("film.gif"), [](const AnimationMoment& moment) {
            QThread::msleep(5);
            return frameOf(moment);
        });
        m_export.reset();
        QCOMPARE(entries(path("")), 1);
    }

    void whatGoesWrongIsSaid() {
        m_export->write(path("none") / "film.gif", frameOf);
        waitForEnd();
        QVERIFY(title().contains(QStringLiteral("film.gif")));
        QCOMPARE(find<QFrame>(*m_export, "animationRow")->property("notice").toString(), QStringLiteral("error"));
        m_export->write(path("run") / kConnectionsName / "film.png", frameOf);  // no folder
        waitForEnd();
        QCOMPARE(find<QFrame>(*m_export, "animationRow")->property("notice").toString(), QStringLiteral("error"));
        QVERIFY(!detail().isEmpty());
        m_export->write(path("film.gif"), [](const AnimationMoment&) -> Exhibit { throw std::bad_alloc(); });
        waitForEnd();
        QVERIFY(detail().contains(QStringLiteral("lose other programs")));
        // A run that was taken back to a checkpoint meanwhile.
        QVERIFY(cutConnections(path("run"), 2, 20).has_value());
        m_export->write(path("film.gif"), frameOf);
        waitForEnd();
        QVERIFY2(detail().contains(QStringLiteral("no longer in the record")), qPrintable(detail()));
        fs::remove_all(path("run"));
        m_export->write(path("film.png"), frameOf);
        waitForEnd();
        QCOMPARE(find<QFrame>(*m_export, "animationRow")->property("notice").toString(), QStringLiteral("error"));
        QCOMPARE(entries(path("")), 0);
    }

    // The filter decides; by keyboard alone.
    void theDialogAsks() {
        m_export->ask(QStringLiteral("connections-1.1"), frameOf);
        auto* dialog = find<QFileDialog>(*m_export, "exportDialog");
        QCOMPARE(dialog->nameFilters().size(), 2);
        dialog->setDirectory(toQString(path("")));
        dialog->selectNameFilter(dialog->nameFilters().last());
        emit dialog->filterSelected(dialog->nameFilters().last());
        auto* name = dialog->findChild<QLineEdit*>(QStringLiteral("fileNameEdit"));
        QCOMPARE(name->text(), QStringLiteral("connections-1.1.png"));
        name->setText(toQString(path("connections-1.1.png")));
        // What is animated stands since the question.
        m_state->setSource(nullptr);
        QTest::keyClick(name, Qt::Key_Return);
        waitForEnd();
        QCOMPARE(entries(path("connections-1.1")), kMoments);
    }

    // What the map shows: another picture at each place, and the same at each time.
    void theMapIsTheFrame() {
        const auto record = readConnections(path("run"), 3);
        QVERIFY(record.has_value());
        const auto weights = std::make_shared<const ModelFile>(testing::makeModel());
        const AnimationMoment moment{std::make_shared<const ConnectionsRecord>(*record), weights};
        QList<QImage> seen;
        QStringList names;
        const auto look = [&] {
            const auto frame = mapFrames(*m_state, darkTheme(), m_export->font());
            const QImage picture = pictureOf(frame(moment), 1);
            QCOMPARE(pictureOf(frame(moment), 1), picture);
            for (const QImage& other : seen) QVERIFY(other != picture);
            seen << picture;
            names << mapFramesName(*m_state);
        };
        look();
        m_state->setPlace({MapLevel::kLayer, 1, 0});
        look();
        m_state->setArrangement(Arrangement::kByIndex);
        look();
        m_state->setPlace({MapLevel::kGroup, 1, 1});
        look();
        QCOMPARE(names, (QStringList{QStringLiteral("connections"), QStringLiteral("connections-2.1"),
                                     QStringLiteral("connections-2.1"), QStringLiteral("connections-2.1-group2")}));
        m_state->setSource(nullptr);
        QVERIFY(!mapFrames(*m_state, darkTheme(), m_export->font()));
    }

    // To be looked at, if a folder is named.
    void keepPictures() {
        const QString folder = qEnvironmentVariable("CONDENSER_GRABS");
        if (folder.isEmpty()) return;
        m_export->resize(620, m_export->sizeHint().height());
        m_export->write(path("film.png"), frameOf);
        m_export->grab().save(folder + QStringLiteral("/animation-row.png"));
        waitForEnd();
        m_export->grab().save(folder + QStringLiteral("/animation-done.png"));
        QFile::copy(toQString(path("film") / "frame-0004.png"), folder + QStringLiteral("/animation-frame.png"));
    }

  private:
    fs::path path(const char* name) const { return toPath(m_place->path()) / name; }
    QString title() const { return find<QLabel>(*m_export, "animationTitle")->text(); }
    QString detail() const { return find<QLabel>(*m_export, "animationDetail")->text(); }
    void waitForEnd() { QTRY_VERIFY_WITH_TIMEOUT(!m_export->active(), kWaitMs); }
    static int entries(const fs::path& folder) {
        return static_cast<int>(std::distance(fs::directory_iterator(folder), fs::directory_iterator()));
    }

    std::unique_ptr<QTemporaryDir> m_place;
    ConnectionsSourcePtr m_source;
    std::unique_ptr<ConnectionsState> m_state;
    std::unique_ptr<AnimationExport> m_export;
};

QTEST_MAIN(AnimationExportTest)
#include "tst_animation_export.moc"
