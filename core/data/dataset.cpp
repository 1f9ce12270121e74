#include "data/dataset.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <limits>
#include <mutex>
#include <new>
#include <optional>
#include <utility>

#include "base/check.h"
#include "data/data_name.h"
#include "data/picture_work.h"
#include "data/split.h"

namespace condenser {
namespace {

constexpr const char* kWhat = "cannot read the data";
constexpr double kDefaultValidation = 0.1;  // of data that have no test part

// Mean and deviation per channel, in exact integer sums: the order of the pictures does not matter.
class Measure {
  public:
    void add(const Picture& picture) {
        std::array<std::uint64_t, 3> sum{}, squares{};
        for (std::size_t i = 0; i + 2 < picture.pixels.size(); i += 3) {
            for (std::size_t channel = 0; channel < 3; ++channel) {
                const std::uint64_t value = picture.pixels[i + channel];
                sum[channel] += value;
                squares[channel] += value * value;
            }
        }
        for (std::size_t channel = 0; channel < 3; ++channel) {
            m_sum[channel] += sum[channel];
            m_squares[channel] += squares[channel];
        }
        m_pixels += picture.pixels.size() / 3;
    }

    Normalisation result() const {
        Normalisation result{};
        const auto count = static_cast<double>(m_pixels.load());
        for (std::size_t channel = 0; channel < 3; ++channel) {
            const double mean = static_cast<double>(m_sum[channel].load()) / count;
            const double variance = static_cast<double>(m_squares[channel].load()) / count - mean * mean;
            result.mean[channel] = static_cast<float>(mean / 255);
            // Pictures of one single colour have no spread; one step of the 255 keeps them finite.
            result.std[channel] = static_cast<float>(std::sqrt(std::max(1.0, variance)) / 255);
        }
        return result;
    }

  private:
    std::array<std::atomic<std::uint64_t>, 3> m_sum{}, m_squares{};
    std::atomic<std::uint64_t> m_pixels = 0;
};

// Makes the test part that options and data call for.
Result<> split(const std::string& data, const DatasetOptions& options, DataSource& source) {
    if (source.train.empty() &&
        (!options.evaluationOnly || source.testName.empty() || (options.validation > 0 && !options.ownTestFirst))) {
        return fail(ErrorCode::kBadData, kWhat, data,
                    fmt::format("it has a \"{}\" part only, and nothing to train on", source.testName),
                    "of a folder, put the training pictures into train/CLASS");
    }
    const double share = options.ownTestFirst && !source.testName.empty() ? 0 : options.validation;
    if (data == kShapesName && share > 0) {
        // The front of the training part, whose order is random already and gives every class the same number.
        const auto count = static_cast<std::int64_t>(source.train.size());
        const auto held = std::clamp<std::int64_t>(std::llround(share * static_cast<double>(count)), 1, count - 1);
        source.test.assign(source.train.begin(), source.train.begin() + held);
        source.train.erase(source.train.begin(), source.train.begin() + held);
        source.testName = "validation";
    } else if (share > 0 || source.testName.empty()) {
        splitValidation(source, share > 0 ? share : kDefaultValidation, options.seed);
    }
    if (options.evaluationOnly) source.train.clear();
    return {};
}

// More than any machine has, and still far from what a number can hold.
constexpr std::uint64_t kMostBytes = std::numeric_limits<std::uint64_t>::max() / 8;

// Of `count` pictures.
std::uint64_t bytesOf(std::size_t count, std::int64_t height, std::int64_t width) {
    std::uint64_t bytes = 0;
    const auto rows = static_cast<std::uint64_t>(height), columns = static_cast<std::uint64_t>(width);
    if (__builtin_mul_overflow(rows, columns, &bytes) || __builtin_mul_overflow(bytes, std::uint64_t{3}, &bytes) ||
        __builtin_mul_overflow(bytes, std::uint64_t{count}, &bytes)) {
        return kMostBytes;
    }
    return std::min(bytes, kMostBytes);
}

// Decodes both parts of a source into a data set.
class Reading {
  public:
    Reading(Dataset& dataset, const DataSource& source, const DatasetOptions& options)
        : m_dataset(dataset),
          m_source(source),
          m_options(options),
          m_whole(augmentationFor(options.augmentation, dataset.preprocess.height, dataset.preprocess.width) ==
                  Augmentation::kRandomResizedCrop) {}

