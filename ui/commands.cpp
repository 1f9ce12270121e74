#include "commands.h"

#include <QAction>
#include <QStringList>
#include <QWidget>

#include "base/check.h"
#include "look/markdown.h"

namespace condenser {

void Commands::add(const Command& command) {
    for (const QKeySequence& key : command.keys) {
        CORE_CHECK(!m_taken.contains(key));
        m_taken << key;
    }
    auto* action = new QAction(command.words, &m_window);
    action->setObjectName(command.id);
    action->setShortcuts(command.keys);
    QObject::connect(action, &QAction::triggered, &m_window, command.act);
    m_window.addAction(action);
    m_lines << Line{command.group, command.keys.first().toString(QKeySequence::NativeText), command.words};
}

void Commands::note(const QString& group, const QString& keys, const QString& words) {
    m_lines << Line{group, keys, words};
}

QString Commands::sheet() const {
    QStringList groups;
    for (const Line& line : m_lines) {
        if (!groups.contains(line.group)) groups << line.group;
    }
    QString text;
    for (const QString& group : groups) {
        text += QStringLiteral("## %1\n\n").arg(markdownEscaped(group));
        for (const Line& line : m_lines) {
            if (line.group == group)
                text +=
                    QStringLiteral("**%1** &nbsp; %2\n\n").arg(markdownEscaped(line.keys), markdownEscaped(line.words));
        }
    }
    return text;
}

}  // namespace condenser
