#include "report/stability_part.h"

namespace condenser::report {

std::string stabilityPart(const ExperimentRecord&, const std::vector<std::filesystem::path>&) {
    return {};
}

}  // namespace condenser::report
