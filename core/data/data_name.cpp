#include "data/data_name.h"

#include <fmt/format.h>

#include <array>
#include <string_view>

#include "data/data_guess.h"

namespace condenser {
namespace {

struct Prefix {
    std::string_view text;
    DataKind kind;
};
constexpr std::array<Prefix, 5> kPrefixes = {{{kFolderPrefix, DataKind::kFolder},
                                              {"cifar10:", DataKind::kCifar10},
                                              {"cifar100:", DataKind::kCifar100},
                                              {"idx:", DataKind::kIdx},
                                              {"csv:", DataKind::kCsv}}};

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
    const auto meant = dataNameOf(data);
    return fail(ErrorCode::kUsage, kWhat, data, fmt::format("it names no data set; {} are known", kDataNames),
                meant ? fmt::format("did you mean {}?", *meant) : "");
}

Result<> checkDataName(const std::string& data) {
    if (auto name = parseDataName(data); !name) return tl::unexpected(name.error());
    return {};
}

}  // namespace condenser
