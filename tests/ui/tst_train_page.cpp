#include <QComboBox>
#include <QDoubleSpinBox>
#include <QLabel>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QSpinBox>
#include <QTest>
#include <QWheelEvent>
#include <limits>

#include "network/summary.h"
#include "pages/run_charts.h"
#include "pages/train_page.h"
#include "ui_support.h"

using namespace condenser;
using condenser::testing::find;
using condenser::testing::kWaitMs;
using State = TrainingSession::State;

class TestTrainPage : public QObject {
    Q_OBJECT

  private slots:
    void initTestCase() { m_data = m_home.makeDataFolder(QStringLiteral("pictures"), 16); }
    void init() {
        testing::failOnWarnings();
        m_home.settings().clear();
    }

    void costFollowsTheFields() {
        TrainingSession session;
        TrainPage page(session, m_home.settings());
        const auto shown = [&](const char* name) { return find<QLabel>(page, name)->text(); };
        const auto expected = [](const NetworkSpec& spec, CountingMode mode) {
            return formatAmount(static_cast<double>(summarize(spec, mode).macs));
        };
        NetworkSpec spec = *parseNetworkSpec("condensenet-tiny");
        QCOMPARE(shown("denseMacs"), expected(spec, CountingMode::kDense));
        QCOMPARE(shown("condensedMacs"), expected(spec, CountingMode::kCondensed));
        QCOMPARE(shown("denseParams"), formatAmount(static_cast<double>(summarize(spec, CountingMode::kDense).params)));
        QCOMPARE(shown("condensedParams"),
                 formatAmount(static_cast<double>(summarize(spec, CountingMode::kCondensed).params)));
        QVERIFY(find<QLabel>(page, "denseMacs")
                    ->toolTip()
                    .contains(formatCount(summarize(spec, CountingMode::kLearned).refFlops)));

        find<QComboBox>(page, "networkBox")->setCurrentText(QStringLiteral("condensenet-86"));
        spec = *parseNetworkSpec("condensenet-86");
        QCOMPARE(shown("denseMacs"), expected(spec, CountingMode::kDense));

        auto* layers = find<QLineEdit>(page, "layersField");
        layers->selectAll();
        QTest::keyClicks(layers, QStringLiteral("2-2-2"));
        spec.stages = {2, 2, 2};
        QCOMPARE(shown("denseMacs"), expected(spec, CountingMode::kDense));
        QCOMPARE(find<QComboBox>(page, "networkBox")->currentText(), QStringLiteral("your own numbers"));
    }

    // What a spec says of its transitions outlives every field that is edited, and has a field of its own.
    void compressionIsKept() {
        const std::string given = "condensenet:stages=1-1,growth=8-8,groups=2,condense=2,group3x3=2,compression=0.4375";
        m_home.settings().setValue(QStringLiteral("train/model"), QString::fromStdString(given));
        TrainingSession session;
        TrainPage page(session, m_home.settings());
        NetworkSpec spec = parseNetworkSpec(given).value();
        const auto asked = [&] { return parseNetworkSpec(page.request().model).value(); };
        QCOMPARE(asked().text(), spec.text());
        find<QSpinBox>(page, "condenseField")->setValue(1);
        spec.condenseFactor = 1;
        QCOMPARE(asked().text(), spec.text());
        find<QDoubleSpinBox>(page, "compressionField")->setValue(0.5);
        spec.compression = 0.5;
        QCOMPARE(asked().text(), spec.text());
        find<QDoubleSpinBox>(page, "compressionField")->setValue(0);
        spec.compression = 0;
        QCOMPARE(asked().text(), spec.text());
        m_home.settings().remove(QStringLiteral("train/model"));
    }

