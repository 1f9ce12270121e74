// What is asked of the desktop over D-Bus, with a desktop of our own on a private bus.
#include <QApplication>
#include <QDBusConnection>
#include <QDBusMessage>
#include <QDBusObjectPath>
#include <QDBusVariant>
#include <QLabel>
#include <QProcess>
#include <QPushButton>
#include <QStackedWidget>
#include <QStandardPaths>
#include <QTest>

#include "look/theme_switch.h"
#include "main_window.h"
#include "session/suspend_inhibitor.h"
#include "ui_support.h"

using namespace condenser;
using condenser::testing::find;
using condenser::testing::kWaitMs;

// Answers as xdg-desktop-portal does.
class Portal : public QObject {
    Q_OBJECT
    Q_CLASSINFO("D-Bus Interface", "org.freedesktop.portal.Inhibit")

  public:
    int held = 0, asked = 0;
    uint flags = 0;
    QString reason;

  public slots:
    QDBusObjectPath Inhibit(const QString&, uint wanted, const QVariantMap& options) {
        ++asked;
        ++held;
        flags = wanted;
        reason = options.value(QStringLiteral("reason")).toString();
        return QDBusObjectPath(QStringLiteral("/request/%1").arg(asked));
    }
};

class PortalRequest : public QObject {
    Q_OBJECT
    Q_CLASSINFO("D-Bus Interface", "org.freedesktop.portal.Request")

  public:
    explicit PortalRequest(Portal& portal) : m_portal(portal) {}

  public slots:
    void Close() { --m_portal.held; }

  private:
    Portal& m_portal;
};

class PowerManager : public QObject {
    Q_OBJECT
    Q_CLASSINFO("D-Bus Interface", "org.freedesktop.PowerManagement.Inhibit")

  public:
    int held = 0;

  public slots:
    uint Inhibit(const QString&, const QString&) {
        ++held;
        return 42;
    }
    void UnInhibit(uint cookie) { held -= cookie == 42; }
};

class TestDesktop : public QObject {
    Q_OBJECT

  private slots:
    void initTestCase() {
        const QString daemon = QStandardPaths::findExecutable(QStringLiteral("dbus-daemon"));
        if (daemon.isEmpty()) QSKIP("there is no dbus-daemon");
        m_bus.start(daemon,
                    {QStringLiteral("--session"), QStringLiteral("--nofork"), QStringLiteral("--print-address")});
        QVERIFY(m_bus.waitForReadyRead());
        m_address = QString::fromUtf8(m_bus.readLine()).trimmed();
        qputenv("DBUS_SESSION_BUS_ADDRESS", m_address.toUtf8());
        qputenv("DBUS_SYSTEM_BUS_ADDRESS", "unix:path=/nowhere");
    }
    void cleanupTestCase() {
        for (const char* name : {"portal", "power", "app"})
            QDBusConnection::disconnectFromBus(QString::fromLatin1(name));
        m_bus.terminate();
        m_bus.waitForFinished();
    }
    void init() {
        testing::failOnWarnings();
        m_home.settings().clear();
    }

    void withoutADesktopNothingIsSaidAndNothingIsHeld() {
        SuspendInhibitor awake(QStringLiteral("training"), bus("app"), QDBusConnection(QStringLiteral("none")));
        awake.hold(true);
        QTest::qWait(50);  // for the refusals of a bus on which nobody is
        QVERIFY(!awake.held());
        awake.hold(false);
    }

    void thePowerManagerServesWhereThereIsNoPortal() {
        PowerManager power;
        QDBusConnection service = bus("power");
        QVERIFY(service.registerObject(QStringLiteral("/org/freedesktop/PowerManagement/Inhibit"), &power,
                                       QDBusConnection::ExportAllSlots));
        QVERIFY(service.registerService(QStringLiteral("org.freedesktop.PowerManagement")));
        {
            SuspendInhibitor awake(QStringLiteral("training"), bus("app"), bus("app"));
            awake.hold(true);
            QTRY_COMPARE_WITH_TIMEOUT(power.held, 1, kWaitMs);
            QTRY_VERIFY_WITH_TIMEOUT(awake.held(), kWaitMs);
        }  // ends with it
        QTRY_COMPARE_WITH_TIMEOUT(power.held, 0, kWaitMs);
        service.unregisterService(QStringLiteral("org.freedesktop.PowerManagement"));
    }

    void thePortalIsAskedAndReleased() {
        serve();
        SuspendInhibitor awake(QStringLiteral("A network is being trained"), bus("app"), bus("app"));
        awake.hold(true);
        QTRY_VERIFY_WITH_TIMEOUT(awake.held(), kWaitMs);
        QCOMPARE(m_portal.flags, 4u);
        QCOMPARE(m_portal.reason, QStringLiteral("A network is being trained"));
        QCOMPARE(m_portal.held, 1);
        awake.hold(false);
        QTRY_COMPARE_WITH_TIMEOUT(m_portal.held, 0, kWaitMs);
        // Over before the desktop has answered.
        awake.hold(true);
        awake.hold(false);
        QTRY_COMPARE_WITH_TIMEOUT(m_portal.asked, 2, kWaitMs);
        QTRY_COMPARE_WITH_TIMEOUT(m_portal.held, 0, kWaitMs);
        QVERIFY(!awake.held());
    }

