#include "connections/empty_connections.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QVBoxLayout>

#include "look/look.h"

namespace condenser {
namespace {

constexpr int kTextWidth = 520;  // pixels: lines that can be read

}  // namespace

EmptyConnections::EmptyConnections(QWidget* parent)
    : QFrame(parent),
      m_title(new QLabel),
      m_words(new QLabel),
      m_train(new QPushButton(tr("Go to Train"))),
      m_open(new QPushButton(tr("Open a model…"))) {
    setObjectName(QStringLiteral("connectionsEmpty"));
    setLook(this, "card");
    m_title->setObjectName(QStringLiteral("connectionsEmptyTitle"));
    m_title->setTextFormat(Qt::PlainText);
    m_title->setWordWrap(true);
    m_title->setFixedWidth(kTextWidth);
    setLook(m_title, "scale", "title");
    m_words->setObjectName(QStringLiteral("connectionsEmptyWords"));
    m_words->setTextFormat(Qt::PlainText);
    m_words->setWordWrap(true);
    m_words->setFixedWidth(kTextWidth);
    setLook(m_words, "tone", "muted");
    m_train->setObjectName(QStringLiteral("connectionsTrainButton"));
    setLook(m_train, "role", "primary");
    m_open->setObjectName(QStringLiteral("connectionsOpenButton"));
    for (QPushButton* button : {m_train, m_open}) button->setAccessibleName(button->text());

    auto* buttons = new QHBoxLayout;
    buttons->setSpacing(8);
    buttons->addWidget(m_train);
    buttons->addWidget(m_open);
    buttons->addStretch(1);
    auto* column = new QVBoxLayout;
    column->setSpacing(8);
    column->addStretch(1);
    column->addWidget(m_title);
    column->addWidget(m_words);
    column->addSpacing(8);
    column->addLayout(buttons);
    column->addStretch(2);
    auto* row = new QHBoxLayout(this);
    row->addStretch(1);
    row->addLayout(column);
    row->addStretch(1);
    connect(m_train, &QPushButton::clicked, this, &EmptyConnections::trainingWanted);
    connect(m_open, &QPushButton::clicked, this, &EmptyConnections::modelWanted);
}

void EmptyConnections::show(const QString& title, const QString& words, bool waiting) {
    m_title->setText(title);
    m_words->setText(words);
    m_train->setVisible(!waiting);
    m_open->setVisible(!waiting);
}

QString EmptyConnections::text() const {
    return m_title->text() + u'\n' + m_words->text();
}

}  // namespace condenser