    void aBrokenRuleCannotBeStarted() {
        TrainingSession session;
        TrainPage page(session, m_home.settings());
        auto* start = find<QPushButton>(page, "startButton");
        QTRY_VERIFY_WITH_TIMEOUT(start->isEnabled(), kWaitMs);
        auto* growth = find<QLineEdit>(page, "growthField");
        growth->selectAll();
        QTest::keyClicks(growth, QStringLiteral("7-16-32"));
        QVERIFY(!start->isEnabled());
        const QString reason = find<QLabel>(page, "networkProblem")->text();
        QVERIFY2(reason.contains(QStringLiteral("divisible")) && reason.contains(QStringLiteral("8-16-32")),
                 qPrintable(reason));
        QCOMPARE(find<QLabel>(page, "denseMacs")->text(), QStringLiteral("–"));
        page.mainAction();
        QVERIFY(!session.active());
        growth->selectAll();
        QTest::keyClicks(growth, QStringLiteral("8-16-32"));
        QVERIFY(start->isEnabled());
        QVERIFY(find<QLabel>(page, "networkProblem")->text().isEmpty());
    }

    // The nearest legal values stand below the numbers, a click away.
    void aBrokenRuleIsMendedWithAClick() {
        TrainingSession session;
        TrainPage page(session, m_home.settings());
        auto* start = find<QPushButton>(page, "startButton");
        QTRY_VERIFY_WITH_TIMEOUT(start->isEnabled(), kWaitMs);
        QVERIFY(page.findChild<QPushButton*>(QStringLiteral("networkFix0")) == nullptr);
        auto* growth = find<QLineEdit>(page, "growthField");
        growth->selectAll();
        QTest::keyClicks(growth, QStringLiteral("10-16-32"));
        QVERIFY(!start->isEnabled());
        auto* fix = find<QPushButton>(page, "networkFix0");
        QCOMPARE(fix->text(), QStringLiteral("Use Growth 8-16-32"));
        QCOMPARE(find<QPushButton>(page, "networkFix1")->text(), QStringLiteral("Use Growth 12-16-32"));
        fix->click();
        QCOMPARE(growth->text(), QStringLiteral("8-16-32"));
        QVERIFY(start->isEnabled());
        QTRY_VERIFY(page.findChild<QPushButton*>(QStringLiteral("networkFix0")) == nullptr);
        // Pictures too small for the poolings.
        find<QSpinBox>(page, "sizeField")->setValue(8);
        auto* layers = find<QLineEdit>(page, "layersField");
        layers->selectAll();
        QTest::keyClicks(layers, QStringLiteral("1-1-1-1-1"));
        growth->selectAll();
        QTest::keyClicks(growth, QStringLiteral("8-8-8-8-8"));
        QVERIFY(!start->isEnabled());
        QCOMPARE(find<QPushButton>(page, "networkFix0")->text(), QStringLiteral("Use Picture size 16"));
        find<QPushButton>(page, "networkFix0")->click();
        QVERIFY(start->isEnabled());
    }

    void aBatchThatCannotBeNormalisedCannotBeStarted() {
        TrainingSession session;
        TrainPage page(session, m_home.settings());
        auto* start = find<QPushButton>(page, "startButton");
        QTRY_VERIFY_WITH_TIMEOUT(start->isEnabled(), kWaitMs);
        find<QComboBox>(page, "networkBox")->setCurrentText(QStringLiteral("your own numbers"));
        find<QSpinBox>(page, "sizeField")->setValue(8);
        auto* layers = find<QLineEdit>(page, "layersField");
        layers->selectAll();
        QTest::keyClicks(layers, QStringLiteral("1-1-1-1"));
        auto* growth = find<QLineEdit>(page, "growthField");
        growth->selectAll();
        QTest::keyClicks(growth, QStringLiteral("8-8-8-8"));
        QVERIFY(start->isEnabled());
        find<QSpinBox>(page, "batchField")->setValue(1);
        QVERIFY(!start->isEnabled());
        QVERIFY(find<QLabel>(page, "scheduleProblem")->text().contains(QStringLiteral("batch")));
        find<QSpinBox>(page, "batchField")->setValue(2);
        QVERIFY(start->isEnabled());
    }

