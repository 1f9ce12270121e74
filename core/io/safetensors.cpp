#include "io/safetensors.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cstring>
#include <functional>
#include <new>
#include <optional>
#include <stdexcept>
#include <tuple>
#include <vector>

#include "base/atomic_file.h"
#include "base/check.h"
#include "base/input_file.h"
#include "io/json.h"
#include "tensor/shape_bound.h"

namespace condenser {
namespace {

static_assert(std::endian::native == std::endian::little, "tensors are copied to and from files as they are");

constexpr const char* kWhat = "cannot read the tensors";
constexpr const char* kMetadataKey = "__metadata__";
constexpr std::uint64_t kLengthBytes = 8;  // of the header's length, at the start of the file
constexpr std::uint64_t kMaxHeaderBytes = 100'000'000;
constexpr std::uint64_t kMaxDataBytes = std::uint64_t{4} << 30;  // a file of holes may claim more than a memory has
constexpr std::size_t kMaxNameBytes = 1024;
constexpr std::size_t kMaxDimensions = 32;

struct Entry {
    std::string name;
    DType dtype = DType::kF32;
    std::vector<std::int64_t> shape;
    std::int64_t begin = 0, end = 0;  // bytes, from the end of the header
};

struct Header {
    std::vector<Entry> entries;  // in the order of their data
    std::map<std::string, std::string> metadata;
};

std::optional<DType> dtypeNamed(const std::string& name) {
    for (const DType dtype : {DType::kBool, DType::kU8, DType::kI8, DType::kI16, DType::kI32, DType::kI64, DType::kF16,
                              DType::kBF16, DType::kF32, DType::kF64}) {
        if (name == dtypeName(dtype)) return dtype;
    }
    return std::nullopt;
}

Result<Entry> parseEntry(const std::string& name, const Json& json, const Reading& reading) {
    const auto bad = [&](const std::string& why) {
        return reading.bad(fmt::format("tensor {}: {}", inQuotes(name), why));
    };
    if (name.size() > kMaxNameBytes) return bad(fmt::format("its name has more than {} bytes", kMaxNameBytes));
    const Json::Object* object = json.object();
    if (object == nullptr || object->size() != 3) return bad("dtype, shape and data_offsets are expected");
    const auto dtype = object->find("dtype"), shape = object->find("shape"), offsets = object->find("data_offsets");
    if (dtype == object->end() || shape == object->end() || offsets == object->end()) {
        return bad("dtype, shape and data_offsets are expected");
    }

    Entry entry;
    entry.name = name;
    if (dtype->second.text() == nullptr) return bad("its dtype is not a text");
    const auto known = dtypeNamed(*dtype->second.text());
    if (!known) {
        return fail(ErrorCode::kUnsupported, reading.what, reading.where,
                    fmt::format("tensor {} has the type {}, which this program does not know", inQuotes(name),
                                inQuotes(*dtype->second.text())),
                    "convert it to F32");
    }
    entry.dtype = *known;

    const Json::Array* dimensions = shape->second.array();
    if (dimensions == nullptr || dimensions->size() > kMaxDimensions) {
        return bad(fmt::format("its shape is not a list of at most {} numbers", kMaxDimensions));
    }
    for (const Json& dimension : *dimensions) {
        entry.shape.push_back(dimension.index());
        if (entry.shape.back() < 0) return bad("its shape holds something else than whole numbers from 0 up");
    }
    if (boundOfBytes(entry.shape, entry.dtype) < 0) {
        return bad(fmt::format("its shape {} is too large for any memory", shapeText(entry.shape)));
    }

    const Json::Array* range = offsets->second.array();
    if (range == nullptr || range->size() != 2 || (*range)[0].index() < 0 || (*range)[1].index() < 0) {
        return bad("its data_offsets are not two whole numbers from 0 up");
    }
    entry.begin = (*range)[0].index();
    entry.end = (*range)[1].index();
    const bool empty = std::count(entry.shape.begin(), entry.shape.end(), 0) > 0;
    const std::int64_t bytes = empty ? 0 : boundOfBytes(entry.shape, entry.dtype);
    if (entry.begin > entry.end || entry.end - entry.begin != bytes) {
        return bad(fmt::format("its shape {} takes {} bytes as {}, and its data_offsets are {} to {}",
                               shapeText(entry.shape), bytes, dtypeName(entry.dtype), entry.begin, entry.end));
    }
    return entry;
}

// Bytes lie one behind the other, from 0 to `dataBytes`, each in one tensor.
Result<> checkLayout(std::vector<Entry>& entries, std::uint64_t dataBytes, const Reading& reading) {
    std::sort(entries.begin(), entries.end(), [](const Entry& a, const Entry& b) {
        return std::tie(a.begin, a.end, a.name) < std::tie(b.begin, b.end, b.name);
    });
    std::int64_t end = 0;
    for (const Entry& entry : entries) {
        if (entry.begin != end) {
            return reading.bad(fmt::format("tensor {} begins at byte {} where {} is expected: there is {} before it",
                                           inQuotes(entry.name), entry.begin, end,
                                           entry.begin > end ? "a hole" : "an overlap"));
        }
        end = entry.end;
    }
    if (static_cast<std::uint64_t>(end) != dataBytes) {
        return reading.bad(fmt::format("its tensors take {} bytes, and {} follow the header: it is {}", end, dataBytes,
                                       static_cast<std::uint64_t>(end) > dataBytes ? "cut short" : "too long"));
    }
    return {};
}

Result<Header> parseHeader(std::string_view text, std::uint64_t dataBytes, const Reading& reading) {
    if (text.empty() || text.front() != '{') return reading.bad("its header does not begin with \"{\"");
    const auto json = parseJson(text, reading);
    if (!json) return tl::unexpected(json.error());
    if (json->object() == nullptr) return reading.bad("its header is not a JSON object");
    Header header;
    for (const auto& [name, value] : *json->object()) {
        if (name != kMetadataKey) {
            auto entry = parseEntry(name, value, reading);
            if (!entry) return tl::unexpected(entry.error());
            header.entries.push_back(std::move(*entry));
            continue;
        }
        if (value.object() == nullptr) return reading.bad("its __metadata__ is not an object");
        for (const auto& [key, entry] : *value.object()) {
            if (entry.text() == nullptr) {
                return reading.bad(fmt::format("its __metadata__ holds {}, which is not a text", inQuotes(key)));
            }
            header.metadata.emplace(key, *entry.text());
        }
    }
    if (auto ok = checkLayout(header.entries, dataBytes, reading); !ok) return tl::unexpected(ok.error());
    return header;
}

// Bytes from an offset on; only places below `size` are asked for.
using Fetch = std::function<Result<>(std::uint64_t offset, std::span<std::byte> bytes)>;

Result<TensorFile> readTensors(std::uint64_t size, const Fetch& fetch, const Reading& reading) {
    if (size < kLengthBytes) {
        return reading.bad(
            fmt::format("this is no safetensors file: it has {} bytes, and at least 8 are expected", size));
    }
    std::uint64_t headerBytes = 0;
    if (auto ok = fetch(0, std::as_writable_bytes(std::span(&headerBytes, 1))); !ok) return tl::unexpected(ok.error());
    if (headerBytes > kMaxHeaderBytes || headerBytes > size - kLengthBytes) {
        return reading.bad(fmt::format(
            "this is no safetensors file, or it is cut short: its first 8 bytes announce a header of {} bytes, and {} "
            "follow (at most {} are allowed)",
            headerBytes, size - kLengthBytes, kMaxHeaderBytes));
    }
    const std::uint64_t dataStart = kLengthBytes + headerBytes;
    const std::uint64_t dataBytes = size - dataStart;
    if (dataBytes > kMaxDataBytes) {
        return fail(ErrorCode::kTooLarge, reading.what, reading.where,
                    fmt::format("it has {} bytes of tensors, and at most {} are expected", dataBytes, kMaxDataBytes));
    }
    std::string text(headerBytes, '\0');
    if (auto ok = fetch(kLengthBytes, std::as_writable_bytes(std::span(text))); !ok) return tl::unexpected(ok.error());
    auto header = parseHeader(text, dataBytes, reading);
    if (!header) return tl::unexpected(header.error());

    TensorFile file;
    file.metadata = std::move(header->metadata);
    for (Entry& entry : header->entries) {
        StoredTensor tensor{entry.dtype, std::move(entry.shape),
                            std::vector<std::byte>(static_cast<std::size_t>(entry.end - entry.begin))};
        const auto offset = dataStart + static_cast<std::uint64_t>(entry.begin);
        if (auto ok = fetch(offset, tensor.bytes); !ok) return tl::unexpected(ok.error());
        file.tensors.emplace(std::move(entry.name), std::move(tensor));
    }
    return file;
}

// Memory is asked for as the file says, though never more than the file has: still, it may not be there.
Result<TensorFile> readTensorsWithinMemory(std::uint64_t size, const Fetch& fetch, const Reading& reading) {
    try {
        return readTensors(size, fetch, reading);
    } catch (const std::bad_alloc&) {
        return fail(ErrorCode::kTooLarge, reading.what, reading.where,
                    fmt::format("there is no memory for its {} bytes", size));
    }
}

// The larger elements first, so that all lie on multiples of their size.
std::vector<StateDict::const_iterator> inFileOrder(const StateDict& tensors) {
    std::vector<StateDict::const_iterator> order;
    for (auto it = tensors.begin(); it != tensors.end(); ++it) order.push_back(it);
    std::stable_sort(order.begin(), order.end(), [](const auto& a, const auto& b) {
        return itemSize(a->second.dtype) > itemSize(b->second.dtype);
    });
    return order;
}

// The first part of the file: length and JSON.
std::string headerOf(const TensorFile& file, const std::vector<StateDict::const_iterator>& order) {
    Json::Object header;
    if (!file.metadata.empty()) {
        Json::Object metadata;
        for (const auto& [key, value] : file.metadata) metadata[key] = {value};
        header[kMetadataKey] = {std::move(metadata)};
    }
    std::uint64_t begin = 0;
    for (const auto& it : order) {
        const auto& [name, tensor] = *it;
        CORE_CHECK(name != kMetadataKey);
        CORE_CHECK(tensor.bytes.size() == static_cast<std::size_t>(tensor.elements()) * itemSize(tensor.dtype));
        Json::Array shape;
        for (const std::int64_t dimension : tensor.shape) shape.push_back({static_cast<std::uint64_t>(dimension)});
        const std::uint64_t end = begin + tensor.bytes.size();
        header[name] = {Json::Object{{"dtype", {std::string(dtypeName(tensor.dtype))}},
                                     {"shape", {std::move(shape)}},
                                     {"data_offsets", {Json::Array{{begin}, {end}}}}}};
        begin = end;
    }
    std::string text = jsonText({std::move(header)});
    text.append((8 - text.size() % 8) % 8, ' ');
    const std::uint64_t length = text.size();
    std::string first(kLengthBytes, '\0');
    std::memcpy(first.data(), &length, kLengthBytes);
    return first + text;
}

}  // namespace

Result<TensorFile> readSafetensors(const std::filesystem::path& path) {
    const auto input = InputFile::open(path, kWhat);
    if (!input) return tl::unexpected(input.error());
    const Fetch fetch = [&](std::uint64_t offset, std::span<std::byte> bytes) { return input->readAt(offset, bytes); };
    return readTensorsWithinMemory(input->size(), fetch, {kWhat, path.string()});
}

Result<TensorFile> parseSafetensors(std::span<const std::byte> bytes, const std::string& name) {
    const Fetch fetch = [&](std::uint64_t offset, std::span<std::byte> to) -> Result<> {
        if (!to.empty()) std::memcpy(to.data(), bytes.data() + offset, to.size());
        return {};
    };
    return readTensorsWithinMemory(bytes.size(), fetch, {kWhat, name});
}

Result<> writeSafetensors(const std::filesystem::path& path, const TensorFile& file) {
    const auto order = inFileOrder(file.tensors);
    AtomicFile out(path);
    if (auto ok = out.open(); !ok) return ok;
    if (auto ok = out.write(headerOf(file, order)); !ok) return ok;
    for (const auto& it : order) {
        if (auto ok = out.write(it->second.bytes); !ok) return ok;
    }
    return out.commit();
}

std::string serializeSafetensors(const TensorFile& file) {
    const auto order = inFileOrder(file.tensors);
    std::string out = headerOf(file, order);
    for (const auto& it : order) {
        const std::vector<std::byte>& bytes = it->second.bytes;
        out.append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    }
    return out;
}

}  // namespace condenser
