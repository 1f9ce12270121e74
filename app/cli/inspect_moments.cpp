#include "cli/inspect_moments.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "run/run_files.h"

namespace condenser::cli {
namespace {

constexpr const char* kWhat = "cannot choose the moment";

// A moment's kind, short and in words, and the epoch or condensing step that it is about.
struct Naming {
    const char *name, *words;
    int number;
};
Naming namingOf(const ConnectionsKey& key) {
    switch (key.moment) {
        case ConnectionsMoment::kBeforeStep:
            return {"before", "just before condensing step", key.stage + 1};
        case ConnectionsMoment::kAfterStep:
            return {"after", "just after condensing step", key.stage};
        case ConnectionsMoment::kEpochEnd:
            break;
    }
    return {"epoch", "at the end of epoch", key.epoch};
}

// The best epoch is the one whose weights the run keeps as its model.
Result<std::string> bestName(const std::filesystem::path& folder) {
    const std::filesystem::path path = folder / kModelName;
    const auto model = readModelFile(path);
    if (!model) return tl::unexpected(model.error());
    const int epoch = epochOf(*model);
    if (epoch < 0) {
        return fail(ErrorCode::kBadData, kWhat, path.string(), "it does not say of which epoch it is",
                    "name the epoch: --at epoch:12, for example");
    }
    return fmt::format("epoch:{}", epoch);
}

// "epoch:1 to epoch:12, before:1, after:1, ...".
std::string namesOf(const std::vector<ConnectionsKey>& records) {
    std::vector<int> epochs;
    std::string steps;
    for (const ConnectionsKey& key : records) {
        if (key.moment == ConnectionsMoment::kEpochEnd) {
            epochs.push_back(key.epoch);
        } else {
            steps += ", " + momentName(key);
        }
    }
    if (epochs.empty()) return steps.substr(2);
    const auto [first, last] = std::ranges::minmax(epochs);
    return fmt::format("epoch:{}", first) + (last > first ? fmt::format(" to epoch:{}", last) : "") + steps;
}

}  // namespace

std::string momentName(const ConnectionsKey& key) {
    const Naming naming = namingOf(key);
    return fmt::format("{}:{}", naming.name, naming.number);
}

std::string momentWords(const ConnectionsKey& key) {
    const Naming naming = namingOf(key);
    return fmt::format("{} {}", naming.words, naming.number);
}

Result<std::vector<std::size_t>> chooseMoments(const std::vector<ConnectionsKey>& records, const std::string& at,
                                               const std::filesystem::path& folder) {
    if (at == "last") return std::vector<std::size_t>{records.size() - 1};
    if (at == "all") {
        std::vector<std::size_t> all(records.size());
        std::iota(all.begin(), all.end(), std::size_t{0});
        return all;
    }
    std::string name = at;
    if (at == "best") {
        auto best = bestName(folder);
        if (!best) return tl::unexpected(best.error());
        name = std::move(*best);
    }
    for (std::size_t number = 0; number < records.size(); ++number) {
        if (momentName(records[number]) == name) return std::vector<std::size_t>{number};
    }
    return fail(ErrorCode::kUsage, kWhat, at,
                fmt::format("{} holds no such moment", (folder / kConnectionsName).string()),
                fmt::format("recorded are {}; last, best and all are understood, too", namesOf(records)));
}

}  // namespace condenser::cli
