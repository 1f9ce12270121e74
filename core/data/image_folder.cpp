#include "data/image_folder.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>
#include <set>
#include <system_error>

#include "base/rng.h"
#include "data/image_io.h"

namespace condenser {
namespace {

namespace fs = std::filesystem;

constexpr const char* kWhat = "cannot read the data";
constexpr const char* kMayRead = "check that the folder may be read";

bool isHidden(const fs::path& path) {
    return path.native().empty() || path.filename().native().front() == '.';
}

bool isFolder(const fs::path& path) {
    std::error_code ignored;
    return fs::is_directory(path, ignored);
}

bool byPlace(const LabelledFile& a, const LabelledFile& b) {
    return a.label != b.label ? a.label < b.label : a.path.native() < b.path.native();
}

// Class names go into model files and JSON, where only UTF-8 may stand, and onto terminals.
bool isPlainText(const std::string& name) {
    for (std::size_t i = 0; i < name.size();) {
        const auto byte = [&](std::size_t at) { return static_cast<unsigned char>(at < name.size() ? name[at] : 0); };
        const unsigned char lead = byte(i);
        if (lead < 0x20 || lead == 0x7F) return false;
        const std::size_t length = lead < 0x80                   ? 1
                                   : lead >= 0xC2 && lead < 0xE0 ? 2
                                   : lead >= 0xE0 && lead < 0xF0 ? 3
                                                                 : 4;
        if (lead >= 0x80 && (lead < 0xC2 || lead > 0xF4)) return false;
        for (std::size_t k = 1; k < length; ++k) {
            if ((byte(i + k) & 0xC0) != 0x80) return false;
        }
        // Overlong forms, surrogates, and what lies beyond Unicode.
        const unsigned char second = byte(i + 1);
        if ((lead == 0xE0 && second < 0xA0) || (lead == 0xED && second > 0x9F) || (lead == 0xF0 && second < 0x90) ||
            (lead == 0xF4 && second > 0x8F)) {
            return false;
        }
        i += length;
    }
    return true;
}

// The folders directly inside, sorted; hidden ones left out.
Result<std::vector<fs::path>> foldersIn(const fs::path& folder) {
    std::vector<fs::path> found;
    std::error_code error;
    for (fs::directory_iterator it(folder, error), end; !error && it != end; it.increment(error)) {
        if (!isHidden(it->path()) && isFolder(it->path())) found.push_back(it->path());
    }
    if (error) return fail(ErrorCode::kUnreadable, kWhat, folder.string(), error.message(), kMayRead);
    std::sort(found.begin(), found.end());
    return found;
}

// Collects the pictures below the class folders of one part.
class PartLister {
  public:
    PartLister(ImageFolder& result, std::vector<LabelledFile>& files) : m_result(result), m_files(files) {}

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
            std::error_code ignored;
            if (isHidden(it->path())) continue;
            if (it->is_directory(ignored)) {
                list(it->path(), label);
            } else if (isPictureFile(it->path()) && (it->is_regular_file(ignored) || it->is_symlink(ignored))) {
                m_files.push_back({it->path(), label});
            }
        }
        if (error) m_result.unreadable.push_back({folder, error.message()});
    }

    ImageFolder& m_result;
    std::vector<LabelledFile>& m_files;
    std::set<fs::path> m_entered;
};

std::vector<LabelledFile> listPart(const fs::path& part, ImageFolder& result) {
    std::vector<LabelledFile> files;
    PartLister lister(result, files);
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
        if (!isHidden(it->path()) && isPictureFile(it->path()) && it->is_regular_file(ignored)) ++count;
    }
    if (count > 0) {
        result.warnings.push_back(fmt::format("{} picture{} directly in {}, in no class folder: left out", count,
                                              count == 1 ? "" : "s", folder.string()));
    }
}

struct Layout {
    fs::path train, test;  // empty: there is no such part
    std::string testName;
};

