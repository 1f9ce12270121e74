#include "data/archive.h"

#include <archive.h>
#include <archive_entry.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "base/crc32.h"
#include "base/input_file.h"

namespace condenser {
namespace {

constexpr const char* kWhat = "cannot unpack the archive";
constexpr const char* kAgain = "download or copy it again";

using Bytes = std::span<const std::byte>;

// Packed bytes, from a file or from memory, piece by piece.
class Packed {
  public:
    Packed(Bytes memory, std::string name) : m_memory(memory), m_name(std::move(name)), m_size(memory.size()) {}
    Packed(const InputFile& file, std::string name, std::stop_token stop)
        : m_file(&file), m_name(std::move(name)), m_stop(std::move(stop)), m_size(file.size()) {}

    const std::string& name() const { return m_name; }
    std::uint64_t size() const { return m_size; }
    std::uint64_t taken() const { return m_taken; }

    // Empty at the end.
    Result<Bytes> next() {
        if (m_stop.stop_requested()) return fail(ErrorCode::kCancelled, kWhat, m_name, "it was stopped");
        const std::size_t count = std::min<std::uint64_t>(kPiece, m_size - m_taken);
        auto piece = at(m_taken, count);
        if (piece) m_taken += count;
        return piece;
    }
    // The bytes [offset, offset + count), which must be there; count is at most kPiece. Valid until the next call.
    Result<Bytes> at(std::uint64_t offset, std::size_t count) {
        if (m_file == nullptr) return m_memory.subspan(offset, count);
        m_piece.resize(count);
        if (auto read = m_file->readAt(offset, m_piece); !read) return tl::unexpected(read.error());
        return Bytes(m_piece);
    }

  private:
    static constexpr std::size_t kPiece = 1 << 16;

    Bytes m_memory;
    const InputFile* m_file = nullptr;  // null: it is the memory
    std::string m_name;
    std::stop_token m_stop;
    std::uint64_t m_size, m_taken = 0;
    std::vector<std::byte> m_piece;
};

// libarchive, reading what `pull` gives until that is empty.
class Reader {
  public:
    using Pull = std::function<Result<Bytes>()>;
    enum class Kind { kTar, kGzip };  // kGzip: one entry, the content

    Reader(Kind kind, std::string name, Pull pull)
        : m_kind(kind), m_name(std::move(name)), m_pull(std::move(pull)), m_archive(archive_read_new()) {}
    Reader(const Reader&) = delete;  // libarchive knows where it stands

    Result<> open() {
        if (!m_archive) throw std::bad_alloc();
        archive_read_support_format_empty(m_archive.get());
        if (m_kind == Kind::kTar) {
            archive_read_support_format_tar(m_archive.get());
        } else {
            archive_read_support_filter_gzip(m_archive.get());
            archive_read_support_format_raw(m_archive.get());
        }
        if (archive_read_open(m_archive.get(), this, nullptr, &Reader::readCallback, nullptr) != ARCHIVE_OK) {
            return damaged();
        }
        // Whatever does not look like gzip would pass as it is, and what is packed twice would be unpacked twice.
        const bool unpacks = archive_filter_count(m_archive.get()) == 2 &&
                             archive_filter_code(m_archive.get(), 0) == ARCHIVE_FILTER_GZIP;
        if (m_kind == Kind::kGzip && !unpacks) return damaged();
        return {};
    }

    // Null at the end.
    Result<archive_entry*> nextEntry() {
        archive_entry* entry = nullptr;
        const int status = archive_read_next_header(m_archive.get(), &entry);
        if (status == ARCHIVE_EOF) return nullptr;
        if (status != ARCHIVE_OK && status != ARCHIVE_WARN) return damaged();
        m_offset = 0;
        return entry;
    }

    // Of the entry's content; empty at its end.
    Result<Bytes> nextBlock() {
        for (;;) {
            const void* block = nullptr;
            std::size_t size = 0;
            la_int64_t offset = 0;
            const int status = archive_read_data_block(m_archive.get(), &block, &size, &offset);
            if (status == ARCHIVE_EOF) return Bytes();
            if (status != ARCHIVE_OK && status != ARCHIVE_WARN) return damaged();
            if (size == 0) continue;
            // A sparse file could state gigabytes of nothing.
            if (offset != m_offset) {
                return fail(ErrorCode::kUnsupported, kWhat, m_name, "it holds a sparse file",
                            "pack it without --sparse");
            }
            m_offset += static_cast<la_int64_t>(size);
            return Bytes(static_cast<const std::byte*>(block), size);
        }
    }

  private:
    struct Free {
        void operator()(archive* a) const { archive_read_free(a); }
    };

    static la_ssize_t readCallback(archive* a, void* self, const void** buffer) {
        Reader& reader = *static_cast<Reader*>(self);
        Result<Bytes> piece;
        try {
            piece = reader.m_pull();
        } catch (const std::bad_alloc&) {  // no exception goes through a library in C
            piece = fail(ErrorCode::kTooLarge, kWhat, reader.m_name, "not enough memory");
        }
        if (!piece) {
            reader.m_error = piece.error();
            archive_set_error(a, EIO, "no more bytes");
            return -1;
        }
        *buffer = piece->data();
        return static_cast<la_ssize_t>(piece->size());
    }

