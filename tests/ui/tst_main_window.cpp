#include <QAccessible>
#include <QDataStream>
#include <QDropEvent>
#include <QGuiApplication>
#include <QLabel>
#include <QListView>
#include <QMessageBox>
#include <QMimeData>
#include <QPushButton>
#include <QScreen>
#include <QStackedWidget>
#include <QTest>
#include <QTextBrowser>
#include <cmath>

#include "classify/classify_page.h"
#include "main_window.h"
#include "pages/run_table.h"
#include "pages/train_page.h"
#include "plots/overlay_plot.h"
#include "run/stored_run.h"
#include "support/toy_experiment.h"
#include "ui_support.h"
#include "veil.h"

using namespace condenser;
using condenser::testing::find;
using condenser::testing::kWaitMs;

// In the stack of pages.
constexpr int kClassify = 2, kRuns = 4;

class TestMainWindow : public QObject {
    Q_OBJECT

  private slots:
    void initTestCase() {
        m_data = m_home.makeDataFolder(QStringLiteral("pictures"), 16);
        m_model = m_home.path(QStringLiteral("model.safetensors"));
        QVERIFY(writeModelFile(toPath(m_model), testing::makeModel()).has_value());
    }
    void init() {
        testing::failOnWarnings();
        m_home.settings().clear();
    }

    void opensOnTrainWithOneObviousButton() {
        MainWindow window(m_home.settings());
        window.show();
        QVERIFY(QTest::qWaitForWindowExposed(&window));
        QVERIFY(window.windowTitle().startsWith(QStringLiteral("Condenser")));
        QCOMPARE(pageOf(window), 0);
        QTRY_VERIFY_WITH_TIMEOUT(find<QPushButton>(window, "startButton")->isEnabled(), kWaitMs);
        QCOMPARE(find<QLabel>(window, "modelName")->text(), QStringLiteral("none yet"));
        QVERIFY(find<QLabel>(window, "stripEpoch")->text().contains(QStringLiteral("No run yet")));
    }

    void everyControlHasAName() {
        MainWindow window(m_home.settings());
        QStringList nameless;
        for (QWidget* widget : window.findChildren<QWidget*>()) {
            if (widget->focusPolicy() == Qt::NoFocus || qobject_cast<const QLabel*>(widget) != nullptr) continue;
            // Inside of Qt's own widgets.
            if (widget->objectName().startsWith(QStringLiteral("qt_")) || widget->inherits("QComboBoxListView"))
                continue;
            // As a screen reader hears it: a button without a name of its own reads its text.
            QAccessibleInterface* interface = QAccessible::queryAccessibleInterface(widget);
            if (interface == nullptr || interface->text(QAccessible::Name).isEmpty())
                nameless << QString::fromLatin1(widget->metaObject()->className()) + u' ' + widget->objectName();
        }
        QVERIFY2(nameless.isEmpty(), qPrintable(nameless.join(QStringLiteral(", "))));
    }

    void keysReachThePages() {
        MainWindow window(m_home.settings());
        window.show();
        QVERIFY(QTest::qWaitForWindowActive(&window));
        QTest::keyClick(&window, Qt::Key_3, Qt::AltModifier);
        QCOMPARE(pageOf(window), kClassify);
        auto* help = find<QWidget>(window, "helpPanel");
        auto* text = find<QTextBrowser>(window, "helpText");
        QTest::keyClick(&window, Qt::Key_F1);
        QVERIFY(help->isVisible());
        QVERIFY(text->toPlainText().contains(QStringLiteral("as the network saw it")));
        QTest::keyClick(&window, Qt::Key_Question, Qt::ControlModifier);
        QVERIFY(text->toPlainText().contains(QStringLiteral("Shift+F5")));
        QTest::keyClick(text, Qt::Key_Escape);
        QVERIFY(!help->isVisible());
        QTest::keyClick(&window, Qt::Key_1, Qt::AltModifier);
        QCOMPARE(pageOf(window), 0);
    }

    void aDroppedPictureNeedsAModel() {
        MainWindow window(m_home.settings());
        window.show();
        drop(window, {m_home.makePicture(QStringLiteral("one.png"))});
        QTRY_COMPARE_WITH_TIMEOUT(pageOf(window), kClassify, kWaitMs);
        auto* sentence = find<QLabel>(window, "noModelText");
        QVERIFY(sentence->isVisible());
        QVERIFY(sentence->text().contains(QStringLiteral("Start training")));
        // It is answered as soon as there is a model.
        drop(window, {m_model});
        QTRY_VERIFY_WITH_TIMEOUT(rowState(window, 0) == AnsweredPicture::State::kAnswered, kWaitMs);
        QVERIFY(!sentence->isVisible());
        QCOMPARE(find<QLabel>(window, "modelName")->text(), QStringLiteral("model.safetensors"));
    }

