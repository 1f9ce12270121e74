#include "run/sorted_copies.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <map>
#include <set>
#include <span>
#include <string_view>
#include <system_error>
#include <utility>

#include "base/atomic_file.h"
#include "base/input_file.h"
#include "data/image_io.h"

namespace condenser {
namespace {

constexpr const char* kWhat = "cannot copy the pictures";
constexpr std::size_t kPiece = 1 << 20;        // bytes
constexpr std::size_t kLongestName = 240;      // bytes; of the 255 that file systems have, less " (12345)"
constexpr std::size_t kLongestExtension = 10;  // likewise
constexpr std::string_view kRemedy = "choose another folder";

// At most `most` bytes, and no half of a UTF-8 letter at the end.
void cut(std::string& text, std::size_t most) {
    if (text.size() <= most) return;
    while (most > 0 && (static_cast<unsigned char>(text[most]) & 0xC0) == 0x80) --most;
    text.resize(most);
}

// A name that any file system takes, a stick's too, and that a listing shows.
std::string safeName(std::string text) {
    for (char& letter : text) {
        const auto code = static_cast<unsigned char>(letter);
        if (code < 0x20 || code == 0x7F || std::string_view("/\\:*?\"<>|").find(letter) != std::string_view::npos)
            letter = '_';
    }
    if (text.size() > kLongestName) {
        // What it is stays.
        const std::string extension = std::filesystem::path(text).extension().string();
        const bool keeps = extension.size() <= kLongestExtension;
        cut(text, kLongestName - (keeps ? extension.size() : 0));
        if (keeps) text += extension;
    }
    while (!text.empty() && (text.back() == '.' || text.back() == ' ')) text.pop_back();
    if (text.empty()) return "_";
    if (text.front() == '.') text.front() = '_';
    return text;
}

std::string inSmallLetters(std::string text) {
    for (char& letter : text) {
        if (letter >= 'A' && letter <= 'Z') letter = static_cast<char>(letter - 'A' + 'a');
    }
    return text;
}

std::string numbered(const std::string& stem, int number) {
    return number == 1 ? stem : fmt::format("{} ({})", stem, number);
}

// A folder for each class, told apart also where capital letters are the same as small ones.
std::map<std::string, std::string> foldersOf(const std::vector<SortedPicture>& pictures) {
    std::set<std::string> classes, taken;
    for (const SortedPicture& picture : pictures) classes.insert(picture.answer);
    std::map<std::string, std::string> folders;
    // Those first that can be called what they are.
    for (const bool asItIs : {true, false}) {
        for (const std::string& name : classes) {
            const std::string wanted = safeName(name);
            if ((wanted == name) != asItIs) continue;
            int number = 1;
            while (!taken.insert(inSmallLetters(numbered(wanted, number))).second) ++number;
            folders[name] = numbered(wanted, number);
        }
    }
    return folders;
}

// What is below a folder that copies go to would be mixed with them.
Result<> checkApart(const std::vector<SortedPicture>& pictures, const std::filesystem::path& target,
                    const std::map<std::string, std::string>& folders) {
    std::error_code error;
    std::set<std::filesystem::path> written, seen;
    for (const auto& [name, folder] : folders) {
        const std::filesystem::path whole = std::filesystem::weakly_canonical(target / folder, error);
        if (!error) written.insert(whole);
    }
    for (const SortedPicture& picture : pictures) {
        if (picture.path.empty() || !seen.insert(picture.path.parent_path()).second) continue;
        std::filesystem::path above = std::filesystem::weakly_canonical(picture.path, error).parent_path();
        if (error) continue;
        for (; above.has_relative_path(); above = above.parent_path()) {
            if (!written.contains(above)) continue;
            return fail(ErrorCode::kUsage, kWhat, target.string(),
                        fmt::format("the pictures themselves lie in its folder {}, and copies would be mixed with them",
                                    above.filename().string()),
                        "choose a new folder");
        }
    }
    return {};
}

Result<> makeTarget(const std::filesystem::path& target) {
    std::error_code error;
    std::filesystem::create_directories(target, error);
    if (error) return fail(ErrorCode::kWrite, kWhat, target.string(), error.message(), std::string(kRemedy));
    if (::access(target.c_str(), W_OK | X_OK) != 0) {
        error = std::error_code(errno, std::generic_category());
        return fail(ErrorCode::kWrite, kWhat, target.string(), error.message(), std::string(kRemedy));
    }
    return {};
}

class Copier {
  public:
    Copier(const std::filesystem::path& target, const std::stop_token& stop) : m_target(target), m_stop(stop) {}

