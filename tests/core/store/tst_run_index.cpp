#include <SQLiteCpp/SQLiteCpp.h>
#include <sys/stat.h>
#include <unistd.h>

#include <QElapsedTimer>
#include <QtTest>
#include <thread>

#include "io/run_note.h"
#include "network/summary.h"
#include "store/index_lock.h"
#include "store/run_index.h"
#include "support/io_faults.h"
#include "support/toy_runs.h"

using namespace condenser;
using namespace condenser::test;

namespace fs = std::filesystem;

namespace {

template <class T>
T take(Result<T> result) {
    if (!result) throw std::runtime_error(result.error().text());
    return std::move(*result);
}

RunIndex openIndex(const fs::path& file) {
    return take(RunIndex::open(file));
}

RunLatency latencyOf(double medianMs) {
    RunLatency latency;
    latency.medianMs = medianMs;
    return latency;
}

using Runs = std::vector<RunSummary>;

Runs refreshed(RunIndex& index, const fs::path& store) {
    return take(index.refresh(store));
}

// All that a line shows; the record by its identity and state.
std::string lineOf(const RunSummary& run) {
    std::string line = fmt::format(
        "{} name={} note={}/{} {} {} problem={} state={} resumable={} epochs={} best={} {} {} s={} macs={} {} {} "
        "bytes={}",
        run.folder.filename().string(), run.name, run.note, run.noteProblem, runIdentity(run.record),
        runStateName(run.record.state), run.problem, static_cast<int>(run.state), run.resumable, run.epochs,
        run.bestEpoch, run.bestTop1.value_or(-1), run.lastTop1.value_or(-1), run.seconds, run.denseMacs,
        run.condensedMacs, run.condensedParams, run.bytes);
    for (const int stage : run.stages) line += fmt::format(" step {}", stage);
    if (run.latency) line += fmt::format(" {} ms on {}", run.latency->medianMs, run.latency->cpu);
    return line;
}

QString linesOf(const Runs& runs) {
    std::string lines;
    for (const RunSummary& run : runs) lines += lineOf(run) + "\n";
    return QString::fromStdString(lines);
}

QStringList namesOf(const Runs& runs) {
    QStringList names;
    for (const RunSummary& run : runs) names << QString::fromStdString(run.name);
    return names;
}

const RunSummary& named(const Runs& runs, const std::string& folder) {
    for (const RunSummary& run : runs) {
        if (run.folder.filename() == folder) return run;
    }
    throw std::runtime_error("no run " + folder);
}

// Three runs, of which `b` is the newest.
void fill(const fs::path& store) {
    makeRun(store / "a", toyRecord(12, "2026-01-01T00:00:00Z"), 12, 9);
    makeRun(store / "b", toyRecord(20, "2026-03-01T00:00:00Z"), 0, 0);
    RunRecord stopped = toyRecord(12, "2026-02-01T00:00:00Z");
    stopped.state = RunState::kStopped;
    makeRun(store / "c", stopped, 7, 2);
    writeBytes(store / "c" / kCheckpointName, std::string(1000, 'x'));
    for (const int stage : {2, 1}) writeBytes(store / "c" / stepModelName(stage), "model");
    must(writeRunNote(store / "c", {"the good one", "tried\nwith less lasso"}));
    for (const char* name : {"a", "b", "c"}) age(store / name);
}

}  // namespace

class RunIndexTest : public QObject {
    Q_OBJECT

