#include "connections/matched_chance.h"

#include <algorithm>
#include <cstdint>
#include <limits>
#include <numeric>
#include <random>

#include "base/check.h"

namespace condenser {
namespace {

// The larger a layer, the less draws differ: fewer will do, and the window waits for them.
constexpr int kMostDraws = 24, kLeastDraws = 4, kDrawnPairs = 40'000;

// Row-major [n, n]: the largest sum of one element from each row and column (the Hungarian method, with potentials).
std::int64_t largestAssignment(const std::vector<std::int64_t>& gains, std::size_t n) {
    // Row and column 0 are none; `columns[j]`: the row that has column j.
    std::vector<std::int64_t> rowPotential(n + 1), columnPotential(n + 1);
    std::vector<std::size_t> columns(n + 1), before(n + 1);
    for (std::size_t row = 1; row <= n; ++row) {
        columns[0] = row;
        std::size_t at = 0;
        std::vector<std::int64_t> least(n + 1, std::numeric_limits<std::int64_t>::max());
        std::vector<bool> seen(n + 1);
        do {
            seen[at] = true;
            const std::size_t from = columns[at];
            std::int64_t step = std::numeric_limits<std::int64_t>::max();
            std::size_t next = 0;
            for (std::size_t j = 1; j <= n; ++j) {
                if (seen[j]) continue;
                const std::int64_t cost = -gains[(from - 1) * n + j - 1] - rowPotential[from] - columnPotential[j];
                if (cost < least[j]) {
                    least[j] = cost;
                    before[j] = at;
                }
                if (least[j] < step) {
                    step = least[j];
                    next = j;
                }
            }
            for (std::size_t j = 0; j <= n; ++j) {
                if (seen[j]) {
                    rowPotential[columns[j]] += step;
                    columnPotential[j] -= step;
                } else {
                    least[j] -= step;
                }
            }
            at = next;
        } while (columns[at] != 0);
        for (; at != 0; at = before[at]) columns[at] = columns[before[at]];
    }
    std::int64_t sum = 0;
    for (std::size_t j = 1; j <= n; ++j) sum += gains[(columns[j] - 1) * n + j - 1];
    return sum;
}

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
        sum += largestAssignment(shared, groups);
    }
    return static_cast<double>(sum) / draws;
}

}  // namespace condenser
