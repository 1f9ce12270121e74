#include "connections/weights_panel.h"

#include <QEvent>
#include <QLabel>
#include <QMenu>
#include <QScrollArea>
#include <QVBoxLayout>

#include "connections/kept_weights_hint.h"
#include "connections/modest.h"
#include "look/elided_label.h"
#include "look/format.h"
#include "look/look.h"
#include "plots/exhibit_menu.h"

namespace condenser {
namespace {

constexpr int kLeastPicture = 96;  // pixels of height

QLabel* wrapped(const QString& name) {
    auto* label = new QLabel;
    label->setObjectName(name);
    label->setTextFormat(Qt::PlainText);
    label->setWordWrap(true);
    label->setMinimumWidth(1);  // its own idea of one is wider than a narrow card
    setLook(label, "tone", "muted");
    return label;
}

void makePlain(QScrollArea& area) {
    area.setFrameShape(QFrame::NoFrame);
    area.setFocusPolicy(Qt::NoFocus);
}

}  // namespace

WeightsPanel::WeightsPanel(ConnectionsState& state, const QString& name, const QString& purpose, QWidget* parent)
    : ConnectionsPanel(state, parent),
      m_title(new ElidedLabel),
      m_words(wrapped(name + QStringLiteral("Words"))),
      m_body(new QScrollArea),
      m_menu(new ExhibitMenu(this, [this] { return m_taken; })) {
    m_title->setObjectName(name + QStringLiteral("Title"));
    setLook(m_title, "strong");
    auto* inside = new QWidget;
    inside->setObjectName(QStringLiteral("scrolled"));
    m_body->setObjectName(name + QStringLiteral("Body"));
    m_body->setWidget(inside);
    m_body->setWidgetResizable(true);
    makePlain(*m_body);
    m_body->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_body->hide();
    m_bodyLayout = new QVBoxLayout(inside);
    m_bodyLayout->setContentsMargins(0, 0, 0, 0);
    m_bodyLayout->setSpacing(8);

    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(8);
    layout->addWidget(m_title);
    layout->addWidget(m_words);
    layout->addWidget(new KeptWeightsHint(state, purpose));
    layout->addWidget(m_body, 1);
    layout->addStretch();

    connect(m_menu, &ExhibitMenu::exportFailed, this, [this](const Error& error) { setWords(errorWords(error)); });
    for (const auto changed : {&ConnectionsState::sourceChanged, &ConnectionsState::momentChanged,
                               &ConnectionsState::weightsChanged, &ConnectionsState::placeChanged})
        connect(&state, changed, this, &WeightsPanel::refresh);
    connect(&m_patience, &Patience::over, this, &WeightsPanel::refresh);
}

QLabel* WeightsPanel::smallWords(const char* name) {
    QLabel* label = wrapped(QString::fromLatin1(name));
    setLook(label, "scale", "small");
    return label;
}

QScrollArea* WeightsPanel::scrolled(QWidget* picture) {
    m_scroll = new Modest<QScrollArea>;
    m_scroll->setWidget(picture);
    makePlain(*m_scroll);
    m_scroll->setMinimumHeight(kLeastPicture);
    m_scroll->viewport()->setAutoFillBackground(false);
    m_scroll->viewport()->installEventFilter(this);
    picture->setAutoFillBackground(false);
    picture->setContextMenuPolicy(Qt::CustomContextMenu);
    connect(picture, &QWidget::customContextMenuRequested, this, [this, picture](const QPoint& at) {
        const auto seen = exhibit();
        if (!seen) return;
        m_taken = *seen;
        auto* menu = new QMenu(picture);
        menu->setAttribute(Qt::WA_DeleteOnClose);
        m_menu->addTo(*menu);
        menu->popup(picture->mapToGlobal(at));
    });
    return m_scroll;
}

void WeightsPanel::refresh() {
    m_stale = !isVisible();
    if (!m_stale) showState();
}

void WeightsPanel::showEvent(QShowEvent* event) {
    ConnectionsPanel::showEvent(event);
    if (m_stale) refresh();
}

bool WeightsPanel::eventFilter(QObject* watched, QEvent* event) {
    if (watched == m_scroll->viewport() && event->type() == QEvent::Resize) fit(m_scroll->viewport()->size());
    return ConnectionsPanel::eventFilter(watched, event);
}

void WeightsPanel::setTitle(const QString& title) {
    m_title->setText(title);
    m_title->setToolTip(title);
}

QString WeightsPanel::title() const {
    return m_title->text();
}

void WeightsPanel::setWords(const QString& words) {
    m_words->setText(words);
    m_words->setVisible(!words.isEmpty());
}

void WeightsPanel::setBodyVisible(bool on) {
    m_body->setVisible(on);
}

std::optional<Exhibit> WeightsPanel::exhibit() const {
    return m_body->isHidden() ? std::nullopt : std::optional(drawn());
}

}  // namespace condenser
