// The checksum that old archives are published with. It tells damage, not malice. md5.cpp is the only door to OpenSSL.
#pragma once

#include <filesystem>
#include <stop_token>
#include <string>

#include "base/result.h"

namespace condenser {

// Of the whole file, in 32 lower-case hexadecimal digits. kCancelled by the stop token.
Result<std::string> md5OfFile(const std::filesystem::path& path, const std::stop_token& stop = {});

}  // namespace condenser
