#include <QAction>
#include <QClipboard>
#include <QFileDialog>
#include <QGuiApplication>
#include <QLabel>
#include <QMenu>
#include <QPainter>
#include <QPushButton>
#include <QSplitter>
#include <QStackedWidget>
#include <QTest>
#include <QTextBrowser>
#include <QTextDocument>

#include "commands.h"
#include "exporting.h"
#include "help_pages.h"
#include "help_panel.h"
#include "look/markdown.h"
#include "main_window.h"
#include "pages/notices.h"
#include "pages/page.h"
#include "session/recent_files.h"
#include "ui_support.h"
#include "undo_bar.h"
#include "window_state.h"

using namespace condenser;
using condenser::testing::find;
using condenser::testing::kWaitMs;

class TestFrame : public QObject {
    Q_OBJECT

  private slots:
    void init() {
        testing::failOnWarnings();
        m_home.settings().clear();
    }

    // ---- keys -------------------------------------------------------------------------------------------------------

    void everyKeyStandsInTheSheetAndHasAnAction() {
        MainWindow window(m_home.settings());
        window.show();
        find<QPushButton>(window, "keysButton")->click();
        const QString sheet = find<QTextBrowser>(window, "helpText")->toPlainText();
        for (const char* key : {"Alt+1", "Alt+2", "Alt+3", "Alt+5", "F5", "Shift+F5", "Ctrl+O", "Ctrl+Shift+O",
                                "Ctrl+E", "Ctrl+Shift+C", "F1", "Ctrl+?", "Ctrl+Z", "Ctrl+V", "Ctrl+Q", "Esc"}) {
            const QKeySequence wanted(QString::fromLatin1(key));
            const auto actions = window.actions();
            QVERIFY2(std::any_of(actions.begin(), actions.end(),
                                 [&](const QAction* action) { return action->shortcuts().contains(wanted); }),
                     key);
            QVERIFY2(sheet.contains(QString::fromLatin1(key)), key);
        }
    }

    void theSheetEscapesWhatItShows() {
        QWidget window;
        Commands commands(window);
        commands.note(QStringLiteral("Signs"), QStringLiteral("* _ <b>"), QStringLiteral("[no](link) `code`"));
        QTextDocument document;
        document.setMarkdown(commands.sheet());
        QVERIFY(document.toPlainText().contains(QStringLiteral("* _ <b>")));
        QVERIFY(document.toPlainText().contains(QStringLiteral("[no](link) `code`")));
    }

    // ---- help -------------------------------------------------------------------------------------------------------

    void everyPageHasHelpAndLinksLeadToPages() {
        MainWindow window(m_home.settings());
        auto* panel = find<HelpPanel>(window, "helpPanel");
        auto* text = find<QTextBrowser>(window, "helpText");
        window.show();
        QStringList names{QStringLiteral("keys"), QStringLiteral("about")};
        for (const Page* page : window.findChildren<Page*>()) names << page->helpPage();
        QCOMPARE(names.size(), 2 + 5);  // the pages'
        for (const QString& name : names) {
            if (name != QStringLiteral("keys")) QVERIFY2(helpText(name).has_value(), qPrintable(name));
            panel->toggle(name);
            QVERIFY(panel->isVisible());
            QVERIFY2(text->toPlainText().size() > 300, qPrintable(name));
            QVERIFY2(!text->toPlainText().contains(u'{'), qPrintable(name));
            // Every link inside of the help has a text behind it.
            const QRegularExpression link(QStringLiteral("href=\"([a-z]+)\""));
            for (auto match = link.globalMatch(text->toHtml()); match.hasNext();) {
                const QString target = match.next().captured(1);
                QVERIFY2(names.contains(target), qPrintable(target));
            }
        }
    }

    void linksAreFollowedInsideAndAskedAboutOutside() {
        MainWindow window(m_home.settings());
        window.show();
        find<QPushButton>(window, "helpButton")->click();
        auto* text = find<QTextBrowser>(window, "helpText");
        emit text->anchorClicked(QUrl(QStringLiteral("about")));
        QCOMPARE(find<QLabel>(window, "helpTitle")->text(), QStringLiteral("About Condenser"));
        QVERIFY(text->toPlainText().contains(QStringLiteral(CONDENSER_VERSION)));
        QVERIFY(text->toPlainText().contains(QStringLiteral("GPL-3.0-or-later")));
        QVERIFY(text->toPlainText().contains(m_home.settings().fileName()));
        emit text->anchorClicked(QUrl(QStringLiteral("https://example.org/")));
        QVERIFY(find<QWidget>(window, "helpOutside")->isVisible());
        QVERIFY(find<QLabel>(window, "helpAddress")->text().contains(QStringLiteral("example.org")));
        // What is neither ours nor an address of the web leads nowhere.
        emit text->anchorClicked(QUrl(QStringLiteral("../../etc/passwd")));
        emit text->anchorClicked(QUrl(QStringLiteral("file:///etc/passwd")));
        QCOMPARE(find<QLabel>(window, "helpTitle")->text(), QStringLiteral("About Condenser"));
    }