Result<Layout> layoutOf(const fs::path& folder) {
    Layout layout;
    std::vector<std::string> parts;
    const auto inside = foldersIn(folder);
    if (!inside) return tl::unexpected(inside.error());
    const bool onlyTest = !inside->empty() && std::all_of(inside->begin(), inside->end(), [](const fs::path& path) {
        return path.filename() == "val" || path.filename() == "test";
    });
    const bool hasTrain = isFolder(folder / "train");
    if (!hasTrain && !onlyTest) {
        layout.train = folder;
        return layout;
    }
    if (hasTrain) layout.train = folder / "train";
    for (const char* name : {"val", "test"}) {
        if (!isFolder(folder / name)) continue;
        const auto classes = foldersIn(folder / name);
        if (!classes) return tl::unexpected(classes.error());
        if (classes->empty()) continue;  // pictures to be guessed, without labels
        layout.test = folder / name;
        layout.testName = name;
        break;
    }
    return layout;
}

// A common slip: the folder above, or inside, the one that is meant.
std::string remedyForFewClasses(const std::vector<fs::path>& classFolders) {
    if (classFolders.size() == 1) {
        const auto inside = foldersIn(classFolders.front());
        if (inside && inside->size() >= 2) return fmt::format("did you mean folder:{}?", classFolders.front().string());
    }
    return "put the pictures of each class in a folder of its own";
}

}  // namespace

Result<ImageFolder> scanImageFolder(const fs::path& folder) {
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
    const auto layout = layoutOf(folder);
    if (!layout) return tl::unexpected(layout.error());
    const bool trainable = !layout->train.empty();
    const fs::path& first = trainable ? layout->train : layout->test;

    ImageFolder result;
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
                    remedyForFewClasses(*classFolders));
    }
    warnOfLoosePictures(first, result);
    if (trainable) {
        result.train = listPart(layout->train, result);
        std::vector<bool> seen(result.classes.size());
        for (const LabelledFile& file : result.train) seen[static_cast<std::size_t>(file.label)] = true;
        for (std::size_t label = 0; label < result.classes.size(); ++label) {
            if (seen[label]) continue;
            return fail(ErrorCode::kBadData, kWhat, (layout->train / result.classes[label]).string(),
                        "this class has no picture", "add pictures (JPEG, PNG, WebP, BMP, TIFF), or remove the folder");
        }
    }
    if (!layout->test.empty()) {
        const auto testFolders = foldersIn(layout->test);
        if (!testFolders) return tl::unexpected(testFolders.error());
        for (const fs::path& path : *testFolders) {
            if (std::binary_search(result.classes.begin(), result.classes.end(), path.filename().string())) continue;
            return fail(ErrorCode::kBadData, kWhat, path.string(),
                        fmt::format("this class has no folder of training pictures in {}", layout->train.string()),
                        "give both parts the same classes");
        }
        result.test = listPart(layout->test, result);
        if (!result.test.empty()) result.testName = layout->testName;
    }
    return result;
}

void splitValidation(ImageFolder& folder, double share, std::uint64_t seed) {
    std::vector<LabelledFile> train, test;
    auto begin = folder.train.begin();  // the files stand class by class
    while (begin != folder.train.end()) {
        const std::int32_t label = begin->label;
        const auto end =
            std::find_if(begin, folder.train.end(), [&](const LabelledFile& file) { return file.label != label; });
        const auto size = static_cast<std::size_t>(end - begin);
        Rng rng(seed, RandomStream::kSplit, static_cast<std::uint64_t>(label));
        for (std::size_t i = size; i > 1; --i) {
            std::swap(begin[static_cast<std::ptrdiff_t>(i - 1)], begin[rng.below(static_cast<std::uint32_t>(i))]);
        }
        const auto due = static_cast<std::size_t>(std::llround(share * static_cast<double>(size)));
        const std::size_t count = size < 2 ? 0 : std::clamp<std::size_t>(due, 1, size - 1);
        const auto border = begin + static_cast<std::ptrdiff_t>(count);
        test.insert(test.end(), begin, border);
        train.insert(train.end(), border, end);
        begin = end;
    }
    std::sort(train.begin(), train.end(), byPlace);
    std::sort(test.begin(), test.end(), byPlace);
    folder.train = std::move(train);
    folder.test = std::move(test);
    folder.testName = "validation";
}

}  // namespace condenser
