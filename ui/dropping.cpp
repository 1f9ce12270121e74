#include "dropping.h"

#include <QCoreApplication>
#include <algorithm>
#include <climits>
#include <system_error>

#include "data/data_guess.h"
#include "data/data_name.h"
#include "data/image_io.h"
#include "experiment/experiment_folder.h"
#include "look/format.h"
#include "run/stored_run.h"

namespace condenser {
namespace {

namespace fs = std::filesystem;

constexpr const char* kModelEndings[] = {".safetensors", ".pth", ".pt", ".pth.tar"};
constexpr std::int64_t kMostEntries = 1'000'000;  // of folders that are looked at
constexpr int kDeepest = 32;                      // folders within folders

QString tr(const char* text) {
    return QCoreApplication::translate("dropping", text);
}

QString quoted(const fs::path& path) {
    const fs::path name = path.filename();
    return tr("“%1”").arg(toQString(name.empty() ? path : name));
}

QString counted(std::size_t pictures) {
    return formatPlural(static_cast<std::int64_t>(pictures), tr("picture"), tr("pictures"));
}

DropPlan nothing(const QString& why) {
    return {DropPlan::Kind::kNothing, {}, why};
}

bool isModelFile(const fs::path& path) {
    const std::string name = path.filename().string();
    return std::any_of(std::begin(kModelEndings), std::end(kModelEndings),
                       [&](const char* ending) { return name.ends_with(ending); });
}

bool goesOn(const LookingIn& looking, std::int64_t seen) {
    if (looking.entries != nullptr) ++*looking.entries;
    return !looking.stop.stop_requested() && seen < kMostEntries;
}

struct FolderContent {
    int folders = 0;
    std::vector<fs::path> pictures;
    std::error_code error;  // why it could not be listed
};

// `stopAtFolders`: that many sub-folders are all that is asked about.
FolderContent look(const fs::path& folder, const LookingIn& looking, int stopAtFolders) {
    FolderContent content;
    std::int64_t seen = 0;
    fs::directory_iterator entry(folder, content.error);
    for (const fs::directory_iterator end; !content.error && entry != end && goesOn(looking, seen);
         entry.increment(content.error), ++seen) {
        std::error_code ignored;  // a link into nowhere is no folder
        if (entry->is_directory(ignored)) {
            if (++content.folders >= stopAtFolders) return content;
        } else if (isPictureFile(entry->path())) {
            content.pictures.push_back(entry->path());
        }
    }
    std::sort(content.pictures.begin(), content.pictures.end());
    return content;
}

// Data of a kind that is no folder of class folders.
bool isOtherData(const fs::path& path) {
    const auto data = dataNameOf(path);
    return data && data->rfind(kFolderPrefix, 0) != 0;
}

DropPlan planData(const fs::path& path) {
    return {DropPlan::Kind::kData, {path}, tr("Use %1 as data to train on").arg(quoted(path))};
}

DropPlan planPictures(std::vector<fs::path> pictures, const QString& where) {
    DropPlan plan{DropPlan::Kind::kPictures, std::move(pictures), {}};
    const std::size_t count = plan.files.size();
    if (count > kMostPictures) {
        plan.files.resize(kMostPictures);
        plan.words = tr("Classify the first %1 of %2 pictures%3")
                         .arg(formatCount(kMostPictures), formatCount(static_cast<std::int64_t>(count)), where);
    } else if (count == 1) {
        plan.words = tr("Classify %1").arg(quoted(plan.files.front()));
    } else {
        plan.words = tr("Classify %1%2").arg(counted(count), where);
    }
    return plan;
}

DropPlan planClassFolders(const fs::path& folder) {
    DropPlan plan{DropPlan::Kind::kData,
                  {folder},
                  tr("Use %1 as data to train on, one class for each sub-folder").arg(quoted(folder))};
    plan.done = tr("%1 has sub-folders, so it is used as data to train on.").arg(quoted(folder));
    plan.other = DropPlan::Other{DropPlan::Kind::kPictures, folder, tr("Classify these pictures instead")};
    return plan;
}

// One folder of pictures is no data set, but it may be one class of the set in the folder above it.
DropPlan planAlbum(const fs::path& folder, std::vector<fs::path> pictures, const LookingIn& looking) {
    constexpr int kFewestClasses = 2;
    DropPlan plan = planPictures(std::move(pictures), tr(" in %1").arg(quoted(folder)));
    plan.done = tr("%1 holds pictures, so they are classified. Data to train on has one sub-folder for each class.")
                    .arg(quoted(folder));
    const fs::path above = folder.parent_path();
    if (above != folder && !above.empty() && look(above, looking, kFewestClasses).folders >= kFewestClasses)
        plan.other = DropPlan::Other{DropPlan::Kind::kData, above, tr("Train on %1 instead").arg(quoted(above))};
    return plan;
}

DropPlan nothing(const Error& error) {
    DropPlan plan = nothing(errorTitle(error));
    plan.detail = errorDetail(error);
    return plan;
}

QString countedRuns(std::size_t runs) {
    return formatPlural(static_cast<std::int64_t>(runs), tr("run"), tr("runs"));
}

QString shareOf(std::size_t opened, std::size_t begun, std::size_t planned) {
    if (begun == planned && opened == begun) return countedRuns(begun);
    const QString share = tr("%1 of %2").arg(formatCount(static_cast<std::int64_t>(opened)));
    return opened < begun ? tr("the first %1").arg(share.arg(countedRuns(begun))) : share.arg(countedRuns(planned));
}

DropPlan planExperimentFolder(const fs::path& folder, const LookingIn& looking) {
    const auto experiment = readExperiment(folder);
    if (!experiment) return nothing(experiment.error());
    DropPlan plan{DropPlan::Kind::kExperiment, {}, {}};
    plan.folder = folder;
    const std::vector<PlannedRun> planned = runsOf(experiment->plan, folder);
    std::size_t begun = 0;
    for (const PlannedRun& run : planned) {
        if (!goesOn(looking, 0)) break;
        if (!isRunFolder(run.folder) || begun++ >= kMostRuns) continue;
        plan.files.push_back(run.folder);
    }
    if (begun == 0) {
        return nothing(Error{ErrorCode::kNotFound, "cannot open the experiment", (folder / kExperimentName).string(),
                             "none of its runs has begun yet", "give the command that made it once more"});
    }
    plan.words =
        tr("Open the experiment %1: %2").arg(quoted(folder), shareOf(plan.files.size(), begun, planned.size()));
    return plan;
}

DropPlan planFolder(const fs::path& folder, const LookingIn& looking) {
    if (isRunFolder(folder)) return {DropPlan::Kind::kRun, {folder}, tr("Open the run %1").arg(quoted(folder))};
    // Named as in the index of runs.
    if (isExperimentFolder(folder)) return planExperimentFolder(folder.lexically_normal(), looking);
    if (isOtherData(folder)) return planData(folder);
    FolderContent content = look(folder, looking, 1);
    if (content.error) {
        return nothing(
            tr("%1 cannot be read: %2").arg(quoted(folder), QString::fromLocal8Bit(content.error.message().c_str())));
    }
    if (content.folders > 0) return planClassFolders(folder);
    if (content.pictures.empty())
        return nothing(tr("%1 holds neither pictures nor folders of pictures").arg(quoted(folder)));
    return planAlbum(folder, std::move(content.pictures), looking);
}

}  // namespace

DropPlan planDrop(const std::vector<fs::path>& paths, const LookingIn& looking) {
    if (paths.empty()) return nothing(tr("Only files and folders can be dropped here"));
    std::error_code error;
    if (paths.size() == 1) {
        // "album/" is named like "album".
        const fs::path path = paths.front().has_filename() ? paths.front() : paths.front().parent_path();
        if (fs::is_directory(path, error)) return planFolder(path, looking);
        if (isModelFile(path)) return {DropPlan::Kind::kModel, {path}, tr("Open the model %1").arg(quoted(path))};
        if (isOtherData(path)) return planData(path);
    }
    std::vector<fs::path> pictures;
    for (const fs::path& path : paths) {
        if (fs::is_directory(path, error)) {
            const FolderContent content = look(path, looking, INT_MAX);
            pictures.insert(pictures.end(), content.pictures.begin(), content.pictures.end());
        } else {
            pictures.push_back(path);
        }
    }
    if (pictures.empty()) return nothing(tr("There is no picture in these folders"));
    return planPictures(std::move(pictures), {});
}

DropPlan planPicturesBelow(const fs::path& folder, const LookingIn& looking) {
    std::vector<fs::path> pictures;
    std::error_code error;
    std::int64_t seen = 0;
    fs::recursive_directory_iterator entry(folder, fs::directory_options::skip_permission_denied, error);
    for (const fs::recursive_directory_iterator end; !error && entry != end && goesOn(looking, seen);
         entry.increment(error), ++seen) {
        if (entry.depth() >= kDeepest) entry.disable_recursion_pending();
        std::error_code ignored;
        if (isPictureFile(entry->path()) && !entry->is_directory(ignored)) pictures.push_back(entry->path());
        if (pictures.size() >= kMostPictures) break;
    }
    if (pictures.empty()) return nothing(tr("There is no picture in %1").arg(quoted(folder)));
    std::sort(pictures.begin(), pictures.end());
    return planPictures(std::move(pictures), tr(" in %1").arg(quoted(folder)));
}

}  // namespace condenser
