#include "data/idx_files.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <memory>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include "base/atomic_file.h"
#include "data/archive.h"

namespace condenser {
namespace {

namespace fs = std::filesystem;

constexpr const char* kWhat = "cannot read the data";
constexpr const char* kExpected =
    "train-images-idx3-ubyte, train-labels-idx1-ubyte, t10k-images-idx3-ubyte and "
    "t10k-labels-idx1-ubyte are expected, with or without .gz";
constexpr std::size_t kMaxFile = std::size_t{1} << 30;  // EMNIST, by far the largest, has 547 MB
constexpr std::uint64_t kMaxSide = 4096, kMaxCount = 10'000'000;

// ---- the format
// ------------------------------------------------------------------------------------------------------

// Two zero bytes, the type of the numbers, how many dimensions; then each as four bytes, the highest first.
struct Idx {
    std::vector<std::uint64_t> sizes;
    std::size_t begin = 0;  // of the content
};

Result<Idx> readIdx(const IdxFile& file, std::uint64_t fewest, std::uint64_t most) {
    const auto refuse = [&](ErrorCode code, std::string why) {
        return fail(code, kWhat, file.name, std::move(why), "copy, download or unpack it again");
    };
    const std::string& bytes = file.bytes;
    const auto byte = [&](std::size_t at) { return std::uint64_t{static_cast<unsigned char>(bytes[at])}; };
    if (bytes.size() < 4) return refuse(ErrorCode::kBadFormat, "it is too short for an IDX file");
    if (byte(0) != 0 || byte(1) != 0) return refuse(ErrorCode::kBadFormat, "it does not begin as an IDX file does");
    if (byte(2) != 8) {
        return refuse(ErrorCode::kUnsupported,
                      fmt::format("its numbers are of type {:#04x}, and unsigned bytes (0x08) are read", byte(2)));
    }
    if (byte(3) < fewest || byte(3) > most) {
        return refuse(ErrorCode::kBadFormat,
                      fewest == most ? fmt::format("it has {} dimensions, and {} is expected", byte(3), fewest)
                                     : fmt::format("it has {} dimensions, and {} or {} are "
                                                   "expected",
                                                   byte(3), fewest, most));
    }
    Idx idx;
    idx.begin = 4 + 4 * static_cast<std::size_t>(byte(3));
    if (bytes.size() < idx.begin) return refuse(ErrorCode::kBadFormat, "it is cut short");
    std::uint64_t total = 1;
    for (std::size_t at = 4; at < idx.begin; at += 4) {
        idx.sizes.push_back(byte(at) << 24 | byte(at + 1) << 16 | byte(at + 2) << 8 | byte(at + 3));
        if (__builtin_mul_overflow(total, idx.sizes.back(), &total)) total = UINT64_MAX;  // no file is so long
    }
    if (total != bytes.size() - idx.begin) {
        return refuse(ErrorCode::kBadFormat, fmt::format("its header promises {} bytes of content, and it has {}",
                                                         total, bytes.size() - idx.begin));
    }
    return idx;
}

// The pictures of one part.
struct Pictures {
    std::string name;
    std::string bytes;
    std::size_t begin = 0;
    int height = 0, width = 0;
    bool isColour = false;
    std::uint32_t first = 0;