  private slots:
    void aLineSaysWhatTheFolderHolds() {
        ScratchFolder place;
        const fs::path store = place / "runs";
        fill(store);
        RunIndex index = openIndex(place / "runs.db");
        QCOMPARE(index.notice(), std::string());
        QVERIFY(take(index.cached()).empty());
        const Runs runs = refreshed(index, store);
        QCOMPARE(namesOf(runs), (QStringList{"b", "the good one", "a"}));

        const RunSummary& c = named(runs, "c");
        QCOMPARE(c.note, std::string("tried\nwith less lasso"));
        QCOMPARE(c.state, StoredRunState::kStopped);
        QVERIFY(c.resumable);
        QCOMPARE(c.epochs, 7);
        QCOMPARE(c.bestEpoch, 7);  // the only one after the last condensing step, half way through 12 epochs
        QCOMPARE(*c.bestTop1, toyRow(7, 2).testTop1);
        QCOMPARE(c.seconds, 17.5);
        QCOMPARE(c.stages, (std::vector{1, 2}));
        std::uintmax_t bytes = 0;
        for (const auto& entry : fs::directory_iterator(c.folder)) bytes += entry.file_size();
        QCOMPARE(c.bytes, std::uint64_t{bytes});
        QVERIFY(c.record.classes.empty());
        QCOMPARE(c.record.model, std::string("condensenet-tiny"));
        QCOMPARE(c.denseMacs, summarize(c.record.spec, CountingMode::kDense).macs);
        QCOMPARE(c.condensedMacs, summarize(c.record.spec, CountingMode::kCondensed).macs);
        QCOMPARE(c.condensedParams, summarize(c.record.spec, CountingMode::kCondensed).params);

        const RunSummary& a = named(runs, "a");
        QCOMPARE(a.state, StoredRunState::kFinished);
        QVERIFY(!a.resumable);
        QCOMPARE(a.bestEpoch, 9);
        QCOMPARE(*a.lastTop1, toyRow(12, 9).testTop1);
        const RunSummary& b = named(runs, "b");
        QCOMPARE(b.epochs, 0);
        QCOMPARE(b.bestEpoch, 0);
        QVERIFY(!b.bestTop1 && !b.lastTop1);

        QCOMPARE(linesOf(take(index.cached())), linesOf(runs));
    }

    void whatIsMadeAnewIsWhatWasThere() {
        ScratchFolder place;
        fill(place / "runs");
        QString before;
        {
            RunIndex index = openIndex(place / "runs.db");
            before = linesOf(refreshed(index, place / "runs"));
        }
        RunIndex kept = openIndex(place / "runs.db");
        QCOMPARE(linesOf(take(kept.cached())), before);
        QCOMPARE(linesOf(refreshed(kept, place / "runs")), before);
        RunIndex fresh = openIndex(place / "another.db");
        QCOMPARE(linesOf(refreshed(fresh, place / "runs")), before);
    }

    void onlyWhatChangedIsRead() {
        ScratchFolder place;
        fill(place / "runs");
        RunIndex index = openIndex(place / "runs.db");
        const QString before = linesOf(refreshed(index, place / "runs"));
        // Bytes that nobody would take, with the size and the times of those before them.
        const auto spoil = [&](const fs::path& file) {
            const auto time = fs::last_write_time(file);
            writeBytes(file, std::string(fs::file_size(file), '?'));
            fs::last_write_time(file, time);
        };
        for (const char* name : {kRunRecordName, kMetricsName, kRunNoteName}) spoil(place / "runs" / "c" / name);
        QCOMPARE(linesOf(refreshed(index, place / "runs")), before);
        // A second younger, and all of it is seen.
        const fs::path record = place / "runs" / "c" / kRunRecordName;
        fs::last_write_time(record, fs::last_write_time(record) + std::chrono::seconds(1));
        const Runs runs = refreshed(index, place / "runs");
        QVERIFY(named(runs, "c").problem.find("run.json") != std::string::npos);
        QVERIFY(named(runs, "c").noteProblem.find("note.json") != std::string::npos);
    }

    void changesAreSeenAtOnce() {
        ScratchFolder place;
        const fs::path folder = place / "runs" / "a";
        RunRecord record = toyRecord(12);
        record.state = RunState::kRunning;
        makeRun(folder, record, 2, 2);
        RunIndex index = openIndex(place / "runs.db");
        QCOMPARE(refreshed(index, place / "runs").at(0).epochs, 2);
        must(appendMetrics(folder, toyRow(3, 2)));
        QCOMPARE(refreshed(index, place / "runs").at(0).epochs, 3);
        must(writeRunNote(folder, {"named", ""}));
        QCOMPARE(refreshed(index, place / "runs").at(0).name, std::string("named"));
        must(writeRunNote(folder, {}));
        QCOMPARE(refreshed(index, place / "runs").at(0).name, std::string("a"));
        writeBytes(folder / kPreviousCheckpointName, "x");
        QVERIFY(refreshed(index, place / "runs").at(0).resumable);
        record.state = RunState::kFinished;
        must(writeRunRecord(folder, record));
        QCOMPARE(refreshed(index, place / "runs").at(0).state, StoredRunState::kFinished);
    }