    Result<> go() {
        const std::size_t tests = m_source.test.size(), all = tests + m_source.train.size();
        if (auto room = makeRoom(); !room) return room;
        resize(m_dataset.test, tests);
        resize(m_dataset.train, all - tests);
        auto done = forEachPicture(m_dataset.name, all, {m_options.threads, m_options.progress, m_options.stop},
                                   [&](std::size_t item) { read(item); });
        if (m_noRoom) return tl::unexpected(*m_noRoom);
        if (!done) return done;
        m_dataset.pixels.settle();
        listUnreadable();
        leaveOutUnreadable(m_dataset.test);
        leaveOutUnreadable(m_dataset.train);
        return {};
    }

    Normalisation measured() const { return m_measure.result(); }

  private:
    struct Failure {
        std::size_t item;
        std::string why;
    };

    static void resize(DataPart& part, std::size_t count) {
        part.pictures.resize(count);
        part.labels.resize(count);
    }

    Result<> makeRoom() {
        const Preprocess& preprocess = m_dataset.preprocess;
        const std::size_t train = m_source.train.size();
        std::uint64_t least = bytesOf(m_source.test.size(), preprocess.height, preprocess.width), most = least;
        const std::int64_t side = preprocess.resize;
        least += m_whole ? bytesOf(train, side, side) : bytesOf(train, preprocess.height, preprocess.width);
        most += m_whole ? bytesOf(train, side, 2 * side) : bytesOf(train, preprocess.height, preprocess.width);
        const std::uint64_t free = memoryForPictures();
        const std::uint64_t limit = m_options.memoryLimit > 0 ? std::min(m_options.memoryLimit, free) : free;
        auto store = PixelStore::make(m_dataset.name, least, most, limit);
        if (!store) return tl::unexpected(store.error());
        m_dataset.pixels = std::move(*store);
        return {};
    }

    // The test part comes first.
    bool isTest(std::size_t item) const { return item < m_source.test.size(); }
    const LabelledPicture& labelled(std::size_t item) const {
        return isTest(item) ? m_source.test[item] : m_source.train[item - m_source.test.size()];
    }

    void read(std::size_t item) {
        if (m_full) return;
        const LabelledPicture& from = labelled(item);
        const Result<Picture> picture = m_source.read(from.index);
        if (!picture) {
            const std::lock_guard lock(m_mutex);
            m_failures.push_back({item, picture.error().why});
            return;
        }
        const bool whole = m_whole && !isTest(item);
        const Picture stored =
            whole ? fitWhole(*picture, m_dataset.preprocess) : fitPicture(*picture, m_dataset.preprocess);
        const auto offset = m_dataset.pixels.take(stored.pixels.size());
        if (!offset) {
            const std::lock_guard lock(m_mutex);
            if (!m_noRoom) m_noRoom = offset.error();
            m_full = true;
            return;
        }
        std::copy(stored.pixels.begin(), stored.pixels.end(), m_dataset.pixels.at(*offset));
        if (!isTest(item) || m_options.evaluationOnly) m_measure.add(stored);
        DataPart& part = isTest(item) ? m_dataset.test : m_dataset.train;
        const std::size_t index = isTest(item) ? item : item - m_source.test.size();
        part.pictures[index] = {*offset, stored.height, stored.width};
        part.labels[index] = from.label;
    }