    void aFolderThatCannotBeUsedSaysSo() {
        TrainingSession session;
        TrainPage page(session, m_home.settings());
        page.setDataPath(m_home.path(QStringLiteral("nowhere")));
        auto* problem = find<QLabel>(page, "dataProblem");
        QTRY_VERIFY_WITH_TIMEOUT(problem->text().contains(QStringLiteral("nowhere")), kWaitMs);
        QVERIFY(!find<QPushButton>(page, "startButton")->isEnabled());
        QVERIFY(!find<QLabel>(page, "startObstacle")->text().isEmpty());
        page.setDataPath(m_data);
        QTRY_VERIFY_WITH_TIMEOUT(find<QPushButton>(page, "startButton")->isEnabled(), kWaitMs);
    }

    void startPauseContinueStopResume() {
        TrainingSession session;
        TrainPage page(session, m_home.settings());
        page.setTheme(darkTheme());
        page.resize(1000, 700);
        page.show();
        fill(page, 5000);
        auto* start = find<QPushButton>(page, "startButton");
        auto* stop = find<QPushButton>(page, "stopButton");
        auto* loss = find<LossPlot>(page, "lossPlot");
        auto* accuracy = find<AccuracyPlot>(page, "accuracyPlot");
        QTRY_VERIFY_WITH_TIMEOUT(start->isEnabled(), kWaitMs);
        QCOMPARE(accuracy->markCount(), 1);  // before the run
        QVERIFY(!stop->isEnabled());
        QTest::mouseClick(start, Qt::LeftButton);
        QTRY_COMPARE_WITH_TIMEOUT(session.state(), State::kRunning, kWaitMs);
        QVERIFY(!find<QComboBox>(page, "networkBox")->isEnabled());
        QVERIFY(!find<QSpinBox>(page, "epochsField")->isEnabled());
        QTRY_VERIFY_WITH_TIMEOUT(loss->pointCount(LossPlot::kSteps) > 0, kWaitMs);
        QTRY_VERIFY_WITH_TIMEOUT(accuracy->pointCount(AccuracyPlot::kTest) > 0, kWaitMs);
        QCOMPARE(start->text(), QStringLiteral("Pause"));
        QTest::mouseClick(start, Qt::LeftButton);
        QTRY_COMPARE_WITH_TIMEOUT(session.state(), State::kPaused, kWaitMs);
        QCOMPARE(start->text(), QStringLiteral("Continue"));
        const int there = loss->pointCount(LossPlot::kSteps);
        QTest::mouseClick(start, Qt::LeftButton);
        QTRY_VERIFY_WITH_TIMEOUT(loss->pointCount(LossPlot::kSteps) > there, kWaitMs);
        QTest::mouseClick(stop, Qt::LeftButton);
        QTRY_COMPARE_WITH_TIMEOUT(session.state(), State::kStopped, kWaitMs);
        QCOMPARE(start->text(), QStringLiteral("Start training"));
        QVERIFY(find<QSpinBox>(page, "epochsField")->isEnabled());

        // The curves go on unbroken.
        const auto done = session.stepsDone();
        const int epochs = accuracy->pointCount(AccuracyPlot::kTest);
        find<QSpinBox>(page, "epochsField")->setValue(7);  // the run's own settings count, not what was typed since
        QTest::mouseClick(find<QPushButton>(page, "runNoticeContinue"), Qt::LeftButton);
        QTRY_VERIFY_WITH_TIMEOUT(session.stepsDone() > done, kWaitMs);
        QCOMPARE(find<QSpinBox>(page, "epochsField")->value(), 5000);
        QVERIFY(accuracy->pointCount(AccuracyPlot::kTest) >= epochs);
        QVERIFY(loss->pointCount(LossPlot::kSteps) >= done);
        session.stop();
        QTRY_COMPARE_WITH_TIMEOUT(session.state(), State::kStopped, kWaitMs);
    }

