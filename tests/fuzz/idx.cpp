#include <algorithm>
#include <cstdint>
#include <string>

#include "data/idx_files.h"
#include "sources.h"

using namespace condenser;

// The second byte says how much of the rest is the file of labels; what is left is the one of pictures. Both are the
// training part and, where the first is odd, the test part.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size < 2) return 0;
    const std::string rest(reinterpret_cast<const char*>(data) + 2, size - 2);
    const std::size_t labels = std::min<std::size_t>(data[1], rest.size());
    const IdxPart part{{"pictures", rest.substr(labels)}, {"labels", rest.substr(0, labels)}};
    checkSource(idxFromFiles(part, data[0] % 2 == 1 ? std::optional(part) : std::nullopt));
    return 0;
}
