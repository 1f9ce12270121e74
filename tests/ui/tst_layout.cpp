// What holds for every page, whatever it is: nothing is cut off, everything has a name and is reached by the keyboard.
// Pages are taken from the window, so that a new one is covered without a word here.
#include <QAbstractButton>
#include <QAbstractSpinBox>
#include <QAccessible>
#include <QApplication>
#include <QButtonGroup>
#include <QComboBox>
#include <QDir>
#include <QLabel>
#include <QLineEdit>
#include <QMap>
#include <QPushButton>
#include <QScrollArea>
#include <QSet>
#include <QStackedWidget>
#include <QTest>

#include "classify/classify_page.h"
#include "connections/connections_page.h"
#include "connections/details_card.h"
#include "connections/map_pane.h"
#include "look/elided_label.h"
#include "look/theme.h"
#include "main_window.h"
#include "pages/page.h"
#include "ui_support.h"

using namespace condenser;
using condenser::testing::find;
using condenser::testing::kWaitMs;

namespace {

const QSize kSmallWindow(1100, 700);

QString nameOf(const QWidget& widget) {
    QString name = QString::fromLatin1(widget.metaObject()->className()) + u' ' + widget.objectName();
    if (const auto* label = qobject_cast<const QLabel*>(&widget))
        name += QStringLiteral(" “") + label->text().left(40) + u'”';
    if (const auto* button = qobject_cast<const QAbstractButton*>(&widget))
        name += QStringLiteral(" “") + button->text() + u'”';
    return name;
}

bool showsText(const QWidget& widget) {
    if (const auto* label = qobject_cast<const QLabel*>(&widget))
        return !label->text().isEmpty() && qobject_cast<const ElidedLabel*>(label) == nullptr;
    return qobject_cast<const QAbstractButton*>(&widget) != nullptr ||
           qobject_cast<const QComboBox*>(&widget) != nullptr ||
           qobject_cast<const QAbstractSpinBox*>(&widget) != nullptr ||
           qobject_cast<const QLineEdit*>(&widget) != nullptr;
}

// Why it cannot be read whole; empty if it can. One pixel is forgiven: hints are rounded up.
QString clipped(const QWidget& widget) {
    const auto* label = qobject_cast<const QLabel*>(&widget);
    if (label != nullptr && label->wordWrap()) {
        if (label->heightForWidth(label->width()) > label->height() + 1)
            return QStringLiteral("needs %1 pixels of height, has %2")
                .arg(label->heightForWidth(label->width()))
                .arg(label->height());
    } else {
        // A field's hint is a wish; its text is what must fit.
        const bool field = qobject_cast<const QLineEdit*>(&widget) != nullptr;
        const QSize wanted = field ? widget.minimumSizeHint() : widget.sizeHint();
        if (wanted.width() > widget.width() + 1 || wanted.height() > widget.height() + 1)
            return QStringLiteral("needs %1 x %2 pixels, has %3 x %4")
                .arg(wanted.width())
                .arg(wanted.height())
                .arg(widget.width())
                .arg(widget.height());
    }
    // Nor may a box around it cut it off, but for one that scrolls.
    for (const QWidget* around = widget.parentWidget(); around != nullptr && !around->isWindow();
         around = around->parentWidget()) {
        const QRect place(widget.mapTo(around, QPoint()), widget.size());
        const auto* scroll = qobject_cast<const QAbstractScrollArea*>(around->parentWidget());
        if (scroll != nullptr && scroll->viewport() == around) {
            const bool sideways = scroll->horizontalScrollBarPolicy() != Qt::ScrollBarAlwaysOff;
            if (!sideways && (place.left() < 0 || place.right() > around->width()))
                return QStringLiteral("sticks out sideways");
            break;
        }
        if (!around->rect().adjusted(-1, -1, 1, 1).contains(place))
            return QStringLiteral("sticks out of ") + nameOf(*around);
    }
    return {};
}

bool isControl(const QWidget& widget) {
    // Parts of Qt's own widgets are reached through those.
    return (widget.focusPolicy() & Qt::TabFocus) != 0 && widget.focusProxy() == nullptr &&
           !widget.objectName().startsWith(QStringLiteral("qt_")) && !widget.inherits("QComboBoxListView") &&
           qobject_cast<const QAbstractSpinBox*>(widget.parentWidget()) == nullptr;
}

QString accessibleName(QWidget& widget) {
    QAccessibleInterface* interface = QAccessible::queryAccessibleInterface(&widget);
    return interface == nullptr ? QString() : interface->text(QAccessible::Name);
}

// Who makes the window larger than it was asked to be.
QString widest(const QWidget& window) {
    QStringList all{QStringLiteral("the window is %1 x %2").arg(window.width()).arg(window.height())};
    for (const QWidget* widget : window.findChildren<QWidget*>()) {
        if (widget->minimumSizeHint().width() > 300)
            all << nameOf(*widget) + QStringLiteral(" wants %1").arg(widget->minimumSizeHint().width());
    }
    return all.join(u'\n');
}

void settle() {
    for (int i = 0; i < 3; ++i) QCoreApplication::processEvents();
    // A report that has just come in may have changed a text whose box is not laid out yet.
    for (int i = 0; i < 3; ++i) QCoreApplication::sendPostedEvents(nullptr, QEvent::LayoutRequest);
}

}  // namespace

