#include <QComboBox>
#include <QCryptographicHash>
#include <QLabel>
#include <QProgressBar>
#include <QPushButton>
#include <QSignalSpy>
#include <QTest>

#include "look/theme.h"
#include "pages/data_download.h"
#include "pages/data_picker.h"
#include "run/training_run.h"
#include "support/http_server.h"
#include "support/io_scratch.h"
#include "ui_support.h"

using namespace condenser;
using condenser::test::HttpAnswer;
using condenser::test::HttpServer;
using condenser::testing::find;
using condenser::testing::kWaitMs;

namespace {

const std::string kContent(500'000, 'c');

DownloadRequest requestOf(const HttpServer& server, const std::filesystem::path& folder) {
    const QByteArray sum = QCryptographicHash::hash(QByteArray::fromStdString(kContent), QCryptographicHash::Md5);
    return {server.url(), folder / "archive", kContent.size(), sum.toHex().toStdString()};
}

void click(QWidget& parent, const char* name) {
    QTest::mouseClick(find<QPushButton>(parent, name), Qt::LeftButton);
}

QString text(QWidget& parent, const char* name) {
    return find<QLabel>(parent, name)->text();
}

}  // namespace

class TestDataDownload : public QObject {
    Q_OBJECT

  private slots:
    void initTestCase() { test::askLoopbackDirectly(); }
    void init() { testing::failOnWarnings(); }

    void asksThenFetches() {
        const HttpServer server(kContent);
        test::ScratchFolder folder;
        DataDownload card(requestOf(server, folder.path()));
        QSignalSpy got(&card, &DataDownload::got);
        QPushButton* open = place(card);
        QVERIFY(card.isHidden());
        QTest::mouseClick(open, Qt::LeftButton);
        QVERIFY(card.isVisible() && !open->isEnabled());
        QVERIFY(text(card, "downloadDetail").contains(QStringLiteral("127.0.0.1")));
        QVERIFY(text(card, "downloadDetail").contains(toQString(folder.path())));
        QVERIFY(server.seen().empty());  // not before it is told to
        click(card, "downloadStart");
        QTRY_COMPARE_WITH_TIMEOUT(got.count(), 1, kWaitMs);
        QCOMPARE(got.at(0).at(0).value<std::string>(), "cifar10:" + (folder / "archive").string());
        QVERIFY(test::readBytes(folder / "archive") == kContent);
        QVERIFY(text(card, "downloadTitle").contains(QStringLiteral("is here")));
        QVERIFY(find<QPushButton>(card, "downloadStart")->isHidden());
        click(card, "downloadClose");
        QVERIFY(card.isHidden() && open->isEnabled());
    }

    void notNowFetchesNothing() {
        const HttpServer server(kContent);
        test::ScratchFolder folder;
        DataDownload card(requestOf(server, folder.path()));
        QPushButton* open = place(card);
        QTest::mouseClick(open, Qt::LeftButton);
        click(card, "downloadClose");
        QVERIFY(card.isHidden() && open->isEnabled());
        QVERIFY(server.seen().empty());
        QCOMPARE(folder.entries(), 0);
    }

    void showsProgressCancelsAndGoesOn() {
        HttpAnswer stalls;
        stalls.stallAfter = 200'000;
        const HttpServer server(kContent, {stalls, {}});
        test::ScratchFolder folder;
        DataDownload card(requestOf(server, folder.path()));
        QSignalSpy got(&card, &DataDownload::got);
        QTest::mouseClick(place(card), Qt::LeftButton);
        click(card, "downloadStart");
        auto* bar = find<QProgressBar>(card, "downloadBar");
        QTRY_COMPARE_WITH_TIMEOUT(bar->value(), 400, kWaitMs);
        QVERIFY(bar->isVisible());
        QVERIFY(text(card, "downloadDetail").contains(QStringLiteral("0.2 of 0.5 MB")));
        click(card, "downloadClose");
        QTRY_COMPARE_WITH_TIMEOUT(find<QPushButton>(card, "downloadStart")->text(), QStringLiteral("Go on"), kWaitMs);
        QVERIFY(text(card, "downloadDetail").contains(QStringLiteral("0.2 MB of it have come already")));
        QVERIFY(!bar->isVisible());
        QCOMPARE(got.count(), 0);
        click(card, "downloadStart");
        QTRY_COMPARE_WITH_TIMEOUT(got.count(), 1, kWaitMs);
        QCOMPARE(server.seen().at(1).range, std::string("bytes=200000-"));
        QVERIFY(test::readBytes(folder / "archive") == kContent);
    }