    tl::unexpected<Error> damaged() const {
        if (m_error) return tl::unexpected(*m_error);
        const char* said = archive_error_string(m_archive.get());
        return fail(ErrorCode::kBadFormat, kWhat, m_name,
                    fmt::format("it is damaged or cut short ({})", said != nullptr ? said : "it is no gzip file"),
                    kAgain);
    }

    Kind m_kind;
    std::string m_name;
    Pull m_pull;
    std::optional<Error> m_error;  // of `pull`
    la_int64_t m_offset = 0;
    std::unique_ptr<archive, Free> m_archive;
};

// What comes out of gzip, counted and checked.
class Inflated {
  public:
    Inflated(Packed& packed, const ArchiveLimits& limits)
        : m_packed(packed),
          m_limits(limits),
          m_reader(Reader::Kind::kGzip, packed.name(), [&packed] { return packed.next(); }) {}

    Result<> open() {
        if (auto opened = m_reader.open(); !opened) return opened;
        auto entry = m_reader.nextEntry();
        if (!entry) return tl::unexpected(entry.error());
        m_ended = *entry == nullptr;
        return {};
    }

    // Empty at the end.
    Result<Bytes> next() {
        if (m_ended) return Bytes();
        auto block = m_reader.nextBlock();
        if (!block) return block;
        if (block->empty()) {
            m_ended = true;
            if (auto checked = checkSum(); !checked) return tl::unexpected(checked.error());
            return block;
        }
        m_count += block->size();
        m_crc = crc32(*block, m_crc);
        if (m_count > m_limits.totalBytes) {
            return fail(ErrorCode::kTooLarge, kWhat, m_packed.name(),
                        fmt::format("it unpacks to more than {} bytes", m_limits.totalBytes));
        }
        if (m_count > m_limits.freeBytes && m_count / m_limits.ratio > m_packed.taken()) {
            return fail(ErrorCode::kTooLarge, kWhat, m_packed.name(),
                        fmt::format("it unpacks to more than {} times its size", m_limits.ratio));
        }
        return block;
    }

  private:
    // libarchive does not look at the trailer: checksum and length. Where the length is another, there are several
    // members one behind the other, each with its own, and nothing can be said.
    Result<> checkSum() {
        constexpr std::size_t kTrailer = 8;
        if (m_packed.size() < kTrailer) return {};
        auto trailer = m_packed.at(m_packed.size() - kTrailer, kTrailer);
        if (!trailer) return tl::unexpected(trailer.error());
        const auto number = [&](std::size_t at) {
            std::uint32_t value = 0;
            for (std::size_t i = 4; i > 0; --i)
                value = value << 8 | std::to_integer<std::uint32_t>((*trailer)[at + i - 1]);
            return value;
        };
        if (number(4) != static_cast<std::uint32_t>(m_count) || number(0) == m_crc) return {};
        return fail(ErrorCode::kBadFormat, kWhat, m_packed.name(), "it is damaged (its checksum does not fit)", kAgain);
    }

