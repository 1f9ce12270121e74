#include "data/dataset_check.h"

#include <algorithm>
#include <map>
#include <new>
#include <span>
#include <tuple>
#include <utility>

#include "base/atomic_file.h"
#include "data/data_name.h"
#include "data/image_io.h"
#include "data/shapes10.h"

namespace condenser {
namespace {

// Files of equal length and equal 64-bit FNV-1a are taken for equal; that this is an accident is less likely by far
// than a flaw of the disk.
struct Fingerprint {
    std::uint64_t size = 0, hash = 0;
    bool operator<(const Fingerprint& other) const { return std::tie(size, hash) < std::tie(other.size, other.hash); }
};

Fingerprint fingerprintOf(const std::string& bytes) {
    Fingerprint print{bytes.size(), 0xcbf29ce484222325u};
    for (const char byte : bytes) print.hash = (print.hash ^ static_cast<unsigned char>(byte)) * 0x100000001b3u;
    return print;
}

struct Looked {
    Fingerprint print;
    PictureSize size;
    std::string why;  // empty: it can be read
};

Looked lookAt(const std::filesystem::path& path) {
    Looked looked;
    const auto bytes = readWholeFile(path, kMaxPictureFile);
    if (!bytes) {
        looked.why = bytes.error().why;
        return looked;
    }
    looked.print = fingerprintOf(*bytes);
    const auto picture = decodePicture(std::as_bytes(std::span(*bytes)), path);
    if (picture) {
        looked.size = {picture->width, picture->height};
    } else {
        looked.why = picture.error().why;
    }
    return looked;
}

void reportSizes(const std::vector<Looked>& looked, DatasetReport& report) {
    std::vector<PictureSize> sizes;
    for (const Looked& file : looked) {
        if (file.why.empty()) sizes.push_back(file.size);
    }
    if (sizes.empty()) return;
    std::sort(sizes.begin(), sizes.end(), [](const PictureSize& a, const PictureSize& b) {
        const auto pixels = [](const PictureSize& size) { return static_cast<std::int64_t>(size.width) * size.height; };
        return std::pair(pixels(a), a.width) < std::pair(pixels(b), b.width);
    });
    report.smallest = sizes.front();
    report.median = sizes[sizes.size() / 2];
    report.largest = sizes.back();
}

Result<DatasetReport> check(const std::string& data, const PictureWork& work) {
    auto info = inspectDataset(data);
    if (!info) return tl::unexpected(info.error());
    DatasetReport report;
    report.info = std::move(*info);
    if (data == kShapesName) {
        report.smallest = report.median = report.largest = {kShapesSize, kShapesSize};
        return report;
    }
    auto folder = scanImageFolder(folderOfData(data));
    if (!folder) return tl::unexpected(folder.error());
    report.unreadable = std::move(folder->unreadable);
    std::vector<LabelledFile> files = std::move(folder->train);
    const std::size_t trainCount = files.size();
    files.insert(files.end(), folder->test.begin(), folder->test.end());

    std::vector<Looked> looked(files.size());
    const auto done =
        forEachPicture(data, files.size(), work, [&](std::size_t index) { looked[index] = lookAt(files[index].path); });
    if (!done) return tl::unexpected(done.error());

    std::map<Fingerprint, std::size_t> inTrain;  // the first file of each content
    for (std::size_t index = 0; index < files.size(); ++index) {
        if (!looked[index].why.empty()) {
            report.unreadable.push_back({files[index].path, looked[index].why});
        } else if (index < trainCount) {
            inTrain.emplace(looked[index].print, index);
        } else if (const auto twin = inTrain.find(looked[index].print); twin != inTrain.end()) {
            report.leaked.push_back({files[twin->second].path, files[index].path});
        }
    }
    reportSizes(looked, report);
    return report;
}

}  // namespace

Result<DatasetReport> checkDataset(const std::string& data, const PictureWork& work) {
    try {
        return check(data, work);
    } catch (const std::bad_alloc&) {
        return fail(ErrorCode::kTooLarge, "cannot check the data", data, "not enough memory");
    } catch (const std::exception& error) {
        return fail(ErrorCode::kUnreadable, "cannot check the data", data, error.what());
    }
}

}  // namespace condenser
