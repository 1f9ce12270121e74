// Archives for tests, sound ones and others.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace condenser::test {

struct TarEntry {
    enum class Kind { kFile, kFolder, kSymbolicLink, kHardLink, kPipe };

    std::string name;
    std::string content = {};  // of a file; where a link points
    Kind kind = Kind::kFile;
};

// The bytes of a tar archive.
std::string makeTar(const std::vector<TarEntry>& entries);

// The bytes of a .gz with this content.
std::string makeGzip(std::string_view content);

}  // namespace condenser::test
