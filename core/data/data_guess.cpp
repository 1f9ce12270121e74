#include "data/data_guess.h"

#include <algorithm>
#include <initializer_list>
#include <string_view>
#include <system_error>

#include "data/data_name.h"
#include "data/part_names.h"

namespace condenser {
namespace {

namespace fs = std::filesystem;

constexpr int kMostEntries = 1000;  // of a folder that are looked at: the files that matter are few

bool endsIn(std::string_view name, std::initializer_list<std::string_view> endings) {
    return std::any_of(endings.begin(), endings.end(), [&](std::string_view ending) { return name.ends_with(ending); });
}

// The files of CIFAR-10 and CIFAR-100 as published, here or in the folder that their archive makes.
std::string cifarIn(const fs::path& folder) {
    constexpr int kBatches = 5;
    std::error_code ignored;
    const auto has = [&](const fs::path& place, const char* name) {
        return fs::is_regular_file(place / name, ignored);
    };
    for (const fs::path& place : {folder, folder / "cifar-10-batches-bin", folder / "cifar-100-binary"}) {
        if (has(place, "train.bin") && has(place, "test.bin")) return "cifar100:";
        if (has(place, "test_batch.bin")) return "cifar10:";
        for (int batch = 1; batch <= kBatches; ++batch) {
            if (has(place, ("data_batch_" + std::to_string(batch) + ".bin").c_str())) return "cifar10:";
        }
    }
    return "";
}

bool holdsIdx(const fs::path& folder) {
    std::error_code error;
    int entries = 0;
    for (fs::directory_iterator entry(folder, error), end; !error && entry != end && entries < kMostEntries;
         entry.increment(error), ++entries) {
        std::error_code ignored;
        if (endsIn(lowerAscii(entry->path().filename().string()), {"-ubyte", "-ubyte.gz"}) &&
            entry->is_regular_file(ignored))
            return true;
    }
    return false;
}

}  // namespace

std::optional<std::string> dataNameOf(const fs::path& path) {
    std::error_code ignored;
    const std::string name = lowerAscii(path.filename().string());
    if (fs::is_directory(path, ignored)) {
        if (const std::string cifar = cifarIn(path); !cifar.empty()) return cifar + path.string();
        return (holdsIdx(path) ? "idx:" : kFolderPrefix) + path.string();
    }
    if (!fs::is_regular_file(path, ignored)) return std::nullopt;
    if (endsIn(name, {".csv", ".tsv"})) return "csv:" + path.string();
    if (!endsIn(name, {".tar.gz", ".tgz"})) return std::nullopt;
    const bool hundred = name.find("cifar-100") != std::string::npos || name.find("cifar100") != std::string::npos;
    return (hundred ? "cifar100:" : "cifar10:") + path.string();
}

}  // namespace condenser