    // Errors of reading are the picture's alone; kWrite and kCancelled are not.
    Result<> copy(const SortedPicture& picture, const std::string& folder) {
        const std::filesystem::path place = m_target / folder;
        std::error_code error;
        std::filesystem::create_directory(place, error);
        if (error == std::errc::file_exists || error == std::errc::not_a_directory) {
            return fail(ErrorCode::kWrite, "cannot make the folder", place.string(), "a file of this name is there",
                        std::string(kRemedy));
        }
        if (error) return fail(ErrorCode::kWrite, "cannot make the folder", place.string(), error.message());
        if (picture.path.empty()) {
            if (picture.picture == nullptr) {
                return fail(ErrorCode::kNotFound, "cannot copy the picture", picture.name, "there is none");
            }
            const auto png = encodePng(*picture.picture);
            if (!png) return tl::unexpected(png.error());
            return writeNew(place, nameOf(picture), [&](AtomicFile& out) { return out.write(*png); });
        }
        const auto in = InputFile::open(picture.path, "cannot copy the picture");
        if (!in) return tl::unexpected(in.error());
        return writeNew(place, nameOf(picture), [&](AtomicFile& out) { return stream(*in, out); });
    }

  private:
    static std::string nameOf(const SortedPicture& picture) {
        std::filesystem::path name = safeName(picture.name.empty() ? picture.path.filename().string() : picture.name);
        if (picture.path.empty() && inSmallLetters(name.extension().string()) != ".png") name += ".png";
        return name.string();
    }

    template <class Write>
    Result<> writeNew(const std::filesystem::path& place, const std::string& name, const Write& write) {
        const std::string stem = std::filesystem::path(name).stem().string();
        const std::string extension = std::filesystem::path(name).extension().string();
        // Where many have one name the search goes on from the last one found.
        int& number = m_numbers[inSmallLetters((place / name).string())];
        for (;;) {
            std::filesystem::path file;
            std::error_code error;
            do {
                file = place / (numbered(stem, ++number) + extension);
            } while (std::filesystem::exists(std::filesystem::symlink_status(file, error)));
            AtomicFile out(file);
            if (auto opened = out.open(); !opened) return opened;
            if (auto written = write(out); !written) return written;
            const auto committed = out.commitNew();
            if (!committed) return tl::unexpected(committed.error());
            if (*committed) return {};
        }
    }

    Result<> stream(const InputFile& in, AtomicFile& out) {
        for (std::uint64_t at = 0; at < in.size();) {
            if (m_stop.stop_requested()) return fail(ErrorCode::kCancelled, kWhat, m_target.string(), "stopped");
            const std::span<std::byte> piece(m_piece.data(), std::min<std::uint64_t>(kPiece, in.size() - at));
            if (auto read = in.readAt(at, piece); !read) return read;
            if (auto written = out.write(piece); !written) return written;
            at += piece.size();
        }
        return {};
    }

    std::filesystem::path m_target;
    std::stop_token m_stop;
    std::map<std::string, int> m_numbers;
    std::vector<std::byte> m_piece = std::vector<std::byte>(kPiece);
};

}  // namespace

Result<SortedCopies> copySorted(const std::vector<SortedPicture>& pictures, const std::filesystem::path& target,
                                const std::stop_token& stop,
                                const std::function<void(std::int64_t done, std::int64_t total)>& progress) {
    const std::map<std::string, std::string> folders = foldersOf(pictures);
    if (auto apart = checkApart(pictures, target, folders); !apart) return tl::unexpected(apart.error());
    if (auto made = makeTarget(target); !made) return tl::unexpected(made.error());

    SortedCopies copies;
    const auto total = static_cast<std::int64_t>(pictures.size());
    const auto soFar = [&] { return fmt::format("{} of {} pictures were copied", copies.copied, total); };
    Copier copier(target, stop);
    for (std::int64_t done = 0; done < total; ++done) {
        if (progress) progress(done, total);
        const SortedPicture& picture = pictures[static_cast<std::size_t>(done)];
        auto copied = stop.stop_requested() ? fail(ErrorCode::kCancelled, kWhat, target.string(), "stopped")
                                            : copier.copy(picture, folders.at(picture.answer));
        if (copied) {
            ++copies.copied;
            continue;
        }
        Error& error = copied.error();
        // A full disk, or one that went away, takes the next one no better.
        if (error.code == ErrorCode::kCancelled || error.code == ErrorCode::kWrite) {
            error.why += "; " + soFar();
            return tl::unexpected(std::move(error));
        }
        copies.failed.push_back(std::move(error));
    }
    if (progress) progress(total, total);
    return copies;
}

}  // namespace condenser
