#include <QtTest>
#include <bit>
#include <cmath>

#include "base/rng.h"
#include "io/metrics_file.h"
#include "support/io_faults.h"
#include "support/io_scratch.h"

using namespace condenser;
using namespace condenser::test;

namespace {

const std::string kHeader = "epoch,step,lr,train_loss,train_top1,test_loss,test_top1,kept,images_per_s,seconds\n";

MetricsRow rowOf(int epoch) {
    return {epoch, 157LL * epoch, 0.1 / epoch, 2.3 / epoch, 0.5, 2.4 / epoch, 1.0 / 3, 0.25, 1234.5, 60.125 * epoch};
}

}  // namespace

class MetricsFileTest : public QObject {
    Q_OBJECT

  private slots:
    void noFileIsNoRows() {
        ScratchFolder folder;
        const auto rows = readMetrics(folder.path());
        QVERIFY(rows && rows->empty());
        QVERIFY(cutMetrics(folder.path(), 3));
        QCOMPARE(folder.entries(), 0);
    }

    void rowsComeBack() {
        ScratchFolder folder;
        std::vector<MetricsRow> rows;
        for (int epoch = 1; epoch <= 3; ++epoch) {
            rows.push_back(rowOf(epoch));
            QVERIFY(appendMetrics(folder.path(), rows.back()));
        }
        QCOMPARE(readMetrics(folder.path()).value(), rows);
        const std::string text = readBytes(folder / kMetricsName);
        QVERIFY(text.starts_with(kHeader + "1,157,0.1,2.3,0.5,2.4,0.3333333333333333,0.25,1234.5,60.125\n"));
    }

    void numbersComeBackBitForBit() {
        Rng rng(1, RandomStream::kTest);
        std::string text = kHeader;
        ScratchFolder folder;
        for (int i = 1; i <= 200; ++i) {
            MetricsRow row = rowOf(i);
            row.trainLoss = std::bit_cast<double>(rng.next());
            row.seconds = std::abs(std::bit_cast<double>(rng.next()));
            row.kept = rng.uniform();
            if (!std::isfinite(row.trainLoss) || !std::isfinite(row.seconds)) continue;
            QVERIFY(appendMetrics(folder.path(), row));
            QVERIFY(readMetrics(folder.path())->back() == row);
        }
    }

    void figuresThatAreNotFiniteAreRefused() {
        ScratchFolder folder;
        MetricsRow row = rowOf(1);
        row.testLoss = std::numeric_limits<double>::quiet_NaN();
        const auto ok = appendMetrics(folder.path(), row);
        QVERIFY(!ok);
        QCOMPARE(ok.error().code, ErrorCode::kNotFinite);
        QCOMPARE(folder.entries(), 0);
    }

    void aTornLastLineIsIgnored() {
        ScratchFolder folder;
        for (int epoch = 1; epoch <= 2; ++epoch) QVERIFY(appendMetrics(folder.path(), rowOf(epoch)));
        const std::string text = readBytes(folder / kMetricsName);
        const std::size_t secondRow = text.find('\n', kHeader.size()) + 1;
        for (std::size_t length = 0; length < text.size(); ++length) {
            const auto rows = parseMetrics(std::string_view(text).substr(0, length), "toy");
            QVERIFY(rows);
            QCOMPARE(rows->size(), std::size_t{length >= secondRow ? 1u : 0u});
        }
    }

    void aResumeCuts() {
        ScratchFolder folder;
        for (int epoch = 1; epoch <= 5; ++epoch) QVERIFY(appendMetrics(folder.path(), rowOf(epoch)));
        const std::string whole = readBytes(folder / kMetricsName);
        writeBytes(folder / kMetricsName, whole + "6,942,0.0");
        QVERIFY(cutMetrics(folder.path(), 5));
        QCOMPARE(readBytes(folder / kMetricsName), whole);
        QVERIFY(cutMetrics(folder.path(), 2));
        QCOMPARE(readMetrics(folder.path())->size(), std::size_t{2});
        for (int epoch = 3; epoch <= 5; ++epoch) QVERIFY(appendMetrics(folder.path(), rowOf(epoch)));
        QCOMPARE(readBytes(folder / kMetricsName), whole);
        QVERIFY(cutMetrics(folder.path(), 0));
        QCOMPARE(readBytes(folder / kMetricsName), kHeader);
    }

