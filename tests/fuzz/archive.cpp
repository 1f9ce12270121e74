#include <algorithm>
#include <cstdint>
#include <span>

#include "base/check.h"
#include "data/archive.h"

using namespace condenser;

// Names stay inside, and nobody gets more than the limits allow.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto bytes = std::as_bytes(std::span(data, size));
    ArchiveLimits limits;
    limits.entries = 100;
    limits.entryBytes = 1 << 16;
    limits.totalBytes = 1 << 20;
    std::uint64_t taken = 0;
    ArchiveVisitor visitor;
    visitor.wants = [](const std::string& name) {
        CORE_CHECK(!name.empty() && name.front() != '/' && !name.starts_with("../"));
        CORE_CHECK(name.find("/../") == name.npos && !name.ends_with("/..") && name != "..");
        return name.size() % 8 != 0;
    };
    visitor.take = [&](const std::string&, const std::string& content) -> Result<> {
        CORE_CHECK(content.size() <= limits.entryBytes);
        taken += content.size();
        return {};
    };
    const auto walked = walkTar(bytes, "fuzz", limits, visitor);
    CORE_CHECK(walked || !walked.error().why.empty());
    CORE_CHECK(taken <= std::max<std::uint64_t>(limits.totalBytes, size));
    const auto content = unpackGzip(bytes, "fuzz", limits);
    CORE_CHECK(content ? content->size() <= limits.entryBytes : !content.error().why.empty());
    return 0;
}
