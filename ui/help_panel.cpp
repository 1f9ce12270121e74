#include "help_panel.h"
#include "look/look.h"

#include <QEvent>
#include <QHBoxLayout>
#include <QKeyEvent>
#include <QLabel>
#include <QPushButton>
#include <QScrollArea>
#include <QVBoxLayout>
#include <algorithm>

namespace condenser {
namespace {

constexpr int kWidth = 400, kMargin = 16;  // pixels

}  // namespace

HelpPanel::HelpPanel(QWidget* parent) : QFrame(parent), m_title(new QLabel), m_text(new QLabel) {
    setObjectName(QStringLiteral("helpPanel"));
    setLook(this, "card");
    setAccessibleName(tr("Help"));
    setFocusPolicy(Qt::StrongFocus);
    setLook(m_title, "scale", "title");
    m_text->setObjectName(QStringLiteral("helpText"));
    m_text->setTextFormat(Qt::PlainText);
    m_text->setWordWrap(true);
    m_text->setAlignment(Qt::AlignTop);
    auto* close = new QPushButton(QStringLiteral("×"));
    close->setObjectName(QStringLiteral("helpClose"));
    setLook(close, "role", "quiet");
    close->setAccessibleName(tr("Close the help"));
    connect(close, &QPushButton::clicked, this, &QWidget::hide);
    auto* top = new QHBoxLayout;
    top->addWidget(m_title, 1);
    top->addWidget(close);
    auto* content = new QWidget;
    content->setObjectName(QStringLiteral("scrolled"));
    auto* column = new QVBoxLayout(content);
    column->setContentsMargins(0, 0, 8, 0);
    column->addWidget(m_text);
    column->addStretch(1);
    auto* scroll = new QScrollArea;
    scroll->setObjectName(QStringLiteral("helpScroll"));
    scroll->setAccessibleName(tr("Help text"));
    scroll->setWidget(content);
    scroll->setWidgetResizable(true);
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(20, 12, 12, 16);
    layout->addLayout(top);
    layout->addWidget(scroll, 1);
    parent->installEventFilter(this);
    hide();
}

void HelpPanel::toggle(const QString& title, const QString& text) {
    if (isVisible() && m_text->text() == text) return hide();
    m_title->setText(title);
    m_text->setText(text);
    setAccessibleName(title);
    setAccessibleDescription(text);
    place();
    raise();
    show();
    setFocus();
}

void HelpPanel::place() {
    const QRect whole = parentWidget()->rect();
    const int width = std::min(kWidth, whole.width() - 2 * kMargin);
    setGeometry(whole.right() - width - kMargin, whole.top() + kMargin, width, whole.height() - 2 * kMargin);
}

bool HelpPanel::eventFilter(QObject* watched, QEvent* event) {
    if (event->type() == QEvent::Resize && isVisible()) place();
    return QFrame::eventFilter(watched, event);
}

void HelpPanel::keyPressEvent(QKeyEvent* event) {
    if (event->key() == Qt::Key_Escape) {
        hide();
    } else {
        QFrame::keyPressEvent(event);
    }
}

QString HelpPanel::keys() {
    return tr(
        "Alt+1 — Train\n"
        "Alt+3 — Classify\n\n"
        "F5 — the page's main action: start, pause or continue training; classify again\n"
        "Shift+F5 — stop training\n\n"
        "Ctrl+O — open a model or a run\n"
        "Ctrl+Shift+O — open a folder of pictures as data\n"
        "Ctrl+V — classify the picture in the clipboard\n\n"
        "F1 — what this page shows\n"
        "Ctrl+? — these keys\n"
        "Esc — close the help\n"
        "Ctrl+Q — quit\n\n"
        "In a plot: ← and → move, + and − zoom, 0 shows the whole run; with the mouse: wheel, drag, double click.");
}

}  // namespace condenser
