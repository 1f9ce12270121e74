// What bench has measured, as text and as a picture.
#pragma once

#include <string>

#include "compare/bench_report.h"

namespace condenser::cli {

std::string benchText(const BenchReport& report);
std::string benchSvg(const BenchReport& report);

}  // namespace condenser::cli
