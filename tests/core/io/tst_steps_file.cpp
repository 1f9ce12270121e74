#include <QtTest>
#include <bit>

#include "io/steps_file.h"
#include "support/io_faults.h"
#include "support/io_scratch.h"

using namespace condenser;
using namespace condenser::test;

namespace {

std::vector<StepRecord> stepsOf(int first, int count) {
    std::vector<StepRecord> steps;
    for (int i = first; i < first + count; ++i) steps.push_back({2.5f / static_cast<float>(i + 1), 0.1f});
    return steps;
}

bool isSame(const std::vector<StepRecord>& a, const std::vector<StepRecord>& b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](const StepRecord& x, const StepRecord& y) {
        return std::bit_cast<std::uint64_t>(x) == std::bit_cast<std::uint64_t>(y);
    });
}

}  // namespace

class StepsFileTest : public QObject {
    Q_OBJECT

  private slots:
    void noFileIsNoSteps() {
        ScratchFolder folder;
        const auto steps = readSteps(folder.path());
        QVERIFY(steps && steps->empty());
        QVERIFY(cutSteps(folder.path(), 0));
        QVERIFY(!cutSteps(folder.path(), 1));
        QCOMPARE(folder.entries(), 0);
    }

    void stepsComeBack() {
        ScratchFolder folder;
        QVERIFY(appendSteps(folder.path(), stepsOf(0, 100)));
        QVERIFY(appendSteps(folder.path(), {}));
        QVERIFY(appendSteps(folder.path(), stepsOf(100, 50)));
        QVERIFY(isSame(readSteps(folder.path()).value(), stepsOf(0, 150)));
        QVERIFY(isSame(readSteps(folder.path(), 120).value(), stepsOf(120, 30)));
        QVERIFY(readSteps(folder.path(), 150)->empty());
        QVERIFY(readSteps(folder.path(), 1'000'000)->empty());
    }

    void theBytesAreAsDocumented() {
        ScratchFolder folder;
        QVERIFY(appendSteps(folder.path(), std::vector<StepRecord>{{1.0f, 0.5f}}));
        QCOMPARE(QByteArray::fromStdString(readBytes(folder / kStepsName)).toHex(' '),
                 QByteArray("43 44 4e 53 54 45 50 53 01 00 00 00 08 00 00 00 00 00 80 3f 00 00 00 3f"));
    }

    void lossesThatAreNotFiniteAreKept() {
        ScratchFolder folder;
        const std::vector<StepRecord> steps{{std::numeric_limits<float>::quiet_NaN(), 0.1f},
                                            {std::numeric_limits<float>::infinity(), 0.1f}};
        QVERIFY(appendSteps(folder.path(), steps));
        QVERIFY(isSame(readSteps(folder.path()).value(), steps));
    }

    void aResumeCuts() {
        ScratchFolder folder;
        QVERIFY(appendSteps(folder.path(), stepsOf(0, 10)));
        QVERIFY(cutSteps(folder.path(), 10));
        QVERIFY(isSame(readSteps(folder.path()).value(), stepsOf(0, 10)));
        QVERIFY(cutSteps(folder.path(), 4));
        QVERIFY(isSame(readSteps(folder.path()).value(), stepsOf(0, 4)));
        const auto tooMany = cutSteps(folder.path(), 5);
        QVERIFY(!tooMany);
        QCOMPARE(tooMany.error().code, ErrorCode::kBadData);
        QVERIFY(appendSteps(folder.path(), stepsOf(4, 6)));
        QVERIFY(isSame(readSteps(folder.path()).value(), stepsOf(0, 10)));
    }

    void aTornLastRecordIsIgnoredAndOverwritten() {
        for (std::size_t torn = 1; torn < 8; ++torn) {
            ScratchFolder folder;
            QVERIFY(appendSteps(folder.path(), stepsOf(0, 3)));
            writeBytes(folder / kStepsName, readBytes(folder / kStepsName) + std::string(torn, 'x'));
            QVERIFY(isSame(readSteps(folder.path()).value(), stepsOf(0, 3)));
            QVERIFY(appendSteps(folder.path(), stepsOf(3, 2)));
            QVERIFY(isSame(readSteps(folder.path()).value(), stepsOf(0, 5)));
        }
    }

    void brokenHeadersAreRefused() {
        ScratchFolder folder;
        QVERIFY(appendSteps(folder.path(), stepsOf(0, 3)));
        const std::string good = readBytes(folder / kStepsName);
        for (std::size_t length = 0; length < 16; ++length) {
            writeBytes(folder / kStepsName, good.substr(0, length));
            QCOMPARE(readSteps(folder.path()).error().code, ErrorCode::kBadFormat);
            QVERIFY(!appendSteps(folder.path(), stepsOf(3, 1)));
            QVERIFY(!cutSteps(folder.path(), 0));
        }
        for (std::size_t i = 0; i < 16; ++i) {
            for (int change = 1; change < 256; ++change) {
                std::string other = good;
                other[i] = static_cast<char>(other[i] ^ change);
                writeBytes(folder / kStepsName, other);
                const auto steps = readSteps(folder.path());
                QVERIFY(!steps);
                const bool newer = i >= 8 && i < 12 && steps.error().code == ErrorCode::kUnsupported;
                QVERIFY(newer || steps.error().code == ErrorCode::kBadFormat);
            }
        }
        std::string newer = good;
        newer[8] = 2;
        writeBytes(folder / kStepsName, newer);
        QCOMPARE(readSteps(folder.path()).error().code, ErrorCode::kUnsupported);
    }

    // A file of holes takes no place on the disk, and may claim what no memory holds.
    void claimsBeyondTheLimitAreRefused() {
        ScratchFolder folder;
        QVERIFY(appendSteps(folder.path(), stepsOf(0, 1)));
        std::filesystem::resize_file(folder / kStepsName, std::uintmax_t{1} << 40);
        QCOMPARE(readSteps(folder.path()).error().code, ErrorCode::kTooLarge);
    }

    void aFailedAppendLeavesTheOldSteps() {
        ScratchFolder folder;
        const std::string said = playOnSmallDisk(folder.path(), [&]() -> std::string {
            if (!appendSteps(folder.path(), stepsOf(0, 100))) return "no room for a hundred steps";
            const auto ok = appendSteps(folder.path(), stepsOf(100, 300'000));
            if (ok) return "more than a megabyte on one";
            if (ok.error().code != ErrorCode::kWrite) return ok.error().text();
            const auto steps = readSteps(folder.path());
            return steps && isSame(*steps, stepsOf(0, 100)) ? "" : "the old steps are damaged";
        });
        QCOMPARE(QString::fromStdString(said), QString());
    }
};

QTEST_GUILESS_MAIN(StepsFileTest)
#include "tst_steps_file.moc"
