#include "connections/matched_chance.h"

#include <algorithm>
#include <cstdint>
#include <numeric>
#include <random>
#include <utility>

#include "base/check.h"
#include "connections/assignment.h"

namespace condenser {
namespace {

// The larger a layer, the less draws differ: fewer will do, and the window waits for them.
constexpr int kMostDraws = 24, kLeastDraws = 4, kDrawnPairs = 10'000;

}  // namespace

double matchedByChance(int inputs, const std::vector<int>& keptA, const std::vector<int>& keptB) {
    CORE_CHECK(keptA.size() == keptB.size());
    const std::size_t groups = keptA.size(), all = static_cast<std::size_t>(inputs);
    const int pairs = std::max(1, inputs * static_cast<int>(groups));
    const int draws = std::clamp(kDrawnPairs / pairs, kLeastDraws, kMostDraws);
    std::mt19937_64 random(1);
    std::vector<std::size_t> order(all);
    std::iota(order.begin(), order.end(), std::size_t{0});
    // The first inputs of `order` become a blind choice (the start of a Fisher-Yates shuffle).
    const auto choose = [&](int kept) {
        CORE_CHECK(kept >= 0 && kept <= inputs);
        for (std::size_t i = 0; i < static_cast<std::size_t>(kept); ++i) {
            std::swap(order[i], order[i + static_cast<std::size_t>(random() % (all - i))]);
        }
    };
    std::int64_t sum = 0;
    for (int draw = 0; draw < draws; ++draw) {
        std::vector<std::int64_t> reads(groups * all), shared(groups * groups);  // [inputs, groups of a], [a, b]
        for (std::size_t a = 0; a < groups; ++a) {
            choose(keptA[a]);
            for (std::size_t i = 0; i < static_cast<std::size_t>(keptA[a]); ++i) reads[order[i] * groups + a] = 1;
        }
        for (std::size_t b = 0; b < groups; ++b) {
            choose(keptB[b]);
            for (std::size_t i = 0; i < static_cast<std::size_t>(keptB[b]); ++i) {
                for (std::size_t a = 0; a < groups; ++a) shared[a * groups + b] += reads[order[i] * groups + a];
            }
        }
        const std::vector<int> matched = bestAssignment(shared, static_cast<int>(groups));
        for (std::size_t a = 0; a < groups; ++a) sum += shared[a * groups + static_cast<std::size_t>(matched[a])];
    }
    return static_cast<double>(sum) / draws;
}

double ChanceOfMatch::of(int inputs, const std::vector<int>& keptA, const std::vector<int>& keptB) {
    std::vector<int> key{inputs};
    key.insert(key.end(), keptA.begin(), keptA.end());
    key.insert(key.end(), keptB.begin(), keptB.end());
    const auto [known, isNew] = m_known.try_emplace(std::move(key), 0);
    if (isNew) known->second = matchedByChance(inputs, keptA, keptB);
    return known->second;
}

}  // namespace condenser
