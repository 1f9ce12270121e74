#include "exchange/zip_archive.h"

#include <fmt/format.h>
#include <zip.h>

#include <algorithm>
#include <string_view>

namespace condenser {
namespace {

constexpr std::size_t kMaxNameBytes = 1024;
// Weights hardly shrink at all; a mask of ones does, but a small one may.
constexpr std::uint64_t kAnyRatioUpTo = std::uint64_t{1} << 20;
constexpr std::uint64_t kMaxRatio = 100;

// Why an entry's name is not to be trusted; empty if it is.
std::string nameProblem(std::string_view name) {
    if (name.empty() || name.size() > kMaxNameBytes) return "is empty or very long";
    const auto isControl = [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; };
    if (std::any_of(name.begin(), name.end(), isControl)) return "has control characters in it";
    if (name.front() == '/' || name.find('\\') != std::string_view::npos) return "is absolute or has a backslash in it";
    for (std::size_t begin = 0; begin <= name.size();) {
        const std::size_t end = std::min(name.find('/', begin), name.size());
        if (name.substr(begin, end - begin) == "..") return "climbs out of the archive";
        begin = end + 1;
    }
    return {};
}

std::string wordsOf(const zip_error_t* error) {
    zip_error_t copy = *error;  // zip_error_strerror writes into it
    copy.str = nullptr;
    std::string words = zip_error_strerror(&copy);
    zip_error_fini(&copy);
    return words;
}

}  // namespace

void ZipArchive::Close::operator()(zip* archive) const {
    zip_discard(archive);
}

Result<ZipArchive> ZipArchive::open(std::span<const std::byte> bytes, Reading reading) {
    zip_error_t error;
    zip_error_init(&error);
    zip_source_t* source = zip_source_buffer_create(bytes.data(), bytes.size(), 0, &error);
    zip_t* opened = source == nullptr ? nullptr : zip_open_from_source(source, ZIP_RDONLY, &error);
    if (opened == nullptr) {
        if (source != nullptr) zip_source_free(source);
        return reading.bad(
            fmt::format("it begins as a zip archive, but is damaged or cut short ({})", wordsOf(&error)));
    }
    ZipArchive archive(std::unique_ptr<zip, Close>(opened), std::move(reading));
    if (auto ok = archive.list(bytes.size()); !ok) return tl::unexpected(ok.error());
    return archive;
}

Result<> ZipArchive::list(std::uint64_t archiveBytes) {
    const zip_int64_t count = zip_get_num_entries(m_archive.get(), 0);
    if (count > kMaxZipEntries) {
        return m_reading.bad(fmt::format("it has {} entries, and at most {} are expected", count, kMaxZipEntries));
    }
    std::uint64_t total = 0;
    for (zip_int64_t i = 0; i < count; ++i) {
        const auto index = static_cast<zip_uint64_t>(i);
        zip_stat_t status;
        constexpr zip_uint64_t kWanted = ZIP_STAT_NAME | ZIP_STAT_SIZE | ZIP_STAT_COMP_SIZE;
        // Raw: the bytes as they stand, whatever character set they are said to be in.
        if (zip_stat_index(m_archive.get(), index, ZIP_FL_ENC_RAW, &status) != 0 ||
            (status.valid & kWanted) != kWanted) {
            return m_reading.bad(fmt::format("entry {} of its directory cannot be read", i));
        }
        const std::string name = status.name;
        if (const std::string problem = nameProblem(name); !problem.empty()) {
            return m_reading.bad(fmt::format("the name of its entry {} {}", inQuotes(name), problem));
        }
        if (status.size > kAnyRatioUpTo && status.size / kMaxRatio > status.comp_size) {
            return fail(
                ErrorCode::kTooLarge, m_reading.what, m_reading.where,
                fmt::format("its entry {} would unpack {} bytes to {}", inQuotes(name), status.comp_size, status.size));
        }
        if (__builtin_add_overflow(total, status.size, &total) || total > mostUnpacked(archiveBytes)) {
            return fail(ErrorCode::kTooLarge, m_reading.what, m_reading.where,
                        fmt::format("its entries say that they unpack to more than {} bytes, out of {}",
                                    mostUnpacked(archiveBytes), archiveBytes));
        }
        if (!m_entries.emplace(name, Entry{index, status.size}).second) {
            return m_reading.bad(fmt::format("its entry {} occurs twice", inQuotes(name)));
        }
    }
    return {};
}

Result<std::vector<std::byte>> ZipArchive::read(const std::string& name) const {
    const Entry& entry = m_entries.at(name);
    const auto bad = [&](const std::string& why) {
        return m_reading.bad(fmt::format("its entry {} is damaged: {}", inQuotes(name), why));
    };
    zip_file_t* file = zip_fopen_index(m_archive.get(), entry.index, 0);
    if (file == nullptr) return bad(wordsOf(zip_get_error(m_archive.get())));
    const std::unique_ptr<zip_file_t, void (*)(zip_file_t*)> closing(file, [](zip_file_t* open) { zip_fclose(open); });
    std::vector<std::byte> bytes(entry.size);
    for (std::size_t done = 0; done < bytes.size();) {
        const zip_int64_t got = zip_fread(file, bytes.data() + done, bytes.size() - done);
        if (got < 0) return bad(wordsOf(zip_file_get_error(file)));
        if (got == 0) return bad(fmt::format("it has {} bytes, and {} are expected", done, entry.size));
        done += static_cast<std::size_t>(got);
    }
    // The CRC is looked at where the end is met.
    std::byte beyond{};
    const zip_int64_t rest = zip_fread(file, &beyond, 1);
    if (rest < 0) return bad(wordsOf(zip_file_get_error(file)));
    if (rest > 0) return bad(fmt::format("it goes on after its {} bytes", entry.size));
    return bytes;
}

}  // namespace condenser