    // A new run that begins where another one stands: its curves are there, its settings in the form.
    void aBranchGoesOnUnderOtherSettings() {
        TrainingSession session;
        TrainPage page(session, m_home.settings());
        fill(page, 5000);
        QTRY_VERIFY_WITH_TIMEOUT(find<QPushButton>(page, "startButton")->isEnabled(), kWaitMs);
        page.mainAction();
        QTRY_VERIFY_WITH_TIMEOUT(session.stepsDone() > 20, kWaitMs);
        page.stop();
        QTRY_COMPARE_WITH_TIMEOUT(session.state(), State::kStopped, kWaitMs);
        const auto from = session.run()->folder;
        BranchRequest request;
        request.from = from;
        request.learningRate = 0.025;
        page.branch(request);
        QTRY_COMPARE_WITH_TIMEOUT(session.state(), State::kRunning, kWaitMs);
        QVERIFY(session.run()->folder != from);
        QVERIFY(session.run()->firstStep > 0);
        QCOMPARE(find<QDoubleSpinBox>(page, "rateField")->value(), 0.025);
        QVERIFY(find<LossPlot>(page, "lossPlot")->pointCount(LossPlot::kSteps) >= session.run()->firstStep);
        // While it trains nothing else is begun.
        page.resume(from);
        page.branch(request);
        page.fillFrom({});
        QCOMPARE(find<QDoubleSpinBox>(page, "rateField")->value(), 0.025);
        page.stop();
        QTRY_COMPARE_WITH_TIMEOUT(session.state(), State::kStopped, kWaitMs);
        request.from = toPath(m_home.path(QStringLiteral("no run")));
        page.branch(request);
        QVERIFY(!session.active());
        QVERIFY(page.findChild<QFrame*>(QStringLiteral("runNotice")) != nullptr);
    }

    void aFinishedRunSaysWhatCameOut() {
        TrainingSession session;
        TrainPage page(session, m_home.settings());
        m_home.makeFile(QStringLiteral("pictures/train/edgy/broken.png"), "no picture");
        fill(page, 3);
        QTRY_VERIFY_WITH_TIMEOUT(find<QPushButton>(page, "startButton")->isEnabled(), kWaitMs);
        page.mainAction();
        QTRY_COMPARE_WITH_TIMEOUT(session.state(), State::kFinished, kWaitMs);
        QString words;
        for (const QLabel* label : find<QFrame>(page, "runNotice")->findChildren<QLabel*>())
            words += label->text() + u'\n';
        QVERIFY2(words.contains(QStringLiteral("right")) && words.contains(QStringLiteral("condensed")) &&
                     words.contains(QStringLiteral("Drop a picture")),
                 qPrintable(words));
        std::filesystem::path shown;
        connect(&page, &TrainPage::runsWanted, this, [&](const std::filesystem::path& folder) { shown = folder; });
        find<QPushButton>(page, "runNoticeShowinRuns")->click();
        QTRY_COMPARE(shown, session.run()->folder);
        // The file that could not be read is named, on request.
        QCOMPARE(find<QFrame>(page, "unreadableNotice")->accessibleName(),
                 QStringLiteral("1 of 49 files could not be read."));
        auto* list = find<QPlainTextEdit>(page, "unreadableNoticeList");
        QVERIFY(list->isHidden());
        find<QPushButton>(page, "unreadableNoticeShow")->click();
        QVERIFY(!list->isHidden());
        QVERIFY(list->toPlainText().contains(QStringLiteral("broken.png")));
        QVERIFY(QFile::remove(m_home.path(QStringLiteral("pictures/train/edgy/broken.png"))));
    }

