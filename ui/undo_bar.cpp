#include "undo_bar.h"

#include <QApplication>
#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QTimer>
#include <QVBoxLayout>
#include <algorithm>

#include "look/elided_label.h"
#include "look/look.h"

namespace condenser {

UndoBar::UndoBar(QWidget* parent) : QWidget(parent), m_clock(new QTimer(this)), m_layout(new QVBoxLayout(this)) {
    setObjectName(QStringLiteral("undoBar"));
    m_layout->setContentsMargins(16, 4, 16, 8);
    m_layout->setSpacing(4);
    m_clock->setInterval(1000);
    connect(m_clock, &QTimer::timeout, this, &UndoBar::tick);
    hide();
}

void UndoBar::add(const QString& words, const std::function<void()>& undo) {
    const quint64 id = m_nextId++;
    auto* row = new QFrame;
    row->setObjectName(QStringLiteral("undoLine%1").arg(id));
    row->setAccessibleName(words);
    setLook(row, "notice", "info");
    auto* label = new ElidedLabel(words);
    label->setTextFormat(Qt::PlainText);
    label->setToolTip(words.toHtmlEscaped());
    auto* undoButton = new QPushButton(tr("Undo"));
    undoButton->setObjectName(QStringLiteral("undoButton%1").arg(id));
    undoButton->setAccessibleName(tr("Undo: %1").arg(words));
    undoButton->setToolTip(tr("Undo (Ctrl+Z undoes the latest)"));
    auto* close = new QPushButton(QStringLiteral("×"));
    close->setObjectName(QStringLiteral("undoClose%1").arg(id));
    close->setAccessibleName(tr("Close: %1").arg(words));
    setLook(close, "role", "quiet");
    auto* line = new QHBoxLayout(row);
    line->setContentsMargins(12, 4, 4, 4);
    line->setSpacing(8);
    line->addWidget(label, 1);
    line->addWidget(undoButton);
    line->addWidget(close);
    m_layout->addWidget(row);
    // Queued: they remove the very button that was pressed.
    connect(
        undoButton, &QPushButton::clicked, this, [this, id] { this->undo(id); }, Qt::QueuedConnection);
    connect(
        close, &QPushButton::clicked, this, [this, id] { remove(id); }, Qt::QueuedConnection);
    m_lines.push_back({id, row, undo, kSecondsShown});
    m_clock->start();
    show();
}

bool UndoBar::undoLatest() {
    if (m_lines.empty()) return false;
    undo(m_lines.back().id);
    return true;
}

void UndoBar::tick() {
    const QWidget* focus = QApplication::focusWidget();
    if (underMouse() || (focus != nullptr && isAncestorOf(focus))) return;
    std::vector<quint64> over;
    for (Line& line : m_lines) {
        if (--line.secondsLeft <= 0) over.push_back(line.id);
    }
    for (const quint64 id : over) remove(id);
}

std::vector<UndoBar::Line>::iterator UndoBar::find(quint64 id) {
    return std::find_if(m_lines.begin(), m_lines.end(), [id](const Line& line) { return line.id == id; });
}

void UndoBar::undo(quint64 id) {
    const auto line = find(id);
    if (line == m_lines.end()) return;
    const auto act = line->undo;
    remove(id);
    act();
}

void UndoBar::remove(quint64 id) {
    const auto line = find(id);
    if (line == m_lines.end()) return;
    m_layout->removeWidget(line->row);
    line->row->hide();
    line->row->deleteLater();
    m_lines.erase(line);
    if (!m_lines.empty()) return;
    m_clock->stop();
    hide();
}

}  // namespace condenser
