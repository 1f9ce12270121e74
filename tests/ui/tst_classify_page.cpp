// The Classify page by itself: what it says of answers, its filters, taking pictures out and back, its keys.
#include <QAccessible>
#include <QApplication>
#include <QClipboard>
#include <QLabel>
#include <QListView>
#include <QPushButton>
#include <QSignalSpy>
#include <QSlider>
#include <QStackedWidget>
#include <QTableView>
#include <QTest>

#include "answers_by_hand.h"
#include "classify/answer_card.h"
#include "classify/answer_grid.h"
#include "classify/classify_page.h"
#include "classify/form_bars.h"
#include "classify/picture_painting.h"
#include "classify/results_view.h"
#include "pages/notices.h"
#include "session/engine_use.h"
#include "ui_support.h"

using namespace condenser;
using condenser::testing::find;
using condenser::testing::kWaitMs;

class TestClassifyPage : public QObject {
    Q_OBJECT

  private slots:
    void init() {
        testing::failOnWarnings();
        m_home.settings().clear();
    }

    void saysWhatTheAnswersComeTo() {
        Shown shown(m_home);
        shown.add({"cross/a.png", "ring/b.png", "other/c.png", "other/d.png"});
        shown.answer(0, 2, 2, 0.75);
        shown.answer(1, 2, 2, 0.9);
        shown.answer(2, 3, 6, 0.5);
        shown.fail(3);
        const QString words = find<QLabel>(shown.page, "classifyHeadline")->text();
        QVERIFY2(words.contains(QStringLiteral("agree on 2")), qPrintable(words));
        QVERIFY(words.contains(QStringLiteral("50.0\u202f% right")));
        QVERIFY(words.contains(QStringLiteral("1 not readable")));
        QCOMPARE(find<QPushButton>(shown.page, "showDisagreementsChip")->text(), QStringLiteral("Disagreements 1"));
        QCOMPARE(find<QPushButton>(shown.page, "showWrongChip")->text(), QStringLiteral("Wrong 1"));
        QCOMPARE(find<QPushButton>(shown.page, "showUnreadableChip")->text(), QStringLiteral("Not readable 1"));
        QVERIFY(find<QPushButton>(shown.page, "resultsViewButton")->isEnabled());

        shown.choose(1);
        QVERIFY(find<QLabel>(shown.page, "answerTruth")->text().contains(QStringLiteral("✕")));
        QCOMPARE(find<QLabel>(shown.page, "answerAgreement")->text(), QStringLiteral("· same answer"));
        QVERIFY(!find<QLabel>(shown.page, "answerOutstanding")->isVisible());
        shown.choose(2);
        QCOMPARE(find<QLabel>(shown.page, "answerAgreement")->text(), QStringLiteral("· another answer"));
        QVERIFY(!find<QLabel>(shown.page, "answerTruth")->isVisible());
        shown.choose(3);
        QCOMPARE(find<QLabel>(shown.page, "mapCaption")->text(), QStringLiteral("It ends too early."));
        QVERIFY(!find<QWidget>(shown.page, "denseBars")->isVisible());
        QVERIFY(!shown.page.grab().isNull());
    }

    // Its condensed form is another function, which nobody must take for the model's answer.
    void aModelInTheMidstOfTrainingAnswersByItsDenseForm() {
        Shown shown(m_home);
        shown.add({"ring/a.png", "ring/b.png"});
        const auto ring = static_cast<int>(std::ranges::find(shapesClasses(), "ring") - shapesClasses().begin());
        shown.answer(0, ring, ring + 1, 0.75, 1);
        shown.answer(1, ring, ring, 0.75, 1);
        const QString words = find<QLabel>(shown.page, "classifyHeadline")->text();
        QVERIFY(words.contains(QStringLiteral("100.0\u202f% right")));
        QVERIFY(!words.contains(QStringLiteral("agree")));
        QCOMPARE(shown.page.answers().counts().wrong, 0);
        auto* outstanding = find<QLabel>(shown.page, "answerOutstanding");
        QVERIFY(outstanding->isVisible());
        QVERIFY(outstanding->text().contains(QStringLiteral("1 of 1 condensing steps")));
        QCOMPARE(find<QLabel>(shown.page, "answerAgreement")->property("tone").toString(), QStringLiteral("muted"));
        QVERIFY(find<QLabel>(shown.page, "answerTruth")->text().contains(QStringLiteral("✓")));
        const QImage cell = shown.cellImage(0);
        QVERIFY(!hasColour(cell, darkTheme().error));
        find<QPushButton>(shown.page, "resultsViewButton")->click();
        QVERIFY(find<QLabel>(shown.page, "resultsHeadline")->text().startsWith(QStringLiteral("Dense: 100.0")));
    }

