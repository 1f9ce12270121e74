#include "net/md5.h"

#include <fmt/format.h>
#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <memory>
#include <new>
#include <vector>

#include "base/input_file.h"

namespace condenser {
namespace {

constexpr const char* kWhat = "cannot check the file";
constexpr std::size_t kBlock = std::size_t{1} << 20;

struct Free {
    void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};

}  // namespace

Result<std::string> md5OfFile(const std::filesystem::path& path, const std::stop_token& stop) {
    const auto file = InputFile::open(path, kWhat);
    if (!file) return tl::unexpected(file.error());
    const std::unique_ptr<EVP_MD_CTX, Free> context(EVP_MD_CTX_new());
    if (context == nullptr) throw std::bad_alloc();
    if (EVP_DigestInit_ex(context.get(), EVP_md5(), nullptr) != 1) {
        return fail(ErrorCode::kUnsupported, kWhat, path.string(),
                    "this machine's OpenSSL does not allow MD5 (a FIPS policy does that)");
    }
    std::vector<std::byte> block(kBlock);
    for (std::uint64_t at = 0; at < file->size();) {
        if (stop.stop_requested()) return fail(ErrorCode::kCancelled, kWhat, path.string(), "cancelled");
        const std::span<std::byte> piece(
            block.data(), static_cast<std::size_t>(std::min<std::uint64_t>(block.size(), file->size() - at)));
        if (auto read = file->readAt(at, piece); !read) return tl::unexpected(read.error());
        EVP_DigestUpdate(context.get(), piece.data(), piece.size());
        at += piece.size();
    }
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned size = 0;
    EVP_DigestFinal_ex(context.get(), digest.data(), &size);
    std::string text;
    for (unsigned i = 0; i < size; ++i) text += fmt::format("{:02x}", digest[i]);
    return text;
}

}  // namespace condenser