    void aDroppedCheckpointSaysWhatItLeavesOpen() {
        MainWindow window(m_home.settings());
        window.show();
        auto* assumed = find<QLabel>(window, "classifyAssumed");
        drop(window, {QStringLiteral(CONDENSER_FIXTURES "/ckpt/dense_model_zip.pth.tar")});
        QTRY_COMPARE_WITH_TIMEOUT(find<QLabel>(window, "modelName")->text(), QStringLiteral("dense_model_zip.pth.tar"),
                                  kWaitMs);
        QVERIFY(assumed->isVisible());
        QVERIFY(assumed->text().contains(QStringLiteral("32 x 32 pixels")));
        drop(window, {m_home.makePicture(QStringLiteral("seen.png"))});
        QTRY_VERIFY_WITH_TIMEOUT(rowState(window, 0) == AnsweredPicture::State::kAnswered, kWaitMs);
        // A model of ours assumes nothing.
        drop(window, {m_model});
        QTRY_COMPARE_WITH_TIMEOUT(find<QLabel>(window, "modelName")->text(), QStringLiteral("model.safetensors"),
                                  kWaitMs);
        QVERIFY(!assumed->isVisible());
    }

    void droppedPicturesAreAnsweredAndABrokenOneSaysSo() {
        MainWindow window(m_home.settings());
        window.show();
        drop(window, {m_model});
        QTRY_COMPARE_WITH_TIMEOUT(find<QLabel>(window, "modelName")->text(), QStringLiteral("model.safetensors"),
                                  kWaitMs);
        drop(window, {m_home.makePicture(QStringLiteral("real.png")), m_home.makePicture(QStringLiteral("real.jpg"), 4),
                      m_home.makeFile(QStringLiteral("<b>broken.png"), "\x89PNG\r\n\x1a\n and no more")});
        QTRY_VERIFY_WITH_TIMEOUT(rowState(window, 0) != AnsweredPicture::State::kWaiting &&
                                     rowState(window, 1) != AnsweredPicture::State::kWaiting &&
                                     rowState(window, 2) != AnsweredPicture::State::kWaiting,
                                 kWaitMs);
        QVERIFY(rowState(window, 0) == AnsweredPicture::State::kAnswered);
        QVERIFY(rowState(window, 1) == AnsweredPicture::State::kAnswered);
        QVERIFY(rowState(window, 2) == AnsweredPicture::State::kFailed);
        QCOMPARE(answers(window)->at(0).answer().top.size(), std::size_t{5});
        QVERIFY(!answers(window)->at(2).problem.isEmpty());
        QVERIFY(find<QWidget>(window, "condensedBars")->accessibleDescription().contains(u'%'));
        QVERIFY(find<QLabel>(window, "answerModel")->text().contains(QStringLiteral("epoch 3")));
        auto* list = find<QListView>(window, "answerList");
        list->setCurrentIndex(list->model()->index(2, 0));
        QCOMPARE(find<QLabel>(window, "answerName")->text(), QStringLiteral("<b>broken.png"));
        QCOMPARE(find<QLabel>(window, "answerName")->textFormat(), Qt::PlainText);
        QVERIFY(!window.grab().isNull());
    }

    void hoveringSaysWhatADropWillDo() {
        MainWindow window(m_home.settings());
        window.show();
        QMimeData content;
        content.setUrls({QUrl::fromLocalFile(m_data)});
        QDragEnterEvent enter(QPoint(300, 300), Qt::CopyAction, &content, Qt::LeftButton, Qt::NoModifier);
        QApplication::sendEvent(&window, &enter);
        auto* overlay = find<Veil>(window, "dropOverlay");
        QVERIFY(enter.isAccepted());
        QVERIFY(overlay->isVisible());
        QTRY_VERIFY_WITH_TIMEOUT(overlay->words().contains(QStringLiteral("as data to train on")), kWaitMs);
        QDragLeaveEvent leave;
        QApplication::sendEvent(&window, &leave);
        QVERIFY(!overlay->isVisible());
    }

