// Answers taken out of the window: what the filter shows, as tables and as copies of the pictures.
#include <QAction>
#include <QFileDialog>
#include <QFileInfo>
#include <QMenu>
#include <QSignalSpy>
#include <QTest>

#include "answers_by_hand.h"
#include "classify/answer_export.h"
#include "ui_support.h"

using namespace condenser;
using testing::find;

class AnswerExportTest : public QObject {
    Q_OBJECT

  private slots:
    void initTestCase() { m_file = std::make_shared<const ModelFile>(testing::makeModel()); }

    void init() {
        testing::failOnWarnings();
        m_home = std::make_unique<testing::PrivateHome>();
        m_answers = std::make_unique<AnswerModel>();
        m_filter = std::make_unique<AnswerFilter>(*m_answers);
        m_owner = std::make_unique<QWidget>();
        m_export = new AnswerExport(*m_answers, *m_filter, m_owner.get());
        m_done = std::make_unique<QSignalSpy>(m_export, &AnswerExport::exported);
        m_failed = std::make_unique<QSignalSpy>(m_export, &AnswerExport::exportFailed);
    }

    void cleanup() {
        m_owner.reset();
        m_filter.reset();
    }

    void aRowAPictureOfWhatTheFilterShows() {
        answerThree();
        const QString path = m_home->path(QStringLiteral("set/%1/a, b.png").arg(name(0)));
        QCOMPARE(written("exportAnswers", "all.csv"),
                 QStringLiteral("file,answer,probability,margin,dense_answer,dense_probability,agree,true_class,"
                                "dense_ms,condensed_ms,problem\n"
                                "\"%1\",%2,0.75,0.5,%3,0.75,no,%2,2.0000,1.0000,\n"
                                "%4,,,,,,,,,,It ends too early.\n"
                                "Pasted,%3,0.75,0.5,%3,0.75,yes,,2.0000,1.0000,\n")
                     .arg(path, name(0), name(1), m_home->path(QStringLiteral("set/broken.png"))));
        m_filter->setCell(AnswerFilter::Cell{0, 0});
        QCOMPARE(written("exportAnswers", "cell.csv").count(u'\n'), 2);
    }

    void writesWhatWasSeenWhenItWasAskedFor() {
        answerThree();
        auto* dialog = ask("exportAnswers", "exportDialog");
        m_filter->setCell(AnswerFilter::Cell{0, 0});
        const QString file = m_home->path(QStringLiteral("answers.csv"));
        dialog->selectFile(file);
        emit dialog->fileSelected(file);
        dialog->close();
        QTRY_COMPARE(m_done->size(), 1);
        QCOMPARE(m_done->at(0).at(0).toString(), QStringLiteral("3\u00a0answers saved in %1").arg(file));
        QCOMPARE(contentOf(file).count('\n'), 4);
    }

    void theMatrixIsOfAllPicturesWhoseClassIsKnown() {
        answerThree();
        m_filter->setCell(AnswerFilter::Cell{1, 1});  // shows none
        const QString matrix = written("exportConfusionCsv", "matrix.csv");
        QVERIFY(matrix.startsWith(QStringLiteral("true class \\ answer,")));
        QVERIFY(matrix.contains(name(0) + QStringLiteral(",1,0,")));
    }

    // A model in the midst of its training: its condensed form is another function.
    void theDenseFormSpeaksWhileStepsAreOutstanding() {
        answerThree(1);
        QVERIFY(written("exportConfusionCsv", "matrix.csv").contains(name(0) + QStringLiteral(",0,1,")));
        QVERIFY(written("exportAnswers", "answers.csv")
                    .contains(QStringLiteral(",%1,0.75,0.5,%1,0.75,no,%2,").arg(name(1), name(0))));
    }

    void picturesAreCopiedIntoAFolderAClass() {
        answerThree();
        QSignalSpy progress(m_export, &AnswerExport::progress), busy(m_export, &AnswerExport::busyChanged);
        const QString target = m_home->path(QStringLiteral("sorted"));
        copyTo(target);
        QVERIFY(m_export->busy());
        QTRY_COMPARE(m_done->size(), 1);
        QVERIFY(!m_export->busy());
        QCOMPARE(busy.size(), 2);
        QCOMPARE(progress.first(), (QVariantList{qint64{0}, qint64{2}}));
        QCOMPARE(progress.last(), (QVariantList{qint64{2}, qint64{2}}));
        QCOMPARE(m_done->at(0).at(0).toString(), QStringLiteral("2 pictures were copied to %1.").arg(target));
        QVERIFY(QFileInfo::exists(QStringLiteral("%1/%2/a, b.png").arg(target, name(0))));
        QVERIFY(QFileInfo::exists(QStringLiteral("%1/%2/Pasted.png").arg(target, name(1))));
    }