    void stateIsFromTheLock() {
        ScratchFolder place;
        const fs::path folder = place / "runs" / "a";
        RunRecord record = toyRecord(12);
        record.state = RunState::kRunning;
        makeRun(folder, record, 2, 2);
        writeBytes(folder / kCheckpointName, "x");
        {
            const auto lock = RunLock::take(folder);
            QVERIFY(lock);
            age(folder);
            RunIndex index = openIndex(place / "runs.db");
            const RunSummary run = refreshed(index, place / "runs").at(0);
            QCOMPARE(run.state, StoredRunState::kRunning);
            QVERIFY(!run.resumable);
        }
        RunIndex index = openIndex(place / "runs.db");
        QCOMPARE(take(index.cached()).at(0).state, StoredRunState::kRunning);  // of then
        const RunSummary run = refreshed(index, place / "runs").at(0);
        QCOMPARE(run.state, StoredRunState::kInterrupted);
        QVERIFY(run.resumable);
        QCOMPARE(take(index.cached()).at(0).state, StoredRunState::kInterrupted);
    }

    void foldersThatGoLeaveTheIndex() {
        ScratchFolder place;
        fill(place / "runs");
        RunIndex index = openIndex(place / "runs.db");
        QCOMPARE(refreshed(index, place / "runs").size(), std::size_t{3});
        fs::rename(place / "runs" / "a", place / "trashed");
        fs::remove(place / "runs" / "b" / kRunRecordName);
        QCOMPARE(namesOf(refreshed(index, place / "runs")), QStringList{"the good one"});
        QCOMPARE(take(index.cached()).size(), std::size_t{1});
        fs::rename(place / "trashed", place / "runs" / "a");  // undone
        QCOMPARE(refreshed(index, place / "runs").size(), std::size_t{2});
        fs::remove_all(place / "runs");
        QVERIFY(refreshed(index, place / "runs").empty());
    }

    void runsOpenedByHandStay() {
        ScratchFolder place;
        makeRun(place / "runs" / "inside", toyRecord(12), 2, 2);
        makeRun(place / "elsewhere" / "mine", toyRecord(12), 3, 2);
        const fs::path mine = place / "elsewhere" / "mine";
        {
            RunIndex index = openIndex(place / "runs.db");
            QCOMPARE(index.remember(place / "elsewhere").error().code, ErrorCode::kNotFound);
            must(index.remember(mine.string() + "/"));
            must(index.remember(mine));
            must(index.remember(place / "runs" / "inside"));
            QCOMPARE(refreshed(index, place / "runs").size(), std::size_t{2});
        }
        RunIndex index = openIndex(place / "runs.db");
        QCOMPARE(take(index.cached()).size(), std::size_t{2});
        QCOMPARE(named(refreshed(index, place / "runs"), "mine").epochs, 3);
        fs::rename(mine, place / "away");
        QVERIFY(named(refreshed(index, place / "runs"), "mine").problem.find("any more") != std::string::npos);
        fs::rename(place / "away", mine);
        QCOMPARE(named(refreshed(index, place / "runs"), "mine").problem, std::string());
        must(index.forget(mine));
        QCOMPARE(take(index.cached()).size(), std::size_t{1});
        QCOMPARE(refreshed(index, place / "runs").size(), std::size_t{1});
    }

    void latencyBelongsToTheRun() {
        ScratchFolder place;
        fill(place / "runs");
        const fs::path a = place / "runs" / "a", moved = place / "runs" / "moved";
        RunIndex index = openIndex(place / "runs.db");
        const RunLatency latency{1.5, 1.25, 2.5, 2, "AVX2", "a fast one", "2026-02-02T00:00:00Z"};
        QCOMPARE(index.setLatency(a, latency).error().code, ErrorCode::kNotFound);
        refreshed(index, place / "runs");
        must(index.setLatency(a, latency));
        fs::rename(a, moved);
        Runs runs = refreshed(index, place / "runs");
        QVERIFY(named(runs, "moved").latency);
        QCOMPARE(named(runs, "moved").latency->p95Ms, 2.5);
        QCOMPARE(named(runs, "moved").latency->cpu, std::string("a fast one"));
        QVERIFY(!named(runs, "b").latency);
        fs::rename(moved, place / "trashed");
        refreshed(index, place / "runs");
        fs::rename(place / "trashed", moved);
        QVERIFY(named(refreshed(index, place / "runs"), "moved").latency);
        QVERIFY(named(take(index.cached()), "moved").latency);
    }

