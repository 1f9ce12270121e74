#include "sidebar.h"
#include "look/elided_label.h"
#include "look/look.h"

#include <QActionGroup>
#include <QHBoxLayout>
#include <QIcon>
#include <QLabel>
#include <QMenu>
#include <QPushButton>
#include <QVBoxLayout>

namespace condenser {
namespace {

constexpr int kWidth = 184, kIcon = 22;  // pixels

QString choiceName(ThemeSwitch::Choice choice) {
    switch (choice) {
        case ThemeSwitch::Choice::kAuto:
            return Sidebar::tr("Auto");
        case ThemeSwitch::Choice::kDark:
            return Sidebar::tr("Dark");
        case ThemeSwitch::Choice::kLight:
            return Sidebar::tr("Light");
    }
    return {};
}

}  // namespace

Sidebar::Sidebar(ThemeSwitch& theme, QWidget* parent)
    : QWidget(parent), m_theme(theme), m_modelName(new ElidedLabel), m_modelDetail(new QLabel) {
    setObjectName(QStringLiteral("sidebar"));
    setAttribute(Qt::WA_StyledBackground);
    setFixedWidth(kWidth);

    auto* icon = new QLabel;
    icon->setPixmap(QIcon(QStringLiteral(":/condenser.svg")).pixmap(QSize(kIcon, kIcon), devicePixelRatioF()));
    auto* name = new QLabel(tr("Condenser"));
    setLook(name, "scale", "title");
    auto* top = new QHBoxLayout;
    top->setContentsMargins(8, 4, 0, 8);
    top->setSpacing(8);
    top->addWidget(icon);
    top->addWidget(name, 1);

    auto* modelTitle = new QLabel(tr("Model on all pages"));
    setLook(modelTitle, "tone", "muted");
    setLook(modelTitle, "scale", "small");
    m_modelName->setObjectName(QStringLiteral("modelName"));
    setLook(m_modelName, "strong");
    m_modelDetail->setObjectName(QStringLiteral("modelDetail"));
    setLook(m_modelDetail, "tone", "muted");
    setLook(m_modelDetail, "scale", "small");
    for (QLabel* label : {m_modelName, m_modelDetail}) {
        label->setTextFormat(Qt::PlainText);
        label->setContentsMargins(0, 0, 8, 0);
    }
    m_modelDetail->setWordWrap(true);
    auto* model = new QVBoxLayout;
    model->setContentsMargins(8, 0, 0, 0);
    model->setSpacing(2);
    model->addWidget(modelTitle);
    model->addWidget(m_modelName);
    model->addWidget(m_modelDetail);

    auto* open =
        quietButton(tr("Open model…"), QStringLiteral("openModelButton"), tr("A model file or a run (Ctrl+O)"));
    connect(open, &QPushButton::clicked, this, &Sidebar::openModelWanted);
    m_recent = quietButton(tr("Recent…"), QStringLiteral("recentButton"), tr("Models, runs and data opened lately"));
    auto* themeButton = quietButton({}, QStringLiteral("themeButton"), tr("Colours of the window"));
    makeThemeMenu(themeButton);
    auto* help = quietButton(tr("Help"), QStringLiteral("helpButton"), tr("What this page shows (F1)"));
    connect(help, &QPushButton::clicked, this, &Sidebar::helpWanted);
    auto* keys = quietButton(tr("Keys"), QStringLiteral("keysButton"), tr("All keys (Ctrl+?)"));
    connect(keys, &QPushButton::clicked, this, &Sidebar::keysWanted);
    auto* about =
        quietButton(tr("About"), QStringLiteral("aboutButton"), tr("Version, licence, where things are kept"));
    connect(about, &QPushButton::clicked, this, &Sidebar::aboutWanted);
    auto* helpRow = new QHBoxLayout;
    helpRow->setSpacing(0);
    helpRow->addWidget(help);
    helpRow->addWidget(keys);
    helpRow->addWidget(about);
    helpRow->addStretch(1);
    auto* line = new QFrame;
    setLook(line, "line");

    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(10, 14, 10, 10);
    layout->setSpacing(4);
    layout->addLayout(top);
    m_pagesAt = layout->count();
    layout->addStretch(1);
    layout->addLayout(model);
    layout->addWidget(open);
    layout->addWidget(m_recent);
    layout->addWidget(line);
    layout->addWidget(themeButton);
    layout->addLayout(helpRow);
    showModel({});
}

QPushButton* Sidebar::quietButton(const QString& text, const QString& objectName, const QString& tip) {
    auto* button = new QPushButton(text);
    button->setObjectName(objectName);
    setLook(button, "role", "quiet");
    button->setAccessibleName(text);
    button->setToolTip(tip);
    return button;
}

void Sidebar::makeThemeMenu(QPushButton* button) {
    auto* menu = new QMenu(button);
    auto* group = new QActionGroup(menu);
    for (const auto choice : {ThemeSwitch::Choice::kAuto, ThemeSwitch::Choice::kDark, ThemeSwitch::Choice::kLight}) {
        const QString text = choice == ThemeSwitch::Choice::kAuto ? tr("Auto: as the desktop") : choiceName(choice);
        QAction* action = menu->addAction(text);
        action->setCheckable(true);
        action->setChecked(choice == m_theme.choice());
        group->addAction(action);
        connect(action, &QAction::triggered, this, [this, choice] { m_theme.choose(choice); });
    }
    menu->setAccessibleName(tr("Theme"));
    connect(button, &QPushButton::clicked, menu, [menu, button] { popUp(menu, button); });
    const auto name = [this, button] {
        button->setText(tr("Theme: %1").arg(choiceName(m_theme.choice())));
        button->setAccessibleName(button->text());
    };
    name();
    connect(&m_theme, &ThemeSwitch::changed, button, name);
}

// Above the button: there is no room below.
void Sidebar::popUp(QMenu* menu, const QPushButton* button) {
    menu->popup(button->mapToGlobal(QPoint(0, -menu->sizeHint().height())));
}

void Sidebar::setRecentMenu(QMenu* menu) {
    connect(m_recent, &QPushButton::clicked, menu, [this, menu] {
        emit menu->aboutToShow();  // filled, so that its height is known
        popUp(menu, m_recent);
    });
}

void Sidebar::addPage(const QString& name, const QString& objectName, const QKeySequence& key) {
    auto* button = new QPushButton(name);
    button->setObjectName(objectName);
    setLook(button, "role", "nav");
    button->setCheckable(true);
    button->setAutoExclusive(true);
    button->setAccessibleName(name);
    auto* keyLabel = new QLabel(key.toString(QKeySequence::NativeText));
    setLook(keyLabel, "tone", "muted");
    setLook(keyLabel, "scale", "small");
    keyLabel->setAttribute(Qt::WA_TransparentForMouseEvents);
    auto* row = new QHBoxLayout(button);
    row->setContentsMargins(0, 0, 10, 0);
    row->addStretch(1);
    row->addWidget(keyLabel);
    const int page = static_cast<int>(m_pages.size());
    static_cast<QVBoxLayout*>(layout())->insertWidget(m_pagesAt + page, button);
    m_pages.push_back(button);
    connect(button, &QPushButton::clicked, this, [this, page] { emit pageWanted(page); });
}

void Sidebar::showPage(int page) {
    QPushButton* button = m_pages[static_cast<std::size_t>(page)];
    button->setChecked(true);
    // A window that is shown for the first time must have the keyboard somewhere: not on a button that does something.
    if (window()->focusWidget() == nullptr) button->setFocus();
}

QString Sidebar::toolTipOf(const CurrentModel& model) {
    if (model.file == nullptr) return {};
    if (model.sample) {
        return tr(
            "A small network that comes with the program, trained on the built-in pictures.\n"
            "The first that you train or open takes its place.");
    }
    return (model.path.isEmpty() ? model.name : model.path).toHtmlEscaped();
}

void Sidebar::showModel(const CurrentModel& model) {
    const bool none = model.file == nullptr;
    m_modelName->setText(none ? tr("none yet") : model.name);
    m_modelName->setToolTip(toolTipOf(model));
    m_modelDetail->setText(none ? tr("train one, or open one") : model.detail);
    m_modelDetail->setVisible(!m_modelDetail->text().isEmpty());
}

}  // namespace condenser
