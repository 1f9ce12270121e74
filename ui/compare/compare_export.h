// What leaves the Compare page as a file or by the clipboard: its menu, which asks where to, writes in a thread of its
// own, and says in the page how it went.
#pragma once

#include <QObject>
#include <functional>
#include <string>

#include "compare/compare_session.h"
#include "look/exhibit.h"
#include "session/job_thread.h"

class QMenu;
class QWidget;

namespace condenser {

class ExhibitMenu;
class NoticeArea;

class CompareExport : public QObject {
    Q_OBJECT

  public:
    // What there is; null: nothing.
    struct Contents {
        ComparisonPtr comparison;
        BenchReportPtr sweep, networks;
    };
    // `notices` and `window` must outlive it. `now` and `page` are asked when the menu is opened and used; `page` only
    // where there is a comparison.
    CompareExport(NoticeArea& notices, QWidget& window, std::function<Contents()> now, std::function<Exhibit()> page);
    ~CompareExport() override;

    void addTo(QMenu& menu);
    // How it went; for those who have written something themselves, too.
    void sayDone(const QString& file);
    void sayFailed(const Error& error);

  private:
    using Text = std::function<std::string()>;  // made by the thread that writes it
    void write(const QString& title, const QString& name, const QString& filter, Text text);

    NoticeArea& m_notices;
    QWidget& m_window;
    std::function<Contents()> m_now;
    ExhibitMenu* m_page;
    JobThread m_worker;  // last: joined before anything that it uses goes
};

}  // namespace condenser