    void aFileOfVersion1IsMigrated() {
        ScratchFolder place;
        fill(place / "runs");
        makeRun(place / "mine", toyRecord(12), 3, 2);
        const fs::path file = place / "runs.db";
        {
            // As it was shipped first.
            SQLite::Database old(file.string(), SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE);
            old.exec(
                "CREATE TABLE runs (folder BLOB PRIMARY KEY, fingerprint TEXT NOT NULL, record TEXT NOT NULL,"
                " name TEXT NOT NULL, note TEXT NOT NULL, problem TEXT NOT NULL, state INTEGER NOT NULL,"
                " resumable INTEGER NOT NULL, epochs INTEGER NOT NULL, best_epoch INTEGER NOT NULL, best_top1 REAL,"
                " last_top1 REAL, seconds REAL NOT NULL, dense_macs INTEGER NOT NULL, condensed_macs INTEGER NOT NULL,"
                " condensed_params INTEGER NOT NULL, bytes INTEGER NOT NULL, stages TEXT NOT NULL);"
                "CREATE TABLE opened (folder BLOB PRIMARY KEY);"
                "PRAGMA user_version = 1");
            SQLite::Statement opened(old, "INSERT INTO opened VALUES (?)");
            const std::string mine = (place / "mine").string();
            opened.bind(1, mine.data(), static_cast<int>(mine.size()));
            opened.exec();
            SQLite::Statement run(
                old,
                "INSERT INTO runs VALUES (?, 'f', '', 'old name', '', '', 3, 0, 5, 4, 0.5, NULL, 9, 8,"
                " 7, 6, 5, '1,3')");
            run.bind(1, mine.data(), static_cast<int>(mine.size()));
            run.exec();
        }
        {
            RunIndex index = openIndex(file);
            QCOMPARE(index.notice(), std::string());
            const Runs cached = take(index.cached());
            QCOMPARE(namesOf(cached), QStringList{"old name"});
            QCOMPARE(cached[0].bestTop1, std::optional(0.5));
            QVERIFY(!cached[0].lastTop1);
            QCOMPARE(cached[0].stages, (std::vector{1, 3}));
            const Runs runs = refreshed(index, place / "runs");
            QCOMPARE(runs.size(), std::size_t{4});
            QCOMPARE(named(runs, "mine").name, std::string("mine"));
            must(index.setLatency(place / "mine", latencyOf(3)));
        }
        SQLite::Database now(file.string());
        QCOMPARE(now.execAndGet("PRAGMA user_version").getInt(), 3);
        QCOMPARE(now.execAndGet("PRAGMA journal_mode").getString(), std::string("wal"));
        QCOMPARE(now.execAndGet("SELECT count(*) FROM latency").getInt(), 1);
    }

    void aNewerFileIsLeftAlone() {
        ScratchFolder place;
        fill(place / "runs");
        const fs::path file = place / "runs.db";
        {
            SQLite::Database newer(file.string(), SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE);
            newer.exec("CREATE TABLE runs (something TEXT); PRAGMA user_version = 4");
        }
        const std::string bytes = readBytes(file);
        {
            RunIndex index = openIndex(file);
            QVERIFY(index.notice().find("newer") != std::string::npos);
            QVERIFY(index.notice().find(file.string()) != std::string::npos);
            QCOMPARE(refreshed(index, place / "runs").size(), std::size_t{3});
            QCOMPARE(take(index.cached()).size(), std::size_t{3});
        }
        QVERIFY(readBytes(file) == bytes);
    }

    void aDamagedFileIsSetAside_data() {
        QTest::addColumn<QByteArray>("bytes");
        ScratchFolder place;
        fill(place / "runs");
        {
            RunIndex index = openIndex(place / "runs.db");
            refreshed(index, place / "runs");
        }
        const std::string good = readBytes(place / "runs.db");
        const auto row = [](const char* name, const std::string& bytes) {
            QTest::newRow(name) << QByteArray(bytes.data(), static_cast<qsizetype>(bytes.size()));
        };
        std::string random(5000, '\0');
        for (std::size_t i = 0; i < random.size(); ++i) random[i] = static_cast<char>(i * i * 31 >> 3);
        row("no database", random);
        row("cut", good.substr(0, good.size() / 2));
        row("cut in the header", good.substr(0, 50));
        std::string holed = good;
        std::fill(holed.begin() + 4096, holed.begin() + 8192, '\xff');
        row("a hole", holed);
        std::string wrong = good;  // another program's tables
        for (std::size_t at = 0; (at = wrong.find("best_epoch", at)) != std::string::npos;) wrong[at] = 'w';
        row("other tables", wrong);
    }
    void aDamagedFileIsSetAside() {
        QFETCH(const QByteArray, bytes);
        ScratchFolder place;
        fill(place / "runs");
        const fs::path file = place / "runs.db";
        writeBytes(file, bytes.toStdString());
        {
            RunIndex index = openIndex(file);
            QVERIFY2(index.notice().find("runs.db.damaged") != std::string::npos, index.notice().c_str());
            QCOMPARE(refreshed(index, place / "runs").size(), std::size_t{3});
        }
        QVERIFY(readBytes(place / "runs.db.damaged") == bytes.toStdString());
        RunIndex again = openIndex(file);
        QCOMPARE(again.notice(), std::string());
        QCOMPARE(take(again.cached()).size(), std::size_t{3});
    }

