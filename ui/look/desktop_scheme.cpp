#include "look/desktop_scheme.h"

#include <QDBusConnection>
#include <QDBusMessage>
#include <QDBusPendingCallWatcher>
#include <QDBusPendingReply>
#include <QGuiApplication>
#include <QPalette>

namespace condenser {
namespace {

const QString kService = QStringLiteral("org.freedesktop.portal.Desktop");
const QString kPath = QStringLiteral("/org/freedesktop/portal/desktop");
const QString kInterface = QStringLiteral("org.freedesktop.portal.Settings");
const QString kGroup = QStringLiteral("org.freedesktop.appearance");
const QString kKey = QStringLiteral("color-scheme");

constexpr unsigned kPrefersDark = 1, kPrefersLight = 2;

}  // namespace

DesktopScheme::DesktopScheme(QObject* parent)
    : QObject(parent),
      m_paletteDark(QGuiApplication::palette().color(QPalette::Window).lightness() < 128),
      m_dark(m_paletteDark) {
    QDBusConnection bus = QDBusConnection::sessionBus();
    if (!bus.isConnected()) return;
    bus.connect(kService, kPath, kInterface, QStringLiteral("SettingChanged"), this,
                SLOT(settingChanged(QString, QString, QDBusVariant)));
    QDBusMessage read = QDBusMessage::createMethodCall(kService, kPath, kInterface, QStringLiteral("Read"));
    read << kGroup << kKey;
    auto* watcher = new QDBusPendingCallWatcher(bus.asyncCall(read), this);
    connect(watcher, &QDBusPendingCallWatcher::finished, this, [this, watcher] {
        watcher->deleteLater();
        const QDBusPendingReply<QVariant> reply = *watcher;
        if (reply.isError()) return;
        // Read wraps the value in a variant of its own.
        QVariant value = reply.value();
        if (value.canConvert<QDBusVariant>()) value = value.value<QDBusVariant>().variant();
        take(value.toUInt());
    });
}

void DesktopScheme::settingChanged(const QString& group, const QString& key, const QDBusVariant& value) {
    if (group == kGroup && key == kKey) take(value.variant().toUInt());
}

void DesktopScheme::take(unsigned scheme) {
    const bool dark = scheme == kPrefersDark || (scheme != kPrefersLight && m_paletteDark);
    if (dark == m_dark) return;
    m_dark = dark;
    emit changed();
}

}  // namespace condenser