    void aModelWithOneFormShowsThatOne() {
        Shown shown(m_home);
        shown.add({"a.png"});
        emit shown.session.answered({shown.hand.condensedAlone(shown.idOf(0), 2, 0.75)});
        QVERIFY(!find<QWidget>(shown.page, "denseBars")->isVisible());
        QVERIFY(!find<QWidget>(shown.page, "denseMs")->isVisible());
        QVERIFY(!find<QWidget>(shown.page, "answerAgreement")->isVisible());
        QVERIFY(!find<QWidget>(shown.page, "compareFormsButton")->isVisible());
        QVERIFY(find<QWidget>(shown.page, "condensedBars")->isVisible());
        QVERIFY(find<QLabel>(shown.page, "answerOutstanding")->text().startsWith(QStringLiteral("No dense form: ")));
        QVERIFY(!find<QPushButton>(shown.page, "showDisagreementsChip")->isVisible());
        QVERIFY(!find<QLabel>(shown.page, "classifyHeadline")->text().contains(QStringLiteral("agree")));
        find<QPushButton>(shown.page, "tableViewButton")->click();
        const auto cell = [&](int column, int role) {
            return shown.page.answers().data(shown.page.answers().index(0, column), role).toString();
        };
        for (const int column : {AnswerModel::kAgreement, AnswerModel::kDenseMs}) {
            QCOMPARE(cell(column, Qt::DisplayRole), QStringLiteral("—"));
            QVERIFY(cell(column, Qt::ToolTipRole).startsWith(QStringLiteral("No dense form: ")));
        }
        QVERIFY(!shown.page.grab().isNull());
    }

    // At every width as many as fit, with no room left beside them.
    void cellsShareTheWidth() {
        Shown shown(m_home);
        shown.add({"a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l"});
        for (int width = 700; width < 1500; width += 7) {
            shown.page.resize(width, 620);
            QCoreApplication::processEvents();
            AnswerGrid& grid = shown.grid();
            const int room = grid.viewport()->width(), cell = grid.gridSize().width();
            const int across = std::min(12, room / cell);
            QVERIFY2(across == 12 || room - across * cell < across + 4, qPrintable(QString::number(width)));
            QVERIFY(cell >= 120);
            for (int i = 0; i < across; ++i)
                QCOMPARE(grid.visualRect(grid.model()->index(i, 0)).top(),
                         grid.visualRect(grid.model()->index(0, 0)).top());
        }
    }

    // Whatever part of the page it comes from.
    void whatIsSavedIsToldOnThePage() {
        Shown shown(m_home);
        shown.add({"ring/a.png"});
        shown.answer(0, 1, 1, 0.5);
        const auto* notices = find<NoticeArea>(shown.page, "classifyNotices");
        const auto told = [&] { return notices->text(QStringLiteral("answerExportNotice")); };
        emit find<ResultsView>(shown.page, "resultsView")->exported(QStringLiteral("matrix.png"));
        QVERIFY(told().contains(QStringLiteral("matrix.png")));
        const Error full = fail(ErrorCode::kWrite, "cannot export", "map.png", "the disk is full", {}).value();
        emit find<AnswerCard>(shown.page, "answerCard")->exportFailed(full);
        QVERIFY(told().contains(QStringLiteral("the disk is full"), Qt::CaseInsensitive));
        auto* copying = shown.page.findChild<AnswerExport*>();
        QVERIFY(copying != nullptr);
        emit copying->exported(QStringLiteral("3 answers saved"));
        QVERIFY(told().contains(QStringLiteral("3 answers saved")));
        emit copying->exportFailed(full);
        QVERIFY(told().contains(QStringLiteral("the disk is full"), Qt::CaseInsensitive));
    }

