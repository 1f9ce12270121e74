#include <QtTest>
#include <atomic>
#include <new>

#include "data/picture_work.h"

using namespace condenser;

class PictureWorkTest : public QObject {
    Q_OBJECT

  private slots:
    void everyPictureOnce() {
        std::vector<std::atomic<int>> seen(1000);
        std::vector<std::int64_t> reported;
        const auto done = forEachPicture("x", seen.size(),
                                         {3,
                                          [&](std::int64_t count, std::int64_t total) {
                                              QCOMPARE(total, 1000);
                                              reported.push_back(count);
                                          },
                                          {}},
                                         [&](std::size_t index) { ++seen[index]; });
        QVERIFY(done);
        QVERIFY(std::all_of(seen.begin(), seen.end(), [](const auto& count) { return count == 1; }));
        QVERIFY(std::is_sorted(reported.begin(), reported.end()));
        QCOMPARE(reported.back(), 1000);
        QVERIFY(forEachPicture("x", 0, {}, [](std::size_t) { QFAIL("there is none"); }));
    }

    void stops() {
        std::stop_source stop;
        std::atomic<int> calls = 0;
        const auto done = forEachPicture("some data", 1000, {2, {}, stop.get_token()}, [&](std::size_t) {
            if (++calls == 10) stop.request_stop();
        });
        QVERIFY(!done);
        QCOMPARE(done.error().code, ErrorCode::kCancelled);
        QVERIFY(calls < 20);
    }

    void memoryThatRunsOut() {
        const auto done = forEachPicture("some data", 100, {2, {}, {}}, [](std::size_t index) {
            if (index == 5) throw std::bad_alloc();
        });
        QVERIFY(!done);
        QCOMPARE(done.error().code, ErrorCode::kTooLarge);
        QCOMPARE(done.error().where, std::string("some data"));
    }
};

QTEST_GUILESS_MAIN(PictureWorkTest)
#include "tst_picture_work.moc"
