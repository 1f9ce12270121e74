#include "session/suspend_inhibitor.h"

#include <QDBusMessage>
#include <QDBusObjectPath>
#include <QDBusPendingCallWatcher>
#include <QDBusPendingReply>
#include <QVariantMap>

namespace condenser {
namespace {

const QString kPortal = QStringLiteral("org.freedesktop.portal.Desktop");
const QString kPower = QStringLiteral("org.freedesktop.PowerManagement");
const QString kPowerPath = QStringLiteral("/org/freedesktop/PowerManagement/Inhibit");
const QString kPowerInterface = QStringLiteral("org.freedesktop.PowerManagement.Inhibit");
const QString kLogin = QStringLiteral("org.freedesktop.login1");
const QString kName = QStringLiteral("Condenser");
constexpr uint kSuspendFlag = 4;  // of the portal: logout 1, user switch 2, suspend 4, idle 8

}  // namespace

SuspendInhibitor::SuspendInhibitor(const QString& reason, QObject* parent)
    : SuspendInhibitor(reason, QDBusConnection::sessionBus(), QDBusConnection::systemBus(), parent) {}

SuspendInhibitor::SuspendInhibitor(const QString& reason, const QDBusConnection& session, const QDBusConnection& system,
                                   QObject* parent)
    : QObject(parent), m_reason(reason), m_session(session), m_system(system) {}

SuspendInhibitor::~SuspendInhibitor() {
    m_wanted = false;
    release();
}

void SuspendInhibitor::hold(bool on) {
    if (on == m_wanted) return;
    m_wanted = on;
    if (!on) {
        release();
    } else if (!m_asking && !held()) {
        ask(Way::kPortal);
    }
}

void SuspendInhibitor::ask(Way way) {
    QDBusMessage call;
    switch (way) {
        case Way::kPortal:
            call = QDBusMessage::createMethodCall(kPortal, QStringLiteral("/org/freedesktop/portal/desktop"),
                                                  QStringLiteral("org.freedesktop.portal.Inhibit"),
                                                  QStringLiteral("Inhibit"));
            call << QString() << kSuspendFlag << QVariantMap{{QStringLiteral("reason"), m_reason}};
            break;
        case Way::kPowerManager:
            call = QDBusMessage::createMethodCall(kPower, kPowerPath, kPowerInterface, QStringLiteral("Inhibit"));
            call << kName << m_reason;
            break;
        case Way::kLogin:
            call = QDBusMessage::createMethodCall(kLogin, QStringLiteral("/org/freedesktop/login1"),
                                                  QStringLiteral("org.freedesktop.login1.Manager"),
                                                  QStringLiteral("Inhibit"));
            // "idle" holds off what the computer does by itself; closing the lid is the user's will.
            call << QStringLiteral("idle") << kName << m_reason << QStringLiteral("block");
            break;
        case Way::kNone:
            m_asking = false;
            return;
    }
    m_asking = true;
    const QDBusConnection& bus = way == Way::kLogin ? m_system : m_session;
    auto* watcher = new QDBusPendingCallWatcher(bus.asyncCall(call), this);
    connect(watcher, &QDBusPendingCallWatcher::finished, this, [this, way, watcher] {
        watcher->deleteLater();
        answered(way, *watcher);
    });
}

void SuspendInhibitor::answered(Way way, QDBusPendingCallWatcher& call) {
    if (call.isError()) {
        const Way next = way == Way::kPortal         ? Way::kPowerManager
                         : way == Way::kPowerManager ? Way::kLogin
                                                     : Way::kNone;
        return ask(m_wanted ? next : Way::kNone);
    }
    m_asking = false;
    if (way == Way::kPortal) {
        const QDBusPendingReply<QDBusObjectPath> reply = call;
        m_request = reply.value().path();
    } else if (way == Way::kPowerManager) {
        const QDBusPendingReply<uint> reply = call;
        m_cookie = reply.value();
    } else {
        const QDBusPendingReply<QDBusUnixFileDescriptor> reply = call;
        m_login = reply.value();
    }
    m_held = way;
    if (!m_wanted) return release();  // it was over before the desktop answered
    emit changed();
}

void SuspendInhibitor::release() {
    switch (m_held) {
        case Way::kPortal:
            m_session.send(QDBusMessage::createMethodCall(
                kPortal, m_request, QStringLiteral("org.freedesktop.portal.Request"), QStringLiteral("Close")));
            break;
        case Way::kPowerManager: {
            QDBusMessage call =
                QDBusMessage::createMethodCall(kPower, kPowerPath, kPowerInterface, QStringLiteral("UnInhibit"));
            call << m_cookie;
            m_session.send(call);
            break;
        }
        case Way::kLogin:
            m_login = {};
            break;
        case Way::kNone:
            return;
    }
    m_held = Way::kNone;
    emit changed();
}

}  // namespace condenser
