// "Save picture…", "Save numbers…" and "Copy picture" for what is seen: the same in every plot's menus.
#pragma once

#include <QObject>
#include <QPointer>
#include <functional>
#include <optional>

#include "base/result.h"
#include "look/exhibit.h"

class QMenu;
class QWidget;

namespace condenser {

// Asks for a file without stopping the window, and remembers its folder for the next one.
class ExhibitMenu : public QObject {
    Q_OBJECT

  public:
    // `now` gives what is to be taken out when it is asked for. Dialogs stand over `owner`.
    ExhibitMenu(QWidget* owner, std::function<Exhibit()> now);

    void addTo(QMenu& menu);
    void savePicture();
    void saveNumbers();
    void copyPicture();

    // Where the next dialog opens; empty: the user's documents. For all menus of the program.
    static QString folder();
    static void setFolder(const QString& folder);

  signals:
    void exported(const QString& file);
    void exportFailed(const Error& error);

  private:
    void ask(const QString& title, const QStringList& filters, Exhibit exhibit);

    QWidget* m_owner;
    std::function<Exhibit()> m_now;
};

}  // namespace condenser
