// The theme in force: chosen by the user or following the desktop.
#pragma once

#include <QObject>

#include "look/desktop_scheme.h"
#include "look/theme.h"

class QSettings;

namespace condenser {

class ThemeSwitch : public QObject {
    Q_OBJECT

  public:
    enum class Choice { kAuto, kDark, kLight };

    // Dresses the application: style, palette and style sheet. `settings` keeps the choice and must outlive it.
    explicit ThemeSwitch(QSettings& settings, QObject* parent = nullptr);

    Choice choice() const { return m_choice; }
    void choose(Choice choice);
    const Theme& theme() const;

  signals:
    void changed();

  private:
    void apply();

    QSettings& m_settings;
    DesktopScheme m_desktop;
    double m_pointSize;
    Choice m_choice = Choice::kAuto;
};

}  // namespace condenser
