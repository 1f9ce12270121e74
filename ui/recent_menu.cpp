#include "recent_menu.h"

#include <QDir>
#include <QFileInfo>

namespace condenser {

RecentMenu::RecentMenu(RecentFiles& recent, QWidget* parent) : QMenu(parent), m_recent(recent) {
    setObjectName(QStringLiteral("recentMenu"));
    setAccessibleName(tr("Opened lately"));
    setToolTipsVisible(true);
    connect(this, &QMenu::aboutToShow, this, &RecentMenu::fill);
}

void RecentMenu::fill() {
    clear();
    int number = 0;
    for (const RecentFiles::Entry& entry : m_recent.entries()) {
        const QFileInfo file(entry.path);
        const bool there = file.exists();
        QString name = file.fileName();
        if (entry.kind == RecentFiles::Kind::kModel) {
            // All models of runs are named alike.
            name = QStringLiteral("%1 / %2").arg(file.dir().dirName(), name);
        }
        name.replace(u'&', QStringLiteral("&&"));  // no key of its own
        const QString text = there ? tr("%1: %2") : tr("%1: %2 (gone)");
        QAction* action = addAction(text.arg(RecentFiles::nameOf(entry.kind), name));
        action->setObjectName(QStringLiteral("recent%1").arg(++number));
        action->setToolTip(entry.path.toHtmlEscaped());
        action->setEnabled(there);
        connect(action, &QAction::triggered, this, [this, entry] { emit openWanted(entry); });
    }
    if (number == 0) {
        addAction(tr("Nothing has been opened yet"))->setEnabled(false);
        return;
    }
    addSeparator();
    QAction* clearAction = addAction(tr("Clear this list"), &m_recent, &RecentFiles::clear);
    clearAction->setObjectName(QStringLiteral("recentClear"));
}

}  // namespace condenser
