// Every item once, each worker alone with its number, and nothing left behind between rounds.
#include <QTest>

#include <atomic>
#include <vector>

#include "base/thread_pool.h"

using namespace condenser;

class TestThreadPool : public QObject {
    Q_OBJECT

  private slots:
    void everyItemOnce_data() {
        QTest::addColumn<int>("threads");
        QTest::addColumn<int>("count");
        for (const int threads : {1, 2, 5}) {
            for (const int count : {0, 1, 2, 3, 1000}) QTest::addRow("%d, %d", threads, count) << threads << count;
        }
    }
    void everyItemOnce() {
        QFETCH(int, threads);
        QFETCH(int, count);
        ThreadPool pool(threads);
        QCOMPARE(pool.size(), threads);
        std::vector<int> times(static_cast<std::size_t>(count));  // no two workers write the same element
        for (int round = 1; round <= 50; ++round) {
            pool.parallelFor(times.size(), [&](std::size_t item, int) { ++times[item]; });
            for (const int time : times) QCOMPARE(time, round);
        }
    }

    void noTwoAtOnceHaveOneNumber() {
        ThreadPool pool(4, ThreadPriority::kLow);
        std::vector<std::atomic<int>> busy(4);
        std::atomic<bool> clash = false, outOfRange = false;
        pool.parallelFor(2000, [&](std::size_t, int worker) {
            if (worker < 0 || worker >= 4) {
                outOfRange = true;
                return;
            }
            auto& mine = busy[static_cast<std::size_t>(worker)];
            if (mine.fetch_add(1) != 0) clash = true;
            std::this_thread::yield();
            mine.fetch_sub(1);
        });
        QVERIFY(!outOfRange);
        QVERIFY(!clash);
    }

    // Also before the workers have come to wait for the first time.
    void endsAtOnce() {
        for (int i = 0; i < 200; ++i) ThreadPool pool(3);
    }

    void atLeastOneThread() {
        QVERIFY(availableCores() >= 1);
        QCOMPARE(ThreadPool(0).size(), 1);
    }
};

QTEST_GUILESS_MAIN(TestThreadPool)
#include "tst_thread_pool.moc"
