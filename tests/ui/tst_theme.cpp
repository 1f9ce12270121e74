#include <QApplication>
#include <QSignalSpy>
#include <QTest>

#include "look/theme_switch.h"
#include "ui_support.h"

using namespace condenser;
using condenser::testing::PrivateHome;

class TestTheme : public QObject {
    Q_OBJECT

  private slots:
    void init() { testing::failOnWarnings(); }

    // W3C: 4.5 for text, 3 for large or bold text and for curves.
    void everythingCanBeRead() {
        for (const Theme& theme : {darkTheme(), lightTheme()}) {
            for (const QColor& surface : {theme.window, theme.panel, theme.field}) {
                QVERIFY(contrastRatio(theme.text, surface) >= 7);
                for (const QColor& text : {theme.muted, theme.dense, theme.test, theme.error, theme.warning}) {
                    QVERIFY2(contrastRatio(text, surface) >= 4.5, qPrintable(text.name() + u' ' + surface.name()));
                }
                for (const QColor& curve : {theme.condensed, theme.training, theme.speed}) {
                    QVERIFY2(contrastRatio(curve, surface) >= 3, qPrintable(curve.name() + u' ' + surface.name()));
                }
            }
            QVERIFY(contrastRatio(theme.accentText, theme.accent) >= 4.5);
        }
    }

    void styleSheetIsComplete() {
        for (const Theme& theme : {darkTheme(), lightTheme()}) {
            const QString sheet = styleSheetOf(theme, 10);
            QVERIFY2(!sheet.contains(u'@'), "a word of the style sheet has no colour");
            QVERIFY(sheet.contains(theme.accentText.name()));
        }
    }

    void choiceIsAppliedAndKept() {
        PrivateHome home;
        {
            ThemeSwitch theme(home.settings());
            QCOMPARE(theme.choice(), ThemeSwitch::Choice::kAuto);
            QSignalSpy changed(&theme, &ThemeSwitch::changed);
            theme.choose(ThemeSwitch::Choice::kDark);
            QCOMPARE(changed.count(), 1);
            QVERIFY(theme.theme().dark);
            QCOMPARE(QApplication::palette().color(QPalette::Window), darkTheme().window);
            theme.choose(ThemeSwitch::Choice::kLight);
            QVERIFY(!theme.theme().dark);
            QCOMPARE(QApplication::palette().color(QPalette::Window), lightTheme().window);
        }
        ThemeSwitch again(home.settings());
        QCOMPARE(again.choice(), ThemeSwitch::Choice::kLight);
    }

    void nonsenseInTheSettingsIsAuto() {
        PrivateHome home;
        home.settings().setValue(QStringLiteral("window/theme"), QStringLiteral("purple"));
        QCOMPARE(ThemeSwitch(home.settings()).choice(), ThemeSwitch::Choice::kAuto);
    }
};

QTEST_MAIN(TestTheme)
#include "tst_theme.moc"
