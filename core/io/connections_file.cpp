#include "io/connections_file.h"

#include <fmt/format.h>

#include <bit>
#include <cmath>
#include <cstring>
#include <new>
#include <optional>
#include <span>
#include <string_view>

#include "base/atomic_file.h"
#include "base/check.h"
#include "base/checksum.h"
#include "base/input_file.h"
#include "io/json.h"

namespace condenser {
namespace {

static_assert(std::endian::native == std::endian::little, "numbers are copied to and from files as they are");

constexpr const char* kWriteWhat = "cannot write the connections";
constexpr std::string_view kMagic = "CDNCONNS";
constexpr std::uint32_t kVersion = 1;
constexpr std::size_t kFixedHeaderBytes = 20;
constexpr std::size_t kMaxHeaderBytes = std::size_t{1} << 20;
constexpr std::uint32_t kMaxLayers = 4096;
constexpr std::uint32_t kMaxNameBytes = 512;
constexpr std::uint32_t kMaxWidth = 1'000'000;               // groups, inputs, outputs
constexpr std::uint64_t kMaxPairs = std::uint64_t{1} << 26;  // groups x inputs, over all layers
constexpr std::uint64_t kMaxRecords = 1'000'000;

// A record's fixed part.
struct RecordHead {
    std::uint64_t checksum = 0;  // of all that follows in the record
    std::uint32_t moment = 0;
    std::int32_t epoch = 0;
    std::int64_t step = 0;
    std::int32_t stage = 0;
    std::uint32_t zero = 0;
};
static_assert(sizeof(RecordHead) == 32);

std::size_t pairsOf(const ConnectionsLayer& layer) {
    return static_cast<std::size_t>(layer.groups) * static_cast<std::size_t>(layer.inputs);
}

std::size_t maskBytes(std::size_t pairs) {
    return (pairs + 7) / 8;
}

std::size_t recordBytesOf(const std::vector<ConnectionsLayer>& layers) {
    std::size_t bytes = sizeof(RecordHead);
    for (const ConnectionsLayer& layer : layers) {
        bytes += maskBytes(pairsOf(layer)) + pairsOf(layer) * sizeof(float);
    }
    return bytes;
}

// ---- bytes ----------------------------------------------------------------------------------------------------------

template <class T>
void put(std::string& out, const T& value) {
    out.append(reinterpret_cast<const char*>(&value), sizeof value);
}

// Takes values from the front of a header; after the end has been passed, only zeros.
class Cursor {
  public:
    explicit Cursor(std::string_view bytes) : m_bytes(bytes) {}

    std::uint32_t u32() {
        std::uint32_t value = 0;
        const std::string_view bytes = text(sizeof value);
        if (bytes.size() == sizeof value) std::memcpy(&value, bytes.data(), sizeof value);
        return value;
    }
    std::string_view text(std::size_t length) {
        if (length > m_bytes.size()) m_passedEnd = true;
        if (m_passedEnd) return {};
        const std::string_view taken = m_bytes.substr(0, length);
        m_bytes.remove_prefix(length);
        return taken;
    }
    bool isDone() const { return !m_passedEnd && m_bytes.empty(); }

  private:
    std::string_view m_bytes;
    bool m_passedEnd = false;
};

std::string headerOf(const std::vector<ConnectionsLayer>& layers) {
    std::string body;
    for (const ConnectionsLayer& layer : layers) {
        for (const int number : {layer.groups, layer.inputs, layer.outputs})
            put(body, static_cast<std::uint32_t>(number));
        put(body, static_cast<std::uint32_t>(layer.name.size()));
        body += layer.name;
    }
    std::string header(kMagic);
    put(header, kVersion);
    put(header, static_cast<std::uint32_t>(kFixedHeaderBytes + body.size()));
    put(header, static_cast<std::uint32_t>(layers.size()));
    return header + body;
}

std::string bytesOf(const ConnectionsRecord& record) {
    RecordHead head;
    head.moment = static_cast<std::uint32_t>(record.key.moment);
    head.epoch = record.key.epoch;
    head.step = record.key.step;
    head.stage = record.key.stage;
    std::string bytes;
    put(bytes, head);
    for (const LayerConnections& layer : record.layers) {
        std::string bits(maskBytes(layer.mask.size()), '\0');
        for (std::size_t i = 0; i < layer.mask.size(); ++i) {
            if (layer.mask[i] != 0) bits[i / 8] = static_cast<char>(bits[i / 8] | (1 << (i % 8)));
        }
        bytes += bits;
    }
    for (const LayerConnections& layer : record.layers) {
        bytes.append(reinterpret_cast<const char*>(layer.importance.data()), layer.importance.size() * sizeof(float));
    }
    head.checksum = xxh64(std::string_view(bytes).substr(sizeof head.checksum));
    std::memcpy(bytes.data(), &head.checksum, sizeof head.checksum);
    return bytes;
}

// ---- the file -------------------------------------------------------------------------------------------------------

struct OpenFile {
    InputFile file;
    Reading reading;
    std::vector<ConnectionsLayer> layers;
    std::uint64_t headerBytes = 0, recordBytes = 0, records = 0;

