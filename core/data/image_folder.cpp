#include "data/image_folder.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>
#include <set>
#include <string_view>
#include <system_error>

#include "data/class_names.h"
#include "data/image_io.h"
#include "data/part_names.h"
#include "data/scan_progress.h"

namespace condenser {
namespace {

namespace fs = std::filesystem;

constexpr const char* kWhat = "cannot read the data";
constexpr const char* kMayRead = "check that the folder may be read";

// Hidden, or made by an archiver or a file system for itself.
bool isLeftOut(const fs::path& path) {
    static constexpr std::array<std::string_view, 5> kNotOurs = {"__MACOSX", "@eaDir", "lost+found", "$RECYCLE.BIN",
                                                                 "System Volume Information"};
    const std::string name = path.filename().string();
    return name.empty() || name.front() == '.' || std::find(kNotOurs.begin(), kNotOurs.end(), name) != kNotOurs.end();
}

bool isFolder(const fs::path& path) {
    std::error_code ignored;
    return fs::is_directory(path, ignored);
}

bool byPlace(const LabelledFile& a, const LabelledFile& b) {
    return a.label != b.label ? a.label < b.label : a.path.native() < b.path.native();
}

// The folders directly inside, sorted.
Result<std::vector<fs::path>> foldersIn(const fs::path& folder) {
    std::vector<fs::path> found;
    std::error_code error;
    for (fs::directory_iterator it(folder, error), end; !error && it != end; it.increment(error)) {
        std::error_code ignored;
        if (!isLeftOut(it->path()) && it->is_directory(ignored)) found.push_back(it->path());
    }
    if (error) return fail(ErrorCode::kUnreadable, kWhat, folder.string(), error.message(), kMayRead);
    std::sort(found.begin(), found.end());
    return found;
}

// Collects the pictures below the class folders of one part.
class PartLister {
  public:
    PartLister(ImageFolder& result, std::vector<LabelledFile>& files, ScanProgress& scan)
        : m_result(result), m_files(files), m_scan(scan) {}

    void listClass(const fs::path& folder, std::int32_t label) {
        m_entered.clear();
        list(folder, label);
    }

  private:
    void list(const fs::path& folder, std::int32_t label) {
        std::error_code error;
        const fs::path real = fs::canonical(folder, error);
        if (!error && !m_entered.insert(real).second) return;  // a loop of symbolic links, or two ways to one folder
        for (fs::directory_iterator it(folder, error), end; !error && it != end; it.increment(error)) {
            if (m_scan.stopped()) return;
            std::error_code ignored;
            if (isLeftOut(it->path())) continue;
            if (it->is_directory(ignored)) {
                list(it->path(), label);
            } else if (isPictureFile(it->path()) && (it->is_regular_file(ignored) || it->is_symlink(ignored))) {
                m_files.push_back({it->path(), label});
                m_scan.found();
            }
        }
        if (error) m_result.unreadable.push_back({folder, error.message()});
    }

