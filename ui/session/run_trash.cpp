#include "session/run_trash.h"

#include <QDir>
#include <QFile>
#include <QStandardPaths>
#include <system_error>

#include "io/run_lock.h"
#include "look/format.h"
#include "run/stored_run.h"

namespace condenser {
namespace {

constexpr const char* kWhat = "cannot delete the run";

Result<> checkIdle(const std::filesystem::path& folder) {
    if (!isRunFolder(folder)) {
        return fail(ErrorCode::kNotFound, kWhat, folder.string(), "there is no run in that folder any more");
    }
    if (isRunLocked(folder)) {
        return fail(ErrorCode::kUsage, kWhat, folder.string(), "it trains now", "stop it first");
    }
    return {};
}

// Qt 6.4 takes the working folder for the trash where it cannot make one.
bool haveTrash() {
    const QDir data(QStandardPaths::writableLocation(QStandardPaths::GenericDataLocation));
    return data.mkpath(QStringLiteral("Trash"));
}

}  // namespace

Result<TrashedRun> moveRunToTrash(const std::filesystem::path& folder) {
    if (auto idle = checkIdle(folder); !idle) return tl::unexpected(idle.error());
    // Held until it has moved, so that nobody begins to train in it meanwhile; a folder that cannot be written has no
    // lock to hold.
    const auto lock = RunLock::take(folder);
    QString inTrash;
    if (!haveTrash() || !QFile::moveToTrash(toQString(folder), &inTrash) || inTrash.isEmpty()) {
        return fail(ErrorCode::kWrite, "cannot move the run to the trash", folder.string(),
                    "there is no trash on its disk, or it cannot be written");
    }
    return TrashedRun{folder, toPath(inTrash)};
}

Result<> restoreRun(const TrashedRun& run) {
    constexpr const char* kRestore = "cannot bring the run back";
    std::error_code error;
    if (std::filesystem::exists(run.folder, error)) {
        return fail(ErrorCode::kUsage, kRestore, run.folder.string(), "something else has its place now",
                    "move that away; the run is in the trash");
    }
    if (!std::filesystem::exists(run.inTrash, error)) {
        return fail(ErrorCode::kNotFound, kRestore, run.inTrash.string(), "it is not in the trash any more");
    }
    std::filesystem::create_directories(run.folder.parent_path(), error);
    std::filesystem::rename(run.inTrash, run.folder, error);
    if (error) return fail(ErrorCode::kWrite, kRestore, run.folder.string(), error.message(), "it is in the trash");
    // "files/NAME" has its "info/NAME.trashinfo" (freedesktop.org's Trash specification).
    const std::filesystem::path info = run.inTrash.parent_path().parent_path() / "info" / run.inTrash.filename();
    std::filesystem::remove(info.string() + ".trashinfo", error);
    return {};
}

Result<> deleteRun(const std::filesystem::path& folder) {
    if (auto idle = checkIdle(folder); !idle) return idle;
    const auto lock = RunLock::take(folder);
    std::error_code error;
    std::filesystem::remove_all(folder, error);
    if (error) return fail(ErrorCode::kWrite, kWhat, folder.string(), error.message());
    return {};
}

}  // namespace condenser