    std::uint64_t placeOf(std::uint64_t number) const { return headerBytes + number * recordBytes; }
};

Result<std::vector<ConnectionsLayer>> parseLayers(std::string_view header, std::uint32_t count,
                                                  const Reading& reading) {
    Cursor cursor(header);
    std::vector<ConnectionsLayer> layers;
    std::uint64_t pairs = 0;
    for (std::uint32_t i = 0; i < count; ++i) {
        const std::uint32_t groups = cursor.u32(), inputs = cursor.u32(), outputs = cursor.u32(), length = cursor.u32();
        const std::string_view name = cursor.text(length);
        const bool inRange = groups >= 1 && groups <= kMaxWidth && inputs >= 1 && inputs <= kMaxWidth && outputs >= 1 &&
                             outputs <= kMaxWidth && length >= 1 && length <= kMaxNameBytes && name.size() == length;
        if (!inRange) return reading.bad(fmt::format("layer {} of its header is out of range", i + 1));
        pairs += std::uint64_t{groups} * inputs;
        if (pairs > kMaxPairs) return reading.bad(fmt::format("it tells of more than {} connections", kMaxPairs));
        layers.push_back(
            {std::string(name), static_cast<int>(groups), static_cast<int>(inputs), static_cast<int>(outputs)});
    }
    if (!cursor.isDone()) return reading.bad("its header is longer or shorter than the layers in it");
    return layers;
}

// Opens the file and reads its header; nothing where there is no file yet.
Result<std::optional<OpenFile>> openConnections(const std::filesystem::path& path) {
    const Reading reading{"cannot read the connections", path.string()};
    auto input = InputFile::open(path, reading.what);
    if (!input && input.error().code == ErrorCode::kNotFound) return std::nullopt;
    if (!input) return tl::unexpected(input.error());
    OpenFile open{std::move(*input), reading, {}, 0, 0, 0};

    std::string fixed(kFixedHeaderBytes, '\0');
    if (open.file.size() < fixed.size()) return reading.bad("it is shorter than its header");
    if (auto ok = open.file.readAt(0, std::as_writable_bytes(std::span(fixed))); !ok) return tl::unexpected(ok.error());
    Cursor cursor(fixed);
    if (cursor.text(kMagic.size()) != kMagic) return reading.bad(fmt::format("it does not begin with \"{}\"", kMagic));
    const std::uint32_t version = cursor.u32(), headerBytes = cursor.u32(), layers = cursor.u32();
    if (version > kVersion) {
        return fail(ErrorCode::kUnsupported, reading.what, reading.where,
                    fmt::format("it is of version {}, and this program knows version {}", version, kVersion),
                    "use a newer version of Condenser");
    }
    if (version != kVersion) return reading.bad(fmt::format("there is no version {} of it", version));
    if (headerBytes < kFixedHeaderBytes || headerBytes > kMaxHeaderBytes || headerBytes > open.file.size() ||
        layers > kMaxLayers) {
        return reading.bad(
            fmt::format("its header tells of {} layers in {} bytes, which cannot be", layers, headerBytes));
    }
    std::string rest(headerBytes - kFixedHeaderBytes, '\0');
    if (auto ok = open.file.readAt(kFixedHeaderBytes, std::as_writable_bytes(std::span(rest))); !ok) {
        return tl::unexpected(ok.error());
    }
    auto parsed = parseLayers(rest, layers, reading);
    if (!parsed) return tl::unexpected(parsed.error());
    open.layers = std::move(*parsed);
    open.headerBytes = headerBytes;
    open.recordBytes = recordBytesOf(open.layers);
    open.records = (open.file.size() - headerBytes) / open.recordBytes;
    if (open.records > kMaxRecords) {
        return fail(ErrorCode::kTooLarge, reading.what, reading.where,
                    fmt::format("it has {} records, and at most {} are expected", open.records, kMaxRecords));
    }
    return open;
}

// A record's bytes. An empty text where its checksum does not hold.
Result<std::string> readRecord(const OpenFile& open, std::uint64_t number) {
    std::string bytes(open.recordBytes, '\0');
    if (auto ok = open.file.readAt(open.placeOf(number), std::as_writable_bytes(std::span(bytes))); !ok) {
        return tl::unexpected(ok.error());
    }
    std::uint64_t checksum = 0;
    std::memcpy(&checksum, bytes.data(), sizeof checksum);
    if (checksum != xxh64(std::string_view(bytes).substr(sizeof checksum))) return std::string();
    return bytes;
}

Result<ConnectionsKey> keyOf(const RecordHead& head, const Reading& reading, std::uint64_t number) {
    if (head.moment > static_cast<std::uint32_t>(ConnectionsMoment::kAfterStep) || head.epoch < 0 || head.step < 0 ||
        head.stage < 0 || head.zero != 0) {
        return reading.bad(fmt::format("record {} is damaged", number + 1));
    }
    return ConnectionsKey{static_cast<ConnectionsMoment>(head.moment), head.epoch, head.step, head.stage};
}

// How many records there are without a torn last one, which may be as long as a whole one.
Result<std::uint64_t> wholeRecords(const OpenFile& open) {
    if (open.records == 0) return 0;
    const auto last = readRecord(open, open.records - 1);
    if (!last) return tl::unexpected(last.error());
    return last->empty() ? open.records - 1 : open.records;
}

Result<std::vector<ConnectionsKey>> readKeys(const OpenFile& open) {
    const auto records = wholeRecords(open);
    if (!records) return tl::unexpected(records.error());
    std::vector<ConnectionsKey> keys;
    for (std::uint64_t number = 0; number < *records; ++number) {
        RecordHead head;
        if (auto ok = open.file.readAt(open.placeOf(number), std::as_writable_bytes(std::span(&head, 1))); !ok) {
            return tl::unexpected(ok.error());
        }
        const auto key = keyOf(head, open.reading, number);
        if (!key) return tl::unexpected(key.error());
        keys.push_back(*key);
    }
    return keys;
}

Result<ConnectionsRecord> parseRecord(std::string_view bytes, const OpenFile& open, std::uint64_t number) {
    RecordHead head;
    std::memcpy(&head, bytes.data(), sizeof head);
    const auto key = keyOf(head, open.reading, number);
    if (!key) return tl::unexpected(key.error());
    ConnectionsRecord record{*key, {}};
    Cursor cursor(bytes.substr(sizeof head));
    for (const ConnectionsLayer& layer : open.layers) {
        LayerConnections& connections = record.layers.emplace_back();
        const std::size_t pairs = pairsOf(layer);
        const std::string_view bits = cursor.text(maskBytes(pairs));
        connections.mask.resize(pairs);
        for (std::size_t i = 0; i < pairs; ++i) {
            connections.mask[i] = static_cast<std::uint8_t>((static_cast<unsigned char>(bits[i / 8]) >> (i % 8)) & 1);
        }
        for (std::size_t i = pairs; i < bits.size() * 8; ++i) {
            if (((static_cast<unsigned char>(bits[i / 8]) >> (i % 8)) & 1) != 0) {
                return open.reading.bad(fmt::format("record {} has more mask bits than connections", number + 1));
            }
        }
    }
    for (LayerConnections& connections : record.layers) {
        connections.importance.resize(connections.mask.size());
        const std::string_view floats = cursor.text(connections.importance.size() * sizeof(float));
        std::memcpy(connections.importance.data(), floats.data(), floats.size());
        for (const float value : connections.importance) {
            if (!(value >= 0) || !std::isfinite(value)) {
                return open.reading.bad(
                    fmt::format("record {} has an importance that is no number from 0 up", number + 1));
            }
        }
    }
    CORE_CHECK(cursor.isDone());
    return record;
}

}  // namespace

Result<> appendConnections(const std::filesystem::path& folder, const std::vector<ConnectionsLayer>& layers,
                           const ConnectionsRecord& record) {
    const std::filesystem::path path = folder / kConnectionsName;
    CORE_CHECK(record.layers.size() == layers.size());
    for (std::size_t i = 0; i < layers.size(); ++i) {
        CORE_CHECK(record.layers[i].mask.size() == pairsOf(layers[i]));
        CORE_CHECK(record.layers[i].importance.size() == pairsOf(layers[i]));
        for (const float value : record.layers[i].importance) {
            if (!(value >= 0) || !std::isfinite(value)) {
                return fail(ErrorCode::kNotFinite, kWriteWhat, path.string(),
                            fmt::format("an importance in {} is not finite", layers[i].name));
            }
        }
    }
    const auto open = openConnections(path);
    if (!open) return tl::unexpected(open.error());
    Result<> ok;
    if (!open->has_value()) {
        // At once in place, so that a file without its whole header never exists.
        const std::string header = headerOf(layers);
        const auto readable = parseLayers(std::string_view(header).substr(kFixedHeaderBytes),
                                          static_cast<std::uint32_t>(layers.size()), {kWriteWhat, path.string()});
        if (!readable) return tl::unexpected(readable.error());
        ok = writeFileAtomically(path, header);
    } else if ((*open)->layers != layers) {
        return fail(ErrorCode::kBadData, kWriteWhat, path.string(), "it is about a network with other layers");
    } else {
        const auto records = wholeRecords(**open);
        if (!records) return tl::unexpected(records.error());
        // Behind a torn record, the next ones would be read at the wrong places.
        const std::uint64_t end = (*open)->placeOf(*records);
        if ((*open)->file.size() != end) ok = cutFile(path, end);
    }
    if (ok) ok = appendToFile(path, bytesOf(record));
    if (!ok) ok.error().what = kWriteWhat;
    return ok;
}

Result<ConnectionsIndex> readConnectionsIndex(const std::filesystem::path& folder) {
    auto open = openConnections(folder / kConnectionsName);
    if (!open) return tl::unexpected(open.error());
    if (!open->has_value()) return ConnectionsIndex{};
    auto keys = readKeys(**open);
    if (!keys) return tl::unexpected(keys.error());
    return ConnectionsIndex{std::move((*open)->layers), std::move(*keys)};
}

Result<ConnectionsRecord> readConnections(const std::filesystem::path& folder, std::size_t number) {
    const std::filesystem::path path = folder / kConnectionsName;
    const auto open = openConnections(path);
    if (!open) return tl::unexpected(open.error());
    if (!open->has_value() || number >= (*open)->records) {
        return fail(ErrorCode::kNotFound, "cannot read the connections", path.string(),
                    fmt::format("there is no record {}", number + 1));
    }
    try {
        const auto bytes = readRecord(**open, number);
        if (!bytes) return tl::unexpected(bytes.error());
        if (!bytes->empty()) return parseRecord(*bytes, **open, number);
        return (*open)->reading.bad(fmt::format("record {} is damaged: its checksum does not hold", number + 1));
    } catch (const std::bad_alloc&) {
        return fail(ErrorCode::kTooLarge, "cannot read the connections", path.string(),
                    fmt::format("there is no memory for a record of {} bytes", (*open)->recordBytes));
    }
}

Result<> cutConnections(const std::filesystem::path& folder, int epoch, std::int64_t step) {
    const std::filesystem::path path = folder / kConnectionsName;
    const auto open = openConnections(path);
    if (!open) return tl::unexpected(open.error());
    if (!open->has_value()) return {};
    const auto keys = readKeys(**open);
    if (!keys) return tl::unexpected(keys.error());
    std::uint64_t kept = 0;
    for (const ConnectionsKey& key : *keys) {
        const bool stays = key.moment == ConnectionsMoment::kEpochEnd ? key.epoch <= epoch : key.step < step;
        if (!stays) break;
        ++kept;
    }
    auto ok = cutFile(path, (*open)->placeOf(kept));
    if (!ok) ok.error().what = kWriteWhat;
    return ok;
}

}  // namespace condenser
