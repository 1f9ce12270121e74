// Keeps the computer from falling asleep by itself, where its desktop offers that.
#pragma once

#include <QDBusConnection>
#include <QDBusUnixFileDescriptor>
#include <QObject>
#include <QString>

class QDBusPendingCallWatcher;

namespace condenser {

// Asks over D-Bus and waits for nothing: first the desktop portal, then the power manager of the session, then
// systemd-logind. Silent where none of them answers.
class SuspendInhibitor : public QObject {
    Q_OBJECT

  public:
    // `reason` is shown by the desktop.
    explicit SuspendInhibitor(const QString& reason, QObject* parent = nullptr);
    SuspendInhibitor(const QString& reason, const QDBusConnection& session, const QDBusConnection& system,
                     QObject* parent = nullptr);
    ~SuspendInhibitor() override;

    void hold(bool on);
    // The desktop has agreed, and has not been told that it is over.
    bool held() const { return m_held != Way::kNone; }

  signals:
    void changed();

  private:
    enum class Way { kNone, kPortal, kPowerManager, kLogin };

    void ask(Way way);
    void answered(Way way, QDBusPendingCallWatcher& call);
    void release();

    QString m_reason;
    QDBusConnection m_session, m_system;
    bool m_wanted = false;
    bool m_asking = false;
    Way m_held = Way::kNone;
    QString m_request;                // the portal's handle
    uint m_cookie = 0;                // the power manager's
    QDBusUnixFileDescriptor m_login;  // logind's: held as long as it is open
};

}  // namespace condenser
