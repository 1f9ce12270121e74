#include "support/archives.h"

#include <archive.h>
#include <archive_entry.h>

#include <memory>
#include <stdexcept>

namespace condenser::test {
namespace {

using Writer = std::unique_ptr<archive, int (*)(archive*)>;
using Entry = std::unique_ptr<archive_entry, void (*)(archive_entry*)>;

void expect(archive* writer, la_ssize_t status) {
    if (status < 0) throw std::runtime_error(archive_error_string(writer));
}

la_ssize_t append(archive*, void* bytes, const void* piece, std::size_t size) {
    static_cast<std::string*>(bytes)->append(static_cast<const char*>(piece), size);
    return static_cast<la_ssize_t>(size);
}

// What `write` puts into an archive of this format and filter.
template <class Write>
std::string packed(int (*setFormat)(archive*), int (*addFilter)(archive*), const Write& write) {
    std::string bytes;
    Writer writer(archive_write_new(), &archive_write_free);
    expect(writer.get(), setFormat(writer.get()));
    expect(writer.get(), addFilter(writer.get()));
    archive_write_set_bytes_in_last_block(writer.get(), 1);  // nothing is filled up
    expect(writer.get(), archive_write_open(writer.get(), &bytes, nullptr, append, nullptr));
    write(writer.get());
    expect(writer.get(), archive_write_close(writer.get()));
    return bytes;
}

void writeEntry(archive* writer, const TarEntry& from) {
    const Entry entry(archive_entry_new(), &archive_entry_free);
    archive_entry_set_pathname(entry.get(), from.name.c_str());
    archive_entry_set_perm(entry.get(), 0644);
    switch (from.kind) {
        case TarEntry::Kind::kFile:
            archive_entry_set_filetype(entry.get(), AE_IFREG);
            archive_entry_set_size(entry.get(), static_cast<la_int64_t>(from.content.size()));
            break;
        case TarEntry::Kind::kFolder:
            archive_entry_set_filetype(entry.get(), AE_IFDIR);
            break;
        case TarEntry::Kind::kSymbolicLink:
            archive_entry_set_filetype(entry.get(), AE_IFLNK);
            archive_entry_set_symlink(entry.get(), from.content.c_str());
            break;
        case TarEntry::Kind::kHardLink:
            archive_entry_set_filetype(entry.get(), AE_IFREG);
            archive_entry_set_hardlink(entry.get(), from.content.c_str());
            break;
        case TarEntry::Kind::kPipe:
            archive_entry_set_filetype(entry.get(), AE_IFIFO);
            break;
    }
    expect(writer, archive_write_header(writer, entry.get()));
    if (from.kind == TarEntry::Kind::kFile) {
        expect(writer, archive_write_data(writer, from.content.data(), from.content.size()));
    }
}

}  // namespace

std::string makeTar(const std::vector<TarEntry>& entries) {
    return packed(archive_write_set_format_ustar, archive_write_add_filter_none, [&](archive* writer) {
        for (const TarEntry& entry : entries) writeEntry(writer, entry);
    });
}

std::string makeGzip(std::string_view content) {
    return packed(archive_write_set_format_raw, archive_write_add_filter_gzip, [&](archive* writer) {
        writeEntry(writer, {"content", std::string(content)});
    });
}

}  // namespace condenser::test
