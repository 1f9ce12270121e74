#include <QTest>

#include "dropping.h"
#include "ui_support.h"

using namespace condenser;
using Kind = DropPlan::Kind;

class TestDropping : public QObject {
    Q_OBJECT

  private slots:
    void init() { testing::failOnWarnings(); }

    void everyKindIsRecognised() {
        const QString picture = m_home.makePicture(QStringLiteral("one.png"));
        const QString model = m_home.makeFile(QStringLiteral("m.safetensors"), "x");
        m_home.makeFile(QStringLiteral("run/run.json"), "{}");
        const QString data = m_home.makeDataFolder(QStringLiteral("data"), 2);
        m_home.makePicture(QStringLiteral("album/b.png"));
        m_home.makePicture(QStringLiteral("album/a.jpg"));
        m_home.makeFile(QStringLiteral("album/notes.txt"), "no picture");
        m_home.makeFile(QStringLiteral("papers/notes.txt"), "no picture");

        QVERIFY(plan({picture}).kind == Kind::kPictures);
        QVERIFY(plan({model}).kind == Kind::kModel);
        for (const char* name : {"m.pth", "m.pt", "model_best.pth.tar"}) {
            QVERIFY(plan({m_home.makeFile(QLatin1String(name), "x")}).kind == Kind::kModel);
        }
        QVERIFY(plan({m_home.makeFile(QStringLiteral("m.tar"), "x")}).kind == Kind::kPictures);
        QVERIFY(plan({m_home.path(QStringLiteral("run"))}).kind == Kind::kRun);
        QVERIFY(plan({data}).kind == Kind::kData);
        const DropPlan album = plan({m_home.path(QStringLiteral("album"))});
        QVERIFY(album.kind == Kind::kPictures);
        QCOMPARE(album.files.size(), std::size_t{2});
        QCOMPARE(album.files[0].filename(), std::filesystem::path("a.jpg"));
        QVERIFY(album.words.contains(QStringLiteral("2\u00a0pictures")));
        QVERIFY(plan({m_home.path(QStringLiteral("papers"))}).kind == Kind::kNothing);
        for (const char* name : {"list.csv", "cifar-10-binary.tar.gz", "mine.tgz"}) {
            QVERIFY(plan({m_home.makeFile(QString::fromLatin1(name), "x")}).kind == Kind::kData);
        }
        m_home.makeFile(QStringLiteral("digits/t10k-images-idx3-ubyte"), "x");
        m_home.makeFile(QStringLiteral("cifar/data_batch_1.bin"), "x");
        for (const char* name : {"digits", "cifar"}) {
            const DropPlan other = plan({m_home.path(QString::fromLatin1(name))});
            QVERIFY(other.kind == Kind::kData);
            QVERIFY(other.words.contains(QString::fromLatin1(name)));
        }
        // What it is not is for the reader to find, and to say.
        QVERIFY(plan({m_home.path(QStringLiteral("papers/notes.txt"))}).kind == Kind::kPictures);
        QCOMPARE(plan({picture, m_home.path(QStringLiteral("album"))}).files.size(), std::size_t{3});
        QVERIFY(planDrop(QList<QUrl>{}).kind == Kind::kNothing);
        QVERIFY(planDrop(QList<QUrl>{QUrl(QStringLiteral("https://example.org/a.png"))}).kind == Kind::kNothing);
    }

    void thousandsAreCutShortAndItIsSaid() {
        const std::vector<std::filesystem::path> many(kMostPictures + 5, toPath(m_home.path(QStringLiteral("x.png"))));
        const DropPlan cut = planDrop(many);
        QCOMPARE(cut.files.size(), kMostPictures);
        QVERIFY(cut.words.contains(QStringLiteral("first")));
    }

  private:
    static DropPlan plan(const QStringList& files) {
        QList<QUrl> urls;
        for (const QString& file : files) urls << QUrl::fromLocalFile(file);
        return planDrop(urls);
    }

    testing::PrivateHome m_home;
};

QTEST_GUILESS_MAIN(TestDropping)
#include "tst_dropping.moc"