    void listUnreadable() {
        std::sort(m_failures.begin(), m_failures.end(),
                  [](const Failure& a, const Failure& b) { return a.item < b.item; });
        for (Failure& failure : m_failures) {
            m_dataset.unreadable.push_back({m_source.place(labelled(failure.item).index), std::move(failure.why)});
        }
    }

    static void leaveOutUnreadable(DataPart& part) {
        std::size_t kept = 0;
        for (std::size_t i = 0; i < part.pictures.size(); ++i) {
            if (part.pictures[i].height == 0) continue;
            part.pictures[kept] = part.pictures[i];
            part.labels[kept++] = part.labels[i];
        }
        resize(part, kept);
    }

    Dataset& m_dataset;
    const DataSource& m_source;
    const DatasetOptions& m_options;
    const bool m_whole;  // training pictures are stored whole
    Measure m_measure;
    std::mutex m_mutex;  // of the two below
    std::vector<Failure> m_failures;
    std::optional<Error> m_noRoom;
    std::atomic<bool> m_full = false;
};

Result<> requireReadable(const Dataset& dataset, const DatasetOptions& options) {
    const std::string first = dataset.unreadable.empty()
                                  ? ""
                                  : fmt::format("; the first file: {}: {}", dataset.unreadable.front().path.string(),
                                                dataset.unreadable.front().why);
    if (dataset.test.count() == 0) {
        return fail(ErrorCode::kBadData, kWhat, dataset.name,
                    fmt::format("no picture of its {} part can be read{}", dataset.testName, first),
                    "check its files with: condenser-cli data check");
    }
    if (options.evaluationOnly) return {};
    std::vector<bool> seen(dataset.classes.size());
    for (const std::int32_t label : dataset.train.labels) seen[static_cast<std::size_t>(label)] = true;
    for (std::size_t label = 0; label < seen.size(); ++label) {
        if (seen[label]) continue;
        return fail(ErrorCode::kBadData, kWhat, dataset.name,
                    fmt::format("no training picture of the class \"{}\" can be read{}", dataset.classes[label], first),
                    "mend or replace its pictures, or remove its folder");
    }
    return {};
}

Result<Dataset> open(const std::string& data, const DatasetOptions& options) {
    if (!(options.validation >= 0 && options.validation < 1)) {
        return fail(ErrorCode::kUsage, kWhat, data,
                    fmt::format("a share of {} of the training pictures cannot be held back for validation",
                                options.validation),
                    "give 0 or more, and less than 1");
    }
    auto source = openDataSource(data, {options.scanning, options.stop});
    if (!source) return tl::unexpected(source.error());
    if (auto done = split(data, options, *source); !done) return tl::unexpected(done.error());
    Dataset dataset;
    dataset.name = data;
    dataset.classes = source->classes;
    dataset.testName = source->testName;
    dataset.unreadable = source->unreadable;
    Preprocess& preprocess = dataset.preprocess;
    if (options.preprocess != nullptr) {
        preprocess = *options.preprocess;
    } else {
        preprocess.height = options.height;
        preprocess.width = options.width;
        preprocess.resize = defaultResize(options.height, options.width);
    }
    Reading reading(dataset, *source, options);
    if (auto done = reading.go(); !done) return tl::unexpected(done.error());
    if (auto fine = requireReadable(dataset, options); !fine) return tl::unexpected(fine.error());
    if (options.preprocess == nullptr) {
        const Normalisation usual = source->published ? *source->published : reading.measured();
        preprocess.mean = usual.mean;
        preprocess.std = usual.std;
    }
    return dataset;
}

}  // namespace

// Nothing is thrown across the border of core.
Result<Dataset> openDataset(const std::string& data, const DatasetOptions& options) {
    try {
        return open(data, options);
    } catch (const std::bad_alloc&) {
        return fail(ErrorCode::kTooLarge, kWhat, data, "the memory does not suffice for its pictures",
                    "use fewer pictures");
    } catch (const std::exception& error) {
        return fail(ErrorCode::kUnreadable, kWhat, data, error.what());
    }
}

}  // namespace condenser