class TestLayout : public QObject {
    Q_OBJECT

  private slots:
    void initTestCase() { m_data = m_home.makeDataFolder(QStringLiteral("pictures"), 16); }
    void init() {
        testing::failOnWarnings();
        m_home.settings().clear();
    }

    void nothingIsCutOff_data() { everyState(); }
    void nothingIsCutOff() {
        withWindow([this](MainWindow& window, const Theme& theme) {
            QStringList faults;
            forEachPage(window, [&](Page& page) {
                for (const QWidget* widget : window.findChildren<QWidget*>()) {
                    if (!widget->isVisible() || !showsText(*widget)) continue;
                    const QString why = clipped(*widget);
                    if (!why.isEmpty())
                        faults << page.objectName() + QStringLiteral(": ") + nameOf(*widget) + u' ' + why;
                }
                QVERIFY2(window.size() == kSmallWindow, qPrintable(widest(window)));
                const QImage picture = window.grab().toImage();
                QCOMPARE(picture.size(), kSmallWindow * window.devicePixelRatioF());
                QCOMPARE(picture.pixelColor(picture.width() - 4, 4), theme.window);
                keep(picture, page);
            });
            QVERIFY2(faults.isEmpty(), qPrintable(faults.join(u'\n')));
        });
    }

    void everyControlHasANameOfItsOwn_data() { everyState(); }
    void everyControlHasANameOfItsOwn() {
        withWindow([this](MainWindow& window, const Theme&) {
            QStringList faults;
            forEachPage(window, [&](Page& page) {
                QMap<QString, QString> seen;
                for (QWidget* control : window.findChildren<QWidget*>()) {
                    if (!isControl(*control)) continue;
                    const QString name = accessibleName(*control);
                    if (name.isEmpty()) faults << QStringLiteral("no name: ") + nameOf(*control);
                    if (control->objectName().isEmpty())
                        faults << QStringLiteral("no object name: ") + nameOf(*control);
                    if (!page.isAncestorOf(control) || !control->isVisible()) continue;
                    if (seen.contains(name))
                        faults << QStringLiteral("“%1”: ").arg(name) + nameOf(*control) + QStringLiteral(" and ") +
                                      seen[name];
                    seen[name] = nameOf(*control);
                }
            });
            faults.removeDuplicates();
            QVERIFY2(faults.isEmpty(), qPrintable(faults.join(u'\n')));
        });
    }

    void tabReachesEveryControlAndShowsWhereItIs_data() { everyState(); }
    void tabReachesEveryControlAndShowsWhereItIs() {
        withWindow([this](MainWindow& window, const Theme&) {
            QStringList faults;
            forEachPage(window, [&](Page& page) {
                QSet<QWidget*> wanted;
                for (QWidget* control : window.findChildren<QWidget*>()) {
                    if (!isControl(*control) || !control->isVisible() || !control->isEnabled()) continue;
                    // Of buttons of which one is chosen, Tab reaches that one and the arrow keys the others.
                    const auto* button = qobject_cast<const QAbstractButton*>(control);
                    const bool oneOfSeveral = button != nullptr && (button->autoExclusive() ||
                                                                    (button->group() && button->group()->exclusive()));
                    if (oneOfSeveral && !button->isChecked()) continue;
                    wanted << control;
                }
                find<QPushButton>(window, "openModelButton")->setFocus();
                QSet<QWidget*> reached;
                for (int presses = 0; presses < 4 * wanted.size() + 20; ++presses) {
                    QWidget* focus = QApplication::focusWidget();
                    QVERIFY(focus != nullptr);
                    reached << focus;
                    QTest::keyClick(focus, Qt::Key_Tab);
                }
                for (QWidget* control : wanted - reached)
                    faults << page.objectName() + QStringLiteral(": Tab does not reach ") + nameOf(*control);
                // While a run trains, pictures change by themselves.
                if (m_state.endsWith(QStringLiteral("training"))) return;
                QSet<QWidget*> both = wanted;
                both.intersect(reached);
                for (QWidget* control : both) {
                    control->setFocus(Qt::TabFocusReason);
                    settle();
                    const QImage with = control->grab().toImage();
                    control->clearFocus();
                    settle();
                    if (control->grab().toImage() == with)
                        faults << page.objectName() + QStringLiteral(": the focus cannot be seen on ") +
                                      nameOf(*control);
                }
            });
            QVERIFY2(faults.isEmpty(), qPrintable(faults.join(u'\n')));
        });
    }

