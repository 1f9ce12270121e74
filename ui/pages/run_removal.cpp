#include "pages/run_removal.h"

#include <QPointer>
#include <optional>
#include <utility>

#include "look/format.h"
#include "pages/notices.h"

namespace condenser {
namespace {

const QString kNotice = QStringLiteral("deleteNotice");

// "shapes-86", "3 runs".
QString nameOf(const std::vector<RunSummary>& runs) {
    if (runs.size() == 1) return QString::fromStdString(runs.front().name);
    return RunRemoval::tr("%1 runs").arg(runs.size());
}

}  // namespace

RunRemoval::RunRemoval(NoticeArea& notices, QObject* parent) : QObject(parent), m_notices(notices) {}

void RunRemoval::remove(const std::vector<RunSummary>& runs) {
    m_notices.remove(kNotice);
    std::vector<TrashedRun> trashed;
    std::vector<RunSummary> moved, left;
    std::optional<Error> noTrash;
    for (const RunSummary& run : runs) {
        auto done = moveRunToTrash(run.folder);
        if (done) {
            trashed.push_back(std::move(*done));
            moved.push_back(run);
        } else if (done.error().code == ErrorCode::kWrite) {
            noTrash = done.error();
            left.push_back(run);
        } else if (done.error().code != ErrorCode::kNotFound) {
            showError(done.error());
        }
    }
    if (!trashed.empty()) {
        const QPointer<RunRemoval> here(this);
        emit removed(tr("%1 moved to the trash").arg(nameOf(moved)), [here, trashed] {
            if (here) here->bringBack(trashed);
        });
    }
    if (noTrash) offerToDelete(left, *noTrash);
    emit changed();
}

void RunRemoval::offerToDelete(const std::vector<RunSummary>& runs, const Error& why) {
    m_notices.show(kNotice, {Notice::Kind::kWarning,
                             tr("%1 cannot be moved to the trash. Delete for good?").arg(nameOf(runs)),
                             errorDetail(why) + tr(" What is deleted for good cannot be brought back."),
                             {},
                             {{tr("Delete for good"), [this, runs] { deleteForGood(runs); }},
                              {tr("Keep"), [this] { m_notices.remove(kNotice); }}}});
}

void RunRemoval::deleteForGood(const std::vector<RunSummary>& runs) {
    m_notices.remove(kNotice);
    for (const RunSummary& run : runs) {
        if (auto done = deleteRun(run.folder); !done) showError(done.error());
    }
    emit changed();
}

void RunRemoval::bringBack(const std::vector<TrashedRun>& runs) {
    for (const TrashedRun& run : runs) {
        if (auto back = restoreRun(run); !back) {
            showError(back.error());
        } else {
            emit broughtBack(run.folder);
        }
    }
    emit changed();
}

void RunRemoval::showError(const Error& error) {
    m_notices.show(kNotice, {Notice::Kind::kError, errorTitle(error), errorDetail(error)});
}

}  // namespace condenser
