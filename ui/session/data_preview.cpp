#include "session/data_preview.h"

#include <algorithm>
#include <exception>
#include <filesystem>
#include <numeric>
#include <utility>

#include "data/image_io.h"
#include "data/shapes10.h"

namespace condenser {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMostPictures = 10;
constexpr int kMostTries = 5;     // files of a class, until one can be read
constexpr int kPictureSize = 64;  // pixels
const std::string kFolder = "folder:";

QImage firstReadable(const fs::path& folder) {
    std::error_code error;
    int tries = 0;
    for (fs::directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error)) {
        if (!isPictureFile(entry->path())) continue;
        if (const auto picture = decodePicture(entry->path())) {
            const int size = std::min({kPictureSize, picture->height, picture->width});
            return toImage(fitPicture(*picture, Preprocess{.height = size, .width = size, .resize = size}));
        }
        if (++tries == kMostTries) break;
    }
    return {};
}

QImage examplePicture(const std::string& data, const std::string& className, int index) {
    if (data == "shapes10") return toImage(drawShape(ShapesPart::kTest, index).picture);
    if (data.rfind(kFolder, 0) != 0) return {};
    const fs::path root = data.substr(kFolder.size());
    std::error_code error;
    for (const fs::path& folder : {root / "train" / className, root / className}) {
        if (fs::is_directory(folder, error)) return firstReadable(folder);
    }
    return {};
}

Result<DataSummary> summarizeData(const std::string& data) {
    try {
        auto info = inspectDataset(data);
        if (!info) return tl::unexpected(info.error());
        DataSummary summary{data, std::move(*info), {}};
        const std::size_t count = std::min(kMostPictures, summary.info.classes.size());
        for (std::size_t i = 0; i < count; ++i) {
            summary.pictures.push_back(examplePicture(data, summary.info.classes[i], static_cast<int>(i)));
        }
        return summary;
    } catch (const std::exception& problem) {
        return fail(ErrorCode::kUnreadable, "cannot look into the data", data, problem.what());
    }
}

}  // namespace

std::int64_t DataSummary::trainImages() const {
    return std::accumulate(info.trainCounts.begin(), info.trainCounts.end(), std::int64_t{0});
}

std::int64_t DataSummary::testImages() const {
    return std::accumulate(info.testCounts.begin(), info.testCounts.end(), std::int64_t{0});
}

QImage toImage(const Picture& picture) {
    if (picture.pixels.empty()) return {};
    return QImage(picture.pixels.data(), picture.width, picture.height, picture.width * 3, QImage::Format_RGB888)
        .copy();
}

DataPreview::DataPreview(QObject* parent)
    : QObject(parent), m_worker([this](const std::stop_token& stop) { work(stop); }) {}

DataPreview::~DataPreview() = default;

void DataPreview::inspect(const std::string& data) {
    {
        const std::lock_guard lock(m_mutex);
        m_request = data;
        m_result.reset();
        ++m_generation;
    }
    m_wake.notify_one();
}

void DataPreview::work(const std::stop_token& stop) {
    for (;;) {
        std::string data;
        quint64 generation = 0;
        {
            std::unique_lock lock(m_mutex);
            if (!m_wake.wait(lock, stop, [this] { return m_request.has_value(); })) return;
            data = *std::exchange(m_request, {});
            generation = m_generation;
        }
        auto summary = summarizeData(data);
        {
            const std::lock_guard lock(m_mutex);
            if (generation != m_generation) continue;  // another folder was chosen meanwhile
            m_result = std::move(summary);
        }
        QMetaObject::invokeMethod(this, &DataPreview::deliver, Qt::QueuedConnection);
    }
}

void DataPreview::deliver() {
    std::optional<Result<DataSummary>> result;
    {
        const std::lock_guard lock(m_mutex);
        result = std::exchange(m_result, {});
    }
    if (!result) return;
    if (*result) {
        emit ready(**result);
    } else {
        emit failed(result->error());
    }
}

}  // namespace condenser