    // ---- undo -------------------------------------------------------------------------------------------------------

    void removalsAreUndoneLatestFirst() {
        MainWindow window(m_home.settings());
        window.show();
        auto* page = static_cast<Page*>(find<QStackedWidget>(window, "pages")->currentWidget());
        QStringList undone;
        for (const char* name : {"a", "b", "c"}) {
            emit page->removed(QStringLiteral("Run %1 was moved to the trash.").arg(QLatin1String(name)),
                               [&undone, name] { undone << QString::fromLatin1(name); });
        }
        auto* bar = find<UndoBar>(window, "undoBar");
        QVERIFY(bar->isVisible());
        find<QAction>(window, "undoKey")->trigger();
        QCOMPARE(undone, QStringList{QStringLiteral("c")});
        find<QPushButton>(window, "undoButton1")->click();
        QTRY_COMPARE(undone.size(), 2);
        QCOMPARE(undone.last(), QStringLiteral("a"));
        // The last one is given up.
        find<QPushButton>(window, "undoClose2")->click();
        QTRY_VERIFY(!bar->isVisible());
        find<QAction>(window, "undoKey")->trigger();
        QCOMPARE(undone.size(), 2);
    }

    void anUndoGoesAfterAWhileButNotUnderTheHand() {
        UndoBar bar;
        bar.add(QStringLiteral("gone"), [] {});
        bar.move(300, 300);  // away from the pointer
        bar.show();
        QVERIFY(QTest::qWaitForWindowActive(&bar));
        find<QPushButton>(bar, "undoButton1")->setFocus();
        for (int second = 0; second < 2 * UndoBar::kSecondsShown; ++second) bar.tick();
        QVERIFY(!bar.isEmpty());
        bar.setAttribute(Qt::WA_UnderMouse, false);  // the offscreen pointer stands wherever it likes
        find<QPushButton>(bar, "undoButton1")->clearFocus();
        for (int second = 1; second < UndoBar::kSecondsShown; ++second) bar.tick();
        QVERIFY(!bar.isEmpty());
        bar.tick();
        QVERIFY(bar.isEmpty());
        QVERIFY(!bar.isVisible());
    }

    // ---- export -----------------------------------------------------------------------------------------------------

    void whatIsSeenIsSavedAndCopied() {
        QWidget window;
        NoticeArea notices;
        Exporting exporting(notices, m_home.settings(), &window);
        const Exhibit exhibit{QStringLiteral("accuracy"), QSize(40, 30),
                              [](QPainter& painter) { painter.fillRect(QRect(0, 0, 40, 30), Qt::red); },
                              [] { return QStringLiteral("epoch,accuracy\n1,0.5\n"); }};
        for (const char* suffix : {"png", "svg", "pdf", "csv"}) {
            const QString file = m_home.path(QStringLiteral("seen.") + QString::fromLatin1(suffix));
            save(exporting, window, exhibit, file);
            QVERIFY2(QFileInfo(file).size() > 0, suffix);
            QVERIFY(notices.text(QStringLiteral("exportNotice")).contains(QFileInfo(file).fileName()));
        }
        QVERIFY(notices.findChild<QPushButton*>(QStringLiteral("exportNoticeOpenfolder")) != nullptr);
        save(exporting, window, exhibit, m_home.path(QStringLiteral("nowhere/at/all.png")));
        QVERIFY(notices.text(QStringLiteral("exportNotice")).contains(QStringLiteral("all.png")));
        QVERIFY(!QFile::exists(m_home.path(QStringLiteral("nowhere"))));

        exporting.copy(exhibit);
        QCOMPARE(QGuiApplication::clipboard()->image().size(), QSize(80, 60));
        QVERIFY(notices.has(QStringLiteral("exportWord")));
        exporting.save(std::nullopt);
        QVERIFY(window.findChild<QFileDialog*>() == nullptr);
        QVERIFY(notices.text(QStringLiteral("exportWord")).contains(QStringLiteral("nothing")));
    }

    // ---- lately opened ----------------------------------------------------------------------------------------------

