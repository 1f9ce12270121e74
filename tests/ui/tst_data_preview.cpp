#include <QSignalSpy>
#include <QTest>

#include "session/data_preview.h"
#include "ui_support.h"

using namespace condenser;
using condenser::testing::kWaitMs;

class TestDataPreview : public QObject {
    Q_OBJECT

  private slots:
    void init() { testing::failOnWarnings(); }

    void showsTheBuiltInSet() {
        DataPreview preview;
        QSignalSpy ready(&preview, &DataPreview::ready);
        preview.inspect("shapes10");
        QTRY_COMPARE_WITH_TIMEOUT(ready.count(), 1, kWaitMs);
        const auto summary = ready.at(0).at(0).value<DataSummary>();
        QCOMPARE(summary.trainImages(), kShapesTrainCount);
        QCOMPARE(summary.testImages(), kShapesTestCount);
        QCOMPARE(summary.pictures.size(), std::size_t{10});
        for (const QImage& picture : summary.pictures) QCOMPARE(picture.size(), QSize(32, 32));
    }

    void showsAFolder() {
        const QString folder = m_home.makeDataFolder(QStringLiteral("data"), 4);
        m_home.makeFile(QStringLiteral("data/train/edgy/0.png"), "broken: the next file stands for the class");
        DataPreview preview;
        QSignalSpy ready(&preview, &DataPreview::ready);
        preview.inspect("folder:" + toPath(folder).string());
        QTRY_COMPARE_WITH_TIMEOUT(ready.count(), 1, kWaitMs);
        const auto summary = ready.at(0).at(0).value<DataSummary>();
        QCOMPARE(summary.info.classes, (std::vector<std::string>{"edgy", "round"}));
        QCOMPARE(summary.trainImages(), 8);
        QCOMPARE(summary.testImages(), 4);
        QVERIFY(!summary.pictures[0].isNull() && !summary.pictures[1].isNull());
    }

    void aNewerRequestReplacesTheOld() {
        DataPreview preview;
        QSignalSpy ready(&preview, &DataPreview::ready), failed(&preview, &DataPreview::failed);
        preview.inspect("shapes10");
        preview.inspect("folder:" + toPath(m_home.path(QStringLiteral("nowhere"))).string());
        QTRY_COMPARE_WITH_TIMEOUT(failed.count(), 1, kWaitMs);
        QCOMPARE(ready.count(), 0);
        QVERIFY(failed.at(0).at(0).value<Error>().code == ErrorCode::kNotFound);
    }

    void smallSetsAreCheckedUnasked() {
        const QString folder = m_home.makeDataFolder(QStringLiteral("copied"), 4, 50);
        const QString twin = m_home.path(QStringLiteral("copied/test/edgy/twin.png"));
        QVERIFY(QFile::copy(m_home.path(QStringLiteral("copied/train/edgy/0.png")), twin));
        m_home.makeFile(QStringLiteral("copied/train/round/broken.png"), "no picture");
        DataPreview preview;
        QSignalSpy ready(&preview, &DataPreview::ready), checking(&preview, &DataPreview::checking);
        QSignalSpy checked(&preview, &DataPreview::checked);
        preview.inspect("folder:" + toPath(folder).string());
        QTRY_COMPARE_WITH_TIMEOUT(checked.count(), 1, kWaitMs);
        QCOMPARE(ready.count(), 1);
        QVERIFY(checking.count() > 0);
        const auto report = checked.at(0).at(0).value<DatasetReport>();
        QCOMPARE(report.unreadable.size(), std::size_t{1});
        QCOMPARE(report.leaked.size(), std::size_t{1});
        QCOMPARE(report.leaked[0].test, toPath(twin));
        preview.check();
        QTRY_COMPARE_WITH_TIMEOUT(checked.count(), 2, kWaitMs);
        QCOMPARE(ready.count(), 1);  // the thumbnails stay
    }

    void whatIsCancelledIsHeardOfNoMore() {
        const QString folder = m_home.makeDataFolder(QStringLiteral("cancelled"), 4);
        DataPreview preview;
        QSignalSpy ready(&preview, &DataPreview::ready), stopped(&preview, &DataPreview::stopped);
        QSignalSpy checkStopped(&preview, &DataPreview::checkStopped), checked(&preview, &DataPreview::checked);
        preview.cancel();  // of nothing
        QCOMPARE(stopped.count() + checkStopped.count(), 0);
        preview.inspect("folder:" + toPath(folder).string());
        preview.cancel();
        QCOMPARE(stopped.count(), 1);  // at once
        preview.check();
        preview.cancel();
        QCOMPARE(checkStopped.count(), 1);
        preview.inspect("shapes10");  // what comes after it is in order
        QTRY_COMPARE_WITH_TIMEOUT(ready.count(), 1, kWaitMs);
        QCOMPARE(ready.at(0).at(0).value<DataSummary>().data, std::string("shapes10"));
        QCOMPARE(checked.count(), 0);
    }

    void endsWhileBusy() {
        for (int i = 0; i < 20; ++i) {
            DataPreview preview;
            preview.inspect("shapes10");
            if (i % 2 == 1) QTest::qWait(i);
            if (i % 4 == 3) preview.check();
        }
    }

    void aPictureBecomesAnImage() {
        Picture picture{1, 2, {255, 0, 0, 0, 0, 255}};
        const QImage image = toImage(picture);
        picture.pixels.assign(6, 0);  // the image has its own copy
        QCOMPARE(image.pixel(0, 0), qRgb(255, 0, 0));
        QCOMPARE(image.pixel(1, 0), qRgb(0, 0, 255));
        QVERIFY(toImage({}).isNull());
    }

  private:
    testing::PrivateHome m_home;
};

QTEST_GUILESS_MAIN(TestDataPreview)
#include "tst_data_preview.moc"
