#include "exchange/torch_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <map>
#include <new>
#include <optional>
#include <string_view>
#include <vector>

#include "base/atomic_file.h"
#include "base/input_file.h"
#include "exchange/pickle.h"
#include "exchange/zip_archive.h"

namespace condenser {
namespace {

static_assert(std::endian::native == std::endian::little, "tensors are copied from files as they are");

constexpr const char* kWhat = "cannot read the checkpoint";
constexpr std::uint64_t kMaxFileBytes = std::uint64_t{4} << 30;
constexpr std::uint64_t kNewestZipVersion = 10;
constexpr std::int64_t kLegacyProtocol = 1001;
// 0x1950a86a20f9469cfc6c as a pickle writes it.
constexpr std::string_view kLegacyMagic("\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19", 10);
constexpr std::size_t kTarMagicAt = 257;

bool isZip(std::span<const std::byte> bytes) {
    return bytes.size() >= 4 &&
           (std::memcmp(bytes.data(), "PK\3\4", 4) == 0 || std::memcmp(bytes.data(), "PK\5\6", 4) == 0);
}

// A safetensors file may begin with the same bytes, being the length of its header, but then goes on with "{".
bool isPickle(std::span<const std::byte> bytes) {
    return bytes.size() >= 2 && bytes[0] == std::byte{0x80} && bytes[1] <= std::byte{5} &&
           (bytes.size() <= 8 || bytes[8] != std::byte{'{'});
}

bool isTar(std::span<const std::byte> bytes) {
    return bytes.size() > kTarMagicAt + 5 && std::memcmp(bytes.data() + kTarMagicAt, "ustar", 5) == 0;
}

// ---- tensors --------------------------------------------------------------------------------------------------------

Result<> checkTotal(const TorchState& state, std::uint64_t fileBytes, const Reading& reading) {
    std::uint64_t total = 0;
    for (const TensorRef& tensor : state.tensors) {
        if (__builtin_add_overflow(total, tensor.bytes(), &total) || total > mostUnpacked(fileBytes)) {
            return fail(
                ErrorCode::kTooLarge, reading.what, reading.where,
                fmt::format("its tensors repeat their data to more than {} bytes, out of {}; tensor {} with the "
                            "shape {} is the one too much",
                            mostUnpacked(fileBytes), fileBytes, inQuotes(tensor.name), shapeText(tensor.shape)));
        }
    }
    return {};
}

// The elements of a tensor, one behind the other. `storage` is the whole of it.
StoredTensor gather(const TensorRef& tensor, std::span<const std::byte> storage) {
    const std::size_t item = itemSize(tensor.storage.dtype), dimensions = tensor.shape.size();
    StoredTensor made{tensor.storage.dtype, tensor.shape, std::vector<std::byte>(tensor.bytes())};
    if (made.bytes.empty()) return made;
    // As many of the last dimensions as lie in one piece are copied in one.
    std::size_t outer = dimensions;
    std::int64_t run = 1;
    while (outer > 0 && (tensor.strides[outer - 1] == run || tensor.shape[outer - 1] == 1))
        run *= tensor.shape[--outer];
    const std::size_t runBytes = static_cast<std::size_t>(run) * item;
    std::vector<std::int64_t> at(outer, 0);
    std::int64_t from = tensor.storage.begin + tensor.offset;
    for (std::size_t to = 0; to < made.bytes.size(); to += runBytes) {
        std::memcpy(made.bytes.data() + to, storage.data() + static_cast<std::size_t>(from) * item, runBytes);
        for (std::size_t d = outer; d > 0; --d) {
            from += tensor.strides[d - 1];
            if (++at[d - 1] < tensor.shape[d - 1]) break;
            from -= tensor.strides[d - 1] * tensor.shape[d - 1];
            at[d - 1] = 0;
        }
    }
    return made;
}

// The bytes that so many elements take; nullopt where the product passes what a file can have.
std::optional<std::uint64_t> bytesOf(const StorageRef& storage) {
    std::uint64_t bytes = 0;
    if (__builtin_mul_overflow(static_cast<std::uint64_t>(storage.elements), itemSize(storage.dtype), &bytes)) {
        return std::nullopt;
    }
    return bytes;
}

tl::unexpected<Error> wrongSize(const StorageRef& storage, std::uint64_t found, const Reading& reading) {
    return reading.bad(fmt::format("its storage {} has {} bytes, and {} elements of {} are expected",
                                   inQuotes(storage.key), found, storage.elements, dtypeName(storage.dtype)));
}

// ---- zip archives ---------------------------------------------------------------------------------------------------

// "archive/" of "archive/data.pkl"; the folder has the name that the file had.
Result<std::string> topFolder(const ZipArchive& archive, const Reading& reading) {
    constexpr std::string_view kPickleName = "data.pkl";
    std::optional<std::string> top;
    for (const auto& [name, entry] : archive.entries()) {
        const std::size_t slash = name.find('/');
        if (slash == std::string::npos || std::string_view(name).substr(slash + 1) != kPickleName) continue;
        if (top) return reading.bad("it is a zip archive with more than one data.pkl");
        top = name.substr(0, slash + 1);
    }
    if (!top) return reading.bad("it is a zip archive, but no checkpoint: there is no data.pkl in it");
    if (archive.entries().contains(*top + "constants.pkl")) {
        return fail(ErrorCode::kUnsupported, reading.what, reading.where,
                    "it holds a TorchScript program, and not a state dict",
                    "save the weights alone, as in torch.save(model.state_dict(), FILE)");
    }
    return *top;
}

// A small text entry without the white space around it; empty if there is none of that name.
Result<std::string> note(const ZipArchive& archive, const std::string& name) {
    constexpr std::uint64_t kMaxNote = 64;
    const auto found = archive.entries().find(name);
    if (found == archive.entries().end() || found->second.size > kMaxNote) return std::string();
    const auto bytes = archive.read(name);
    if (!bytes) return tl::unexpected(bytes.error());
    std::string text(reinterpret_cast<const char*>(bytes->data()), bytes->size());
    while (!text.empty() && (text.back() == '\n' || text.back() == ' ')) text.pop_back();
    return text;
}

Result<> checkNotes(const ZipArchive& archive, const std::string& top, const Reading& reading) {
    const auto unsupported = [&](std::string why) {
        return fail(ErrorCode::kUnsupported, reading.what, reading.where, std::move(why));
    };
    const auto order = note(archive, top + "byteorder"), version = note(archive, top + "version");
    for (const auto* read : {&order, &version}) {
        if (!*read) return tl::unexpected(read->error());
    }
    if (!order->empty() && *order != "little") {
        return unsupported(fmt::format("its byte order is {}, and only \"little\" can be read", inQuotes(*order)));
    }
    const bool digits = std::all_of(version->begin(), version->end(), [](char c) { return c >= '0' && c <= '9'; });
    if (!digits || version->size() > 4 || (!version->empty() && std::stoul(*version) > kNewestZipVersion)) {
        return unsupported(fmt::format("its container is of version {}, and {} is the newest that is known",
                                       inQuotes(*version), kNewestZipVersion));
    }
    return {};
}

Result<TorchFile> readZip(std::span<const std::byte> bytes, const Reading& reading) {
    const auto archive = ZipArchive::open(bytes, reading);
    if (!archive) return tl::unexpected(archive.error());
    const auto top = topFolder(*archive, reading);
    if (!top) return tl::unexpected(top.error());
    if (auto ok = checkNotes(*archive, *top, reading); !ok) return tl::unexpected(ok.error());
    const auto program = archive->read(*top + "data.pkl");
    if (!program) return tl::unexpected(program.error());
    std::size_t offset = 0;
    const auto pickle = Pickle::read(*program, offset, reading);
    if (!pickle) return tl::unexpected(pickle.error());
    const auto state = torchStateOf(*pickle, reading);
    if (!state) return tl::unexpected(state.error());

    const auto entryOf = [&](std::string_view key) { return *top + "data/" + std::string(key); };
    std::map<std::string_view, std::vector<const TensorRef*>> byStorage;
    for (const TensorRef& tensor : state->tensors) {
        const auto entry = archive->entries().find(entryOf(tensor.storage.key));
        if (entry == archive->entries().end()) {
            return reading.bad(fmt::format("its storage {} has no entry in the archive", inQuotes(tensor.storage.key)));
        }
        if (bytesOf(tensor.storage) != entry->second.size)
            return wrongSize(tensor.storage, entry->second.size, reading);
        byStorage[tensor.storage.key].push_back(&tensor);
    }
    if (auto ok = checkTotal(*state, bytes.size(), reading); !ok) return tl::unexpected(ok.error());
    // A storage is unpacked once, and given back before the next.
    TorchFile file;
    file.facts = state->facts;
    for (const auto& [key, tensors] : byStorage) {
        const auto storage = archive->read(entryOf(key));
        if (!storage) return tl::unexpected(storage.error());
        for (const TensorRef* tensor : tensors) file.tensors.emplace(tensor->name, gather(*tensor, *storage));
    }
    return file;
}

// ---- the stream before that -----------------------------------------------------------------------------------------

bool isLittleEndian(const Pickle& machine) {
    if (!machine.is(machine.root(), Pickle::Kind::kDict)) return false;
    const std::vector<Pickle::Id> items = machine.items(machine.root());
    for (std::size_t i = 0; i < items.size(); i += 2) {
        if (!machine.is(items[i], Pickle::Kind::kText) || machine.text(items[i]) != "little_endian") continue;
        return machine.is(items[i + 1], Pickle::Kind::kBool) && machine.integer(items[i + 1]) == 1;
    }
    return false;
}

// The bytes of each storage, by its key. They begin at `at`.
Result<std::map<std::string_view, std::span<const std::byte>>> findStorages(std::span<const std::byte> bytes,
                                                                            std::size_t at, const Pickle& keys,
                                                                            const std::vector<StorageRef>& named,
                                                                            const Reading& reading) {
    std::map<std::string_view, StorageRef> known;
    for (const StorageRef& storage : named) {
        const StorageRef& first = known.emplace(storage.key, storage).first->second;
        if (first.dtype != storage.dtype || first.elements != storage.elements) {
            return reading.bad(fmt::format("its storage {} is described in two ways", inQuotes(storage.key)));
        }
    }
    if (!keys.is(keys.root(), Pickle::Kind::kList)) return reading.bad("the keys of its storages are no list");
    std::map<std::string_view, std::span<const std::byte>> found;
    for (const Pickle::Id key : keys.items(keys.root())) {
        const auto storage = keys.is(key, Pickle::Kind::kText) ? known.find(keys.text(key)) : known.end();
        if (storage == known.end()) return reading.bad("it lists a storage that no tensor lies in");
        std::int64_t count = 0;
        if (bytes.size() - at < sizeof count) return reading.bad("it is cut short, between its storages");
        std::memcpy(&count, bytes.data() + at, sizeof count);
        at += sizeof count;
        const std::size_t item = itemSize(storage->second.dtype);
        if (count < 0 || static_cast<std::uint64_t>(count) > (bytes.size() - at) / item) {
            return reading.bad(
                fmt::format("it is cut short, or damaged: its storage {} announces {} elements of {}, and "
                            "{} bytes follow",
                            inQuotes(storage->first), count, dtypeName(storage->second.dtype), bytes.size() - at));
        }
        const std::size_t size = static_cast<std::size_t>(count) * item;
        if (count != storage->second.elements) return wrongSize(storage->second, size, reading);
        if (!found.emplace(storage->first, bytes.subspan(at, size)).second) {
            return reading.bad(fmt::format("its storage {} occurs twice", inQuotes(storage->first)));
        }
        at += size;
    }
    return found;
}

// Five pickles: a magic number, the protocol, the machine, the object, the keys of its storages; then the storages in
// the order of these keys, each a count of elements and their bytes.
Result<TorchFile> readStream(std::span<const std::byte> bytes, const Reading& reading) {
    std::size_t at = 0;
    std::vector<Pickle> pickles;
    const auto next = [&]() -> Result<> {
        auto pickle = Pickle::read(bytes, at, reading);
        if (!pickle) return tl::unexpected(pickle.error());
        pickles.push_back(std::move(*pickle));
        return {};
    };
    if (auto ok = next(); !ok) return tl::unexpected(ok.error());
    const Pickle& magic = pickles.front();
    if (!magic.is(magic.root(), Pickle::Kind::kBigInt) || magic.text(magic.root()) != kLegacyMagic) {
        return reading.bad("it is a pickle, but no checkpoint: it does not begin with PyTorch's magic number");
    }
    for (int i = 1; i < 5; ++i) {
        if (auto ok = next(); !ok) return tl::unexpected(ok.error());
    }
    const Pickle &protocol = pickles[1], &machine = pickles[2], &object = pickles[3], &keys = pickles[4];
    if (!protocol.is(protocol.root(), Pickle::Kind::kInt) || protocol.integer(protocol.root()) != kLegacyProtocol) {
        return fail(ErrorCode::kUnsupported, reading.what, reading.where,
                    fmt::format("its stream is not of protocol {}", kLegacyProtocol));
    }
    if (!isLittleEndian(machine)) {
        return fail(ErrorCode::kUnsupported, reading.what, reading.where,
                    "it does not say that its byte order is little-endian, and no other can be read");
    }
    const auto state = torchStateOf(object, reading);
    if (!state) return tl::unexpected(state.error());
    const auto named = storagesOf(object, reading);
    if (!named) return tl::unexpected(named.error());
    const auto storages = findStorages(bytes, at, keys, *named, reading);
    if (!storages) return tl::unexpected(storages.error());
    if (auto ok = checkTotal(*state, bytes.size(), reading); !ok) return tl::unexpected(ok.error());

    TorchFile file;
    file.facts = state->facts;
    for (const TensorRef& tensor : state->tensors) {
        const auto storage = storages->find(tensor.storage.key);
        if (storage == storages->end()) {
            return reading.bad(fmt::format("its storage {} is not in the file", inQuotes(tensor.storage.key)));
        }
        file.tensors.emplace(tensor.name, gather(tensor, storage->second));
    }
    return file;
}

Result<TorchFile> parse(std::span<const std::byte> bytes, const Reading& reading) {
    if (isZip(bytes)) return readZip(bytes, reading);
    if (isPickle(bytes)) return readStream(bytes, reading);
    if (isTar(bytes)) {
        return fail(ErrorCode::kUnsupported, reading.what, reading.where,
                    "it is a tar archive, as PyTorch wrote them in its first months",
                    "load it with that PyTorch and save it again");
    }
    return reading.bad(bytes.empty() ? "it is empty"
                                     : "it is no PyTorch checkpoint: neither a zip archive nor a stream of pickles");
}

}  // namespace

Result<TorchFile> parseTorchFile(std::span<const std::byte> bytes, const std::string& name) {
    const Reading reading{kWhat, name};
    try {
        return parse(bytes, reading);
    } catch (const std::bad_alloc&) {
        return fail(ErrorCode::kTooLarge, kWhat, name,
                    fmt::format("there is no memory for its {} bytes", bytes.size()));
    }
}

Result<TorchFile> readTorchFile(const std::filesystem::path& path) {
    auto bytes = readWholeFile(path, kMaxFileBytes);
    if (!bytes) {
        bytes.error().what = kWhat;
        return tl::unexpected(bytes.error());
    }
    return parseTorchFile(std::as_bytes(std::span(*bytes)), path.string());
}

Result<bool> looksLikeTorchFile(const std::filesystem::path& path) {
    const auto input = InputFile::open(path, "cannot read the model");
    if (!input) return tl::unexpected(input.error());
    std::array<std::byte, 16> bytes{};
    const auto start = std::span(bytes).first(std::min<std::uint64_t>(bytes.size(), input->size()));
    if (auto ok = input->readAt(0, start); !ok) return tl::unexpected(ok.error());
    return isZip(start) || isPickle(start);
}

}  // namespace condenser
