#include "look/theme_switch.h"

#include <QApplication>
#include <QFont>
#include <QSettings>
#include <QStyleFactory>
#include <algorithm>

namespace condenser {
namespace {

const QString kKey = QStringLiteral("window/theme");
constexpr double kSmallestFont = 9.5;  // points

QString nameOf(ThemeSwitch::Choice choice) {
    switch (choice) {
        case ThemeSwitch::Choice::kDark:
            return QStringLiteral("dark");
        case ThemeSwitch::Choice::kLight:
            return QStringLiteral("light");
        case ThemeSwitch::Choice::kAuto:
            break;
    }
    return QStringLiteral("auto");
}

}  // namespace

ThemeSwitch::ThemeSwitch(QSettings& settings, QObject* parent)
    : QObject(parent), m_settings(settings), m_pointSize(std::max(kSmallestFont, QApplication::font().pointSizeF())) {
    const QString stored = m_settings.value(kKey).toString();
    for (const Choice choice : {Choice::kDark, Choice::kLight}) {
        if (stored == nameOf(choice)) m_choice = choice;
    }
    QApplication::setStyle(QStyleFactory::create(QStringLiteral("Fusion")));
    apply();
    connect(&m_desktop, &DesktopScheme::changed, this, [this] {
        if (m_choice == Choice::kAuto) apply();
    });
}

const Theme& ThemeSwitch::theme() const {
    const bool dark = m_choice == Choice::kDark || (m_choice == Choice::kAuto && m_desktop.dark());
    return dark ? darkTheme() : lightTheme();
}

void ThemeSwitch::choose(Choice choice) {
    m_settings.setValue(kKey, nameOf(choice));
    if (choice == m_choice) return;
    m_choice = choice;
    apply();
}

void ThemeSwitch::apply() {
    QFont font = QApplication::font();
    font.setPointSizeF(m_pointSize);
    QApplication::setFont(font);
    QApplication::setPalette(paletteOf(theme()));
    qApp->setStyleSheet(styleSheetOf(theme(), m_pointSize));
    emit changed();
}

}  // namespace condenser