    void saysThatItWaitsForAMeasurement() {
        Shown shown(m_home);
        QVERIFY(engine().lock());
        shown.session.setModel(
            {std::make_shared<const ModelFile>(testing::makeModel()), QStringLiteral("tiny"), {}, {}});
        shown.page.addPictures({toPath(m_home.makePicture(QStringLiteral("one.png")))});
        auto* progress = find<QLabel>(shown.page, "classifyProgress");
        QTRY_VERIFY_WITH_TIMEOUT(progress->text().contains(QStringLiteral("waits for the measurement")), kWaitMs);
        QVERIFY(progress->isVisible());
        engine().unlock();
        QTRY_COMPARE_WITH_TIMEOUT(shown.page.answers().counts().answered, 1, kWaitMs);
        QTRY_VERIFY(!progress->isVisible());
    }

    void whatIsTakenOutComesBackWhereItWas() {
        Shown shown(m_home);
        QSignalSpy removed(&shown.page, &Page::removed);
        shown.add({"a.png", "b.png", "c.png", "d.png"});
        for (int row = 0; row < 4; ++row) shown.answer(row, row, row, 0.5);
        shown.choose(1);
        shown.grid().setFocus();
        QTest::keyClick(&shown.grid(), Qt::Key_Right, Qt::ShiftModifier);
        QTest::keyClick(&shown.grid(), Qt::Key_Delete);
        QCOMPARE(shown.names(), (QStringList{QStringLiteral("a.png"), QStringLiteral("d.png")}));
        QCOMPARE(shown.page.answers().counts().answered, 2);
        QVERIFY(shown.grid().currentIndex().isValid());
        shown.add({"e.png"});
        find<QPushButton>(shown.page, "clearButton")->click();
        QCOMPARE(shown.page.answers().rowCount(), 0);
        QVERIFY(find<QLabel>(shown.page, "classifyEmpty")->isVisible());
        QCOMPARE(removed.size(), 2);
        removed.at(1).at(1).value<std::function<void()>>()();
        removed.at(0).at(1).value<std::function<void()>>()();
        QCOMPARE(shown.names().join(u' '), QStringLiteral("a.png b.png c.png d.png e.png"));
        QCOMPARE(shown.page.answers().counts().answered, 4);
    }

    void oneSelectionInGridAndTable() {
        Shown shown(m_home);
        shown.add({"a.png", "b.png", "c.png"});
        for (int row = 0; row < 3; ++row) shown.answer(row, row, row, 0.5);
        shown.choose(2);
        find<QPushButton>(shown.page, "tableViewButton")->click();
        auto* table = find<QTableView>(shown.page, "answerTable");
        QVERIFY(table->isVisible());
        QCOMPARE(table->currentIndex().row(), 2);
        table->setFocus();
        QTest::keyClick(table, Qt::Key_Up);
        QCOMPARE(find<QLabel>(shown.page, "answerName")->text(), QStringLiteral("b.png"));
        QTest::keyClick(table, Qt::Key_C, Qt::ControlModifier);
        QVERIFY(QApplication::clipboard()->text().startsWith(QStringLiteral("b.png\t")));
        QVERIFY(!table->grab().isNull());
        // The next window begins with it.
        Shown again(m_home);
        again.add({"a.png"});
        QVERIFY(find<QTableView>(again.page, "answerTable")->isVisible());
    }

    // A real model: the map of the answer is there, the keys choose that of another class.
    void theMapFollowsTheClassThatIsChosen() {
        Shown shown(m_home);
        shown.session.setModel(
            {std::make_shared<const ModelFile>(testing::makeModel()), QStringLiteral("tiny"), {}, {}});
        shown.page.addPictures({toPath(m_home.makePicture(QStringLiteral("one.png")))});
        auto* caption = find<QLabel>(shown.page, "mapCaption");
        QTRY_VERIFY_WITH_TIMEOUT(caption->text().contains(QStringLiteral("minus the bias")), kWaitMs);
        const AnsweredPicture& picture = shown.page.answers().at(0);
        QVERIFY(caption->text().contains(QString::fromStdString(picture.best().name)));
        shown.grid().setFocus();
        QTest::keyClick(&shown.grid(), Qt::Key_Return);
        auto* bars = find<FormBars>(shown.page, "denseBars");  // of a model in the midst of its training
        QTRY_VERIFY(bars->hasFocus());
        QTest::keyClick(bars, Qt::Key_Down);
        QVERIFY(caption->text().contains(QString::fromStdString(picture.answer().top[1].name)));
        QVERIFY(bars->accessibleDescription().contains(QStringLiteral("its map")));
        find<QSlider>(shown.page, "mapStrength")->setValue(35);
        QCOMPARE(m_home.settings().value(QStringLiteral("classify/mapStrength")).toInt(), 35);

        const auto exhibit = shown.page.exhibit();
        QVERIFY(exhibit.has_value());
        QVERIFY(exhibit->csv().startsWith(QStringLiteral("row,column,activation")));
        QVERIFY(!pictureOf(*exhibit, 1).isNull());
    }

