#include "mutants.h"

#include <algorithm>
#include <array>
#include <random>

namespace condenser::fuzz {
namespace {

constexpr std::size_t kLongest = 1 << 16;  // what doubling may come to

class Mutator {
  public:
    Mutator(std::string bytes, const std::string& other, std::uint64_t number)
        : m_bytes(std::move(bytes)), m_other(other), m_random(hashOf(m_bytes) + number) {}

    std::string make() {
        const std::size_t changes = 1 + below(4);
        for (std::size_t i = 0; i < changes; ++i) change();
        return std::move(m_bytes);
    }

  private:
    // FNV-1a: seeds that look alike get other changes, and adding a seed leaves those of the others.
    static std::uint64_t hashOf(const std::string& bytes) {
        std::uint64_t hash = 0xcbf29ce484222325;
        for (const char c : bytes) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3;
        return hash;
    }

    // Distributions of the standard library differ from one to the next; the generator does not.
    std::size_t below(std::size_t count) { return static_cast<std::size_t>(m_random() % count); }

    // Half of them near the start, where formats keep their numbers.
    std::size_t place() { return below(below(2) == 0 ? std::min<std::size_t>(m_bytes.size(), 64) : m_bytes.size()); }

    void change() {
        if (m_bytes.empty()) {
            m_bytes = m_other.substr(0, below(m_other.size() + 1));
            return;
        }
        switch (below(8)) {
            case 0:
                m_bytes[place()] ^= static_cast<char>(1 << below(8));
                break;
            case 1:
                m_bytes[place()] = std::array{'\x00', '\xff', '\x7f', '\x80'}[below(4)];
                break;
            case 2:
                m_bytes.resize(below(m_bytes.size()));
                break;
            case 3: {
                const std::size_t from = place(), length = 1 + below(m_bytes.size() - from);
                const std::string piece = m_bytes.substr(from, length);
                if (m_bytes.size() + piece.size() <= kLongest) m_bytes.insert(place(), piece);
                break;
            }
            case 4: {
                const std::size_t from = place();
                m_bytes.erase(from, 1 + below(std::min<std::size_t>(m_bytes.size() - from, 1 + below(256))));
                break;
            }
            case 5:
                changeBinaryNumber();
                break;
            case 6:
                changeWrittenNumber();
                break;
            default:
                m_bytes = m_bytes.substr(0, place()) + m_other.substr(below(m_other.size() + 1));
                break;
        }
    }

    // 1, 2, 4 or 8 bytes as a number, in either order of bytes.
    void changeBinaryNumber() {
        const std::size_t width = std::size_t{1} << below(4), from = place();
        if (from + width > m_bytes.size()) return;
        const bool bigEnd = below(2) == 0;
        const auto byteAt = [&](std::size_t i) -> char& { return m_bytes[from + (bigEnd ? width - 1 - i : i)]; };
        std::uint64_t value = 0;
        for (std::size_t i = 0; i < width; ++i) {
            value |= std::uint64_t{static_cast<unsigned char>(byteAt(i))} << (8 * i);
        }
        const std::uint64_t top = std::uint64_t{1} << (8 * width - 1);
        value = std::array{value + 1, value - 1, top, top - 1, ~std::uint64_t{0}, value * 2, top >> 1}[below(7)];
        for (std::size_t i = 0; i < width; ++i) byteAt(i) = static_cast<char>(value >> (8 * i));
    }

    // A number in digits, as JSON, CSV and headers have them.
    void changeWrittenNumber() {
        const auto isDigit = [](char c) { return c >= '0' && c <= '9'; };
        const auto first = std::find_if(m_bytes.begin() + static_cast<std::ptrdiff_t>(place()), m_bytes.end(), isDigit);
        if (first == m_bytes.end()) return;
        const auto last = std::find_if_not(first, m_bytes.end(), isDigit);
        const std::size_t from = static_cast<std::size_t>(first - m_bytes.begin());
        const std::size_t length = static_cast<std::size_t>(last - first);
        std::string next(first, last);
        next.back() = static_cast<char>(next.back() == '9' ? '0' : next.back() + 1);
        const std::string numbers[] = {
            next,       "0",   "-1",    "2147483648", "4294967296",          "9223372036854775807",
            "1" + next, "1e9", "1e999", "0.5",        "18446744073709551616"};
        m_bytes.replace(from, length, numbers[below(std::size(numbers))]);
    }

    std::string m_bytes;
    const std::string& m_other;
    std::mt19937_64 m_random;
};

}  // namespace

std::string mutantOf(const std::string& seed, const std::string& other, std::uint64_t number) {
    return Mutator(seed, other, number).make();
}

}  // namespace condenser::fuzz