    void whatCannotBeCopiedIsTold() {
        answerThree();
        QFile::remove(m_home->path(QStringLiteral("set/%1/a, b.png").arg(name(0))));
        copyTo(m_home->path(QStringLiteral("sorted")));
        QTRY_COMPARE(m_done->size(), 1);
        QVERIFY(m_done->at(0).at(0).toString().contains(QStringLiteral("1 could not be read")));
        copyTo(m_home->makeFile(QStringLiteral("a file"), "x"));
        QTRY_COMPARE(m_failed->size(), 1);
    }

    void stopsAndIsDestroyedWhileCopying() {
        answerThree();
        copyTo(m_home->path(QStringLiteral("sorted")));
        m_export->cancel();
        QTRY_COMPARE(m_done->size(), 1);  // either way there is a word about it
        copyTo(m_home->path(QStringLiteral("more")));
    }

    void whatIsNotThereCannotBeTakenOut() {
        QMenu menu;
        m_export->addTo(menu);
        emit menu.aboutToShow();
        for (const char* action : {"exportAnswers", "exportConfusionCsv", "copyPictures"})
            QVERIFY(!find<QAction>(menu, action)->isEnabled());
        QVERIFY(!find<QAction>(menu, "stopCopying")->isVisible());
        answerThree();
        emit menu.aboutToShow();
        for (const char* action : {"exportAnswers", "exportConfusionCsv", "copyPictures"})
            QVERIFY(find<QAction>(menu, action)->isEnabled());
    }

  private:
    QString name(int index) const { return QString::fromStdString(m_file->classes[static_cast<std::size_t>(index)]); }

    static QByteArray contentOf(const QString& path) {
        QFile file(path);
        return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
    }

    // The dialog that an action of the menu opens.
    QFileDialog* ask(const char* action, const char* dialog) {
        QMenu menu;
        m_export->addTo(menu);
        find<QAction>(menu, action)->trigger();
        return find<QFileDialog>(*m_owner, dialog);
    }
    // Into a file that is not there yet.
    QString written(const char* action, const char* name) {
        const QString file = m_home->path(QString::fromLatin1(name));
        auto* dialog = ask(action, "exportDialog");
        dialog->selectFile(file);
        emit dialog->fileSelected(file);
        delete dialog;
        return QTest::qWaitFor([&] { return QFileInfo::exists(file); }) ? QString::fromUtf8(contentOf(file))
                                                                        : QString();
    }
    void copyTo(const QString& folder) {
        auto* dialog = ask("copyPictures", "copyPicturesDialog");
        emit dialog->fileSelected(folder);
        delete dialog;
    }

    // One right (the dense form is not), one that cannot be read, one that was pasted.
    void answerThree(int outstanding = 0) {
        std::vector<AnsweredPicture> pictures(3);
        pictures[0].path = toPath(m_home->makePicture(QStringLiteral("set/%1/a, b.png").arg(name(0))));
        pictures[0].name = QStringLiteral("a, b.png");
        pictures[1].path = toPath(m_home->makeFile(QStringLiteral("set/broken.png"), "x"));
        pictures[1].name = QStringLiteral("broken.png");
        pictures[2].picture = std::make_shared<const Picture>(Picture{1, 1, {1, 2, 3}});
        pictures[2].name = QStringLiteral("Pasted");
        m_answers->add(std::move(pictures), 100);
        const testing::HandAnswers hand(m_file);
        const auto requests = m_answers->waiting();
        m_answers->take({hand.answer(requests[0].id, 1, 0, 0.75, 1, outstanding), hand.failure(requests[1].id),
                         hand.answer(requests[2].id, 1, 1, 0.75, 1, outstanding)});
    }

    std::shared_ptr<const ModelFile> m_file;
    std::unique_ptr<testing::PrivateHome> m_home;
    std::unique_ptr<AnswerModel> m_answers;
    std::unique_ptr<AnswerFilter> m_filter;
    std::unique_ptr<QWidget> m_owner;
    AnswerExport* m_export = nullptr;
    std::unique_ptr<QSignalSpy> m_done, m_failed;
};

QTEST_MAIN(AnswerExportTest)
#include "tst_answer_export.moc"
