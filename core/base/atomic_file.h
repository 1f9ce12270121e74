// Files that are either the old one or the new one, never half of each; and logs that only ever grow by whole pieces.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"

namespace condenser {

// Writes beside the target (same folder, a name of its own), checks every write, and on commit(): fsync, close, rename
// over the target, fsync of the folder. Without a successful commit() the target stays as it was and the temporary
// file is removed. After an error every later call returns that error.
//
// A target that is a symbolic link is written where the link points; its permissions stay; one that is not a regular
// file (a folder, a device) is refused. Only that last fsync of the folder can fail with the target already replaced.
class AtomicFile {
  public:
    explicit AtomicFile(std::filesystem::path target);
    ~AtomicFile();
    AtomicFile(const AtomicFile&) = delete;
    AtomicFile& operator=(const AtomicFile&) = delete;

    Result<> open();
    Result<> write(std::span<const std::byte> bytes);
    Result<> write(std::string_view text);
    Result<> commit();
    // As commit(), but never over another file: false, and nothing is left, where the name was taken since open().
    Result<bool> commitNew();

  private:
    Result<> failed(int error);
    Result<> close();
    Result<> renamed();
    void abandon();

    std::filesystem::path m_target;
    std::filesystem::path m_temporary;  // empty: there is none on the disk
    int m_file = -1;
    std::optional<Error> m_error;
};

// The three calls above in one.
Result<> writeFileAtomically(const std::filesystem::path& target, std::string_view content);

// Replaces `to` by `from`, both in the same folder, and flushes the folder.
Result<> renameDurably(const std::filesystem::path& from, const std::filesystem::path& to);

// Whether AtomicFile gives its temporary files names like this one's.
bool isTemporaryFile(const std::filesystem::path& path);

// Removes the temporary files that AtomicFile left in a folder because its process was killed. Only where no other
// process writes into that folder.
void removeTemporaryFiles(const std::filesystem::path& folder);

// The whole file, refused above `limit` bytes before anything is allocated.
Result<std::string> readWholeFile(const std::filesystem::path& path, std::size_t limit);

// Appends to `path` (made if absent), checks the write and flushes it to the disk. After an error the file is cut back
// to what it was, as far as the disk lets us.
Result<> appendToFile(const std::filesystem::path& path, std::span<const std::byte> bytes);
Result<> appendToFile(const std::filesystem::path& path, std::string_view text);

// Cuts an existing file to its first `size` bytes and flushes that to the disk.
Result<> cutFile(const std::filesystem::path& path, std::uint64_t size);

}  // namespace condenser
