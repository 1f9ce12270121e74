// Whether the desktop is dark: Qt 6.4 does not say, so the settings portal is asked over D-Bus.
#pragma once

#include <QDBusVariant>
#include <QObject>

namespace condenser {

// Asks without waiting; what is known before an answer (or without a portal) is the lightness of Qt's own palette.
class DesktopScheme : public QObject {
    Q_OBJECT

  public:
    // Before any palette of our own is set.
    explicit DesktopScheme(QObject* parent = nullptr);

    bool dark() const { return m_dark; }

  signals:
    void changed();

  private slots:
    void settingChanged(const QString& group, const QString& key, const QDBusVariant& value);

  private:
    void take(unsigned scheme);

    bool m_paletteDark;
    bool m_dark;
};

}  // namespace condenser
