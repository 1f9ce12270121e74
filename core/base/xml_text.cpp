#include "base/xml_text.h"

#include <algorithm>

namespace condenser {
namespace {

// Bytes of the UTF-8 character at the start of `text`; 0 if there is none that XML allows.
std::size_t characterBytes(std::string_view text) {
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    if (byte(0) < 0x80) return byte(0) >= 0x20 && byte(0) != 0x7f ? 1 : 0;
    const std::size_t count = byte(0) >= 0xf0 ? 4 : byte(0) >= 0xe0 ? 3 : 2;
    if (byte(0) < 0xc2 || byte(0) > 0xf4 || text.size() < count) return 0;
    unsigned code = byte(0) & (0xffu >> (count + 1));
    for (std::size_t i = 1; i < count; ++i) {
        if ((byte(i) & 0xc0) != 0x80) return 0;
        code = code << 6 | (byte(i) & 0x3fu);
    }
    // Longer than needed, surrogates, noncharacters, beyond Unicode.
    const bool forbidden = (count == 3 && code < 0x800) || (count == 4 && code < 0x10000) ||
                           (code >= 0xd800 && code < 0xe000) || (code & 0xfffe) == 0xfffe || code > 0x10ffff;
    return forbidden ? 0 : count;
}

}  // namespace

std::string xmlText(std::string_view text, std::size_t limit) {
    std::string xml;
    for (std::size_t done = 0; !text.empty(); ++done) {
        if (done == limit) return xml + "…";
        const std::size_t bytes = characterBytes(text);
        const std::string_view character = text.substr(0, std::max<std::size_t>(bytes, 1));
        if (bytes == 0) {
            xml += "\uFFFD";
        } else if (character == "&") {
            xml += "&amp;";
        } else if (character == "<") {
            xml += "&lt;";
        } else if (character == ">") {
            xml += "&gt;";
        } else if (character == "\"") {
            xml += "&quot;";
        } else if (character == "'") {
            xml += "&#39;";
        } else {
            xml += character;
        }
        text.remove_prefix(character.size());
    }
    return xml;
}

}  // namespace condenser