    void recentFilesAreKeptAndNonsenseIsNot() {
        QStringList stored{QStringLiteral("model:relative.safetensors"),
                           QStringLiteral("virus:/bin/sh"),
                           QStringLiteral("run:/a/run"),
                           QStringLiteral("run:/a/run"),
                           QString(1 << 20, u'x'),
                           QStringLiteral("data:")};
        m_home.settings().setValue(QStringLiteral("recent/files"), stored);
        {
            RecentFiles recent(m_home.settings());
            QCOMPARE(recent.entries().size(), 1);
            for (int i = 0; i < RecentFiles::kMost + 3; ++i)
                recent.add(RecentFiles::Kind::kModel, QStringLiteral("/models/%1").arg(i));
            recent.add(RecentFiles::Kind::kModel, QStringLiteral("/models/7"));
            QCOMPARE(recent.entries().size(), RecentFiles::kMost);
            QCOMPARE(recent.entries().first().path, QStringLiteral("/models/7"));
        }
        RecentFiles again(m_home.settings());
        QCOMPARE(again.entries().size(), RecentFiles::kMost);
        QCOMPARE(again.entries().first().path, QStringLiteral("/models/7"));
        again.clear();
        QVERIFY(RecentFiles(m_home.settings()).entries().isEmpty());
    }

    void theRecentMenuOpensAndSaysWhatIsGone() {
        const QString model = m_home.path(QStringLiteral("kept/model.safetensors"));
        QDir().mkpath(QFileInfo(model).path());
        QVERIFY(writeModelFile(toPath(model), testing::makeModel()).has_value());
        m_home.settings().setValue(QStringLiteral("recent/files"),
                                   QStringList{QStringLiteral("model:") + model, QStringLiteral("data:/gone/&data")});
        MainWindow window(m_home.settings());
        window.show();
        auto* menu = find<QMenu>(window, "recentMenu");
        emit menu->aboutToShow();  // the offscreen platform cannot show one
        QVERIFY(!find<QAction>(*menu, "recent2")->isEnabled());
        QCOMPARE(find<QAction>(*menu, "recent2")->text(), QStringLiteral("Data: &&data (gone)"));
        find<QAction>(*menu, "recent1")->trigger();
        QTRY_COMPARE_WITH_TIMEOUT(find<QLabel>(window, "modelName")->text(), QStringLiteral("model.safetensors"),
                                  kWaitMs);
    }

    // ---- what survives ----------------------------------------------------------------------------------------------

    void pageAndSplittersComeBack() {
        {
            MainWindow window(m_home.settings());
            window.show();
            QVERIFY(QTest::qWaitForWindowActive(&window));
            QTest::keyClick(&window, Qt::Key_3, Qt::AltModifier);
            window.close();
        }
        MainWindow window(m_home.settings());
        QCOMPARE(find<QStackedWidget>(window, "pages")->currentWidget()->objectName(), QStringLiteral("classifyPage"));

        for (const bool second : {false, true}) {
            QMainWindow divided;
            auto* splitter = new QSplitter;
            splitter->setObjectName(QStringLiteral("halves"));
            for (int i = 0; i < 2; ++i) splitter->addWidget(new QWidget);
            divided.setCentralWidget(splitter);
            WindowState state(m_home.settings(), &divided);
            state.restore(QSize(600, 400));
            divided.show();
            QVERIFY(QTest::qWaitForWindowExposed(&divided));
            if (second) {
                // Of whatever width the window has now.
                const double share = splitter->sizes().first() / static_cast<double>(splitter->width());
                QVERIFY2(qAbs(share - 0.25) < 0.02, qPrintable(QString::number(share)));
            } else {
                splitter->setSizes({150, 450});
                state.save();
            }
        }
        m_home.settings().setValue(QStringLiteral("window/splitter/halves"), QByteArray(100, '\x7f'));
        QMainWindow divided;
        auto* splitter = new QSplitter;
        splitter->setObjectName(QStringLiteral("halves"));
        for (int i = 0; i < 2; ++i) splitter->addWidget(new QWidget);
        divided.setCentralWidget(splitter);
        WindowState state(m_home.settings(), &divided);
        state.restore(QSize(600, 400));
        divided.show();
        QVERIFY(splitter->sizes().first() > 0 && splitter->sizes().last() > 0);
    }

  private:
    static void save(Exporting& exporting, QWidget& window, const Exhibit& exhibit, const QString& file) {
        exporting.save(exhibit);
        auto* dialog = window.findChild<QFileDialog*>(QStringLiteral("exportDialog"));
        QVERIFY(dialog != nullptr);
        emit dialog->fileSelected(file);
        delete dialog;
    }

    testing::PrivateHome m_home;
};

QTEST_MAIN(TestFrame)
#include "tst_frame.moc"
