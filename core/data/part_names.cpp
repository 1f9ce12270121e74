#include "data/part_names.h"

#include <algorithm>

namespace condenser {

std::optional<NamedPart> partNamed(std::string_view name) {
    const std::string lower = lowerAscii(name);
    if (lower == "train" || lower == "training") return NamedPart::kTrain;
    if (lower == "val" || lower == "valid" || lower == "validation" || lower == "eval") return NamedPart::kVal;
    if (lower == "test" || lower == "testing") return NamedPart::kTest;
    return std::nullopt;
}

std::string lowerAscii(std::string_view text) {
    std::string lower(text);
    std::transform(lower.begin(), lower.end(), lower.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
    return lower;
}

}  // namespace condenser
