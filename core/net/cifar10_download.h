// CIFAR-10 from its author's page.
#pragma once

#include <cstdint>
#include <filesystem>

#include "net/download.h"

namespace condenser {

constexpr const char* kCifar10FileName = "cifar-10-binary.tar.gz";
constexpr const char* kCifar10Host = "www.cs.toronto.edu";
constexpr std::uint64_t kCifar10Bytes = 170'052'171;

// The archive with the binary version, into `folder`.
DownloadRequest cifar10Download(const std::filesystem::path& folder);

}  // namespace condenser