    void aDroppedFolderBecomesTheData() {
        MainWindow window(m_home.settings());
        window.show();
        drop(window, {m_data});
        QTRY_VERIFY_WITH_TIMEOUT(find<QLabel>(window, "dataCounts")->text().contains(QStringLiteral("2\u00a0classes")),
                                 kWaitMs);
        QCOMPARE(find<TrainPage>(window, "trainPage")->request().data, "folder:" + toPath(m_data).string());
        QCOMPARE(pageOf(window), 0);
        // The other choice is one press away, and from there the first one again.
        QVERIFY(find<QFrame>(window, "choiceNotice")->accessibleName().contains(QStringLiteral("data to train on")));
        find<QPushButton>(window, "choiceNoticeClassifythesepicturesinstead")->click();
        QTRY_COMPARE_WITH_TIMEOUT(pageOf(window), kClassify, kWaitMs);
        QTRY_COMPARE_WITH_TIMEOUT(answers(window)->rowCount(), 48, kWaitMs);
        QTRY_VERIFY_WITH_TIMEOUT(
            window.findChild<QPushButton*>(QStringLiteral("choiceNoticeUseasdatatotrainoninstead")) != nullptr,
            kWaitMs);
        find<QPushButton>(window, "choiceNoticeUseasdatatotrainoninstead")->click();
        QTRY_COMPARE_WITH_TIMEOUT(pageOf(window), 0, kWaitMs);
    }

    void aDroppedClassOffersTheSetThatItBelongsTo() {
        MainWindow window(m_home.settings());
        window.show();
        drop(window, {m_data + QStringLiteral("/train/round")});
        QTRY_COMPARE_WITH_TIMEOUT(answers(window)->rowCount(), 16, kWaitMs);
        QCOMPARE(pageOf(window), kClassify);
        auto* other = window.findChild<QPushButton*>(QStringLiteral("choiceNoticeTrainon“train”instead"));
        QVERIFY(other != nullptr);
        other->click();
        QTRY_COMPARE_WITH_TIMEOUT(pageOf(window), 0, kWaitMs);
        QCOMPARE(find<TrainPage>(window, "trainPage")->request().data, "folder:" + toPath(m_data).string() + "/train");
    }

