#include <QComboBox>
#include <QElapsedTimer>
#include <QLabel>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QTest>
#include <QTimer>
#include <algorithm>

#include "pages/data_picker.h"
#include "ui_support.h"

using namespace condenser;
using condenser::testing::find;
using condenser::testing::kWaitMs;

namespace {

// The longest time for which the event loop did nothing.
class StallProbe : public QObject {
  public:
    StallProbe() {
        m_clock.start();
        connect(&m_timer, &QTimer::timeout, this, [this] { m_longest = std::max(m_longest, m_clock.restart()); });
        m_timer.start(10);
    }
    qint64 longestMs() const { return std::max(m_longest, m_clock.elapsed()); }

  private:
    QTimer m_timer;
    QElapsedTimer m_clock;
    qint64 m_longest = 0;
};

QString textOf(DataPicker& picker, const char* name) {
    return find<QLabel>(picker, name)->text();
}

}  // namespace

class TestDataPicker : public QObject {
    Q_OBJECT

  private slots:
    void init() { testing::failOnWarnings(); }

    void theBuiltInSetNeedsNoCheck() {
        DataPicker picker;
        picker.show();
        QTRY_VERIFY_WITH_TIMEOUT(picker.summary().has_value(), kWaitMs);
        QCOMPARE(textOf(picker, "dataCounts"),
                 QStringLiteral("%1 · %2 training (%3\u00a0a\u00a0class) · %4 test")
                     .arg(formatPlural(10, QStringLiteral("class"), QStringLiteral("classes")), formatCount(10'000),
                          formatCount(1000), formatCount(2000)));
        QVERIFY(!find<QLabel>(picker, "dataCheck")->isVisible());
    }

    void soundPicturesAreSaidToBeSound() {
        DataPicker picker;
        picker.show();
        picker.setPath(m_home.makeDataFolder(QStringLiteral("sound"), 22, 50));
        QTRY_COMPARE_WITH_TIMEOUT(textOf(picker, "dataCheck"),
                                  QStringLiteral("All 66 pictures can be read, none is there twice."), kWaitMs);
        QVERIFY(textOf(picker, "dataCounts").contains(QStringLiteral("44 training (22\u00a0a\u00a0class)")));
        QVERIFY(!find<QPushButton>(picker, "dataShowButton")->isVisible());
        QVERIFY(!find<QPushButton>(picker, "dataCheckButton")->isVisible());
        QVERIFY(!find<QLabel>(picker, "dataProblem")->isVisible());
    }

    void whatIsWrongIsNamedAndListed() {
        const QString folder = m_home.makeDataFolder(QStringLiteral("flawed"), 22, 50);
        const auto at = [&](const char* name) { return m_home.path(QStringLiteral("flawed/") + QLatin1String(name)); };
        QVERIFY(QFile::copy(at("train/edgy/0.png"), at("test/edgy/twin.png")));
        QVERIFY(QFile::copy(at("train/edgy/2.png"), at("train/round/twin.png")));
        m_home.makeFile(QStringLiteral("flawed/train/edgy/<b>broken</b>.png"), "no picture");
        m_home.makePicture(QStringLiteral("flawed/train/few/0.png"), 3);
        m_home.makePicture(QStringLiteral("flawed/test/few/0.png"), 13);
        DataPicker picker;
        picker.show();
        picker.setPath(folder);
        auto* show = find<QPushButton>(picker, "dataShowButton");
        QTRY_VERIFY_WITH_TIMEOUT(show->isVisible(), kWaitMs);
        QVERIFY2(
            textOf(picker, "dataCounts").contains(QStringLiteral("47 training (1\u00a0to\u00a023\u00a0a\u00a0class)")),
            qPrintable(textOf(picker, "dataCounts")));
        QCOMPARE(textOf(picker, "dataProblem"),
                 QStringLiteral("1 of 3 classes has few training pictures, the largest 23: few (1)."));
        QCOMPARE(
            textOf(picker, "dataCheck"),
            QStringLiteral("1 of 71 pictures cannot be read. 1 test picture is in the training part too, 1 picture "
                           "is given under two classes, 1 picture repeats another."));
        auto* list = find<QPlainTextEdit>(picker, "dataFindings");
        QVERIFY(!list->isVisible());
        show->click();
        QVERIFY(list->isVisible());
        for (const char* line : {"  train/edgy/<b>broken</b>.png: ", "  train/edgy/0.png  =  test/edgy/twin.png",
                                 "  train/edgy/2.png as “edgy”  =  train/round/twin.png as “round”"}) {
            QVERIFY2(list->toPlainText().contains(QString::fromUtf8(line)), qPrintable(list->toPlainText()));
        }
        show->click();
        QVERIFY(!list->isVisible());
        // Other data begin anew.
        show->click();
        picker.setData("shapes10");
        QVERIFY(!list->isVisible() && !show->isVisible());
        QVERIFY(!find<QLabel>(picker, "dataCheck")->isVisible());
    }

    void anyKindOfDataCanBeOpened() {
        DataPicker picker;
        const auto opened = [&](const QString& path) {
            picker.setPath(path);
            return QString::fromStdString(picker.data());
        };
        const QString list = m_home.makeFile(QStringLiteral("kinds/list.csv"), "x");
        QCOMPARE(opened(list), QStringLiteral("csv:") + list);
        const QString archive = m_home.makeFile(QStringLiteral("kinds/cifar-100-binary.tar.gz"), "x");
        QCOMPARE(opened(archive), QStringLiteral("cifar100:") + archive);
        m_home.makeFile(QStringLiteral("digits/train-labels-idx1-ubyte"), "x");
        QCOMPARE(opened(m_home.path(QStringLiteral("digits"))),
                 QStringLiteral("idx:") + m_home.path(QStringLiteral("digits")));
        QCOMPARE(opened(m_home.path(QStringLiteral("nowhere"))),
                 QStringLiteral("folder:") + m_home.path(QStringLiteral("nowhere")));
        QCOMPARE(find<QComboBox>(picker, "dataBox")->count(), 5);
        picker.setPath(list);
        QCOMPARE(find<QComboBox>(picker, "dataBox")->count(), 5);
    }

    // A scan that takes its time can be ended, and begun again.
    void lookingCanBeCancelled() {
        DataPicker picker;
        picker.show();
        auto* cancel = find<QPushButton>(picker, "dataCancel");
        QTRY_VERIFY_WITH_TIMEOUT(picker.summary().has_value(), kWaitMs);
        QVERIFY(!cancel->isVisible());
        picker.setPath(m_home.makeDataFolder(QStringLiteral("slow"), 4));
        cancel->click();  // before anything of it is heard
        QCOMPARE(textOf(picker, "dataCounts"), QStringLiteral("Not looked into."));
        QVERIFY(!picker.summary().has_value() && picker.problem().isEmpty());
        QCOMPARE(cancel->text(), QStringLiteral("Look again"));
        QVERIFY(cancel->isVisible());
        cancel->click();
        QTRY_VERIFY_WITH_TIMEOUT(picker.summary().has_value(), kWaitMs);
        QVERIFY(!cancel->isVisible());
    }

    // The window stays alive while ten thousand pictures are scanned and checked, and either can be ended.
    void thousandsNeverStallTheWindow() {
        constexpr int kPictures = 10'000;
        for (int i = 0; i < kPictures; ++i) {
            const char colour[] = {static_cast<char>(i), static_cast<char>(i >> 8), 0};
            m_home.makeFile(QStringLiteral("many/%1/%2.ppm").arg(QLatin1String(i % 2 ? "odd" : "even")).arg(i),
                            QByteArray("P6 1 1 255\n") + QByteArray(colour, 3));
        }
        DataPicker picker;
        picker.show();
        auto* action = find<QPushButton>(picker, "dataCheckButton");
        auto* cancel = find<QPushButton>(picker, "dataCancel");
        StallProbe probe;
        picker.setPath(m_home.path(QStringLiteral("many")));
        picker.setPath(m_home.path(QStringLiteral("many")));  // replaces the first
        QTRY_VERIFY_WITH_TIMEOUT(picker.summary().has_value(), kWaitMs);
        QVERIFY(!cancel->isVisible());
        QVERIFY(textOf(picker, "dataCounts").contains(formatCount(kPictures)));
        QCOMPARE(textOf(picker, "dataCheck"), QStringLiteral("Not checked yet."));

        action->click();
        QTRY_VERIFY_WITH_TIMEOUT(textOf(picker, "dataCheck").contains(formatCount(kPictures)), kWaitMs);
        QCOMPARE(action->text(), QStringLiteral("Cancel"));
        action->click();
        QCOMPARE(textOf(picker, "dataCheck"), QStringLiteral("Not checked yet."));
        action->click();
        const QString sound =
            QStringLiteral("All %1 pictures can be read, none is there twice.").arg(formatCount(kPictures));
        QTRY_COMPARE_WITH_TIMEOUT(textOf(picker, "dataCheck"), sound, kWaitMs);
        QVERIFY2(probe.longestMs() < 1000, qPrintable(QString::number(probe.longestMs())));
    }

    // While a run is active nothing is checked beside it.
    void aRunEndsTheCheck() {
        DataPicker picker;
        picker.show();
        picker.setPath(m_home.makeDataFolder(QStringLiteral("busy"), 22));
        QTRY_VERIFY_WITH_TIMEOUT(find<QLabel>(picker, "dataCheck")->isVisible(), kWaitMs);
        picker.setReadOnly(true);
        QVERIFY(!find<QPushButton>(picker, "dataCheckButton")->isEnabled());
        QVERIFY(!textOf(picker, "dataCheck").startsWith(QStringLiteral("Checking")));
        picker.setReadOnly(false);
        QVERIFY(find<QPushButton>(picker, "dataCheckButton")->isEnabled());
    }

  private:
    testing::PrivateHome m_home;
};

QTEST_MAIN(TestDataPicker)
#include "tst_data_picker.moc"
