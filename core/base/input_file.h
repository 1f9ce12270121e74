// A regular file, open for reading at any place.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>

#include "base/result.h"

namespace condenser {

class InputFile {
  public:
    // Folders, devices and pipes are refused (a pipe without a writer would block for ever). `what` begins the errors
    // of this file: "cannot read the model".
    static Result<InputFile> open(const std::filesystem::path& path, std::string what = "cannot read the file");
    InputFile(InputFile&& other) noexcept;
    InputFile& operator=(InputFile&& other) noexcept;
    ~InputFile();

    // Bytes, as it was when opened.
    std::uint64_t size() const { return m_size; }

    // Fills `bytes` from `offset` on. Fewer bytes than that is an error: somebody shortens the file meanwhile.
    Result<> readAt(std::uint64_t offset, std::span<std::byte> bytes) const;

  private:
    InputFile(int file, std::uint64_t size, std::string what, std::string where)
        : m_file(file), m_size(size), m_what(std::move(what)), m_where(std::move(where)) {}

    int m_file = -1;
    std::uint64_t m_size = 0;
    std::string m_what, m_where;
};

}  // namespace condenser