    Packed& m_packed;
    const ArchiveLimits& m_limits;
    Reader m_reader;
    std::uint64_t m_count = 0;
    std::uint32_t m_crc = 0;
    bool m_ended = false;
};

// How it is packed, by its first bytes.
enum class Packing { kGzip, kNone };

Result<Packing> packingOf(Packed& packed) {
    struct Foreign {
        std::string_view signature;
        const char* name;
    };
    static constexpr std::array<Foreign, 5> kForeign = {{{"\xFD"
                                                          "7zXZ",
                                                          "xz"},
                                                         {"BZh", "bzip2"},
                                                         {"\x28\xB5\x2F\xFD", "zstd"},
                                                         {"7z\xBC\xAF", "7-zip"},
                                                         {"PK\x03\x04", "zip"}}};
    constexpr std::size_t kLook = 6;
    const auto first = packed.at(0, std::min<std::uint64_t>(packed.size(), kLook));
    if (!first) return tl::unexpected(first.error());
    if (first->empty()) return fail(ErrorCode::kBadFormat, kWhat, packed.name(), "the file is empty", kAgain);
    const std::string_view text(reinterpret_cast<const char*>(first->data()), first->size());
    if (text.starts_with("\x1f\x8b")) return Packing::kGzip;
    for (const Foreign& foreign : kForeign) {
        if (!text.starts_with(foreign.signature)) continue;
        return fail(ErrorCode::kUnsupported, kWhat, packed.name(),
                    fmt::format("it is packed with {}, and tar, alone or with gzip, is expected", foreign.name),
                    "unpack it, and give the folder");
    }
    return Packing::kNone;
}

// All of the entry's content. `stated` is no more than a hint for the first allocation.
template <class Next>
Result<std::string> gather(const Next& next, std::uint64_t stated, const Packed& packed, const ArchiveLimits& limits) {
    std::string content;
    const std::uint64_t possible = limits.freeBytes / 64 + packed.size() * std::min<std::uint64_t>(limits.ratio, 8);
    content.reserve(std::min({stated, limits.entryBytes, possible}));
    for (;;) {
        const Result<Bytes> block = next();
        if (!block) return tl::unexpected(block.error());
        if (block->empty()) return content;
        if (block->size() > limits.entryBytes - content.size()) {
            return fail(ErrorCode::kTooLarge, kWhat, packed.name(),
                        fmt::format("a file in it has more than {} bytes", limits.entryBytes));
        }
        content.append(reinterpret_cast<const char*>(block->data()), block->size());
    }
}

// The name by which visitors know an entry; empty: it is to be passed over.
std::string safeName(archive_entry* entry) {
    if (archive_entry_filetype(entry) != AE_IFREG || archive_entry_hardlink(entry) != nullptr) return {};
    const char* stored = archive_entry_pathname(entry);  // null: not to be had in this locale
    std::string_view name = stored != nullptr ? stored : "";
    while (name.starts_with("./")) name.remove_prefix(2);
    if (name.starts_with('/') || name.find('\\') != name.npos) return {};
    for (std::size_t begin = 0; begin <= name.size();) {
        const std::size_t end = std::min(name.find('/', begin), name.size());
        if (name.substr(begin, end - begin) == "..") return {};
        begin = end + 1;
    }
    return std::string(name);
}

Result<> walk(Packed& packed, const ArchiveLimits& limits, const ArchiveVisitor& visitor) {
    const auto packing = packingOf(packed);
    if (!packing) return tl::unexpected(packing.error());
    std::optional<Inflated> inflated;
    if (*packing == Packing::kGzip) {
        if (auto opened = inflated.emplace(packed, limits).open(); !opened) return opened;
    }
    Reader tar(Reader::Kind::kTar, packed.name(), [&] { return inflated ? inflated->next() : packed.next(); });
    if (auto opened = tar.open(); !opened) return opened;
    for (std::int64_t count = 0;; ++count) {
        const auto entry = tar.nextEntry();
        if (!entry) return tl::unexpected(entry.error());
        if (*entry == nullptr) break;
        if (count == limits.entries) {
            return fail(ErrorCode::kTooLarge, kWhat, packed.name(),
                        fmt::format("it has more than {} entries", limits.entries));
        }
        const std::string name = safeName(*entry);
        if (name.empty() || !visitor.wants(name)) continue;
        const auto stated = static_cast<std::uint64_t>(std::max<la_int64_t>(0, archive_entry_size(*entry)));
        auto content = gather([&] { return tar.nextBlock(); }, stated, packed, limits);
        if (!content) return tl::unexpected(content.error());
        if (auto taken = visitor.take(name, std::move(*content)); !taken) return taken;
    }
    // tar may end before gzip does, whose checksum is at the very end.
    while (inflated) {
        const auto block = inflated->next();
        if (!block) return tl::unexpected(block.error());
        if (block->empty()) break;
    }
    return {};
}

Result<std::string> unpack(Packed& packed, const ArchiveLimits& limits) {
    const auto packing = packingOf(packed);
    if (!packing) return tl::unexpected(packing.error());
    if (*packing != Packing::kGzip) {
        return fail(ErrorCode::kBadFormat, kWhat, packed.name(), "it is not packed with gzip",
                    "if it is unpacked already, remove .gz from its name");
    }
    Inflated inflated(packed, limits);
    if (auto opened = inflated.open(); !opened) return tl::unexpected(opened.error());
    return gather([&] { return inflated.next(); }, limits.entryBytes, packed, limits);
}

}  // namespace

Result<> walkTar(const std::filesystem::path& path, const ArchiveLimits& limits, const std::stop_token& stop,
                 const ArchiveVisitor& visitor) {
    const auto file = InputFile::open(path, kWhat);
    if (!file) return tl::unexpected(file.error());
    Packed packed(*file, path.string(), stop);
    return walk(packed, limits, visitor);
}

Result<> walkTar(std::span<const std::byte> bytes, const std::string& name, const ArchiveLimits& limits,
                 const ArchiveVisitor& visitor) {
    Packed packed(bytes, name);
    return walk(packed, limits, visitor);
}

Result<std::string> unpackGzip(const std::filesystem::path& path, const ArchiveLimits& limits,
                               const std::stop_token& stop) {
    const auto file = InputFile::open(path, kWhat);
    if (!file) return tl::unexpected(file.error());
    Packed packed(*file, path.string(), stop);
    return unpack(packed, limits);
}

Result<std::string> unpackGzip(std::span<const std::byte> bytes, const std::string& name, const ArchiveLimits& limits) {
    Packed packed(bytes, name);
    return unpack(packed, limits);
}

}  // namespace condenser