    void afterACancelTheRestIsAskedForFirst() {
        Shown shown(m_home);
        shown.session.setModel(
            {std::make_shared<const ModelFile>(testing::makeModel()), QStringLiteral("tiny"), {}, {}});
        std::vector<std::filesystem::path> files;
        for (int i = 0; i < 3; ++i) files.push_back(toPath(m_home.makePicture(QStringLiteral("%1.png").arg(i), i)));
        shown.page.addPictures(files);
        find<QPushButton>(shown.page, "cancelClassifyButton")->click();
        const int left = shown.page.answers().counts().waiting;
        QVERIFY(left > 0);
        auto* again = find<QPushButton>(shown.page, "classifyAgainButton");
        QCOMPARE(again->text(), QStringLiteral("Continue"));
        QTest::qWait(50);
        QCOMPARE(shown.page.answers().counts().waiting, left);
        shown.page.mainAction();
        QTRY_COMPARE_WITH_TIMEOUT(shown.page.answers().counts().answered, 3, kWaitMs);
        QCOMPARE(again->text(), QStringLiteral("Again"));
    }

    void pixelsAreAllOfOneSize() {
        QCOMPARE(placeOfPicture({32, 32}, QRectF(0, 0, 119, 105), 1).size(), QSizeF(96, 96));
        QCOMPARE(placeOfPicture({32, 32}, QRectF(0, 0, 119, 105), 2).size(), QSizeF(96, 96));
        QCOMPARE(placeOfPicture({32, 32}, QRectF(0, 0, 119, 115), 2).size(), QSizeF(112, 112));
        QCOMPARE(placeOfPicture({96, 96}, QRectF(0, 0, 120, 100), 1).size(), QSizeF(100, 100));
    }

  private:
    static bool hasColour(const QImage& image, const QColor& colour) {
        for (int y = 0; y < image.height(); ++y) {
            for (int x = 0; x < image.width(); ++x) {
                if (image.pixel(x, y) == colour.rgb()) return true;
            }
        }
        return false;
    }

    struct Shown {
        explicit Shown(testing::PrivateHome& home) : page(home.settings(), session) {
            page.resize(890, 620);
            page.setTheme(darkTheme());
            page.show();
            QApplication::setActiveWindow(&page);
        }
        AnswerGrid& grid() { return *find<AnswerGrid>(page, "answerList"); }
        void add(std::initializer_list<const char*> paths) {
            std::vector<std::filesystem::path> files(paths.begin(), paths.end());
            page.addPictures(files);
        }
        void choose(int row) { grid().setCurrentIndex(grid().model()->index(row, 0)); }
        QImage cellImage(int row) {
            const QRect cell = grid().visualRect(grid().model()->index(row, 0));
            return grid().viewport()->grab(cell).toImage().convertToFormat(QImage::Format_RGB32);
        }
        QStringList names() const {
            QStringList all;
            for (int row = 0; row < page.answers().rowCount(); ++row) all << page.answers().at(row).name;
            return all;
        }
        qint64 idOf(int row) const {
            for (const PictureRequest& request : page.answers().waiting()) {
                if (request.path == page.answers().at(row).path) return request.id;
            }
            return 0;
        }
        // As if the session had answered.
        void answer(int row, int dense, int condensed, double probability, int outstanding = 0) {
            emit session.answered({hand.answer(idOf(row), dense, condensed, probability, 1.5, outstanding)});
        }
        void fail(int row) { emit session.answered({hand.failure(idOf(row))}); }

        testing::HandAnswers hand{std::make_shared<const ModelFile>(testing::makeModel())};
        InferenceSession session;
        ClassifyPage page;
    };

    testing::PrivateHome m_home;
};

QTEST_MAIN(TestClassifyPage)
#include "tst_classify_page.moc"