    // Texts over the pages: they are the ones that grow with what they say.
    void messagesAreShownWhole() {
        withWindowIn(QStringLiteral("dark"), QStringLiteral("fresh"), [this](MainWindow& window, const Theme&) {
            auto* page = static_cast<Page*>(find<QStackedWidget>(window, "pages")->currentWidget());
            for (int i = 0; i < 3; ++i)
                emit page->removed(QStringLiteral("Run %1 with a long name was moved to the trash.").arg(i), [] {});
            window.open({toPath(
                m_home.makeFile(QStringLiteral("a model with a long name, which is damaged.safetensors"), "x"))});
            QTRY_VERIFY_WITH_TIMEOUT(window.findChild<QWidget*>(QStringLiteral("openNotice")) != nullptr, kWaitMs);
            for (const char* button : {"helpButton", "keysButton", "aboutButton"}) {
                find<QPushButton>(window, button)->click();
                settle();
                for (const QWidget* widget : window.findChildren<QWidget*>()) {
                    // The page below keeps its size; it is the frame that is looked at.
                    if (!widget->isVisible() || !showsText(*widget) || page->isAncestorOf(widget)) continue;
                    QVERIFY2(clipped(*widget).isEmpty(), qPrintable(nameOf(*widget) + u' ' + clipped(*widget)));
                }
                keep(window.grab().toImage(), *page, QString::fromLatin1(button));
            }
        });
    }

  private:
    static void everyState() {
        QTest::addColumn<QString>("theme");
        QTest::addColumn<QString>("state");
        for (const char* theme : {"dark", "light"}) {
            for (const char* state : {"fresh", "training", "finished"})
                QTest::addRow("%s, %s", theme, state) << QString::fromLatin1(theme) << QString::fromLatin1(state);
        }
    }

    template <class Check>
    void withWindow(const Check& check) {
        QFETCH(QString, theme);
        QFETCH(QString, state);
        withWindowIn(theme, state, check);
    }

