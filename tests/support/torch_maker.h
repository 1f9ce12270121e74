// PyTorch checkpoints made by hand, well-formed or not: pickles opcode by opcode, and zip archives of stored entries.
#pragma once

#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace condenser::test {

template <class T>
std::string bytesOf(T value) {
    std::string bytes(sizeof value, '\0');
    std::memcpy(bytes.data(), &value, sizeof value);
    return bytes;
}

// Pieces of pickles; a piece leaves one value on the stack. A whole one is "\x80\x02" + piece + ".".
namespace pickled {

inline std::string text(std::string_view words) {
    return "X" + bytesOf(static_cast<std::uint32_t>(words.size())) + std::string(words);
}
inline std::string whole(std::int64_t number) {
    return std::string("\x8a\x08") + bytesOf(number);
}
inline std::string tuple(const std::vector<std::string>& items) {
    std::string all = "(";
    for (const std::string& item : items) all += item;
    return all + "t";
}
inline std::string counts(const std::vector<std::int64_t>& numbers) {
    std::vector<std::string> items;
    for (const std::int64_t number : numbers) items.push_back(whole(number));
    return tuple(items);
}
inline std::string name(const std::string& module, const std::string& name) {
    return "c" + module + "\n" + name + "\n";
}
inline std::string dict(const std::vector<std::pair<std::string, std::string>>& items) {
    std::string all = "}(";
    for (const auto& [key, value] : items) all += text(key) + value;
    return all + "u";
}
inline std::string storage(const std::string& type, const std::string& key, std::int64_t elements) {
    return tuple({text("storage"), name("torch", type), text(key), text("cpu"), whole(elements)}) + "Q";
}
inline std::string tensor(const std::string& storage, std::int64_t offset, const std::vector<std::int64_t>& sizes,
                          const std::vector<std::int64_t>& strides) {
    return name("torch._utils", "_rebuild_tensor_v2") +
           tuple({storage, whole(offset), counts(sizes), counts(strides), "\x89", "}"}) + "R";
}
inline std::string finished(const std::string& value) {
    return "\x80\x02" + value + ".";
}

}  // namespace pickled

struct ZipEntry {
    std::string name, content;
    std::uint32_t claims = ~std::uint32_t{0};  // bytes that the directory says it has; by default the truth
};

// Stored, not compressed.
inline std::string zipOf(const std::vector<ZipEntry>& entries) {
    const auto crc = [](const std::string& content) {
        std::uint32_t sum = ~std::uint32_t{0};
        for (const char c : content) {
            sum ^= static_cast<unsigned char>(c);
            for (int bit = 0; bit < 8; ++bit) sum = sum >> 1 ^ (sum & 1 ? 0xEDB88320U : 0);
        }
        return ~sum;
    };
    const auto half = [](std::size_t value) { return bytesOf(static_cast<std::uint16_t>(value)); };
    const auto full = [](std::size_t value) { return bytesOf(static_cast<std::uint32_t>(value)); };
    std::string file, directory;
    for (const ZipEntry& entry : entries) {
        const std::size_t size = entry.claims == ~std::uint32_t{0} ? entry.content.size() : entry.claims;
        // From the version that is needed to the extra field's length.
        const std::string common = half(20) + half(0) + half(0) + full(0) + full(crc(entry.content)) +
                                   full(entry.content.size()) + full(size) + half(entry.name.size()) + half(0);
        directory +=
            "PK\1\2" + half(20) + common + half(0) + half(0) + half(0) + full(0) + full(file.size()) + entry.name;
        file += "PK\3\4" + common + entry.name + entry.content;
    }
    return file + directory + "PK\5\6" + half(0) + half(0) + half(entries.size()) + half(entries.size()) +
           full(directory.size()) + full(file.size()) + half(0);
}

// A zip checkpoint of this pickle, with storages "0", "1", ...
inline std::string torchZip(const std::string& pickle, const std::vector<std::string>& storages) {
    std::vector<ZipEntry> entries{{"archive/data.pkl", pickle}, {"archive/version", "3\n"}};
    for (std::size_t i = 0; i < storages.size(); ++i) {
        entries.push_back({"archive/data/" + std::to_string(i), storages[i]});
    }
    return zipOf(entries);
}

}  // namespace condenser::test
