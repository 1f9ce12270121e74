#include "data/data_name.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>
#include <system_error>

#include "base/check.h"

namespace condenser {
namespace {

namespace fs = std::filesystem;

struct Prefix {
    std::string_view text;
    DataKind kind;
};
constexpr std::array<Prefix, 5> kPrefixes = {{{kFolderPrefix, DataKind::kFolder},
                                              {"cifar10:", DataKind::kCifar10},
                                              {"cifar100:", DataKind::kCifar100},
                                              {"idx:", DataKind::kIdx},
                                              {"csv:", DataKind::kCsv}}};

// The prefix that a folder or file of this name asks for; empty if there is nothing of this name, or nothing that we
// know.
std::string_view likelyPrefix(const fs::path& place) {
    std::error_code ignored;
    std::string name = place.filename().string();
    if (name.empty()) name = place.parent_path().filename().string();  // "set/"
    std::transform(name.begin(), name.end(), name.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
    const bool isFolder = fs::is_directory(place, ignored);
    const auto has = [&](const char* file) { return fs::exists(place / file, ignored); };
    if (isFolder) {
        if (has("test_batch.bin") || has("cifar-10-batches-bin")) return "cifar10:";
        if (has("fine_label_names.txt") || has("cifar-100-binary")) return "cifar100:";
        for (const char* file : {"train-images-idx3-ubyte", "train-images-idx3-ubyte.gz", "train-images.idx3-ubyte"}) {
            if (has(file)) return "idx:";
        }
        return kFolderPrefix;
    }
    if (!fs::exists(place, ignored)) return {};
    if (name.starts_with("cifar-100")) return "cifar100:";
    if (name.starts_with("cifar-10")) return "cifar10:";
    if (name.ends_with(".csv") || name.ends_with(".tsv")) return "csv:";
    return {};
}

}  // namespace

Result<DataName> parseDataName(const std::string& data) {
    constexpr const char* kWhat = "cannot read the data";
    if (data == kShapesName) return DataName{};
    for (const Prefix& prefix : kPrefixes) {
        if (!data.starts_with(prefix.text)) continue;
        if (data.size() > prefix.text.size()) return DataName{prefix.kind, data.substr(prefix.text.size())};
        return fail(ErrorCode::kUsage, kWhat, data, "a name is expected behind the colon",
                    fmt::format("give one of {}", kDataNames));
    }
    const std::string_view likely = data.empty() ? "" : likelyPrefix(data);
    return fail(ErrorCode::kUsage, kWhat, data, fmt::format("it names no data set; {} are known", kDataNames),
                likely.empty() ? "" : fmt::format("did you mean {}{}?", likely, data));
}

Result<> checkDataName(const std::string& data) {
    if (auto name = parseDataName(data); !name) return tl::unexpected(name.error());
    return {};
}

fs::path folderOfData(const std::string& data) {
    const auto name = parseDataName(data);
    CORE_CHECK(name.has_value());
    return name->place;
}

}  // namespace condenser
