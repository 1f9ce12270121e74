#include "data/data_source.h"

#include <exception>
#include <memory>
#include <new>
#include <utility>

#include "base/check.h"
#include "data/cifar_files.h"
#include "data/csv_list.h"
#include "data/data_name.h"
#include "data/idx_files.h"
#include "data/image_folder.h"
#include "data/image_io.h"
#include "data/shapes10.h"

namespace condenser {
namespace {

// The training part stands before the test part in `read`'s numbers.
DataSource shapesSource() {
    DataSource source;
    source.classes = shapesClasses();
    source.testName = "test";
    const auto number = [](int count, int first, std::vector<LabelledPicture>& part) {
        const int classes = static_cast<int>(shapesClasses().size());
        for (int i = 0; i < count; ++i) part.push_back({i % classes, static_cast<std::uint32_t>(first + i)});
    };
    number(kShapesTrainCount, 0, source.train);
    number(kShapesTestCount, kShapesTrainCount, source.test);
    source.read = [](std::uint32_t index) -> Result<Picture> {
        const int i = static_cast<int>(index);
        return i < kShapesTrainCount ? drawShape(ShapesPart::kTrain, i).picture
                                     : drawShape(ShapesPart::kTest, i - kShapesTrainCount).picture;
    };
    source.place = [](std::uint32_t index) -> std::filesystem::path {
        return std::string(kShapesName) + ", picture " + std::to_string(index);
    };
    return source;
}

Result<DataSource> folderSource(const std::filesystem::path& place, const ScanOptions& options) {
    auto folder = scanImageFolder(place, options);
    if (!folder) return tl::unexpected(folder.error());
    DataSource source;
    source.classes = std::move(folder->classes);
    source.testName = std::move(folder->testName);
    source.unreadable = std::move(folder->unreadable);
    source.warnings = std::move(folder->warnings);
    const auto paths = std::make_shared<std::vector<std::filesystem::path>>();
    const auto take = [&paths](std::vector<LabelledFile>& files, std::vector<LabelledPicture>& part) {
        for (LabelledFile& file : files) {
            part.push_back({file.label, static_cast<std::uint32_t>(paths->size())});
            paths->push_back(std::move(file.path));
        }
    };
    take(folder->train, source.train);
    take(folder->test, source.test);
    source.read = [paths](std::uint32_t index) { return decodePicture((*paths)[index]); };
    source.place = [paths](std::uint32_t index) { return (*paths)[index]; };
    return source;
}

Result<DataSource> open(const DataName& name, const ScanOptions& options) {
    switch (name.kind) {
        case DataKind::kShapes:
            return shapesSource();
        case DataKind::kFolder:
            return folderSource(name.place, options);
        case DataKind::kCifar10:
            return openCifar(CifarKind::k10, name.place, options);
        case DataKind::kCifar100:
            return openCifar(CifarKind::k100, name.place, options);
        case DataKind::kIdx:
            return openIdx(name.place, options);
        case DataKind::kCsv:
            return openCsvList(name.place, options);
    }
    CORE_CHECK(false);
}

}  // namespace

// Nothing is thrown across the border of core.
Result<DataSource> openDataSource(const std::string& data, const ScanOptions& options) {
    const auto name = parseDataName(data);
    if (!name) return tl::unexpected(name.error());
    constexpr const char* kWhat = "cannot read the data";
    try {
        return open(*name, options);
    } catch (const std::bad_alloc&) {
        return fail(ErrorCode::kTooLarge, kWhat, data, "the memory does not suffice for it");
    } catch (const std::exception& error) {
        return fail(ErrorCode::kUnreadable, kWhat, data, error.what());
    }
}

}  // namespace condenser