    void brokenFilesAreRefused_data() {
        QTest::addColumn<QByteArray>("text");
        const auto row = [](const char* name, const std::string& text) {
            QTest::addRow("%s", name) << QByteArray::fromStdString(text);
        };
        row("no header", "1,157,0.1,2.3,0.5,2.4,0.3,0.25,1234.5,60\n");
        row("another header", "epoch,loss\n");
        row("a column less", kHeader + "1,157,0.1,2.3,0.5,2.4,0.3,0.25,1234.5\n");
        row("a column more", kHeader + "1,157,0.1,2.3,0.5,2.4,0.3,0.25,1234.5,60,7\n");
        row("an empty line", kHeader + "\n");
        row("an empty field", kHeader + "1,157,,2.3,0.5,2.4,0.3,0.25,1234.5,60\n");
        row("text", kHeader + "1,157,x,2.3,0.5,2.4,0.3,0.25,1234.5,60\n");
        row("a space", kHeader + "1,157, 0.1,2.3,0.5,2.4,0.3,0.25,1234.5,60\n");
        row("NaN", kHeader + "1,157,nan,2.3,0.5,2.4,0.3,0.25,1234.5,60\n");
        row("infinity", kHeader + "1,157,0.1,inf,0.5,2.4,0.3,0.25,1234.5,60\n");
        row("too large", kHeader + "1,157,0.1,1e999,0.5,2.4,0.3,0.25,1234.5,60\n");
        row("hex", kHeader + "1,157,0x1,2.3,0.5,2.4,0.3,0.25,1234.5,60\n");
        row("epoch 0", kHeader + "0,157,0.1,2.3,0.5,2.4,0.3,0.25,1234.5,60\n");
        row("epoch beyond int", kHeader + "4294967297,157,0.1,2.3,0.5,2.4,0.3,0.25,1234.5,60\n");
        row("negative step", kHeader + "1,-157,0.1,2.3,0.5,2.4,0.3,0.25,1234.5,60\n");
        row("a share above 1", kHeader + "1,157,0.1,2.3,1.5,2.4,0.3,0.25,1234.5,60\n");
        row("negative share kept", kHeader + "1,157,0.1,2.3,0.5,2.4,0.3,-0.25,1234.5,60\n");
        const std::string good = "2,157,0.1,2.3,0.5,2.4,0.3,0.25,1234.5,60\n";
        row("an epoch twice", kHeader + good + good);
        row("epochs backwards", kHeader + good + "1" + good.substr(1));
        row("zero bytes", std::string(64, '\0') + "\n");
    }
    void brokenFilesAreRefused() {
        QFETCH(QByteArray, text);
        const auto rows = parseMetrics(text.toStdString(), "toy.csv");
        QVERIFY(!rows);
        QCOMPARE(rows.error().code, ErrorCode::kBadFormat);
        QCOMPARE(rows.error().where, std::string("toy.csv"));
        ScratchFolder folder;
        writeBytes(folder / kMetricsName, text.toStdString());
        QVERIFY(!cutMetrics(folder.path(), 1));
        QCOMPARE(readBytes(folder / kMetricsName), text.toStdString());
    }

    void aFailedAppendLeavesTheOldRows() {
        ScratchFolder folder;
        QVERIFY(appendMetrics(folder.path(), rowOf(1)));
        const std::string old = readBytes(folder / kMetricsName);
        const std::string said = playWithFileLimit(old.size() + 10, [&]() -> std::string {
            const auto ok = appendMetrics(folder.path(), rowOf(2));
            return !ok && ok.error().code == ErrorCode::kWrite ? "" : "half a row was written";
        });
        QCOMPARE(QString::fromStdString(said), QString());
        QCOMPARE(readBytes(folder / kMetricsName), old);
    }
};

QTEST_GUILESS_MAIN(MetricsFileTest)
#include "tst_metrics_file.moc"