    Picture read(std::uint32_t index) const {
        const std::size_t pixels = static_cast<std::size_t>(height) * static_cast<std::size_t>(width);
        const std::size_t samples = isColour ? 3 * pixels : pixels;
        const auto* from = reinterpret_cast<const std::uint8_t*>(bytes.data()) + begin + (index - first) * samples;
        Picture picture{height, width, {}};
        if (isColour) {
            picture.pixels.assign(from, from + samples);
            return picture;
        }
        picture.pixels.resize(3 * pixels);
        for (std::size_t i = 0; i < pixels; ++i) {
            for (std::size_t c = 0; c < 3; ++c) picture.pixels[3 * i + c] = from[i];
        }
        return picture;
    }
};

// Gives `pictures` the part's, and each of them, in `labelled`, its label as it stands in the file.
// The first one gets the number `first`.
Result<> takePart(IdxPart part, std::uint32_t first, std::vector<Pictures>& pictures,
                  std::vector<LabelledPicture>& labelled) {
    const auto images = readIdx(part.images, 3, 4);
    if (!images) return tl::unexpected(images.error());
    const auto labels = readIdx(part.labels, 1, 1);
    if (!labels) return tl::unexpected(labels.error());
    const std::uint64_t count = images->sizes[0], height = images->sizes[1], width = images->sizes[2];
    const auto refuse = [&](std::string why) {
        return fail(ErrorCode::kBadFormat, kWhat, part.images.name, std::move(why));
    };
    if (count == 0) return refuse("it holds no picture");
    if (count > kMaxCount) return refuse(fmt::format("it holds {} pictures, and up to {} are read", count, kMaxCount));
    if (height == 0 || width == 0 || height > kMaxSide || width > kMaxSide) {
        return refuse(
            fmt::format("its pictures have {} x {} pixels, and 1 to {} a side are read", width, height, kMaxSide));
    }
    const bool isColour = images->sizes.size() == 4;
    if (isColour && images->sizes[3] != 3) {
        return refuse(fmt::format("its pictures have {} channels, and 3 are expected", images->sizes[3]));
    }
    if (labels->sizes[0] != count) {
        return fail(ErrorCode::kBadData, kWhat, part.images.name,
                    fmt::format("it has {} pictures, and {} has {} labels", count, part.labels.name, labels->sizes[0]),
                    "give the two files of one data set");
    }
    pictures.push_back({std::move(part.images.name), std::move(part.images.bytes), images->begin,
                        static_cast<int>(height), static_cast<int>(width), isColour, first});
    labelled.reserve(count);
    for (std::uint32_t i = 0; i < count; ++i) {
        labelled.push_back({static_cast<unsigned char>(part.labels.bytes[labels->begin + i]), first + i});
    }
    return {};
}

// ---- the folder
// ------------------------------------------------------------------------------------------------------

enum Role { kTrainImages, kTrainLabels, kTestImages, kTestLabels, kRoles };

// The files of one prefix.
using Family = std::array<fs::path, kRoles>;

// Whether the file is one of those that we look for; then `prefix` is what stands before "train" or "t10k".
std::optional<Role> roleOf(const fs::path& path, std::string& prefix) {
    std::string name = path.filename().string();
    if (name.ends_with(".gz")) name.resize(name.size() - 3);
    static constexpr std::array<std::pair<std::string_view, Role>, 6> kStems = {{{"train-images", kTrainImages},
                                                                                 {"train-labels", kTrainLabels},
                                                                                 {"t10k-images", kTestImages},
                                                                                 {"t10k-labels", kTestLabels},
                                                                                 {"test-images", kTestImages},
                                                                                 {"test-labels", kTestLabels}}};
    for (const auto& [stem, role] : kStems) {
        for (const char* end :
             {"-idx1-ubyte", ".idx1-ubyte", "-idx3-ubyte", ".idx3-ubyte", "-idx4-ubyte", ".idx4-ubyte"}) {
            const std::string whole = std::string(stem) + end;
            if (!name.ends_with(whole)) continue;
            prefix = name.substr(0, name.size() - whole.size());
            if (prefix.empty() || prefix.ends_with('-')) return role;
        }
    }
    return std::nullopt;
}

Result<std::map<std::string, Family>> familiesIn(const fs::path& folder) {
    std::map<std::string, Family> families;
    std::error_code error;
    for (fs::directory_iterator it(folder, error), end; !error && it != end; it.increment(error)) {
        std::error_code ignored;
        std::string prefix;
        const auto role = roleOf(it->path(), prefix);
        if (!role || prefix.starts_with('.') || it->is_directory(ignored)) continue;
        fs::path& place = families[prefix][*role];
        // Of a file that lies there unpacked as well, that one.
        if (place.empty() || place.extension() == ".gz") place = it->path();
    }
    if (error) {
        return fail(ErrorCode::kUnreadable, kWhat, folder.string(), error.message(),
                    "check that the folder may be read");
    }
    return families;
}

// The family that `place` names: the only one in that folder, or the one of this prefix in the folder above.
Result<Family> familyOf(const fs::path& place) {
    std::error_code error;
    const bool isFolder = fs::is_directory(place, error);
    const fs::path above = place.has_parent_path() ? place.parent_path() : fs::path(".");
    if (!isFolder && (fs::exists(place, error) || !fs::is_directory(above, error))) {
        return fs::exists(place, error)
                   ? fail(ErrorCode::kUnreadable, kWhat, place.string(), "it is a file, and a folder is expected",
                          fmt::format("did you mean idx:{}?", above.string()))
                   : fail(ErrorCode::kNotFound, kWhat, place.string(), "no such folder", "check the name after idx:");
    }
    auto families = familiesIn(isFolder ? place : above);
    if (!families) return tl::unexpected(families.error());
    if (!isFolder) {
        const auto family = families->find(place.filename().string() + "-");
        if (family != families->end()) return family->second;
        return fail(ErrorCode::kNotFound, kWhat, place.string(), "no such folder", "check the name after idx:");
    }
    if (families->empty()) {
        // As some tools lay them down.
        const fs::path raw = place / "raw";
        if (place.filename() != "raw" && fs::is_directory(raw, error)) return familyOf(raw);
        return fail(ErrorCode::kNotFound, kWhat, place.string(), fmt::format("no IDX files in it; {}", kExpected));
    }
    if (families->size() > 1) {
        std::string names;
        for (const auto& [prefix, family] : *families) {
            names +=
                (names.empty() ? "" : ", ") + (prefix.empty() ? "MNIST's own" : prefix.substr(0, prefix.size() - 1));
        }
        const std::string& last = families->rbegin()->first;  // not the empty one, which is first
        return fail(ErrorCode::kBadData, kWhat, place.string(), fmt::format("it holds several data sets: {}", names),
                    fmt::format("name one, as in idx:{}", (place / last.substr(0, last.size() - 1)).string()));
    }
    return families->begin()->second;
}

Result<IdxFile> readFile(const fs::path& path, const ScanOptions& options) {
    ArchiveLimits limits;
    limits.entryBytes = limits.totalBytes = kMaxFile;
    auto bytes = path.extension() == ".gz" ? unpackGzip(path, limits, options.stop) : readWholeFile(path, kMaxFile);
    if (!bytes) return tl::unexpected(bytes.error());
    return IdxFile{path.string(), std::move(*bytes)};
}

// Nothing where neither file is there.
Result<std::optional<IdxPart>> readPart(const fs::path& images, const fs::path& labels, const ScanOptions& options) {
    if (images.empty() && labels.empty()) return std::nullopt;
    if (images.empty() || labels.empty()) {
        return fail(ErrorCode::kNotFound, kWhat, (images.empty() ? labels : images).string(),
                    fmt::format("the file of the {} beside it is missing", images.empty() ? "pictures" : "labels"),
                    kExpected);
    }
    auto pictures = readFile(images, options);
    if (!pictures) return tl::unexpected(pictures.error());
    auto numbers = readFile(labels, options);
    if (!numbers) return tl::unexpected(numbers.error());
    return IdxPart{std::move(*pictures), std::move(*numbers)};
}

}  // namespace

Result<DataSource> idxFromFiles(std::optional<IdxPart> train, std::optional<IdxPart> test) {
    DataSource source;
    const auto pictures = std::make_shared<std::vector<Pictures>>();
    if (train) {
        if (auto taken = takePart(std::move(*train), 0, *pictures, source.train); !taken) {
            return tl::unexpected(taken.error());
        }
    }
    if (test) {
        const auto first = static_cast<std::uint32_t>(source.train.size());
        if (auto taken = takePart(std::move(*test), first, *pictures, source.test); !taken) {
            return tl::unexpected(taken.error());
        }
        source.testName = "test";
    }
    std::array<std::int32_t, 256> classOf{};
    for (const auto* part : {&source.train, &source.test}) {
        for (const LabelledPicture& picture : *part) classOf[static_cast<std::size_t>(picture.label)] = 1;
    }
    for (std::size_t number = 0; number < classOf.size(); ++number) {
        if (classOf[number] == 0) continue;
        classOf[number] = static_cast<std::int32_t>(source.classes.size());
        source.classes.push_back(std::to_string(number));
    }
    for (auto* part : {&source.train, &source.test}) {
        for (LabelledPicture& picture : *part) picture.label = classOf[static_cast<std::size_t>(picture.label)];
    }
    if (source.classes.size() < 2) {
        return fail(ErrorCode::kBadData, kWhat, pictures->empty() ? "" : pictures->front().name,
                    fmt::format("its labels are of {} class{}, and two or more are expected", source.classes.size(),
                                source.classes.size() == 1 ? "" : "es"));
    }
    const auto partOf = [pictures](std::uint32_t index) -> const Pictures& {
        return index < pictures->back().first ? pictures->front() : pictures->back();
    };
    source.read = [partOf](std::uint32_t index) -> Result<Picture> { return partOf(index).read(index); };
    source.place = [partOf](std::uint32_t index) -> fs::path {
        const Pictures& part = partOf(index);
        return fmt::format("{}, picture {}", fs::path(part.name).filename().string(), index - part.first);
    };
    return source;
}

Result<DataSource> openIdx(const fs::path& place, const ScanOptions& options) {
    const auto family = familyOf(place);
    if (!family) return tl::unexpected(family.error());
    auto train = readPart((*family)[kTrainImages], (*family)[kTrainLabels], options);
    if (!train) return tl::unexpected(train.error());
    auto test = readPart((*family)[kTestImages], (*family)[kTestLabels], options);
    if (!test) return tl::unexpected(test.error());
    auto source = idxFromFiles(std::move(*train), std::move(*test));
    if (source && options.progress) {
        options.progress(static_cast<std::int64_t>(source->train.size() + source->test.size()));
    }
    return source;
}

}  // namespace condenser
