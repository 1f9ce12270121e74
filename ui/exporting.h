// Ctrl+E and Ctrl+Shift+C: what is seen, as a file or in the clipboard.
#pragma once

#include <QObject>
#include <QTimer>
#include <optional>

#include "look/exhibit.h"

class QSettings;

namespace condenser {

class NoticeArea;

class Exporting : public QObject {
    Q_OBJECT

  public:
    // Both must outlive it; `settings` remembers the folder. `window` is what dialogs stand over, and owns it.
    Exporting(NoticeArea& notices, QSettings& settings, QWidget* window);

    // Asks for a file name without holding anything up, then writes what was seen when it was asked for.
    void save(const std::optional<Exhibit>& exhibit);
    void copy(const std::optional<Exhibit>& exhibit);

  private:
    void write(const Exhibit& exhibit, const QString& file);
    void nothingToSee();
    void sayBriefly(const QString& words);

    NoticeArea& m_notices;
    QSettings& m_settings;
    QWidget* m_window;
    QTimer m_brief;
};

}  // namespace condenser
