#include "data/shapes_folder.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <mutex>
#include <new>
#include <optional>
#include <string>
#include <system_error>

#include "base/unfinished_folder.h"
#include "data/data_name.h"
#include "data/image_io.h"
#include "data/shapes10.h"

namespace condenser {
namespace {

namespace fs = std::filesystem;

constexpr const char* kWhat = "cannot make the data set";

// Without flushing each of the 12 000 files to the disk: flushAll() does that once, before the folder gets its name.
Result<> writeQuickly(const fs::path& path, const std::string& bytes) {
    std::FILE* file = std::fopen(path.c_str(), "wbx");
    bool good = file != nullptr && std::fwrite(bytes.data(), 1, bytes.size(), file) == bytes.size();
    int error = errno;
    if (file != nullptr && std::fclose(file) != 0) {
        if (good) error = errno;
        good = false;
    }
    if (good) return {};
    return fail(ErrorCode::kWrite, kWhat, path.string(), std::generic_category().message(error),
                "free some space, or name another folder");
}

Result<> flushAll(const fs::path& folder) {
    const int handle = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    const bool good = handle >= 0 && ::syncfs(handle) == 0;
    const int error = errno;
    if (handle >= 0) ::close(handle);
    if (good) return {};
    return fail(ErrorCode::kWrite, kWhat, folder.string(), std::generic_category().message(error));
}

Result<> write(const fs::path& folder, const PictureWork& work) {
    const fs::path whole = fs::absolute(folder).lexically_normal();
    const fs::path target = whole.has_filename() ? whole : whole.parent_path();
    if (fs::exists(target) && !(fs::is_directory(target) && fs::is_empty(target))) {
        return fail(ErrorCode::kUsage, kWhat, folder.string(), "it exists already and is not an empty folder",
                    "name another folder");
    }
    const UnfinishedFolder unfinished(target);
    if (auto made = unfinished.make(kWhat); !made) return made;
    for (const char* part : {"train", "test"}) {
        for (const std::string& name : shapesClasses()) fs::create_directories(unfinished.path() / part / name);
    }
    std::mutex mutex;
    std::optional<Error> firstError;
    std::stop_source stop;  // ends the work after an error, and when the caller asks for it
    const std::stop_callback forward(work.stop, [&stop] { stop.request_stop(); });
    const auto done = forEachPicture(
        kShapesName, kShapesTrainCount + kShapesTestCount, {work.threads, work.progress, stop.get_token()},
        [&](std::size_t item) {
            const bool isTrain = item < kShapesTrainCount;
            const int index = static_cast<int>(isTrain ? item : item - kShapesTrainCount);
            const DrawnShape shape = drawShape(isTrain ? ShapesPart::kTrain : ShapesPart::kTest, index);
            const fs::path place = unfinished.path() / (isTrain ? "train" : "test") /
                                   shapesClasses()[static_cast<std::size_t>(shape.label)] /
                                   fmt::format("{:05}.png", index);
            const auto encoded = encodePng(shape.picture);
            const Result<> written = encoded ? writeQuickly(place, *encoded) : tl::unexpected(encoded.error());
            if (written) return;
            stop.request_stop();
            const std::lock_guard lock(mutex);
            if (!firstError) firstError = written.error();
        });
    Result<> result = done;
    if (firstError) result = tl::unexpected(*firstError);
    if (result) result = flushAll(unfinished.path());
    if (result) result = unfinished.moveIntoPlace();
    if (!result) return tl::unexpected(unfinished.translated(result.error()));
    return {};
}

}  // namespace

Result<> writeShapesFolder(const fs::path& folder, const PictureWork& work) {
    try {
        return write(folder, work);
    } catch (const std::bad_alloc&) {
        return fail(ErrorCode::kTooLarge, kWhat, folder.string(), "not enough memory");
    } catch (const std::exception& error) {
        return fail(ErrorCode::kWrite, kWhat, folder.string(), error.what(), "name another folder");
    }
}

}  // namespace condenser
