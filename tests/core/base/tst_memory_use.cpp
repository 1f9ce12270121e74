#include <QTest>

#include <sys/mman.h>

#include <cstddef>
#include <cstring>

#include "base/memory_use.h"

using namespace condenser;

class MemoryUseTest : public QObject {
    Q_OBJECT

  private slots:
    void thePeakRemembersWhatIsGone() {
        constexpr std::size_t kBytes = std::size_t{64} << 20;
        resetPeakMemory();
        const std::size_t before = peakMemoryBytes();
        QVERIFY(before > 0);
        // Not by malloc, which may keep what was freed; a sanitizer's does.
        void* block = mmap(nullptr, kBytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        QVERIFY(block != MAP_FAILED);
        std::memset(block, 1, kBytes);
        QCOMPARE(munmap(block, kBytes), 0);
        QVERIFY(peakMemoryBytes() >= before + kBytes / 2);
        resetPeakMemory();
        QVERIFY(peakMemoryBytes() < before + kBytes / 2);
    }
};

QTEST_GUILESS_MAIN(MemoryUseTest)
#include "tst_memory_use.moc"