    void tellsSpeedAndTimeLeft() {
        HttpAnswer slow;
        slow.pause = std::chrono::milliseconds(200);
        const HttpServer server(kContent, {slow});
        test::ScratchFolder folder;
        DataDownload card(requestOf(server, folder.path()));
        QTest::mouseClick(place(card), Qt::LeftButton);
        click(card, "downloadStart");
        QTRY_VERIFY_WITH_TIMEOUT(
            text(card, "downloadDetail").contains(QStringLiteral("MB/s · less than a minute left")), kWaitMs);
    }

    void failuresStandInTheirPlace() {
        HttpAnswer missing;
        missing.status = 404;
        const HttpServer server(kContent, {missing, {}});
        test::ScratchFolder folder;
        DataDownload card(requestOf(server, folder.path()));
        QSignalSpy got(&card, &DataDownload::got);
        QTest::mouseClick(place(card), Qt::LeftButton);
        click(card, "downloadStart");
        auto* again = find<QPushButton>(card, "downloadStart");
        QTRY_COMPARE_WITH_TIMEOUT(again->text(), QStringLiteral("Try again"), kWaitMs);
        QVERIFY(text(card, "downloadDetail").contains(QStringLiteral("404")));
        QCOMPARE(card.property("notice").toString(), QStringLiteral("error"));
        QTest::mouseClick(again, Qt::LeftButton);
        QTRY_COMPARE_WITH_TIMEOUT(got.count(), 1, kWaitMs);
        QCOMPARE(card.property("notice").toString(), QStringLiteral("info"));
    }

    // It does not wait for the server.
    void whoeverClosesTheWindowCancels() {
        HttpAnswer stalls;
        stalls.stallAfter = 200'000;
        const HttpServer server(kContent, {stalls});
        test::ScratchFolder folder;
        {
            DataDownload card(requestOf(server, folder.path()));
            QTest::mouseClick(place(card), Qt::LeftButton);
            click(card, "downloadStart");
            QTRY_COMPARE_WITH_TIMEOUT(find<QProgressBar>(card, "downloadBar")->value(), 400, kWaitMs);
        }
        QCOMPARE(std::filesystem::file_size(folder / "archive.part"), std::uintmax_t{200'000});
    }

    void whatHasComeIsChosen() {
        DataPicker picker;
        auto* card = find<DataDownload>(picker, "dataDownload");
        auto* box = find<QComboBox>(picker, "dataBox");
        find<QPushButton>(picker, "getDataButton");
        const std::string data = "cifar10:" + (defaultDataStore() / "cifar-10-binary.tar.gz").string();
        emit card->got(data);
        QCOMPARE(picker.data(), data);
        emit card->got(data);
        QCOMPARE(box->count(), 2);

        // Not under a run that trains.
        picker.setData("shapes10");
        picker.setReadOnly(true);
        emit card->got(data + "2");
        QCOMPARE(picker.data(), std::string("shapes10"));
        QCOMPARE(box->count(), 3);
    }

    void anyNameOfDataIsTaken() {
        DataPicker picker;
        for (const std::string data : {"cifar10:/a/b.tar.gz", "csv:/a/b.csv", "shapes10"}) {
            picker.setData(data);
            QCOMPARE(picker.data(), data);
        }
        picker.setData("nonsense");
        QCOMPARE(picker.data(), std::string("shapes10"));
    }

  private:
    // On the screen, its button beside it.
    QPushButton* place(DataDownload& card) {
        m_window = std::make_unique<QWidget>();
        card.button()->setParent(m_window.get());
        m_window->show();
        card.resize(300, 200);
        return card.button();
    }

    testing::PrivateHome m_home;
    std::unique_ptr<QWidget> m_window;
};

QTEST_MAIN(TestDataDownload)
#include "tst_data_download.moc"
