#include "data/class_names.h"

#include <fmt/format.h>

#include <cstddef>

namespace condenser {
namespace {

// The code points of plain text.
std::u32string codePoints(std::string_view text) {
    std::u32string points;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if ((byte & 0xC0) == 0x80) {
            points.back() = points.back() << 6 | (byte & 0x3Fu);
        } else {
            points.push_back(byte < 0x80 ? byte : byte < 0xE0 ? byte & 0x1Fu : byte < 0xF0 ? byte & 0x0Fu : byte & 7u);
        }
    }
    return points;
}

// Latin, Greek and Cyrillic letters in lower case; blanks of all kinds as one.
std::u32string folded(std::u32string points) {
    for (char32_t& c : points) {
        const auto in = [&c](char32_t first, char32_t last) { return c >= first && c <= last; };
        if (in('A', 'Z') || (in(0xC0, 0xDE) && c != 0xD7) || in(0x391, 0x3A9) || in(0x410, 0x42F)) {
            c += 0x20;
        } else if (in(0x400, 0x40F)) {
            c += 0x50;
        } else if (in(0x100, 0x17F) && !in(0x130, 0x149) && !in(0x178, 0x17F)) {
            c |= 1;
        } else if (c == '_' || c == '-' || c == 0xA0) {
            c = ' ';
        }
    }
    const std::size_t first = points.find_first_not_of(U' ');
    return first == points.npos ? std::u32string() : points.substr(first, points.find_last_not_of(U' ') + 1 - first);
}

// A character that changes the one before it: accents, and the marks of kana.
bool isMark(char32_t c) {
    return (c >= 0x300 && c <= 0x36F) || c == 0x3099 || c == 0x309A;
}

// Whether `a` and `b` are the same where one may write "é" as a letter and its accent, or a Korean syllable as its two
// or three letters. Which letter and which accent makes which character takes tables that we do not have: this is for
// hints only.
bool sameButComposed(std::u32string_view a, std::u32string_view b) {
    std::size_t i = 0, j = 0;
    const auto pieces = [](std::u32string_view whole, std::size_t at, std::u32string_view apart, std::size_t from) {
        const char32_t c = whole[at];
        std::size_t end = from + 1;
        if (c >= 0xAC00 && c <= 0xD7A3) {
            const char32_t first = 0x1100 + (c - 0xAC00) / 588;
            while (end < apart.size() && apart[end] >= 0x1161 && apart[end] <= 0x11C2) ++end;
            return apart[from] == first && end > from + 1 ? end - from : 0;
        }
        if (c < 0xC0 || isMark(c)) return std::size_t{0};
        while (end < apart.size() && isMark(apart[end])) ++end;
        return end > from + 1 ? end - from : 0;
    };
    while (i < a.size() && j < b.size()) {
        if (a[i] == b[j]) {
            ++i, ++j;
        } else if (const std::size_t ofB = pieces(a, i, b, j); ofB > 0) {
            ++i, j += ofB;
        } else if (const std::size_t ofA = pieces(b, j, a, i); ofA > 0) {
            i += ofA, ++j;
        } else {
            return false;
        }
    }
    return i == a.size() && j == b.size();
}

}  // namespace

bool isPlainText(std::string_view name) {
    if (name.empty()) return false;
    for (std::size_t i = 0; i < name.size();) {
        const auto byte = [&](std::size_t at) { return static_cast<unsigned char>(at < name.size() ? name[at] : 0); };
        const unsigned char lead = byte(i);
        if (lead < 0x20 || lead == 0x7F) return false;
        const std::size_t length = lead < 0x80                   ? 1
                                   : lead >= 0xC2 && lead < 0xE0 ? 2
                                   : lead >= 0xE0 && lead < 0xF0 ? 3
                                                                 : 4;
        if (lead >= 0x80 && (lead < 0xC2 || lead > 0xF4)) return false;
        for (std::size_t k = 1; k < length; ++k) {
            if ((byte(i + k) & 0xC0) != 0x80) return false;
        }
        // Overlong forms, surrogates, and what lies beyond Unicode.
        const unsigned char second = byte(i + 1);
        if ((lead == 0xE0 && second < 0xA0) || (lead == 0xED && second > 0x9F) || (lead == 0xF0 && second < 0x90) ||
            (lead == 0xF4 && second > 0x8F)) {
            return false;
        }
        i += length;
    }
    return true;
}

std::string alikeness(std::string_view a, std::string_view b) {
    const std::u32string pointsA = codePoints(a), pointsB = codePoints(b);
    if (sameButComposed(pointsA, pointsB)) {
        return "they look the same, but one has its accents as characters of their own, as macOS writes them";
    }
    const std::u32string foldedA = folded(pointsA), foldedB = folded(pointsB);
    if (!foldedA.empty() && sameButComposed(foldedA, foldedB)) {
        return "they differ in upper and lower case, blanks, - and _ only";
    }
    return {};
}

std::vector<std::string> warnOfAlike(const std::vector<std::string>& names) {
    constexpr std::size_t kMostCompared = 500;
    std::vector<std::string> warnings;
    if (names.size() > kMostCompared) return warnings;
    for (std::size_t i = 0; i < names.size(); ++i) {
        for (std::size_t k = i + 1; k < names.size(); ++k) {
            const std::string how = alikeness(names[i], names[k]);
            if (!how.empty()) {
                warnings.push_back(fmt::format("two classes, \"{}\" and \"{}\": {}", names[i], names[k], how));
            }
        }
    }
    return warnings;
}

}  // namespace condenser
