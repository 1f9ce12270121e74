#include "pages/notices.h"
#include "look/look.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QVBoxLayout>

namespace condenser {
namespace {

constexpr int kListHeight = 110, kNarrowest = 160;  // pixels
constexpr std::size_t kMostBeside = 2;              // more buttons than these stand below the words

const char* kindName(Notice::Kind kind) {
    switch (kind) {
        case Notice::Kind::kInfo:
            return "info";
        case Notice::Kind::kWarning:
            return "warning";
        case Notice::Kind::kError:
            return "error";
    }
    return "info";
}

QLabel* wrapped(const QString& text) {
    auto* label = new QLabel(text);
    label->setTextFormat(Qt::PlainText);
    label->setWordWrap(true);
    label->setMinimumWidth(kNarrowest);  // its own idea of one is wider than a small window
    label->setTextInteractionFlags(Qt::TextSelectableByMouse);
    return label;
}

}  // namespace

NoticeArea::NoticeArea(QWidget* parent) : QWidget(parent) {
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(8);
    setVisible(false);
}

void NoticeArea::show(const QString& key, const Notice& notice) {
    remove(key);
    auto* bar = new QFrame;
    bar->setObjectName(key);
    setLook(bar, "notice", kindName(notice.kind));
    bar->setAccessibleName(notice.title);
    bar->setAccessibleDescription(notice.detail);

    auto* title = wrapped(notice.title);
    setLook(title, "strong");
    auto* words = new QVBoxLayout;
    words->setSpacing(2);
    words->addWidget(title);
    if (!notice.detail.isEmpty()) {
        auto* detail = wrapped(notice.detail);
        setLook(detail, "tone", "muted");
        words->addWidget(detail);
    }

    auto* close = new QPushButton(QStringLiteral("×"));
    setLook(close, "role", "quiet");
    close->setObjectName(key + QStringLiteral("Close"));
    close->setAccessibleName(tr("Close this notice"));
    auto* top = new QHBoxLayout;
    top->setSpacing(8);
    top->addLayout(words, 1);
    const bool below = notice.actions.size() > kMostBeside;
    auto* buttons = below ? new QHBoxLayout : top;
    for (const Notice::Action& action : notice.actions) {
        auto* button = new QPushButton(action.name);
        button->setObjectName(key + QString(action.name).remove(u' ').remove(u'…'));
        button->setAccessibleName(action.name);
        // The action may remove this very notice.
        connect(
            button, &QPushButton::clicked, this, [act = action.act] { act(); }, Qt::QueuedConnection);
        buttons->addWidget(button, 0, Qt::AlignVCenter);
    }
    auto* layout = new QVBoxLayout(bar);
    layout->setContentsMargins(12, 8, 8, 8);
    layout->setSpacing(6);
    layout->addLayout(top);
    if (below) {
        buttons->setSpacing(8);
        buttons->addStretch(1);
        layout->addLayout(buttons);
    }
    if (!notice.list.isEmpty()) {
        auto* list = new QPlainTextEdit(notice.list.join(u'\n'));
        list->setObjectName(key + QStringLiteral("List"));
        list->setAccessibleName(notice.title);
        list->setReadOnly(true);
        list->setLineWrapMode(QPlainTextEdit::NoWrap);
        list->setFixedHeight(kListHeight);
        list->setAcceptDrops(false);
        list->hide();
        auto* toggle = new QPushButton(tr("Show them"));
        toggle->setObjectName(key + QStringLiteral("Show"));
        toggle->setAccessibleName(tr("Show them"));
        toggle->setCheckable(true);
        connect(toggle, &QPushButton::toggled, list, [list, toggle](bool on) {
            list->setVisible(on);
            toggle->setText(on ? tr("Hide them") : tr("Show them"));
        });
        top->addWidget(toggle, 0, Qt::AlignVCenter);
        layout->addWidget(list);
    }
    top->addWidget(close, 0, Qt::AlignTop);
    connect(
        close, &QPushButton::clicked, this, [this, key] { remove(key); }, Qt::QueuedConnection);

    static_cast<QVBoxLayout*>(this->layout())->addWidget(bar);
    m_shown.insert(key, bar);
    m_texts.insert(key, notice.detail.isEmpty() ? notice.title : notice.title + u'\n' + notice.detail);
    setVisible(true);
}

void NoticeArea::remove(const QString& key) {
    QFrame* bar = m_shown.take(key);
    if (bar == nullptr) return;
    m_texts.remove(key);
    layout()->removeWidget(bar);
    bar->hide();
    bar->deleteLater();
    setVisible(!m_shown.isEmpty());
}

void NoticeArea::clear() {
    for (const QString& key : m_shown.keys()) remove(key);
}

QString NoticeArea::text(const QString& key) const {
    return m_texts.value(key);
}

}  // namespace condenser
