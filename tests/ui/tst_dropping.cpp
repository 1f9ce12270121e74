#include <QSignalSpy>
#include <QTest>
#include <algorithm>
#include <atomic>
#include <chrono>
#include <thread>

#include "dropping.h"
#include "session/drop_planner.h"
#include "support/toy_experiment.h"
#include "ui_support.h"

using namespace condenser;
using Kind = DropPlan::Kind;
namespace fs = std::filesystem;

class TestDropping : public QObject {
    Q_OBJECT

  private slots:
    void init() { testing::failOnWarnings(); }

    void everyKindIsRecognised() {
        const QString picture = m_home.makePicture(QStringLiteral("one.png"));
        const QString model = m_home.makeFile(QStringLiteral("m.safetensors"), "x");
        m_home.makeFile(QStringLiteral("run/run.json"), "{}");
        const QString data = m_home.makeDataFolder(QStringLiteral("data"), 2);
        m_home.makePicture(QStringLiteral("album/b.png"));
        m_home.makePicture(QStringLiteral("album/a.jpg"));
        m_home.makeFile(QStringLiteral("album/notes.txt"), "no picture");
        m_home.makeFile(QStringLiteral("papers/notes.txt"), "no picture");

        QVERIFY(plan({picture}).kind == Kind::kPictures);
        QVERIFY(plan({model}).kind == Kind::kModel);
        for (const char* name : {"m.pth", "m.pt", "model_best.pth.tar"}) {
            QVERIFY(plan({m_home.makeFile(QLatin1String(name), "x")}).kind == Kind::kModel);
        }
        QVERIFY(plan({m_home.makeFile(QStringLiteral("m.tar"), "x")}).kind == Kind::kPictures);
        QVERIFY(plan({m_home.path(QStringLiteral("run"))}).kind == Kind::kRun);
        QVERIFY(plan({data}).kind == Kind::kData);
        const DropPlan album = plan({m_home.path(QStringLiteral("album"))});
        QVERIFY(album.kind == Kind::kPictures);
        QCOMPARE(album.files.size(), std::size_t{2});
        QCOMPARE(album.files[0].filename(), std::filesystem::path("a.jpg"));
        QVERIFY(album.words.contains(QStringLiteral("2\u00a0pictures")));
        QVERIFY(plan({m_home.path(QStringLiteral("papers"))}).kind == Kind::kNothing);
        for (const char* name : {"list.csv", "cifar-10-binary.tar.gz", "mine.tgz"}) {
            QVERIFY(plan({m_home.makeFile(QString::fromLatin1(name), "x")}).kind == Kind::kData);
        }
        m_home.makeFile(QStringLiteral("digits/t10k-images-idx3-ubyte"), "x");
        m_home.makeFile(QStringLiteral("cifar/data_batch_1.bin"), "x");
        for (const char* name : {"digits", "cifar"}) {
            const DropPlan other = plan({m_home.path(QString::fromLatin1(name))});
            QVERIFY(other.kind == Kind::kData);
            QVERIFY(other.words.contains(QString::fromLatin1(name)));
        }
        // What it is not is for the reader to find, and to say.
        QVERIFY(plan({m_home.path(QStringLiteral("papers/notes.txt"))}).kind == Kind::kPictures);
        QCOMPARE(plan({picture, m_home.path(QStringLiteral("album"))}).files.size(), std::size_t{3});
        QVERIFY(planDrop({}).kind == Kind::kNothing);
    }

    void anExperimentIsTheRunsOfItThatHaveBegun() {
        const fs::path folder = toPath(m_home.path(QStringLiteral("toys")));
        ExperimentPlan toys = test::toyPlan({1, 2});
        fs::create_directories(folder);
        test::must(writeExperiment(folder, {toys, "condenser-cli ablate", "2026-01-31T09:30:00Z"}));
        const DropPlan none = planDrop({folder});
        QVERIFY(none.kind == Kind::kNothing);
        QVERIFY2(none.words.contains(QStringLiteral("toys/experiment.json")), qPrintable(none.words));
        QVERIFY2(none.detail.contains(QStringLiteral("None of its runs")), qPrintable(none.detail));

        test::makeExperiment(folder, toys);
        const DropPlan all = planDrop({folder / ".." / "toys" / ""});
        QVERIFY(all.kind == Kind::kExperiment);
        QCOMPARE(all.words, QStringLiteral("Open the experiment “toys”: 4\u00a0runs"));
        QCOMPARE(all.folder, folder);
        const std::vector<fs::path> bySeed{folder / "runs/densenet-seed1", folder / "runs/c4-seed1",
                                           folder / "runs/densenet-seed2", folder / "runs/c4-seed2"};
        QVERIFY(all.files == bySeed);
        fs::remove_all(bySeed[1]);
        QCOMPARE(planDrop({folder}).files.size(), std::size_t{3});
        QVERIFY(planDrop({folder}).words.endsWith(QStringLiteral("3 of 4\u00a0runs")));

        // A folder of any size is written by somebody.
        toys.seeds.clear();
        for (std::uint64_t seed = 1; seed <= 100; ++seed) toys.seeds.push_back(seed);
        toys.arms.push_back(toys.arms.front());
        toys.arms.back().name = "more";
        test::must(writeExperiment(folder, {toys, "", "2026-01-31T09:30:00Z"}));
        for (const PlannedRun& run : runsOf(toys, folder)) {
            fs::create_directories(run.folder);
            test::writeBytes(run.folder / kRunRecordName, "{}");
        }
        const DropPlan many = planDrop({folder});
        QCOMPARE(many.files.size(), kMostRuns);
        QVERIFY2(many.words.endsWith(QStringLiteral("the first 200 of 300\u00a0runs")), qPrintable(many.words));

        test::writeBytes(folder / kExperimentName, "{");
        const DropPlan broken = planDrop({folder});
        QVERIFY(broken.kind == Kind::kNothing && !broken.detail.isEmpty());
        QVERIFY2(broken.words.contains(QStringLiteral("toys/experiment.json")), qPrintable(broken.words));
    }

