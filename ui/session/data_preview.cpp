#include "session/data_preview.h"

#include <algorithm>
#include <exception>
#include <utility>

#include "base/thread_pool.h"
#include "data/data_name.h"
#include "data/preprocess.h"

namespace condenser {
namespace {

constexpr std::size_t kMostPictures = 10;
constexpr int kMostTries = 5;     // pictures of a class, until one can be read
constexpr int kPictureSize = 64;  // pixels

// Of the training part, or of what there is.
QImage firstReadable(const DataSource& source, std::int32_t label, const std::stop_token& stop) {
    int tries = 0;
    for (const LabelledPicture& entry : source.train.empty() ? source.test : source.train) {
        if (entry.label != label) continue;
        if (stop.stop_requested()) return {};
        if (const auto picture = source.read(entry.index)) {
            const int size = std::min({kPictureSize, picture->height, picture->width});
            return toImage(fitPicture(*picture, Preprocess{.height = size, .width = size, .resize = size}));
        }
        if (++tries == kMostTries) break;
    }
    return {};
}

}  // namespace

QImage toImage(const Picture& picture) {
    if (picture.pixels.empty()) return {};
    return QImage(picture.pixels.data(), picture.width, picture.height, picture.width * 3, QImage::Format_RGB888)
        .copy();
}

DataPreview::DataPreview(QObject* parent)
    : QObject(parent), m_worker([this](const std::stop_token& stop) { work(stop); }) {}

DataPreview::~DataPreview() {
    const std::lock_guard lock(m_mutex);
    m_stop.request_stop();
    m_task.reset();
}

void DataPreview::inspect(const std::string& data) {
    m_data = data;
    begin(Doing::kLooking);
}

void DataPreview::check() {
    begin(Doing::kChecking);
}

void DataPreview::cancel() {
    const Doing before = m_doing;
    begin(Doing::kNothing);
    if (before == Doing::kLooking) emit stopped();
    if (before == Doing::kChecking) emit checkStopped();
}

void DataPreview::begin(Doing what) {
    m_doing = what;
    ++m_generation;
    {
        const std::lock_guard lock(m_mutex);
        m_stop.request_stop();
        m_stop = std::stop_source();
        m_task.reset();
        if (what != Doing::kNothing) m_task = Task{what, m_data, m_generation, m_stop.get_token()};
    }
    m_wake.notify_one();
}

template <class Deliver>
void DataPreview::post(const Task& task, Deliver deliver) {
    QMetaObject::invokeMethod(
        this,
        [this, generation = task.generation, deliver = std::move(deliver)] {
            if (generation == m_generation) deliver();
        },
        Qt::QueuedConnection);
}

void DataPreview::work(const std::stop_token& stop) {
    lowerThreadPriority();  // a training may be under way
    for (;;) {
        Task task;
        {
            std::unique_lock lock(m_mutex);
            if (!m_wake.wait(lock, stop, [this] { return m_task.has_value(); })) return;
            task = *std::exchange(m_task, {});
        }
        try {
            carryOut(task);
        } catch (const std::exception& problem) {
            const auto error =
                fail(ErrorCode::kUnreadable, "cannot look into the data", task.data, problem.what()).value();
            post(task, [this, error] {
                m_doing = Doing::kNothing;
                emit failed(error);
            });
        }
    }
}

void DataPreview::carryOut(const Task& task) {
    const auto source = openDataSource(
        task.data, {[&](std::int64_t found) { post(task, [this, found] { emit scanning(found); }); }, task.stop});
    if (!source) {
        if (source.error().code == ErrorCode::kCancelled) return;  // by whoever has said so already
        post(task, [this, error = source.error(), isCheck = task.what == Doing::kChecking] {
            m_doing = Doing::kNothing;
            isCheck ? emit checkFailed(error) : emit failed(error);
        });
        return;
    }
    if (task.what == Doing::kLooking) look(task, *source);
    const auto pictures = static_cast<std::int64_t>(source->train.size() + source->test.size());
    const bool unasked = task.data != kShapesName && pictures <= kCheckedUnasked;
    if (task.what == Doing::kChecking || unasked) checkPictures(task, *source);
}

void DataPreview::look(const Task& task, const DataSource& source) {
    DataSummary summary{task.data, infoOf(source), {}};
    const std::size_t count = std::min(kMostPictures, summary.info.classes.size());
    for (std::size_t label = 0; label < count; ++label) {
        summary.pictures.push_back(firstReadable(source, static_cast<std::int32_t>(label), task.stop));
    }
    post(task, [this, summary = std::move(summary)] {
        m_doing = Doing::kNothing;
        emit ready(summary);
    });
}

void DataPreview::checkPictures(const Task& task, const DataSource& source) {
    const auto tell = [this, &task](std::int64_t done, std::int64_t total) {
        post(task, [this, done, total] {
            m_doing = Doing::kChecking;
            emit checking(done, total);
        });
    };
    tell(0, static_cast<std::int64_t>(source.train.size() + source.test.size()));
    auto report = checkSource(task.data, source, {1, tell, task.stop});
    if (!report && report.error().code == ErrorCode::kCancelled) return;
    post(task, [this, report = std::move(report)] {
        m_doing = Doing::kNothing;
        report ? emit checked(*report) : emit checkFailed(report.error());
    });
}

}  // namespace condenser