    // A learning rate that no network survives: the run ends in words, and half of it is a click away.
    void whatIsNotFiniteCanGoOnWithHalfTheRate() {
        TrainingSession session;
        TrainPage page(session, m_home.settings());
        fill(page, 3);
        find<QDoubleSpinBox>(page, "rateField")->setValue(10);
        find<QDoubleSpinBox>(page, "decayField")->setValue(1);
        find<QSpinBox>(page, "epochsField")->setValue(2000);
        QTRY_VERIFY_WITH_TIMEOUT(find<QPushButton>(page, "startButton")->isEnabled(), kWaitMs);
        page.mainAction();
        QTRY_COMPARE_WITH_TIMEOUT(session.state(), State::kFailed, kWaitMs);
        QVERIFY(find<QFrame>(page, "runNotice")->accessibleName().contains(QStringLiteral("rate of 10")));
        // From the last good checkpoint where there is one, and always from the beginning.
        std::error_code error;
        QCOMPARE(page.findChild<QPushButton*>(QStringLiteral("runNoticeGoonwithhalfthelearningrate")) != nullptr,
                 std::filesystem::exists(session.run()->folder / kCheckpointName, error));
        find<QPushButton>(page, "runNoticeStartagainwithhalfofit")->click();
        QTRY_VERIFY_WITH_TIMEOUT(session.active(), kWaitMs);
        QCOMPARE(page.request().settings.learningRate, 5.0);
        QTRY_VERIFY_WITH_TIMEOUT(!session.active() || session.state() == State::kRunning, kWaitMs);
        session.stop();
        QTRY_VERIFY_WITH_TIMEOUT(!session.active(), kWaitMs);
    }

    void aCondensingStepIsSaidToBeExpected() {
        TrainingSession session;
        TrainPage page(session, m_home.settings());
        page.show();
        RunStarted run;
        run.spec = *parseNetworkSpec("condensenet-tiny");
        run.stepsPerEpoch = 10;
        run.totalSteps = 120;
        run.condensing = planCondensing(4, 10, 12, false);
        emit session.started(run);
        emit session.condensed({.step = run.condensing[1], .dropped = 100, .kept = 0.5});
        const QString words = find<QFrame>(page, "condenseNotice")->accessibleName();
        QVERIFY2(words.contains(QStringLiteral("step 2: 1/3")) && words.contains(QStringLiteral("expected")),
                 qPrintable(words));
        EpochReport epoch;
        epoch.epoch = 5;
        emit session.epochDone(epoch);
        QTRY_VERIFY(page.findChild<QFrame*>(QStringLiteral("condenseNotice")) == nullptr);
    }

    void anErrorStaysWhereItHappened() {
        TrainingSession session;
        TrainPage page(session, m_home.settings());
        fill(page, 3);
        QTRY_VERIFY_WITH_TIMEOUT(find<QPushButton>(page, "startButton")->isEnabled(), kWaitMs);
        QVERIFY(QFile::rename(m_data, m_data + QStringLiteral("-gone")));  // between looking and starting
        page.mainAction();
        QTRY_COMPARE_WITH_TIMEOUT(session.state(), State::kFailed, kWaitMs);
        QVERIFY(QFile::rename(m_data + QStringLiteral("-gone"), m_data));
        QVERIFY(find<QFrame>(page, "runNotice")->accessibleName().contains(QStringLiteral("pictures")));
        QVERIFY(find<QPushButton>(page, "startButton")->isEnabled());
    }

    void fieldsAreKept() {
        {
            TrainingSession session;
            TrainPage page(session, m_home.settings());
            find<QComboBox>(page, "networkBox")->setCurrentText(QStringLiteral("condensenet-50"));
            find<QSpinBox>(page, "epochsField")->setValue(33);
            find<QDoubleSpinBox>(page, "rateField")->setValue(0.025);
        }
        TrainingSession session;
        const TrainPage page(session, m_home.settings());
        QCOMPARE(page.request().model, std::string("condensenet-50"));
        QCOMPARE(page.request().settings.epochs, 33);
        QCOMPARE(page.request().settings.learningRate, 0.025);
        QCOMPARE(page.request().data, std::string("shapes10"));
    }