    void thousandsAreCutShortAndItIsSaid() {
        const std::vector<std::filesystem::path> many(kMostPictures + 5, toPath(m_home.path(QStringLiteral("x.png"))));
        const DropPlan cut = planDrop(many);
        QCOMPARE(cut.files.size(), kMostPictures);
        QVERIFY(cut.words.contains(QStringLiteral("first")));
    }

    void whatElseItCouldBeIsSaid() {
        const QString data = m_home.makeDataFolder(QStringLiteral("pets"), 2);
        const DropPlan classes = plan({data + QStringLiteral("/train")});
        QVERIFY(classes.kind == Kind::kData && classes.other && classes.other->kind == Kind::kPictures);
        QVERIFY(classes.done.contains(QStringLiteral("sub-folders")));
        const DropPlan album = plan({data + QStringLiteral("/train/round")});
        QVERIFY(album.kind == Kind::kPictures && album.other && album.other->kind == Kind::kData);
        QCOMPARE(album.other->place, toPath(data + QStringLiteral("/train")));
        // With nothing beside it, it is no class of anything.
        m_home.makePicture(QStringLiteral("lonely/holiday/a.png"));
        QVERIFY(!plan({m_home.path(QStringLiteral("lonely/holiday"))}).other);
        const DropPlan all = planPicturesBelow(toPath(data));
        QVERIFY(all.kind == Kind::kPictures);
        QCOMPARE(all.files.size(), std::size_t{6});
    }

    void loopsLinksIntoNowhereAndVanishedFilesDoNoHarm() {
        m_home.makePicture(QStringLiteral("loop/deeper/a.png"));
        const fs::path loop = toPath(m_home.path(QStringLiteral("loop")));
        fs::create_directory_symlink(loop, loop / "deeper" / "again");
        fs::create_symlink(loop / "itself.png", loop / "itself.png");
        fs::create_symlink("/nowhere/at/all", loop / "gone.png");
        QVERIFY(planDrop({loop}).kind == Kind::kData);
        const DropPlan below = planPicturesBelow(loop);
        // Broken links are shown as files that cannot be read; what a link to a folder holds is not counted twice.
        QCOMPARE(std::count(below.files.begin(), below.files.end(), loop / "deeper" / "a.png"), 1);
        QCOMPARE(below.files.size(), std::size_t{3});
        QVERIFY(planDrop({loop / "vanished.png"}).kind == Kind::kPictures);
        QVERIFY(planPicturesBelow(loop / "vanished").kind == Kind::kNothing);
    }

    void anUnreadableFolderSaysSo() {
        const fs::path folder = toPath(m_home.path(QStringLiteral("locked")));
        fs::create_directories(folder);
        fs::permissions(folder, fs::perms::none);
        std::error_code error;
        const fs::directory_iterator look(folder, error);
        const bool locked = static_cast<bool>(error);
        const DropPlan refused = planDrop({folder});
        fs::permissions(folder, fs::perms::owner_all);
        if (!locked) QSKIP("this user may read everything");
        QVERIFY(refused.kind == Kind::kNothing);
        QVERIFY(refused.words.contains(QStringLiteral("cannot be read")));
    }

    // Counted while it looks, and left at once when it is told to.
    void aHugeFolderIsLookedIntoBesideTheWindow() {
        DropPlanner planner;
        QSignalSpy looking(&planner, &DropPlanner::looking), planned(&planner, &DropPlanner::planned);
        std::atomic<bool> ended = false;
        const auto endless = [&](const LookingIn& work) {
            while (!work.stop.stop_requested()) {
                ++*work.entries;
                std::this_thread::sleep_for(std::chrono::milliseconds(1));
            }
            ended = true;
            return DropPlan{};
        };
        QVERIFY(!planner.plan(endless));
        QVERIFY(planner.busy());
        QTRY_VERIFY(!looking.isEmpty() && looking.last().first().toLongLong() > 0);
        // Another one takes its place and is answered; of the first nothing is heard.
        auto answer = planner.plan([](const LookingIn&) {
            return DropPlan{Kind::kNothing, {}, QStringLiteral("second")};
        });
        if (!answer) {
            QTRY_COMPARE(planned.size(), 1);
            answer = planned.first().first().value<DropPlan>();
        }
        QCOMPARE(answer->words, QStringLiteral("second"));
        QVERIFY(ended);
        QVERIFY(!planner.plan(endless));
        planner.cancel();
        QVERIFY(!planner.busy());
    }

  private:
    static DropPlan plan(const QStringList& files) {
        std::vector<fs::path> paths;
        for (const QString& file : files) paths.push_back(toPath(file));
        return planDrop(paths);
    }

    testing::PrivateHome m_home;
};

QTEST_GUILESS_MAIN(TestDropping)
#include "tst_dropping.moc"
