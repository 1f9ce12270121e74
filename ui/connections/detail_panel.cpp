#include "connections/detail_panel.h"

#include <QButtonGroup>
#include <QContextMenuEvent>
#include <QLabel>
#include <QMenu>
#include <QPushButton>
#include <QVBoxLayout>

#include "connections/detail_table.h"
#include "look/elided_label.h"
#include "look/format.h"
#include "look/look.h"
#include "plots/exhibit_menu.h"

namespace condenser {
namespace {

constexpr int kBetweenMs = 100;

}  // namespace

DetailPanel::DetailPanel(ConnectionsState& state, QWidget* parent) : ConnectionsPanel(state, parent) {
    m_later.setSingleShot(true);
    connect(&m_later, &QTimer::timeout, this, &DetailPanel::refreshNow);
    connect(&state, &ConnectionsState::sourceChanged, this, &DetailPanel::refreshSoon);
    connect(&state, &ConnectionsState::recordChanged, this, &DetailPanel::refreshSoon);
    connect(&state, &ConnectionsState::placeChanged, this, &DetailPanel::refreshNow);
}

void DetailPanel::refreshNow() {
    m_later.stop();
    if (!isVisible()) return;
    refresh();
    m_since.start();
}

void DetailPanel::refreshSoon() {
    if (!isVisible() || m_later.isActive()) return;
    const auto passed = m_since.isValid() ? m_since.elapsed() : kBetweenMs;
    if (passed >= kBetweenMs) return refreshNow();
    m_later.start(static_cast<int>(kBetweenMs - passed));
}

QVBoxLayout* DetailPanel::makeColumn() {
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(4);
    return column;
}

QLabel* DetailPanel::makeTitle(const QString& text) {
    auto* title = new ElidedLabel(text);
    setLook(title, "strong");
    return title;
}

QLabel* DetailPanel::makeSentence(const char* name, const QString& tip) {
    m_sentence = new QLabel;
    m_sentence->setObjectName(QLatin1String(name));
    m_sentence->setWordWrap(true);
    m_sentence->setMinimumWidth(1);
    m_sentence->setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_sentence->setToolTip(tip);
    setLook(m_sentence, "tone", "muted");
    return m_sentence;
}

void DetailPanel::say(const QString& words) {
    m_sentence->setText(isRecorded() ? words : tr("Nothing has been recorded yet."));
}

QPushButton* DetailPanel::makeChip(const char* name, const QString& text, const QString& tip) {
    auto* chip = new QPushButton(text);
    chip->setObjectName(QLatin1String(name));
    chip->setToolTip(tip);
    chip->setCheckable(true);
    setLook(chip, "role", "chip");
    return chip;
}

QWidget* DetailPanel::makeChoice(const std::vector<QPushButton*>& chips, const std::function<void()>& chosen) {
    auto* choice = new QWidget;
    auto* group = new QButtonGroup(choice);
    auto* row = new QHBoxLayout(choice);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(4);
    for (QPushButton* chip : chips) {
        group->addButton(chip);
        row->addWidget(chip);
    }
    row->addStretch(1);
    chips.front()->setChecked(true);
    connect(group, &QButtonGroup::buttonToggled, this, [chosen](QAbstractButton* /*chip*/, bool on) {
        if (on) chosen();
    });
    return choice;
}

void DetailPanel::offer(DetailTable& table, const QWidget& shown, const std::function<Exhibit()>& now) {
    m_menu = new ExhibitMenu(this, now);
    m_offered = &shown;
    connect(&table, &DetailTable::menuWanted, this, [this](QMenu& menu) {
        if (!m_offered->isVisibleTo(this)) return;
        menu.addSeparator();
        m_menu->addTo(menu);
    });
    connect(m_menu, &ExhibitMenu::exportFailed, this,
            [this](const Error& error) { m_sentence->setText(errorWords(error)); });
}

void DetailPanel::contextMenuEvent(QContextMenuEvent* event) {
    if (m_menu == nullptr || !m_offered->isVisibleTo(this)) return ConnectionsPanel::contextMenuEvent(event);
    auto* menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    m_menu->addTo(*menu);
    menu->popup(event->globalPos());
}

void DetailPanel::showEvent(QShowEvent* event) {
    ConnectionsPanel::showEvent(event);
    refreshNow();
}

}  // namespace condenser