    void whereNothingCanBeWrittenItLivesInMemory() {
        ScratchFolder place;
        fill(place / "runs");
        fs::create_directory(place / "runs.db");  // even root cannot write there
        RunIndex index = openIndex(place / "runs.db");
        QVERIFY(index.notice().find("cannot be used") != std::string::npos);
        QCOMPARE(refreshed(index, place / "runs").size(), std::size_t{3});
        must(index.setLatency(place / "runs" / "a", latencyOf(3)));
        QCOMPARE(named(take(index.cached()), "a").latency->medianMs, 3.0);
        QVERIFY(fs::is_directory(place / "runs.db"));

        writeBytes(place / "file", "");
        RunIndex below = openIndex(place / "file" / "runs.db");
        QVERIFY(!below.notice().empty());
        QCOMPARE(refreshed(below, place / "runs").size(), std::size_t{3});
    }

    void whatIsOddInTheStoreHurtsNobody() {
        ScratchFolder place;
        const fs::path store = place / "runs";
        fill(store);
        writeBytes(store / "a file", "");
        fs::create_directory(store / "empty");
        fs::create_directory(store / "record is a folder");
        fs::create_directory(store / "record is a folder" / kRunRecordName);
        fs::create_directory_symlink("loop", store / "loop");
        fs::create_directory_symlink(store / "a", store / "z-again");
        fs::create_directory_symlink(store, store / "a" / "up");
        fs::remove(store / "b" / kMetricsName);
        fs::create_symlink("nowhere", store / "b" / kMetricsName);
        const std::string odd = "caf\xe9 \"<b>\n";
        makeRun(store / odd, toyRecord(12), 2, 2);
        makeRun(store / "pipe", toyRecord(12), 2, 2);
        fs::remove(store / "pipe" / kMetricsName);
        QCOMPARE(::mkfifo((store / "pipe" / kMetricsName).c_str(), 0600), 0);
        makeRun(store / "newer", toyRecord(12), 2, 2);
        writeBytes(store / "newer" / kRunRecordName, "{\"version\": 2}");
        makeRun(store / "torn", toyRecord(12), 2, 2);
        writeBytes(store / "torn" / kMetricsName, "epoch\n");

        RunIndex index = openIndex(place / "runs.db");
        const Runs runs = refreshed(index, store);
        QCOMPARE(runs.size(), std::size_t{7});
        QCOMPARE(named(runs, odd).epochs, 2);
        QVERIFY(named(runs, "newer").problem.find("newer version") != std::string::npos);
        QVERIFY(!named(runs, "torn").problem.empty());
        QCOMPARE(named(runs, "torn").record.settings.epochs, 12);  // as far as it could be read
        QVERIFY(!named(runs, "pipe").problem.empty());
        QCOMPARE(linesOf(take(index.cached())), linesOf(runs));
        QCOMPARE(linesOf(refreshed(index, store)), linesOf(runs));

        QCOMPARE(index.refresh(store / "a file").error().code, ErrorCode::kUnreadable);
        QCOMPARE(take(index.cached()).size(), std::size_t{7});  // what could not be looked at is not gone
    }

