#include "data/data_name.h"

#include <string_view>
#include <system_error>

#include "base/check.h"

namespace condenser {
namespace {

constexpr std::string_view kPrefix = kFolderPrefix;

}  // namespace

Result<> checkDataName(const std::string& data) {
    if (data == kShapesName || (data.size() > kPrefix.size() && data.rfind(kPrefix, 0) == 0)) return {};
    std::error_code ignored;
    const bool isPlainFolder = !data.empty() && std::filesystem::is_directory(data, ignored);
    return fail(ErrorCode::kUsage, "cannot read the data", data,
                "it names no data set; shapes10 and folder:DIR are known",
                isPlainFolder ? "did you mean folder:" + data + "?" : "give shapes10 or folder:DIR");
}

std::filesystem::path folderOfData(const std::string& data) {
    CORE_CHECK(data.rfind(kPrefix, 0) == 0);
    return data.substr(kPrefix.size());
}

}  // namespace condenser
