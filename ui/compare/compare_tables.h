// The tables of the Compare page, as texts.
#pragma once

#include <vector>

#include "compare/comparison.h"
#include "compare/text_table.h"
#include "store/comparison_store.h"

namespace condenser {

// Dense, condensed and the difference, a figure a row. Without a comparison the figures are missing, the rows are not.
TextTable numbersTable(const Comparison* comparison);
// The paper's networks with the published times; without a report nothing is measured yet. Rows of the report that are
// none of them are left out.
TextTable networksTable(const BenchReport* report);
// A row for each, in their order.
TextTable resultsTable(const std::vector<StoredComparison>& kept);

}  // namespace condenser
