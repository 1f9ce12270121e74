// TARGET.part: what has come of a file so far, kept over broken connections and ended programs. Beside it stands
// TARGET.part.version, with the server's word for which version of the file this is.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"

namespace condenser {

class PartialFile {
  public:
    // Made if absent, else taken over. Refused while another PartialFile of this target lives, in whatever process.
    static Result<PartialFile> open(const std::filesystem::path& target);
    PartialFile(PartialFile&& other) noexcept;
    PartialFile& operator=(PartialFile&&) = delete;
    ~PartialFile();  // what was not flushed is lost

    const std::filesystem::path& path() const { return m_path; }
    std::uint64_t size() const { return m_stored + m_waiting.size(); }
    const std::string& version() const { return m_version; }  // may be empty

    // Empty again, to become a file of this version.
    Result<> restart(const std::string& version);
    // Gathers a few megabytes at a time; an error leaves what was stored before.
    Result<> append(std::span<const std::byte> bytes);
    Result<> flush();
    // Becomes the target. To be flushed before.
    Result<> publish();
    // Nothing of it is left.
    void remove();

  private:
    PartialFile(std::filesystem::path target, std::filesystem::path part, int lock);

    std::filesystem::path m_target, m_path, m_versionPath;
    int m_lock;  // the file itself, with a lock on it
    std::uint64_t m_stored = 0;
    std::vector<std::byte> m_waiting;
    std::string m_version;
};

}  // namespace condenser
