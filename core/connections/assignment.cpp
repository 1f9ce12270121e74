#include "connections/assignment.h"

#include <cstddef>
#include <limits>

#include "base/check.h"

namespace condenser {

// The Hungarian method with potentials: rows are added one after the other, each along the path of least reduced cost
// from it to a column that is still free. Row and column 0 stand for none.
std::vector<int> bestAssignment(const std::vector<std::int64_t>& gains, int n) {
    const auto size = static_cast<std::size_t>(n);
    CORE_CHECK(gains.size() == size * size);
    // A row's own number weighs less than any difference of the sums.
    const auto cost = [&](std::size_t row, std::size_t column) {
        return -(gains[(row - 1) * size + column - 1] * (n + 1) + (row == column ? 1 : 0));
    };
    std::vector<std::int64_t> rowPotential(size + 1), columnPotential(size + 1);
    std::vector<std::size_t> rowOf(size + 1), before(size + 1);
    for (std::size_t row = 1; row <= size; ++row) {
        std::vector<std::int64_t> least(size + 1, std::numeric_limits<std::int64_t>::max());
        std::vector<bool> seen(size + 1);
        std::size_t at = 0;
        rowOf[0] = row;
        do {
            seen[at] = true;
            std::int64_t step = std::numeric_limits<std::int64_t>::max();
            std::size_t next = 0;
            for (std::size_t column = 1; column <= size; ++column) {
                if (seen[column]) continue;
                const std::int64_t reduced =
                    cost(rowOf[at], column) - rowPotential[rowOf[at]] - columnPotential[column];
                if (reduced < least[column]) {
                    least[column] = reduced;
                    before[column] = at;
                }
                if (least[column] < step) {
                    step = least[column];
                    next = column;
                }
            }
            for (std::size_t column = 0; column <= size; ++column) {
                if (seen[column]) {
                    rowPotential[rowOf[column]] += step;
                    columnPotential[column] -= step;
                } else {
                    least[column] -= step;
                }
            }
            at = next;
        } while (rowOf[at] != 0);
        for (; at != 0; at = before[at]) rowOf[at] = rowOf[before[at]];
    }
    std::vector<int> columnOf(size);
    for (std::size_t column = 1; column <= size; ++column) columnOf[rowOf[column] - 1] = static_cast<int>(column) - 1;
    return columnOf;
}

}  // namespace condenser