    void theComputerStaysAwakeWhileItTrainsButNotInAPause() {
        serve();
        const QString data = m_home.makeDataFolder(QStringLiteral("pictures"), 16);
        QSettings& settings = m_home.settings();
        settings.setValue(QStringLiteral("train/data"), QStringLiteral("folder:") + data);
        settings.setValue(QStringLiteral("train/model"), QString::fromStdString(testing::kTinyModel));
        settings.setValue(QStringLiteral("train/epochs"), 100'000);
        settings.setValue(QStringLiteral("train/batch"), 8);
        const int before = m_portal.held;
        MainWindow window(settings);
        window.show();
        auto* button = find<QPushButton>(window, "startButton");
        QTRY_VERIFY_WITH_TIMEOUT(button->isEnabled(), kWaitMs);
        button->click();
        QTRY_COMPARE_WITH_TIMEOUT(m_portal.held, before + 1, kWaitMs);
        auto* pause = find<QPushButton>(window, "stripPause");
        QTRY_VERIFY_WITH_TIMEOUT(pause->isEnabled(), kWaitMs);
        pause->click();
        QVERIFY(pause->text().startsWith(QStringLiteral("Pausing")));  // at once
        QTRY_COMPARE_WITH_TIMEOUT(m_portal.held, before, kWaitMs);
        QTRY_VERIFY_WITH_TIMEOUT(window.windowTitle().endsWith(QStringLiteral("paused")), kWaitMs);
        pause->click();
        QTRY_COMPARE_WITH_TIMEOUT(m_portal.held, before + 1, kWaitMs);
        find<QPushButton>(window, "stripStop")->click();
        QTRY_COMPARE_WITH_TIMEOUT(m_portal.held, before, kWaitMs);
        QTRY_COMPARE_WITH_TIMEOUT(find<QLabel>(window, "stripLeft")->text(), QStringLiteral("stopped"), kWaitMs);
    }

    void theWindowFollowsTheDesktopsColours() {
        serve();
        MainWindow window(m_home.settings());
        window.resize(1100, 700);
        window.show();
        auto* pages = find<QStackedWidget>(window, "pages");
        for (const bool dark : {true, false, true}) {
            QDBusMessage change = QDBusMessage::createSignal(QStringLiteral("/org/freedesktop/portal/desktop"),
                                                             QStringLiteral("org.freedesktop.portal.Settings"),
                                                             QStringLiteral("SettingChanged"));
            change << QStringLiteral("org.freedesktop.appearance") << QStringLiteral("color-scheme")
                   << QVariant::fromValue(QDBusVariant(dark ? 1u : 2u));
            QVERIFY(bus("portal").send(change));
            const Theme& expected = dark ? darkTheme() : lightTheme();
            QTRY_COMPARE_WITH_TIMEOUT(QApplication::palette().color(QPalette::Window), expected.window, kWaitMs);
            for (int page = 0; page < pages->count(); ++page) {
                pages->setCurrentIndex(page);
                const QImage picture = window.grab().toImage();
                QCOMPARE(picture.pixelColor(picture.width() - 4, 4), expected.window);
                // Inside of a card, and nowhere the other theme's colours.
                QVERIFY(has(picture, expected.panel));
                QVERIFY(!has(picture, (dark ? lightTheme() : darkTheme()).panel));
            }
        }
    }

  private:
    QDBusConnection bus(const char* name) const {
        return QDBusConnection::connectToBus(m_address, QString::fromLatin1(name));
    }
    void serve() {
        if (m_serving) return;
        m_serving = true;
        QDBusConnection service = bus("portal");
        QVERIFY(service.registerObject(QStringLiteral("/org/freedesktop/portal/desktop"), &m_portal,
                                       QDBusConnection::ExportAllSlots));
        for (int i = 1; i < 20; ++i) {
            QVERIFY(service.registerObject(QStringLiteral("/request/%1").arg(i), &m_request,
                                           QDBusConnection::ExportAllSlots));
        }
        QVERIFY(service.registerService(QStringLiteral("org.freedesktop.portal.Desktop")));
    }
    static bool has(const QImage& picture, const QColor& color) {
        int count = 0;
        for (int y = 0; y < picture.height(); y += 2) {
            for (int x = 0; x < picture.width(); x += 2) count += picture.pixelColor(x, y) == color;
        }
        return count > 400;
    }

    testing::PrivateHome m_home;
    QProcess m_bus;
    QString m_address;
    Portal m_portal;
    PortalRequest m_request{m_portal};
    bool m_serving = false;
};

QTEST_MAIN(TestDesktop)
#include "tst_desktop.moc"
