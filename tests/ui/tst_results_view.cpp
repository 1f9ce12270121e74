// What the answers come to: the figures, the cell that is chosen, and when it is counted anew.
#include <QApplication>
#include <QLabel>
#include <QPushButton>
#include <QSignalSpy>
#include <QTest>

#include "answers_by_hand.h"
#include "classify/confusion_table.h"
#include "classify/confusion_view.h"
#include "classify/results_view.h"
#include "connections/detail_table.h"
#include "plots/reliability_plot.h"
#include "ui_support.h"

using namespace condenser;
using testing::find;

namespace {

struct Told {
    const char* folder;
    int dense, condensed;
    double confidence;
};

}  // namespace

class ResultsViewTest : public QObject {
    Q_OBJECT

  private slots:
    void initTestCase() { m_file = std::make_shared<const ModelFile>(testing::makeModel()); }

    void init() {
        testing::failOnWarnings();
        m_answers = std::make_unique<AnswerModel>();
        m_filter = std::make_unique<AnswerFilter>(*m_answers);
        m_view = std::make_unique<ResultsView>(*m_answers, *m_filter);
        m_view->setTheme(darkTheme());
        m_view->resize(860, 540);
    }

    void saysWhenThereWillBeSomethingToSee() {
        m_view->show();
        answer({{"holiday", 0, 0, 0.9}});
        const auto* empty = find<QLabel>(*m_view, "resultsEmpty");
        QTRY_VERIFY(empty->text().contains(QString::fromStdString(m_file->classes.front())));
        QVERIFY(empty->isVisible());
        QVERIFY(!m_view->exhibit().has_value());
    }

    void tellsTheFiguresOfEitherForm() {
        answerByHand();
        m_view->show();
        const auto* headline = find<QLabel>(*m_view, "resultsHeadline");
        QCOMPARE(headline->text(), QStringLiteral("Condensed: 60.0\u202f% of 5\u00a0pictures right · of 1\u00a0picture "
                                                  "no folder names the class"));
        const auto* classes = find<DetailTable>(*m_view, "classAccuracy");
        QCOMPARE(classes->model()->rowCount(), 2);
        QCOMPARE(text(*classes, 0, 3), QStringLiteral("75.0\u202f%"));
        QTest::mouseClick(find<QPushButton>(*m_view, "judgeDense"), Qt::LeftButton);
        QVERIFY(headline->text().startsWith(QStringLiteral("Dense: 40.0")));
        QCOMPARE(text(*classes, 0, 3), QStringLiteral("50.0\u202f%"));
    }

    void aCellOpensItsPictures() {
        answerByHand();
        m_view->show();
        QSignalSpy wanted(m_view.get(), &ResultsView::picturesWanted);
        auto* table = find<ConfusionTable>(*m_view, "confusionTable");
        table->setFocus();
        table->setCurrentIndex(table->model()->index(0, 0));
        QTest::keyClick(table, Qt::Key_Right);
        QVERIFY(find<ConfusionView>(*m_view, "confusionView")
                    ->readout()
                    .startsWith(QStringLiteral("1 of 4 pictures of %1 was taken for %2.").arg(name(0), name(1))));
        QTest::keyClick(table, Qt::Key_Return);
        QCOMPARE(wanted.size(), 1);
        QVERIFY((m_filter->cell() == AnswerFilter::Cell{0, 1, Variant::kCondensed}));
        QCOMPARE(m_filter->rowCount(), 1);
        // By the mouse, of the other form.
        m_view->setForm(Variant::kDense);
        QTest::mouseClick(table->viewport(), Qt::LeftButton, {},
                          table->visualRect(table->model()->index(0, 1)).center());
        QCOMPARE(wanted.size(), 2);
        QCOMPARE(m_filter->rowCount(), 2);
        QTest::keyClick(table, Qt::Key_Escape);
        QVERIFY(!m_filter->cell().has_value());
    }

    void aClassOpensItsPictures() {
        answerByHand();
        m_view->show();
        auto* classes = find<DetailTable>(*m_view, "classAccuracy");
        classes->sortByColumn(3, Qt::AscendingOrder);
        QSignalSpy wanted(m_view.get(), &ResultsView::picturesWanted);
        classes->setFocus();
        classes->setCurrentIndex(classes->model()->index(1, 0));
        QTest::keyClick(classes, Qt::Key_Return);
        QCOMPARE(wanted.size(), 1);
        QVERIFY((m_filter->cell() == AnswerFilter::Cell{0, -1, Variant::kCondensed}));
        QCOMPARE(m_filter->rowCount(), 4);
    }

    void countsAtMostTwiceASecondAndNotWhileHidden() {
        answerByHand();
        const auto* headline = find<QLabel>(*m_view, "resultsHeadline");
        QVERIFY(headline->text().isEmpty());
        m_view->show();
        QVERIFY(headline->text().contains(QStringLiteral("5\u00a0pictures")));
        answer({{"0", 0, 0, 0.9}});
        QVERIFY(headline->text().contains(QStringLiteral("5\u00a0pictures")));
        QTRY_VERIFY(headline->text().contains(QStringLiteral("6\u00a0pictures")));
    }

    void whatHasTheFocusIsTakenOut() {
        answerByHand();
        m_view->show();
        QApplication::setActiveWindow(m_view.get());
        QCOMPARE(m_view->exhibit()->name, QStringLiteral("confusion-matrix"));
        QVERIFY(m_view->exhibit()->csv().startsWith(QStringLiteral("true class \\ answer,")));
        find<ReliabilityPlot>(*m_view, "reliability")->setFocus();
        QCOMPARE(m_view->exhibit()->name, QStringLiteral("reliability"));
    }

  private:
    // `folder`: the number of a class, or no class.
    void answer(const std::vector<Told>& told) {
        std::vector<AnsweredPicture> pictures;
        for (const Told& one : told) {
            AnsweredPicture picture;
            bool number = false;
            const int truth = QString::fromLatin1(one.folder).toInt(&number);
            picture.path = std::filesystem::path("set") /
                           (number ? m_file->classes[static_cast<std::size_t>(truth)] : one.folder) / "picture.png";
            picture.name = QStringLiteral("picture.png");
            pictures.push_back(std::move(picture));
        }
        m_answers->add(std::move(pictures), 1000);
        const testing::HandAnswers hand(m_file);
        std::vector<Answer> answers;
        const auto requests = m_answers->waiting();
        for (std::size_t i = 0; i < requests.size(); ++i)
            answers.push_back(hand.answer(requests[i].id, told[i].dense, told[i].condensed, told[i].confidence));
        m_answers->take(answers);
    }
    // Of class 0 three of four are right (dense: two), of class 1 none of one.
    void answerByHand() {
        answer({{"0", 0, 0, 0.9},
                {"0", 0, 0, 0.8},
                {"0", 1, 0, 0.7},
                {"0", 1, 1, 0.6},
                {"1", 0, 2, 0.5},
                {"holiday", 3, 3, 0.4}});
    }
    QString name(int index) const { return QString::fromStdString(m_file->classes[static_cast<std::size_t>(index)]); }
    static QString text(const DetailTable& table, int row, int column) {
        return table.model()->index(row, column).data().toString();
    }

    std::shared_ptr<const ModelFile> m_file;
    std::unique_ptr<AnswerModel> m_answers;
    std::unique_ptr<AnswerFilter> m_filter;
    std::unique_ptr<ResultsView> m_view;
};

QTEST_MAIN(ResultsViewTest)
#include "tst_results_view.moc"
