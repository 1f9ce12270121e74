#include <QTest>

#include <cstddef>
#include <cstring>
#include <memory>

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
        {
            const std::unique_ptr<char[]> block(new char[kBytes]);
            std::memset(block.get(), 1, kBytes);
            QVERIFY(block[kBytes / 2] == 1);
        }
        QVERIFY(peakMemoryBytes() >= before + kBytes / 2);
        resetPeakMemory();
        QVERIFY(peakMemoryBytes() < before + kBytes / 2);
    }
};

QTEST_GUILESS_MAIN(MemoryUseTest)
#include "tst_memory_use.moc"
