#include "cli/picture_files.h"

#include <algorithm>

#include "data/image_io.h"

namespace condenser::cli {
namespace {

namespace fs = std::filesystem;

// By hand, since a recursive_directory_iterator ends at the first folder that it may not read.
void addFolder(const fs::path& folder, const fs::path& root, std::vector<FoundPicture>& found) {
    std::error_code error;
    std::vector<fs::path> names;
    for (fs::directory_iterator entry(folder, error); !error && entry != fs::directory_iterator();
         entry.increment(error)) {
        names.push_back(entry->path());
    }
    std::sort(names.begin(), names.end());
    for (const fs::path& name : names) {
        std::error_code ignored;
        const fs::file_status status = fs::symlink_status(name, ignored);
        // A link into nowhere stays in: why it is no picture is then told.
        const bool isFile = fs::is_regular_file(status) || (fs::is_symlink(status) && !fs::is_directory(name, ignored));
        if (fs::is_directory(status)) {
            addFolder(name, root, found);
        } else if (isFile && isPictureFile(name)) {
            found.push_back({name, name.lexically_relative(root)});
        }
    }
    if (error) {
        found.push_back({fail(ErrorCode::kUnreadable, "cannot read the folder", folder.string(), error.message()), {}});
    }
}

}  // namespace

std::vector<FoundPicture> findPictures(const std::vector<std::string>& named) {
    std::vector<FoundPicture> found;
    for (const std::string& name : named) {
        std::error_code error;
        if (!fs::is_directory(name, error)) {
            found.push_back({fs::path(name), fs::path(name).filename()});
            continue;
        }
        const std::size_t before = found.size();
        addFolder(name, name, found);
        if (found.size() == before) {
            found.push_back(
                {fail(ErrorCode::kNotFound, "cannot classify the folder", name, "there is no picture file in it"), {}});
        }
    }
    return found;
}

}  // namespace condenser::cli
