// Deleting runs: to the trash at once, with the way back; for good only after a question in the page.
#pragma once

#include <QObject>
#include <QString>
#include <functional>
#include <vector>

#include "base/result.h"
#include "session/run_trash.h"
#include "store/run_index.h"

namespace condenser {

class NoticeArea;

class RunRemoval : public QObject {
    Q_OBJECT

  public:
    explicit RunRemoval(NoticeArea& notices, QObject* parent = nullptr);  // `notices` must outlive it

    void remove(const std::vector<RunSummary>& runs);

  signals:
    void removed(const QString& words, const std::function<void()>& undo);  // as Page::removed
    void changed();                                                         // folders have come or gone
    void broughtBack(const std::filesystem::path& folder);

  private:
    void offerToDelete(const std::vector<RunSummary>& runs, const Error& why);
    void deleteForGood(const std::vector<RunSummary>& runs);
    void bringBack(const std::vector<TrashedRun>& runs);
    void showError(const Error& error);

    NoticeArea& m_notices;
};

}  // namespace condenser