    void advancedSettingsAreFoldedKeptAndUsed() {
        {
            TrainingSession session;
            TrainPage page(session, m_home.settings());
            auto* momentum = find<QDoubleSpinBox>(page, "momentumField");
            QVERIFY(momentum->parentWidget()->isHidden());
            find<QPushButton>(page, "moreScheduleButton")->click();
            QVERIFY(!momentum->parentWidget()->isHidden());
            momentum->setValue(0.8);
            find<QDoubleSpinBox>(page, "decayField")->setValue(5e-4);
            find<QDoubleSpinBox>(page, "validationField")->setValue(20);
            find<QComboBox>(page, "augmentField")->setCurrentIndex(1);
            find<QLineEdit>(page, "seedField")->setText(QStringLiteral("18446744073709551615"));
        }
        TrainingSession session;
        const TrainPage page(session, m_home.settings());
        const TrainSettings settings = page.request().settings;
        QCOMPARE(settings.momentum, 0.8);
        QCOMPARE(settings.weightDecay, 5e-4);
        QCOMPARE(settings.validation, 0.2);
        QCOMPARE(settings.augmentation, Augmentation::kNone);
        QCOMPARE(settings.seed, std::numeric_limits<std::uint64_t>::max());
    }

    // "Run again": all that decides a run's numbers comes back, to the last bit.
    void theFormIsFilledFromARun() {
        TrainingSession session;
        TrainPage page(session, m_home.settings());
        RunRecord record;
        record.data = "folder:" + toPath(m_data).string();
        record.model = testing::kTinyModel;
        record.settings = {.epochs = 77,
                           .batch = 24,
                           .learningRate = 0.0123456789,
                           .momentum = 0.85,
                           .weightDecay = 3e-5,
                           .groupLassoLambda = 1e-5,
                           .validation = 0.25,
                           .seed = 12'345'678'901'234'567'890U,
                           .augmentation = Augmentation::kNone,
                           .referenceQuirks = true};
        page.fillFrom(record);
        const TrainRequest request = page.request();
        QCOMPARE(request.data, record.data);
        QCOMPARE(parseNetworkSpec(request.model)->text(), parseNetworkSpec(record.model)->text());
        QVERIFY(request.settings == record.settings);
        QVERIFY(!find<QDoubleSpinBox>(page, "momentumField")->parentWidget()->isHidden());

        // In each way, also after the program was left meanwhile.
        for (const auto way : {Condensing::kOnce, Condensing::kFixed, Condensing::kRandom, Condensing::kGradual}) {
            record.settings.referenceQuirks = false;
            record.settings.condensing = way;
            page.fillFrom(record);
            QCOMPARE(page.request().settings.condensing, way);
            TrainingSession next;
            QCOMPARE(TrainPage(next, m_home.settings()).request().settings.condensing, way);
        }
    }

    // With all that may stand there, the form is no wider than its card.
    void theFormFitsItsCard() {
        TrainingSession session;
        TrainPage page(session, m_home.settings(), nullptr,
                       {QStringLiteral("a machine"), [](const std::stop_token&) -> Result<Calibration> {
                            return Calibration{referenceRates(), {}};
                        }});
        page.resize(900, 640);
        page.show();
        QTRY_VERIFY_WITH_TIMEOUT(find<QPushButton>(page, "startButton")->isEnabled(), kWaitMs);
        find<QPushButton>(page, "costMeasureButton")->click();
        QTRY_VERIFY_WITH_TIMEOUT(find<QLabel>(page, "denseLatency")->text().contains(u'≈'), kWaitMs);
        find<QPushButton>(page, "moreButton")->setChecked(true);
        find<QPushButton>(page, "moreScheduleButton")->setChecked(true);
        auto* fields = find<QWidget>(page, "scrolled");
        for (const Preset& preset : networkPresets()) {
            find<QComboBox>(page, "networkBox")->setCurrentText(QString::fromLatin1(preset.name));
            QCoreApplication::processEvents();
            QVERIFY2(fields->minimumSizeHint().width() <= fields->parentWidget()->width(), preset.name);
        }
        find<QComboBox>(page, "networkBox")->setCurrentText(QStringLiteral("condensenet-74-g8"));
        auto* growth = find<QLineEdit>(page, "growthField");
        growth->selectAll();
        QTest::keyClicks(growth, QStringLiteral("10-16-32-64-128"));
        QCoreApplication::processEvents();
        QVERIFY(find<QPushButton>(page, "networkFix0")->isVisible());
        QVERIFY(fields->minimumSizeHint().width() <= fields->parentWidget()->width());
        // What starts it is always in view.
        QVERIFY(page.rect().contains(QRect(find<QPushButton>(page, "startButton")->mapTo(&page, QPoint()),
                                           find<QPushButton>(page, "startButton")->size())));
    }