    void twoWindowsAtOnce() {
        ScratchFolder place;
        fill(place / "runs");
        const fs::path file = place / "runs.db";
        RunIndex first = openIndex(file);
        refreshed(first, place / "runs");
        const std::string said = playInChild([&]() -> std::string {
            for (int i = 0; i < 50; ++i) {
                auto second = RunIndex::open(file);
                if (!second || !second->notice().empty()) return "open: " + (second ? second->notice() : "failed");
                auto runs = second->refresh(place / "runs");
                if (!runs || runs->size() != 3) return "refresh";
                if (auto set = second->setLatency(place / "runs" / "b", latencyOf(i + 1.0)); !set) {
                    return set.error().text();
                }
            }
            return "";
        });
        QCOMPARE(QString::fromStdString(said), QString());
        QCOMPARE(named(take(first.cached()), "b").latency->medianMs, 50.0);

        std::vector<std::string> failures(4);
        {
            std::vector<std::jthread> windows;
            for (int w = 0; w < 4; ++w) {
                windows.emplace_back([&, w] {
                    for (int i = 0; i < 20; ++i) {
                        auto index = RunIndex::open(file);
                        const auto runs = index ? index->refresh(place / "runs") : tl::unexpected(index.error());
                        const auto set =
                            index ? index->setLatency(place / "runs" / "a", latencyOf(1.0 + i)) : Result<>();
                        if (!runs || runs->size() != 3 || !set || !index->notice().empty()) {
                            failures[static_cast<std::size_t>(w)] = index ? index->notice() + "!" : "open";
                        }
                    }
                });
            }
        }
        for (const std::string& failure : failures) QCOMPARE(QString::fromStdString(failure), QString());
        QCOMPARE(SQLite::Database(file.string()).execAndGet("PRAGMA integrity_check").getString(), std::string("ok"));
    }

    void aDamagedFileThatAnotherWindowHasOpenStays() {
        ScratchFolder place;
        fill(place / "runs");
        IndexLock other(place / "runs.db.lock");
        QVERIFY(other.alone());
        other.share();
        writeBytes(place / "runs.db", std::string(5000, '?'));
        RunIndex second = openIndex(place / "runs.db");
        QVERIFY(second.notice().find("cannot be used") != std::string::npos);
        QCOMPARE(refreshed(second, place / "runs").size(), std::size_t{3});
        QVERIFY(!fs::exists(place / "runs.db.damaged"));
    }

    void aListThatGoesBadMeanwhileDoesNotHideTheRuns() {
        ScratchFolder place;
        fill(place / "runs");
        RunIndex index = openIndex(place / "runs.db");
        {
            SQLite::Database other((place / "runs.db").string(), SQLite::OPEN_READWRITE);
            other.exec("DROP TABLE runs");
        }
        QCOMPARE(refreshed(index, place / "runs").size(), std::size_t{3});
        QVERIFY(index.notice().find("the list of runs") != std::string::npos);
        QVERIFY(!index.cached());
    }

    void aRefreshCanBeCancelled() {
        ScratchFolder place;
        fill(place / "runs");
        RunIndex index = openIndex(place / "runs.db");
        std::stop_source stop;
        stop.request_stop();
        QCOMPARE(index.refresh(place / "runs", stop.get_token()).error().code, ErrorCode::kCancelled);
        QVERIFY(take(index.cached()).empty());
    }

    void sixtyRunsOf300Epochs() {
        ScratchFolder place;
        for (int i = 0; i < 60; ++i) {
            const std::string name = fmt::format("run-{:02}", i);
            makeRun(place / "runs" / name, toyRecord(300, fmt::format("2026-01-{:02}T00:00:{:02}Z", i / 2 + 1, i)), 300,
                    150 + i);
            age(place / "runs" / name);
        }
        QElapsedTimer timer;
        timer.start();
        const auto lap = [&timer](const char* what) {
            qInfo("%s: %.1f ms", what, static_cast<double>(timer.nsecsElapsed()) / 1e6);
            timer.start();
        };
        RunIndex index = openIndex(place / "runs.db");
        lap("made");
        const Runs first = refreshed(index, place / "runs");
        lap("first refresh");
        const Runs second = refreshed(index, place / "runs");
        lap("refresh of nothing new");
        index = openIndex(place / "runs.db");
        lap("opened");
        const Runs cached = take(index.cached());
        lap("cached");
        QCOMPARE(first.size(), std::size_t{60});
        QCOMPARE(first[0].name, std::string("run-59"));
        QCOMPARE(first[0].bestEpoch, 209);
        QCOMPARE(linesOf(second), linesOf(first));
        QCOMPARE(linesOf(cached), linesOf(first));
    }
};

QTEST_GUILESS_MAIN(RunIndexTest)
#include "tst_run_index.moc"
