#include "connections/details_card.h"

#include <QGridLayout>
#include <QPushButton>
#include <QStackedWidget>
#include <QVBoxLayout>

#include "connections/panel.h"
#include "look/look.h"

namespace condenser {
namespace {

constexpr int kChipsInARow = 3;
constexpr int kNarrowest = 216;  // pixels

}  // namespace

DetailsCard::DetailsCard(QWidget* parent) : QFrame(parent), m_chips(new QGridLayout), m_panels(new QStackedWidget) {
    setObjectName(QStringLiteral("connectionDetails"));
    setLook(this, "card");
    setMinimumWidth(kNarrowest);
    m_chips->setSpacing(4);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(12, 12, 12, 12);
    column->setSpacing(8);
    column->addLayout(m_chips);
    column->addWidget(m_panels, 1);
}

void DetailsCard::add(ConnectionsPanel* panel, const char* name, const QString& words, const QString& tip) {
    panel->setObjectName(QLatin1String(name));
    const int number = m_panels->addWidget(panel);
    auto* chip = new QPushButton(words);
    chip->setObjectName(QLatin1String(name) + QStringLiteral("Chip"));
    chip->setAccessibleName(tip);
    chip->setToolTip(tip);
    chip->setCheckable(true);
    chip->setAutoExclusive(true);
    chip->setChecked(number == 0);
    setLook(chip, "role", "chip");
    m_chips->addWidget(chip, number / kChipsInARow, number % kChipsInARow);
    m_buttons.push_back(chip);
    connect(chip, &QPushButton::toggled, this, [this, number](bool on) {
        if (on) m_panels->setCurrentIndex(number);
    });
    connect(chip, &QPushButton::clicked, this, [this] { emit chosen(shown()); });
}

void DetailsCard::setTheme(const Theme& theme) {
    for (int i = 0; i < m_panels->count(); ++i) static_cast<ConnectionsPanel*>(m_panels->widget(i))->setTheme(theme);
}

QString DetailsCard::shown() const {
    return m_panels->currentWidget() == nullptr ? QString() : m_panels->currentWidget()->objectName();
}

void DetailsCard::showPanel(const QString& name) {
    for (int i = 0; i < m_panels->count(); ++i) {
        if (m_panels->widget(i)->objectName() == name) m_buttons[static_cast<std::size_t>(i)]->setChecked(true);
    }
}

}  // namespace condenser
