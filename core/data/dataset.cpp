#include "data/dataset.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <new>
#include <utility>

#include "base/check.h"
#include "data/data_name.h"
#include "data/image_io.h"
#include "data/picture_work.h"
#include "data/shapes10.h"

namespace condenser {
namespace {

constexpr const char* kWhat = "cannot read the data";
constexpr double kDefaultValidation = 0.1;  // of a folder that has no test part

// What may still be allocated without swapping; 0 where the system does not say.
double availableBytes() {
    std::ifstream info("/proc/meminfo");
    std::string word;
    double kilobytes = 0;
    while (info >> word) {
        if (word == "MemAvailable:" && info >> kilobytes) break;
    }
    double available = kilobytes * 1024;
    // A container's own limit, where it has one.
    std::ifstream limitFile("/sys/fs/cgroup/memory.max"), usedFile("/sys/fs/cgroup/memory.current");
    double limit = 0, used = 0;
    if (limitFile >> limit && usedFile >> used) available = std::min(available, std::max(0.0, limit - used));
    return available;
}

// Refuses what would not fit, before it is allocated.
Result<> checkMemory(const Dataset& dataset, std::size_t pictures) {
    const double needed = static_cast<double>(pictures) * 3 * dataset.storedHeight * dataset.storedWidth;
    const double available = availableBytes();
    if (available == 0 || needed < 0.8 * available) return {};
    return fail(ErrorCode::kTooLarge, kWhat, dataset.name,
                fmt::format("{} pictures of {} x {} pixels need {:.1f} GB of memory, and {:.1f} GB are free", pictures,
                            dataset.storedWidth, dataset.storedHeight, needed / 1e9, available / 1e9),
                "use fewer pictures, or a network that reads smaller ones");
}

// Mean and deviation per channel, in exact integer sums.
Normalisation measure(const DataPart& part) {
    std::array<std::uint64_t, 3> sum{}, squares{};
    for (std::size_t i = 0; i + 2 < part.pixels.size(); i += 3) {
        for (std::size_t channel = 0; channel < 3; ++channel) {
            const std::uint64_t value = part.pixels[i + channel];
            sum[channel] += value;
            squares[channel] += value * value;
        }
    }
    Normalisation result{};
    const double count = static_cast<double>(part.pixels.size() / 3);
    for (std::size_t channel = 0; channel < 3; ++channel) {
        const double mean = static_cast<double>(sum[channel]) / count;
        const double variance = static_cast<double>(squares[channel]) / count - mean * mean;
        result.mean[channel] = static_cast<float>(mean / 255);
        // Pictures of one single colour have no spread; one step of the 255 keeps them finite.
        result.std[channel] = static_cast<float>(std::sqrt(std::max(1.0, variance)) / 255);
    }
    return result;
}

std::size_t pictureBytes(const Dataset& dataset) {
    return static_cast<std::size_t>(dataset.storedHeight) * static_cast<std::size_t>(dataset.storedWidth) * 3;
}

void resizePart(const Dataset& dataset, std::size_t count, DataPart& part) {
    part.pixels.resize(count * pictureBytes(dataset));
    part.labels.resize(count);
}

void storePicture(const Dataset& dataset, const Picture& picture, std::int32_t label, std::size_t index,
                  DataPart& part) {
    const bool wholeSquare =
        dataset.storedHeight != dataset.preprocess.height || dataset.storedWidth != dataset.preprocess.width;
    const Picture stored =
        wholeSquare ? fitSquare(picture, dataset.preprocess) : fitPicture(picture, dataset.preprocess);
    CORE_CHECK(stored.pixels.size() == pictureBytes(dataset));
    std::copy(stored.pixels.begin(), stored.pixels.end(),
              part.pixels.begin() + static_cast<std::ptrdiff_t>(index * stored.pixels.size()));
    part.labels[index] = label;
}

// Draws both parts.
Result<> drawShapes(Dataset& dataset, const DatasetOptions& options) {
    // A share held back for validation is the front of the training part, whose order is random already and gives every
    // class the same number.
    const int held = options.validation > 0
                         ? std::clamp(static_cast<int>(std::lround(options.validation * kShapesTrainCount)), 1,
                                      kShapesTrainCount - 1)
                         : 0;
    const ShapesPart testPart = held > 0 ? ShapesPart::kTrain : ShapesPart::kTest;
    const auto testCount = static_cast<std::size_t>(held > 0 ? held : kShapesTestCount);
    const auto trainCount = static_cast<std::size_t>(options.evaluationOnly ? 0 : kShapesTrainCount - held);
    dataset.classes = shapesClasses();
    dataset.testName = held > 0 ? "validation" : "test";
    if (auto fits = checkMemory(dataset, testCount + trainCount); !fits) return fits;
    resizePart(dataset, testCount, dataset.test);
    resizePart(dataset, trainCount, dataset.train);
    return forEachPicture(
        dataset.name, testCount + trainCount, {options.threads, options.progress, options.stop}, [&](std::size_t item) {
            const bool isTest = item < testCount;
            const std::size_t index = isTest ? item : item - testCount;
            const DrawnShape shape = isTest ? drawShape(testPart, static_cast<int>(index))
                                            : drawShape(ShapesPart::kTrain, static_cast<int>(index) + held);
            storePicture(dataset, shape.picture, shape.label, index, isTest ? dataset.test : dataset.train);
        });
}

// Closes the gaps that unreadable files left, and lists them.
void leaveOutUnreadable(const std::vector<LabelledFile>& files, std::vector<std::string>& why, Dataset& dataset,
                        DataPart& part) {
    const std::size_t bytes = pictureBytes(dataset);
    std::size_t kept = 0;
    for (std::size_t index = 0; index < files.size(); ++index) {
        if (!why[index].empty()) {
            dataset.unreadable.push_back({files[index].path, std::move(why[index])});
            continue;
        }
        if (kept != index) {
            std::copy_n(part.pixels.begin() + static_cast<std::ptrdiff_t>(index * bytes), bytes,
                        part.pixels.begin() + static_cast<std::ptrdiff_t>(kept * bytes));
            part.labels[kept] = part.labels[index];
        }
        ++kept;
    }
    resizePart(dataset, kept, part);
}

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

Result<> readFolder(Dataset& dataset, const DatasetOptions& options) {
    auto folder = scanImageFolder(folderOfData(dataset.name));
    if (!folder) return tl::unexpected(folder.error());
    if (folder->train.empty() && (!options.evaluationOnly || options.validation > 0)) {
        return fail(ErrorCode::kBadData, kWhat, dataset.name,
                    fmt::format("it has a \"{}\" part only, no \"train\" folder", folder->testName),
                    "put the training pictures into train/CLASS folders");
    }
    if (options.validation > 0 || folder->testName.empty()) {
        splitValidation(*folder, options.validation > 0 ? options.validation : kDefaultValidation, options.seed);
    }
    if (options.evaluationOnly) folder->train.clear();
    const std::size_t tests = folder->test.size(), files = folder->test.size() + folder->train.size();
    if (auto fits = checkMemory(dataset, files); !fits) return fits;

    dataset.classes = folder->classes;
    dataset.testName = folder->testName;
    dataset.unreadable = std::move(folder->unreadable);
    resizePart(dataset, tests, dataset.test);
    resizePart(dataset, files - tests, dataset.train);
    std::vector<std::string> testWhy(tests), trainWhy(files - tests);  // empty: it was read
    auto done =
        forEachPicture(dataset.name, files, {options.threads, options.progress, options.stop}, [&](std::size_t item) {
            const bool isTest = item < tests;
            const std::size_t index = isTest ? item : item - tests;
            const LabelledFile& file = (isTest ? folder->test : folder->train)[index];
            const auto picture = decodePicture(file.path);
            if (picture) {
                storePicture(dataset, *picture, file.label, index, isTest ? dataset.test : dataset.train);
            } else {
                (isTest ? testWhy : trainWhy)[index] = picture.error().why;
            }
        });
    if (!done) return done;
    leaveOutUnreadable(folder->test, testWhy, dataset, dataset.test);
    leaveOutUnreadable(folder->train, trainWhy, dataset, dataset.train);
    return requireReadable(dataset, options);
}

Result<Dataset> open(const std::string& data, const DatasetOptions& options) {
    if (!(options.validation >= 0 && options.validation < 1)) {
        return fail(ErrorCode::kUsage, kWhat, data,
                    fmt::format("a share of {} of the training pictures cannot be held back for validation",
                                options.validation),
                    "give 0 or more, and less than 1");
    }
    Dataset dataset;
    dataset.name = data;
    Preprocess& preprocess = dataset.preprocess;
    if (options.preprocess != nullptr) {
        preprocess = *options.preprocess;
    } else {
        preprocess.height = options.height;
        preprocess.width = options.width;
        preprocess.resize = defaultResize(options.height, options.width);
    }
    // Evaluation looks at the centre only.
    const bool wholeSquare =
        !options.evaluationOnly && preprocess.resize > std::max(preprocess.height, preprocess.width);
    dataset.storedHeight = wholeSquare ? preprocess.resize : preprocess.height;
    dataset.storedWidth = wholeSquare ? preprocess.resize : preprocess.width;
    const auto done = data == kShapesName ? drawShapes(dataset, options) : readFolder(dataset, options);
    if (!done) return tl::unexpected(done.error());
    if (options.preprocess == nullptr) {
        const Normalisation measured = measure(options.evaluationOnly ? dataset.test : dataset.train);
        preprocess.mean = measured.mean;
        preprocess.std = measured.std;
    }
    return dataset;
}

Result<DatasetInfo> inspect(const std::string& data) {
    DatasetInfo info;
    if (data == kShapesName) {
        info.classes = shapesClasses();
        const auto classes = static_cast<int>(info.classes.size());
        info.trainCounts.assign(info.classes.size(), kShapesTrainCount / classes);
        info.testCounts.assign(info.classes.size(), kShapesTestCount / classes);
        info.testName = "test";
        return info;
    }
    auto folder = scanImageFolder(folderOfData(data));
    if (!folder) return tl::unexpected(folder.error());
    info.classes = std::move(folder->classes);
    info.testName = std::move(folder->testName);
    info.warnings = std::move(folder->warnings);
    info.trainCounts.resize(info.classes.size());
    info.testCounts.resize(info.classes.size());
    for (const LabelledFile& file : folder->train) ++info.trainCounts[static_cast<std::size_t>(file.label)];
    for (const LabelledFile& file : folder->test) ++info.testCounts[static_cast<std::size_t>(file.label)];
    if (folder->train.empty()) {
        info.warnings.push_back("there is no training part: good for evaluation only");
        return info;
    }
    constexpr std::int64_t kFew = 20;
    for (std::size_t label = 0; label < info.classes.size(); ++label) {
        const std::int64_t count = info.trainCounts[label];
        if (count < kFew) {
            info.warnings.push_back(fmt::format("the class \"{}\" has only {} training picture{}", info.classes[label],
                                                count, count == 1 ? "" : "s"));
        }
        if (!info.testName.empty() && info.testCounts[label] == 0) {
            info.warnings.push_back(
                fmt::format("the class \"{}\" has no picture in the {} part", info.classes[label], info.testName));
        }
    }
    return info;
}

// Nothing is thrown across the border of core.
template <class Value, class Body>
Result<Value> guarded(const std::string& data, const Body& body) {
    if (auto known = checkDataName(data); !known) return tl::unexpected(known.error());
    try {
        return body();
    } catch (const std::bad_alloc&) {
        return fail(ErrorCode::kTooLarge, kWhat, data, "the memory does not suffice for its pictures",
                    "use fewer pictures");
    } catch (const std::exception& error) {
        return fail(ErrorCode::kUnreadable, kWhat, data, error.what());
    }
}

}  // namespace

Result<Dataset> openDataset(const std::string& data, const DatasetOptions& options) {
    return guarded<Dataset>(data, [&] { return open(data, options); });
}

Result<DatasetInfo> inspectDataset(const std::string& data) {
    return guarded<DatasetInfo>(data, [&] { return inspect(data); });
}

}  // namespace condenser
