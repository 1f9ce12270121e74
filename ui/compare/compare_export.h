// What leaves the Compare page as a file or by the clipboard. Each asks where to, writes in a thread of its own, and
// says in the page how it went.
#pragma once

#include <QObject>
#include <string>

#include "compare/compare_session.h"
#include "look/exhibit.h"
#include "session/job_thread.h"

class QWidget;

namespace condenser {

class NoticeArea;

class CompareExport : public QObject {
    Q_OBJECT

  public:
    // Both must outlive it.
    CompareExport(NoticeArea& notices, QWidget& window);
    ~CompareExport() override;

    void json(const ComparisonPtr& comparison);  // with every sample
    void csv(const ComparisonPtr& comparison);
    void layersCsv(const ComparisonPtr& comparison);
    void markdown(const ComparisonPtr& comparison);
    void copyMarkdown(const ComparisonPtr& comparison);
    void networksMarkdown(const BenchReportPtr& report);
    void sweepCsv(const BenchReportPtr& report);
    void picture(const Exhibit& exhibit);
    void copyPicture(const Exhibit& exhibit);
    // How it went; for those who have written something themselves, too.
    void sayDone(const QString& file);
    void sayFailed(const Error& error);

  private:
    using Text = std::function<std::string()>;  // made by the thread that writes it
    void write(const QString& title, const QString& name, const QString& filter, Text text);

    NoticeArea& m_notices;
    QWidget& m_window;
    JobThread m_worker;  // last: joined before anything that it uses goes
};

}  // namespace condenser