    template <class Check>
    void withWindowIn(const QString& theme, const QString& state, const Check& check) {
        QSettings& settings = m_home.settings();
        settings.setValue(QStringLiteral("window/theme"), theme);
        if (state != QStringLiteral("fresh")) {
            settings.setValue(QStringLiteral("train/data"), QStringLiteral("folder:") + m_data);
            settings.setValue(QStringLiteral("train/model"), QString::fromStdString(testing::kTinyModel));
            settings.setValue(QStringLiteral("train/epochs"), state == QStringLiteral("training") ? 100'000 : 2);
            settings.setValue(QStringLiteral("train/batch"), 8);
        }
        MainWindow window(settings);
        window.resize(kSmallWindow);
        window.show();
        QVERIFY(QTest::qWaitForWindowActive(&window));
        auto* start = find<QPushButton>(window, "startButton");
        QTRY_VERIFY_WITH_TIMEOUT(start->isEnabled(), kWaitMs);
        if (state == QStringLiteral("fresh")) {
            // As it is started for the first time: with the sample.
            settings.remove(QStringLiteral("last"));
            window.restoreLastTime();
            QTRY_VERIFY_WITH_TIMEOUT(find<QLabel>(window, "modelDetail")->text().startsWith(QStringLiteral("sample")),
                                     kWaitMs);
        } else {
            start->click();
            auto* detail = find<QLabel>(window, "modelDetail");
            const QString awaited =
                state == QStringLiteral("training") ? QStringLiteral("epoch ") : QStringLiteral("right");
            QTRY_VERIFY_WITH_TIMEOUT(detail->text().contains(awaited), kWaitMs);
            // Its true class is known by the folder.
            window.open({toPath(m_home.makePicture(QStringLiteral("round/one.png")))});
            QTRY_COMPARE_WITH_TIMEOUT(find<QStackedWidget>(window, "pages")->currentWidget()->objectName(),
                                      QStringLiteral("classifyPage"), kWaitMs);
        }
        m_state = theme + u'-' + state;
        check(window, theme == QStringLiteral("dark") ? darkTheme() : lightTheme());
    }

    template <class Visit>
    static void forEachPage(MainWindow& window, const Visit& visit) {
        auto* pages = find<QStackedWidget>(window, "pages");
        QVERIFY(pages->count() >= 2);
        QList<QPushButton*> places;
        for (auto* button : find<QWidget>(window, "sidebar")->findChildren<QPushButton*>()) {
            if (button->objectName().startsWith(QStringLiteral("nav"))) places << button;
        }
        QCOMPARE(places.size(), pages->count());
        for (int i = 0; i < pages->count(); ++i) {
            places[i]->click();
            QCOMPARE(pages->currentIndex(), i);
            settle();
            // The Connections page reads when it is shown.
            QTRY_VERIFY_WITH_TIMEOUT(!pages->widget(i)->property("reading").toBool(), kWaitMs);
            settle();
            visit(*static_cast<Page*>(pages->widget(i)));
            if (auto* connections = qobject_cast<ConnectionsPage*>(pages->widget(i)))
                forEachView(*connections, [&] { visit(*connections); });
            if (auto* classify = qobject_cast<ClassifyPage*>(pages->widget(i)))
                forEachList(*classify, [&] { visit(*classify); });
        }
    }

    // The answers as a table and as results, where there are any.
    template <class Visit>
    static void forEachList(ClassifyPage& page, const Visit& visit) {
        if (page.answers().rowCount() == 0) return;
        QTRY_COMPARE_WITH_TIMEOUT(page.answers().counts().judged, 1, kWaitMs);
        for (const char* button : {"tableViewButton", "resultsViewButton"}) {
            find<QPushButton>(page, button)->click();
            settle();
            visit();
        }
        find<QPushButton>(page, "gridViewButton")->click();
    }

    // What else the Connections page looks like: deeper levels, each with all that stands beside the map.
    template <class Visit>
    static void forEachView(ConnectionsPage& page, const Visit& visit) {
        ConnectionsState& state = page.state();
        if (state.record() == nullptr) return;
        const int last = state.source()->layout.layers() - 1;
        const auto show = [&](int moment, const MapPlace& place) {
            state.setMoment(moment);
            state.setPlace(place);
            QTRY_VERIFY_WITH_TIMEOUT(state.recordMoment() == state.moment(), kWaitMs);
            QTRY_VERIFY_WITH_TIMEOUT(!state.source()->keepsWeights(state.moment()) || state.weights() != nullptr,
                                     kWaitMs);
            settle();
            visit();
        };
        const int now = state.moment();
        const auto chips =
            find<DetailsCard>(page, "connectionDetails")
                ->findChildren<QPushButton*>(QRegularExpression(QStringLiteral("Chip$")), Qt::FindDirectChildrenOnly);
        QCOMPARE(chips.size(), 6);
        for (QPushButton* chip : chips) {
            chip->click();
            state.setTrace({});
            show(now, {});
            state.setTrace({.what = Trace::What::kReads, .layer = last, .group = 0});
            show(now, {MapLevel::kLayer, last, 0});
            state.setTrace({.what = Trace::What::kReadBy, .source = 0, .channel = 0});
            show(0, {MapLevel::kGroup, last, 0});
        }
        auto* compare = find<QPushButton>(*find<MapPane>(page, "mapPane"), "compareToggle");
        compare->click();
        show(now, {MapLevel::kLayer, last, 0});
        show(now, {});
        compare->click();
    }

    // To be looked at, if a folder is named.
    void keep(const QImage& picture, const Page& page, const QString& what = {}) const {
        const QString folder = qEnvironmentVariable("CONDENSER_GRABS");
        if (folder.isEmpty()) return;
        QDir().mkpath(folder);
        picture.save(QStringLiteral("%1/%2-%3%4.png").arg(folder, m_state, page.objectName(), what));
    }

    testing::PrivateHome m_home;
    QString m_data, m_state;
};

QTEST_MAIN(TestLayout)
#include "tst_layout.moc"
