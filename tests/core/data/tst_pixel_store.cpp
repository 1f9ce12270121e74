#include <QtTest>
#include <cstdlib>
#include <cstring>
#include <set>
#include <thread>

#include "base/user_folders.h"
#include "data/pixel_store.h"
#include "support/io_scratch.h"

using namespace condenser;
using namespace condenser::test;

class PixelStoreTest : public QObject {
    Q_OBJECT

  private slots:
    void initTestCase() { ::setenv("XDG_CACHE_HOME", m_cache.path().c_str(), 1); }

    void keepsWhatWasWritten() {
        constexpr std::size_t kPicture = 30'000, kCount = 200;
        for (const std::uint64_t limit : {std::uint64_t{1} << 40, std::uint64_t{1}}) {
            auto store = PixelStore::make("data", kPicture * kCount / 2, kPicture * kCount, limit);
            QVERIFY2(store, store ? "" : store.error().text().c_str());
            QCOMPARE(store->inFile(), limit == 1);
            std::vector<std::size_t> offsets(kCount);
            const auto fill = [&](std::size_t from) {
                for (std::size_t i = from; i < kCount; i += 4) {
                    offsets[i] = store->take(kPicture).value();
                    std::memset(store->at(offsets[i]), static_cast<int>(i), kPicture);
                }
            };
            {
                std::vector<std::jthread> threads;
                for (std::size_t t = 0; t < 4; ++t) threads.emplace_back(fill, t);
            }
            store->settle();
            PixelStore moved = std::move(*store);
            QCOMPARE(std::set(offsets.begin(), offsets.end()).size(), kCount);
            for (std::size_t i = 0; i < kCount; ++i) {
                moved.fetch(offsets[i], kPicture);
                const std::uint8_t* bytes = moved.at(offsets[i]);
                QVERIFY(std::all_of(bytes, bytes + kPicture, [&](std::uint8_t b) { return b == i % 256; }));
            }
        }
    }

    // Room that is not taken costs nothing, however much it is.
    void takesWhatItNeeds() {
        constexpr std::uint64_t kHuge = std::uint64_t{1} << 40;
        for (const std::uint64_t limit : {kHuge, std::uint64_t{1}}) {
            auto store = PixelStore::make("data", 10, kHuge, limit);
            QVERIFY2(store, store ? "" : store.error().text().c_str());
            QCOMPARE(store->take(10).value(), std::size_t{0});
            *store->at(9) = 7;
            store->settle();
            QCOMPARE(*store->at(9), std::uint8_t{7});
        }
    }

    void nothingNeedsNoFile() {
        auto store = PixelStore::make("data", 0, 0, 1);
        QVERIFY(store && !store->inFile());
        store->settle();
        QVERIFY(!PixelStore().inFile());
    }

    void neitherSuffices() {
        constexpr std::uint64_t kMuch = std::uint64_t{1} << 60;
        const auto refused = PixelStore::make("folder:x", kMuch, kMuch, 5'000'000'000);
        QVERIFY(!refused);
        QVERIFY(refused.error().code == ErrorCode::kTooLarge);
        for (const char* part : {"folder:x", "1152921504.6 GB", "5.0 GB of memory", "of disk in"}) {
            QVERIFY2(refused.error().text().find(part) != std::string::npos, refused.error().text().c_str());
        }
    }

    void theCacheHasItsPlace() {
        QCOMPARE(userCacheFolder(), m_cache / "condenser");
        ::setenv("XDG_CACHE_HOME", "relative", 1);
        ::setenv("HOME", "/nowhere/me", 1);
        QCOMPARE(userCacheFolder(), std::filesystem::path("/nowhere/me/.cache/condenser"));
        QVERIFY(memoryForPictures() > 0);
    }

  private:
    const ScratchFolder m_cache;
};

QTEST_GUILESS_MAIN(PixelStoreTest)
#include "tst_pixel_store.moc"