    // Who scrolls the form must not change what is under the pointer.
    void theWheelChangesNoFieldThatWasNotChosen() {
        TrainingSession session;
        TrainPage page(session, m_home.settings());
        page.resize(900, 500);
        page.show();
        QTRY_VERIFY_WITH_TIMEOUT(find<QPushButton>(page, "startButton")->isEnabled(), kWaitMs);
        auto* epochs = find<QSpinBox>(page, "epochsField");
        const int before = epochs->value();
        find<QPushButton>(page, "startButton")->setFocus();
        const auto turn = [&] {  // true: the field took it, and it does not go on to what scrolls
            QWheelEvent down(QPointF(5, 5), epochs->mapToGlobal(QPointF(5, 5)), {}, {0, -120}, Qt::NoButton,
                             Qt::NoModifier, Qt::NoScrollPhase, false);
            QApplication::sendEvent(epochs, &down);
            return down.isAccepted();
        };
        QVERIFY(!turn());
        QCOMPARE(epochs->value(), before);
        // One that was chosen is turned by it.
        epochs->setFocus();
        QTRY_VERIFY(epochs->hasFocus());
        QVERIFY(turn());
        QCOMPARE(epochs->value(), before - 1);
    }

    // Every field is explained where it is, and by F1.
    void everyFieldIsExplained() {
        TrainingSession session;
        TrainPage page(session, m_home.settings());
        QFile file(QStringLiteral(":/help/%1.md").arg(page.helpPage()));
        QVERIFY(file.open(QIODevice::ReadOnly));
        const QString help = QString::fromUtf8(file.readAll());
        for (const char* name :
             {"dataBox", "networkBox", "layersField", "growthField", "groupsField", "condenseField", "compressionField",
              "sizeField", "epochsField", "batchField", "rateField", "lassoField", "seedField", "momentumField",
              "decayField", "validationField", "augmentField"}) {
            const auto* field = find<QWidget>(page, name);
            QVERIFY2(!field->toolTip().isEmpty(), name);
            QVERIFY2(help.contains(QStringLiteral("**%1**").arg(field->accessibleName())), name);
        }
    }

    void nonsenseInTheSettingsIsHarmless() {
        QSettings& settings = m_home.settings();
        settings.setValue(QStringLiteral("train/epochs"), -5);
        settings.setValue(QStringLiteral("train/batch"), QStringLiteral("many"));
        settings.setValue(QStringLiteral("train/learningRate"), QStringLiteral("nan"));
        settings.setValue(QStringLiteral("train/model"), QStringLiteral("condensenet:stages=x"));
        TrainingSession session;
        TrainPage page(session, settings);
        QCOMPARE(page.request().model, std::string("condensenet-tiny"));
        QVERIFY(page.request().settings.epochs >= 1);
        QVERIFY(page.request().settings.learningRate > 0);
        QTRY_VERIFY_WITH_TIMEOUT(find<QPushButton>(page, "startButton")->isEnabled(), kWaitMs);
    }

  private:
    void fill(TrainPage& page, int epochs) {
        page.setDataPath(m_data);
        find<QComboBox>(page, "networkBox")->setCurrentText(QStringLiteral("your own numbers"));
        find<QLineEdit>(page, "growthField")->setText(QStringLiteral("4-4"));
        auto* layers = find<QLineEdit>(page, "layersField");
        layers->selectAll();
        QTest::keyClicks(layers, QStringLiteral("1-1"));
        find<QSpinBox>(page, "groupsField")->setValue(2);
        find<QSpinBox>(page, "condenseField")->setValue(2);
        find<QSpinBox>(page, "batchField")->setValue(8);
        find<QSpinBox>(page, "epochsField")->setValue(epochs);
    }

    testing::PrivateHome m_home;
    QString m_data;
};

QTEST_MAIN(TestTrainPage)
#include "tst_train_page.moc"