    ImageFolder& m_result;
    std::vector<LabelledFile>& m_files;
    ScanProgress& m_scan;
    std::set<fs::path> m_entered;
};

std::vector<LabelledFile> listPart(const fs::path& part, ImageFolder& result, ScanProgress& scan) {
    std::vector<LabelledFile> files;
    PartLister lister(result, files, scan);
    for (std::size_t label = 0; label < result.classes.size(); ++label) {
        const fs::path folder = part / result.classes[label];
        if (isFolder(folder)) lister.listClass(folder, static_cast<std::int32_t>(label));
    }
    std::sort(files.begin(), files.end(), byPlace);
    return files;
}

// Pictures beside the class folders belong to no class.
void warnOfLoosePictures(const fs::path& folder, ImageFolder& result) {
    std::int64_t count = 0;
    std::error_code error;
    for (fs::directory_iterator it(folder, error), end; !error && it != end; it.increment(error)) {
        std::error_code ignored;
        if (!isLeftOut(it->path()) && isPictureFile(it->path()) && it->is_regular_file(ignored)) ++count;
    }
    if (count > 0) {
        result.warnings.push_back(fmt::format("{} picture{} directly in {}, in no class folder: left out", count,
                                              count == 1 ? "" : "s", folder.string()));
    }
}

tl::unexpected<Error> cancelled(const fs::path& folder) {
    return fail(ErrorCode::kCancelled, kWhat, folder.string(), "it was stopped");
}

std::optional<NamedPart> partOf(const fs::path& folder) {
    return partNamed(folder.filename().string());
}

// The folder of this part among others; empty if there is none.
Result<fs::path> folderOf(NamedPart part, const fs::path& folder, const std::vector<fs::path>& inside) {
    fs::path found;
    for (const fs::path& path : inside) {
        if (partOf(path) != part) continue;
        if (!found.empty()) {
            return fail(ErrorCode::kBadData, kWhat, folder.string(),
                        fmt::format("{} and {} are the same part of the data", found.filename().string(),
                                    path.filename().string()),
                        "leave one of them, or give them other names");
        }
        found = path;
    }
    return found;
}

struct Layout {
    fs::path train, test;  // empty: there is no such part
    std::string testName;
    std::vector<std::string> warnings;
};

// Empty where the folders inside are no parts, but classes.
Result<std::optional<Layout>> partsOf(const fs::path& folder, const std::vector<fs::path>& inside) {
    const auto train = folderOf(NamedPart::kTrain, folder, inside);
    if (!train) return tl::unexpected(train.error());
    const bool nothingElse = !inside.empty() && std::all_of(inside.begin(), inside.end(), [](const fs::path& path) {
        return partOf(path).has_value();
    });
    if (!nothingElse) {
        // A class may be called "train": of trains.
        if (train->empty()) return std::nullopt;
        const auto classes = foldersIn(*train);
        if (!classes) return tl::unexpected(classes.error());
        if (classes->empty()) return std::nullopt;
    }
    Layout layout{*train, {}, {}, {}};
    for (const auto& [part, name] : {std::pair(NamedPart::kVal, "val"), std::pair(NamedPart::kTest, "test")}) {
        const auto place = folderOf(part, folder, inside);
        if (!place) return tl::unexpected(place.error());
        if (place->empty()) continue;
        const auto classes = foldersIn(*place);
        if (!classes) return tl::unexpected(classes.error());
        if (classes->empty()) continue;  // pictures to be guessed, without labels
        if (layout.testName.empty()) {
            layout.test = *place;
            layout.testName = name;
        } else {
            layout.warnings.push_back(fmt::format("there are both {} and {}: the pictures of {} are not used",
                                                  layout.test.filename().string(), place->filename().string(),
                                                  place->filename().string()));
        }
    }
    if (layout.train.empty() && layout.test.empty()) layout.test = inside.front();
    return layout;
}

Result<Layout> layoutOf(const fs::path& folder) {
    const auto inside = foldersIn(folder);
    if (!inside) return tl::unexpected(inside.error());
    auto parts = partsOf(folder, *inside);
    if (!parts) return tl::unexpected(parts.error());
    if (*parts) return std::move(**parts);
    if (inside->size() != 1) return Layout{folder, {}, {}, {}};
    // One folder, as archives have it, that is no class: it holds parts, or two classes or more.
    const fs::path& only = inside->front();
    const auto deeper = foldersIn(only);
    if (!deeper) return tl::unexpected(deeper.error());
    parts = partsOf(only, *deeper);
    if (!parts) return tl::unexpected(parts.error());
    if (!*parts && deeper->size() < 2) return Layout{folder, {}, {}, {}};
    Layout layout = *parts ? std::move(**parts) : Layout{only, {}, {}, {}};
    layout.warnings.push_back(fmt::format("the data are taken from {}, the only folder inside", only.string()));
    return layout;
}

// A common slip: the folder far above the one that is meant.
std::string remedyForFewClasses(fs::path folder) {
    constexpr int kDeep = 3;
    for (int depth = 0; depth < kDeep; ++depth) {
        const auto inside = foldersIn(folder);
        if (!inside || inside->empty()) break;
        if (inside->size() >= 2 && depth > 0) return fmt::format("did you mean folder:{}?", folder.string());
        folder = inside->front();
    }
    return "put the pictures of each class in a folder of its own";
}

// A class of the test part that is not among those of the training part.
tl::unexpected<Error> unknownClass(const fs::path& path, const fs::path& train,
                                   const std::vector<std::string>& classes) {
    const std::string name = path.filename().string();
    if (isPlainText(name)) {
        for (const std::string& known : classes) {
            const std::string how = alikeness(name, known);
            if (how.empty()) continue;
            return fail(ErrorCode::kBadData, kWhat, path.string(),
                        fmt::format("this class has no folder of training pictures in {}, but there is one named "
                                    "\"{}\": {}",
                                    train.string(), known, how),
                        "give both folders the same name");
        }
    }
    return fail(ErrorCode::kBadData, kWhat, path.string(),
                fmt::format("this class has no folder of training pictures in {}", train.string()),
                "give both parts the same classes");
}

}  // namespace

Result<ImageFolder> scanImageFolder(const fs::path& folder, const ScanOptions& options) {
    std::error_code error;
    const fs::file_status status = fs::status(folder, error);
    if (!fs::exists(status)) {
        const std::string why =
            error && error != std::errc::no_such_file_or_directory ? error.message() : "no such folder";
        return fail(ErrorCode::kNotFound, kWhat, folder.string(), why, "check the name after folder:");
    }
    if (!fs::is_directory(status)) {
        return fail(ErrorCode::kUnreadable, kWhat, folder.string(),
                    "it is a file, and a folder with one folder a class is expected", "unpack it, if it is an archive");
    }
    ScanProgress scan(options);
    auto layout = layoutOf(folder);
    if (!layout) return tl::unexpected(layout.error());
    const bool trainable = !layout->train.empty();
    const fs::path& first = trainable ? layout->train : layout->test;

    ImageFolder result;
    result.warnings = std::move(layout->warnings);
    const auto classFolders = foldersIn(first);
    if (!classFolders) return tl::unexpected(classFolders.error());
    for (const fs::path& path : *classFolders) {
        result.classes.push_back(path.filename().string());
        if (!isPlainText(result.classes.back())) {
            return fail(ErrorCode::kBadData, kWhat, first.string(),
                        "the name of a class folder in it is not UTF-8 text", "rename the folder");
        }
    }
    if (result.classes.size() < 2) {
        return fail(ErrorCode::kBadData, kWhat, first.string(),
                    fmt::format("found {} class folder{}, and two or more are expected", result.classes.size(),
                                result.classes.size() == 1 ? "" : "s"),
                    remedyForFewClasses(first));
    }
    for (std::string& warning : warnOfAlike(result.classes)) result.warnings.push_back(std::move(warning));
    warnOfLoosePictures(first, result);
    if (trainable) {
        result.train = listPart(layout->train, result, scan);
        if (scan.stopped()) return cancelled(folder);
        std::vector<bool> seen(result.classes.size());
        for (const LabelledFile& file : result.train) seen[static_cast<std::size_t>(file.label)] = true;
        for (std::size_t label = 0; label < result.classes.size(); ++label) {
            if (seen[label]) continue;
            return fail(ErrorCode::kBadData, kWhat, (layout->train / result.classes[label]).string(),
                        "this class has no picture",
                        "add pictures (JPEG, PNG, WebP, GIF, BMP, TIFF), or remove the folder");
        }
    }
    if (!layout->test.empty()) {
        const auto testFolders = foldersIn(layout->test);
        if (!testFolders) return tl::unexpected(testFolders.error());
        for (const fs::path& path : *testFolders) {
            if (std::binary_search(result.classes.begin(), result.classes.end(), path.filename().string())) continue;
            return unknownClass(path, layout->train, result.classes);
        }
        result.test = listPart(layout->test, result, scan);
        if (scan.stopped()) return cancelled(folder);
        if (!result.test.empty()) result.testName = layout->testName;
    }
    return result;
}

}  // namespace condenser
