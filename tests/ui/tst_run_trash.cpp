// Runs into the desktop's trash and back; never one that trains.
#include <QApplication>
#include <QTest>

#include "io/run_lock.h"
#include "run_folders.h"
#include "session/run_trash.h"

using namespace condenser;
using namespace condenser::testing;

class RunTrashTest : public QObject {
    Q_OBJECT

  private slots:
    void init() {
        failOnWarnings();
        m_home = std::make_unique<PrivateHome>();
        qputenv("HOME", QFile::encodeName(m_home->path(QStringLiteral("."))));
    }

    void goesAndComesBackWhole() {
        const auto folder = makeRun({});
        const auto trashed = moveRunToTrash(folder);
        QVERIFY2(trashed, trashed ? "" : trashed.error().text().c_str());
        QVERIFY(!std::filesystem::exists(folder));
        QVERIFY(std::filesystem::exists(trashed->inTrash / kRunRecordName));
        const auto info = trashed->inTrash.parent_path().parent_path() / "info" /
                          (trashed->inTrash.filename().string() + ".trashinfo");
        QVERIFY(std::filesystem::exists(info));

        QVERIFY(restoreRun(*trashed));
        QVERIFY(std::filesystem::exists(folder / kRunRecordName));
        QVERIFY(std::filesystem::exists(folder / kModelName));
        QVERIFY(!std::filesystem::exists(info));
        QVERIFY(!std::filesystem::exists(trashed->inTrash));
    }

    void aRunThatTrainsStays() {
        const auto folder = makeRun({});
        const auto lock = RunLock::take(folder);
        QVERIFY(lock);
        const auto trashed = moveRunToTrash(folder);
        QVERIFY(!trashed);
        QCOMPARE(trashed.error().code, ErrorCode::kUsage);
        QVERIFY(!deleteRun(folder));
        QVERIFY(std::filesystem::exists(folder / kRunRecordName));
    }

    void aFolderThatIsNoRunStays() {
        const auto folder = toPath(m_home->path(QStringLiteral("pictures")));
        std::filesystem::create_directories(folder);
        QCOMPARE(moveRunToTrash(folder).error().code, ErrorCode::kNotFound);
        QCOMPARE(deleteRun(folder).error().code, ErrorCode::kNotFound);
        QVERIFY(std::filesystem::exists(folder));
    }

    void withoutATrashItStaysAndSaysSo() {
        const auto folder = makeRun({});
        m_home->makeFile(QStringLiteral("data/Trash"), "in the way");
        const auto trashed = moveRunToTrash(folder);
        QVERIFY(!trashed);
        QCOMPARE(trashed.error().code, ErrorCode::kWrite);
        QVERIFY(std::filesystem::exists(folder / kRunRecordName));
        QVERIFY(deleteRun(folder));
        QVERIFY(!std::filesystem::exists(folder));
    }

    void doesNotTakeAnothersPlace() {
        const auto folder = makeRun({});
        const auto trashed = moveRunToTrash(folder);
        QVERIFY(trashed);
        makeRun({});
        QCOMPARE(restoreRun(*trashed).error().code, ErrorCode::kUsage);
        QVERIFY(std::filesystem::exists(trashed->inTrash));
    }

    void anEmptiedTrashIsTold() {
        const auto folder = makeRun({});
        const auto trashed = moveRunToTrash(folder);
        QVERIFY(trashed);
        std::filesystem::remove_all(trashed->inTrash);
        QCOMPARE(restoreRun(*trashed).error().code, ErrorCode::kNotFound);
    }

  private:
    std::unique_ptr<PrivateHome> m_home;
};

QTEST_MAIN(RunTrashTest)
#include "tst_run_trash.moc"
