#include "run/sorted_copies.h"

namespace condenser {

Result<SortedCopies> copySorted(const std::vector<SortedPicture>& /*pictures*/, const std::filesystem::path& target,
                                const std::stop_token& /*stop*/,
                                const std::function<void(std::int64_t done, std::int64_t total)>& /*progress*/) {
    return fail(ErrorCode::kUnsupported, "cannot copy the pictures", target.string(), "not built yet");
}

}  // namespace condenser
