#include "data/dataset_check.h"

#include <algorithm>
#include <mutex>
#include <new>
#include <span>
#include <tuple>
#include <utility>

#include "base/checksum.h"

namespace condenser {
namespace {

// Pictures of one size and one 64-bit hash are taken for equal; that this is an accident is less likely by far than a
// flaw of the disk.
struct Fingerprint {
    std::uint64_t hash = 0;
    PictureSize size;  // 0 x 0: it cannot be read
    std::uint32_t place = 0;

    auto key() const { return std::tuple(hash, size.width, size.height); }
};

// Both parts of a source in one row, the training part first.
class Pictures {
  public:
    explicit Pictures(const DataSource& source) : m_source(source) {}

    std::size_t count() const { return m_source.train.size() + m_source.test.size(); }
    bool isTrain(std::size_t place) const { return place < m_source.train.size(); }
    const LabelledPicture& at(std::size_t place) const {
        return isTrain(place) ? m_source.train[place] : m_source.test[place - m_source.train.size()];
    }
    std::filesystem::path path(std::size_t place) const { return m_source.place(at(place).index); }

  private:
    const DataSource& m_source;
};

void reportSizes(const std::vector<Fingerprint>& prints, DatasetReport& report) {
    std::vector<PictureSize> sizes;
    for (const Fingerprint& print : prints) {
        if (print.size.width > 0) sizes.push_back(print.size);
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

// What was found, by places; paths are made of it once it is in order.
struct Pair {
    std::uint32_t again = 0, first = 0;
    auto operator<=>(const Pair&) const = default;
};

struct Pairs {
    std::vector<Pair> leaked, trainRepeats, testRepeats, disputed;
};

// `same` are the places of one picture, in order.
void addPairs(const Pictures& pictures, const std::vector<std::uint32_t>& same, Pairs& pairs) {
    const auto firstTest =
        std::find_if(same.begin(), same.end(), [&](std::uint32_t place) { return !pictures.isTrain(place); });
    for (auto place = same.begin(); place != same.end(); ++place) {
        const bool inTrain = pictures.isTrain(*place);
        if (inTrain && place != same.begin()) pairs.trainRepeats.push_back({*place, same.front()});
        if (!inTrain && place != firstTest) pairs.testRepeats.push_back({*place, *firstTest});
        if (!inTrain && pictures.isTrain(same.front())) pairs.leaked.push_back({*place, same.front()});
        if (pictures.at(*place).label != pictures.at(same.front()).label)
            pairs.disputed.push_back({*place, same.front()});
    }
}

void reportSame(const Pictures& pictures, std::vector<Fingerprint>& prints, DatasetReport& report) {
    std::sort(prints.begin(), prints.end(), [](const Fingerprint& a, const Fingerprint& b) {
        return std::pair(a.key(), a.place) < std::pair(b.key(), b.place);
    });
    Pairs pairs;
    std::vector<std::uint32_t> same;
    for (auto begin = prints.begin(); begin != prints.end();) {
        const auto end =
            std::find_if(begin, prints.end(), [&](const Fingerprint& print) { return print.key() != begin->key(); });
        same.clear();
        for (auto print = begin; print != end; ++print) same.push_back(print->place);
        if (same.size() > 1 && begin->size.width > 0) addPairs(pictures, same, pairs);
        begin = end;
    }
    for (auto* list : {&pairs.leaked, &pairs.trainRepeats, &pairs.testRepeats, &pairs.disputed})
        std::sort(list->begin(), list->end());
    for (const auto& [again, first] : pairs.leaked)
        report.leaked.push_back({pictures.path(first), pictures.path(again)});
    for (const auto& [again, first] : pairs.trainRepeats)
        report.trainRepeats.push_back({pictures.path(first), pictures.path(again)});
    for (const auto& [again, first] : pairs.testRepeats)
        report.testRepeats.push_back({pictures.path(first), pictures.path(again)});
    for (const auto& [again, first] : pairs.disputed) {
        report.disputed.push_back(
            {pictures.path(first), pictures.path(again), pictures.at(first).label, pictures.at(again).label});
    }
}

Result<DatasetReport> check(const std::string& name, const DataSource& source, const PictureWork& work) {
    const Pictures pictures(source);
    DatasetReport report;
    report.info = infoOf(source);
    report.unreadable = source.unreadable;
    std::vector<Fingerprint> prints(pictures.count());
    std::mutex mutex;
    std::vector<std::pair<std::size_t, std::string>> failures;  // guarded by it
    const auto done = forEachPicture(name, pictures.count(), work, [&](std::size_t place) {
        const auto picture = source.read(pictures.at(place).index);
        prints[place].place = static_cast<std::uint32_t>(place);
        if (picture) {
            prints[place].hash = xxh64(std::as_bytes(std::span(picture->pixels)));
            prints[place].size = {picture->width, picture->height};
        } else {
            const std::lock_guard lock(mutex);
            failures.emplace_back(place, picture.error().why);
        }
    });
    if (!done) return tl::unexpected(done.error());
    std::sort(failures.begin(), failures.end());
    for (auto& [place, why] : failures) report.unreadable.push_back({pictures.path(place), std::move(why)});
    reportSizes(prints, report);
    reportSame(pictures, prints, report);
    return report;
}

template <class Body>
Result<DatasetReport> guarded(const std::string& name, const Body& body) {
    try {
        return body();
    } catch (const std::bad_alloc&) {
        return fail(ErrorCode::kTooLarge, "cannot check the data", name, "not enough memory");
    } catch (const std::exception& error) {
        return fail(ErrorCode::kUnreadable, "cannot check the data", name, error.what());
    }
}

}  // namespace

Result<DatasetReport> checkSource(const std::string& name, const DataSource& source, const PictureWork& work) {
    return guarded(name, [&] { return check(name, source, work); });
}

Result<DatasetReport> checkDataset(const std::string& data, const PictureWork& work,
                                   const std::function<void(std::int64_t found)>& scanning) {
    return guarded(data, [&]() -> Result<DatasetReport> {
        const auto source = openDataSource(data, {scanning, work.stop});
        if (!source) return tl::unexpected(source.error());
        return check(data, *source, work);
    });
}

}  // namespace condenser
