// The numbers of a spec, by the names that the user knows them by: for its rules and its text.
#pragma once

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "base/result.h"
#include "network/network_spec.h"

namespace condenser {

// Far beyond any network that was ever trained, yet small enough that their products fit 64 bits and that a hostile
// file cannot ask for more memory than a machine has.
inline constexpr int kMaxBlocks = 16;
inline constexpr int kMaxLayers = 256;
inline constexpr int kMaxGrowth = 1024;
inline constexpr int kMaxGroups = 1024;
inline constexpr int kMaxCondense = 1024;
inline constexpr int kMaxBottleneck = 64;
inline constexpr int kMaxClasses = 100000;
inline constexpr int kMaxSize = 4096;
inline constexpr int kMaxStemStride = 2;
inline constexpr int kMaxChannels = 100000;
inline constexpr std::int64_t kMaxWeights = 500'000'000;

// One number, with its range.
struct SpecNumber {
    const char* key;
    int low, high;
    int NetworkSpec::*value;
};

inline constexpr SpecNumber kGroups{"groups", 1, kMaxGroups, &NetworkSpec::groups1x1};
inline constexpr SpecNumber kGroup3x3{"group3x3", 1, kMaxGroups, &NetworkSpec::groups3x3};
inline constexpr SpecNumber kCondense{"condense", 1, kMaxCondense, &NetworkSpec::condenseFactor};
inline constexpr SpecNumber kBottleneck{"bottleneck", 1, kMaxBottleneck, &NetworkSpec::bottleneck};
inline constexpr SpecNumber kClasses{"classes", 1, kMaxClasses, &NetworkSpec::classes};
inline constexpr SpecNumber kHeight{"size", 1, kMaxSize, &NetworkSpec::height};
inline constexpr SpecNumber kWidth{"size", 1, kMaxSize, &NetworkSpec::width};
inline constexpr SpecNumber kStemStride{"stem_stride", 1, kMaxStemStride, &NetworkSpec::stemStride};

inline constexpr const char* kSpecWhat = "cannot use the network spec";

inline tl::unexpected<Error> brokenSpec(std::string where, std::string why, std::string remedy) {
    return fail(ErrorCode::kUsage, kSpecWhat, std::move(where), std::move(why), std::move(remedy));
}

// "8-16-32"
inline std::string dashed(const std::vector<int>& numbers) {
    return fmt::format("{}", fmt::join(numbers, "-"));
}

}  // namespace condenser
