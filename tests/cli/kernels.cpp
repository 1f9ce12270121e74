// check kernels: every kernel on every instruction set of this machine.
#include <set>

#include "cli_test.h"
#include "ops/simd_target.h"

using namespace condenser;
using namespace condenser::test;

namespace {

void everyKernelAgreesOnEveryInstructionSet(Cli& cli) {
    const json report = cli.object({"check", "kernels"});
    const std::vector<std::string> offered = simdTargets();
    CHECK_EQUAL(report.at("isas"), json(offered));
    CHECK_EQUAL(report.at("differing").get<int>(), 0);
    std::map<std::string, std::set<std::string>> kernelsOf;  // by instruction set
    for (const json& row : report.at("kernels")) {
        CHECK(row.at("ok").get<bool>());
        CHECK(row.at("cases").get<int>() > 0);
        const double worst = row.at("worst");
        CHECK(worst >= 0 && worst <= 1);
        CHECK(kernelsOf[row.at("isa")].insert(row.at("kernel")).second);
    }
    CHECK_EQUAL(kernelsOf.size(), offered.size());
    for (const auto& [isa, kernels] : kernelsOf) {
        CHECK(kernels.size() >= 5);
        CHECK(kernels == kernelsOf.begin()->second);
    }
}

void thereIsATable(Cli& cli) {
    const std::string isa = simdTargets().back();
    const Finished finished = cli.done({"check", "kernels", "--isa", isa, "--threads", "2"});
    std::istringstream lines(finished.out);
    std::string heading, line;
    std::getline(lines, heading);
    CHECK_HOLDS(heading, "kernel");
    CHECK_HOLDS(heading, "isa");
    CHECK_HOLDS(heading, "result");
    int rows = 0;
    while (std::getline(lines, line) && line.find("0 differ") == std::string::npos) {
        CHECK_EQUAL(line.substr(heading.find("isa"), isa.size()), isa);  // the columns are aligned
        CHECK_EQUAL(line.substr(heading.find("result")), "ok");
        ++rows;
    }
    CHECK(rows >= 5);
    CHECK_HOLDS(line, "0 differ");
}

}  // namespace

int main(int argc, char** argv) {
    return runTests(argc, argv,
                    {{"everyKernelAgreesOnEveryInstructionSet", everyKernelAgreesOnEveryInstructionSet},
                     {"thereIsATable", thereIsATable}});
}