    // What is stored is no more trusted than any input: the window opens on its page, within the screen, and says no
    // word about a run or a model that cannot be read.
    void nonsenseInTheSettingsIsHarmless_data() {
        QTest::addColumn<QVariantMap>("settings");
        using Settings = std::initializer_list<std::pair<const char*, QVariant>>;
        const auto row = [](const QString& name, const Settings& settings) {
            QVariantMap map;
            for (const auto& [key, value] : settings) map[QString::fromLatin1(key)] = value;
            QTest::addRow("%s", qPrintable(name)) << map;
        };
        const auto geometryRow = [&](const char* name, const QByteArray& stored) {
            row(QStringLiteral("geometry ") + QString::fromLatin1(name), {{"window/geometry", stored}});
        };
        const auto text = [](const char* value) { return QVariant(QString::fromLatin1(value)); };
        const QString longText(1 << 20, u'x');
        geometryRow("of noise", QByteArray(4096, '\xff'));
        geometryRow("as text", QByteArray("800x600"));
        geometryRow("cut short", geometry(QRect(10, 10, 900, 700)).left(17));
        geometryRow("far away", geometry(QRect(1'000'000, -1'000'000, 900, 700)));
        geometryRow("of a giant", geometry(QRect(-500'000, -500'000, 1'000'000, 1'000'000)));
        geometryRow("of nothing", geometry(QRect(0, 0, 0, 0)));
        geometryRow("inside out", geometry(QRect(QPoint(900, 700), QPoint(-900, -700))));
        for (const char* page : {"-1", "2", "99999999999999999999", "nan", ""}) {
            row(QStringLiteral("page ") + QString::fromLatin1(page), {{"window/page", text(page)}});
        }
        row(QStringLiteral("page as list"), {{"window/page", QVariantList{1, 2}}});
        row(QStringLiteral("theme"), {{"window/theme", longText}});
        for (const QString& path : {QStringLiteral("/"), QStringLiteral("/dev/zero"), QStringLiteral("/dev/stdin"),
                                    QStringLiteral("a\0b"), longText, m_data, m_home.path(QStringLiteral("nowhere"))}) {
            row(QStringLiteral("last ") + path.left(20), {{"last/run", path}, {"last/model", path}});
        }
        row(QStringLiteral("numbers too large"), {{"train/epochs", text("99999999999")},
                                                  {"train/batch", 2'000'000'000},
                                                  {"train/seed", text("-1")},
                                                  {"train/learningRate", text("1e999")},
                                                  {"train/lasso", text("inf")}});
        row(QStringLiteral("numbers too small"), {{"train/epochs", 0},
                                                  {"train/batch", -7},
                                                  {"train/seed", -9e30},
                                                  {"train/learningRate", -1.0},
                                                  {"train/lasso", text("-nan")}});
        row(QStringLiteral("numbers of other kinds"), {{"train/epochs", QVariantList{1}},
                                                       {"train/batch", QByteArray("\xff\xfe")},
                                                       {"train/learningRate", QRect()},
                                                       {"train/lasso", true}});
        row(QStringLiteral("a giant of a network"),
            {{"train/model", text("condensenet:stages=32,growth=128,groups=8,condense=8,bottleneck=16,group3x3=8,"
                                  "size=4096")}});
        row(QStringLiteral("a network beyond the fields"),
            {{"train/model", text("condensenet:stages=1,growth=1024,groups=1024,condense=1024,bottleneck=64,"
                                  "group3x3=1024,size=1x4096")}});
        row(QStringLiteral("a network of noise"), {{"train/model", longText}});
        row(QStringLiteral("data of noise"), {{"train/data", longText}});
        row(QStringLiteral("data that cannot be listed"), {{"train/data", text("folder:/proc/self/fd/0")}});
    }
    void nonsenseInTheSettingsIsHarmless() {
        QFETCH(QVariantMap, settings);
        for (const auto& [key, value] : settings.toStdMap()) m_home.settings().setValue(key, value);
        MainWindow window(m_home.settings());
        window.show();
        QVERIFY(QTest::qWaitForWindowExposed(&window));
        window.restoreLastTime();
        QVERIFY(pageOf(window) == 0 || pageOf(window) == kClassify);
        QVERIFY(window.width() >= 200 && window.width() <= 8192);
        QVERIFY(window.height() >= 200 && window.height() <= 8192);
        QVERIFY(QGuiApplication::primaryScreen()->virtualGeometry().intersects(window.geometry()));
        const TrainRequest request = find<TrainPage>(window, "trainPage")->request();
        QVERIFY(request.settings.epochs >= 1 && request.settings.batch >= 1);
        QVERIFY(std::isfinite(request.settings.learningRate) && request.settings.learningRate > 0);
        QVERIFY(std::isfinite(request.settings.groupLassoLambda) && request.settings.groupLassoLambda >= 0);
        QVERIFY(parseNetworkSpec(request.model).has_value());
        QTest::qWait(20);  // for what is read in the background
        QVERIFY(window.findChild<QFrame*>(QStringLiteral("openNotice")) == nullptr);
        // What names neither a model nor a run is a first start, which shows the sample.
        const auto names = [&](const char* key) {
            return !m_home.settings().value(QString::fromLatin1(key)).toString().isEmpty();
        };
        const bool known = names("last/model") || names("last/run");
        QTRY_COMPARE_WITH_TIMEOUT(find<QLabel>(window, "modelName")->text(),
                                  known ? QStringLiteral("none yet") : QStringLiteral("shapes10-tiny"), kWaitMs);
        QVERIFY(!window.grab().isNull());
    }

    void aDroppedExperimentShowsItsRunsOverEachOther() {
        const auto folder = toPath(m_home.path(QStringLiteral("toys")));
        const ExperimentPlan plan = test::toyPlan({1, 2, 3, 4, 5});
        test::makeExperiment(folder, plan);
        MainWindow window(m_home.settings());
        window.show();
        drop(window, {toQString(folder)});
        QTRY_COMPARE_WITH_TIMEOUT(pageOf(window), kRuns, kWaitMs);
        const auto* table = find<RunTable>(window, "runTable");
        QTRY_COMPARE_WITH_TIMEOUT(table->selectedRuns().size(), std::size_t{10}, kWaitMs);
        const std::vector<PlannedRun> runs = runsOf(plan, folder);
        for (std::size_t i = 0; i < runs.size(); ++i) QCOMPARE(table->selectedRuns()[i], runs[i].folder);
        QTRY_COMPARE_WITH_TIMEOUT(find<OverlayPlot>(window, "runOverlay")->curveCount(), 10, kWaitMs);
        // Of more runs than colours, the seeds of a network share one.
        for (std::size_t i = 2; i < 6; ++i)
            QCOMPARE(table->colours().at(runs[i].folder) % 8, table->colours().at(runs[i % 2].folder));
        const QModelIndex name = table->model()->index(0, RunListModel::kName);
        QCOMPARE(name.data(RunListModel::kPlaceRole).toString(), QStringLiteral("toys"));
        QVERIFY(m_home.settings()
                    .value(QStringLiteral("recent/files"))
                    .toStringList()
                    .contains(QStringLiteral("experiment:") + toQString(folder)));

        test::writeBytes(folder / kExperimentName, "{");
        drop(window, {toQString(folder)});
        QTRY_VERIFY_WITH_TIMEOUT(window.findChild<QFrame*>(QStringLiteral("openNotice")) != nullptr, kWaitMs);
        QVERIFY(find<QFrame>(window, "openNotice")->accessibleName().contains(QStringLiteral("toys/experiment.json")));
    }

    void aBrokenModelIsRefusedInWords() {
        MainWindow window(m_home.settings());
        window.show();
        drop(window, {m_home.makeFile(QStringLiteral("bad.safetensors"), "nothing")});
        QTRY_VERIFY_WITH_TIMEOUT(window.findChild<QFrame*>(QStringLiteral("openNotice")) != nullptr, kWaitMs);
        QVERIFY(find<QFrame>(window, "openNotice")->accessibleName().contains(QStringLiteral("bad.safetensors")));
        QCOMPARE(find<QLabel>(window, "modelName")->text(), QStringLiteral("none yet"));
    }

    void aRunningTrainingAnswersAndClosingAsksOnce() {
        std::filesystem::path folder;
        {
            storeTinyRun(100'000);
            MainWindow window(m_home.settings());
            window.show();
            start(window);
            QTRY_VERIFY_WITH_TIMEOUT(find<QLabel>(window, "modelDetail")->text().startsWith(QStringLiteral("epoch ")),
                                     kWaitMs);
            drop(window, {m_home.makePicture(QStringLiteral("live.png"))});
            QTRY_VERIFY_WITH_TIMEOUT(rowState(window, 0) == AnsweredPicture::State::kAnswered, kWaitMs);
            QVERIFY(answers(window)->at(0).model.contains(QStringLiteral("of 100000")));

            QVERIFY(window.windowTitle().startsWith(QStringLiteral("Condenser · ")));
            window.close();
            QVERIFY(window.isVisible());
            auto* question = find<QMessageBox>(window, "closeQuestion");
            find<QPushButton>(*question, "closeCancel")->click();
            QTRY_VERIFY(window.findChild<QMessageBox*>(QStringLiteral("closeQuestion")) == nullptr);
            QVERIFY(window.isVisible());
            QVERIFY(find<QPushButton>(window, "stripPause")->isEnabled());

            window.close();
            find<QPushButton>(*find<QMessageBox>(window, "closeQuestion"), "closeAndKeep")->click();
            // It says what it waits for, and a second wish to close asks no second time.
            QVERIFY(find<Veil>(window, "savingVeil")->isVisible());
            window.close();
            QCOMPARE(window.findChildren<QMessageBox*>(QStringLiteral("closeQuestion")).size(), 1);  // on its way out
            QTRY_VERIFY_WITH_TIMEOUT(!window.isVisible(), kWaitMs);
            folder = toPath(m_home.settings().value(QStringLiteral("last/run")).toString());
        }
        const auto stored = readStoredRun(folder);
        QVERIFY(stored.has_value());
        QVERIFY(stored->state == StoredRunState::kStopped);

        // The next start offers to go on.
        MainWindow window(m_home.settings());
        window.show();
        window.restoreLastTime();
        QVERIFY(find<QFrame>(window, "runNotice")->accessibleName().contains(QStringLiteral("was stopped after")));
        find<QPushButton>(window, "runNoticeContinue")->click();
        QTRY_VERIFY_WITH_TIMEOUT(find<QPushButton>(window, "stripPause")->isEnabled(), kWaitMs);
        find<QPushButton>(window, "stripStop")->click();
        QTRY_VERIFY_WITH_TIMEOUT(find<QLabel>(window, "stripLeft")->text() == QStringLiteral("stopped"), kWaitMs);
    }

    void aFinishedRunIsTheModel() {
        storeTinyRun(2);
        MainWindow window(m_home.settings());
        window.show();
        start(window);
        QTRY_VERIFY_WITH_TIMEOUT(find<QLabel>(window, "modelDetail")->text().contains(QStringLiteral("right")),
                                 kWaitMs);
        QVERIFY(m_home.settings()
                    .value(QStringLiteral("last/model"))
                    .toString()
                    .endsWith(QStringLiteral("model.safetensors")));
        QCOMPARE(find<QLabel>(window, "stripLeft")->text(), QStringLiteral("finished"));
        const QString name = find<QLabel>(window, "modelName")->text();
        // Next time it goes by the run's name again, not by that of a file which all runs have.
        MainWindow next(m_home.settings());
        next.show();
        next.restoreLastTime();
        QTRY_COMPARE_WITH_TIMEOUT(find<QLabel>(next, "modelName")->text(), name, kWaitMs);
    }

    void bothThemesAndBothSizesAreDrawn() {
        for (const char* theme : {"dark", "light"}) {
            m_home.settings().setValue(QStringLiteral("window/theme"), QString::fromLatin1(theme));
            MainWindow window(m_home.settings());
            QVERIFY2(window.minimumSizeHint().width() <= 1100 && window.minimumSizeHint().height() <= 700,
                     qPrintable(QStringLiteral("%1 x %2")
                                    .arg(window.minimumSizeHint().width())
                                    .arg(window.minimumSizeHint().height())));
            window.resize(1100, 700);
            window.show();
            QVERIFY(QTest::qWaitForWindowExposed(&window));
            for (const int page : {0, 1, 2}) {
                find<QStackedWidget>(window, "pages")->setCurrentIndex(page);
                const QImage picture = window.grab().toImage();
                const Theme& expected = QLatin1String(theme) == QLatin1String("dark") ? darkTheme() : lightTheme();
                QCOMPARE(picture.pixelColor(picture.width() - 4, 4), expected.window);
            }
        }
    }

  private:
    static void drop(MainWindow& window, const QStringList& files) {
        QMimeData content;
        QList<QUrl> urls;
        for (const QString& file : files) urls << QUrl::fromLocalFile(file);
        content.setUrls(urls);
        QDragEnterEvent enter(QPoint(300, 300), Qt::CopyAction, &content, Qt::LeftButton, Qt::NoModifier);
        QApplication::sendEvent(&window, &enter);
        QVERIFY(enter.isAccepted());
        QDropEvent event(QPointF(300, 300), Qt::CopyAction, &content, Qt::LeftButton, Qt::NoModifier);
        QApplication::sendEvent(&window, &event);
        QVERIFY(event.isAccepted());
    }
    static int pageOf(MainWindow& window) { return find<QStackedWidget>(window, "pages")->currentIndex(); }
    static const AnswerModel* answers(MainWindow& window) {
        return &find<ClassifyPage>(window, "classifyPage")->answers();
    }
    static AnsweredPicture::State rowState(MainWindow& window, int row) {
        return row < answers(window)->rowCount() ? answers(window)->at(row).state : AnsweredPicture::State::kWaiting;
    }
    // As QWidget::saveGeometry() writes it.
    static QByteArray geometry(const QRect& rectangle) {
        QByteArray bytes;
        QDataStream stream(&bytes, QIODevice::WriteOnly);
        stream.setVersion(QDataStream::Qt_4_0);
        stream << quint32{0x1D9D0CB} << quint16{3} << quint16{0} << rectangle << rectangle << qint32{0} << quint8{0}
               << quint8{0} << qint32{1920} << rectangle;
        return bytes;
    }
    // The fields are restored from the settings.
    void storeTinyRun(int epochs) {
        QSettings& settings = m_home.settings();
        settings.setValue(QStringLiteral("train/data"), QStringLiteral("folder:") + m_data);
        settings.setValue(QStringLiteral("train/model"), QString::fromStdString(testing::kTinyModel));
        settings.setValue(QStringLiteral("train/epochs"), epochs);
        settings.setValue(QStringLiteral("train/batch"), 8);
    }
    static void start(MainWindow& window) {
        auto* button = find<QPushButton>(window, "startButton");
        QTRY_VERIFY_WITH_TIMEOUT(button->isEnabled(), kWaitMs);
        button->click();
    }

    testing::PrivateHome m_home;
    QString m_data, m_model;
};

QTEST_MAIN(TestMainWindow)
#include "tst_main_window.moc"
