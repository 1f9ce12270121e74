// The menu of what was opened lately.
#pragma once

#include <QMenu>

#include "session/recent_files.h"

namespace condenser {

class RecentMenu : public QMenu {
    Q_OBJECT

  public:
    // `recent` must outlive it.
    explicit RecentMenu(RecentFiles& recent, QWidget* parent = nullptr);

  signals:
    void openWanted(const RecentFiles::Entry& entry);

  private:
    void fill();

    RecentFiles& m_recent;
};

}  // namespace condenser
