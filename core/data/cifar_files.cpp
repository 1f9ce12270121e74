#include "data/cifar_files.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <memory>
#include <set>
#include <span>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include "base/atomic_file.h"
#include "data/archive.h"
#include "data/class_names.h"

namespace condenser {
namespace {

namespace fs = std::filesystem;

constexpr const char* kWhat = "cannot read the data";
constexpr int kSide = 32;
constexpr std::size_t kPlane = kSide * kSide, kPixels = 3 * kPlane;
constexpr std::size_t kMaxFile = std::size_t{256} << 20;  // the largest published one has 154 MB

constexpr std::array<std::string_view, 5> kTrain10 = {"data_batch_1.bin", "data_batch_2.bin", "data_batch_3.bin",
                                                      "data_batch_4.bin", "data_batch_5.bin"};
constexpr std::array<std::string_view, 1> kTrain100 = {"train.bin"};

constexpr std::string_view kNames10 = "airplane\nautomobile\nbird\ncat\ndeer\ndog\nfrog\nhorse\nship\ntruck\n";
constexpr std::string_view kNames100 =
    "apple\naquarium_fish\nbaby\nbear\nbeaver\nbed\nbee\nbeetle\nbicycle\nbottle\nbowl\nboy\nbridge\nbus\nbutterfly\n"
    "camel\ncan\ncastle\ncaterpillar\ncattle\nchair\nchimpanzee\nclock\ncloud\ncockroach\ncouch\ncrab\ncrocodile\ncup\n"
    "dinosaur\ndolphin\nelephant\nflatfish\nforest\nfox\ngirl\nhamster\nhouse\nkangaroo\nkeyboard\nlamp\nlawn_mower\n"
    "leopard\nlion\nlizard\nlobster\nman\nmaple_tree\nmotorcycle\nmountain\nmouse\nmushroom\noak_tree\norange\norchid\n"
    "otter\npalm_tree\npear\npickup_truck\npine_tree\nplain\nplate\npoppy\nporcupine\npossum\nrabbit\nraccoon\nray\n"
    "road\nrocket\nrose\nsea\nseal\nshark\nshrew\nskunk\nskyscraper\nsnail\nsnake\nspider\nsquirrel\nstreetcar\n"
    "sunflower\nsweet_pepper\ntable\ntank\ntelephone\ntelevision\ntiger\ntractor\ntrain\ntrout\ntulip\nturtle\n"
    "wardrobe\nwhale\nwillow_tree\nwolf\nwoman\nworm\n";

// What tells the two sets apart.
struct Set {
    const char* name;
    const char* prefix;  // of --data
    std::span<const std::string_view> train;
    std::string_view test;
    std::string_view namesFile;
    std::string_view publishedNames;
    std::size_t labelBytes;  // the last of them is the label
    std::size_t classes;
    std::size_t published;  // pictures
    const char* folder;
    const char* archive;
    Normalisation normalisation;
};

const Set& setOf(CifarKind kind) {
    static const Set k10{
        "CIFAR-10", "cifar10:", kTrain10, "test_batch.bin",       "batches.meta.txt",       kNames10,
        1,          10,         60'000,   "cifar-10-batches-bin", "cifar-10-binary.tar.gz", kCifar10Normalisation};
    static const Set k100{
        "CIFAR-100", "cifar100:", kTrain100, "test.bin",         "fine_label_names.txt",    kNames100,
        2,           100,         60'000,    "cifar-100-binary", "cifar-100-binary.tar.gz", kCifar100Normalisation};
    return kind == CifarKind::k10 ? k10 : k100;
}

bool belongs(const Set& set, std::string_view name) {
    return name == set.test || name == set.namesFile ||
           std::find(set.train.begin(), set.train.end(), name) != set.train.end();
}

// Why the files of these names are no set of this kind.
tl::unexpected<Error> notThere(CifarKind kind, const std::string& where, const std::set<std::string>& names,
                               std::string_view missing) {
    const Set& set = setOf(kind);
    const Set& other = setOf(kind == CifarKind::k10 ? CifarKind::k100 : CifarKind::k10);
    const auto has = [&](std::string_view name) { return names.contains(std::string(name)); };
    const std::string download = fmt::format("download the binary version, {}", set.archive);
    const auto version = [&](const char* language) {
        return fail(ErrorCode::kUnsupported, kWhat, where,
                    fmt::format("this is the {} version, and the binary version is read", language), download);
    };
    if (has(set.test)) {  // nearly
        return fail(ErrorCode::kNotFound, kWhat, where, fmt::format("there is no {} in it", missing),
                    fmt::format("unpack {} again", set.archive));
    }
    if (has(other.test) && has(other.train.front())) {
        return fail(ErrorCode::kBadData, kWhat, where, fmt::format("this is {}, not {}", other.name, set.name),
                    fmt::format("did you mean {}{}?", other.prefix, where));
    }
    const auto part = [&](std::string_view text) {
        return std::any_of(names.begin(), names.end(),
                           [&](const std::string& name) { return name.find(text) != name.npos; });
    };
    if (has("test_batch") || (has("meta") && has("test")) || part("batches-py") || part("python")) {
        return version("Python");
    }
    if (has("test_batch.mat") || (has("meta.mat") && has("test.mat")) || part("batches-mat") || part("matlab")) {
        return version("Matlab");
    }
    return fail(ErrorCode::kNotFound, kWhat, where,
                fmt::format("there is no {} in it, and the binary version of {} is expected", missing, set.name),
                download);
}

Result<std::vector<std::string>> readNames(std::string_view text, const Set& set, const std::string& where) {
    std::vector<std::string> names;
    const auto refuse = [&](std::string why) {
        return fail(ErrorCode::kBadFormat, kWhat, where, fmt::format("{}: {}", set.namesFile, why),
                    "without this file, the published names are taken");
    };
    for (std::size_t begin = 0; begin < text.size();) {
        const std::size_t end = std::min(text.find('\n', begin), text.size());
        std::string_view line = text.substr(begin, end - begin);
        begin = end + 1;
        while (line.ends_with('\r') || line.ends_with(' ')) line.remove_suffix(1);
        if (line.empty()) continue;
        if (names.size() == set.classes || !isPlainText(line)) {
            names.clear();
            break;
        }
        names.emplace_back(line);
    }
    if (names.size() != set.classes) {
        return refuse(fmt::format("{} names of classes, one a line, are expected", set.classes));
    }
    if (std::set<std::string>(names.begin(), names.end()).size() != names.size()) {
        return refuse("two classes have the same name");
    }
    return names;
}

// All pictures of a set: its files one behind the other.
struct Records {
    struct File {
        std::string name, bytes;
        std::uint32_t first = 0;  // picture
    };
    std::vector<File> files;
    std::size_t recordBytes = 0;

    const File& fileOf(std::uint32_t index) const {
        return *std::prev(std::upper_bound(files.begin(), files.end(), index,
                                           [](std::uint32_t i, const File& file) { return i < file.first; }));
    }
    std::string placeOf(std::uint32_t index) const {
        const File& file = fileOf(index);
        return fmt::format("{}, picture {}", file.name, index - file.first);
    }
    Picture read(std::uint32_t index) const {
        const File& file = fileOf(index);
        const char* planes =
            file.bytes.data() + (index - file.first) * recordBytes + (recordBytes - kPixels);  // red, green, blue
        Picture picture{kSide, kSide, std::vector<std::uint8_t>(kPixels)};
        for (std::size_t i = 0; i < kPlane; ++i) {
            for (std::size_t c = 0; c < 3; ++c) {
                picture.pixels[3 * i + c] = static_cast<std::uint8_t>(planes[c * kPlane + i]);
            }
        }
        return picture;
    }
};

// Appends the file and its labels.
Result<> takeFile(const Set& set, std::string_view name, std::string bytes, const std::string& where, Records& records,
                  std::vector<LabelledPicture>& part) {
    if (bytes.empty() || bytes.size() % records.recordBytes != 0) {
        return fail(
            ErrorCode::kBadFormat, kWhat, where,
            fmt::format("{} has {} bytes, and a multiple of {} is expected", name, bytes.size(), records.recordBytes),
            fmt::format("it is cut short, or no file of the binary version: unpack {} again", set.archive));
    }
    if (bytes.size() > kMaxFile) {
        return fail(ErrorCode::kTooLarge, kWhat, where,
                    fmt::format("{} has {} bytes, and at most {} are read", name, bytes.size(), kMaxFile));
    }
    const std::uint32_t first =
        records.files.empty() ? 0
                              : records.files.back().first +
                                    static_cast<std::uint32_t>(records.files.back().bytes.size() / records.recordBytes);
    const auto count = static_cast<std::uint32_t>(bytes.size() / records.recordBytes);
    for (std::uint32_t i = 0; i < count; ++i) {
        const auto label = static_cast<unsigned char>(bytes[i * records.recordBytes + set.labelBytes - 1]);
        if (label >= set.classes) {
            return fail(ErrorCode::kBadFormat, kWhat, where,
                        fmt::format("{}, picture {}: the label is {}, and 0 to {} are expected", name, i, label,
                                    set.classes - 1),
                        fmt::format("the file is damaged: unpack {} again", set.archive));
        }
        part.push_back({label, first + i});
    }
    records.files.push_back({std::string(name), std::move(bytes), first});
    return {};
}

std::set<std::string> namesOf(const std::map<std::string, std::string>& files) {
    std::set<std::string> names;
    for (const auto& [name, bytes] : files) names.insert(name);
    return names;
}

// The one of the folder and its usual places that has something of the set in it; the folder itself if none has.
fs::path placeWithin(const Set& set, const fs::path& folder) {
    std::error_code ignored;
    if (fs::exists(folder / set.test, ignored) || fs::exists(folder / set.train.front(), ignored)) return folder;
    for (const char* name : {set.folder, set.archive}) {
        if (fs::exists(folder / name, ignored)) return folder / name;
    }
    return folder;
}

using Files = std::map<std::string, std::string>;

// `all`: the names of everything that stands there, of use or not.
Result<Files> filesOfFolder(const Set& set, const fs::path& folder, const ScanOptions& options,
                            std::set<std::string>& all) {
    Files files;
    std::error_code error;
    for (fs::directory_iterator it(folder, error), end; !error && it != end; it.increment(error)) {
        if (options.stop.stop_requested()) {
            return fail(ErrorCode::kCancelled, kWhat, folder.string(), "it was stopped");
        }
        const std::string name = it->path().filename().string();
        all.insert(name);
        if (!belongs(set, name)) continue;
        auto bytes = readWholeFile(it->path(), kMaxFile);
        if (!bytes) return tl::unexpected(bytes.error());
        files[name] = std::move(*bytes);
    }
    if (error) {
        return fail(ErrorCode::kUnreadable, kWhat, folder.string(), error.message(),
                    "check that the folder may be read");
    }
    return files;
}

Result<Files> filesOfArchive(const Set& set, const fs::path& path, const ScanOptions& options,
                             std::set<std::string>& all) {
    Files files;
    ArchiveLimits limits;
    limits.entryBytes = kMaxFile;
    limits.totalBytes = std::uint64_t{1} << 30;
    const auto nameOf = [](const std::string& entry) { return entry.substr(entry.find_last_of('/') + 1); };
    ArchiveVisitor visitor;
    visitor.wants = [&](const std::string& entry) {
        all.insert(nameOf(entry));
        return belongs(set, nameOf(entry));
    };
    visitor.take = [&](const std::string& entry, std::string content) -> Result<> {
        if (files.emplace(nameOf(entry), std::move(content)).second) return {};
        return fail(ErrorCode::kBadData, kWhat, path.string(), fmt::format("it holds {} twice", nameOf(entry)));
    };
    if (auto walked = walkTar(path, limits, options.stop, visitor); !walked) return tl::unexpected(walked.error());
    return files;
}

Result<DataSource> assemble(CifarKind kind, Files files, const std::set<std::string>& all, const std::string& where) {
    const Set& set = setOf(kind);
    std::vector<std::string_view> needed(set.train.begin(), set.train.end());
    needed.push_back(set.test);
    for (const std::string_view name : needed) {
        if (!files.contains(std::string(name))) return notThere(kind, where, all, name);
    }
    DataSource source;
    const auto named = files.find(std::string(set.namesFile));
    auto names = readNames(named != files.end() ? std::string_view(named->second) : set.publishedNames, set, where);
    if (!names) return tl::unexpected(names.error());
    source.classes = std::move(*names);
    source.testName = "test";
    source.published = set.normalisation;
    const auto records = std::make_shared<Records>();
    records->recordBytes = set.labelBytes + kPixels;
    for (const std::string_view name : needed) {
        auto taken = takeFile(set, name, std::move(files[std::string(name)]), where, *records,
                              name == set.test ? source.test : source.train);
        if (!taken) return tl::unexpected(taken.error());
    }
    if (const std::size_t count = source.train.size() + source.test.size(); count != set.published) {
        source.warnings.push_back(
            fmt::format("it has {} pictures, and {} as it is published has {}", count, set.name, set.published));
    }
    source.read = [records](std::uint32_t index) -> Result<Picture> { return records->read(index); };
    source.place = [records](std::uint32_t index) -> fs::path { return records->placeOf(index); };
    return source;
}

}  // namespace

Result<DataSource> cifarFromFiles(CifarKind kind, Files files, const std::string& where) {
    const std::set<std::string> all = namesOf(files);
    return assemble(kind, std::move(files), all, where);
}

Result<DataSource> openCifar(CifarKind kind, const fs::path& place, const ScanOptions& options) {
    const Set& set = setOf(kind);
    std::error_code error;
    if (!fs::exists(place, error)) {
        return fail(ErrorCode::kNotFound, kWhat, place.string(),
                    error && error != std::errc::no_such_file_or_directory ? error.message() : "no such file or folder",
                    fmt::format("check the name after {}", set.prefix));
    }
    const fs::path found = fs::is_directory(place, error) ? placeWithin(set, place) : place;
    std::set<std::string> all;
    auto files = fs::is_directory(found, error) ? filesOfFolder(set, found, options, all)
                                                : filesOfArchive(set, found, options, all);
    if (!files) return tl::unexpected(files.error());
    auto source = assemble(kind, std::move(*files), all, found.string());
    if (source && options.progress) {
        options.progress(static_cast<std::int64_t>(source->train.size() + source->test.size()));
    }
    return source;
}

}  // namespace condenser
